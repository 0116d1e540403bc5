import { clickable, fixed, flag, numeric, sayAnalog, scaleOf, shown, ticks } from "../kit";
import { caption, drawTrack } from "../scale";
import type { DrawingView } from "../view";

/** A column in a tube over a bulb, with its scale at the left and the normal band at the right. */
export default {
  live: ["value"],
  build(g, box, settings, env) {
    const s = scaleOf(settings, env);
    const c = caption(g, box, s, flag(settings, "showValue"));
    const room = Math.max(8, c.bottom - c.top - 4);
    const r = Math.max(3, Math.min(box.width * 0.17, room * 0.1, 16));
    const bore = r * 0.5;
    const cx = box.width / 2;
    const top = c.top + 2 + bore;
    const bulb = c.top + 2 + room - r;
    const bottom = bulb - r * 1.15; // where the scale begins
    const height = Math.max(1, bottom - top);
    const at = (v: number) => bottom - height * s.at(v);
    // Glass.
    g.rect({
      x: cx - bore - 2,
      y: top - bore - 2,
      width: 2 * bore + 4,
      height: bulb - top + bore + 2,
      radius: bore + 2,
      fill: "surface",
      stroke: "line",
      strokeWidth: 2,
    });
    g.ellipse({ x: cx, y: bulb, rx: r + 1, fill: "surface", stroke: "line", strokeWidth: 2 });
    g.rect({ x: cx - bore, y: bulb - r, width: 2 * bore, height: r, fill: "surface" });
    const px = Math.max(8, Math.min(12, box.width * 0.12));
    if (box.width >= 56 && height >= 60) {
      const marks = ticks(s.low, s.high, Math.max(2, Math.min(10, Math.floor(height / (px * 2.2)))));
      const decimals = marks.every((m) => Number.isInteger(m)) ? 0 : 1;
      for (const v of marks) {
        g.line({ x1: cx - bore - 9, y1: at(v), x2: cx - bore - 3, y2: at(v), stroke: "line" });
        g.text({
          x: 0,
          y: at(v) - px * 0.7,
          width: cx - bore - 12,
          height: px * 1.4,
          text: fixed(v, decimals),
          size: px,
          color: "muted",
          align: "end",
        });
      }
    }
    const beside = Math.max(3, Math.min(8, box.width * 0.07));
    drawTrack(g, s, { x: cx + bore + 6, y: top, width: beside, height, vertical: true });
    const pool = g.ellipse({ x: cx, y: bulb, rx: Math.max(1, r - 2), fill: "live", visible: false });
    const column = g.rect({ x: cx - bore + 1, y: 0, width: Math.max(1, 2 * bore - 2), height: 0, fill: "live" });
    const none = g.path({
      points: [cx - r * 0.5, bulb - r * 0.5, cx + r * 0.5, bulb + r * 0.5],
      stroke: "line",
      strokeWidth: 2,
      visible: false,
    });
    let now = shown({}, settings, "value");
    return {
      update(values) {
        now = shown(values, settings, "value");
        const n = numeric(now);
        c.show(now);
        const opacity = now.look === "uncertain" ? 0.35 : 0.8;
        none.set({ visible: n === undefined && now.look !== "unset" });
        pool.set({ visible: n !== undefined, opacity });
        if (n === undefined) column.set({ height: 0 });
        else column.set({ y: at(n), height: Math.max(0, bulb - r * 0.75 - at(n)), opacity });
      },
      ...clickable(env),
      describe: () => sayAnalog(s, env, now, env.actions.includes("click") ? "button" : "img"),
    };
  },
} satisfies DrawingView;
