import { type Bounds, setBounds } from "./geometry";
import { distance, inside } from "./outline";
import type { Painter } from "./paint";
import { Part, type PartProps } from "./part";
import { pathBounds } from "./path";

export interface PathProps extends PartProps {
  /** SVG path data (SVG 2, 9.3), moved to x, y, turned by rotate degrees and scaled about 0, 0. */
  d?: string;
  /** Or corners: x0, y0, x1, y1, … */
  points?: readonly number[];
  /** Joins the last corner to the first. */
  closed?: boolean;
  x?: number;
  y?: number;
  scale?: number;
  rotate?: number;
  fill?: string | undefined;
  /** What is inside where path data crosses itself (SVG 2, 13.4.2); default nonzero. */
  rule?: "nonzero" | "evenodd";
  stroke?: string | undefined;
  strokeWidth?: number;
  /** Lengths of dash and gap. */
  dash?: readonly number[];
  /** How far the dashes are moved along the path, against its direction. */
  dashOffset?: number;
  /** How fast the dashes move along, in units a second; steady under reduced motion. */
  flow?: number;
}

const known = new Map<string, Bounds>();

export class Path extends Part<PathProps> {
  private compiled: Path2D | undefined;
  private compiledFrom = "";

  protected cover(b: Bounds): void {
    const p = this.props;
    if (!p.fill && !p.stroke) return;
    const s = p.scale ?? 1;
    const angle = ((p.rotate ?? 0) * Math.PI) / 180;
    const cos = Math.cos(angle) * s;
    const sin = Math.sin(angle) * s;
    const ox = this.ox + (p.x ?? 0);
    const oy = this.oy + (p.y ?? 0);
    let corners: readonly number[];
    if (p.points) corners = p.points;
    else if (p.d) {
      let k = known.get(p.d);
      if (!k) {
        if (known.size > 2000) known.clear();
        k = pathBounds(p.d);
        known.set(p.d, k);
      }
      corners = [k.x0, k.y0, k.x1, k.y0, k.x1, k.y1, k.x0, k.y1];
    } else return;
    let x0 = Number.POSITIVE_INFINITY;
    let y0 = x0;
    let x1 = Number.NEGATIVE_INFINITY;
    let y1 = x1;
    for (let i = 0; i + 1 < corners.length; i += 2) {
      const cx = corners[i] as number;
      const cy = corners[i + 1] as number;
      const x = ox + cx * cos - cy * sin;
      const y = oy + cx * sin + cy * cos;
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
    }
    const o = (p.stroke ? ((p.strokeWidth ?? 1) * s) / 2 : 0) + 1;
    if (x1 >= x0) setBounds(b, x0 - o, y0 - o, x1 + o, y1 + o);
  }

  /** Corners are hit where they are drawn; a curve given as data in the rectangle around it. */
  override hit(x: number, y: number): boolean {
    if (!super.hit(x, y)) return false;
    const p = this.props;
    if (!p.points || p.rotate) return true;
    const own = p.scale ?? 1;
    const px = (x - this.ox - (p.x ?? 0)) / own;
    const py = (y - this.oy - (p.y ?? 0)) / own;
    if (p.fill && inside(p.points, px, py)) return true;
    return !!p.stroke && distance(p.points, px, py, p.closed) <= (p.strokeWidth ?? 1) / 2 + 3 / own;
  }

  /** What is painted when dashes move: a rectangle for each line between corners, not the one around all of them. */
  *pieces(): Iterable<Bounds> {
    const p = this.props;
    if (!p.points || p.rotate || p.scale || p.closed) {
      yield this.bounds;
      return;
    }
    const x = this.ox + (p.x ?? 0);
    const y = this.oy + (p.y ?? 0);
    const o = (p.strokeWidth ?? 1) / 2 + 1;
    for (let i = 0; i + 3 < p.points.length; i += 2) {
      const [x0, y0, x1, y1] = [p.points[i], p.points[i + 1], p.points[i + 2], p.points[i + 3]] as [
        number,
        number,
        number,
        number,
      ];
      yield {
        x0: x + Math.min(x0, x1) - o,
        y0: y + Math.min(y0, y1) - o,
        x1: x + Math.max(x0, x1) + o,
        y1: y + Math.max(y0, y1) + o,
      };
    }
  }

