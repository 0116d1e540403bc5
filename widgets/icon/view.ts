import { symbols } from "../icons.gen";
import { clickable, lookText, number, saidOf, shown, string, usable } from "../kit";
import { stateOf, statesOf } from "../states";
import type { DrawingView } from "../view";

/** A symbol. With a value it is that of its state; what is not known lies on hatch, a doubtful one has its "?". */
export default {
  build(g, box, settings, env) {
    const states = statesOf(settings);
    const d = Math.max(1, Math.min(box.width, box.height));
    const at = { x: (box.width - d) / 2, y: (box.height - d) / 2 };
    const hatch = g.rect({ ...at, width: d, height: d, hatch: "line", opacity: 0.55, visible: false });
    const bone = g.rect({ ...at, width: d, height: d, fill: "equipment", radius: 4, visible: false });
    const width = Math.max(0.5, Math.min(4, number(settings, "stroke") ?? 2));
    const mark = g.path({ ...at, d: "M0 0", scale: d / 24, stroke: "text", strokeWidth: width });
    const corner = { x: at.x + d * 0.68, y: at.y };
    const query = g.text({
      ...corner,
      height: d * 0.4,
      text: "?",
      size: Math.max(6, d * 0.4),
      weight: 700,
      visible: false,
    });
    const hand = g.path({
      ...corner,
      d: symbols.hand ?? "M0 0",
      scale: (d * 0.34) / 24,
      stroke: "text",
      strokeWidth: 3,
      visible: false,
    });
    let now = shown({}, settings, "value");
    const state = () => (usable(now) ? stateOf(states, now.v) : undefined);
    return {
      update(values) {
        now = shown(values, settings, "value");
        const s = state();
        const name = s?.icon || string(settings, "icon");
        const path = symbols[name] ?? symbols.box ?? "M0 0";
        const known = now.look !== "bad" && now.look !== "waiting";
        hatch.set({ visible: now.look === "bad" });
        bone.set({ visible: now.look === "waiting" });
        mark.set({
          d: path,
          visible: now.look !== "waiting",
          stroke: known ? s?.color || string(settings, "color") || "text" : "muted",
          opacity: known ? 1 : 0.5,
          blink: s?.blink === true,
        });
        query.set({ visible: now.look === "uncertain" });
        hand.set({ visible: now.look === "override" });
      },
      ...clickable(env),
      describe: () => {
        const said = usable(now) ? state()?.text || (env.bound("value") ? saidOf(now.v, undefined, env) : "") : "";
        const quality = now.look === "unset" ? "" : lookText(now.look, env.lang);
        const label = string(settings, "label") || env.name;
        const acts = env.actions.includes("click");
        if (!acts && label === "" && said === "" && quality === "") return { role: "none", label: "" };
        return { role: acts ? "button" : "img", label, value: [said, quality].filter(Boolean).join(" ") };
      },
    };
  },
} satisfies DrawingView;
