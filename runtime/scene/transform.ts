import { type Bounds, type Box, setBounds } from "./geometry";

/** Takes x, y to a·x + c·y + e, b·x + d·y + f, as the matrix of a canvas does. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** How something is drawn otherwise than it lies. What is not given is as it lies. */
export interface Transform {
  /** Degrees clockwise about the middle of the box. */
  rotate?: number;
  /** Mirrors left and right (x), top and bottom (y) or both, before it is turned. */
  flip?: "x" | "y" | "xy" | "" | undefined;
  /** A factor about the middle of the box. */
  scale?: number;
  /** Moves it, in world units. */
  dx?: number;
  dy?: number;
  /** 0 to 1. */
  opacity?: number;
  visible?: boolean;
  /** Dimmed and shown at 1 Hz; a steady outline under reduced motion. */
  blink?: boolean;
}

/** A transform worked out for one place, those of the groups around it in it. */
export interface Turn {
  /** World as it lies to world as it is seen; undefined when they are the same. */
  readonly matrix: Matrix | undefined;
  /** The matrix mirrors left and right, or top and bottom; texts are drawn the right way round all the same. */
  readonly flipX: boolean;
  readonly flipY: boolean;
  readonly opacity: number;
  readonly visible: boolean;
  readonly blink: boolean;
}

/** Sine and cosine of degrees, exact at quarter turns. */
function turned(degrees: number): [cos: number, sin: number] {
  const quarter = degrees / 90;
  if (Number.isInteger(quarter)) {
    const k = ((quarter % 4) + 4) % 4;
    return [k === 0 ? 1 : k === 2 ? -1 : 0, k === 1 ? 1 : k === 3 ? -1 : 0];
  }
  const angle = (degrees * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)];
}

/** Works a transform out for a box; undefined when it changes nothing. */
export function turnOf(box: Box, t: Transform): Turn | undefined {
  const rotate = t.rotate ?? 0;
  const scale = t.scale ?? 1;
  const dx = t.dx ?? 0;
  const dy = t.dy ?? 0;
  const flipX = t.flip === "x" || t.flip === "xy";
  const flipY = t.flip === "y" || t.flip === "xy";
  const opacity = t.opacity ?? 1;
  const visible = t.visible ?? true;
  const blink = t.blink ?? false;
  let matrix: Matrix | undefined;
  if (rotate % 360 !== 0 || scale !== 1 || dx !== 0 || dy !== 0 || flipX || flipY) {
    const [cos, sin] = turned(rotate);
    const sx = flipX ? -scale : scale;
    const sy = flipY ? -scale : scale;
    matrix = about([cos * sx, sin * sx, -sin * sy, cos * sy], box.x + box.width / 2, box.y + box.height / 2, dx, dy);
  } else if (opacity === 1 && visible && !blink) return undefined;
  return { matrix, flipX, flipY, opacity, visible, blink };
}

/** A linear map about a point, then moved. */
function about(l: readonly [number, number, number, number], x: number, y: number, dx: number, dy: number): Matrix {
  const [a, b, c, d] = l;
  return [a, b, c, d, x + dx - a * x - c * y, y + dy - b * x - d * y];
}

/** First q, then p. */
export const multiply = (p: Matrix, q: Matrix): Matrix => [
  p[0] * q[0] + p[2] * q[1],
  p[1] * q[0] + p[3] * q[1],
  p[0] * q[2] + p[2] * q[3],
  p[1] * q[2] + p[3] * q[3],
  p[0] * q[4] + p[2] * q[5] + p[4],
  p[1] * q[4] + p[3] * q[5] + p[5],
];

/** What lies in a group that is drawn with outer, and is itself drawn with inner. */
export function compose(outer: Turn | undefined, inner: Turn | undefined): Turn | undefined {
  if (!outer) return inner;
  if (!inner) return outer;
  return {
    matrix: outer.matrix && inner.matrix ? multiply(outer.matrix, inner.matrix) : (outer.matrix ?? inner.matrix),
    flipX: outer.flipX !== inner.flipX,
    flipY: outer.flipY !== inner.flipY,
    opacity: outer.opacity * inner.opacity,
    visible: outer.visible && inner.visible,
    blink: outer.blink || inner.blink,
  };
}

export function sameTurn(a: Turn | undefined, b: Turn | undefined): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  if (a.opacity !== b.opacity || a.visible !== b.visible || a.blink !== b.blink) return false;
  if (a.flipX !== b.flipX || a.flipY !== b.flipY) return false;
  const m = a.matrix;
  const n = b.matrix;
  return m === n || (m !== undefined && n !== undefined && m.every((v, i) => v === n[i]));
}

export const mapPoint = (m: Matrix, x: number, y: number): { x: number; y: number } => ({
  x: m[0] * x + m[2] * y + m[4],
  y: m[1] * x + m[3] * y + m[5],
});

/** The way back; undefined when everything falls on a line or point. */
export function invert(m: Matrix): Matrix | undefined {
  const [a, b, c, d, e, f] = m;
  const det = a * d - b * c;
  if (Math.abs(det) < 1e-9) return undefined;
  return [d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det];
}

/** Writes the rectangle around a mapped rectangle to out, which may be b itself. */
export function mapBounds(m: Matrix, b: Bounds, out: Bounds): Bounds {
  const [a, mb, c, d, e, f] = m;
  const cx = (b.x0 + b.x1) / 2;
  const cy = (b.y0 + b.y1) / 2;
  const hx = (b.x1 - b.x0) / 2;
  const hy = (b.y1 - b.y0) / 2;
  const x = a * cx + c * cy + e;
  const y = mb * cx + d * cy + f;
  const w = Math.abs(a) * hx + Math.abs(c) * hy;
  const h = Math.abs(mb) * hx + Math.abs(d) * hy;
  setBounds(out, x - w, y - h, x + w, y + h);
  return out;
}

/** The matrix with its mirroring taken back about a point of what lies there. */
export function unmirror(m: Matrix, flipX: boolean, flipY: boolean, x: number, y: number): Matrix {
  if (!flipX && !flipY) return m;
  return multiply(m, about([flipX ? -1 : 1, 0, 0, flipY ? -1 : 1], x, y, 0, 0));
}

/** A matrix that takes a point to where it was taken, without turning or mirroring what is around it. */
export function level(m: Matrix, x: number, y: number): Matrix {
  const scale = Math.sqrt(Math.abs(m[0] * m[3] - m[1] * m[2]));
  const to = mapPoint(m, x, y);
  return [scale, 0, 0, scale, to.x - scale * x, to.y - scale * y];
}

/** How many times larger things become at most. */
export const stretch = (m: Matrix): number => Math.max(Math.hypot(m[0], m[1]), Math.hypot(m[2], m[3]));

/** Edges stay on the axes and keep their lengths, so that whole pixels stay whole. */
export const axial = (m: Matrix): boolean => m.slice(0, 4).every((v) => v === 0 || v === 1 || v === -1);
