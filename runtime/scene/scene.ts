import { DirtyRects } from "./dirty";
import { type Bounds, type Box, type Camera, clearBounds, intersects, isEmpty } from "./geometry";
import { Layer } from "./layer";
import { type Context, Painter } from "./paint";
import type { Part } from "./part";
import { Path } from "./part-path";
import { GridIndex } from "./place";
import { color, type Theme } from "./tokens";
import { mapBounds, type Turn } from "./transform";
import { Type } from "./type";

/** The page a drawing stands on. Outside of it the scene shows `outside`. */
export interface Page {
  width: number;
  height: number;
  color: string;
  outside: string;
}

export interface SceneOptions {
  theme?: Theme;
  page?: Page;
  /** Asks for a frame; requestAnimationFrame when not given. */
  schedule?: (frame: (now: number) => void) => void;
  /** Steady instead of blinking, as prefers-reduced-motion says. */
  reducedMotion?: boolean;
}

/** What is left of a blinking layer in its dark half: a value can still be read. */
const dimmed = 0.25;

/** What a frame cost. */
export interface FrameStats {
  frames: number;
  /** Rectangles, parts and device pixels of the last frame, and its milliseconds. */
  rects: number;
  parts: number;
  pixels: number;
  ms: number;
}

/**
 * A retained drawing on one canvas. Parts are changed in place; a frame is asked for when
 * something changed, and paints only the rectangles that did.
 */
export class Scene {
  readonly type: Type;
  readonly stats: FrameStats = { frames: 0, rects: 0, parts: 0, pixels: 0, ms: 0 };
  private readonly painter: Painter;
  private readonly layers: Layer[] = [];
  private readonly byId = new Map<string, Layer>();
  private readonly place = new GridIndex<Layer>();
  private readonly dirty = new DirtyRects();
  private queue: Layer[] = [];
  private readonly before = new Set<(now: number) => void>();
  private readonly schedule: (frame: (now: number) => void) => void;
  private cam: Camera = { x: 0, y: 0, zoom: 1 };
  private pageNow: Page;
  private width = 0;
  private height = 0;
  private dprNow = 1;
  private waiting = false;
  private dead = false;
  private unordered = false;
  private full = true;
  private blinker: ReturnType<typeof setInterval> | undefined;
  private mover: ReturnType<typeof setInterval> | undefined;
  private readonly reducedMotion: boolean;
  private found: Layer[] = [];
  private drawn: Part[] = [];
  /** Layers with a turn, and how many pixels they may be drawn beyond their extents. */
  private readonly turned = new Set<Layer>();
  private margin = 1;
  private readonly runs: { layer: Layer; turn: Turn | undefined; cut: Bounds | undefined; from: number; to: number }[] =
    [];

  /** The context must be of a canvas of its own; for speed without transparency ({alpha: false}). */
  constructor(
    readonly ctx: Context,
    options: SceneOptions = {},
  ) {
    ctx.fontKerning = "none";
    ctx.textRendering = "geometricPrecision";
    this.type = new Type(ctx);
    this.painter = new Painter(ctx, this.type);
    this.painter.theme = options.theme ?? "light";
    this.pageNow = options.page ?? { width: 0, height: 0, color: "ground", outside: "ground" };
    this.schedule = options.schedule ?? ((f) => requestAnimationFrame(f));
    this.reducedMotion = options.reducedMotion ?? false;
  }

  get theme(): Theme {
    return this.painter.theme;
  }

  set theme(theme: Theme) {
    if (theme === this.painter.theme) return;
    this.painter.theme = theme;
    this.invalidate();
  }

  get page(): Page {
    return this.pageNow;
  }

  set page(page: Page) {
    this.pageNow = page;
    this.invalidate();
  }

  get camera(): Camera {
    return { ...this.cam };
  }

  set camera(c: Camera) {
    if (c.x === this.cam.x && c.y === this.cam.y && c.zoom === this.cam.zoom) return;
    this.cam = { x: c.x, y: c.y, zoom: Math.min(64, Math.max(0.01, c.zoom)) };
    this.aim();
    this.invalidate();
  }

  get dpr(): number {
    return this.dprNow;
  }

