import { Readout, size } from "@lineside/scene";
import { symbols } from "../icons.gen";
import { clickable, labelOf, lookText, saidOf, shown, usable } from "../kit";
import { on, stateOf, statesOf } from "../states";
import type { DrawingView } from "../view";

/** A tile with the symbol of a state, its text below or beside. */
export default {
  build(g, box, settings, env) {
    const states = statesOf(settings);
    const label = settings.showLabel === false ? "" : labelOf(settings, env);
    const words = settings.showText !== false;
    const px = Math.max(9, Math.min(size.body, box.height * 0.2, box.width * 0.2));
    const small = Math.min(size.small, px);
    const top = label !== "" && box.height >= 56 ? small * 1.5 : 0;
    if (top > 0)
      g.text({ x: 0, y: 0, width: box.width, height: top, text: label, size: small, color: "muted", align: "center" });
    const tile = { x: 0, y: top, width: box.width, height: Math.max(1, box.height - top) };
    const ground = g.rect({ ...tile, radius: 4, fill: "surface" });
    const frame = g.rect({ ...tile, radius: 4, stroke: "line", strokeWidth: 1 });
    const wide = words && tile.width >= tile.height * 1.8;
    const line = words ? px * 1.6 : 0;
    const room = wide ? tile.height : tile.height - line;
    const d = Math.max(6, Math.min(room * 0.72, wide ? tile.height * 0.8 : tile.width * 0.8, 160));
    const mark = g.path({
      d: "M0 0",
      x: wide ? tile.height / 2 - d / 2 : tile.width / 2 - d / 2,
      y: tile.y + (room - d) / 2,
      scale: d / 24,
      stroke: "text",
      strokeWidth: 2,
      visible: false,
    });
    const texts = wide
      ? { x: tile.height, y: tile.y, width: Math.max(1, tile.width - tile.height - 4), height: tile.height }
      : { x: 4, y: tile.y + room, width: Math.max(1, tile.width - 8), height: Math.max(1, line) };
    const align = wide ? "start" : "center";
    // Without words the looks of quality stand where the symbol is.
    const where = words ? texts : { x: tile.x, y: tile.y, width: tile.width, height: tile.height };
    const plain = new Readout(g, { ...where, size: px, align: words ? align : "center", color: "text" });
    const onGround = g.text({ ...texts, text: "", size: px, weight: 600, align, visible: false });
    let now = shown({}, settings, "value");
    const state = () => (usable(now) ? stateOf(states, now.v) : undefined);
    const text = () => (usable(now) ? state()?.text || saidOf(now.v, undefined, env) : "");
    return {
      update(values) {
        now = shown(values, settings, "value");
        const s = state();
        const sure = now.look === "good";
        const tone = s?.color || undefined;
        const over = tone && sure ? on(tone) : "text";
        ground.set({ fill: tone && sure ? tone : "surface" });
        frame.set({
          stroke: s?.blink || tone ? "text" : "line",
          strokeWidth: s?.blink ? 3 : tone ? 2 : 1,
          blink: s?.blink === true,
        });
        const d = s?.icon ? symbols[s.icon] : undefined;
        mark.set({
          visible: d !== undefined,
          d: d ?? "M0 0",
          stroke: over,
          opacity: now.look === "uncertain" ? 0.6 : 1,
        });
        const said = words || !d ? text() : "";
        const own = words && sure && s !== undefined;
        onGround.set({ visible: own, text: own ? said : "", color: over });
        plain.set(own ? "" : said, now.look);
      },
      ...clickable(env),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "img",
        label: label || env.name,
        value: [text(), lookText(now.look, env.lang)].filter(Boolean).join(" "),
      }),
    };
  },
} satisfies DrawingView;
