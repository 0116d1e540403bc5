import { below, ellipseArc } from "@lineside/scene";
import { number } from "../kit";
import { fixedTone, levelOf, levelTone, measure, shape, strokeOf, tone } from "../shape";
import type { DrawingView } from "../view";

const dots = [3, 3];

/** An ellipse or a part of one, filled from the bottom up when it has a level. */
export default {
  live: ["fill", "stroke", "strokeWidth", "level"],
  build(g, box, settings, env) {
    const { width, height } = box;
    const start = number(settings, "start") ?? 0;
    const end = number(settings, "end") ?? 360;
    const sweep = end > start ? end - start : end - start + 360;
    const whole = sweep >= 360;
    const closed = whole || settings.shape !== "arc";
    const ground = g.path({ points: [0, 0], closed: true });
    const level = g.path({ points: [0, 0], closed: true, visible: false });
    const hatch = g.rect({
      x: width * 0.15,
      y: height * 0.15,
      width: width * 0.7,
      height: height * 0.7,
      hatch: "line",
      opacity: 0.6,
      visible: false,
    });
    const frame = g.path({ points: [0, 0], closed });
    let said = "";
    let key = "";
    let points: number[] = [];
    let part: number[] = [];
    return shape(
      env,
      (values) => {
        const now = levelOf(values, settings, env);
        said = now.text;
        const strokeWidth = measure(values, settings, "strokeWidth", 2, 0, Math.min(width, height) / 2);
        const stroke = strokeWidth > 0 ? strokeOf(values, settings) : undefined;
        // The line lies inside of the box.
        const inset = Math.min(stroke ? strokeWidth / 2 : 0, width / 2, height / 2);
        const filled = whole || settings.shape !== "arc";
        if (key !== `${inset} ${now.level}`) {
          key = `${inset} ${now.level}`;
          points = ellipseArc(width / 2, height / 2, width / 2 - inset, height / 2 - inset, start, start + sweep);
          if (!whole && settings.shape !== "arc" && settings.shape !== "chord") points.push(width / 2, height / 2);
          part = filled && now.level ? below(points, height * (1 - now.level)) : [];
        }
        ground.set({ points, fill: filled ? tone(values, settings, "fill", "equipment") : undefined });
        level.set({
          visible: part.length > 4,
          points: part,
          fill: fixedTone(settings, "levelFill", levelTone),
          stroke: "text",
          strokeWidth: now.level !== undefined && now.level < 1 ? 1 : 0.01,
          dash: now.uncertain ? dots : undefined,
          opacity: now.uncertain ? 0.5 : 1,
        });
        hatch.set({ visible: now.unknown && filled });
        frame.set({ points, stroke, strokeWidth });
      },
      () => said,
    );
  },
} satisfies DrawingView;
