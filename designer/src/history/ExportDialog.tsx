// The history of tags as a file, in the form that is wanted; the server makes it, and it can be cancelled.
import type { ExportQuery, Problem, StartedExport } from "@lineside/client";
import { request } from "@lineside/client";
import { useEffect, useRef, useState } from "react";
import { clean, ExportFields, queryPlaces } from "../backup/ExportFields";
import { useLanguage, useT } from "../i18n";
import { ProblemList, problemsOf } from "../shell/form";
import { asApiError } from "../shell/resource";
import { amount } from "../storage/amount";
import { Button, Dialog, Note } from "../ui";

/** Asks what the file shall be, and gives it. `from` and `to` are milliseconds since 1970. */
export function ExportDialog(props: { paths: readonly string[]; from: number; to: number; onClose(): void }) {
  const t = useT();
  const lang = useLanguage();
  const [query, setQuery] = useState<ExportQuery>({
    tags: [...props.paths],
    layout: "wide",
    step: "1m",
    functions: ["avg"],
    format: "xlsx",
  });
  const [problems, setProblems] = useState<Problem[]>([]);
  const [run, setRun] = useState<StartedExport>();
  const current = useRef<StartedExport>(undefined);
  current.current = run;
  const id = run?.state === "running" ? run.id : undefined;
  useEffect(() => {
    if (!id) return;
    const timer = setInterval(async () => {
      try {
        const { data } = await request<StartedExport>("GET", `/history/exports/${id}`);
        setRun(data);
        if (data.state === "done") save(data);
      } catch (error) {
        setRun(undefined);
        setProblems(problemsOf(asApiError(error)));
      }
    }, 300);
    return () => clearInterval(timer);
  }, [id]);
  // Whoever closes the dialog does not want the file that is still being made.
  useEffect(() => () => void (current.current?.state === "running" && cancel(current.current.id)), []);
  const start = async () => {
    setProblems([]);
    const time = query.period ? {} : { from: String(Math.floor(props.from)), to: String(Math.ceil(props.to)) };
    try {
      const { data } = await request<StartedExport>("POST", "/history/exports", { ...clean(query), ...time });
      setRun(data);
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    }
  };
  const span = new Intl.DateTimeFormat(lang, { dateStyle: "short", timeStyle: "short" });
  const number = new Intl.NumberFormat(lang);
  return (
    <Dialog
      open
      size="wide"
      title={t("export:file")}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t(run?.state === "done" ? "common:close" : "common:cancel")}</Button>
          <Button look="primary" disabled={!!id} onClick={start}>
            {t("export:make")}
          </Button>
        </>
      }
    >
      <ExportFields
        query={query}
        onChange={setQuery}
        problems={problems}
        free={{ label: t("export:shown", { from: span.format(props.from), to: span.format(props.to) }) }}
      />
      {run?.state === "running" && (
        <div className="backup-progress" role="status">
          <progress aria-label={t("export:progress")} max={1} value={run.part} />
          <span className="number">
            {Math.floor(100 * run.part)} % · {t("export:rows", { rows: number.format(run.rows) })}
          </span>
          <Button
            onClick={() => {
              setRun(undefined);
              cancel(run.id);
            }}
          >
            {t("common:cancel")}
          </Button>
        </div>
      )}
      {run?.state === "done" && (
        <Note kind="good" title={t("export:made", { rows: number.format(run.rows), size: amount(run.size, lang) })}>
          <a href={`/api/v1/history/exports/${run.id}/file`} download={run.name}>
            {t("export:again", { name: run.name })}
          </a>
        </Note>
      )}
      {run?.state === "failed" && <Note kind="bad" title={run.error} />}
      <ProblemList problems={problems.filter((p) => !queryPlaces.some((at) => p.at?.startsWith(at)))} />
    </Dialog>
  );
}

function cancel(id: string): void {
  void request("DELETE", `/history/exports/${id}`).catch(() => {}); // it is forgotten within an hour anyway
}

function save(run: StartedExport): void {
  const link = document.createElement("a");
  link.href = `/api/v1/history/exports/${run.id}/file`;
  link.download = run.name;
  link.click();
}
