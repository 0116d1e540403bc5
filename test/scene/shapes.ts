// The drawn shapes for the gallery: every setting once, and every quality of what they show.
import type { LiveValue, Meta, Widget } from "@lineside/client";

type Put = (
  type: string,
  w: number,
  h: number,
  props: Widget["props"],
  live: Record<string, LiveValue>,
  meta: Meta | undefined,
) => void;

/** Puts examples of a shape; false when it is none. */
export function putShapes(
  type: string,
  put: Put,
  live: (v: unknown, state?: "good" | "override" | "uncertain" | "bad" | "waiting") => LiveValue,
): boolean {
  const states = ["good", "override", "uncertain", "bad", "waiting"] as const;
  const arrows = ["none", "start", "end", "both"];
  const zigzag = [0, 1, 0.3, 0, 0.6, 1, 1, 0.2];
  const square = [0, 0, 0.4, 0, 0.4, 1, 1, 1];
  switch (type) {
    case "line":
      for (const arrow of arrows) put("line", 120, 40, { points: [0, 0, 1, 1], arrow }, {}, undefined);
      for (const dash of ["solid", "dashed", "dotted", "dashdot"])
        put("line", 120, 1, { points: [0, 0, 1, 0], dash, strokeWidth: 3 }, {}, undefined);
      put("line", 1, 60, { points: [0, 0, 0, 1], strokeWidth: 8, arrow: "end", stroke: "text" }, {}, undefined);
      return true;
    case "polyline":
      for (const radius of [0, 8, 40])
        put("polyline", 160, 60, { points: zigzag, radius, strokeWidth: 3 }, {}, undefined);
      put("polyline", 160, 60, { points: zigzag, arrow: "both", dash: "dashed" }, {}, undefined);
      for (const radius of [0, 12])
        put(
          "polyline",
          120,
          80,
          { points: [0, 0.3, 0.5, 0, 1, 0.3, 0.8, 1, 0.2, 1], closed: true, fill: "equipment", radius },
          {},
          undefined,
        );
      return true;
    case "path":
      put("path", 160, 60, { strokeWidth: 3 }, {}, undefined);
      put("path", 160, 60, { strokeWidth: 2, arrow: "end", dash: "dashed" }, {}, undefined);
      put(
        "path",
        80,
        80,
        {
          closed: true,
          fill: "equipment",
          points: [
            0.5, 0, 0.22, 0, 0.78, 0, 1, 0.5, 1, 0.22, 1, 0.78, 0.5, 1, 0.78, 1, 0.22, 1, 0, 0.5, 0, 0.78, 0, 0.22,
          ],
        },
        {},
        undefined,
      );
      return true;
    case "rectangle":
    case "ellipse":
      put(type, 120, 80, {}, {}, undefined);
      put(type, 120, 80, { fill: "transparent", strokeWidth: 6, radius: 16 }, {}, undefined);
      put(type, 120, 80, { strokeWidth: 0, radius: 40 }, {}, undefined);
      for (const level of [0, 4, 40, 97, 100]) put(type, 64, 120, { radius: 24 }, { level: live(level) }, undefined);
      for (const s of states) put(type, 64, 120, { radius: 8 }, { level: live(60, s) }, undefined);
      if (type === "ellipse")
        for (const shape of ["pie", "chord", "arc"])
          for (const [start, end] of [
            [0, 90],
            [-60, 200],
          ] as const)
            put(type, 96, 96, { start, end, shape, level: 50 }, {}, undefined);
      return true;
    case "pipe":
      for (const strokeWidth of [3, 6, 10, 20]) put("pipe", 160, 60, { points: square, strokeWidth }, {}, undefined);
      for (const arrow of arrows) put("pipe", 160, 60, { points: square, arrow }, {}, undefined);
      for (const v of [0, 12.5, -3]) put("pipe", 160, 60, { points: square, radius: 16 }, { flow: live(v) }, undefined);
      put("pipe", 160, 60, { points: square, moving: true, fill: "band" }, { flow: live(true) }, undefined);
      for (const s of states) put("pipe", 160, 60, { points: square }, { flow: live(1, s) }, undefined);
      return true;
    default:
      return false;
  }
}
