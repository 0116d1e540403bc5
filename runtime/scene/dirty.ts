import { type Bounds, contains } from "./geometry";

/** Beyond this many rectangles they are rounded up to tiles, so that a frame's work stays bounded. */
const most = 400;
const tile = 128;

/**
 * The rectangles of a canvas that must be painted again, in whole device pixels. Overlapping
 * ones are joined when that paints little more than both would.
 */
export class DirtyRects {
  readonly rects: Bounds[] = [];
  private width = 0;
  private height = 0;

  /** The size of the canvas; everything is cut to it. */
  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
  }

  clear(): void {
    this.rects.length = 0;
  }

  /** Marks everything. */
  all(): void {
    this.rects.length = 0;
    if (this.width > 0 && this.height > 0) this.rects.push({ x0: 0, y0: 0, x1: this.width, y1: this.height });
  }

  /** Marks a rectangle; fractions are rounded outwards. */
  add(x0: number, y0: number, x1: number, y1: number): void {
    const r: Bounds = {
      x0: Math.max(0, Math.floor(x0)),
      y0: Math.max(0, Math.floor(y0)),
      x1: Math.min(this.width, Math.ceil(x1)),
      y1: Math.min(this.height, Math.ceil(y1)),
    };
    if (!(r.x1 > r.x0 && r.y1 > r.y0)) return;
    const rects = this.rects;
    for (let i = 0; i < rects.length; ) {
      const o = rects[i] as Bounds;
      if (contains(o, r)) return;
      if (r.x0 <= o.x1 && o.x0 <= r.x1 && r.y0 <= o.y1 && o.y0 <= r.y1) {
        const ux0 = Math.min(r.x0, o.x0);
        const uy0 = Math.min(r.y0, o.y0);
        const ux1 = Math.max(r.x1, o.x1);
        const uy1 = Math.max(r.y1, o.y1);
        const both = (r.x1 - r.x0) * (r.y1 - r.y0) + (o.x1 - o.x0) * (o.y1 - o.y0);
        if ((ux1 - ux0) * (uy1 - uy0) <= both * 1.15) {
          r.x0 = ux0;
          r.y0 = uy0;
          r.x1 = ux1;
          r.y1 = uy1;
          rects[i] = rects[rects.length - 1] as Bounds;
          rects.pop();
          i = 0;
          continue;
        }
      }
      i++;
    }
    rects.push(r);
    if (rects.length > most) this.coarsen();
  }

  private coarsen(): void {
    const columns = Math.ceil(this.width / tile);
    const marked = new Set<number>();
    for (const r of this.rects)
      for (let y = Math.floor(r.y0 / tile); y * tile < r.y1; y++)
        for (let x = Math.floor(r.x0 / tile); x * tile < r.x1; x++) marked.add(y * columns + x);
    this.rects.length = 0;
    for (const n of [...marked].sort((a, b) => a - b)) {
      const x = n % columns;
      const y = Math.floor(n / columns);
      const last = this.rects[this.rects.length - 1];
      // Tiles of one row that touch become one rectangle.
      if (last && last.y0 === y * tile && last.x1 === x * tile) last.x1 = Math.min(this.width, (x + 1) * tile);
      else
        this.rects.push({
          x0: x * tile,
          y0: y * tile,
          x1: Math.min(this.width, (x + 1) * tile),
          y1: Math.min(this.height, (y + 1) * tile),
        });
    }
  }
}
