// Points of a line that is being edited: taking one out, putting one in, moving one, and what the handles of a curve do.
import { bezier, nearest } from "../../../../runtime/scene/outline";
import type { Spot } from "../../document";

/** The place of a point. */
export const spotAt = (points: readonly number[], stride: number, i: number): Spot => ({
  x: points[i * stride] as number,
  y: points[i * stride + 1] as number,
});

/** All points without their handles. */
export function spots(points: readonly number[], stride: number): Spot[] {
  return Array.from({ length: points.length / stride }, (_, i) => spotAt(points, stride, i));
}

/** Points with one moved, its handles with it. */
export function movedPoint(points: readonly number[], stride: number, i: number, to: Spot): number[] {
  const at = spotAt(points, stride, i);
  return points.map((v, k) =>
    k < i * stride || k >= (i + 1) * stride ? v : k % 2 ? v + to.y - at.y : v + to.x - at.x,
  );
}

/**
 * Points of level and upright lines with one moved: the corners beside it go along. A neighbour that is held, an
 * end that sticks, lets the point go along their common line only.
 */
export function movedSquare(points: readonly number[], i: number, to: Spot, held: (i: number) => boolean): number[] {
  const out = [...points];
  const n = points.length / 2;
  let { x, y } = to;
  const levelWith = (j: number) => Math.abs((points[2 * j + 1] as number) - (points[2 * i + 1] as number)) < 0.3;
  for (const j of [i - 1, i + 1]) {
    if (j < 0 || j >= n || !held(j)) continue;
    if (levelWith(j)) y = points[2 * j + 1] as number;
    else x = points[2 * j] as number;
  }
  for (const j of [i - 1, i + 1]) {
    if (j < 0 || j >= n || held(j)) continue;
    if (levelWith(j)) out[2 * j + 1] = y;
    else out[2 * j] = x;
  }
  out[2 * i] = x;
  out[2 * i + 1] = y;
  return out;
}

/** How far a pipe goes on from an end that is held before it may turn. */
const stub = 16;

/** Level and upright lines with one of them moved sideways. From an end that is held the line first goes on as it did. */
export function movedSegment(
  points: readonly number[],
  segment: number,
  by: Spot,
  held: (i: number) => boolean,
): number[] {
  const out = [...points];
  const n = points.length / 2;
  const [ax, ay, bx, by_] = points.slice(2 * segment, 2 * segment + 4) as [number, number, number, number];
  const level = Math.abs(ay - by_) < 0.3;
  const k = level ? 1 : 0;
  const d = level ? by.y : by.x;
  const length = level ? bx - ax : by_ - ay;
  const step = Math.sign(length) * Math.min(stub, Math.abs(length) / 3);
  const along = (x: number, y: number, s: number): Spot => (level ? { x: x + s, y } : { x, y: y + s });
  out[2 * segment + k] = (out[2 * segment + k] as number) + d;
  out[2 * segment + 2 + k] = (out[2 * segment + 2 + k] as number) + d;
  // Behind first, so that what is before it keeps its place in the list.
  if (segment + 1 === n - 1 && held(n - 1)) {
    const p = along(bx, by_, -step);
    out.splice(2 * n - 2, 2, ...(level ? [p.x, p.y + d] : [p.x + d, p.y]), p.x, p.y, bx, by_);
  }
  if (segment === 0 && held(0)) {
    const p = along(ax, ay, step);
    out.splice(0, 2, ax, ay, p.x, p.y, ...(level ? [p.x, p.y + d] : [p.x + d, p.y]));
  }
  return out;
}

/** The line between two points that is nearest to a place, and how far that is. */
export function segmentAt(
  points: readonly number[],
  stride: number,
  closed: boolean,
  x: number,
  y: number,
): { segment: number; distance: number; at: Spot } {
  if (stride === 2) {
    const found = nearest(points, x, y, closed);
    return { segment: found.segment, distance: found.distance, at: found };
  }
  const n = points.length / 6;
  let best = { segment: 0, distance: Number.POSITIVE_INFINITY, at: { x, y } as Spot };
  for (let i = 0; i < (closed ? n : n - 1); i++) {
    const j = (i + 1) % n;
    const part = [...points.slice(6 * i, 6 * i + 6), ...points.slice(6 * j, 6 * j + 6)];
    const found = nearest(bezier(part), x, y);
    if (found.distance < best.distance) best = { segment: i, distance: found.distance, at: found };
  }
  return best;
}

