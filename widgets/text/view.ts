import { look } from "@lineside/scene";
import { clickable, number, saidOf, string } from "../kit";
import type { DrawingView } from "../view";

/** Text in a box, broken into lines. A live text with a bad quality is not shown as if it were one. */
export default {
  live: ["text"],
  build(g, box, settings, env) {
    const px = number(settings, "size") ?? 16;
    const bound = env.bound("text");
    const hatch = g.rect({ x: 0, y: 0, ...box, hatch: "line", opacity: 0.55, visible: false });
    const bone = g.rect({
      x: 0,
      y: (box.height - px * 0.8) / 2,
      width: Math.min(box.width, px * 6),
      height: px * 0.8,
      fill: "equipment",
      radius: 4,
      visible: false,
    });
    const color = string(settings, "color") || "text";
    const text = g.text({
      x: 0,
      y: 0,
      ...box,
      text: string(settings, "text"),
      size: px,
      weight: settings.weight === "bold" ? 700 : 400,
      color: bound && color === "text" ? "live" : color,
      align: settings.align === "center" || settings.align === "end" ? settings.align : "start",
      valign: settings.valign === "top" || settings.valign === "bottom" ? settings.valign : "middle",
      wrap: true,
    });
    let said = string(settings, "text");
    return {
      update(values) {
        const live = values.text;
        if (!live) return;
        const k = look(live.q);
        said = k === "bad" || k === "waiting" ? "" : saidOf(live.v, undefined, env, "text");
        hatch.set({ visible: k === "bad" });
        bone.set({ visible: k === "waiting" });
        text.set({
          text: k === "bad" ? "– –" : k === "uncertain" ? `${said} ?` : said,
          dotted: k === "uncertain" ? "text" : undefined,
        });
      },
      ...clickable(env),
      describe: () => ({ role: env.actions.includes("click") ? "button" : "img", label: said || env.name }),
    };
  },
} satisfies DrawingView;
