import { Arrowed, dashOf, measure, pointsOf, shape, strokeOf } from "../shape";
import type { DrawingView } from "../view";

/** A straight line, with arrow heads if wanted. */
export default {
  live: ["stroke", "strokeWidth"],
  build(g, box, settings, env) {
    const line = new Arrowed(g, pointsOf(settings, box), settings.arrow);
    return shape(env, (values) => {
      const width = measure(values, settings, "strokeWidth", 2);
      line.set(width > 0 ? strokeOf(values, settings) : undefined, width, dashOf(settings, width));
    });
  },
} satisfies DrawingView;
