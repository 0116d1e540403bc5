import { clickable, flag, numeric, sayAnalog, scaleOf, shown, string } from "../kit";
import { caption, drawTrack } from "../scale";
import type { DrawingView } from "../view";

/** Half the width of a vessel at a height, both as a share of the whole; 0 is the bottom. `round` is how much of its
 * height, as a share, a dished end of its width takes. */
type Profile = (k: number, round: number) => number;

const dish = (k: number, h: number) => (k >= h ? 1 : Math.sqrt(Math.max(0, 1 - ((h - k) / h) ** 2)));
const outlet = 0.12;
const cone = (k: number, h: number) => (k >= h ? 1 : outlet + ((1 - outlet) * k) / h);

const profiles: Record<string, Profile> = {
  vertical: (k, round) => Math.min(dish(k, round * 0.25), dish(1 - k, round * 0.25)),
  // A cylinder on its side: its ends are dished, seen from the front their edge is round.
  horizontal: (k, round) => 1 - round * 0.12 + round * 0.12 * Math.sqrt(Math.max(0, 1 - (2 * k - 1) ** 2)),
  open: () => 1,
  conical: (k) => cone(k, 0.3),
  silo: (k, round) => Math.min(cone(k, 0.3), dish(1 - k, round * 0.2)),
  sphere: (k) => Math.sqrt(Math.max(0, 1 - (2 * k - 1) ** 2)),
};

/** A level in a vessel. What the vessel holds is drawn in its own shape; the normal band and limits stand beside it. */
export default {
  live: ["value", "setpoint"],
  build(g, box, settings, env) {
    const s = scaleOf(settings, env);
    const shape = profiles[string(settings, "shape")] ? string(settings, "shape") : "vertical";
    const profile = profiles[shape] as Profile;
    const c = caption(g, box, s, flag(settings, "showValue"));
    const beside = Math.max(3, Math.min(10, box.width * 0.08));
    let w = Math.max(2, box.width - 2 * (beside + 6));
    let h = Math.max(2, c.bottom - c.top - 6);
    if (shape === "sphere") w = h = Math.min(w, h);
    const x0 = (box.width - w) / 2;
    const y0 = c.top + 3 + (c.bottom - c.top - 6 - h) / 2;
    const round = Math.min(1, w / h);
    const corner = (k: number, side: -1 | 1): [number, number] => [
      x0 + w / 2 + ((side * w) / 2) * profile(k, round),
      y0 + h * (1 - k),
    ];
    /** The corners of what lies below a height. */
    const below = (k: number): number[] => {
      const steps = Math.max(2, Math.ceil(96 * k));
      const out: number[] = [];
      for (let i = 0; i <= steps; i++) out.push(...corner((k * i) / steps, 1));
      for (let i = steps; i >= 0; i--) out.push(...corner((k * i) / steps, -1));
      return out;
    };
    const scale = drawTrack(g, s, { x: x0 + w + 4, y: y0, width: beside, height: h, vertical: true });
    const whole = below(1);
    g.path({ points: whole, closed: true, fill: "surface" });
    const level = g.path({ points: [0, 0, 0, 0], closed: true, fill: "live", visible: false });
    const surface = g.line({ x1: 0, y1: 0, x2: 0, y2: 0, stroke: "live", strokeWidth: 2, visible: false });
    // Without a level nobody may take it for empty.
    const none = g.group({ visible: false });
    for (let k = 0.06; k < 1; k += 0.12) {
      const half = profile(k, round) * (w / 2);
      const y = y0 + h * (1 - k);
      none.line({ x1: x0 + w / 2 - half, y1: y, x2: x0 + w / 2 + half, y2: y, stroke: "line", strokeWidth: 1 });
    }
    g.path({
      // An open basin has no lid.
      points: shape === "open" ? [x0, y0, x0, y0 + h, x0 + w, y0 + h, x0 + w, y0] : whole,
      closed: shape !== "open",
      stroke: "line",
      strokeWidth: 2,
    });
    const marker = Math.max(4, Math.min(9, beside));
    const mark = g.path({
      points: [0, 0, -marker, -marker * 0.7, -marker, marker * 0.7],
      closed: true,
      fill: "text",
      visible: false,
    });
    let now = shown({}, settings, "value");
    let filled = -1;
    return {
      update(values) {
        now = shown(values, settings, "value");
        const n = numeric(now);
        c.show(now);
        none.set({ visible: n === undefined && now.look !== "unset" });
        if (n === undefined) {
          level.set({ visible: false });
          surface.set({ visible: false });
        } else {
          const k = s.at(n);
          const soft = now.look === "uncertain";
          const half = profile(k, round) * (w / 2);
          const y = y0 + h * (1 - k);
          level.set({ visible: k > 0, opacity: soft ? 0.35 : 0.8 });
          if (k > 0 && k !== filled) {
            filled = k;
            level.set({ points: below(k) });
          }
          surface.set({ visible: true, x1: x0 + w / 2 - half, x2: x0 + w / 2 + half, y1: y, y2: y });
        }
        const sp = numeric(shown(values, settings, "setpoint"));
        mark.set(sp === undefined ? { visible: false } : { visible: true, x: x0 + w + 4, y: scale.along(s.at(sp)) });
      },
      ...clickable(env),
      describe: () => sayAnalog(s, env, now, env.actions.includes("click") ? "button" : "img"),
    };
  },
} satisfies DrawingView;
