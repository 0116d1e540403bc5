// Outlines as flat lists of corners: x0, y0, x1, y1, …  Curves are broken into lines that nobody can tell from them.

/** What corners cover: x0, y0, x1, y1. */
export function cornerBounds(points: readonly number[]): { x0: number; y0: number; x1: number; y1: number } {
  const b = {
    x0: Number.POSITIVE_INFINITY,
    y0: Number.POSITIVE_INFINITY,
    x1: Number.NEGATIVE_INFINITY,
    y1: Number.NEGATIVE_INFINITY,
  };
  for (let i = 0; i + 1 < points.length; i += 2) {
    const x = points[i] as number;
    const y = points[i + 1] as number;
    if (x < b.x0) b.x0 = x;
    if (x > b.x1) b.x1 = x;
    if (y < b.y0) b.y0 = y;
    if (y > b.y1) b.y1 = y;
  }
  return b;
}

/** How far a point is from the nearest of the lines between corners. */
export function distance(points: readonly number[], x: number, y: number, closed = false): number {
  return nearest(points, x, y, closed).distance;
}

/** The place on the lines between corners that is nearest to a point: where it is, and on which line, from 0. */
export function nearest(
  points: readonly number[],
  x: number,
  y: number,
  closed = false,
): { distance: number; segment: number; x: number; y: number } {
  let best = { distance: Number.POSITIVE_INFINITY, segment: 0, x, y };
  const n = points.length >> 1;
  const last = closed && n > 2 ? n : n - 1;
  if (n === 1) return { distance: Math.hypot(x - at(points, 0), y - at(points, 1)), segment: 0, x, y };
  for (let i = 0; i < last; i++) {
    const j = (i + 1) % n;
    const ax = at(points, 2 * i);
    const ay = at(points, 2 * i + 1);
    const vx = at(points, 2 * j) - ax;
    const vy = at(points, 2 * j + 1) - ay;
    const t = Math.max(0, Math.min(1, ((x - ax) * vx + (y - ay) * vy) / (vx * vx + vy * vy || 1)));
    const d = Math.hypot(x - ax - t * vx, y - ay - t * vy);
    if (d < best.distance) best = { distance: d, segment: i, x: ax + t * vx, y: ay + t * vy };
  }
  return best;
}

/** Whether a point is inside of a polygon, by the even-odd rule. */
export function inside(points: readonly number[], x: number, y: number): boolean {
  let odd = false;
  const n = points.length >> 1;
  for (let i = 0, j = n - 1; i < n; j = i++) {
    const yi = at(points, 2 * i + 1);
    const yj = at(points, 2 * j + 1);
    if (yi > y === yj > y) continue;
    const xi = at(points, 2 * i);
    if (x < xi + ((at(points, 2 * j) - xi) * (y - yi)) / (yj - yi)) odd = !odd;
  }
  return odd;
}

/** What of a convex or simple polygon lies at or below a height: y grows downwards. */
export function below(points: readonly number[], height: number): number[] {
  const out: number[] = [];
  const n = points.length >> 1;
  for (let i = 0, j = n - 1; i < n; j = i++) {
    const [ax, ay] = [at(points, 2 * j), at(points, 2 * j + 1)];
    const [bx, by] = [at(points, 2 * i), at(points, 2 * i + 1)];
    if (ay >= height !== by >= height) out.push(ax + ((bx - ax) * (height - ay)) / (by - ay), height);
    if (by >= height) out.push(bx, by);
  }
  return out;
}

/** Corners with each turn made round: an arc of at most `radius`, less where the lines are short. */
export function roundedCorners(points: readonly number[], radius: number, closed = false): number[] {
  const n = points.length >> 1;
  if (radius <= 0 || n < 3) return [...points];
  const out: number[] = [];
  for (let i = 0; i < n; i++) {
    const bx = at(points, 2 * i);
    const by = at(points, 2 * i + 1);
    if (!closed && (i === 0 || i === n - 1)) {
      out.push(bx, by);
      continue;
    }
    const a = (i + n - 1) % n;
    const c = (i + 1) % n;
    const ux = at(points, 2 * a) - bx;
    const uy = at(points, 2 * a + 1) - by;
    const vx = at(points, 2 * c) - bx;
    const vy = at(points, 2 * c + 1) - by;
    const lu = Math.hypot(ux, uy);
    const lv = Math.hypot(vx, vy);
    const cos = lu > 0 && lv > 0 ? (ux * vx + uy * vy) / (lu * lv) : -1;
    // Straight on and straight back have no corner.
    if (cos < -0.9999 || cos > 0.9999) {
      out.push(bx, by);
      continue;
    }
    const half = Math.acos(cos) / 2;
    // An end may be used up whole, a line between two turns by half for each.
    const room = (l: number, end: boolean) => (end ? l : l / 2);
    const cut = Math.min(radius / Math.tan(half), room(lu, !closed && i === 1), room(lv, !closed && i === n - 2));
    const r = cut * Math.tan(half);
    const d = Math.hypot(cut, r);
    const mx = ux / lu + vx / lv;
    const my = uy / lu + vy / lv;
    const ml = Math.hypot(mx, my);
    const cx = bx + (mx / ml) * d;
    const cy = by + (my / ml) * d;
    const from = Math.atan2(by + (uy / lu) * cut - cy, bx + (ux / lu) * cut - cx);
    let sweep = Math.atan2(by + (vy / lv) * cut - cy, bx + (vx / lv) * cut - cx) - from;
    if (sweep > Math.PI) sweep -= 2 * Math.PI;
    if (sweep < -Math.PI) sweep += 2 * Math.PI;
    const steps = Math.max(2, Math.ceil(Math.abs(sweep) / (Math.PI / 16)));
    for (let k = 0; k <= steps; k++) {
      const angle = from + (sweep * k) / steps;
      out.push(cx + r * Math.cos(angle), cy + r * Math.sin(angle));
    }
  }
  return out;
}

