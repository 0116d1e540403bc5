import "./sheets.css";
import type { Problem, Progress, RowChange, SheetResult } from "@lineside/client";
import { request } from "@lineside/client";
import { Download, FileSpreadsheet } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useT } from "../../i18n";
import { ProblemList, problemsOf, SelectField } from "../../shell/form";
import { asApiError } from "../../shell/resource";
import { Button, Check, Dialog, Note, Tabs, toast } from "../../ui";
import { problemsFile } from "./problemsfile";

const policies = ["abort", "overwrite", "merge", "rename", "ignore"] as const;
const actions = ["added", "changed", "renamed", "removed", "ignored"] as const;
const pageSize = 100;

type Policy = (typeof policies)[number];

/**
 * Imports devices, assets and tags from CSV or XLSX. Nothing is changed before the preview was seen and agreed to; what is
 * wrong is listed in full, by row and cell.
 */
export function ImportDialog({
  onClose,
  onSaved,
  alarms,
}: {
  onClose(): void;
  onSaved(): Promise<void>;
  /** It is a sheet of alarms: what it names is taken over. */
  alarms?: boolean;
}) {
  const t = useT();
  const [file, setFile] = useState<File>();
  const [policy, setPolicy] = useState<Policy>("overwrite");
  const [remove, setRemove] = useState(false);
  const [preview, setPreview] = useState<SheetResult>();
  const [problems, setProblems] = useState<Problem[]>([]);
  const [busy, setBusy] = useState<"preview" | "import">();
  const [progress, setProgress] = useState<Progress>();
  const [changed, setChanged] = useState(false);
  const [tab, setTab] = useState("changes");
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const turn = useRef(0);

  const send = async (chosen: File, dry: boolean, how: { policy: Policy; remove: boolean }, etag?: string) => {
    const mine = ++turn.current;
    const job = crypto.getRandomValues(new Uint32Array(2)).join("-");
    setBusy(dry ? "preview" : "import");
    setProblems([]);
    setProgress(undefined);
    const timer = setInterval(async () => {
      if (alarms) return;
      try {
        const { data } = await request<Progress>("GET", `/plant/import/${job}`);
        if (mine === turn.current) setProgress(data);
      } catch {
        // Not begun yet, or over: the answer will say.
      }
    }, 400);
    try {
      const query = new URLSearchParams({ dry: String(dry), policy: how.policy, remove: String(how.remove), job });
      const headers = { "content-type": "application/octet-stream" };
      const { data } = await request<SheetResult>(
        "POST",
        `${alarms ? "/alarms/sheet" : "/plant/import"}?${query}`,
        chosen,
        { etag, headers },
      );
      if (mine !== turn.current) return;
      if (dry) {
        setPreview(data);
        setTab(data.problems.some((p) => p.severity !== "warning") ? "problems" : "changes");
        return;
      }
      await onSaved();
      toast(t("sheets:imported", { ...data }), { kind: "good" });
      onClose();
    } catch (error) {
      if (mine !== turn.current) return;
      const failure = asApiError(error);
      if (failure.status === 412) {
        // Somebody changed the plant: what would happen is looked at again before anything does.
        setChanged(true);
        void send(chosen, true, how);
      } else {
        if (dry) setPreview(undefined);
        setProblems(problemsOf(failure).slice(0, 20));
      }
    } finally {
      clearInterval(timer);
      if (mine === turn.current) {
        setBusy(undefined);
        setProgress(undefined);
      }
    }
  };

  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    setPreview(undefined);
    setChanged(false);
    void send(chosen, true, { policy, remove });
  };
  const again = (how: { policy: Policy; remove: boolean }) => {
    setPolicy(how.policy);
    setRemove(how.remove);
    setChanged(false);
    if (file) void send(file, true, how);
  };

  const faults = preview?.problems ?? [];
  const errors = faults.filter((p) => p.severity !== "warning").length + (preview?.more ?? 0);
  const does = preview ? preview.added + preview.changed + preview.renamed + preview.removed : 0;
  return (
    <Dialog
      open
      title={t(alarms ? "alarmsheet:title" : "sheets:title")}
      text={t(alarms ? "alarmsheet:text" : "sheets:text")}
      size="full"
      onClose={onClose}
      footer={
        <>
          <span className="grow" aria-live="polite">
            {preview && !busy && (errors > 0 ? t("sheets:nothingImported", { count: errors }) : t("sheets:ready"))}
          </span>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button
            look="primary"
            disabled={!file || !preview || !!busy || errors > 0 || does === 0}
            onClick={() => file && void send(file, false, { policy, remove }, preview?.etag)}
          >
            {t("sheets:import", { count: does })}
          </Button>
        </>
      }
    >
      <div className="sheet-choice">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is for the mouse; the button is for all */}
        <div
          className={`drop-zone${over ? " over" : ""}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            choose(event.dataTransfer.files[0]);
          }}
        >
          <Button icon={<FileSpreadsheet size={16} aria-hidden />} onClick={() => input.current?.click()}>
            {t("sheets:choose")}
          </Button>
          <span className={file ? "" : "muted"}>{file ? file.name : t("sheets:drop")}</span>
          <input
            ref={input}
            type="file"
            accept=".csv,.xlsx,.txt,.tsv"
            className="visually-hidden"
            tabIndex={-1}
            aria-label={t("sheets:file")}
            onChange={(event) => {
              choose(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
        </div>
        {!alarms && (
          <SelectField
            label={t("sheets:policy")}
            value={policy}
            onChange={(value) => again({ policy: value as Policy, remove })}
            options={policies.map((value) => ({ value, label: t(`sheets:policies.${value}`) }))}
            hint={t(`sheets:policyHint.${policy}`)}
          />
        )}
        <Check
          label={t(alarms ? "alarmsheet:remove" : "sheets:remove")}
          checked={remove}
          onChange={(on) => again({ policy, remove: on })}
        />
      </div>
      {busy && (
        <div className="sheet-progress" role="status">
          <progress
            aria-label={t("sheets:progress")}
            max={progress?.total || undefined}
            value={progress?.total ? progress.done : undefined}
          />
          <span>
            {progress
              ? t(`sheets:phase.${progress.phase}`, { done: progress.done, total: progress.total })
              : t("sheets:sending")}
          </span>
        </div>
      )}
      {changed && <Note kind="warning" title={t("sheets:changedMeanwhile")} />}
      {problems.length > 0 && <ProblemList problems={problems} />}
      {preview && !busy && (
        <>
          <dl className="figures">
            {[...actions, "unchanged" as const].map((name) => (
              <div key={name}>
                <dt>{t(`sheets:${name}`)}</dt>
                <dd>{preview[name]}</dd>
              </div>
            ))}
            <div>
              <dt>{t("plant:faults")}</dt>
              <dd>{faults.length + (preview.more ?? 0)}</dd>
            </div>
          </dl>
          <p className="muted">
            {preview.sheets
              .map((s) =>
                t("sheets:sheet", { name: s.name || file?.name, kind: t(`sheets:kinds.${s.kind}`), count: s.rows }),
              )
              .join(" · ")}
          </p>
          <Tabs
            label={t("sheets:title")}
            value={tab}
            onChange={setTab}
            tabs={[
              {
                id: "changes",
                label: t("sheets:changes", { count: does }),
                panel: <Changes preview={preview} />,
              },
              {
                id: "problems",
                label: t("sheets:problems", { count: faults.length + (preview.more ?? 0) }),
                panel: <Faults preview={preview} name={file?.name ?? ""} />,
              },
            ]}
          />
        </>
      )}
    </Dialog>
  );
}

/** A part of a long list, with buttons to the next. */
function usePage<T>(list: readonly T[]) {
  const t = useT();
  const [page, setPage] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its first page
  useEffect(() => setPage(0), [list.length]);
  const pages = Math.max(1, Math.ceil(list.length / pageSize));
  const at = Math.min(page, pages - 1);
  const pager = pages > 1 && (
    <nav className="pager" aria-label={t("plant:pages")}>
      <Button disabled={at === 0} onClick={() => setPage(at - 1)}>
        {t("shell:previous")}
      </Button>
      <span>
        {at + 1} / {pages}
      </span>
      <Button disabled={at === pages - 1} onClick={() => setPage(at + 1)}>
        {t("shell:next")}
      </Button>
    </nav>
  );
  return { rows: list.slice(at * pageSize, (at + 1) * pageSize), pager };
}

/** What would change, old and new. */
function Changes({ preview }: { preview: SheetResult }) {
  const t = useT();
  const [only, setOnly] = useState("");
  const list = preview.rows.filter((row) => !only || row.action === only);
  const { rows, pager } = usePage(list);
  const all = actions.reduce((sum, name) => sum + preview[name], 0);
  if (all === 0) return <p className="muted">{t("sheets:noChanges")}</p>;
  return (
    <>
      <SelectField
        label={t("sheets:show")}
        value={only}
        onChange={setOnly}
        options={[
          { value: "", label: t("sheets:all") },
          ...actions.filter((name) => preview[name] > 0).map((value) => ({ value, label: t(`sheets:${value}`) })),
        ]}
      />
      <table className="table compact">
        <thead>
          <tr>
            <th className="number">{t("plant:rowNumber")}</th>
            <th>{t("sheets:thing")}</th>
            <th>{t("plant:change")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.sheet}\n${row.row}\n${row.path}`}>
              <td className="number">{row.row || ""}</td>
              <td className="mono">{row.path}</td>
              <td>
                <Change row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {pager}
      {all > preview.rows.length && (
        <p className="muted">{t("plant:moreRows", { count: all - preview.rows.length })}</p>
      )}
    </>
  );
}

