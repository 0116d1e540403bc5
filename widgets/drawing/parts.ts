// The leaves of a drawing at the size of a widget. Groups are gone; each leaf knows the named parts it is in.
import type { Drawing, Part } from "@lineside/client";
import { type Group, leading, type Part as Painted, pathBounds } from "@lineside/scene";

interface Common {
  /** The ids of the parts that it is in, from the outermost, its own last. */
  chain: readonly string[];
  hidden: boolean;
  opacity: number;
  fill: string | undefined;
  stroke: string | undefined;
}

export interface PathLeaf extends Common {
  kind: "path";
  data: string;
  even: boolean;
  strokeWidth: number;
  dash: readonly number[] | undefined;
}

export interface TextLeaf extends Common {
  kind: "text";
  text: string;
  x: number;
  baseline: number;
  size: number;
  align: "start" | "center" | "end";
  /** The top of the line of text that has its baseline at y. */
  top(y: number, size: number): number;
}

export interface ImageLeaf extends Common {
  kind: "image";
  x: number;
  y: number;
  width: number;
  height: number;
  src: string;
}

export type Leaf = PathLeaf | TextLeaf | ImageLeaf;

/** A leaf with what is painted for it. */
export interface Shape {
  leaf: Leaf;
  part: Painted;
}

const pair = /(-?[\d.]+(?:e[-+]?\d+)?)[ ,]*(-?[\d.]+(?:e[-+]?\d+)?)/gi;

/** Path data of absolute points, scaled and moved. */
export function scaled(data: string, sx: number, sy: number, dx: number, dy: number): string {
  const n = (v: number) => String(Math.round(v * 100) / 100);
  return data.replace(pair, (_, x: string, y: string) => `${n(Number(x) * sx + dx)} ${n(Number(y) * sy + dy)}`);
}

/** Where a drawing lies in a box. */
export function fitted(
  drawing: { width: number; height: number },
  box: { width: number; height: number },
  stretch: boolean,
): { sx: number; sy: number; dx: number; dy: number } {
  const sx = box.width / drawing.width;
  const sy = box.height / drawing.height;
  if (stretch) return { sx, sy, dx: 0, dy: 0 };
  const s = Math.min(sx, sy);
  return { sx: s, sy: s, dx: (box.width - drawing.width * s) / 2, dy: (box.height - drawing.height * s) / 2 };
}

/** A drawing as it lies in a box. */
export interface Laid {
  /** In drawing order. */
  leaves: Leaf[];
  /** What every named part turns and grows about: its pivot, or its middle. */
  middles: Map<string, { x: number; y: number }>;
  /** What every named part covers as it was drawn. */
  boxes: Map<string, { x0: number; y0: number; x1: number; y1: number }>;
  /** How many pixels a unit of the drawing is. */
  unit: { x: number; y: number };
}

/** Lays a drawing into a box. */
export function leavesOf(drawing: Drawing, box: { width: number; height: number }, stretch: boolean): Laid {
  const { sx, sy, dx, dy } = fitted(drawing, box, stretch);
  const line = Math.sqrt(sx * sy);
  const leaves: Leaf[] = [];
  const boxes: Laid["boxes"] = new Map();
  const pivots: Laid["middles"] = new Map();
  const cover = (chain: readonly string[], x0: number, y0: number, x1: number, y1: number) => {
    for (const id of chain) {
      const b = boxes.get(id);
      if (!b) boxes.set(id, { x0, y0, x1, y1 });
      else {
        b.x0 = Math.min(b.x0, x0);
        b.y0 = Math.min(b.y0, y0);
        b.x1 = Math.max(b.x1, x1);
        b.y1 = Math.max(b.y1, y1);
      }
    }
  };
  const walk = (parts: readonly Part[], chain: readonly string[], opacity: number, hidden: boolean) => {
    for (const p of parts) {
      const own = p.id ? [...chain, p.id] : chain;
      const [px, py] = p.pivot ?? [];
      if (p.id && px !== undefined && py !== undefined) pivots.set(p.id, { x: px * sx + dx, y: py * sy + dy });
      const common: Common = {
        chain: own,
        hidden: hidden || p.hidden === true,
        opacity: opacity * (p.opacity ?? 1),
        fill: p.fill || undefined,
        stroke: p.stroke || undefined,
      };
      const x = (p.x ?? 0) * sx + dx;
      const y = (p.y ?? 0) * sy + dy;
      if (p.kind === "group") walk(p.parts ?? [], own, common.opacity, common.hidden);
      else if (p.kind === "path") {
        const data = scaled(p.path ?? "", sx, sy, dx, dy);
        const b = pathBounds(data);
        cover(own, b.x0, b.y0, b.x1, b.y1);
        leaves.push({
          ...common,
          kind: "path",
          data,
          even: p.fillRule === "evenodd",
          strokeWidth: (p.strokeWidth ?? 1) * line,
          dash: p.dash?.map((d) => d * line),
        });
      } else if (p.kind === "text") {
        const size = (p.size ?? 16) * line;
        cover(own, x, y - size, x, y);
        leaves.push({
          ...common,
          kind: "text",
          text: p.text ?? "",
          x,
          baseline: y,
          size,
          align: p.anchor === "middle" ? "center" : p.anchor === "end" ? "end" : "start",
          top: (at) => at,
        });
      } else {
        const width = (p.width ?? 0) * sx;
        const height = (p.height ?? 0) * sy;
        cover(own, x, y, x + width, y + height);
        leaves.push({ ...common, kind: "image", x, y, width, height, src: p.image ?? "" });
      }
    }
  };
  walk(drawing.parts, [], 1, false);
  const middles = new Map([...boxes].map(([id, b]) => [id, { x: (b.x0 + b.x1) / 2, y: (b.y0 + b.y1) / 2 }]));
  for (const [id, p] of pivots) middles.set(id, p);
  return { leaves, middles, boxes, unit: { x: sx, y: sy } };
}

