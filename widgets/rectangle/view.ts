import { below, roundedRect } from "@lineside/scene";
import { number } from "../kit";
import { fixedTone, levelOf, levelTone, measure, shape, strokeOf, tone } from "../shape";
import type { DrawingView } from "../view";

const dots = [3, 3];

/** A rectangle, filled from the bottom up when it has a level. */
export default {
  live: ["fill", "stroke", "strokeWidth", "level"],
  build(g, box, settings, env) {
    const { width, height } = box;
    const radius = Math.min(number(settings, "radius") ?? 0, width / 2, height / 2);
    const whole = { x: 0, y: 0, width, height, radius };
    const ground = g.rect({ ...whole });
    const level = g.path({ points: [0, 0], closed: true, visible: false });
    const surface = g.line({ x1: 0, y1: 0, x2: 0, y2: 0, stroke: "text", strokeWidth: 2, visible: false });
    const hatch = g.rect({ x: 0, y: 0, width, height, hatch: "line", opacity: 0.6, visible: false });
    const frame = g.rect({ ...whole });
    const outline = roundedRect(0, 0, width, height, radius);
    let said = "";
    let cut = -1;
    let part: number[] = [];
    return shape(
      env,
      (values) => {
        const now = levelOf(values, settings, env);
        said = now.text;
        const top = height * (1 - (now.level ?? 0));
        if (top !== cut || now.level === undefined) part = now.level ? below(outline, top) : [];
        cut = top;
        ground.set({ fill: tone(values, settings, "fill", "equipment") });
        level.set({
          visible: part.length > 4,
          points: part,
          fill: fixedTone(settings, "levelFill", levelTone),
          opacity: now.uncertain ? 0.5 : 1,
        });
        // The surface is seen without telling two fills apart.
        const seen = now.level !== undefined && now.level > 0 && now.level < 1;
        const inset = radius > 0 && part.length > 4 ? span(part, top) : { x0: 0, x1: width };
        surface.set({
          visible: seen,
          x1: inset.x0,
          x2: inset.x1,
          y1: top,
          y2: top,
          dash: now.uncertain ? dots : undefined,
        });
        hatch.set({ visible: now.unknown });
        const strokeWidth = measure(values, settings, "strokeWidth", 2, 0, Math.min(width, height) / 2);
        frame.set({ stroke: strokeWidth > 0 ? strokeOf(values, settings) : undefined, strokeWidth });
      },
      () => said,
    );
  },
} satisfies DrawingView;

/** From where to where corners lie at a height. */
function span(points: readonly number[], y: number): { x0: number; x1: number } {
  let x0 = Number.POSITIVE_INFINITY;
  let x1 = Number.NEGATIVE_INFINITY;
  for (let i = 0; i + 1 < points.length; i += 2)
    if (Math.abs((points[i + 1] as number) - y) < 0.01) {
      x0 = Math.min(x0, points[i] as number);
      x1 = Math.max(x1, points[i] as number);
    }
  return { x0, x1 };
}
