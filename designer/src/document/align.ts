// Aligning and distributing boxes.
import { type Box, union } from "./layout";

/** Where boxes are aligned to. */
export type Align = "left" | "center" | "right" | "top" | "middle" | "bottom";

/** Boxes moved to a common edge or centre of the box around them, or of `within`. */
export function align(boxes: ReadonlyMap<string, Box>, to: Align, within?: Box): Map<string, Box> {
  const area = within ?? union(boxes.values());
  const out = new Map<string, Box>();
  if (!area) return out;
  for (const [id, b] of boxes) {
    const next = { ...b };
    if (to === "left") next.x = area.x;
    if (to === "center") next.x = area.x + (area.w - b.w) / 2;
    if (to === "right") next.x = area.x + area.w - b.w;
    if (to === "top") next.y = area.y;
    if (to === "middle") next.y = area.y + (area.h - b.h) / 2;
    if (to === "bottom") next.y = area.y + area.h - b.h;
    out.set(id, next);
  }
  return out;
}

/** Boxes with equal gaps between them along an axis; the first and the last stay. Three are needed. */
export function distribute(boxes: ReadonlyMap<string, Box>, axis: "x" | "y"): Map<string, Box> {
  const size = axis === "x" ? "w" : "h";
  const sorted = [...boxes].sort(([, a], [, b]) => a[axis] + a[size] / 2 - (b[axis] + b[size] / 2));
  const first = sorted[0]?.[1];
  const last = sorted.at(-1)?.[1];
  if (!first || !last || sorted.length < 3) return new Map(boxes);
  const taken = sorted.reduce((sum, [, b]) => sum + b[size], 0);
  const gap = (last[axis] + last[size] - first[axis] - taken) / (sorted.length - 1);
  let at = first[axis];
  const out = new Map<string, Box>();
  for (const [id, b] of sorted) {
    out.set(id, { ...b, [axis]: at });
    at += b[size] + gap;
  }
  return out;
}
