import { roundedCorners } from "@lineside/scene";
import { flag, number } from "../kit";
import { Arrowed, dashOf, measure, pointsOf, shape, strokeOf, tone } from "../shape";
import type { DrawingView } from "../view";

/** A line through many points; closed it is a polygon. */
export default {
  live: ["fill", "stroke", "strokeWidth"],
  build(g, box, settings, env) {
    const closed = flag(settings, "closed");
    const corners = roundedCorners(pointsOf(settings, box), number(settings, "radius") ?? 0, closed);
    const line = new Arrowed(g, corners, settings.arrow, closed);
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
