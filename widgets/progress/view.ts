import { Readout, size } from "@lineside/scene";
import { clickable, fixed, flag, labelOf, lookText, number, numeric, rangeOf, shown } from "../kit";
import type { DrawingView } from "../view";

/** How much is done, in per cent of the range. */
export default {
  live: ["value"],
  build(g, box, settings, env) {
    const { low, high } = rangeOf(settings);
    const label = labelOf(settings, env);
    const decimals = number(settings, "decimals") ?? 0;
    const withValue = flag(settings, "showValue");
    let now = shown({}, settings, "value");
    const share = () => {
      const n = numeric(now);
      return n === undefined ? undefined : (n - low) / (high - low);
    };
    const text = () => {
      const k = share();
      return k === undefined ? "" : `${fixed(100 * k, decimals)} %`;
    };
    const draw = settings.shape === "ring" ? ring() : bar();

    function bar() {
      const line = (withValue || label !== "") && box.height >= 32 ? Math.min(22, box.height * 0.5) : 0;
      const px = Math.max(9, Math.min(size.small, line * 0.68));
      let readout: Readout | undefined;
      if (line > 0) {
        const half = withValue ? box.width * 0.6 : box.width;
        g.text({ x: 0, y: 0, width: half - 8, height: line, text: label, size: px, color: "muted" });
        if (withValue)
          readout = new Readout(g, {
            x: half,
            y: 0,
            width: box.width - half,
            height: line,
            size: px + 1,
            align: "end",
          });
      }
      const h = Math.max(4, Math.min(16, box.height - line - 4));
      const y = line + (box.height - line - h) / 2;
      g.rect({ x: 0, y, width: box.width, height: h, radius: h / 2, fill: "surface", stroke: "line" });
      const none = g.rect({
        x: 1,
        y: y + 1,
        width: Math.max(0, box.width - 2),
        height: h - 2,
        hatch: "line",
        opacity: 0.55,
      });
      const fill = g.rect({ x: 1, y: y + 1, width: 0, height: h - 2, radius: (h - 2) / 2, fill: "live" });
      return (k: number | undefined) => {
        none.set({ visible: k === undefined && now.look !== "unset" });
        fill.set({
          width: k === undefined ? 0 : Math.max(0, box.width - 2) * Math.max(0, Math.min(1, k)),
          opacity: now.look === "uncertain" ? 0.35 : 0.8,
        });
        readout?.set(text(), now.look);
      };
    }

    function ring() {
      const px = Math.max(9, Math.min(size.small, box.height * 0.12));
      const foot = label !== "" && box.height >= 72 ? px * 1.5 : 0;
      const r = Math.max(3, Math.min(box.width, box.height - foot) / 2 - 2);
      const thick = Math.max(3, r * 0.18);
      const at = { x: box.width / 2, y: (box.height - foot) / 2, rx: r - thick / 2 };
      g.ellipse({ ...at, stroke: "line", strokeWidth: thick + 2 });
      g.ellipse({ ...at, stroke: "surface", strokeWidth: thick });
      const none = g.ellipse({ ...at, stroke: "equipment", strokeWidth: thick, visible: false });
      const arc = g.ellipse({ ...at, start: -90, end: -90, stroke: "live", strokeWidth: thick, visible: false });
      if (foot > 0)
        g.text({
          x: 0,
          y: box.height - foot,
          width: box.width,
          height: foot,
          text: label,
          size: px,
          color: "muted",
          align: "center",
        });
      const type = Math.max(9, Math.min(size.title, r * 0.48));
      const readout =
        withValue && r >= 20
          ? new Readout(g, {
              x: at.x - r + thick + 2,
              y: at.y - type * 0.75,
              width: 2 * (r - thick - 2),
              height: type * 1.5,
              size: type,
              align: "center",
            })
          : undefined;
      return (k: number | undefined) => {
        none.set({ visible: k === undefined && now.look !== "unset" });
        const end = k === undefined ? 0 : Math.max(0, Math.min(1, k));
        arc.set({ visible: end > 0, end: -90 + 360 * end, opacity: now.look === "uncertain" ? 0.35 : 0.9 });
        readout?.set(text(), now.look);
      };
    }

    return {
      update(values) {
        now = shown(values, settings, "value");
        draw(share());
      },
      ...clickable(env),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "progressbar",
        label: label || env.name,
        value: [text(), lookText(now.look, env.lang)].filter(Boolean).join(" "),
      }),
    };
  },
} satisfies DrawingView;
