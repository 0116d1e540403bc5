import { type ArchivedReport, type Problem, type ReportRow, request } from "@lineside/client";
import { useEffect, useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { ProblemList, problemsOf } from "../shell/form";
import { asApiError } from "../shell/resource";
import { Button, Check, Dialog, Row, Select } from "../ui";
import { Files } from "./Files";
import type { PeriodKind } from "./model";
import { firstChoice, PeriodChoice, spanOf } from "./PeriodChoice";

/** Makes a report now: over which time, in which language; it shows how far it is and gives the files. */
export function MakeDialog(props: {
  report: Pick<ReportRow, "id" | "title" | "period" | "language">;
  maySend: boolean;
  onClose(made: boolean): void;
}) {
  const t = useT();
  const lang = useLanguage();
  const [choice, setChoice] = useState(() => firstChoice(props.report.period as PeriodKind));
  const [language, setLanguage] = useState<string>(props.report.language || lang);
  const [send, setSend] = useState(false);
  const [run, setRun] = useState<ArchivedReport>();
  const [problems, setProblems] = useState<Problem[]>([]);
  const busy = run?.state === "queued" || run?.state === "running";
  const make = async () => {
    setProblems([]);
    try {
      const { data } = await request<ArchivedReport>("POST", `/reports/${props.report.id}/make`, {
        ...spanOf(choice),
        language,
        send,
      });
      setRun(data);
    } catch (error) {
      setProblems(problemsOf(asApiError(error)));
    }
  };
  useEffect(() => {
    if (!run || !busy) return;
    const timer = setTimeout(
      () =>
        request<ArchivedReport>("GET", `/report-runs/${run.id}`).then(
          ({ data }) => setRun(data),
          (error) => setProblems(problemsOf(asApiError(error))),
        ),
      500,
    );
    return () => clearTimeout(timer);
  }, [run, busy]);
  return (
    <Dialog
      open
      onClose={() => props.onClose(!!run)}
      title={t("reports:makeTitle", { name: textIn(props.report.title) })}
      footer={
        <>
          <Button onClick={() => props.onClose(!!run)}>{t(run ? "common:close" : "common:cancel")}</Button>
          <Button look={run?.state === "done" ? undefined : "primary"} disabled={busy} onClick={() => void make()}>
            {t(run && !busy ? "reports:makeAgain" : "reports:make")}
          </Button>
        </>
      }
    >
      <PeriodChoice kinds value={choice} onChange={setChoice} />
      <Row label={t("reports:language")}>
        {(id) => (
          <Select
            id={id}
            value={language}
            onChange={setLanguage}
            options={["en", "zh"].map((l) => ({ value: l, label: t(`reports:languages.${l}`) }))}
          />
        )}
      </Row>
      {props.maySend && <Check label={t("reports:sendToo")} checked={send} onChange={setSend} />}
      <div aria-live="polite" className="report-made">
        {busy && (
          <>
            <progress value={run?.progress ?? 0} max={1} aria-label={t("reports:states.running")} />
            <span className="muted">{t(`reports:states.${run?.state}`)}</span>
          </>
        )}
        {run?.state === "done" && (
          <>
            <p>
              {run.period} – {t("reports:pages", { count: run.pages ?? 0 })}
              {!!run.notes && `, ${t("reports:notes", { count: run.notes })}`}
            </p>
            <Files run={run} />
          </>
        )}
        {run?.state === "failed" && (
          <ProblemList problems={[{ code: "report_failed", message: t("reports:failed"), hint: run.failure }]} />
        )}
      </div>
      <ProblemList problems={problems} />
    </Dialog>
  );
}
