import { Readout, size } from "@lineside/scene";
import { clickable, decimalsOf, labelOf, lookText, number, saidOf, shown, string, usable } from "../kit";
import type { DrawingView } from "../view";

/** Label above, value with unit below; on one line when the box is low. */
export default {
  build(g, box, settings, env) {
    const label = settings.showLabel === false ? "" : labelOf(settings, env);
    const unit = string(settings, "unit");
    const meta = env.meta("value");
    const decimals = decimalsOf(settings, env, meta?.low, meta?.high);
    const above = label !== "" && box.height >= 36;
    const top = above ? Math.min(20, box.height * 0.4) : 0;
    const rest = box.height - top;
    const type = Math.max(8, number(settings, "size") ?? Math.min(rest * 0.8, Math.max(size.large, rest * 0.6)));
    const small = Math.max(8, Math.min(type, Math.max(size.small - 1, type * 0.55)));
    const align = settings.align === "start" || settings.align === "center" ? settings.align : "end";
    let left = 0;
    if (above) {
      const px = Math.max(8, Math.min(size.small, top * 0.75));
      g.text({ x: 0, y: 0, width: box.width, height: top, text: label, size: px, color: "muted", align });
    } else if (label !== "" && box.width >= 120) {
      const half = { x: 0, y: 0, width: box.width * 0.5, height: box.height };
      const l = g.text({ ...half, text: label, size: Math.min(size.small, type), color: "muted" });
      left = Math.min(l.textWidth + 8, box.width * 0.5);
    }
    const unitText = g.text({ x: 0, y: top, height: rest, text: unit, size: small, color: "muted" });
    const gap = small * 0.35;
    const room = unit === "" || unitText.textWidth + gap > box.width * 0.4 ? 0 : unitText.textWidth + gap;
    if (room === 0) unitText.set({ visible: false });
    const width = Math.max(0, box.width - left - room);
    const readout = new Readout(g, { x: left, y: top, width, height: rest, size: type, align });
    unitText.set({ line: readout.line });
    // On the value's baseline, not centred beside it.
    const drop = (g.textCap(type, 600) - g.textCap(small, 400)) / 2;
    unitText.set({ y: top + drop });
    let now = shown({}, settings, "value");
    return {
      update(values) {
        now = shown(values, settings, "value");
        readout.set(saidOf(now.v, decimals, env), now.look);
        if (room > 0) unitText.set({ x: readout.end + gap, visible: usable(now) });
      },
      ...clickable(env),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "img",
        label: label || env.name,
        value: [usable(now) ? saidOf(now.v, decimals, env) : "", unit, lookText(now.look, env.lang)]
          .filter(Boolean)
          .join(" "),
      }),
    };
  },
} satisfies DrawingView;
