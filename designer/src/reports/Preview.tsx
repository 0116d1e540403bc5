import { type Problem, type Report, type ReportPreview, request } from "@lineside/client";
import { useEffect, useState } from "react";
import { useLanguage, useT } from "../i18n";
import { asApiError } from "../shell/resource";
import { ErrorNote, Note, Segmented } from "../ui";
import type { PeriodKind } from "./model";
import { Paper } from "./Paper";
import { type Choice, firstChoice, PeriodChoice, spanOf } from "./PeriodChoice";

/** How the report looks with the values of a period; asked of the server a moment after the last change. */
export function Preview(props: {
  report: Report;
  kind: PeriodKind;
  chosen?: string;
  onChoose(block: string): void;
  onProblems(problems: Problem[]): void;
}) {
  const t = useT();
  const shown = useLanguage();
  const { report, onProblems } = props;
  const [choice, setChoice] = useState<Choice>(() => ({ ...firstChoice(props.kind), which: "present" }));
  const [language, setLanguage] = useState<"en" | "zh">(report.language || shown);
  const [answer, setAnswer] = useState<ReportPreview>();
  const [error, setError] = useState<{ message: string; hint?: string }>();
  const [busy, setBusy] = useState(true);
  useEffect(() => setChoice((c) => (c.kind === props.kind ? c : { ...c, kind: props.kind })), [props.kind]);
  useEffect(() => {
    const stop = new AbortController();
    setBusy(true);
    const timer = setTimeout(
      () =>
        request<ReportPreview>(
          "POST",
          "/reports/preview",
          { document: report, language, ...spanOf(choice) },
          { signal: stop.signal },
        ).then(
          ({ data }) => {
            onProblems(data.problems);
            // With errors there is none: what was there before stays, and says so.
            if (data.layout) setAnswer(data);
            setError(undefined);
            setBusy(false);
          },
          (e) => {
            if (stop.signal.aborted) return;
            setError(asApiError(e));
            setBusy(false);
          },
        ),
      350,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [report, language, choice, onProblems]);
  const notes = [...new Set(answer?.layout?.notes?.map((n) => n.text))];
  return (
    <section className="report-preview" aria-label={t("reports:preview")} aria-busy={busy}>
      <div className="report-preview-tools">
        <PeriodChoice value={choice} onChange={setChoice} />
        <Segmented
          label={t("reports:language")}
          value={language}
          onChange={setLanguage}
          options={(["en", "zh"] as const).map((l) => ({ value: l, label: t(`reports:languages.${l}`) }))}
        />
        <span className="muted" role="status">
          {busy ? t("reports:computing") : (answer?.period ?? "")}
        </span>
      </div>
      <ErrorNote error={error} />
      {answer?.layout && (
        <>
          {notes.length > 0 && (
            <Note kind="info">
              {notes.map((text) => (
                <div key={text}>{text}</div>
              ))}
            </Note>
          )}
          <Paper layout={answer.layout} blocks={report.blocks} chosen={props.chosen} onChoose={props.onChoose} />
        </>
      )}
    </section>
  );
}