/** Makes what paints a leaf. */
export function place(g: Group, leaf: Leaf): Painted {
  const common = { visible: !leaf.hidden, opacity: leaf.opacity };
  if (leaf.kind === "path")
    return g.path({
      ...common,
      d: leaf.data,
      fill: leaf.fill,
      stroke: leaf.stroke,
      strokeWidth: leaf.strokeWidth,
      ...(leaf.dash ? { dash: leaf.dash } : {}),
      ...(leaf.even ? { rule: "evenodd" as const } : {}),
    });
  if (leaf.kind === "image")
    return g.image({
      ...common,
      x: leaf.x,
      y: leaf.y,
      width: leaf.width,
      height: leaf.height,
      src: leaf.src,
      fit: "stretch",
    });
  // A line of text is set in the middle of its height; its baseline is half a capital letter below.
  leaf.top = (y, size) => y - (g.textCap(size, 400) + size * leading) / 2;
  return g.text({
    ...common,
    text: leaf.text,
    x: leaf.x,
    y: leaf.top(leaf.baseline, leaf.size),
    size: leaf.size,
    align: leaf.align,
    color: leaf.fill ?? "text",
  });
}

/** How long path data of absolute points is. Curves are measured along eight chords. */
export function lengthOf(data: string): number {
  let total = 0;
  let [x, y, startX, startY] = [0, 0, 0, 0];
  for (const [, letter, rest] of data.matchAll(/([MLCQZ])([^MLCQZ]*)/g)) {
    const n = (rest?.match(/-?[\d.]+(?:e[-+]?\d+)?/gi) ?? []).map(Number);
    if (letter === "Z") {
      total += Math.hypot(startX - x, startY - y);
      [x, y] = [startX, startY];
      continue;
    }
    const step = letter === "C" ? 6 : letter === "Q" ? 4 : 2;
    for (let i = 0; i + step <= n.length; i += step) {
      const [toX, toY] = [n[i + step - 2] as number, n[i + step - 1] as number];
      if (letter === "M" && i === 0) [startX, startY] = [toX, toY];
      else if (step === 2) total += Math.hypot(toX - x, toY - y);
      else {
        const xs = [x, ...n.slice(i, i + step).filter((_, k) => k % 2 === 0)];
        const ys = [y, ...n.slice(i, i + step).filter((_, k) => k % 2 === 1)];
        let [beforeX, beforeY] = [x, y];
        for (let k = 1; k <= 8; k++) {
          const [cx, cy] = [bezier(xs, k / 8), bezier(ys, k / 8)];
          total += Math.hypot(cx - beforeX, cy - beforeY);
          [beforeX, beforeY] = [cx, cy];
        }
      }
      [x, y] = [toX, toY];
    }
  }
  return total;
}

/** The point of a Bézier curve of any degree at t, by de Casteljau. */
function bezier(points: readonly number[], t: number): number {
  let row = points;
  while (row.length > 1) row = row.slice(1).map((p, i) => (row[i] as number) * (1 - t) + p * t);
  return row[0] as number;
}