/** Points with one more on a line between two; a curve keeps its form (de Casteljau). */
export function withPoint(points: readonly number[], stride: number, segment: number, at: Spot): number[] {
  const out = [...points];
  if (stride === 2) {
    out.splice(2 * (segment + 1), 0, at.x, at.y);
    return out;
  }
  const n = points.length / 6;
  const a = 6 * segment;
  const b = 6 * ((segment + 1) % n);
  const p = (i: number): Spot => ({ x: points[i] as number, y: points[i + 1] as number });
  const [p0, p1, p2, p3] = [p(a), p(a + 4), p(b + 2), p(b)];
  const mix = (u: Spot, v: Spot, t: number): Spot => ({ x: u.x + (v.x - u.x) * t, y: u.y + (v.y - u.y) * t });
  const cut = (t: number) => {
    const [q0, q1, q2] = [mix(p0, p1, t), mix(p1, p2, t), mix(p2, p3, t)];
    const [r0, r1] = [mix(q0, q1, t), mix(q1, q2, t)];
    return { q0, q2, r0, r1, s: mix(r0, r1, t) };
  };
  let best = 0.5;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 1; k < 100; k++) {
    const { s } = cut(k / 100);
    const d = Math.hypot(s.x - at.x, s.y - at.y);
    if (d < least) {
      least = d;
      best = k / 100;
    }
  }
  const { q0, q2, r0, r1, s } = cut(best);
  out.splice(a + 4, 2, q0.x, q0.y);
  out.splice(b + 2, 2, q2.x, q2.y);
  out.splice(a + 6, 0, s.x, s.y, r0.x, r0.y, r1.x, r1.y);
  return out;
}

/** Points without one; undefined when too few would be left. */
export function withoutPoint(points: readonly number[], stride: number, i: number): number[] | undefined {
  if (points.length / stride <= 2) return undefined;
  return [...points.slice(0, i * stride), ...points.slice((i + 1) * stride)];
}

/** A curve with one handle moved; the other one stays opposite to it, unless `alone`. */
export function movedHandle(
  points: readonly number[],
  i: number,
  which: "in" | "out",
  to: Spot,
  alone: boolean,
): number[] {
  const out = [...points];
  const at = spotAt(points, 6, i);
  const mine = 6 * i + (which === "in" ? 2 : 4);
  const other = 6 * i + (which === "in" ? 4 : 2);
  const ox = (points[other] as number) - at.x;
  const oy = (points[other + 1] as number) - at.y;
  const length = Math.hypot(ox, oy);
  out[mine] = to.x;
  out[mine + 1] = to.y;
  const l = Math.hypot(to.x - at.x, to.y - at.y);
  if (!alone && length > 0.01 && l > 0.01) {
    out[other] = at.x - ((to.x - at.x) / l) * length;
    out[other + 1] = at.y - ((to.y - at.y) / l) * length;
  }
  return out;
}

/** A curve with a corner made round, or a round point made a corner. */
export function toggledCorner(points: readonly number[], i: number): number[] {
  const out = [...points];
  const n = points.length / 6;
  const at = spotAt(points, 6, i);
  const k = 6 * i;
  const sharp = [2, 4].every(
    (h) => Math.hypot((points[k + h] as number) - at.x, (points[k + h + 1] as number) - at.y) < 0.01,
  );
  if (!sharp) {
    out.splice(k + 2, 4, at.x, at.y, at.x, at.y);
    return out;
  }
  const before = spotAt(points, 6, Math.max(0, i - 1));
  const after = spotAt(points, 6, Math.min(n - 1, i + 1));
  const dx = (after.x - before.x) / 6;
  const dy = (after.y - before.y) / 6;
  out.splice(k + 2, 4, at.x - dx, at.y - dy, at.x + dx, at.y + dy);
  return out;
}
