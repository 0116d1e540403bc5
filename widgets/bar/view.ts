import { clickable, flag, numeric, sayAnalog, scaleOf, shown } from "../kit";
import { caption, drawTrack, headline } from "../scale";
import type { DrawingView } from "../view";

/** A bar filled from the low end. The normal band and limits stand beside the fill, so that it never hides them. */
export default {
  live: ["value", "setpoint"],
  build(g, box, settings, env) {
    const s = scaleOf(settings, env);
    const vertical = settings.direction !== "horizontal";
    const c = (vertical ? caption : headline)(g, box, s, flag(settings, "showValue"));
    const room = { x: 0, y: c.top, width: box.width, height: Math.max(4, c.bottom - c.top) };
    const thick = vertical ? Math.min(room.width * 0.5, 56) : Math.max(3, Math.min(room.height * 0.62, 48));
    const beside = Math.max(3, Math.min(10, thick * 0.3));
    const marker = Math.max(5, Math.min(9, thick * 0.3));
    const track = vertical
      ? { x: (room.width - thick - beside) / 2, y: room.y + 2, width: thick, height: room.height - 6, vertical }
      : {
          x: marker,
          y: room.y + marker + Math.max(0, (room.height - marker - thick - beside - 2) / 2),
          width: room.width - marker * 2,
          height: thick,
          vertical,
        };
    const bandBox = vertical
      ? { ...track, x: track.x + thick + 2, width: beside }
      : { ...track, y: track.y + thick + 2, height: beside };
    const scale = drawTrack(g, s, bandBox);
    g.rect({ x: track.x, y: track.y, width: track.width, height: track.height, fill: "surface", stroke: "line" });
    const none = g.rect({
      x: track.x,
      y: track.y,
      width: track.width,
      height: track.height,
      hatch: "line",
      opacity: 0.55,
      visible: false,
    });
    const fill = g.rect({ x: track.x + 1, y: track.y + 1, width: 0, height: 0, fill: "live" });
    const mark = g.path({
      points: vertical
        ? [0, 0, -marker, -marker * 0.7, -marker, marker * 0.7]
        : [0, 0, -marker * 0.7, -marker, marker * 0.7, -marker],
      closed: true,
      fill: "text",
      visible: false,
    });
    let now = shown({}, settings, "value");
    return {
      update(values) {
        now = shown(values, settings, "value");
        const n = numeric(now);
        c.show(now);
        none.set({ visible: now.look === "bad" });
        if (n === undefined) fill.set({ width: 0, height: 0 });
        else {
          const k = s.at(n);
          if (vertical) {
            const h = (track.height - 2) * k;
            fill.set({ y: track.y + 1 + (track.height - 2) - h, width: track.width - 2, height: h });
          } else fill.set({ width: (track.width - 2) * k, height: track.height - 2 });
          fill.set({ opacity: now.look === "uncertain" ? 0.35 : 0.8 });
        }
        const sp = numeric(shown(values, settings, "setpoint"));
        if (sp === undefined) mark.set({ visible: false });
        else {
          const a = scale.along(s.at(sp));
          mark.set(vertical ? { visible: true, x: track.x, y: a } : { visible: true, x: a, y: track.y });
        }
      },
      ...clickable(env),
      describe: () => sayAnalog(s, env, now, env.actions.includes("click") ? "button" : "img"),
    };
  },
} satisfies DrawingView;