  /** Size in CSS pixels and device pixels per CSS pixel. Clears the canvas. */
  resize(width: number, height: number, dpr: number): void {
    const w = Math.max(1, Math.round(width * dpr));
    const h = Math.max(1, Math.round(height * dpr));
    const canvas = this.ctx.canvas;
    if (canvas.width !== w) canvas.width = w;
    if (canvas.height !== h) canvas.height = h;
    this.width = w;
    this.height = h;
    this.dprNow = dpr;
    this.dirty.resize(w, h);
    this.painter.reset();
    this.aim();
    this.invalidate();
  }

  private aim(): void {
    const q = this.painter;
    q.scale = this.cam.zoom * this.dprNow;
    // The origin sits on a whole device pixel, so that panning does not blur or wobble.
    q.dx = Math.round(-this.cam.x * q.scale);
    q.dy = Math.round(-this.cam.y * q.scale);
  }

  /** CSS pixels of the canvas to world. */
  toWorld(x: number, y: number): { x: number; y: number } {
    return { x: this.cam.x + x / this.cam.zoom, y: this.cam.y + y / this.cam.zoom };
  }

  /** World to CSS pixels of the canvas. */
  toView(x: number, y: number): { x: number; y: number } {
    return { x: (x - this.cam.x) * this.cam.zoom, y: (y - this.cam.y) * this.cam.zoom };
  }

  /** Adds a layer on top. Solid: its whole box is hit, drawn on or not. The id must be new. */
  layer(id: string, box: Box, solid = true): Layer {
    if (this.byId.has(id)) throw new Error(`scene: layer ${id} exists`);
    const layer = new Layer(
      id,
      { type: this.type, changed: (l) => this.changed(l), moved: (l) => this.moved(l) },
      box,
      solid,
    );
    layer.order = this.layers.length;
    this.layers.push(layer);
    this.byId.set(id, layer);
    return layer;
  }

  get(id: string): Layer | undefined {
    return this.byId.get(id);
  }

  remove(layer: Layer): void {
    if (this.byId.get(layer.id) !== layer) return;
    this.dirtyWorld(layer.extent, Math.max(layer.reach, layer.margin));
    layer.clear();
    layer.owner = undefined;
    this.byId.delete(layer.id);
    this.layers.splice(this.layers.indexOf(layer), 1);
    this.place.remove(layer);
    this.turned.delete(layer);
    this.unordered = true;
    this.request();
  }

  /** The drawing order by id, from the bottom; layers not named stay below in their present order. */
  order(ids: readonly string[]): void {
    const rank = new Map(ids.map((id, i) => [id, i]));
    this.layers.sort((a, b) => (rank.get(a.id) ?? -1) - (rank.get(b.id) ?? -1) || a.order - b.order);
    let same = true;
    this.layers.forEach((l, i) => {
      if (l.order !== i) same = false;
      l.order = i;
    });
    this.unordered = false;
    if (!same) this.invalidate();
  }

  /** The topmost layer at a place in world coordinates. */
  hit(x: number, y: number, wanted: (l: Layer) => boolean = () => true): Layer | undefined {
    const near = this.place.query({ x0: x - 3, y0: y - 3, x1: x + 3, y1: y + 3 }, []);
    near.sort((a, b) => b.order - a.order);
    return near.find((l) => wanted(l) && l.hit(x, y));
  }

  /** The layers that touch a rectangle in world coordinates, from the bottom. */
  within(b: Bounds): Layer[] {
    return this.place.query(b, []).sort((p, q) => p.order - q.order);
  }

  /** Calls fn at the start of every frame, before painting. Ask for frames with request. */
  onFrame(fn: (now: number) => void): () => void {
    this.before.add(fn);
    return () => this.before.delete(fn);
  }

  /** Paints everything again in the next frame. */
  invalidate(): void {
    this.full = true;
    this.request();
  }

  /** Asks for a frame. */
  request(): void {
    if (this.waiting || this.dead) return;
    this.waiting = true;
    this.schedule((now) => this.frame(now));
  }

  destroy(): void {
    this.dead = true;
    if (this.blinker) clearInterval(this.blinker);
    clearInterval(this.mover);
    this.before.clear();
  }

  private changed(layer: Layer): void {
    if (!layer.queued) {
      layer.queued = true;
      this.queue.push(layer);
    }
    this.request();
  }

  private moved(layer: Layer): void {
    this.place.put(layer);
    if (layer.turn) this.turned.add(layer);
    else this.turned.delete(layer);
  }

