// Where a chart of categories has its numbers from: values now, a list, buckets of the past, or one past time as a whole.
import { look } from "@lineside/scene";
import { string } from "../kit";
import type { Env, Settings, Values } from "../view";
import { withUnit } from "./axes";
import { choice, type Kind, qualityText } from "./chart";
import type { Rows } from "./frame";
import { askFor, momentText, type PeriodName, periods, stepOf } from "./period";
import {
  decimalsAt,
  emptyTable,
  fromBuckets,
  fromList,
  fromNow,
  fromWhole,
  hasNumbers,
  type Table,
  unitAt,
  usedProps,
  valueProps,
} from "./table";
import { word } from "./words";

export const live = [...valueProps, "values"] as const;

/** One step that is as long as any time. */
const whole = "100y";

type Source = "now" | "history" | "total";

export const sourceOf = (settings: Settings): Source => choice(settings, "source", "now", "history", "total");

/** Does a list stand in the place of the single values? */
const listed = (settings: Settings, env: Env): boolean => env.bound("values") || settings.values !== undefined;

export const functionOf = (settings: Settings): string =>
  choice(
    settings,
    "fn",
    "avg",
    "min",
    "max",
    "sum",
    "delta",
    "integral",
    "rate",
    "duration",
    "count",
    "range",
    "last",
    "percentGood",
    "stddev",
  );

/** The table of a whole time, or of its buckets. */
export async function readTable(period: PeriodName, settings: Settings, env: Env): Promise<Table> {
  const used = usedProps(settings, env);
  const fn = functionOf(settings);
  const state = fn === "duration" ? settings.state : undefined;
  const ask = (props: readonly string[], a: Parameters<NonNullable<Env["recall"]>>[1]) =>
    env.recall?.(props, state === undefined || state === "" ? a : { ...a, state: stateValue(state) });
  if (sourceOf(settings) === "total") {
    const r = await ask(used, { from: periods[period].from, step: whole, fn });
    return r ? fromWhole(r, used, fn, settings, env) : emptyTable();
  }
  const step = stepOf(period, string(settings, "step"));
  const r = await ask(used, askFor(period, step, fn));
  return r ? fromBuckets(r, used, step, fn, settings, env) : emptyTable();
}

/** A state as the history knows it: a number or a truth where the text is one. */
export function stateValue(v: unknown): unknown {
  if (typeof v !== "string") return v;
  const n = Number(v);
  if (v.trim() !== "" && Number.isFinite(n)) return n;
  return v === "true" ? true : v === "false" ? false : v;
}

/** The numbers as they are now. */
export function nowTable(values: Values, settings: Settings, env: Env): Table | undefined {
  if (!listed(settings, env)) return fromNow(values, settings, env);
  const l = values.values;
  if (!l) return fromList(settings.values, settings);
  const k = look(l.q);
  return k === "bad" || k === "waiting" ? undefined : fromList(l.v, settings, k);
}

/** What all charts of categories do alike. */
export const tables: Pick<Kind<Table>, "live" | "past" | "read" | "now" | "bound" | "bind" | "none" | "any"> = {
  live,
  past: (settings, env) => sourceOf(settings) !== "now" && !listed(settings, env),
  read: readTable,
  now: nowTable,
  bound: (settings, env) => listed(settings, env) || usedProps(settings, env).length > 0,
  bind: "bindValues",
  none: emptyTable,
  any: hasNumbers,
};

/** The lines of a tip: each series at a category, the time, and what is wrong with it. */
export function linesAt(t: Table, i: number, shown: readonly number[], env: Env): string[] {
  const lines = shown.map((s) => {
    const series = t.series[s];
    const cell = series?.cells[i];
    const text = withUnit(cell?.v ?? null, decimalsAt(t, s, i), unitAt(t, s, i));
    const name = t.series.length > 1 && series?.name ? `${series.name}: ` : "";
    return `${name}${text}${cell ? qualityText(cell.look, env) : ""}`;
  });
  const times = timesAt(t, i, env);
  return times ? [times, ...lines] : lines;
}

/** From when to when a category was. */
function timesAt(t: Table, i: number, env: Env): string {
  const from = t.times?.[i];
  const to = t.times?.[i + 1] ?? t.end;
  if (from === undefined || to === undefined) return "";
  const zone = t.zone ?? "";
  return `${momentText(from, env.lang, zone)} – ${momentText(to, env.lang, zone)}`;
}

/** The table as rows, with its times in full. */
export function rowsOf(t: Table, env: Env): Rows {
  const head = (s: Table["series"][number]) =>
    [s.name || word("value", env.lang), s.unit ? `(${s.unit})` : ""].filter(Boolean).join(" ");
  const iso = (ms: number | undefined) => (ms === undefined ? "" : new Date(ms).toISOString());
  const units = t.each !== undefined && new Set(t.each.map((e) => e.unit)).size > 1;
  return [
    [
      word("name", env.lang),
      ...(t.times ? [word("from", env.lang), word("to", env.lang)] : []),
      ...t.series.map(head),
      ...(units ? [""] : []),
    ],
    ...t.categories.map((name, i) => [
      name,
      ...(t.times ? [iso(t.times[i]), iso(t.times[i + 1] ?? t.end)] : []),
      ...t.series.map((s) => s.cells[i]?.v ?? null),
      ...(units ? [unitAt(t, 0, i)] : []),
    ]),
  ];
}

/** How many there are, the highest and the lowest, in words. */
export function summaryOf(t: Table, env: Env): string {
  if (t.categories.length > 0 && t.categories.length <= 6 && t.series.length === 1)
    return t.categories
      .map((c, i) => `${c} ${withUnit(t.series[0]?.cells[i]?.v ?? null, decimalsAt(t, 0, i), unitAt(t, 0, i))}`)
      .join(", ");
  return t.series
    .flatMap((s, k) => {
      let low = -1;
      let high = -1;
      s.cells.forEach((c, i) => {
        if (c.v === null) return;
        if (low < 0 || c.v < (s.cells[low]?.v ?? 0)) low = i;
        if (high < 0 || c.v > (s.cells[high]?.v ?? 0)) high = i;
      });
      if (high < 0) return [];
      const at = (i: number) =>
        [t.categories[i] ?? "", withUnit(s.cells[i]?.v ?? null, decimalsAt(t, k, i), unitAt(t, k, i))] as const;
      return `${s.name ? `${s.name}: ` : ""}${word("highestOf", env.lang, ...at(high))}, ${word("lowestOf", env.lang, ...at(low))}`;
    })
    .join(". ");
}