/** The corners of a rectangle with round corners. */
export function roundedRect(x: number, y: number, width: number, height: number, radius: number): number[] {
  return roundedCorners(
    [x, y, x + width, y, x + width, y + height, x, y + height],
    Math.min(radius, width / 2, height / 2),
    true,
  );
}

/** An ellipse, or a part of it in degrees clockwise from twelve o'clock. */
export function ellipseArc(cx: number, cy: number, rx: number, ry: number, start = 0, end = 360): number[] {
  const whole = end - start >= 360;
  const steps = Math.max(2, Math.ceil((Math.min(360, end - start) / 360) * Math.max(48, Math.min(160, (rx + ry) / 2))));
  const out: number[] = [];
  for (let k = 0; k <= (whole ? steps - 1 : steps); k++) {
    const a = ((start + ((whole ? 360 : end - start) * k) / steps - 90) * Math.PI) / 180;
    out.push(cx + rx * Math.cos(a), cy + ry * Math.sin(a));
  }
  return out;
}

/**
 * A cubic Bézier curve through anchors of six numbers each: x, y, the handle towards the anchor
 * before and the handle towards the next. A handle that lies on its anchor makes a corner.
 */
export function bezier(anchors: readonly number[], closed = false): number[] {
  const n = Math.floor(anchors.length / 6);
  if (n === 0) return [];
  const out = [at(anchors, 0), at(anchors, 1)];
  for (let i = 0; i < (closed && n > 1 ? n : n - 1); i++) {
    const a = 6 * i;
    const b = 6 * ((i + 1) % n);
    const [x0, y0, x1, y1] = [at(anchors, a), at(anchors, a + 1), at(anchors, a + 4), at(anchors, a + 5)];
    const [x2, y2, x3, y3] = [at(anchors, b + 2), at(anchors, b + 3), at(anchors, b), at(anchors, b + 1)];
    if (x0 === x1 && y0 === y1 && x2 === x3 && y2 === y3) {
      out.push(x3, y3);
      continue;
    }
    const length = Math.hypot(x1 - x0, y1 - y0) + Math.hypot(x2 - x1, y2 - y1) + Math.hypot(x3 - x2, y3 - y2);
    const steps = Math.max(8, Math.min(96, Math.ceil(length / 4)));
    for (let k = 1; k <= steps; k++) {
      const t = k / steps;
      const s = 1 - t;
      const [p, q, r, u] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
      out.push(p * x0 + q * x1 + r * x2 + u * x3, p * y0 + q * y1 + r * y2 + u * y3);
    }
  }
  return out;
}

/** The length of the lines between corners. */
export function lengthOf(points: readonly number[]): number {
  let sum = 0;
  for (let i = 2; i + 1 < points.length; i += 2)
    sum += Math.hypot(at(points, i) - at(points, i - 2), at(points, i + 1) - at(points, i - 1));
  return sum;
}

/** A line made shorter at its beginning. The rest keeps its corners; never less than its last line's direction is left. */
export function shortened(points: readonly number[], by: number): number[] {
  let rest = Math.min(by, lengthOf(points) * 0.9);
  let i = 0;
  for (; i + 3 < points.length; i += 2) {
    const l = Math.hypot(at(points, i + 2) - at(points, i), at(points, i + 3) - at(points, i + 1));
    if (l > rest) break;
    rest -= l;
  }
  if (i + 3 >= points.length) return [...points];
  const [x, y] = [at(points, i), at(points, i + 1)];
  const l = Math.hypot(at(points, i + 2) - x, at(points, i + 3) - y) || 1;
  return [x + ((at(points, i + 2) - x) * rest) / l, y + ((at(points, i + 3) - y) * rest) / l, ...points.slice(i + 2)];
}

/** Corners in the other direction. */
export function reversed(points: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = points.length - 2; i >= 0; i -= 2) out.push(at(points, i), at(points, i + 1));
  return out;
}

const at = (points: readonly number[], i: number): number => points[i] as number;
