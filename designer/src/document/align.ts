// Aligning and distributing boxes.
import { sizedInFrame } from "./geometry";
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

/** Boxes as wide, as high or as large as the first of them; what is turned keeps the corner that is upper left in its own frame. */
export function equalSize(
  boxes: ReadonlyMap<string, Box>,
  sides: "w" | "h" | "both",
  angle: (id: string) => number = () => 0,
): Map<string, Box> {
  const first = [...boxes.values()][0];
  const out = new Map<string, Box>();
  for (const [id, b] of boxes)
    out.set(
      id,
      sizedInFrame(b, angle(id), {
        ...b,
        w: sides === "h" ? b.w : (first?.w ?? b.w),
        h: sides === "w" ? b.h : (first?.h ?? b.h),
      }),
    );
  return out;
}

/**
 * Boxes in rows and columns with one gap between them, from the upper left of the box around them.
 * Those side by side are a row, as they lie now.
 */
export function tidy(boxes: ReadonlyMap<string, Box>, gap = 16): Map<string, Box> {
  const around = union(boxes.values());
  const out = new Map<string, Box>();
  if (!around) return out;
  const rows: { id: string; box: Box }[][] = [];
  let edge = Number.NEGATIVE_INFINITY;
  for (const [id, box] of [...boxes].sort(([, a], [, b]) => a.y + a.h / 2 - (b.y + b.h / 2))) {
    if (box.y + box.h / 2 > edge) {
      rows.push([]);
      edge = box.y + box.h;
    }
    rows.at(-1)?.push({ id, box });
  }
  const widths: number[] = [];
  for (const row of rows) {
    row.sort((a, b) => a.box.x + a.box.w / 2 - (b.box.x + b.box.w / 2));
    row.forEach(({ box }, i) => {
      widths[i] = Math.max(widths[i] ?? 0, box.w);
    });
  }
  let y = around.y;
  for (const row of rows) {
    let x = around.x;
    row.forEach(({ id, box }, i) => {
      out.set(id, { ...box, x, y });
      x += (widths[i] as number) + gap;
    });
    y += Math.max(...row.map((r) => r.box.h)) + gap;
  }
  return out;
}
