// Boxes and boxes that are turned about their middle. Angles are degrees clockwise, as the document holds them.

/** A rectangle on the screen, in its pixels. */
export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** A box that may be turned about its middle. */
export interface Turned extends Box {
  angle?: number;
}

export interface Spot {
  x: number;
  y: number;
}

/** How something is turned and mirrored as it is seen: first mirrored (-1), then turned. */
export interface Turn {
  angle: number;
  x: 1 | -1;
  y: 1 | -1;
}

export const level: Turn = Object.freeze({ angle: 0, x: 1, y: 1 });

/** Something that is turned inside of something that is. */
export function within(outer: Turn, inner: Turn): Turn {
  if (outer === level) return inner;
  return {
    angle: normalAngle(outer.angle + outer.x * outer.y * inner.angle),
    x: (outer.x * inner.x) as 1 | -1,
    y: (outer.y * inner.y) as 1 | -1,
  };
}

/** What turns inside of `outer` must be for it to be seen as `seen`. */
export function inner(outer: Turn, seen: Turn): Turn {
  if (outer === level) return seen;
  return {
    angle: normalAngle(outer.x * outer.y * (seen.angle - outer.angle)),
    x: (outer.x * seen.x) as 1 | -1,
    y: (outer.y * seen.y) as 1 | -1,
  };
}

/** A way as it is seen inside of something that is turned. */
export const outward = (t: Turn, v: Spot): Spot => turn({ x: t.x * v.x, y: t.y * v.y }, zero, t.angle);

/** The way inside of something that is turned of a way as it is seen. */
export function inward(t: Turn, v: Spot): Spot {
  const p = turn(v, zero, -t.angle);
  return { x: t.x * p.x, y: t.y * p.y };
}

const zero: Spot = { x: 0, y: 0 };

/** The middle of a box. */
export const middle = (b: Box): Spot => ({ x: b.x + b.w / 2, y: b.y + b.h / 2 });

/** Cosine and sine of an angle; those of quarter turns are exact. */
function direction(degrees: number): [cos: number, sin: number] {
  const quarter = (((degrees / 90) % 4) + 4) % 4;
  if (Number.isInteger(quarter)) return [[1, 0, -1, 0][quarter] as number, [0, 1, 0, -1][quarter] as number];
  const r = (degrees * Math.PI) / 180;
  return [Math.cos(r), Math.sin(r)];
}

/** A point turned about another. */
export function turn(p: Spot, about: Spot, degrees: number): Spot {
  if (!degrees) return { x: p.x, y: p.y };
  const [cos, sin] = direction(degrees);
  const x = p.x - about.x;
  const y = p.y - about.y;
  return { x: about.x + x * cos - y * sin, y: about.y + x * sin + y * cos };
}

/** The same angle from 0 to below 360, to a hundredth. */
export function normalAngle(degrees: number): number {
  const a = ((((Math.round(degrees * 100) / 100) % 360) + 360) % 360) as number;
  return Math.round(a * 100) / 100 || 0;
}

/** The corners of a turned box: those that are upper left, upper right, lower right and lower left while it is not turned. */
export function corners(b: Box, degrees = 0): [Spot, Spot, Spot, Spot] {
  const c = middle(b);
  const at = (x: number, y: number) => turn({ x, y }, c, degrees);
  return [at(b.x, b.y), at(b.x + b.w, b.y), at(b.x + b.w, b.y + b.h), at(b.x, b.y + b.h)];
}

/** The smallest box with level sides around a turned one. */
export function extentOf(b: Box, degrees = 0): Box {
  if (!degrees) return b;
  const [cos, sin] = direction(degrees);
  const w = Math.abs(b.w * cos) + Math.abs(b.h * sin);
  const h = Math.abs(b.w * sin) + Math.abs(b.h * cos);
  return { x: b.x + b.w / 2 - w / 2, y: b.y + b.h / 2 - h / 2, w, h };
}

/** Whether a point lies on a turned box; the edge belongs to it. */
export function holds(b: Box, degrees: number, p: Spot): boolean {
  const q = turn(p, middle(b), -degrees);
  return q.x >= b.x && q.x <= b.x + b.w && q.y >= b.y && q.y <= b.y + b.h;
}

/** Whether a turned box touches one with level sides: no side of either parts them. */
export function touches(b: Box, degrees: number, area: Box): boolean {
  const meets = (a: Box, c: Box) => a.x <= c.x + c.w && c.x <= a.x + a.w && a.y <= c.y + c.h && c.y <= a.y + a.h;
  if (!meets(extentOf(b, degrees), area)) return false;
  if (!degrees) return true;
  // Seen from the turned box the other one is turned the other way about the same point.
  const c = middle(b);
  const seen = corners(area).map((p) => turn(p, c, -degrees));
  const xs = seen.map((p) => p.x);
  const ys = seen.map((p) => p.y);
  const around = { x: Math.min(...xs), y: Math.min(...ys), w: 0, h: 0 };
  around.w = Math.max(...xs) - around.x;
  around.h = Math.max(...ys) - around.y;
  return meets(b, around);
}

/** A box in the frame `from`, when the frame becomes `to`: a turned one keeps its angle and its sides follow as far as they can. */
export function scaledBox(b: Box, degrees: number, from: Box, to: Box): Box {
  const fx = from.w > 0 ? to.w / from.w : 1;
  const fy = from.h > 0 ? to.h / from.h : 1;
  if (!degrees || fx === fy)
    return { x: to.x + (b.x - from.x) * fx, y: to.y + (b.y - from.y) * fy, w: b.w * fx, h: b.h * fy };
  const [cos, sin] = direction(degrees);
  const w = b.w * Math.hypot(fx * cos, fy * sin);
  const h = b.h * Math.hypot(fx * sin, fy * cos);
  const c = middle(b);
  return { x: to.x + (c.x - from.x) * fx - w / 2, y: to.y + (c.y - from.y) * fy - h / 2, w, h };
}

/** A turned box that was sized in its own frame to `next`, put where what was not dragged stays where it is seen. */
export function sizedInFrame(b: Box, degrees: number, next: Box): Box {
  const c = turn(middle(next), middle(b), degrees);
  return { x: c.x - next.w / 2, y: c.y - next.h / 2, w: next.w, h: next.h };
}

/** The smallest box around turned ones whose sides lie at an angle, as it lies before it is turned about its middle. */
export function unionAt(boxes: readonly Turned[], degrees: number): Box | undefined {
  let x0 = Number.POSITIVE_INFINITY;
  let y0 = Number.POSITIVE_INFINITY;
  let x1 = Number.NEGATIVE_INFINITY;
  let y1 = Number.NEGATIVE_INFINITY;
  for (const b of boxes) {
    const c = turn(middle(b), zero, -degrees);
    const e = extentOf({ x: c.x - b.w / 2, y: c.y - b.h / 2, w: b.w, h: b.h }, (b.angle ?? 0) - degrees);
    x0 = Math.min(x0, e.x);
    y0 = Math.min(y0, e.y);
    x1 = Math.max(x1, e.x + e.w);
    y1 = Math.max(y1, e.y + e.h);
  }
  if (!(x1 >= x0)) return undefined;
  const c = turn({ x: (x0 + x1) / 2, y: (y0 + y1) / 2 }, zero, degrees);
  return { x: c.x - (x1 - x0) / 2, y: c.y - (y1 - y0) / 2, w: x1 - x0, h: y1 - y0 };
}
