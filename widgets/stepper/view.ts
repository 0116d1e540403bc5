import { Readout, size } from "@lineside/scene";
import { Adjust, stepOf } from "../adjust";
import { rampText } from "../control";
import { InputFrame } from "../inputframe";
import { decimalsOf, fixed, number, numeric, type Scale, scaleOf } from "../kit";
import type { At, DrawingView } from "../view";

/** How long a button is held until it repeats, and how often it then does, in milliseconds. */
const hold = 500;
const repeat = 120;

/** A number between two buttons. Steps add up and are set a moment after the last. */
export default {
  build(g, box, settings, env) {
    const low = number(settings, "low") ?? Number.NEGATIVE_INFINITY;
    const high = number(settings, "high") ?? Number.POSITIVE_INFINITY;
    const decimals = decimalsOf(settings, env, number(settings, "low"), number(settings, "high"));
    const s: Scale = { ...scaleOf(settings, env), low, high, decimals };
    let draw = () => {};
    const frame = new InputFrame(g, box, settings, env, () => draw(), "value", true);
    const { top, height } = frame;
    const w = Math.max(8, Math.min(64, Math.max(height, 44), box.width / 3));
    const px = Math.max(9, Math.min(size.title, height * 0.5));
    const button = (x: number, sign: string) => {
      const ground = g.rect({ x, y: top, width: w, height, radius: 4, fill: "surface", stroke: "line" });
      const cx = x + w / 2;
      const cy = top + height / 2;
      const l = Math.max(3, Math.min(10, w * 0.22));
      const points = (dx: number, dy: number) => [cx - dx, cy - dy, cx + dx, cy + dy];
      const bars = [g.path({ points: points(l, 0), strokeWidth: 3, stroke: "line" })];
      if (sign === "+") bars.push(g.path({ points: points(0, l), strokeWidth: 3, stroke: "line" }));
      return { ground, bars };
    };
    const less = button(0, "−");
    const more = button(box.width - w, "+");
    const unit = s.unit;
    const small = Math.max(8, Math.min(size.body, px * 0.65));
    const room = unit === "" ? 0 : g.textWidth(unit, small, 400) + 6;
    const middle = Math.max(1, box.width - 2 * w - 8);
    const readout = new Readout(g, {
      x: w + 4,
      y: top,
      width: Math.max(1, middle - room),
      height,
      size: px,
      align: "center",
    });
    const unitText = g.text({ x: 0, y: top, height, text: unit, size: small, color: "muted", line: readout.line });
    const present = () => numeric(frame.now);
    const step = stepOf(settings, decimals ?? 0, 0, 100);
    const adjust = new Adjust({
      // Without a lowest value the steps count from zero.
      low,
      high,
      step,
      control: frame.control,
      present,
      draw: () => draw(),
    });
    let place = 0;
    let held = 0;
    let repeated = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const at = (p: At) => (p.y < top ? 2 : p.x < w ? -1 : p.x > box.width - w ? 1 : 0);
    const can = (sign: number) => {
      const n = adjust.wanted ?? present();
      return frame.open && n !== undefined && (sign < 0 ? n > low : n < high);
    };
    const again = () => {
      repeated = true;
      adjust.nudge(held);
      timer = setTimeout(again, repeat);
    };
    const text = () => {
      const n = present();
      const to = adjust.wanted;
      const said = n === undefined ? "" : fixed(n, decimals);
      return to !== undefined && to !== n
        ? `${said} → ${fixed(to, decimals)}${frame.control.pending ? " …" : ""}`
        : said;
    };
    draw = () => {
      for (const [b, sign] of [
        [less, -1],
        [more, 1],
      ] as const) {
        const on = can(sign);
        b.ground.set({
          fill: held === sign ? "equipment" : "surface",
          stroke: on ? "interactive" : "line",
          strokeWidth: on ? 2 : 1,
        });
        for (const bar of b.bars) bar.set({ stroke: on ? "interactive" : "equipment" });
      }
      readout.set(text(), frame.now.look);
      unitText.set({ x: readout.end + 6, visible: present() !== undefined });
      frame.show();
    };
    draw();
    return {
      update(values) {
        frame.take(values);
        draw();
      },
      ...(frame.writable
        ? {
            takes(p: At) {
              place = at(p);
              return place !== 2;
            },
            active: () => frame.open && present() !== undefined,
            act(p?: At) {
              const sign = p ? at(p) : 0;
              if (sign !== 0) {
                if (!repeated) adjust.nudge(sign);
              } else if (adjust.wanted !== undefined) void adjust.commit();
              else void adjust.ask(env, { ...s, low: finite(low), high: finite(high) } as Scale, present());
              repeated = false;
            },
            press(on: boolean) {
              clearTimeout(timer);
              held = on && place !== 2 ? place : 0;
              if (on) repeated = false;
              if (held !== 0) timer = setTimeout(again, hold);
              draw();
            },
            key: (key: string) => {
              if (
                (key === "Home" && low === Number.NEGATIVE_INFINITY) ||
                (key === "End" && high === Number.POSITIVE_INFINITY)
              )
                return false;
              return adjust.key(key);
            },
          }
        : {}),
      destroy() {
        clearTimeout(timer);
        adjust.destroy();
      },
      describe: () => {
        const n = present();
        const said = [text(), n === undefined ? "" : unit, rampText(env, "value", decimals)].filter(Boolean).join(" ");
        return frame.describe("spinbutton", said, {
          ...(n === undefined ? {} : { valuenow: String(adjust.wanted ?? n) }),
          ...(Number.isFinite(low) ? { valuemin: String(low) } : {}),
          ...(Number.isFinite(high) ? { valuemax: String(high) } : {}),
          valuetext: said || "– –",
        });
      },
    };
  },
} satisfies DrawingView;

const finite = (n: number): number | undefined => (Number.isFinite(n) ? n : undefined);
