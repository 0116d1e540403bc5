import { Readout, size } from "@lineside/scene";
import { Control, controlText, settable } from "../control";
import { labelOf, lookText, onOff, shown, string, truth } from "../kit";
import type { DrawingView } from "../view";

/** Two positions, told by place, brightness and text. The knob moves when the device says so, not when touched. */
export default {
  build(g, box, settings, env) {
    const label = labelOf(settings, env);
    const writable = settable(env, "value");
    const th = Math.max(14, Math.min(32, box.height * 0.62, box.width * 0.3));
    const tw = th * 1.9;
    const cy = box.height / 2;
    const px = Math.max(9, Math.min(size.body, box.height * 0.36));
    const track = g.rect({
      x: 1,
      y: cy - th / 2,
      width: tw,
      height: th,
      radius: th / 2,
      fill: "unlit",
      stroke: "line",
      strokeWidth: 2,
    });
    const knob = g.rect({
      x: 0,
      y: cy - th / 2 + 4,
      width: th - 8,
      height: th - 8,
      radius: th / 2,
      fill: "lit",
      stroke: "text",
      strokeWidth: 2,
    });
    const left = tw + 10;
    const two = label !== "" && box.height >= 36;
    if (two)
      g.text({
        x: left,
        y: cy - px * 1.35,
        width: box.width - left,
        height: px * 1.35,
        text: label,
        size: Math.min(size.small, px),
        color: "muted",
      });
    const state = new Readout(g, {
      x: left,
      y: two ? cy : 0,
      width: box.width - left,
      height: two ? px * 1.35 : box.height,
      size: px,
      align: "start",
      color: "text",
    });
    let now = shown({}, settings, "value");
    let wanted: boolean | undefined;
    const name = (on: boolean | undefined) =>
      on === undefined ? "" : string(settings, on ? "onText" : "offText") || onOff(on, env.lang);
    const draw = () => {
      const on = truth(now);
      const free = writable && control.free;
      const x = on === undefined ? 1 + (tw - th) / 2 : on ? 1 + tw - th : 1;
      knob.set({
        x: x + 4,
        fill: on === undefined ? "equipment" : on ? "lit" : "surface",
        stroke: on === undefined ? "line" : "text",
      });
      track.set({
        fill: on === undefined ? "ground" : on ? "equipment" : "unlit",
        stroke: free ? "interactive" : "line",
        strokeWidth: free ? 2 : 1,
      });
      const text = control.pending ? `${name(on)} → ${name(wanted)} …` : control.result ? `${name(on)} !` : name(on);
      state.set(text, now.look);
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
              void control.emit("set", wanted);
            },
            active: () => control.free && truth(now) !== undefined,
          }
        : {}),
      describe: () => ({
        role: "switch",
        label: label || env.name,
        value: [name(truth(now)), lookText(now.look, env.lang), controlText(control, env)].filter(Boolean).join(" "),
        state: { checked: String(truth(now) ?? "mixed"), ...control.state },
      }),
    };
  },
} satisfies DrawingView;
