// Snapping: a moving box meets the edges and centres of its neighbours, keeps equal gaps to them, or lies on the grid.
import type { Box } from "../document";

export type Axis = "x" | "y";

/** A line that says why a box lies where it does. `at` is on `axis`, the line goes along the other one. */
export interface Guide {
  kind: "line";
  axis: Axis;
  at: number;
  from: number;
  to: number;
}

/** A measured distance along an axis, drawn at `at` of the other one. */
export interface Gap {
  kind: "gap";
  axis: Axis;
  from: number;
  to: number;
  at: number;
}

/** How far a box goes to snap, and what to draw. */
export interface Snapped {
  dx: number;
  dy: number;
  guides: (Guide | Gap)[];
}

/** Which edges of the box move: all when it is moved as a whole, one or two while it is sized. */
export interface Edges {
  x: "all" | "low" | "high" | "none";
  y: "all" | "low" | "high" | "none";
}

interface Spot {
  at: number;
  /** What lies there; a line that was pulled out of a ruler is nothing that distances are measured to. */
  box?: Box;
}

const epsilon = 0.01;
const size = (axis: Axis): "w" | "h" => (axis === "x" ? "w" : "h");
const other = (axis: Axis): Axis => (axis === "x" ? "y" : "x");
const low = (b: Box, axis: Axis) => b[axis];
const high = (b: Box, axis: Axis) => b[axis] + b[size(axis)];
const spots = (b: Box, axis: Axis) => [low(b, axis), b[axis] + b[size(axis)] / 2, high(b, axis)];
const overlaps = (a: Box, b: Box, axis: Axis) =>
  low(a, axis) < high(b, axis) - epsilon && low(b, axis) < high(a, axis) - epsilon;

/** Neighbours, prepared once for a drag. */
export class Snapper {
  readonly #spots: Record<Axis, Spot[]>;
  readonly #boxes: Box[];

  /** `page` is snapped to like a neighbour, but no gaps are measured to it; `lines` are snapped to along their axis. */
  constructor(neighbours: Iterable<Box>, page?: Box, lines: readonly { axis: Axis; at: number }[] = []) {
    this.#boxes = [...neighbours];
    const all = page ? [...this.#boxes, page] : this.#boxes;
    const sorted = (axis: Axis) =>
      all
        .flatMap((box): Spot[] => spots(box, axis).map((at) => ({ at, box })))
        .concat(lines.filter((l) => l.axis === axis).map((l) => ({ at: l.at })))
        .sort((a, b) => a.at - b.at);
    this.#spots = { x: sorted("x"), y: sorted("y") };
  }

  /** Snaps a box that has come within `reach` of something. */
  snap(box: Box, reach: number, options: { edges?: Edges; grid?: number } = {}): Snapped {
    const edges = options.edges ?? { x: "all", y: "all" };
    const dx = this.#axis(box, "x", edges.x, reach, options.grid);
    const half = { ...box, x: box.x + (edges.x === "all" ? dx : 0) };
    const dy = this.#axis(half, "y", edges.y, reach, options.grid);
    const moved = stretch(box, edges, dx, dy);
    return { dx, dy, guides: [...this.#explain(moved, "x", edges.x), ...this.#explain(moved, "y", edges.y)] };
  }

  /** How far to go along an axis: the nearest edge or centre, else an equal gap, else the grid. */
  #axis(box: Box, axis: Axis, edges: Edges["x"], reach: number, grid: number | undefined): number {
    if (edges === "none") return 0;
    let best = Number.POSITIVE_INFINITY;
    for (const at of moving(box, axis, edges)) {
      const d = this.#nearest(axis, at) - at;
      if (Math.abs(d) < Math.abs(best)) best = d;
    }
    if (edges === "all")
      for (const d of this.#gapMoves(box, axis, reach)) if (Math.abs(d) + epsilon < Math.abs(best)) best = d;
    if (Math.abs(best) <= reach) return best;
    if (!grid) return 0;
    const edge = edges === "high" ? high(box, axis) : low(box, axis);
    return Math.round(edge / grid) * grid - edge;
  }

  #nearest(axis: Axis, at: number): number {
    const list = this.#spots[axis];
    let lo = 0;
    let hi = list.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if ((list[mid] as Spot).at < at) lo = mid + 1;
      else hi = mid;
    }
    const after = list[lo]?.at ?? Number.POSITIVE_INFINITY;
    const before = list[lo - 1]?.at ?? Number.NEGATIVE_INFINITY;
    return after - at < at - before ? after : before;
  }

  /** The neighbours beside a box along an axis, in order. */
  #row(box: Box, axis: Axis): Box[] {
    return this.#boxes.filter((b) => overlaps(b, box, other(axis))).sort((a, b) => low(a, axis) - low(b, axis));
  }

