// Widgets that are drawn through points: lines, polylines, curves and pipes. The document holds the points as
// fractions of the box, so that sizing it needs no other change; here they are places on the screen.
import type { Manifest, Widget } from "@lineside/client";
import { bezier, cornerBounds } from "../../../runtime/scene/outline";
import { type Box, level, middle, outward, type Spot, type Turn } from "./geometry";
import { structureOf } from "./layout";
import type { ScreenRecord } from "./state";

/** The catalogue as the document knows it: a manifest by type. */
export type Kinds = (type: string) => Manifest | undefined;

/** Whether a widget is drawn through points. */
export function isLine(m: Manifest | undefined): boolean {
  return m?.draw === "line" || m?.draw === "polyline" || m?.draw === "path";
}

/** How many numbers a point has: a curve's has its two handles besides. */
export const strideOf = (m: Manifest | undefined): number => (m?.draw === "path" ? 6 : 2);

/** The fractions that a widget is drawn through: its own, or those of its manifest. */
export function fractionsOf(w: Widget, m: Manifest | undefined): readonly number[] {
  const own = w.props?.points ?? m?.settings.find((f) => f.name === "points")?.default;
  return Array.isArray(own) && own.every((v) => typeof v === "number") ? (own as number[]) : [];
}

/** Where something is seen: its box before it is turned about its middle, and the turn. */
export interface Seen {
  box: Box;
  turn: Turn;
}

/** Where a widget of a screen is seen. */
export function seenOn(screen: ScreenRecord, id: string): Seen | undefined {
  const { boxes, turns } = structureOf(screen);
  const box = boxes.get(id);
  return box && { box, turn: turns.get(id) ?? level };
}

/** A place of a box by its fractions, as it is seen. */
export function spotOf({ box, turn }: Seen, fx: number, fy: number): Spot {
  if (turn === level) return { x: box.x + fx * box.w, y: box.y + fy * box.h };
  const c = middle(box);
  const v = outward(turn, { x: (fx - 0.5) * box.w, y: (fy - 0.5) * box.h });
  return { x: c.x + v.x, y: c.y + v.y };
}

/** The points of a widget on the screen; a curve's with the handles. */
export function pointsOf(w: Widget, seen: Seen, m: Manifest | undefined): number[] {
  const out: number[] = [];
  const list = fractionsOf(w, m);
  for (let i = 0; i + 1 < list.length; i += 2) {
    const p = spotOf(seen, list[i] as number, list[i + 1] as number);
    out.push(p.x, p.y);
  }
  return out;
}

/** What of a widget is drawn, as corners: curves are broken into lines. */
export function cornersOf(w: Widget, seen: Seen, m: Manifest | undefined): number[] {
  const points = pointsOf(w, seen, m);
  return m?.draw === "path" ? bezier(points, w.props?.closed === true) : points;
}

const round = (n: number, digits: number): number => Math.round(n * 10 ** digits) / 10 ** digits || 0;

/** The box around points on the screen, at least a pixel each way, and the points as fractions of it. */
export function boxed(points: readonly number[], stride: number, closed = false): { box: Box; fractions: number[] } {
  const b = cornerBounds(stride === 6 ? bezier(points, closed) : points);
  const x = round(b.x0, 2);
  const y = round(b.y0, 2);
  const box = { x, y, w: Math.max(1, round(b.x1 - x, 2)), h: Math.max(1, round(b.y1 - y, 2)) };
  const fractions = points.map((v, i) => round(i % 2 ? (v - y) / box.h : (v - x) / box.w, 5));
  return { box, fractions };
}

/** Whether every line between points is level or upright. */
export function isSquare(points: readonly number[]): boolean {
  for (let i = 0; i + 3 < points.length; i += 2)
    if (!isLevel(points, i) && Math.abs((points[i + 2] as number) - (points[i] as number)) > slack) return false;
  return true;
}

/** Fractions are rounded: over a wide box that is this much. */
const slack = 0.3;

/** Whether the line from the point that begins at i is level. One without length is. */
const isLevel = (p: readonly number[], i: number): boolean =>
  Math.abs((p[i + 3] as number) - (p[i + 1] as number)) <= slack;

/** Points without those that lie on the line between their neighbours, for lines that are level or upright only. */
export function straightened(points: readonly number[]): number[] {
  const out: number[] = [];
  const n = points.length;
  for (let i = 0; i < n; i += 2) {
    const x = points[i] as number;
    const y = points[i + 1] as number;
    const k = out.length;
    const last = i === n - 2;
    if (k >= 2 && Math.hypot(x - (out[k - 2] as number), y - (out[k - 1] as number)) <= slack) {
      // The ends stay exactly where they are.
      if (last && k > 2) out.splice(k - 2, 2, x, y);
      else if (last) out.push(x, y);
      continue;
    }
    if (k >= 4) {
      const same = (at: number, v: number) =>
        Math.abs((out[k - 4 + at] as number) - v) <= slack && Math.abs((out[k - 2 + at] as number) - v) <= slack;
      if (same(0, x) || same(1, y)) {
        out.splice(k - 2, 2, x, y);
        continue;
      }
    }
    out.push(x, y);
  }
  return out;
}

/** Points with one end moved. Level and upright lines stay so: the corner beside the end goes along, and a straight line gets two. */
export function withEnd(
  points: readonly number[],
  stride: number,
  end: "from" | "to",
  to: Spot,
  square: boolean,
): number[] {
  if (stride === 6) {
    const at = end === "from" ? 0 : points.length - 6;
    const dx = to.x - (points[at] as number);
    const dy = to.y - (points[at + 1] as number);
    return points.map((v, i) => (i < at || i >= at + 6 ? v : v + (i % 2 ? dy : dx)));
  }
  if (!square) {
    const at = end === "from" ? 0 : points.length - 2;
    return points.map((v, i) => (i === at ? to.x : i === at + 1 ? to.y : v));
  }
  const line = straightened(points);
  const p = end === "from" ? line : backwards(line);
  const wasLevel = isLevel(p, 0);
  if (p.length === 4) {
    const [ox, oy] = [p[2] as number, p[3] as number];
    const off = wasLevel ? Math.abs(to.y - oy) : Math.abs(to.x - ox);
    const half = wasLevel ? (to.x + ox) / 2 : (to.y + oy) / 2;
    p.splice(0, 2, to.x, to.y);
    if (off > slack) p.splice(2, 0, ...(wasLevel ? [half, to.y, half, oy] : [to.x, half, ox, half]));
    else if (wasLevel) p[1] = oy;
    else p[0] = ox;
  } else {
    p[0] = to.x;
    p[1] = to.y;
    if (wasLevel) p[3] = to.y;
    else p[2] = to.x;
  }
  return straightened(end === "from" ? p : backwards(p));
}

/** Points from the last to the first. */
export function backwards(points: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = points.length - 2; i >= 0; i -= 2) out.push(points[i] as number, points[i + 1] as number);
  return out;
}