  /** Reach is how many pixels more, for rounding to whole pixels. */
  private dirtyWorld(b: Bounds, reach = 1): void {
    if (isEmpty(b)) return;
    const q = this.painter;
    const s = q.scale;
    this.dirty.add(b.x0 * s + q.dx - reach, b.y0 * s + q.dy - reach, b.x1 * s + q.dx + reach, b.y1 * s + q.dy + reach);
  }

  /** Runs one frame now. */
  frame(now: number): void {
    this.waiting = false;
    if (this.dead) return;
    const began = performance.now();
    for (const fn of this.before) fn(now);
    if (this.unordered) {
      this.unordered = false;
      this.layers.forEach((l, i) => {
        l.order = i;
      });
    }
    for (const layer of this.queue) {
      layer.queued = false;
      if (!this.full) this.dirtyWorld(layer.dirty, layer.reach);
      clearBounds(layer.dirty);
      layer.reach = 1;
    }
    this.margin = 1;
    for (const layer of this.turned) this.margin = Math.max(this.margin, layer.margin);
    this.queue.length = 0;
    if (this.full) {
      this.full = false;
      this.dirty.all();
    }
    const rects = this.dirty.rects;
    this.painter.begin();
    this.stats.parts = 0;
    this.stats.pixels = 0;
    for (const r of rects) this.paint(r);
    this.stats.rects = rects.length;
    this.dirty.clear();
    this.stats.frames++;
    this.stats.ms = performance.now() - began;
  }

  private paint(r: Bounds): void {
    const q = this.painter;
    const ctx = this.ctx;
    q.clip = r;
    const s = q.scale;
    // One pixel wider: rounding to whole pixels may have drawn a part that far beyond its bounds.
    const world: Bounds = {
      x0: (r.x0 - 1 - q.dx) / s,
      y0: (r.y0 - 1 - q.dy) / s,
      x1: (r.x1 + 1 - q.dx) / s,
      y1: (r.y1 + 1 - q.dy) / s,
    };
    this.found.length = 0;
    const more = (this.margin - 1) / s;
    const wide =
      more > 0 ? { x0: world.x0 - more, y0: world.y0 - more, x1: world.x1 + more, y1: world.y1 + more } : world;
    const layers = this.place.query(wide, this.found);
    if (layers.length > 1) layers.sort((a, b) => a.order - b.order);
    const drawn = this.drawn;
    drawn.length = 0;
    const runs = this.runs;
    runs.length = 0;
    let spills = false;
    // Half a pixel inside the edge: what rounds outwards over it needs the clip.
    const m = 1.5 / s;
    for (const layer of layers) {
      const { cut } = layer;
      if (layer.turn !== undefined || cut) {
        if (this.gather(layer, layer.turn, cut, wide)) spills = true;
        continue;
      }
      for (const p of layer.parts) {
        const b = p.bounds;
        if (!intersects(b, world)) continue;
        if (p.props.blink && !q.blinkOn) continue;
        drawn.push(p);
        if (
          !spills &&
          (b.x0 < world.x0 + m || b.y0 < world.y0 + m || b.x1 > world.x1 - m || b.y1 > world.y1 - m) &&
          p.spills(q)
        )
          spills = true;
        if (p.props.blink) this.wantBlink();
        if (flows(p)) this.wantFlow();
      }
    }
    this.ground(r);
    if (spills) {
      ctx.save();
      ctx.beginPath();
      ctx.rect(r.x0, r.y0, r.x1 - r.x0, r.y1 - r.y0);
      ctx.clip();
    }
    if (runs.length === 0) for (const p of drawn) p.draw(q);
    else this.drawRuns(r);
    if (spills) {
      ctx.restore();
      q.reset();
    }
    this.stats.parts += drawn.length;
    this.stats.pixels += (r.x1 - r.x0) * (r.y1 - r.y0);
  }

  /** Takes the parts of a layer with a turn or a clip that reach into a rectangle. */
  private gather(layer: Layer, turn: Turn | undefined, cut: Bounds | undefined, wide: Bounds): boolean {
    if (turn && (!turn.visible || turn.opacity <= 0)) return false;
    if (cut && !intersects(cut, wide)) return false;
    const back = layer.inverse;
    if (turn?.matrix && !back) return false;
    const near = back ? mapBounds(back, wide, { ...wide }) : wide;
    const from = this.drawn.length;
    for (const p of layer.parts) {
      // Of a mirrored line a part may stand where another of it lies.
      const elsewhere = p.stand || (p.props.line && layer.mirrored);
      if (!intersects(p.bounds, near) && !(elsewhere && !isEmpty(p.bounds))) continue;
      if (p.props.blink) this.wantBlink();
      if (flows(p)) this.wantFlow();
      if (!p.props.blink || this.painter.blinkOn) this.drawn.push(p);
    }
    if (turn?.blink) this.wantBlink();
    this.runs.push({ layer, turn, cut, from, to: this.drawn.length });
    return true;
  }

