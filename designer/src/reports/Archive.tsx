import { type ArchivedReport, type ReportList, type ReportPreview, type ReportRuns, request } from "@lineside/client";
import { Ellipsis, Eye, RotateCcw, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { ProblemList, Status, sayFailure } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { Busy, Button, Dialog, Empty, IconButton, Menu, Select, useConfirm } from "../ui";
import { Files } from "./Files";
import { Paper } from "./Paper";
import { stateLook, stateOf } from "./ReportTable";
import { size, useTime } from "./words";

const part = 50;
const states = ["", "done", "failed", "queued", "running"];

/** What was made, the newest first: why, for whom, how it went out, and its files. */
export function Archive({ list }: { list: ReportList }) {
  const t = useT();
  useLanguage();
  const time = useTime();
  const [report, setReport] = useState("");
  const [state, setState] = useState("");
  const [older, setOlder] = useState<ArchivedReport[]>([]);
  const [next, setNext] = useState<number>();
  const [shown, setShown] = useState<ArchivedReport>();
  const [ask, confirm] = useConfirm();
  const filter = `${report && `&report=${report}`}${state && `&state=${state}`}`;
  const newest = useResource<ReportRuns>(`/report-runs?limit=${part}${filter}`, 2000);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins anew
  useEffect(() => {
    setOlder([]);
    setNext(undefined);
  }, [filter]);
  const first = newest.data?.runs ?? [];
  const runs = [...first, ...older.filter((r) => !first.some((x) => x.id === r.id))];
  const more = next ?? newest.data?.next;
  const earlier = async () => {
    try {
      const { data } = await request<ReportRuns>(
        "GET",
        `/report-runs?limit=${part}&before=${runs.at(-1)?.id}${filter}`,
      );
      setOlder([...older, ...data.runs]);
      setNext(data.next ?? 0);
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  const order = async (method: string, path: string) => {
    try {
      await request(method, path);
      setOlder((rows) => rows.filter((r) => path !== `/report-runs/${r.id}`));
      await newest.reload();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  const remove = async (run: ArchivedReport) => {
    const yes = await ask({
      title: t("reports:discardTitle", { name: textIn(run.title), period: run.period ?? "" }),
      text: t("reports:discardText"),
      action: t("reports:remove"),
      danger: true,
    });
    if (yes) await order("DELETE", `/report-runs/${run.id}`);
  };
  return (
    <section className="page-section" aria-label={t("reports:tabs.archive")}>
      <div className="page-tools report-filter">
        <Select
          aria-label={t("reports:report")}
          value={report}
          onChange={setReport}
          options={[
            { value: "", label: t("reports:allReports") },
            ...list.reports.map((r) => ({ value: r.id, label: textIn(r.title) })),
          ]}
        />
        <Select
          aria-label={t("reports:state")}
          value={state}
          onChange={setState}
          options={states.map((s) => ({ value: s, label: t(s ? `reports:states.${s}` : "reports:allStates") }))}
        />
      </div>
      {newest.error && <ProblemList problems={[newest.error]} />}
      {newest.loading && !newest.data && <Busy />}
      {newest.data && runs.length === 0 && (
        <Empty title={t(filter ? "reports:nothingFound" : "reports:noArchive")} text={t("reports:noArchiveText")} />
      )}
      {runs.length > 0 && (
        <table className="table report-table">
          <thead>
            <tr>
              <th>{t("reports:report")}</th>
              <th>{t("reports:period")}</th>
              <th>{t("reports:state")}</th>
              <th>{t("reports:why")}</th>
              <th>{t("reports:extent")}</th>
              <th>{t("reports:files")}</th>
              <th>
                <span className="visually-hidden">{t("reports:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <td>{textIn(run.title)}</td>
                <td>{run.period || `${time(run.from)} – ${time(run.to)}`}</td>
                <td>
                  <Status state={stateLook(run)} label={t(`reports:states.${stateOf(run)}`)} />
                  {run.failure && <div className="muted selectable">{run.failure}</div>}
                  {run.next && <div className="muted">{t("reports:againAt", { time: time(run.next) })}</div>}
                  {run.deliveries?.map((d) => (
                    <div key={`${d.kind} ${d.to}`} className="muted selectable">
                      {t(`reports:delivery.${d.state}`, { to: d.to })}
                      {d.failure && `: ${d.failure}`}
                      {d.next && ` ${t("reports:againAt", { time: time(d.next) })}`}
                    </div>
                  ))}
                </td>
                <td>
                  {t(`reports:reasons.${run.reason}`, { by: run.by ?? "" })}
                  <div className="muted">{time(run.created)}</div>
                </td>
                <td>
                  {run.state === "done" && (
                    <>
                      {t("reports:pages", { count: run.pages ?? 0 })}
                      <div className="muted">{size(run.size)}</div>
                    </>
                  )}
                </td>
                <td>{run.state === "done" && <Files run={run} />}</td>
                <td className="row-actions">
                  {run.state === "done" && (
                    <IconButton label={t("reports:show", { name: textIn(run.title) })} onClick={() => setShown(run)}>
                      <Eye size={16} aria-hidden />
                    </IconButton>
                  )}
                  <Menu
                    align="end"
                    entries={[
                      {
                        id: "again",
                        label: t("reports:makeAgain"),
                        icon: <RotateCcw size={14} aria-hidden />,
                        run: () => void order("POST", `/report-runs/${run.id}/again`),
                      },
                      ...(list.mayEdit
                        ? [
                            {
                              id: "remove",
                              label: t("reports:remove"),
                              icon: <Trash2 size={14} aria-hidden />,
                              danger: true,
                              run: () => void remove(run),
                            },
                          ]
                        : []),
                    ]}
                  >
                    <IconButton label={t("reports:more", { name: textIn(run.title) })}>
                      <Ellipsis size={16} aria-hidden />
                    </IconButton>
                  </Menu>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!!more && runs.length > 0 && <Button onClick={() => void earlier()}>{t("reports:earlier")}</Button>}
      {shown && <ShowDialog run={shown} onClose={() => setShown(undefined)} />}
      {confirm}
    </section>
  );
}

/** A report of the archive as it looks on paper. */
function ShowDialog({ run, onClose }: { run: ArchivedReport; onClose(): void }) {
  const t = useT();
  const { data, error } = useResource<ReportPreview>(`/report-runs/${run.id}/layout`);
  return (
    <Dialog
      open
      size="full"
      reading
      title={`${textIn(run.title)} – ${run.period ?? ""}`}
      onClose={onClose}
      footer={
        <>
          <Files run={run} />
          <span className="grow" />
          <Button onClick={onClose}>{t("common:close")}</Button>
        </>
      }
    >
      {error && <ProblemList problems={[error]} />}
      {!data && !error && <Busy />}
      {data?.layout && <Paper layout={data.layout} />}
    </Dialog>
  );
}
