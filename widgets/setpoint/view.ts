import { Readout, size } from "@lineside/scene";
import { Control, controlText, rampText, settable } from "../control";
import { decimalsOf, fixed, labelOf, lookText, number, numeric, shown, string } from "../kit";
import type { DrawingView } from "../view";

/** A number in a field. Touching opens the entry; what was entered is shown beside the present value until confirmed. */
export default {
  build(g, box, settings, env) {
    const label = labelOf(settings, env);
    const unit = string(settings, "unit");
    const meta = env.meta("value");
    const writable = settable(env, "value");
    const low = number(settings, "low") ?? meta?.low;
    const high = number(settings, "high") ?? meta?.high;
    const decimals = decimalsOf(settings, env, low, high);
    const above = label !== "" && box.height >= 40;
    const top = above ? Math.min(22, box.height * 0.36) : 0;
    if (above)
      g.text({
        x: 0,
        y: 0,
        width: box.width,
        height: top,
        text: label,
        size: Math.max(9, Math.min(size.small, top * 0.75)),
        color: "muted",
      });
    const h = box.height - top;
    const frame = g.rect({ x: 0, y: top, width: box.width, height: h, fill: "surface", stroke: "line", radius: 3 });
    const type = Math.max(9, Math.min(size.title, h * 0.5));
    const small = Math.max(8, Math.min(size.body, type * 0.7));
    const pad = Math.min(10, h * 0.2);
    const drop = (g.textCap(type, 600) - g.textCap(small, 400)) / 2;
    const unitText = g.text({ x: 0, y: top + drop, height: h, text: unit, size: small, color: "muted" });
    const room = unit === "" ? 0 : unitText.textWidth + small * 0.35;
    unitText.set({ x: box.width - pad - room + small * 0.35 });
    const icon = box.width >= 100 ? Math.min(16, h * 0.4) : 0;
    // Keys of a number pad: this can be entered.
    const keys = icon === 0 ? undefined : g.group({ x: pad, y: top + (h - icon) / 2 });
    for (let i = 0; i < 9 && keys; i++)
      keys.rect({
        x: ((i % 3) * icon) / 2.6,
        y: (Math.floor(i / 3) * icon) / 2.6,
        width: icon / 5,
        height: icon / 5,
        fill: "interactive",
      });
    keys?.set({ visible: writable });
    const left = pad + (icon > 0 ? icon + 6 : 0);
    const readout = new Readout(g, {
      x: left,
      y: top,
      width: box.width - left - pad - room,
      height: h,
      size: type,
      align: "end",
    });
    unitText.set({ line: readout.line });
    let now = shown({}, settings, "value");
    let wanted: number | undefined;
    let down = false;
    let asking = false;
    const draw = () => {
      const free = writable && control.free && !asking;
      const n = numeric(now);
      const present = n === undefined ? "" : fixed(n, decimals);
      frame.set({
        fill: down ? "equipment" : "surface",
        stroke: free ? "interactive" : "line",
        strokeWidth: free ? 2 : 1,
      });
      const target = meta?.ramp?.target;
      readout.set(
        typeof target === "number"
          ? `${present} ⇢ ${fixed(target, decimals)}`
          : control.pending && wanted !== undefined
            ? `${present} → ${fixed(wanted, decimals)} …`
            : control.result
              ? `! ${present}`
              : present,
        now.look,
      );
    };
    const control: Control = new Control(env, settings, draw);
    draw();
    const ask = async () => {
      asking = true;
      try {
        const n = await env.enter({
          title: label || env.name || meta?.path || "",
          unit,
          value: numeric(now),
          low,
          high,
          decimals,
          integer: meta?.type === "int",
        });
        if (n === undefined) return;
        wanted = n;
        void control.emit("set", n);
      } finally {
        asking = false;
        draw();
      }
    };
    return {
      update(values) {
        now = shown(values, settings, "value");
        draw();
      },
      ...(writable ? { act: () => void ask() } : {}),
      active: () => control.free && !asking,
      press(on) {
        down = on;
        draw();
      },
      describe: () => {
        const n = numeric(now);
        return {
          role: writable ? "button" : "img",
          label: label || env.name,
          value: [
            n === undefined ? "" : fixed(n, decimals),
            unit,
            lookText(now.look, env.lang),
            rampText(env, "value", decimals),
            controlText(control, env),
          ]
            .filter(Boolean)
            .join(" "),
          state: control.state,
        };
      },
    };
  },
} satisfies DrawingView;
