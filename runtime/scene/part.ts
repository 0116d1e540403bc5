import { type Bounds, clearBounds, emptyBounds, isEmpty, setBounds } from "./geometry";
import type { Painter } from "./paint";
import type { Type } from "./type";

/** What every part may have. Colours are tokens ("live") or literals. */
export interface PartProps {
  visible?: boolean;
  /** 0 to 1. */
  opacity?: number;
  /** Shown and hidden at 1 Hz: unacknowledged alarm marks only. Steady under reduced motion. */
  blink?: boolean;
  /** Parts with the same line are read as one, such as a number and its unit: mirrored they keep their order. */
  line?: object;
}

/** What a part tells its changes to: a layer of the scene. */
export interface Owner {
  readonly type: Type;
  touch(b: Bounds): void;
  restructure(): void;
}

/** Something drawn. It is kept; change it with set. */
export abstract class Part<P extends PartProps = PartProps> {
  owner: Owner | undefined;
  /** What it covers, in world coordinates; empty when nothing is drawn. */
  readonly bounds: Bounds = emptyBounds();
  /** The origin of its group in world coordinates. */
  ox = 0;
  oy = 0;
  /** All groups around it are visible. */
  shown = true;
  /** Where it stands upright, in world coordinates, when a group around it does. */
  stand: { readonly x: number; readonly y: number } | undefined;

  constructor(readonly props: P) {}

  /** Changes properties; what is not named stays. Costs nothing when nothing is different. */
  set(patch: Partial<P>): void {
    let changed = false;
    for (const k in patch)
      if (this.props[k] !== patch[k]) {
        changed = true;
        break;
      }
    if (!changed) return;
    const owner = this.owner;
    if (owner && !isEmpty(this.bounds)) owner.touch(this.bounds);
    Object.assign(this.props, patch);
    if (!owner) return;
    this.measure();
    if (!isEmpty(this.bounds)) owner.touch(this.bounds);
  }

  /** Takes its bounds again from properties and origin. */
  measure(): void {
    clearBounds(this.bounds);
    if (this.owner && this.shown && this.props.visible !== false && this.props.opacity !== 0) this.cover(this.bounds);
  }

  /** Is the point, in world coordinates, on the part? */
  hit(x: number, y: number): boolean {
    const b = this.bounds;
    return x >= b.x0 && x < b.x1 && y >= b.y0 && y < b.y1;
  }

  /** It draws beyond `painter.clip` unless clipped. Asked only when it is not within it. */
  spills(_painter: Painter): boolean {
    return true;
  }

  /** Writes what it covers, with everything that antialiasing may touch. */
  protected abstract cover(b: Bounds): void;
  abstract draw(painter: Painter): void;
}

export interface RectProps extends PartProps {
  x: number;
  y: number;
  width: number;
  height: number;
  fill?: string | undefined;
  stroke?: string | undefined;
  /** Drawn inside the rectangle. */
  strokeWidth?: number;
  radius?: number;
  /** Diagonal lines of this colour: the look of a value that must not be used. */
  hatch?: string | undefined;
}

export class Rect extends Part<RectProps> {
  protected cover(b: Bounds): void {
    const p = this.props;
    if (p.width > 0 && p.height > 0 && (p.fill || p.stroke || p.hatch))
      setBounds(b, this.ox + p.x, this.oy + p.y, this.ox + p.x + p.width, this.oy + p.y + p.height);
  }

  override spills(q: Painter): boolean {
    const p = this.props;
    if (p.hatch) return true;
    if (!p.radius) return false;
    const r = p.radius * q.scale + 1;
    const c = q.clip;
    const x0 = q.px(this.bounds.x0) + r;
    const y0 = q.py(this.bounds.y0) + r;
    const x1 = q.px(this.bounds.x1) - r;
    const y1 = q.py(this.bounds.y1) - r;
    // Away from corners (both axes would have to leave the inner cross) and edges it is a plain rectangle.
    return c.x0 < x0 || c.x1 > x1 || c.y0 < y0 || c.y1 > y1;
  }

  draw(q: Painter): void {
    const p = this.props;
    const b = this.bounds;
    const x0 = q.px(b.x0);
    const y0 = q.py(b.y0);
    const x1 = Math.max(x0 + 1, q.px(b.x1));
    const y1 = Math.max(y0 + 1, q.py(b.y1));
    const c = q.clip;
    q.alpha(p.opacity ?? 1);
    if (p.radius) {
      const r = Math.min(p.radius * q.scale, (x1 - x0) / 2, (y1 - y0) / 2);
      const inner = c.x0 >= x0 + r && c.x1 <= x1 - r && c.y0 >= y0 + r && c.y1 <= y1 - r;
      if (inner) {
        if (p.fill) {
          q.fill(p.fill);
          q.fillWithin(x0, y0, x1, y1);
        }
      } else {
        const ctx = q.ctx;
        if (p.fill) {
          q.fill(p.fill);
          ctx.beginPath();
          ctx.roundRect(x0, y0, x1 - x0, y1 - y0, r);
          ctx.fill();
        }
        if (p.stroke) {
          const w = q.length(p.strokeWidth ?? 1);
          q.stroke(p.stroke, w);
          ctx.beginPath();
          ctx.roundRect(x0 + w / 2, y0 + w / 2, x1 - x0 - w, y1 - y0 - w, Math.max(0, r - w / 2));
          ctx.stroke();
        }
      }
    } else {
      if (p.fill) {
        q.fill(p.fill);
        q.fillWithin(x0, y0, x1, y1);
      }
      if (p.stroke) {
        const w = q.length(p.strokeWidth ?? 1);
        q.fill(p.stroke);
        q.fillWithin(x0, y0, x1, y0 + w);
        q.fillWithin(x0, y1 - w, x1, y1);
        q.fillWithin(x0, y0 + w, x0 + w, y1 - w);
        q.fillWithin(x1 - w, y0 + w, x1, y1 - w);
      }
    }
    if (p.hatch) hatch(q, p.hatch, x0, y0, x1, y1);
  }
}

