import { type ReportList, type ReportRow, request } from "@lineside/client";
import { Ellipsis, FilePlus2, Pencil, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { Link, navigate } from "../router";
import { Status, sayFailure } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Empty, IconButton, Menu, useConfirm } from "../ui";
import { MakeDialog } from "./MakeDialog";
import { NewDialog } from "./NewDialog";
import { useTime } from "./words";

/** The reports: when each comes next, what became of the last, and a button that makes one now. */
export function ReportTable({ list, reload, onMade }: { list: ReportList; reload(): Promise<void>; onMade(): void }) {
  const t = useT();
  useLanguage();
  const time = useTime();
  const [adding, setAdding] = useState(false);
  const [making, setMaking] = useState<ReportRow>();
  const [ask, confirm] = useConfirm();
  const remove = async (row: ReportRow) => {
    const yes = await ask({
      title: t("reports:removeTitle", { name: textIn(row.title) }),
      text: t("reports:removeText"),
      action: t("reports:remove"),
      danger: true,
    });
    if (!yes) return;
    try {
      await request("DELETE", `/reports/${row.id}`);
      await reload();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  const copy = async (row: ReportRow) => {
    try {
      const { data: document } = await request<{ schedule?: unknown; title: Record<string, string> }>(
        "GET",
        `/reports/${row.id}`,
      );
      const title = Object.fromEntries(
        Object.entries(document.title).map(([lang, s]) => [lang, lang === "zh" ? `${s}（副本）` : `${s} (copy)`]),
      );
      // A copy that sent itself to everybody would be a surprise.
      const { data } = await request<{ id: string }>("POST", "/reports", {
        document: { ...document, schedule: undefined, title },
      });
      navigate(`/reports/${data.id}`);
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <section className="page-section" aria-label={t("reports:tabs.list")}>
      {list.mayEdit && list.reports.length > 0 && (
        <div className="page-tools">
          <span className="grow" />
          <Button look="primary" icon={<FilePlus2 size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {t("reports:new")}
          </Button>
        </div>
      )}
      {list.reports.length === 0 && (
        <Empty title={t("reports:none")} text={t(list.mayEdit ? "reports:noneText" : "reports:noneViewer")}>
          {list.mayEdit && (
            <Button look="primary" icon={<FilePlus2 size={16} aria-hidden />} onClick={() => setAdding(true)}>
              {t("reports:new")}
            </Button>
          )}
        </Empty>
      )}
      {list.reports.length > 0 && (
        <table className="table report-table">
          <thead>
            <tr>
              <th>{t("reports:report")}</th>
              <th>{t("reports:period")}</th>
              <th>{t("reports:next")}</th>
              <th>{t("reports:last")}</th>
              <th>
                <span className="visually-hidden">{t("reports:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.reports.map((row) => (
              <tr key={row.id}>
                <td>
                  {list.mayEdit ? (
                    <Link to={`/reports/${row.id}`} className="link">
                      {textIn(row.title)}
                    </Link>
                  ) : (
                    textIn(row.title)
                  )}
                  <div className="muted">{textIn(row.description)}</div>
                </td>
                <td>{t(`reports:periods.${row.period}`)}</td>
                <td>
                  {row.paused ? (
                    t("reports:paused")
                  ) : row.next ? (
                    time(row.next)
                  ) : (
                    <span className="muted">{t("reports:byHand")}</span>
                  )}
                </td>
                <td>
                  {row.last ? (
                    <>
                      <Status state={stateLook(row.last)} label={t(`reports:states.${stateOf(row.last)}`)} />
                      <div className="muted">{row.last.period || time(row.last.created)}</div>
                    </>
                  ) : (
                    <span className="muted">{t("reports:never")}</span>
                  )}
                </td>
                <td className="row-actions">
                  <Button icon={<Play size={14} aria-hidden />} onClick={() => setMaking(row)}>
                    {t("reports:make")}
                  </Button>
                  {list.mayEdit && (
                    <Menu
                      align="end"
                      entries={[
                        {
                          id: "edit",
                          label: t("reports:edit"),
                          icon: <Pencil size={14} aria-hidden />,
                          run: () => navigate(`/reports/${row.id}`),
                        },
                        { id: "copy", label: t("reports:copy"), run: () => void copy(row) },
                        { kind: "line", id: "line" },
                        {
                          id: "remove",
                          label: t("reports:remove"),
                          icon: <Trash2 size={14} aria-hidden />,
                          danger: true,
                          run: () => void remove(row),
                        },
                      ]}
                    >
                      <IconButton label={t("reports:more", { name: textIn(row.title) })}>
                        <Ellipsis size={16} aria-hidden />
                      </IconButton>
                    </Menu>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {adding && <NewDialog onClose={() => setAdding(false)} />}
      {making && (
        <MakeDialog
          report={making}
          maySend={list.mayEdit && !!making.when}
          onClose={(made) => {
            setMaking(undefined);
            if (made) onMade();
          }}
        />
      )}
      {confirm}
    </section>
  );
}

type Shown = { state: string; deliveries?: { state: string }[] };

/** What became of a run, with how it went out. */
export function stateOf(run: Shown): string {
  return run.state === "done" && run.deliveries?.some((d) => d.state === "failed") ? "unsent" : run.state;
}

/** How a state looks: a shape of the shell. */
export function stateLook(run: Shown): string {
  const state = stateOf(run);
  return state === "done" ? "connected" : state === "failed" || state === "unsent" ? "lost" : "waiting";
}
