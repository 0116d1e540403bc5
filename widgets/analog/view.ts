import { clickable, fixed, numeric, sayAnalog, scaleOf, shown } from "../kit";
import { caption, drawTrack, headline } from "../scale";
import type { DrawingView } from "../view";

/** A pointer moving along its range (ISA-101 moving analog indicator): normal band, limits, setpoint, both ends named. */
export default {
  live: ["value", "setpoint"],
  build(g, box, settings, env) {
    const s = scaleOf(settings, env);
    const vertical = settings.direction !== "horizontal";
    const c = (vertical ? caption : headline)(g, box, s, true);
    const height = Math.max(8, c.bottom - c.top);
    const end = Math.max(8, Math.min(12, (vertical ? box.width : box.height) * 0.14));
    const names = [
      fixed(s.low, s.decimals && s.decimals > 1 ? 1 : 0),
      fixed(s.high, s.decimals && s.decimals > 1 ? 1 : 0),
    ] as const;
    const thick = vertical ? Math.max(8, Math.min(box.width * 0.2, 28)) : Math.max(8, Math.min(height * 0.3, 28));
    const p = thick * 0.75;
    const track = drawTrack(
      g,
      s,
      vertical
        ? { x: (box.width - thick) / 2, y: c.top + p * 0.6 + 2, width: thick, height: height - p * 1.2 - 6, vertical }
        : {
            x: p * 0.7,
            y: c.top + p * 1.25 + Math.max(0, (height - p * 1.25 - thick - end * 1.3) / 2),
            width: box.width - p * 1.4,
            height: thick,
            vertical,
          },
    );
    if (vertical && box.width >= thick + 2 * (p + end * 1.8)) {
      const x = track.x - p - 4;
      g.text({
        x: 0,
        y: track.y + track.height - end,
        width: x,
        height: end,
        text: names[0],
        size: end,
        color: "muted",
        align: "end",
      });
      g.text({ x: 0, y: track.y, width: x, height: end, text: names[1], size: end, color: "muted", align: "end" });
    } else if (!vertical) {
      const y = track.y + thick + 3;
      g.text({ x: track.x, y, height: end * 1.2, text: names[0], size: end, color: "muted" });
      g.text({
        x: 0,
        y,
        width: track.x + track.width,
        height: end * 1.2,
        text: names[1],
        size: end,
        color: "muted",
        align: "end",
      });
    }
    const none = g.rect({
      x: track.x,
      y: track.y,
      width: track.width,
      height: track.height,
      hatch: "line",
      visible: false,
    });
    const pointer = g.path({
      points: vertical
        ? [0, 0, p * 1.25, -p * 0.75, p * 1.25, p * 0.75]
        : [0, 0, -p * 0.75, -p * 1.25, p * 0.75, -p * 1.25],
      closed: true,
      fill: "live",
      stroke: "surface",
      visible: false,
    });
    const line = g.line({ x1: 0, y1: 0, x2: 0, y2: 0, stroke: "live", strokeWidth: 2, visible: false });
    const q = p * 0.62;
    const mark = g.path({
      points: vertical ? [0, 0, -q, -q * 0.75, -q * 2, 0, -q, q * 0.75] : [0, 0, -q * 0.75, q, 0, q * 2, q * 0.75, q],
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
        const n = numeric(now);
        c.show(now);
        none.set({ visible: now.look === "bad" });
        if (n === undefined) {
          pointer.set({ visible: false });
          line.set({ visible: false });
        } else {
          const a = track.along(s.at(n));
          const hollow = now.look === "uncertain" ? "surface" : "live";
          const stroke = now.look === "uncertain" ? "live" : "surface";
          if (vertical) {
            pointer.set({ visible: true, x: track.x + thick - 2, y: a, fill: hollow, stroke });
            line.set({ visible: true, x1: track.x, x2: track.x + thick, y1: a, y2: a });
          } else {
            pointer.set({ visible: true, x: a, y: track.y + 2, fill: hollow, stroke });
            line.set({ visible: true, x1: a, x2: a, y1: track.y, y2: track.y + thick });
          }
        }
        const sp = numeric(shown(values, settings, "setpoint"));
        if (sp === undefined) mark.set({ visible: false });
        else {
          const a = track.along(s.at(sp));
          mark.set(
            vertical ? { visible: true, x: track.x + 1, y: a } : { visible: true, x: a, y: track.y + thick - 1 },
          );
        }
      },
      ...clickable(env),
      describe: () => sayAnalog(s, env, now, env.actions.includes("click") ? "button" : "img"),
    };
  },
} satisfies DrawingView;