/** Lines at 45° that end at the rectangle's edges. */
function hatch(q: Painter, tone: string, x0: number, y0: number, x1: number, y1: number): void {
  const step = q.length(6);
  const w = x1 - x0;
  const h = y1 - y0;
  q.stroke(tone, q.length(1));
  const ctx = q.ctx;
  ctx.beginPath();
  for (let k = step; k < w + h; k += step) {
    const ax = Math.max(0, k - h);
    const bx = Math.min(w, k);
    ctx.moveTo(x0 + ax, y0 + k - ax);
    ctx.lineTo(x0 + bx, y0 + k - bx);
  }
  ctx.stroke();
}

export interface EllipseProps extends PartProps {
  /** Centre. */
  x: number;
  y: number;
  rx: number;
  ry?: number;
  /** Part of the ellipse, in degrees clockwise from three o'clock; the whole when not given. */
  start?: number;
  end?: number;
  fill?: string | undefined;
  stroke?: string | undefined;
  /** Drawn on the line, half to each side. */
  strokeWidth?: number;
}

export class Ellipse extends Part<EllipseProps> {
  protected cover(b: Bounds): void {
    const p = this.props;
    const ry = p.ry ?? p.rx;
    if (!(p.rx > 0 && ry > 0) || (!p.fill && !p.stroke)) return;
    const o = (p.stroke ? (p.strokeWidth ?? 1) / 2 : 0) + 1;
    const x = this.ox + p.x;
    const y = this.oy + p.y;
    setBounds(b, x - p.rx - o, y - ry - o, x + p.rx + o, y + ry + o);
  }

  override hit(x: number, y: number): boolean {
    if (!super.hit(x, y)) return false;
    const p = this.props;
    const o = p.stroke ? (p.strokeWidth ?? 1) / 2 : 0;
    const dx = (x - this.ox - p.x) / (p.rx + o);
    const dy = (y - this.oy - p.y) / ((p.ry ?? p.rx) + o);
    return dx * dx + dy * dy <= 1;
  }

  draw(q: Painter): void {
    const p = this.props;
    const x = (this.ox + p.x) * q.scale + q.dx;
    const y = (this.oy + p.y) * q.scale + q.dy;
    const start = ((p.start ?? 0) * Math.PI) / 180;
    const end = p.end === undefined ? start + Math.PI * 2 : (p.end * Math.PI) / 180;
    if (end <= start) return;
    const ctx = q.ctx;
    q.alpha(p.opacity ?? 1);
    ctx.beginPath();
    ctx.ellipse(x, y, p.rx * q.scale, (p.ry ?? p.rx) * q.scale, 0, start, end);
    if (p.fill) {
      q.fill(p.fill);
      ctx.fill();
    }
    if (p.stroke) {
      q.stroke(p.stroke, Math.max(1, (p.strokeWidth ?? 1) * q.scale));
      ctx.stroke();
    }
  }
}

export interface LineProps extends PartProps {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  stroke: string;
  strokeWidth?: number;
  /** Lengths of dash and gap. */
  dash?: readonly number[];
}

export class Line extends Part<LineProps> {
  protected cover(b: Bounds): void {
    const p = this.props;
    const o = (p.strokeWidth ?? 1) / 2 + 1;
    setBounds(
      b,
      this.ox + Math.min(p.x1, p.x2) - o,
      this.oy + Math.min(p.y1, p.y2) - o,
      this.ox + Math.max(p.x1, p.x2) + o,
      this.oy + Math.max(p.y1, p.y2) + o,
    );
  }

  private get straight(): boolean {
    const p = this.props;
    return !p.dash && (p.x1 === p.x2 || p.y1 === p.y2);
  }

  override hit(x: number, y: number): boolean {
    const p = this.props;
    const ax = this.ox + p.x1;
    const ay = this.oy + p.y1;
    const vx = p.x2 - p.x1;
    const vy = p.y2 - p.y1;
    const along = Math.max(0, Math.min(1, ((x - ax) * vx + (y - ay) * vy) / (vx * vx + vy * vy || 1)));
    return Math.hypot(x - ax - along * vx, y - ay - along * vy) <= (p.strokeWidth ?? 1) / 2 + 3;
  }

  override spills(_q: Painter): boolean {
    return !this.straight;
  }

  draw(q: Painter): void {
    const p = this.props;
    const w = q.length(p.strokeWidth ?? 1);
    q.alpha(p.opacity ?? 1);
    let x1 = q.px(this.ox + p.x1);
    let y1 = q.py(this.oy + p.y1);
    let x2 = q.px(this.ox + p.x2);
    let y2 = q.py(this.oy + p.y2);
    if (this.straight) {
      q.fill(p.stroke);
      const h = w >> 1;
      if (x1 === x2) q.fillWithin(x1 - h, Math.min(y1, y2), x1 - h + w, Math.max(y1, y2));
      else q.fillWithin(Math.min(x1, x2), y1 - h, Math.max(x1, x2), y1 - h + w);
      return;
    }
    const half = w % 2 ? 0.5 : 0;
    if (x1 === x2) x2 = x1 += half;
    if (y1 === y2) y2 = y1 += half;
    const ctx = q.ctx;
    q.stroke(p.stroke, w);
    if (p.dash) ctx.setLineDash(p.dash.map((d) => d * q.scale));
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
    if (p.dash) ctx.setLineDash([]);
  }
}
