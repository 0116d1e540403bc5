// The eight handles of a selection and the one that turns it, and what dragging one does to boxes.
import { type Box, middle, type Spot, scaledBox, type Turned, turn } from "../document";
import type { Edges } from "./snap";

/** A handle by the sides it moves, as in cursors: "n", "ne", … */
export type Handle = "n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw";

const handles: Handle[] = ["nw", "ne", "se", "sw", "n", "e", "s", "w"];

/** The middle of a handle of a box. */
export function handleAt(box: Box, handle: Handle): { x: number; y: number } {
  const fx = handle.includes("w") ? 0 : handle.includes("e") ? 1 : 0.5;
  const fy = handle.includes("n") ? 0 : handle.includes("s") ? 1 : 0.5;
  return { x: box.x + box.w * fx, y: box.y + box.h * fy };
}

/** How far above the box the handle that turns it is, in CSS pixels. */
export const turnReach = 22;

/** The middle of the handle that turns a box, which is in CSS pixels. */
export function turnHandleAt(box: Turned): Spot {
  return turn({ x: box.x + box.w / 2, y: box.y - turnReach }, middle(box), box.angle ?? 0);
}

/** Whether a point is on the handle that turns a box. */
export function hitTurnHandle(box: Turned, x: number, y: number, reach: number): boolean {
  const p = turnHandleAt(box);
  return Math.hypot(p.x - x, p.y - y) <= reach + 2;
}

/** The handle of a box near a point; `reach` in the same unit. Small boxes have corners only. */
export function hitHandle(box: Turned, x: number, y: number, reach: number): Handle | undefined {
  if (box.angle) {
    const p = turn({ x, y }, middle(box), -box.angle);
    return hitHandle({ ...box, angle: 0 }, p.x, p.y, reach);
  }
  // Over the middle of a small box a drag moves it: handles reach outwards only.
  for (const h of shownHandles(box, reach)) {
    const p = handleAt(box, h);
    if (Math.abs(p.x - x) > reach || Math.abs(p.y - y) > reach) continue;
    const inX = box.w < 4 * reach && x > box.x + box.w * 0.25 && x < box.x + box.w * 0.75;
    const inY = box.h < 4 * reach && y > box.y + box.h * 0.25 && y < box.y + box.h * 0.75;
    if (!(inX && inY)) return h;
  }
  return undefined;
}

/** The handles a box has room for. */
export function shownHandles(box: Box, reach: number): Handle[] {
  return handles.filter((h) => h.length === 2 || (h === "n" || h === "s" ? box.w > 5 * reach : box.h > 5 * reach));
}

const around: Handle[] = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

/** The cursor over a handle of a box that is turned by an angle. */
export function cursorOf(handle: Handle, angle = 0): string {
  const seen = around[(around.indexOf(handle) + Math.round(angle / 45) + 8) % 8] as Handle;
  return { n: "ns", s: "ns", e: "ew", w: "ew", ne: "nesw", sw: "nesw", nw: "nwse", se: "nwse" }[seen].concat("-resize");
}

/** Which edges a handle moves. */
export function edgesOf(handle: Handle): Edges {
  return {
    x: handle.includes("w") ? "low" : handle.includes("e") ? "high" : "none",
    y: handle.includes("n") ? "low" : handle.includes("s") ? "high" : "none",
  };
}

/** A box after its handle was dragged. It never gets smaller than `least`; `keep` keeps the ratio of its sides, `centre` its centre. */
export function resize(
  box: Box,
  handle: Handle,
  dx: number,
  dy: number,
  options: { keep?: boolean; centre?: boolean; least?: { w: number; h: number } } = {},
): Box {
  const least = options.least ?? { w: 1, h: 1 };
  const sx = handle.includes("w") ? -1 : handle.includes("e") ? 1 : 0;
  const sy = handle.includes("n") ? -1 : handle.includes("s") ? 1 : 0;
  const times = options.centre ? 2 : 1;
  let w = Math.max(least.w, box.w + sx * dx * times);
  let h = Math.max(least.h, box.h + sy * dy * times);
  if (options.keep && box.w > 0 && box.h > 0) {
    const fx = w / box.w;
    const fy = h / box.h;
    const f = Math.max(
      sx === 0 ? fy : sy === 0 ? fx : Math.abs(fx - 1) > Math.abs(fy - 1) ? fx : fy,
      least.w / box.w,
      least.h / box.h,
    );
    w = box.w * f;
    h = box.h * f;
  }
  const x = options.centre || sx === 0 ? box.x + (box.w - w) / 2 : sx < 0 ? box.x + box.w - w : box.x;
  const y = options.centre || sy === 0 ? box.y + (box.h - h) / 2 : sy < 0 ? box.y + box.h - h : box.y;
  // A side that is not dragged and not kept in ratio stays where it is.
  return { x: sx === 0 && !options.keep ? box.x : x, y: sy === 0 && !options.keep ? box.y : y, w, h };
}

/** Boxes scaled with the box around them; those that are turned keep their angle. */
export function scaleInto(
  boxes: ReadonlyMap<string, Box>,
  from: Box,
  to: Box,
  angle: (id: string) => number = () => 0,
): Map<string, Box> {
  const out = new Map<string, Box>();
  for (const [id, b] of boxes) out.set(id, scaledBox(b, angle(id), from, to));
  return out;
}