  /** Moves that make the gaps to the neighbours equal: in the middle of two, or continuing a row. */
  #gapMoves(box: Box, axis: Axis, reach: number): number[] {
    const row = this.#row(box, axis);
    const moves: number[] = [];
    const before = row
      .filter((b) => high(b, axis) <= low(box, axis) + reach)
      .sort((a, b) => high(b, axis) - high(a, axis));
    const after = row.filter((b) => low(b, axis) >= high(box, axis) - reach);
    const [prev, prev2] = [before[0], before.find((b) => before[0] && high(b, axis) <= low(before[0], axis))];
    const [next, next2] = [after[0], after.find((b) => after[0] && low(b, axis) >= high(after[0], axis))];
    if (prev && next) moves.push((high(prev, axis) + low(next, axis) - box[size(axis)]) / 2 - low(box, axis));
    if (prev && prev2) moves.push(high(prev, axis) + (low(prev, axis) - high(prev2, axis)) - low(box, axis));
    if (next && next2) moves.push(low(next, axis) - (low(next2, axis) - high(next, axis)) - high(box, axis));
    return moves;
  }

  /** What is to be drawn for a box that lies where it is. */
  #explain(box: Box, axis: Axis, edges: Edges["x"]): (Guide | Gap)[] {
    const out: (Guide | Gap)[] = [];
    if (edges === "none") return out;
    const cross = other(axis);
    for (const at of new Set(moving(box, axis, edges))) {
      const met = this.#spots[axis].filter((s) => Math.abs(s.at - at) < epsilon);
      if (met.length === 0) continue;
      const boxes = [box, ...met.flatMap((s) => s.box ?? [])];
      out.push({
        kind: "line",
        axis,
        at,
        from: Math.min(...boxes.map((b) => low(b, cross))),
        to: Math.max(...boxes.map((b) => high(b, cross))),
      });
      const near = nearest(
        box,
        met.flatMap((s) => s.box ?? []),
        cross,
      );
      if (near) out.push({ kind: "gap", axis: cross, from: near.from, to: near.to, at });
    }
    if (edges !== "all") return out;
    const row = this.#row(box, axis);
    const lowSide = row
      .filter((b) => high(b, axis) <= low(box, axis) + epsilon)
      .sort((a, b) => high(b, axis) - high(a, axis));
    const highSide = row.filter((b) => low(b, axis) >= high(box, axis) - epsilon);
    const gaps: Gap[] = [];
    const between = (a: Box, b: Box): Gap => ({
      kind: "gap",
      axis,
      from: high(a, axis),
      to: low(b, axis),
      at: (Math.max(low(a, cross), low(b, cross)) + Math.min(high(a, cross), high(b, cross))) / 2,
    });
    const prev = lowSide[0];
    const next = highSide[0];
    if (prev) gaps.push(between(prev, box));
    if (next) gaps.push(between(box, next));
    const prev2 = prev && lowSide.find((b) => high(b, axis) <= low(prev, axis));
    const next2 = next && highSide.find((b) => low(b, axis) >= high(next, axis));
    if (prev && prev2) gaps.push(between(prev2, prev));
    if (next && next2) gaps.push(between(next, next2));
    const length = (g: Gap) => g.to - g.from;
    // Only gaps beside the box that another one equals are worth saying.
    const mine = gaps.slice(0, (prev ? 1 : 0) + (next ? 1 : 0));
    const equal = gaps.filter(
      (g) => length(g) > epsilon && mine.some((m) => m !== g && Math.abs(length(m) - length(g)) < 0.05),
    );
    const shown = gaps.filter((g) => equal.some((e) => Math.abs(length(e) - length(g)) < 0.05));
    out.push(...shown);
    return out;
  }
}

function moving(box: Box, axis: Axis, edges: Edges["x"]): number[] {
  if (edges === "low") return [low(box, axis)];
  if (edges === "high") return [high(box, axis)];
  return spots(box, axis);
}

function stretch(box: Box, edges: Edges, dx: number, dy: number): Box {
  const out = { ...box };
  for (const [axis, d] of [
    ["x", dx],
    ["y", dy],
  ] as const) {
    if (edges[axis] === "all") out[axis] += d;
    if (edges[axis] === "high") out[size(axis)] += d;
    if (edges[axis] === "low") {
      out[axis] += d;
      out[size(axis)] -= d;
    }
  }
  return out;
}

/** The distance along an axis to the nearest box that does not overlap. */
function nearest(box: Box, boxes: Box[], axis: Axis): { from: number; to: number } | undefined {
  let best: { from: number; to: number } | undefined;
  for (const b of boxes) {
    const gap =
      low(b, axis) >= high(box, axis)
        ? { from: high(box, axis), to: low(b, axis) }
        : high(b, axis) <= low(box, axis)
          ? { from: high(b, axis), to: low(box, axis) }
          : undefined;
    if (gap && gap.to - gap.from > epsilon && (!best || gap.to - gap.from < best.to - best.from)) best = gap;
  }
  return best;
}
