import { size } from "@lineside/scene";
import { choicesOf, chosenOf } from "../choice";
import { mostDrawn } from "../choosing";
import { InputFrame } from "../inputframe";
import { usable } from "../kit";
import type { DrawingView } from "../view";

const words = { none: { en: "Add states", zh: "请添加状态" } };

/** A button that says the state that is and, when pressed, asks for the next. */
export default {
  build(g, box, settings, env) {
    const states = choicesOf(settings, env).slice(0, mostDrawn);
    let draw = () => {};
    const frame = new InputFrame(g, box, settings, env, () => draw());
    const { top, height } = frame;
    const body = g.rect({ x: 0, y: top, width: box.width, height, fill: "surface", stroke: "line", radius: 4 });
    const marks = states.length > 1 && height >= 32 ? 10 : 0;
    const px = Math.max(9, Math.min(size.large, (height - marks) * 0.5));
    const text = g.text({
      x: 6,
      y: top,
      width: Math.max(1, box.width - 12),
      height: height - marks,
      text: "",
      size: px,
      weight: 600,
      align: "center",
    });
    // One mark for each state: how many there are, and where in them it is.
    const gap = 4;
    const w = Math.max(3, Math.min(20, (box.width - 16) / Math.max(1, states.length) - gap));
    const from = (box.width - states.length * (w + gap) + gap) / 2;
    const dots = marks
      ? states.map((_, i) => g.rect({ x: from + i * (w + gap), y: box.height - 10, width: w, height: 4, radius: 2 }))
      : [];
    let down = false;
    let wanted = -1;
    /** The state that a press asks for; -1 when there is none. */
    const next = (): number => {
      const is = chosenOf(states, frame.now);
      if (!usable(frame.now) || states.length < 2) return -1;
      if (is + 1 < states.length) return is + 1;
      return settings.wrap === false ? -1 : 0;
    };
    draw = () => {
      const is = chosenOf(states, frame.now);
      const free = frame.free && next() >= 0;
      const pending = frame.control.pending;
      const known = is >= 0 ? (states[is]?.title ?? "") : "";
      body.set({
        fill: down ? "equipment" : "surface",
        stroke: free ? "interactive" : "line",
        strokeWidth: free ? 2 : 1,
      });
      text.set({
        text: states.length === 0 ? words.none[env.lang] : pending ? `→ ${states[wanted]?.title ?? ""} …` : known,
        color: states.length === 0 ? "muted" : free ? "interactive" : "text",
      });
      dots.forEach((d, i) => {
        d.set({ fill: i === is ? "text" : i === wanted && pending ? "interactive" : "equipment" });
      });
      frame.show(is < 0 ? frame.strange() : "");
    };
    draw();
    return {
      update(values) {
        frame.take(values);
        draw();
      },
      ...(frame.writable
        ? {
            act() {
              wanted = next();
              if (wanted >= 0) void frame.control.emit("set", states[wanted]?.value);
            },
            active: () => frame.free && next() >= 0,
            press(on: boolean) {
              down = on;
              draw();
            },
          }
        : {}),
      describe: () => frame.describe("button", states[chosenOf(states, frame.now)]?.title ?? frame.strange()),
    };
  },
} satisfies DrawingView;
