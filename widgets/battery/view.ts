import { Readout, size } from "@lineside/scene";
import { clickable, fixed, flag, labelOf, lookText, number, numeric, rangeOf, shown, truth } from "../kit";
import type { DrawingView } from "../view";

const words = { charging: { en: "charging", zh: "充电中" } };

/** A battery on its side. A charge below the low limit has a bar across, so that it is not told by length alone. */
export default {
  live: ["value", "charging"],
  build(g, box, settings, env) {
    const { low, high } = rangeOf(settings);
    const limit = number(settings, "limitLow");
    const label = labelOf(settings, env);
    const decimals = number(settings, "decimals") ?? 0;
    const withText = flag(settings, "showValue") && box.width >= 72;
    const px = Math.max(9, Math.min(size.small, box.height * 0.3));
    const head = label !== "" && box.height >= 48 ? px * 1.5 : 0;
    if (head > 0) g.text({ x: 0, y: 0, width: box.width, height: head, text: label, size: px, color: "muted" });
    const h = Math.max(6, Math.min(box.height - head - 2, 44));
    const w = Math.max(10, withText ? Math.min(box.width * 0.5, h * 2) : Math.min(box.width - 2, h * 2.2));
    const y = head + (box.height - head - h) / 2;
    const pole = Math.max(2, w * 0.06);
    const bodyWidth = w - pole;
    const rim = Math.max(2, Math.min(4, h * 0.1));
    g.rect({ x: 1, y, width: bodyWidth, height: h, radius: rim, fill: "surface", stroke: "text", strokeWidth: 2 });
    g.rect({ x: 1 + bodyWidth, y: y + h * 0.3, width: pole, height: h * 0.4, fill: "text" });
    const inner = { x: 1 + rim + 1, y: y + rim + 1, width: bodyWidth - 2 * rim - 2, height: h - 2 * rim - 2 };
    const fill = g.rect({ ...inner, width: 0, fill: "live" });
    const none = g.rect({ ...inner, hatch: "line", opacity: 0.55, visible: false });
    const bar = g.path({
      points: [inner.x, y - 1, inner.x + inner.width, y + h + 1],
      stroke: "text",
      strokeWidth: 2,
      visible: false,
    });
    const bolt = h * 0.8;
    const flash = g.path({
      points: [0.12, -0.5, -0.3, 0.08, -0.02, 0.08, -0.12, 0.5, 0.3, -0.1, 0.02, -0.1].map((v) => v * bolt),
      closed: true,
      x: 1 + bodyWidth / 2,
      y: y + h / 2,
      fill: "surface",
      stroke: "text",
      strokeWidth: 1.5,
      visible: false,
    });
    const readout = withText
      ? new Readout(g, {
          x: w + 8,
          y: head,
          width: Math.max(0, box.width - w - 8),
          height: box.height - head,
          size: Math.max(10, Math.min(size.large, h * 0.6)),
          align: "start",
        })
      : undefined;
    let now = shown({}, settings, "value");
    let charging: boolean | undefined;
    const text = () => {
      const n = numeric(now);
      return n === undefined ? "" : `${fixed((100 * (n - low)) / (high - low), decimals)} %`;
    };
    return {
      update(values) {
        now = shown(values, settings, "value");
        charging = truth(shown(values, settings, "charging"));
        const n = numeric(now);
        none.set({ visible: n === undefined && now.look !== "unset" });
        const k = n === undefined ? 0 : Math.max(0, Math.min(1, (n - low) / (high - low)));
        fill.set({ width: inner.width * k, opacity: now.look === "uncertain" ? 0.35 : 0.8 });
        bar.set({ visible: n !== undefined && limit !== undefined && n < limit });
        flash.set({ visible: charging === true });
        readout?.set(text(), now.look);
      },
      ...clickable(env),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "img",
        label: label || env.name,
        value: [text(), charging ? words.charging[env.lang] : "", lookText(now.look, env.lang)]
          .filter(Boolean)
          .join(" "),
      }),
    };
  },
} satisfies DrawingView;
