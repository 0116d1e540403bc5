import { Readout, size } from "@lineside/scene";
import { Adjust, everyOf, stepOf } from "../adjust";
import { rampText } from "../control";
import { InputFrame } from "../inputframe";
import { fixed, numeric, scaleOf } from "../kit";
import type { At, DrawingView } from "../view";

// Degrees clockwise from three o'clock: the range goes from half past seven round to half past four.
const begin = 135;
const sweep = 270;

/** A dial that is turned. Turning shows what it will be; letting go sets it. */
export default {
  build(g, box, settings, env) {
    const s = scaleOf(settings, env);
    let draw = () => {};
    const frame = new InputFrame(g, box, settings, env, () => draw(), "value", true);
    const r = Math.max(4, Math.min(box.width, frame.height) / 2 - 6);
    const cx = box.width / 2;
    const cy = frame.top + frame.height / 2;
    const width = Math.max(3, r * 0.14);
    const degrees = (v: number) => begin + s.at(v) * sweep;
    g.ellipse({ x: cx, y: cy, rx: r, start: begin, end: begin + sweep, stroke: "equipment", strokeWidth: width });
    if (s.normal)
      g.ellipse({
        x: cx,
        y: cy,
        rx: r,
        start: degrees(s.normal.from),
        end: degrees(s.normal.to),
        stroke: "band",
        strokeWidth: width,
      });
    const arc = g.ellipse({
      x: cx,
      y: cy,
      rx: r,
      start: begin,
      end: begin,
      stroke: "live",
      strokeWidth: width,
      visible: false,
    });
    const inner = r - width;
    const dial = g.ellipse({ x: cx, y: cy, rx: inner, fill: "surface", stroke: "line", strokeWidth: 2 });
    const pointer = g.path({
      points: [0, 0, 0, 0],
      stroke: "text",
      strokeWidth: Math.max(3, r * 0.09),
      visible: false,
    });
    const type = Math.max(9, Math.min(size.large, r * 0.4));
    const readout = new Readout(g, {
      x: cx - inner * 0.62,
      y: cy - type * 0.75,
      width: inner * 1.24,
      height: type * 1.5,
      size: type,
      align: "center",
    });
    const small = Math.max(8, type * 0.6);
    g.text({
      x: cx - inner * 0.7,
      y: cy + type * 0.75,
      width: inner * 1.4,
      height: small * 1.4,
      text: s.unit,
      size: small,
      color: "muted",
      align: "center",
    });
    let held = false;
    let drawnAt = Number.NaN;
    const present = () => numeric(frame.now);
    const adjust = new Adjust({
      low: s.low,
      high: s.high,
      step: stepOf(settings, s.decimals, s.low, s.high),
      control: frame.control,
      present,
      draw: () => draw(),
      every: everyOf(settings, env),
    });
    const text = () => {
      const n = present();
      const to = adjust.wanted;
      if (to !== undefined && to !== n) return `→ ${fixed(to, s.decimals)}${frame.control.pending ? " …" : ""}`;
      return n === undefined ? "" : fixed(n, s.decimals);
    };
    draw = () => {
      const n = present();
      const at = adjust.wanted ?? n;
      arc.set({ end: degrees(n ?? s.low), visible: n !== undefined && n > s.low });
      const angle = degrees(at ?? s.low);
      if (angle !== drawnAt) {
        drawnAt = angle;
        const a = (angle * Math.PI) / 180;
        const x = (k: number) => cx + Math.cos(a) * inner * k;
        const y = (k: number) => cy + Math.sin(a) * inner * k;
        pointer.set({ points: [x(0.72), y(0.72), x(1), y(1)] });
      }
      pointer.set({ visible: at !== undefined });
      dial.set({
        fill: held ? "equipment" : "surface",
        stroke: frame.open ? "interactive" : "line",
        strokeWidth: frame.open ? 3 : 1,
      });
      readout.set(text(), frame.now.look);
      frame.show();
    };
    draw();
    /** The value at an angle; from one end it does not jump to the other. */
    const turnTo = (p: At) => {
      let k = (((((Math.atan2(p.y - cy, p.x - cx) * 180) / Math.PI - begin) % 360) + 360) % 360) / sweep;
      if (k > 1) k = k > 1 + (360 - sweep) / sweep / 2 ? 0 : 1;
      const before = s.at(adjust.wanted ?? present() ?? s.low);
      if (held && Math.abs(k - before) > 0.5) k = before > 0.5 ? 1 : 0;
      adjust.move(s.low + k * (s.high - s.low));
    };
    return {
      update(values) {
        frame.take(values);
        draw();
      },
      ...(frame.writable
        ? {
            cursor: "grab",
            takes: (p: At) => Math.hypot(p.x - cx, p.y - cy) <= r + width,
            active: () => frame.free || held,
            act(p?: At) {
              // A touch in the middle asks for a number; on the ring it turns to there.
              const ring = p && Math.hypot(p.x - cx, p.y - cy) > inner * 0.7;
              if (ring) turnTo(p);
              else if (adjust.wanted === undefined) {
                void adjust.ask(env, s, present());
                return;
              }
              void adjust.commit();
            },
            drag: turnTo,
            press(on: boolean, kept = true) {
              const moved = held && !on && adjust.wanted !== undefined;
              held = on;
              if (moved && kept) void adjust.commit();
              else if (moved) adjust.revert();
              draw();
            },
            key: (key: string) => adjust.key(key),
          }
        : {}),
      destroy: () => adjust.destroy(),
      describe: () => {
        const n = present();
        const said = [text(), n === undefined ? "" : s.unit, rampText(env, "value", s.decimals)]
          .filter(Boolean)
          .join(" ");
        return frame.describe("slider", said, {
          valuenow: String(adjust.wanted ?? n ?? s.low),
          valuemin: String(s.low),
          valuemax: String(s.high),
          valuetext: said || "– –",
        });
      },
    };
  },
} satisfies DrawingView;