  draw(q: Painter): void {
    const p = this.props;
    const ctx = q.ctx;
    const s = q.scale;
    q.alpha(p.opacity ?? 1);
    if (q.mirrored && p.line) q.upright(this);
    const own = p.scale ?? 1;
    const width = Math.max(1, (p.strokeWidth ?? 1) * own * s);
    if (p.dash) {
      // Corners are set in device pixels, path data in its own units.
      const unit = p.points ? s : 1 / own;
      ctx.setLineDash(p.dash.map((d) => d * unit));
      ctx.lineDashOffset = ((p.dashOffset ?? 0) - (p.flow ?? 0) * q.clock) * unit;
    }
    if (p.points) {
      const angle = ((p.rotate ?? 0) * Math.PI) / 180;
      const cos = Math.cos(angle) * own * s;
      const sin = Math.sin(angle) * own * s;
      const ox = (this.ox + (p.x ?? 0)) * s + q.dx;
      const oy = (this.oy + (p.y ?? 0)) * s + q.dy;
      ctx.beginPath();
      for (let i = 0; i + 1 < p.points.length; i += 2) {
        const cx = p.points[i] as number;
        const cy = p.points[i + 1] as number;
        if (i === 0) ctx.moveTo(ox + cx * cos - cy * sin, oy + cx * sin + cy * cos);
        else ctx.lineTo(ox + cx * cos - cy * sin, oy + cx * sin + cy * cos);
      }
      if (p.closed) ctx.closePath();
      if (p.fill) {
        q.fill(p.fill);
        ctx.fill();
      }
      if (p.stroke) {
        q.stroke(p.stroke, width);
        ctx.stroke();
      }
    } else if (p.d) {
      if (!this.compiled || this.compiledFrom !== p.d) {
        this.compiled = new Path2D(p.d);
        this.compiledFrom = p.d;
      }
      ctx.translate((this.ox + (p.x ?? 0)) * s + q.dx, (this.oy + (p.y ?? 0)) * s + q.dy);
      if (p.rotate) ctx.rotate((p.rotate * Math.PI) / 180);
      ctx.scale(s * own, s * own);
      if (p.fill) {
        q.fill(p.fill);
        ctx.fill(this.compiled, p.rule ?? "nonzero");
      }
      if (p.stroke) {
        q.stroke(p.stroke, width / (s * own));
        ctx.stroke(this.compiled);
      }
      q.home();
    }
    if (q.mirrored && p.line) q.home();
    if (p.dash) {
      ctx.setLineDash([]);
      ctx.lineDashOffset = 0;
    }
  }
}

export interface ImageProps extends PartProps {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Where it comes from; "" draws nothing. */
  src: string;
  /** contain (default) shows all of it, cover fills the box, stretch does both. */
  fit?: "contain" | "cover" | "stretch";
  /** Told when the picture has come or has failed. */
  onState?: (ok: boolean) => void;
}

export class Image extends Part<ImageProps> {
  private element: HTMLImageElement | undefined;
  private from = "";

  protected cover(b: Bounds): void {
    const p = this.props;
    this.load();
    if (p.width > 0 && p.height > 0 && p.src !== "")
      setBounds(b, this.ox + p.x, this.oy + p.y, this.ox + p.x + p.width, this.oy + p.y + p.height);
  }

  private load(): void {
    const src = this.props.src;
    if (src === this.from || typeof document === "undefined") return;
    this.from = src;
    if (src === "") {
      this.element = undefined;
      return;
    }
    // Until the next has come or failed, the present one is seen: what is fetched again does not flicker.
    const img = document.createElement("img");
    img.decoding = "async";
    img.onload = () => {
      if (this.from !== src) return;
      this.element = img;
      this.owner?.touch(this.bounds);
      this.props.onState?.(true);
    };
    img.onerror = () => {
      if (this.from !== src) return;
      this.element = undefined;
      this.owner?.touch(this.bounds);
      this.props.onState?.(false);
    };
    img.src = src;
  }

  draw(q: Painter): void {
    const img = this.element;
    if (!img) return;
    const p = this.props;
    const b = this.bounds;
    const x = q.px(b.x0);
    const y = q.py(b.y0);
    const w = q.px(b.x1) - x;
    const h = q.py(b.y1) - y;
    const iw = img.naturalWidth || 300;
    const ih = img.naturalHeight || 150;
    q.alpha(p.opacity ?? 1);
    if (p.fit === "stretch") {
      q.ctx.drawImage(img, x, y, w, h);
      return;
    }
    if (p.fit === "cover") {
      const k = Math.max(w / iw, h / ih);
      q.ctx.drawImage(img, (iw - w / k) / 2, (ih - h / k) / 2, w / k, h / k, x, y, w, h);
      return;
    }
    const k = Math.min(w / iw, h / ih);
    q.ctx.drawImage(img, x + (w - iw * k) / 2, y + (h - ih * k) / 2, iw * k, ih * k);
  }
}
