// An expression with completion of tags and functions, its error under the cursor and its present result.

import type { ExpressionCheck, ExpressionFunction } from "@lineside/client";
import { type AppInput, isBad, type Variable } from "@lineside/client";
import { createContext, useContext, useEffect, useRef, useState } from "react";
import { checkExpression, findTags } from "../design/api";
import { findInputTags } from "../design/inputtags";
import { textIn, useLanguage, useT } from "../i18n";
import { asApiError } from "../shell/resource";
import type { Purpose } from "./bind/useMismatch";
import type { Completion, TextEditor } from "./codemirror";
import { formatValue, sentence } from "./format";

export interface ExpressionProps {
  value: string;
  onChange: (text: string) => void;
  /** Ctrl+Enter. */
  onSubmit?: () => void;
  onBlur?: () => void;
  label: string;
  /** The app whose inputs the expression may name. */
  installation?: string;
  functions: readonly ExpressionFunction[];
  inputs?: readonly AppInput[];
  autoFocus?: boolean;
  /** It stands in an action: the value that comes with the event has a name. */
  event?: boolean;
  /** What the result is for; what does not fit is told. */
  purpose?: Purpose;
}

const none: readonly Variable[] = [];

/** The variables of the screen that the expressions below stand on. */
export const VariablesContext = createContext<readonly Variable[]>(none);

export function ExpressionEditor(props: ExpressionProps) {
  const t = useT();
  const lang = useLanguage();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<TextEditor | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  // What was typed comes back as the value, late when the machine is busy; it must not overwrite what was typed since.
  const typed = useRef(new Set<string>());
  const [info, setInfo] = useState<ExpressionCheck>();
  const [failed, setFailed] = useState("");
  const { value, installation, event } = props;
  const variables = useContext(VariablesContext);
  const known = useRef(variables);
  known.current = variables;

  useEffect(() => {
    let alive = true;
    let made: TextEditor | undefined;
    const complete = async (word: string, inTag: boolean): Promise<Completion[]> => {
      const { functions, inputs } = latest.current;
      const asked = inTag || word.length > 1;
      const [ofInputs, tags] = await Promise.all([
        asked ? findInputTags(inputs ?? [], word, lang).catch(() => []) : [],
        asked
          ? findTags(word, 30).then(
              (page) => page.tags,
              () => [],
            )
          : [],
      ]);
      const shownTags: Completion[] = [...ofInputs, ...tags].map((tag) => ({
        label: tag.path,
        detail: `${t(`design:type.${tag.type}`)} ${tag.unit ?? ""}`,
        info: tag.title || undefined,
        apply: inTag ? tag.path : `tag("${tag.path}")`,
      }));
      if (inTag) return shownTags;
      const begins = (name: string) => name.toLowerCase().startsWith(word.toLowerCase());
      return [
        ...(begins("tag") ? [{ label: "tag", detail: "(path)", apply: 'tag("' }] : []),
        ...(latest.current.event && begins("value")
          ? [{ label: "value", detail: t("actions:valueInExpression") }]
          : []),
        ...known.current
          .filter((v) => begins(v.id))
          .map((v) => ({
            label: v.id,
            detail: `${t("actions:inExpression")}, ${t(`design:type.${v.type}`)}`,
            info: textIn(v.title, lang) || undefined,
          })),
        ...(inputs ?? [])
          .filter((i) => begins(i.id))
          .map((i) => ({
            label: i.id,
            detail: t("design:expression.input"),
            info: textIn(i.title, lang) || undefined,
          })),
        ...functions
          .filter((f) => begins(f.name) && f.name !== "tag")
          .map((f) => ({
            label: f.name,
            detail: f.signature.startsWith(f.name) ? f.signature.slice(f.name.length) : f.signature,
            info: textIn(f.summary, lang) || undefined,
            apply: `${f.name}(`,
          })),
        ...shownTags,
      ];
    };
    void import("./codemirror").then(({ createEditor }) => {
      if (!alive || !host.current) return;
      made = createEditor(host.current, {
        text: latest.current.value,
        language: "expression",
        label: latest.current.label,
        placeholder: t("design:expression.placeholder"),
        complete,
        onChange: (text) => {
          typed.current.add(text);
          latest.current.onChange(text);
        },
        onSubmit: () => latest.current.onSubmit?.(),
        onBlur: () => latest.current.onBlur?.(),
      });
      editor.current = made;
      if (latest.current.autoFocus) made.goTo(latest.current.value.length);
    });
    return () => {
      alive = false;
      editor.current = undefined;
      made?.destroy();
    };
  }, [t, lang]);

  useEffect(() => {
    if (typed.current.has(value)) return;
    typed.current.clear();
    editor.current?.setText(value);
  }, [value]);

  useEffect(() => {
    if (!value.trim()) {
      setInfo(undefined);
      setFailed("");
      editor.current?.setProblems([]);
      return;
    }
    const stop = new AbortController();
    const ask = () =>
      checkExpression(value, installation ?? "", stop.signal, {
        ...(variables.length > 0 ? { variables: [...variables] } : {}),
        ...(event ? { event } : {}),
        ...latest.current.purpose,
      }).then(
        (next) => {
          setInfo(next);
          setFailed("");
          editor.current?.setProblems(
            // What does not fit is no place in the text.
            next.problems
              .filter((p) => p.line)
              .map((p) => {
                const from = p.offset ?? 0;
                const word = /^[\w/]+|^"[^"]*"|^./.exec(value.slice(from))?.[0].length ?? 1;
                return {
                  from,
                  to: from + word,
                  severity: p.severity === "warning" ? "warning" : "error",
                  message: sentence(p),
                };
              }),
          );
        },
        (e) => !stop.signal.aborted && setFailed(asApiError(e).message),
      );
    const first = setTimeout(() => void ask(), 250);
    const again = setInterval(() => void ask(), 2000);
    return () => {
      stop.abort();
      clearTimeout(first);
      clearInterval(again);
    };
  }, [value, installation, variables, event]);

  const problem = info?.problems[0];
  return (
    <div className="expression">
      <div ref={host} className="cm-host input" />
      <div className="expression-result" aria-live="polite">
        {failed ? (
          <span className="wrong">{failed}</span>
        ) : problem && problem.severity !== "warning" ? (
          <span className="wrong">
            {problem.line ? `${problem.line}:${problem.column} ` : ""}
            {sentence(problem)}
          </span>
        ) : info ? (
          <>
            <span className="muted">{t(`design:type.${info.type}`)}</span>
            <span className={isBad(info.quality) ? "live-value bad" : "live-value"}>
              {isBad(info.quality) ? (info.qualityName ?? "– –") : formatValue(info.value)}
              {!isBad(info.quality) && info.unit && <span className="unit-text"> {info.unit}</span>}
            </span>
            {problem && <span className="warn">{sentence(problem)}</span>}
          </>
        ) : (
          <span className="muted">{t("design:expression.hint")}</span>
        )}
      </div>
    </div>
  );
}

import "./expression.css";
