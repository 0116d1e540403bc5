import { type Path, roundedCorners } from "@lineside/scene";
import { flag, lookText, number, shown, truth, usable } from "../kit";
import { measure, pointsOf, shape, strokeOf, tone, withHeads } from "../shape";
import type { DrawingView } from "../view";

const words = {
  still: { en: "no flow", zh: "无流动" },
  forward: { en: "flow", zh: "流动" },
  back: { en: "reverse flow", zh: "反向流动" },
};

/** Units a second that dashes move along. */
const speed = 24;
const dashes = [10, 14];
const dots = [1, 7];

/**
 * A pipe: a wall of one tone and the medium in another. Flow is a dashed line along the middle: there or
 * not, so that it needs neither colour nor motion to be seen. It moves only where the engineer wants it to.
 */
export default {
  live: ["fill", "stroke", "strokeWidth", "flow"],
  build(g, box, settings, env) {
    const raw = pointsOf(settings, box);
    const corners = roundedCorners(raw, number(settings, "radius") ?? 8);
    const wall = g.path({ points: corners });
    const medium = g.path({ points: corners });
    const marks = g.path({ points: corners, visible: false });
    const heads: Path[] = withHeads(corners, settings.arrow, 1).heads.map(() =>
      g.path({ points: [0, 0], closed: true }),
    );
    const way = g.path({ points: [0, 0], visible: false });
    const straight = longest(raw);
    const moving = flag(settings, "moving");
    const bound = env.bound("flow");
    let said = "";
    let drawn = -1;
    let pointing = "";
    return shape(
      env,
      (values) => {
        const width = measure(values, settings, "strokeWidth", 10, 1);
        const edge = Math.max(1, Math.min(3, width * 0.15));
        const outer = strokeOf(values, settings) ?? "line";
        const fill = tone(values, settings, "fill", "equipment") ?? "equipment";
        if (width !== drawn) {
          drawn = width;
          const cut = withHeads(corners, settings.arrow, Math.max(10, width * 1.5));
          wall.set({ points: cut.line });
          medium.set({ points: cut.line });
          heads.forEach((h, i) => {
            h.set({ points: cut.heads[i] ?? [0, 0] });
          });
        }
        wall.set({ stroke: outer, strokeWidth: width });
        medium.set({
          stroke: fill,
          strokeWidth: Math.max(0.5, width - 2 * edge),
          visible: width > 2.5,
        });
        for (const h of heads) h.set({ fill: outer });
        const now = shown(values, settings, "flow");
        const known = usable(now);
        const running = known ? truth(now) === true : false;
        const back = running && typeof now.v === "number" && now.v < 0;
        const live = values.flow !== undefined || bound;
        said = !live
          ? ""
          : [
              known ? words[running ? (back ? "back" : "forward") : "still"][env.lang] : "",
              lookText(now.look, env.lang),
            ]
              .filter(Boolean)
              .join(" ");
        const thick = Math.max(1, width * 0.22);
        // Dots say that the flow is not known, which is neither flow nor none.
        const unknown = live && (!known || now.look === "uncertain");
        marks.set({
          visible: running || unknown,
          stroke: "text",
          strokeWidth: thick,
          dash: unknown ? dots : dashes,
          flow: running && moving && !unknown ? (back ? -speed : speed) : undefined,
          opacity: 0.75,
        });
        // Which way it flows is seen without motion, too.
        const tip = Math.max(2.5, width * 0.4);
        if (pointing !== `${tip} ${back}`) {
          pointing = `${tip} ${back}`;
          way.set({ points: chevron(straight, tip, back) });
        }
        way.set({
          visible: running && !unknown && straight.length > tip * 6,
          stroke: "text",
          strokeWidth: Math.max(1.5, width * 0.16),
        });
      },
      () => said,
    );
  },
} satisfies DrawingView;

interface Straight {
  x: number;
  y: number;
  /** Its direction, of length 1. */
  ux: number;
  uy: number;
  length: number;
}

/** The middle of the longest straight part. */
function longest(points: readonly number[]): Straight {
  let best: Straight = { x: 0, y: 0, ux: 1, uy: 0, length: 0 };
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [x0, y0, x1, y1] = points.slice(i, i + 4) as [number, number, number, number];
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length > best.length)
      best = { x: (x0 + x1) / 2, y: (y0 + y1) / 2, ux: (x1 - x0) / length, uy: (y1 - y0) / length, length };
  }
  return best;
}

function chevron(s: Straight, size: number, back: boolean): number[] {
  const ux = back ? -s.ux : s.ux;
  const uy = back ? -s.uy : s.uy;
  return [
    s.x - ux * size - uy * size,
    s.y - uy * size + ux * size,
    s.x,
    s.y,
    s.x - ux * size + uy * size,
    s.y - uy * size - ux * size,
  ];
}
