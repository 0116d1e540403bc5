// A widget tried beside its text: the picture, sample values, and what the script did.
import type { LiveValue, ScriptedWidget, ScriptOutcome, ScriptStep } from "@lineside/client";
import { CircleHelp, RotateCcw, Timer, Zap } from "lucide-react";
import { useMemo } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { ProblemList } from "../shell/form";
import { Button, FieldControl, IconButton } from "../ui";
import type { Trial } from "./useTrial";
import { WidgetPicture } from "./WidgetPicture";

/** BadNoData of OPC UA: what a value that is not known has as its quality. */
const notKnown = 0x809b0000;

export function TryPane({ widget, trial }: { widget: ScriptedWidget; trial: Trial }) {
  const t = useT();
  const lang = useLanguage();
  const { result, bad } = trial;
  const outcomes = result?.outcomes ?? [];
  const last = outcomes.at(-1);
  const settings = useMemo(() => result?.manifest.settings ?? [], [result]);
  const values = useMemo(() => {
    const out: Record<string, LiveValue> = {};
    const now = Date.now();
    for (const [name, v] of Object.entries(last?.values ?? {})) out[name] = { v, q: 0, t: now };
    for (const name of bad) out[name] = { v: null, q: notKnown, t: now };
    return out;
  }, [last, bad]);
  const events = [...(result?.manifest.events ?? []).map((e) => e.name)];
  const clicks = (result?.parts ?? []).flatMap((b) => (b.event ? [b.event] : []));
  const pressed = [...new Set([...clicks, ...events])];
  return (
    <aside className="own-try" aria-label={t("own:try.title")}>
      <div className="own-try-head">
        <h3>{t("own:try.title")}</h3>
        <IconButton small label={t("own:try.restart")} onClick={trial.restart}>
          <RotateCcw size={14} aria-hidden />
        </IconButton>
      </div>
      {result?.drawing ? (
        <WidgetPicture
          manifest={result.manifest as never}
          drawing={result.drawing}
          label={textIn(widget.title, lang) || widget.id}
          settings={trial.values}
          values={values}
          onEvent={(name, value) => trial.event(name, value)}
        />
      ) : (
        <p className="muted own-picture-none">{trial.busy ? t("common:loading") : t("own:try.noPicture")}</p>
      )}
      {trial.error && <ProblemList problems={[trial.error]} />}
      {settings.length > 0 && (
        <div className="own-values">
          {settings.map((field) => (
            <div key={field.name} className="own-value">
              <label className="label" htmlFor={`try-${field.name}`}>
                {textIn(field.title, lang) || field.name}
              </label>
              <FieldControl
                id={`try-${field.name}`}
                field={field}
                disabled={bad.has(field.name)}
                value={trial.values[field.name]}
                onChange={(value) => trial.set(field.name, value, !!field.bind)}
              />
              {field.bind && (
                <IconButton
                  small
                  label={t("own:try.notKnown")}
                  pressed={bad.has(field.name)}
                  onClick={() => trial.setBad(field.name, !bad.has(field.name))}
                >
                  <CircleHelp size={14} aria-hidden />
                </IconButton>
              )}
            </div>
          ))}
        </div>
      )}
      {(pressed.length > 0 || widget.every) && (
        <div className="own-acts">
          {pressed.map((name) => (
            <Button key={name} icon={<Zap size={14} aria-hidden />} onClick={() => trial.event(name)}>
              <span className="mono">{name}</span>
            </Button>
          ))}
          {widget.every && (
            <Button icon={<Timer size={14} aria-hidden />} onClick={trial.tick}>
              {t("own:try.tick")}
            </Button>
          )}
        </div>
      )}
      <h4>{t("own:try.log")}</h4>
      <ol className="own-log" aria-live="polite">
        {outcomes
          .map((outcome, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is what it is by its place
            <Outcome key={i} outcome={outcome} step={trial.steps[i - 1]} />
          ))
          .toReversed()}
      </ol>
    </aside>
  );
}

function Outcome({ outcome, step }: { outcome: ScriptOutcome; step: ScriptStep | undefined }) {
  const t = useT();
  const json = (v: unknown) => (v === undefined || v === null ? "" : JSON.stringify(v));
  const what = !step
    ? t("own:try.begin")
    : step.event
      ? t("own:try.event", { name: step.event })
      : step.data
        ? Object.entries(step.data)
            .map(([name, v]) => `${name} = ${json(v)}`)
            .join(", ")
        : step.bad
          ? t("own:try.badStep", { name: step.bad.join(", ") })
          : t("own:try.tick");
  return (
    <li>
      <div className="own-log-head">
        <span>{what}</span>
        {outcome.calls > 0 && (
          <span className="muted">
            {t("own:try.took", { count: outcome.calls, micros: outcome.took.toLocaleString("en") })}
          </span>
        )}
      </div>
      {outcome.log.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines may be alike
        <div key={i} className="mono selectable">
          {line}
        </div>
      ))}
      {outcome.events.map((e, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events may be alike
        <div key={i}>
          {t("own:try.emitted", { name: e.name })} <span className="mono">{json(e.value)}</span>
        </div>
      ))}
      {outcome.writes.map((w, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: writes may be alike
        <div key={i}>
          {t("own:try.wrote", { name: w.name })} <span className="mono">{json(w.value)}</span>
        </div>
      ))}
      {outcome.problems.map((p, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity but their place
        <div key={i} className="wrong selectable">
          {p.line ? `${p.line}:${p.column ?? 1} ` : ""}
          {p.message} {p.hint}
        </div>
      ))}
    </li>
  );
}
