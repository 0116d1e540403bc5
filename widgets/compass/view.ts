import { Readout, size } from "@lineside/scene";
import { clamp, clickable, fixed, flag, labelOf, lookText, number, numeric, shown } from "../kit";
import type { DrawingView, Lang } from "../view";

const winds: Record<Lang, readonly string[]> = {
  en: ["N", "NE", "E", "SE", "S", "SW", "W", "NW"],
  zh: ["北", "东北", "东", "东南", "南", "西南", "西", "西北"],
};

/** 0 up to 360 for any number of degrees. */
export const bearing = (degrees: number): number => ((degrees % 360) + 360) % 360;

/** The nearest of the eight winds. */
export const windOf = (degrees: number, lang: Lang): string =>
  winds[lang][Math.round(bearing(degrees) / 45) % 8] as string;

/** A dial with north above, and an arrow. */
export default {
  live: ["value"],
  build(g, box, settings, env) {
    const label = labelOf(settings, env);
    const decimals = number(settings, "decimals") ?? 0;
    const px = Math.max(9, Math.min(size.small, box.height * 0.1));
    const head = label !== "" && box.height >= 96 ? px * 1.5 : 0;
    const foot = flag(settings, "showValue") && box.height >= 72 ? px * 1.8 : 0;
    const r = Math.max(2, Math.min(box.width, box.height - head - foot) / 2 - 2);
    const cx = box.width / 2;
    const cy = head + (box.height - head - foot) / 2;
    if (head > 0)
      g.text({ x: 0, y: 0, width: box.width, height: head, text: label, size: px, color: "muted", align: "center" });
    g.ellipse({ x: cx, y: cy, rx: r, fill: "surface", stroke: "line", strokeWidth: 2 });
    const letter = Math.max(8, Math.min(14, r * 0.2));
    for (let a = 0; a < 360; a += 15) {
      const t = ((a - 90) * Math.PI) / 180;
      const main = a % 90 === 0;
      if (r < 24 && !main) continue;
      const from = r * (main ? 0.86 : a % 45 === 0 ? 0.9 : 0.94);
      g.path({
        points: [cx + Math.cos(t) * from, cy + Math.sin(t) * from, cx + Math.cos(t) * r, cy + Math.sin(t) * r],
        stroke: "line",
        strokeWidth: main ? 2 : 1,
      });
      if (main && r >= 40)
        g.text({
          x: cx + Math.cos(t) * r * 0.7 - 16,
          y: cy + Math.sin(t) * r * 0.7 - letter * 0.7,
          width: 32,
          height: letter * 1.4,
          text: windOf(a, env.lang),
          size: letter,
          weight: a === 0 ? 700 : 400,
          color: a === 0 ? "text" : "muted",
          align: "center",
        });
    }
    const n = r * 0.52;
    const arrow = g.path({
      points: [0, -n, n * 0.34, n * 0.7, 0, n * 0.42, -n * 0.34, n * 0.7],
      closed: true,
      x: cx,
      y: cy,
      fill: "live",
      stroke: "live",
      strokeWidth: 2,
      visible: false,
    });
    const none = g.path({
      points: [cx - n * 0.5, cy, cx + n * 0.5, cy],
      stroke: "line",
      strokeWidth: 3,
      visible: false,
    });
    const readout =
      foot > 0
        ? new Readout(g, {
            x: 0,
            y: box.height - foot,
            width: box.width,
            height: foot,
            size: Math.min(size.body * 1.2, foot * 0.75),
            align: "center",
          })
        : undefined;
    let now = shown({}, settings, "value");
    const text = () => {
      const v = numeric(now);
      if (v === undefined) return "";
      // 359.96 with one decimal is 0.0, not 360.0.
      const whole = bearing(Number(bearing(v).toFixed(clamp(Math.round(decimals), 0, 10))));
      return `${fixed(whole, decimals)}° ${windOf(whole, env.lang)}`;
    };
    return {
      update(values) {
        now = shown(values, settings, "value");
        const v = numeric(now);
        const soft = now.look === "uncertain";
        none.set({ visible: v === undefined && now.look !== "unset" });
        if (v === undefined) arrow.set({ visible: false });
        else
          arrow.set({
            visible: true,
            rotate: bearing(v + (settings.meaning === "from" ? 180 : 0)),
            fill: soft ? "surface" : "live",
          });
        readout?.set(text(), now.look);
      },
      ...clickable(env),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "img",
        label: label || env.name,
        value: [text(), lookText(now.look, env.lang)].filter(Boolean).join(" "),
      }),
    };
  },
} satisfies DrawingView;
