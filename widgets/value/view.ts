import { Readout, size } from "@lineside/scene";
import { decimalsFor, labelOf, lookText, number, shown, string, textOf } from "../kit";
import type { DrawingView } from "../view";

/** Label above, value with unit below; on one line when the box is low. */
export default {
  build(g, box, settings, env) {
    const showLabel = settings.showLabel !== false;
    const label = labelOf(settings, env);
    const unit = string(settings, "unit");
    const decimals = number(settings, "decimals") ?? decimalsFor(number(settings, "low"), number(settings, "high"));
    const two = showLabel && label !== "" && box.height >= 40;
    const labelHeight = two ? Math.min(20, box.height * 0.4) : 0;
    const rest = box.height - labelHeight;
    const type = Math.max(8, Math.min(rest * 0.72, number(settings, "size") ?? Math.max(size.body, rest * 0.62)));
    const small = Math.max(8, Math.min(type, Math.max(12, type * 0.6)));
    const align = settings.align === "start" || settings.align === "center" ? settings.align : "end";
    let left = 0;
    if (two) {
      g.text({
        x: 0,
        y: 0,
        width: box.width,
        height: labelHeight,
        text: label,
        size: Math.min(size.small, labelHeight * 0.75),
        color: "muted",
        align,
      });
    } else if (showLabel && label !== "") {
      const l = g.text({
        x: 0,
        y: 0,
        width: box.width * 0.5,
        height: box.height,
        text: label,
        size: Math.min(size.small, type),
        color: "muted",
      });
      left = Math.min(l.textWidth + 8, box.width * 0.5);
    }
    const unitText = g.text({
      x: 0,
      y: labelHeight,
      height: rest,
      text: unit,
      size: small,
      color: "muted",
      valign: "middle",
    });
    const unitRoom = unit === "" ? 0 : unitText.textWidth + small * 0.4;
    const width = Math.max(0, box.width - left - unitRoom);
    const readout = new Readout(g, { x: left, y: labelHeight, width, height: rest, size: type, align });
    let now = shown({}, settings, "value");
    return {
      update(values) {
        now = shown(values, settings, "value");
        readout.set(textOf(now.v, decimals, env.lang), now.look);
        if (unit !== "") unitText.set({ x: Math.min(box.width - unitRoom, readout.end) + small * 0.4 });
      },
      ...(env.actions.includes("click") ? { act: () => void env.emit("click") } : {}),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "img",
        label: label || env.name,
        value: [textOf(now.v, decimals, env.lang), unit, lookText(now.look, env.lang)].filter(Boolean).join(" "),
      }),
    };
  },
} satisfies DrawingView;
