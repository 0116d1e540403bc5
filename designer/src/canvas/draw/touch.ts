// Whether a place is on a line as it is drawn, and not only in the box around it.
import type { Widget } from "@lineside/client";
import { distance, inside } from "../../../../runtime/scene/outline";
import { type Box, cornersOf, isLine, seenOn } from "../../document";
import type { Stage } from "../gesture";

/** Whether a widget is drawn at a place; `slack` in pixels of the screen widens thin lines. What is no line is where its box is. */
export function drawnAt(stage: Stage, id: string, x: number, y: number, slack: number): boolean {
  const screen = stage.record();
  const w = screen.widgets[id];
  const m = stage.manifest(w?.type ?? "");
  const seen = seenOn(screen, id);
  if (!w || !seen || !isLine(m)) return true;
  const corners = cornersOf(w, seen, m);
  if (corners.length < 4) return true;
  const closed = w.props?.closed === true;
  const fallback = m?.settings.find((f) => f.name === "strokeWidth")?.default;
  const width = w.props?.strokeWidth ?? fallback;
  if (distance(corners, x, y, closed) <= (typeof width === "number" ? width : 2) / 2 + slack) return true;
  return filled(w) && m?.id !== "pipe" && inside(corners, x, y);
}

/** Whether the inside of a line has a colour of its own. */
function filled(w: Widget): boolean {
  const fill = w.props?.fill;
  return fill !== undefined && fill !== null && fill !== "" && fill !== "transparent";
}

/** Whether a line touches a box; what is no line does when its box does. */
export function touchesBox(stage: Stage, id: string, box: Box): boolean {
  const screen = stage.record();
  const w = screen.widgets[id];
  const m = stage.manifest(w?.type ?? "");
  const seen = seenOn(screen, id);
  if (!w || !seen || !isLine(m)) return true;
  const c = cornersOf(w, seen, m);
  const closed = w.props?.closed === true;
  const n = c.length / 2;
  for (let i = 0; i < (closed ? n : n - 1); i++) {
    const j = (i + 1) % n;
    if (crosses(c[2 * i] as number, c[2 * i + 1] as number, c[2 * j] as number, c[2 * j + 1] as number, box))
      return true;
  }
  return filled(w) && m?.id !== "pipe" && inside(c, box.x, box.y);
}

/** Whether a line between two places meets a box (Liang and Barsky, 1984). */
function crosses(x0: number, y0: number, x1: number, y1: number, b: Box): boolean {
  let from = 0;
  let to = 1;
  for (const [p, q] of [
    [x0 - x1, x0 - b.x],
    [x1 - x0, b.x + b.w - x0],
    [y0 - y1, y0 - b.y],
    [y1 - y0, b.y + b.h - y0],
  ] as const) {
    if (p === 0) {
      if (q < 0) return false;
      continue;
    }
    const t = q / p;
    if (p < 0) from = Math.max(from, t);
    else to = Math.min(to, t);
    if (from > to) return false;
  }
  return true;
}
