import { size } from "@lineside/scene";
import { flag, string } from "../kit";
import type { DrawingView } from "../view";

/** A frame around other widgets; with neither border, fill nor title it is not seen. */
export default {
  live: [],
  build(g, box, settings) {
    const fill = string(settings, "fill");
    const border = flag(settings, "border");
    const title = string(settings, "title");
    if (fill !== "" || border)
      g.rect({ x: 0, y: 0, ...box, radius: 4, fill: fill || undefined, stroke: border ? "line" : undefined });
    if (title !== "")
      g.text({ x: 12, y: 4, width: box.width - 24, height: 28, text: title, size: size.body, weight: 600 });
    return () => {};
  },
} satisfies DrawingView;
