import { type Bounds, type Box, clearBounds, contains, emptyBounds, join } from "./geometry";
import { Group, leaves } from "./group";
import type { Part } from "./part";
import type { Placed } from "./place";
import { invert, level, type Matrix, mapBounds, mapPoint, sameTurn, stretch, type Turn } from "./transform";
import type { Type } from "./type";

/** What a layer needs of its scene. */
export interface Host {
  readonly type: Type;
  changed(layer: Layer): void;
  moved(layer: Layer): void;
}

/**
 * The parts of one owner, such as a widget: the unit of drawing order, of finding by place
 * and of hit-testing. Its box is where it is hit; its parts may reach beyond.
 */
export class Layer extends Group implements Placed {
  /** Box and parts together; grows with the parts. */
  readonly extent: Bounds = emptyBounds();
  /** What must be painted again. */
  readonly dirty: Bounds = emptyBounds();
  readonly cells: number[] = [];
  stamp = 0;
  /** Place in the drawing order, set by the scene. */
  order = 0;
  /** Waits for the next frame. */
  queued = false;
  /** Device pixels that what is dirty may reach beyond itself. */
  reach = 1;
  private turnNow: Turn | undefined;
  private back: Matrix | undefined;
  private clipNow: Bounds | undefined;
  private flat: Part[] | undefined;
  private size: { width: number; height: number };
  /** Some of its parts are drawn level although it is turned. */
  private standing = false;

  constructor(
    readonly id: string,
    private readonly host: Host,
    box: Box,
    /** The box is hit although nothing is drawn there. */
    readonly solid: boolean,
  ) {
    super({ x: box.x, y: box.y });
    this.size = { width: box.width, height: box.height };
    this.owner = {
      type: host.type,
      touch: (b) => this.touch(b),
      restructure: () => {
        this.flat = undefined;
        // What was added may stand upright, and so elsewhere.
        if (this.turnNow?.matrix) this.renew();
      },
    };
    this.refit();
  }

  /** Place and size in world coordinates. */
  get box(): Box {
    return { x: this.props.x ?? 0, y: this.props.y ?? 0, ...this.size };
  }

  set box(b: Box) {
    this.size = { width: b.width, height: b.height };
    this.set({ x: b.x, y: b.y });
    this.refit();
  }

  /** How it is drawn otherwise than it lies; undefined, the fast way, as it lies. */
  get turn(): Turn | undefined {
    return this.turnNow;
  }

  set turn(t: Turn | undefined) {
    if (sameTurn(t, this.turnNow)) return;
    this.damage();
    this.turnNow = t;
    this.back = t?.matrix && invert(t.matrix);
    this.refit();
    this.damage();
  }

  /** What of the world it is seen within; undefined is all. */
  get clip(): Bounds | undefined {
    return this.clipNow;
  }

  set clip(b: Bounds | undefined) {
    const a = this.clipNow;
    if (a === b || (a && b && a.x0 === b.x0 && a.y0 === b.y0 && a.x1 === b.x1 && a.y1 === b.y1)) return;
    this.clipNow = b && { ...b };
    this.damage();
  }

  /** The clip, when something of it may lie beyond. */
  get cut(): Bounds | undefined {
    const b = this.clipNow;
    return b && !contains(b, this.extent) ? b : undefined;
  }

  /** World as it is seen to world as it lies; undefined without a matrix or a way back. */
  get inverse(): Matrix | undefined {
    return this.back;
  }

  /** Device pixels that it may be drawn beyond its extent, for rounding and antialiasing. */
  get margin(): number {
    const m = this.turnNow?.matrix;
    return m ? 1 + Math.max(1, stretch(m)) : 1;
  }

  /** Its texts keep their order in lines, and so stand elsewhere than their parts would. */
  get mirrored(): boolean {
    return this.turnNow !== undefined && (this.turnNow.flipX || this.turnNow.flipY);
  }

  /** What the lines of texts cover that are read as one. */
  get lines(): Map<object, Bounds> | undefined {
    let out: Map<object, Bounds> | undefined;
    for (const p of this.parts) {
      const { line } = p.props;
      if (!line || !(p.bounds.x1 > p.bounds.x0)) continue;
      out ??= new Map();
      const b = out.get(line);
      if (b) join(b, p.bounds);
      else out.set(line, { ...p.bounds });
    }
    return out;
  }

  /** Everything of it must be painted again. */
  private damage(): void {
    join(this.dirty, this.extent);
    this.reach = Math.max(this.reach, this.margin);
    this.host.changed(this);
  }

  /** Takes the extent again and paints everything of it, where it was and where it is. */
  private renew(): void {
    this.damage();
    this.refit();
    this.damage();
  }

  /** Its parts in drawing order. */
  get parts(): Part[] {
    if (!this.flat) {
      this.flat = leaves(this);
      this.standing = this.flat.some((p) => p.stand);
    }
    return this.flat;
  }

  /** Takes the extent again, so that it shrinks too. */
  refit(): void {
    const b = this.box;
    clearBounds(this.extent);
    join(this.extent, { x0: b.x, y0: b.y, x1: b.x + b.width, y1: b.y + b.height });
    const { parts } = this;
    const m = this.turnNow?.matrix;
    const upright = m !== undefined && this.standing;
    for (const p of parts) if (!upright || !p.stand) join(this.extent, p.bounds);
    if (m) mapBounds(m, this.extent, this.extent);
    if (upright)
      for (const p of parts)
        if (p.stand && p.bounds.x1 > p.bounds.x0)
          join(this.extent, mapBounds(level(m, p.stand.x, p.stand.y), p.bounds, { ...p.bounds }));
    this.host.moved(this);
  }

  private touch(b: Bounds): void {
    if (!(b.x1 > b.x0)) return;
    const m = this.turnNow?.matrix;
    if (m && this.standing) {
      // What stands upright is drawn elsewhere than the rest.
      this.renew();
      return;
    }
    if (m) {
      b = mapBounds(m, b, { ...b });
      this.reach = Math.max(this.reach, this.margin);
    }
    const e = this.extent;
    if (b.x0 < e.x0 || b.y0 < e.y0 || b.x1 > e.x1 || b.y1 > e.y1) {
      join(e, b);
      this.host.moved(this);
    }
    // A text that grows moves its whole line.
    join(this.dirty, this.mirrored ? e : b);
    this.host.changed(this);
  }

  /** Is the point on it? */
  override hit(x: number, y: number): boolean {
    if (this.props.visible === false) return false;
    const c = this.clipNow;
    if (c && (x < c.x0 || y < c.y0 || x >= c.x1 || y >= c.y1)) return false;
    const turn = this.turnNow;
    if (turn) {
      if (!turn.visible) return false;
      if (turn.matrix) {
        if (!this.back) return false;
        ({ x, y } = mapPoint(this.back, x, y));
      }
    }
    if (this.solid) {
      const b = this.box;
      if (x >= b.x && y >= b.y && x < b.x + b.width && y < b.y + b.height) return true;
    }
    for (const p of this.parts) if (p.hit(x, y) && !(turn?.matrix && p.stand)) return true;
    return false;
  }
}
