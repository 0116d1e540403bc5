// The histories of several tags as rows: one for each time at which any of them has a sample.
import type { HistorySeries, LiveValue } from "@lineside/client";

export interface Moment {
  t: number;
  /** By the place of the tag; undefined where it has no sample at this time. */
  values: (LiveValue | undefined)[];
}

/** The rows of an answer, the newest first; so many at most. */
export function merged(
  series: readonly Pick<HistorySeries, "points" | "cut">[],
  most: number,
): { rows: Moment[]; cut: boolean } {
  const at = new Map<number, Moment>();
  series.forEach((s, i) => {
    const points = Array.isArray(s.points) ? (s.points as [number, unknown, number?][]) : [];
    for (const [t, v, q = 0] of points) {
      let row = at.get(t);
      if (!row) {
        row = { t, values: new Array(series.length).fill(undefined) };
        at.set(t, row);
      }
      row.values[i] = { v, q, t };
    }
  });
  const rows = [...at.values()].sort((a, b) => b.t - a.t);
  return { rows: rows.slice(0, most), cut: rows.length > most || series.some((s) => s.cut === true) };
}
