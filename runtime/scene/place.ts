import { type Bounds, intersects } from "./geometry";

const cell = 128;

/** What can be found by place. The index writes `cells` and `stamp`. */
export interface Placed {
  /** Where it is, in world coordinates, as when it was put in. */
  extent: Bounds;
  cells: number[];
  stamp: number;
}

/** A uniform grid over the world: finds what lies in a rectangle without looking at the rest. */
export class GridIndex<T extends Placed> {
  private cells = new Map<number, T[]>();
  private stamp = 0;

  put(item: T): void {
    this.remove(item);
    const b = item.extent;
    if (!(b.x1 >= b.x0 && b.y1 >= b.y0)) return;
    const cx1 = clamp(b.x1);
    const cy1 = clamp(b.y1);
    for (let y = clamp(b.y0); y <= cy1; y++)
      for (let x = clamp(b.x0); x <= cx1; x++) {
        const k = key(x, y);
        const list = this.cells.get(k);
        if (list) list.push(item);
        else this.cells.set(k, [item]);
        item.cells.push(k);
      }
  }

  remove(item: T): void {
    for (const k of item.cells) {
      const list = this.cells.get(k);
      if (!list) continue;
      const i = list.indexOf(item);
      if (i < 0) continue;
      list[i] = list[list.length - 1] as T;
      list.pop();
      if (list.length === 0) this.cells.delete(k);
    }
    item.cells.length = 0;
  }

  /** Appends what touches the rectangle to out, each once, in no order. */
  query(b: Bounds, out: T[]): T[] {
    const stamp = ++this.stamp;
    const cx1 = clamp(b.x1);
    const cy1 = clamp(b.y1);
    for (let y = clamp(b.y0); y <= cy1; y++)
      for (let x = clamp(b.x0); x <= cx1; x++) {
        const list = this.cells.get(key(x, y));
        if (!list) continue;
        for (const item of list) {
          if (item.stamp === stamp) continue;
          item.stamp = stamp;
          if (intersects(item.extent, b)) out.push(item);
        }
      }
    return out;
  }
}

// Screens are at most 10,000 px; what lies farther out shares the outermost cells.
const clamp = (v: number): number => Math.max(-128, Math.min(255, Math.floor(v / cell)));
const key = (x: number, y: number): number => (y + 128) * 1024 + (x + 128);
