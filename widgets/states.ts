// What values mean: a table of values with a text, a colour and a symbol for each, as engineers fill it in.
import type { Settings } from "./view";

/** One row of the table. */
export interface State {
  is: string;
  text: string;
  icon: string;
  color: string;
  blink: boolean;
}

const textOf = (v: unknown): string =>
  typeof v === "string" ? v : typeof v === "number" || typeof v === "boolean" ? String(v) : "";

/** The rows of the setting "states". What is no row is left out. */
export function statesOf(settings: Settings): State[] {
  const rows = Array.isArray(settings.states) ? settings.states : [];
  return rows.flatMap((row: unknown) => {
    if (typeof row !== "object" || row === null) return [];
    const r = row as Record<string, unknown>;
    return [
      {
        is: textOf(r.is).trim(),
        text: textOf(r.text),
        icon: textOf(r.icon),
        color: textOf(r.color),
        blink: r.blink === true,
      },
    ];
  });
}

const figure = String.raw`[-−]?\d+(?:\.\d+)?`;
const range = new RegExp(`^(${figure})?\\s*\\.\\.\\s*(${figure})?$`);
const numberOf = (text: string): number => Number(text.replace("−", "-"));

/** Does a row mean a value? It names the value, a range ("10..20", "5..", "..0"), or "*" for all others. */
export function means(is: string, v: unknown): boolean {
  if (is === "*") return true;
  const n = typeof v === "boolean" ? Number(v) : typeof v === "number" ? v : Number.NaN;
  const r = range.exec(is);
  if (r && (r[1] !== undefined || r[2] !== undefined))
    return !Number.isNaN(n) && n >= (r[1] ? numberOf(r[1]) : -Infinity) && n <= (r[2] ? numberOf(r[2]) : Infinity);
  if (typeof v === "boolean") return v ? /^(1|true|on)$/i.test(is) : /^(0|false|off)$/i.test(is);
  if (typeof v === "number") return is !== "" && numberOf(is) === v;
  return typeof v === "string" && v === is;
}

/** The first row that means a value. */
export const stateOf = (states: readonly State[], v: unknown): State | undefined => states.find((s) => means(s.is, v));

/** The colour of a text on a ground: dark or white, whichever can be read. */
export const on = (ground: string): string => `on:${ground}`;
