import { clickable, number, string } from "../kit";
import type { DrawingView } from "../view";

/** A picture. Without one, and when it cannot be had, a crossed frame in its place. */
export default {
  live: [],
  build(g, box, settings, env) {
    const src = string(settings, "src");
    const fit = settings.fit === "cover" || settings.fit === "stretch" ? settings.fit : "contain";
    const frame = g.group({ visible: src === "" });
    frame.rect({ x: 0, y: 0, ...box, stroke: "line", fill: "surface" });
    frame.path({ points: [1, 1, box.width - 1, box.height - 1], stroke: "equipment" });
    frame.path({ points: [1, box.height - 1, box.width - 1, 1], stroke: "equipment" });
    g.image({
      x: 0,
      y: 0,
      ...box,
      src,
      fit,
      opacity: number(settings, "opacity") ?? 1,
      onState: (ok) => frame.set({ visible: !ok }),
    });
    return {
      update: () => {},
      ...clickable(env),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "img",
        label: string(settings, "label") || env.name,
      }),
    };
  },
} satisfies DrawingView;
