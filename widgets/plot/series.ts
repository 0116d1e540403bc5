// The history of pens as a plot needs it: one axis of time, a column for each pen.
import type { HistoryAnswer } from "@lineside/client";
import { isBad, isUncertain } from "@lineside/client";

/** [milliseconds, value, quality when it is not good]. */
export type Point = [number, unknown, number?];

/** One tag with its points. */
export interface Track {
  path: string;
  type: string;
  unit: string;
  title: string;
  points: Point[];
  cut: boolean;
  /** How many corrections there are of samples of this time. */
  corrected: number;
}

export function tracksOf(answer: HistoryAnswer): Map<string, Track> {
  return new Map(
    answer.series.map((s) => [
      s.path,
      {
        path: s.path,
        type: s.type,
        unit: s.unit ?? "",
        title: s.title ?? "",
        points: (s.points ?? []) as Point[],
        cut: !!s.cut,
        corrected: s.corrected?.length ?? 0,
      },
    ]),
  );
}

/** The point that holds at a time; undefined before the first. */
export function heldAt(points: readonly Point[], t: number): Point | undefined {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] as Point)[0] <= t) low = middle + 1;
    else high = middle;
  }
  return points[low - 1];
}

/** The texts that a pen takes, in the order of their coming: their places are what is plotted. */
export type Levels = string[];

/** What is plotted of a value: null where there is a gap. */
export function height(point: Point | undefined, levels: Levels): number | null {
  if (!point || isBad(point[2] ?? 0)) return null;
  const [, value] = point;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === null || value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const at = levels.indexOf(text);
  if (at >= 0) return at;
  return levels.length < 200 ? levels.push(text) - 1 : null;
}

/** A time in which a value was not good. */
export interface Blemish {
  from: number;
  to: number;
  bad: boolean;
}

/** When the value was bad, uncertain, or not there. */
export function blemishes(points: readonly Point[], from: number, to: number): Blemish[] {
  const out: Blemish[] = [];
  const add = (begin: number, end: number, bad: boolean) => {
    const last = out.at(-1);
    if (end <= begin) return;
    if (last && last.bad === bad && last.to === begin) last.to = end;
    else out.push({ from: begin, to: end, bad });
  };
  const first = points[0]?.[0] ?? to;
  add(from, Math.min(first, to), true);
  points.forEach(([t, , q = 0], i) => {
    if (q === 0 || (!isBad(q) && !isUncertain(q))) return;
    add(Math.max(from, t), Math.min(to, points[i + 1]?.[0] ?? to), isBad(q));
  });
  return out;
}

/** How a line goes from sample to sample: it holds, goes straight, or is rounded. */
export type Course = "step" | "line" | "spline";

/**
 * Columns: the times in seconds, then each track held until its next point; null is a gap. A track that does not
 * hold has nothing (undefined) where only others have a point.
 */
export function columns(
  tracks: readonly { points: readonly Point[]; levels: Levels; moved: number; course?: Course }[],
  from: number,
  to: number,
): [number[], ...(number | null | undefined)[][]] {
  const next = tracks.map(() => 0);
  const held: (number | null)[] = tracks.map(() => null);
  const fresh: boolean[] = tracks.map(() => false);
  const out: (number | null | undefined)[][] = tracks.map(() => []);
  const times: number[] = [];
  const emit = (t: number, whole: boolean) => {
    times.push(t / 1000);
    held.forEach((v, i) => {
      const own = whole || fresh[i] || v === null || (tracks[i]?.course ?? "step") === "step";
      (out[i] as (number | null | undefined)[]).push(own ? v : undefined);
    });
  };
  for (;;) {
    let t = Number.POSITIVE_INFINITY;
    tracks.forEach((track, i) => {
      const p = track.points[next[i] as number];
      if (p) t = Math.min(t, p[0] + track.moved);
    });
    if (t > to) break;
    tracks.forEach((track, i) => {
      fresh[i] = false;
      for (let p = track.points[next[i] as number]; p && p[0] + track.moved === t; ) {
        held[i] = height(p, track.levels);
        fresh[i] = true;
        next[i] = (next[i] as number) + 1;
        p = track.points[next[i] as number];
      }
    });
    const at = Math.max(t, from);
    // What held before the time begins is there once.
    if (times.at(-1) === at / 1000) {
      out.forEach((column, i) => {
        column[column.length - 1] = held[i] ?? null;
      });
      continue;
    }
    emit(at, at <= from);
  }
  if (times.length > 0 && (times.at(-1) as number) < to / 1000) emit(to, true);
  return [times, ...out];
}
