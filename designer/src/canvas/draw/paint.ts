// The marks of the drawing tools on the overlay: points, handles of curves, and where a line would stick.
import { color, type Theme } from "@lineside/scene";
import type { Spot } from "../../document";

/** What is painted, in world coordinates. */
export interface DrawMarks {
  /** The points of a line, the chosen one filled. */
  points?: readonly Spot[];
  chosen?: number;
  /** Handles of a curve with the points that they belong to. */
  handles?: readonly { at: Spot; of: Spot }[];
  /** Connection points that are near, and the one that holds. */
  sticks?: readonly Spot[];
  stuck?: Spot;
}

/** Paints marks; `view` gives the place on the overlay. */
export function paintDraw(
  ctx: CanvasRenderingContext2D,
  marks: DrawMarks,
  view: (p: Spot) => Spot,
  theme: Theme,
): void {
  const accent = color("interactive", theme);
  const light = color("lit", theme);
  ctx.lineWidth = 1;
  const circle = (p: Spot, r: number, fill: string, stroke = accent, width = 1) => {
    ctx.beginPath();
    ctx.arc(p.x, p.y, r, 0, 2 * Math.PI);
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.strokeStyle = stroke;
    ctx.lineWidth = width;
    ctx.stroke();
    ctx.lineWidth = 1;
  };
  for (const s of marks.sticks ?? []) circle(view(s), 3, light);
  for (const h of marks.handles ?? []) {
    const [a, b] = [view(h.at), view(h.of)];
    ctx.strokeStyle = accent;
    ctx.beginPath();
    ctx.moveTo(b.x, b.y);
    ctx.lineTo(a.x, a.y);
    ctx.stroke();
    ctx.fillStyle = light;
    ctx.beginPath();
    ctx.moveTo(a.x, a.y - 5);
    ctx.lineTo(a.x + 5, a.y);
    ctx.lineTo(a.x, a.y + 5);
    ctx.lineTo(a.x - 5, a.y);
    ctx.closePath();
    ctx.fill();
    ctx.stroke();
  }
  marks.points?.forEach((p, i) => {
    circle(view(p), 4.5, i === marks.chosen ? accent : light);
  });
  if (marks.stuck) {
    const at = view(marks.stuck);
    circle(at, 7, "transparent", accent, 2);
    circle(at, 3, accent);
  }
}
