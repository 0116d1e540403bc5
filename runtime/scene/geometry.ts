/** A rectangle by its corners; empty while x1 <= x0. */
export interface Bounds {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** A rectangle by corner and size. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where the scene is looked at from: world x, y at the top left corner, and the scale. */
export interface Camera {
  x: number;
  y: number;
  zoom: number;
}

export const emptyBounds = (): Bounds => ({
  x0: Number.POSITIVE_INFINITY,
  y0: Number.POSITIVE_INFINITY,
  x1: Number.NEGATIVE_INFINITY,
  y1: Number.NEGATIVE_INFINITY,
});

export function clearBounds(b: Bounds): void {
  b.x0 = b.y0 = Number.POSITIVE_INFINITY;
  b.x1 = b.y1 = Number.NEGATIVE_INFINITY;
}

export const isEmpty = (b: Bounds): boolean => !(b.x1 > b.x0 && b.y1 > b.y0);

export function setBounds(b: Bounds, x0: number, y0: number, x1: number, y1: number): void {
  b.x0 = x0;
  b.y0 = y0;
  b.x1 = x1;
  b.y1 = y1;
}

/** Makes a cover b as well. */
export function join(a: Bounds, b: Bounds): void {
  if (b.x0 < a.x0) a.x0 = b.x0;
  if (b.y0 < a.y0) a.y0 = b.y0;
  if (b.x1 > a.x1) a.x1 = b.x1;
  if (b.y1 > a.y1) a.y1 = b.y1;
}

export const intersects = (a: Bounds, b: Bounds): boolean => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;

export const contains = (outer: Bounds, inner: Bounds): boolean =>
  inner.x0 >= outer.x0 && inner.y0 >= outer.y0 && inner.x1 <= outer.x1 && inner.y1 <= outer.y1;

export const area = (b: Bounds): number => (isEmpty(b) ? 0 : (b.x1 - b.x0) * (b.y1 - b.y0));