function Change({ row }: { row: RowChange }) {
  const t = useT();
  return (
    <>
      <strong className={`sheet-action ${row.action}`}>{t(`sheets:action.${row.action}`, { to: row.to })}</strong>
      {row.cells?.map((cell) => (
        <div key={cell.name}>
          <code>{cell.name}</code> <del>{cell.old || t("plant:emptied")}</del> →{" "}
          <ins>{cell.new || t("plant:emptied")}</ins>
        </div>
      ))}
    </>
  );
}

/** What is wrong, by row and cell, to read here or to take along. */
function Faults({ preview, name }: { preview: SheetResult; name: string }) {
  const t = useT();
  const { rows, pager } = usePage(preview.problems);
  if (preview.problems.length === 0) return <p className="muted">{t("sheets:noProblems")}</p>;
  const sheets = preview.problems.some((p) => p.sheet);
  const save = () => {
    const link = document.createElement("a");
    const words = { warning: t("sheets:warning"), error: t("sheets:error") };
    const head = ["sheet", "row", "column", "cell", "severity", "problem", "hint", "code"].map((key) =>
      t(`sheets:head.${key}`),
    );
    link.href = URL.createObjectURL(new Blob([problemsFile(preview.problems, head, words)], { type: "text/csv" }));
    link.download = `${name.replace(/\.\w+$/, "")}-${t("sheets:problemsFile")}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  return (
    <>
      <div className="page-tools">
        <span className="grow" />
        <Button icon={<Download size={16} aria-hidden />} onClick={save}>
          {t("sheets:saveProblems")}
        </Button>
      </div>
      <table className="table compact">
        <thead>
          <tr>
            {sheets && <th>{t("sheets:head.sheet")}</th>}
            <th className="number">{t("plant:rowNumber")}</th>
            <th>{t("sheets:head.cell")}</th>
            <th>{t("sheets:head.column")}</th>
            <th>{t("sheets:head.problem")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((p, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity but their place
            <tr key={i}>
              {sheets && <td>{p.sheet}</td>}
              <td className="number">{p.row || "–"}</td>
              <td className="mono">{p.ref}</td>
              <td>{p.cell ? <code>{p.cell}</code> : p.row === 0 ? <code>{p.at}</code> : ""}</td>
              <td>
                <span className={p.severity === "warning" ? "" : "wrong"}>
                  {p.severity === "warning" && <>{t("sheets:warning")}: </>}
                  {p.message}
                </span>
                {p.hint && <div className="muted">{p.hint}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {pager}
      {!!preview.more && <p className="muted">{t("plant:moreRows", { count: preview.more })}</p>}
    </>
  );
}
