import { type Path, Readout, size } from "@lineside/scene";
import { symbols } from "../icons.gen";
import { clickable, fixed, numeric, sayAnalog, scaleOf, shown, string } from "../kit";
import type { DrawingView } from "../view";
import { cell, pathOf, placesOf } from "./segments";

/** More places than this cannot be read. */
const most = 16;

/** A number in seven segments. Places stay where they are, so that a figure that changes is seen to change. */
export default {
  build(g, box, settings, env) {
    const s = scaleOf(settings, env);
    const withLabel = settings.showLabel !== false && s.label !== "" && box.height >= 48;
    const small = Math.max(9, Math.min(size.small, box.height * 0.18));
    const top = withLabel ? small * 1.5 : 0;
    if (withLabel) g.text({ x: 0, y: 0, width: box.width, height: top, text: s.label, size: small, color: "muted" });
    const face = { x: 0, y: top, width: box.width, height: Math.max(1, box.height - top) };
    g.rect({ ...face, radius: 4, fill: "surface", stroke: "line" });
    const pad = Math.min(10, face.height * 0.14, face.width * 0.06);
    const unit =
      s.unit === ""
        ? undefined
        : g.text({
            x: 0,
            y: face.y + face.height - pad - small * 1.2,
            height: small * 1.2,
            text: s.unit,
            size: small,
            color: "muted",
          });
    // Room at the right for the unit, and above it for what the quality says.
    const side = Math.max(unit ? unit.textWidth + 6 : 0, Math.min(small * 1.4, face.width * 0.16));
    unit?.set({ x: face.x + face.width - pad - side + 6, visible: side < face.width * 0.4 });
    const plate = {
      x: pad,
      y: face.y + pad,
      width: Math.max(1, face.width - 2 * pad - side),
      height: Math.max(1, face.height - 2 * pad),
    };
    const ends = [s.low, s.high].map((v) => placesOf(fixed(v, s.decimals))?.length ?? 1);
    const wanted = typeof settings.digits === "number" ? settings.digits : Math.max(2, ...ends);
    const least = Math.max(1, Math.min(most, Math.round(wanted) || 1));
    const tone = () => string(settings, "color") || "live";
    const group = g.group();
    const dark: Path[] = [];
    const lit: Path[] = [];
    let count = 0;
    const layout = (n: number) => {
      if (n === count) return;
      count = n;
      group.clear();
      dark.length = lit.length = 0;
      const k = Math.min(plate.width / (n * cell.width), plate.height / cell.height);
      const left = plate.x + plate.width - n * cell.width * k;
      const y = plate.y + (plate.height - cell.height * k) / 2;
      for (let i = 0; i < n; i++) {
        const at = { x: left + i * cell.width * k, y, scale: k, visible: false };
        dark.push(group.path({ ...at, d: pathOf({ character: "8", point: false }), fill: "text", opacity: 0.07 }));
        lit.push(group.path({ ...at, d: "M0 0", fill: tone() }));
      }
    };
    layout(least);
    const readout = new Readout(g, {
      ...plate,
      size: Math.max(9, Math.min(size.title, plate.height * 0.7)),
      align: "end",
    });
    const sign = { x: face.x + face.width - pad - small, y: face.y + pad };
    const query = g.text({ ...sign, height: small * 1.2, text: "?", size: small * 1.1, weight: 700, visible: false });
    const hand = g.path({
      ...sign,
      d: symbols.hand ?? "M0 0",
      scale: small / 24,
      stroke: "text",
      strokeWidth: 2.5,
      visible: false,
    });
    let now = shown({}, settings, "value");
    return {
      update(values) {
        now = shown(values, settings, "value");
        const n = numeric(now);
        const places = n === undefined ? undefined : placesOf(fixed(n, s.decimals));
        const fits = places !== undefined && places.length <= most;
        if (fits) layout(Math.max(least, places.length));
        const first = count - (places?.length ?? 0);
        for (let i = 0; i < count; i++) {
          const p = fits ? places[i - first] : undefined;
          const d = p ? pathOf(p) : "";
          lit[i]?.set({
            visible: d !== "",
            d: d || "M0 0",
            fill: tone(),
            opacity: now.look === "uncertain" ? 0.55 : 1,
          });
          dark[i]?.set({ visible: fits && settings.ghost !== false });
        }
        // What is no number, or has too many places, is written.
        const text = fits ? "" : n !== undefined ? fixed(n, s.decimals) : "";
        readout.set(text, fits ? "good" : now.look === "good" && n === undefined ? "bad" : now.look);
        query.set({ visible: fits && now.look === "uncertain" });
        hand.set({ visible: fits && now.look === "override" });
        unit?.set({ visible: fits && side < face.width * 0.4 });
      },
      ...clickable(env),
      describe: () => sayAnalog(s, env, now, env.actions.includes("click") ? "button" : "img"),
    };
  },
} satisfies DrawingView;
