import { size } from "@lineside/scene";
import { clickable, fixed, numeric, sayAnalog, scaleOf, shown, ticks } from "../kit";
import { textOfValue, ValueLine } from "../scale";
import type { DrawingView } from "../view";

const from = 135;
const sweep = 270;

/** A round scale of 270° with a pointer outside, so that the value in the middle stays free. */
export default {
  live: ["value", "setpoint"],
  build(g, box, settings, env) {
    const s = scaleOf(settings, env);
    const label = s.label !== "" && Math.min(box.width, box.height) >= 96;
    const px = Math.max(8, Math.min(size.small, box.height * 0.1));
    const foot = label ? px * 1.5 : 0;
    const d = Math.min(box.width, (box.height - foot) * 1.1);
    const r = d / 2 - 2;
    const cx = box.width / 2;
    const cy = Math.min(r + 2 + Math.max(0, box.height - foot - d * 0.92) / 2, box.height - foot - r * 0.78);
    const thick = Math.max(4, r * 0.14);
    const ring = r - thick / 2 - r * 0.06;
    const angle = (v: number) => from + sweep * s.at(v);
    const arc = (a: number, b: number, stroke: string, w = thick) =>
      g.ellipse({ x: cx, y: cy, rx: ring, start: angle(a), end: angle(b), stroke, strokeWidth: w });
    arc(s.low, s.high, "line", thick + 2);
    g.ellipse({
      x: cx,
      y: cy,
      rx: ring,
      start: from + 0.4,
      end: from + sweep - 0.4,
      stroke: "surface",
      strokeWidth: thick,
    });
    if (s.limitLow !== undefined) arc(s.low, s.limitLow, "equipment");
    if (s.limitHigh !== undefined) arc(s.limitHigh, s.high, "equipment");
    if (s.normal) arc(s.normal.from, s.normal.to, "band");
    const radial = (v: number, r0: number, r1: number): [number, number, number, number] => {
      const t = (angle(v) * Math.PI) / 180;
      return [cx + Math.cos(t) * r0, cy + Math.sin(t) * r0, cx + Math.cos(t) * r1, cy + Math.sin(t) * r1];
    };
    for (const v of [s.limitLow, s.limitHigh])
      if (v !== undefined)
        g.path({ points: radial(v, ring - thick / 2, ring + thick / 2), stroke: "text", strokeWidth: 2 });
    const inner = ring - thick / 2;
    if (r >= 44) {
      const minor = Math.max(8, Math.min(12, r * 0.12));
      const marks = ticks(s.low, s.high, r >= 90 ? 6 : 4);
      for (const v of marks) {
        g.path({ points: radial(v, inner - 1, inner - r * 0.07), stroke: "line" });
        const [x, y] = radial(v, inner - r * 0.08 - minor * 0.95, 0);
        const text = fixed(v, marks.every((m) => Number.isInteger(m)) ? 0 : 1);
        if (r >= 60)
          g.text({
            x: x - 30,
            y: y - minor / 2,
            width: 60,
            height: minor,
            text,
            size: minor,
            color: "muted",
            align: "center",
          });
      }
    }
    const type = Math.max(9, Math.min(size.title * 1.5, r * 0.34));
    const value = new ValueLine(
      g,
      { x: cx - inner * 0.72, y: cy - type * 0.75, width: inner * 1.44, height: type * 1.5 },
      type,
      Math.max(8, type * 0.5),
      r < 60 ? s.unit : "",
    );
    if (r >= 60 && s.unit !== "")
      g.text({
        x: cx - inner * 0.5,
        y: cy + type * 0.6,
        width: inner,
        height: type * 0.7,
        text: s.unit,
        size: Math.max(9, type * 0.48),
        color: "muted",
        align: "center",
      });
    if (label)
      g.text({
        x: 0,
        y: box.height - foot,
        width: box.width,
        height: foot,
        text: s.label,
        size: px,
        color: "muted",
        align: "center",
      });
    const none = g.ellipse({
      x: cx,
      y: cy,
      rx: ring,
      start: from,
      end: from + sweep,
      stroke: "equipment",
      strokeWidth: thick,
      visible: false,
    });
    const n = r * 0.16;
    const pointer = g.path({
      points: [0, 0, n * 1.15, -n * 0.62, n * 1.15, n * 0.62],
      closed: true,
      fill: "live",
      stroke: "surface",
      visible: false,
    });
    const needle = g.path({ points: [0, 0, -thick, 0], stroke: "live", strokeWidth: 3, visible: false });
    const mark = g.path({
      points: [-n * 0.6, 0, 0, -n * 0.45, n * 0.6, 0, 0, n * 0.45],
      closed: true,
      fill: "surface",
      stroke: "text",
      strokeWidth: 2,
      visible: false,
    });
    let now = shown({}, settings, "value");
    return {
      update(values) {
        now = shown(values, settings, "value");
        const v = numeric(now);
        value.set(textOfValue(now, s), now.look);
        none.set({ visible: now.look === "bad" || now.look === "waiting" });
        if (v === undefined) {
          pointer.set({ visible: false });
          needle.set({ visible: false });
        } else {
          const rotate = angle(v);
          const t = (rotate * Math.PI) / 180;
          const at = ring + thick / 2 - r * 0.06;
          const soft = now.look === "uncertain";
          pointer.set({
            visible: true,
            x: cx + Math.cos(t) * at,
            y: cy + Math.sin(t) * at,
            rotate,
            fill: soft ? "surface" : "live",
            stroke: soft ? "live" : "surface",
          });
          needle.set({
            visible: true,
            x: cx + Math.cos(t) * (ring + thick / 2),
            y: cy + Math.sin(t) * (ring + thick / 2),
            rotate,
          });
        }
        const sp = numeric(shown(values, settings, "setpoint"));
        if (sp === undefined) mark.set({ visible: false });
        else {
          const t = (angle(sp) * Math.PI) / 180;
          mark.set({
            visible: true,
            x: cx + Math.cos(t) * ring,
            y: cy + Math.sin(t) * ring,
            rotate: angle(sp),
          });
        }
      },
      ...clickable(env),
      describe: () => sayAnalog(s, env, now, env.actions.includes("click") ? "button" : "img"),
    };
  },
} satisfies DrawingView;
