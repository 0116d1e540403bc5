import { Readout, size } from "@lineside/scene";
import { clickable, labelOf, lookText, number, saidOf, shown, usable } from "../kit";
import { on, stateOf, statesOf } from "../states";
import type { DrawingView } from "../view";

/** The text of a value. A state with a colour has it as its ground, with a frame; the text itself never blinks. */
export default {
  build(g, box, settings, env) {
    const states = statesOf(settings);
    const label = settings.showLabel === false ? "" : labelOf(settings, env);
    const above = label !== "" && box.height >= 48;
    const top = above ? Math.min(20, box.height * 0.35) : 0;
    let left = 0;
    if (above) {
      const px = Math.max(8, Math.min(size.small, top * 0.75));
      g.text({ x: 0, y: 0, width: box.width, height: top, text: label, size: px, color: "muted" });
    } else if (label !== "" && box.width >= 140) {
      const px = Math.min(size.small, box.height * 0.6);
      const l = g.text({
        x: 0,
        y: 0,
        width: box.width * 0.5,
        height: box.height,
        text: label,
        size: px,
        color: "muted",
      });
      left = Math.min(l.textWidth + 8, box.width * 0.5);
    }
    const place = { x: left, y: top, width: Math.max(1, box.width - left), height: Math.max(1, box.height - top) };
    const ground = g.rect({ ...place, radius: 4, fill: "surface", visible: false });
    const frame = g.rect({ ...place, radius: 4, stroke: "text", strokeWidth: 2, visible: false });
    const px = Math.max(8, number(settings, "size") ?? Math.min(size.large, place.height * 0.6));
    const align = settings.align === "start" || settings.align === "end" ? settings.align : "center";
    const within = { x: place.x + 8, y: place.y, width: Math.max(1, place.width - 16), height: place.height };
    // A text on a coloured ground is another text: the looks of quality lie on the plain one.
    const plain = new Readout(g, { ...within, size: px, align, color: "text" });
    const onGround = g.text({ ...within, text: "", size: px, weight: 600, align, visible: false });
    let now = shown({}, settings, "value");
    const state = () => (usable(now) ? stateOf(states, now.v) : undefined);
    // A value that stands in no row is shown as it is.
    const text = () => (usable(now) ? state()?.text || saidOf(now.v, undefined, env) : "");
    return {
      update(values) {
        now = shown(values, settings, "value");
        const s = state();
        const tone = s?.color || undefined;
        // A colour is for what is known; what is uncertain keeps its frame and loses the ground.
        const sure = tone !== undefined && now.look === "good";
        ground.set({ visible: sure, fill: tone });
        frame.set({ visible: tone !== undefined || s?.blink === true, blink: s?.blink === true });
        onGround.set({ visible: sure, text: sure ? text() : "", color: tone ? on(tone) : "text" });
        plain.set(sure ? "" : text(), now.look);
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
