import type { Bounds } from "./geometry";
import type { Part } from "./part";
import { color, type Theme } from "./tokens";
import { axial, level, type Matrix, type Turn, unmirror } from "./transform";
import { Type } from "./type";

/** The 2D context as the scene uses it. */
export type Context = CanvasRenderingContext2D;

const everywhere: Bounds = { x0: -1e9, y0: -1e9, x1: 1e9, y1: 1e9 };

/**
 * Draws in whole device pixels and keeps the state of the context, because setting a colour
 * or a font that is already set costs as much as drawing a small rectangle.
 */
export class Painter {
  /** Device pixels per world unit, and the device position of the world's origin. */
  scale = 1;
  dx = 0;
  dy = 0;
  /** What is being painted now, in device pixels. */
  clip: Bounds = { x0: 0, y0: 0, x1: 0, y1: 0 };
  /** Parts with `blink` are shown now. */
  blinkOn = true;
  /** Seconds that dashes with `flow` have moved. */
  clock = 0;
  /** What is drawn now is mirrored: texts turn themselves the right way round. */
  mirrored = false;
  /** What the lines of texts cover that are read as one. */
  lines: ReadonlyMap<object, Bounds> | undefined;
  private turn: Turn | undefined;
  private fade = 1;
  /** Edges go to whole pixels; not in what is turned by an angle. */
  private snap = true;
  private fillNow = "";
  private strokeNow = "";
  private widthNow = -1;
  private fontNow = -1;
  private alphaNow = 1;
  private fonts = new Map<number, string>();
  private colors = new Map<string, string>();
  private themeNow: Theme = "light";

  constructor(
    readonly ctx: Context,
    readonly type: Type,
  ) {}

  get theme(): Theme {
    return this.themeNow;
  }

  set theme(theme: Theme) {
    this.themeNow = theme;
    this.colors.clear();
    this.reset();
  }

  /** Forgets the state of the context: it was restored or resized. */
  reset(): void {
    this.fillNow = "";
    this.strokeNow = "";
    this.widthNow = -1;
    this.fontNow = -1;
    this.alphaNow = -1;
    const ctx = this.ctx;
    ctx.textBaseline = "alphabetic";
    ctx.textAlign = "left";
    ctx.textRendering = "geometricPrecision";
    ctx.fontKerning = "none";
    ctx.lineJoin = "round";
  }

  /** Before a frame: measuring has set other fonts since. */
  begin(): void {
    this.fontNow = -1;
  }

  resolve(name: string): string {
    let c = this.colors.get(name);
    if (c === undefined) {
      c = color(name, this.themeNow);
      this.colors.set(name, c);
    }
    return c;
  }

  fill(name: string): void {
    const c = this.resolve(name);
    if (c !== this.fillNow) {
      this.fillNow = c;
      this.ctx.fillStyle = c;
    }
  }

  stroke(name: string, width: number): void {
    const c = this.resolve(name);
    if (c !== this.strokeNow) {
      this.strokeNow = c;
      this.ctx.strokeStyle = c;
    }
    if (width !== this.widthNow) {
      this.widthNow = width;
      this.ctx.lineWidth = width;
    }
  }

  alpha(a: number): void {
    a *= this.fade;
    if (a !== this.alphaNow) {
      this.alphaNow = a;
      this.ctx.globalAlpha = a;
    }
  }

  font(weight: number, px: number): void {
    const rounded = Math.round(px * 4);
    const k = rounded * 1000 + weight;
    if (k === this.fontNow) return;
    this.fontNow = k;
    let f = this.fonts.get(k);
    if (f === undefined) {
      if (this.fonts.size > 500) this.fonts.clear();
      f = Type.font(weight, rounded / 4);
      this.fonts.set(k, f);
    }
    this.ctx.font = f;
  }

  /** World to device, to the nearest whole pixel. */
  px(x: number): number {
    const v = x * this.scale + this.dx;
    return this.snap ? Math.round(v) : v;
  }

  py(y: number): number {
    const v = y * this.scale + this.dy;
    return this.snap ? Math.round(v) : v;
  }

  /** A length in whole device pixels, at least one. */
  length(v: number): number {
    return Math.max(1, Math.round(v * this.scale));
  }

  /** From now on draws with a turn, faded; the canvas must be clipped. */
  enter(turn: Turn, fade: number, lines: ReadonlyMap<object, Bounds> | undefined): void {
    this.fade = fade;
    if (!turn.matrix) return;
    this.turn = turn;
    this.mirrored = turn.flipX || turn.flipY;
    this.lines = lines;
    this.snap = axial(turn.matrix);
    this.clip = everywhere;
    this.home();
  }

  /** Draws plainly again; r is what is being painted. */
  leave(r: Bounds): void {
    this.fade = 1;
    if (!this.turn) return;
    this.turn = undefined;
    this.mirrored = false;
    this.lines = undefined;
    this.snap = true;
    this.clip = r;
    this.home();
  }

  /** Puts the matrix of the canvas back to what the present turn needs. */
  home(): void {
    if (this.turn?.matrix) this.aim(this.turn.matrix);
    else this.ctx.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** Takes the mirroring back about the middle of a part or of its line, until home. */
  upright(part: Part): void {
    const t = this.turn;
    const b = (part.props.line && this.lines?.get(part.props.line)) ?? part.bounds;
    if (t?.matrix) this.aim(unmirror(t.matrix, t.flipX, t.flipY, (b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2));
  }

  /** Draws a part that stands upright within what is turned. */
  stand(part: Part): void {
    const { turn, mirrored, snap } = this;
    if (!turn?.matrix || !part.stand) {
      part.draw(this);
      return;
    }
    this.turn = { ...turn, matrix: level(turn.matrix, part.stand.x, part.stand.y), flipX: false, flipY: false };
    this.mirrored = false;
    this.snap = axial(this.turn.matrix as Matrix);
    this.home();
    part.draw(this);
    this.turn = turn;
    this.mirrored = mirrored;
    this.snap = snap;
    this.home();
  }

  /** Parts draw in device pixels: the matrix goes from there to the world and back. */
  private aim(m: Matrix): void {
    const [a, b, c, d, e, f] = m;
    const s = this.scale;
    let x = s * e + this.dx - a * this.dx - c * this.dy;
    let y = s * f + this.dy - b * this.dx - d * this.dy;
    if (this.snap) {
      x = Math.round(x);
      y = Math.round(y);
    }
    this.ctx.setTransform(a, b, c, d, x, y);
  }

  /** Fills a device rectangle as far as it lies in what is being painted. */
  fillWithin(x0: number, y0: number, x1: number, y1: number): void {
    const c = this.clip;
    if (x0 < c.x0) x0 = c.x0;
    if (y0 < c.y0) y0 = c.y0;
    if (x1 > c.x1) x1 = c.x1;
    if (y1 > c.y1) y1 = c.y1;
    if (x1 > x0 && y1 > y0) this.ctx.fillRect(x0, y0, x1 - x0, y1 - y0);
  }
}