  /** Draws what was taken, and between it the layers that have a turn. */
  private drawRuns(r: Bounds): void {
    const q = this.painter;
    let i = 0;
    for (const { layer, turn, cut, from, to } of this.runs) {
      for (; i < from; i++) (this.drawn[i] as Part).draw(q);
      if (cut) {
        const x = q.px(cut.x0);
        const y = q.py(cut.y0);
        q.ctx.save();
        q.ctx.beginPath();
        q.ctx.rect(x, y, Math.max(0, q.px(cut.x1) - x), Math.max(0, q.py(cut.y1) - y));
        q.ctx.clip();
      }
      if (turn) {
        const fade = turn.blink && !q.blinkOn ? turn.opacity * dimmed : turn.opacity;
        q.enter(turn, fade, layer.mirrored ? layer.lines : undefined);
      }
      for (; i < to; i++) q.stand(this.drawn[i] as Part);
      if (turn?.blink && this.reducedMotion) this.outline(layer);
      if (turn) q.leave(r);
      if (cut) {
        q.ctx.restore();
        q.reset();
      }
    }
    for (; i < this.drawn.length; i++) (this.drawn[i] as Part).draw(q);
  }

  /** Stands in for blinking where nothing may move. */
  private outline(layer: Layer): void {
    const q = this.painter;
    const b = layer.box;
    const w = q.length(2);
    q.alpha(1);
    q.stroke("text", w);
    const x = q.px(b.x) + w / 2;
    const y = q.py(b.y) + w / 2;
    q.ctx.beginPath();
    q.ctx.rect(x, y, Math.max(1, q.px(b.x + b.width) - w / 2 - x), Math.max(1, q.py(b.y + b.height) - w / 2 - y));
    q.ctx.stroke();
  }

  private ground(r: Bounds): void {
    const q = this.painter;
    const p = this.pageNow;
    const x1 = q.px(p.width);
    const y1 = q.py(p.height);
    q.alpha(1);
    const inside = r.x0 >= q.dx && r.y0 >= q.dy && r.x1 <= x1 && r.y1 <= y1;
    if (!inside || p.width <= 0) {
      q.fill(p.outside);
      q.fillWithin(r.x0, r.y0, r.x1, r.y1);
      if (p.width <= 0 || color(p.outside, q.theme) === color(p.color, q.theme)) return;
    }
    q.fill(p.color);
    q.fillWithin(q.dx, q.dy, x1, y1);
  }

  private wantBlink(): void {
    if (this.blinker || this.reducedMotion) return;
    this.blinker = setInterval(() => {
      this.painter.blinkOn = !this.painter.blinkOn;
      let any = false;
      for (const l of this.layers) {
        const whole = l.turn?.blink && l.turn.visible;
        if (whole || l.parts.some((p) => p.props.blink && !isEmpty(p.bounds))) any = true;
        if (whole || l.turn) this.dirtyWorld(l.extent, l.margin);
        else for (const p of l.parts) if (p.props.blink) this.dirtyWorld(p.bounds);
      }
      if (!any) {
        clearInterval(this.blinker);
        this.blinker = undefined;
        this.painter.blinkOn = true;
      }
      this.request();
    }, 500);
  }

  /** Moves dashes along, twenty times a second; only what is on the canvas costs anything. */
  private wantFlow(): void {
    if (this.mover || this.reducedMotion) return;
    this.mover = setInterval(() => {
      this.painter.clock += 0.05;
      let any = false;
      for (const l of this.layers)
        for (const p of l.parts)
          if (flows(p) && !isEmpty(p.bounds)) {
            any = true;
            if (l.turn) this.dirtyWorld(l.extent, l.margin);
            else for (const b of p.pieces()) this.dirtyWorld(b);
          }
      if (!any) {
        clearInterval(this.mover);
        this.mover = undefined;
      }
      if (this.dirty.rects.length > 0) this.request();
    }, 50);
  }
}

/** Has it dashes that move? */
const flows = (p: Part): p is Path => p instanceof Path && !!p.props.flow;
