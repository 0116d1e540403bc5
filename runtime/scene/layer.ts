import { type Bounds, type Box, clearBounds, emptyBounds, join } from "./geometry";
import { Group, leaves } from "./group";
import type { Part } from "./part";
import type { Placed } from "./place";
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
  private flat: Part[] | undefined;
  private size: { width: number; height: number };

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

  /** Its parts in drawing order. */
  get parts(): Part[] {
    this.flat ??= leaves(this);
    return this.flat;
  }

  /** Takes the extent again, so that it shrinks too. */
  refit(): void {
    const b = this.box;
    clearBounds(this.extent);
    join(this.extent, { x0: b.x, y0: b.y, x1: b.x + b.width, y1: b.y + b.height });
    for (const p of this.parts) join(this.extent, p.bounds);
    this.host.moved(this);
  }

  private touch(b: Bounds): void {
    if (!(b.x1 > b.x0)) return;
    const e = this.extent;
    if (b.x0 < e.x0 || b.y0 < e.y0 || b.x1 > e.x1 || b.y1 > e.y1) {
      join(e, b);
      this.host.moved(this);
    }
    join(this.dirty, b);
    this.host.changed(this);
  }

  /** Is the point on it? */
  override hit(x: number, y: number): boolean {
    if (this.props.visible === false) return false;
    if (this.solid) {
      const b = this.box;
      if (x >= b.x && y >= b.y && x < b.x + b.width && y < b.y + b.height) return true;
    }
    for (const p of this.parts) if (p.hit(x, y)) return true;
    return false;
  }
}
