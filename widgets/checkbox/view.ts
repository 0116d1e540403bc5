import { Readout, size } from "@lineside/scene";
import { Control, controlText, failureText, refusal, settable } from "../control";
import { labelOf, lookText, onOff, shown, truth } from "../kit";
import type { DrawingView } from "../view";

/** A box that is ticked or not. The tick comes when the device says so, not when it is pressed. */
export default {
  build(g, box, settings, env) {
    const writable = settable(env, "value");
    const label = labelOf(settings, env);
    const whole = ["int", "float"].includes(env.meta("value")?.type ?? "");
    const d = Math.max(10, Math.min(28, box.height * 0.6, box.width * 0.4));
    const y = (box.height - d) / 2;
    const frame = g.rect({ x: 2, y, width: d, height: d, radius: 3, fill: "surface", stroke: "line", strokeWidth: 2 });
    const tick = g.path({
      points: [2 + d * 0.22, y + d * 0.52, 2 + d * 0.44, y + d * 0.74, 2 + d * 0.8, y + d * 0.26],
      stroke: "text",
      strokeWidth: Math.max(2, d * 0.14),
      visible: false,
    });
    const px = Math.max(9, Math.min(size.body, box.height * 0.42));
    const left = d + 12;
    const words = g.text({
      x: left,
      y: 0,
      width: Math.max(1, (box.width - left) * 0.7),
      height: box.height,
      text: label,
      size: px,
    });
    // The label says what it is; beside it stands only what is not as usual.
    const quality = new Readout(g, {
      x: left + (box.width - left) * 0.7,
      y: 0,
      width: Math.max(1, (box.width - left) * 0.3),
      height: box.height,
      size: px,
      align: "end",
      color: "text",
    });
    let now = shown({}, settings, "value");
    let wanted = false;
    let down = false;
    const draw = () => {
      const on = truth(now);
      const free = writable && control.free && on !== undefined;
      frame.set({
        fill: on === undefined ? "ground" : down ? "equipment" : "surface",
        stroke: free ? "interactive" : "line",
        strokeWidth: free ? 2 : 1,
      });
      tick.set({ visible: on === true });
      words.set({ color: settings.enabled === false ? "muted" : "text" });
      quality.set(control.pending ? `→ ${onOff(wanted, env.lang)} …` : control.result ? "!" : "", now.look);
    };
    const control: Control = new Control(env, settings, draw);
    draw();
    return {
      update(values) {
        now = shown(values, settings, "value");
        draw();
      },
      ...(writable
        ? {
            act() {
              const on = truth(now);
              if (on === undefined) return;
              wanted = !on;
              void control.emit("set", whole ? Number(wanted) : wanted);
            },
            active: () => control.free && truth(now) !== undefined,
            press(on: boolean) {
              down = on;
              draw();
            },
          }
        : {}),
      describe: () => ({
        role: "checkbox",
        label: label || env.name,
        value: [
          lookText(now.look, env.lang),
          controlText(control, env),
          failureText(control),
          refusal(env, settings, "value"),
        ]
          .filter(Boolean)
          .join(" "),
        state: { checked: String(truth(now) ?? "mixed"), ...control.state },
      }),
    };
  },
} satisfies DrawingView;
