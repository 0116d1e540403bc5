// One trial of a widget: what it was told so far is told again whenever its text changes, so that a change is seen at once.
import type { ApiError, ScriptedWidget, ScriptStep, ScriptTrialResult } from "@lineside/client";
import { useCallback, useEffect, useMemo, useState } from "react";
import { asApiError } from "../shell/resource";
import { tryWidget } from "./api";

/** More steps than these are not told again: the trial begins anew with the values of now. */
const most = 150;

export interface Trial {
  result?: ScriptTrialResult;
  error?: ApiError;
  busy: boolean;
  /** The values of settings as they were set here. */
  values: Readonly<Record<string, unknown>>;
  /** Settings whose value is not known now. */
  bad: ReadonlySet<string>;
  steps: readonly ScriptStep[];
  /** Gives a setting a value; undefined is its default. */
  set(name: string, value: unknown, bound: boolean): void;
  setBad(name: string, bad: boolean): void;
  event(name: string, value?: unknown): void;
  tick(): void;
  restart(): void;
}

interface Told {
  /** What the trial begins with. */
  start: Record<string, unknown>;
  steps: ScriptStep[];
  /** When the last step was added, in milliseconds. */
  at: number;
}

export function useTrial(widget: ScriptedWidget): Trial {
  const [told, setTold] = useState<Told>({ start: {}, steps: [], at: 0 });
  const [state, setState] = useState<{ result?: ScriptTrialResult; error?: ApiError }>({});
  const [busy, setBusy] = useState(true);
  const text = JSON.stringify({ widget, settings: told.start, steps: told.steps });

  useEffect(() => {
    const stop = new AbortController();
    setBusy(true);
    const timer = setTimeout(() => {
      tryWidget(JSON.parse(text), stop.signal).then(
        (result) => {
          setState({ result });
          setBusy(false);
        },
        (error) => {
          if (stop.signal.aborted) return;
          setState((before) => ({ ...before, error: asApiError(error) }));
          setBusy(false);
        },
      );
    }, 200);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);

  const [values, bad] = useMemo(() => valuesAfter(told), [told]);

  const step = useCallback(
    (next: ScriptStep) =>
      setTold((before) => {
        const { start, steps } = before.steps.length >= most ? begun(before) : before;
        // What changes without a pause, as while arrow keys step a number, is one step.
        const last = steps.at(-1);
        const soon = Date.now() - before.at < 400 && last?.data && next.data && sameNumbers(last.data, next.data);
        return { start, steps: soon ? [...steps.slice(0, -1), next] : [...steps, next], at: Date.now() };
      }),
    [],
  );
  return {
    ...state,
    busy,
    values,
    bad,
    steps: told.steps,
    set: (name, value, bound) =>
      bound && value !== undefined
        ? step({ data: { [name]: value } })
        : setTold((before) => {
            const { start, steps } = begun(before);
            const { [name]: _, ...rest } = start;
            return { start: value === undefined ? rest : { ...rest, [name]: value }, steps, at: 0 };
          }),
    setBad: (name, isBad) => step(isBad ? { bad: [name] } : { data: { [name]: values[name] ?? null } }),
    event: (name, value) => step({ event: name, ...(value === undefined ? {} : { value }) }),
    tick: () => step({ every: 1 }),
    restart: () => setTold((before) => begun(before)),
  };
}

const sameNumbers = (a: object, b: object): boolean =>
  Object.keys(a).join() === Object.keys(b).join() && Object.values(b).every((v) => typeof v === "number");

/** The values after all steps, and which of them are not known. */
function valuesAfter(told: Told): [Record<string, unknown>, Set<string>] {
  const values = { ...told.start };
  const bad = new Set<string>();
  for (const { data, bad: gone } of told.steps) {
    for (const [name, value] of Object.entries(data ?? {})) {
      values[name] = value;
      bad.delete(name);
    }
    for (const name of gone ?? []) bad.add(name);
  }
  return [values, bad];
}

/** A trial that begins with the values of now. */
const begun = (told: Told): Told => ({ start: valuesAfter(told)[0], steps: [], at: 0 });
