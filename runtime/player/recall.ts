// What the tags of the properties of a widget were: buckets, samples, and how long each state lasted.
import { type HistoryAnswer, type HistorySummary, type LiveValue, request } from "@lineside/client";
import type { Ask, Lasted, Recalled } from "@lineside/widgets";
import type { Display } from "./display";

/** Whoever remembers tags, in their own units. */
export interface Recaller {
  /** The answer is by path. */
  recall(paths: readonly string[], ask: Ask): Promise<Recalled>;
  lasted(paths: readonly string[], from: number, to: number): Promise<Readonly<Record<string, Lasted>>>;
}

const live = (points: unknown): LiveValue[] =>
  (points as [number, LiveValue["v"], number?][]).map(([t, v, q]) => ({ v, q: q ?? 0, t }));

/** The runtime, as far as the person may view it. */
export const servedRecaller: Recaller = {
  async recall(paths, ask) {
    const { data } = await request<HistoryAnswer>("POST", "/history/query", {
      tags: paths,
      from: typeof ask.from === "number" ? String(Math.floor(ask.from)) : ask.from,
      ...(ask.to === undefined ? {} : { to: String(Math.ceil(ask.to)) }),
      ...(ask.step ? { step: ask.step, fn: ask.fn ?? "avg" } : { pixels: ask.pixels ?? 1000 }),
      ...(ask.step && ask.state !== undefined ? { state: JSON.stringify(ask.state) } : {}),
    });
    const series = Object.fromEntries(data.series.map((s) => [s.path, live(s.points)]));
    return { from: Date.parse(data.from), to: Date.parse(data.to), zone: data.zone ?? "", series };
  },
  async lasted(paths, from, to) {
    const query = new URLSearchParams({ from: String(Math.floor(from)), to: String(Math.ceil(to)), states: "true" });
    for (const path of paths) query.append("tag", path);
    const { data } = await request<HistorySummary>("GET", `/history/summary?${query}`);
    return Object.fromEntries(
      data.series.map((s) => [s.path, { states: s.states ?? [], other: s.other ?? 0, bad: s.bad ?? 0 }]),
    );
  },
};

// Of these no number is in the unit of the tag.
const unitless = new Set(["count", "duration", "percentGood"]);
// These are the difference of two values, so that the offset of a unit is not in them.
const differences = new Set(["range", "delta", "rate", "stddev", "integral"]);

/** The history of the tags of several properties, as this person sees their units. */
export async function recall(
  from: Recaller,
  paths: Readonly<Record<string, string>>,
  ask: Ask,
  display: Display | undefined,
): Promise<Recalled> {
  const answer = await from.recall([...new Set(Object.values(paths))], ask);
  const fn = ask.step ? (ask.fn ?? "avg") : "";
  const series: Record<string, readonly LiveValue[]> = {};
  for (const prop in paths) {
    const own = answer.series[paths[prop] as string] ?? [];
    if (!display || unitless.has(fn)) series[prop] = own;
    else if (differences.has(fn))
      series[prop] = own.map((s) => (typeof s.v === "number" ? { ...s, v: display.difference(prop, s.v) } : s));
    else series[prop] = own.map((s) => display.values({ [prop]: s })[prop] ?? s);
  }
  return { ...answer, series };
}

/** How long the tags of properties had which value. */
export async function lasted(
  from: Recaller,
  paths: Readonly<Record<string, string>>,
  begin: number,
  end: number,
): Promise<Record<string, Lasted>> {
  const answer = await from.lasted([...new Set(Object.values(paths))], begin, end);
  return Object.fromEntries(
    Object.entries(paths).map(([prop, path]) => [prop, answer[path] ?? { states: [], other: 0, bad: 0 }]),
  );
}
