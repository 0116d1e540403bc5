import { bezier } from "@lineside/scene";
import { flag } from "../kit";
import { Arrowed, dashOf, measure, pointsOf, shape, strokeOf, tone } from "../shape";
import type { DrawingView } from "../view";

/** A Bézier curve through anchors with handles. */
export default {
  live: ["fill", "stroke", "strokeWidth"],
  build(g, box, settings, env) {
    const closed = flag(settings, "closed");
    const line = new Arrowed(g, bezier(pointsOf(settings, box, 6), closed), settings.arrow, closed);
    return shape(env, (values) => {
      const width = measure(values, settings, "strokeWidth", 2);
      line.set(
        width > 0 ? strokeOf(values, settings) : undefined,
        width,
        dashOf(settings, width),
        tone(values, settings, "fill"),
      );
    });
  },
} satisfies DrawingView;
