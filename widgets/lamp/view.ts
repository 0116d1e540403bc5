import { Readout, size } from "@lineside/scene";
import { clickable, labelOf, lookText, onOff, shown, string, truth } from "../kit";
import type { DrawingView } from "../view";

/** On is bright with a thick ring, off is dark: told apart without colour, and by the text beside it. */
export default {
  build(g, box, settings, env) {
    const square = settings.shape === "square";
    const wide = box.width >= box.height * 1.6 && settings.showText !== false;
    const d = Math.max(8, Math.min(box.height - 4, wide ? 40 : box.width - 4));
    const label = labelOf(settings, env);
    const cy = box.height / 2;
    const x0 = wide ? 2 : (box.width - d) / 2;
    const shape = { x: x0, y: cy - d / 2, width: d, height: d, radius: square ? Math.min(3, d / 6) : d / 2 };
    const body = g.rect({ ...shape, fill: "unlit", stroke: "text", strokeWidth: 2 });
    const cross = g.path({
      points: [x0 + d * 0.28, cy + d * 0.22, x0 + d * 0.72, cy - d * 0.22],
      stroke: "line",
      strokeWidth: Math.max(2, d * 0.08),
      visible: false,
    });
    const query = g.text({
      x: x0,
      y: shape.y,
      width: d,
      height: d,
      text: "?",
      size: d * 0.7,
      weight: 700,
      color: "text",
      align: "center",
      visible: false,
    });
    const left = x0 + d + 8;
    const right = box.width - left;
    const px = Math.max(9, Math.min(size.body, box.height * 0.5));
    const two = wide && label !== "" && box.height >= 40;
    let words: Readout | undefined;
    if (wide) {
      if (two)
        g.text({
          x: left,
          y: cy - px * 1.3,
          width: right,
          height: px * 1.3,
          text: label,
          size: Math.min(size.small, px),
          color: "muted",
        });
      let width = right;
      let x = left;
      if (!two && label !== "") {
        const l = g.text({
          x: left,
          y: 0,
          width: right * 0.6,
          height: box.height,
          text: label,
          size: Math.min(size.small, px),
          color: "muted",
        });
        x += l.textWidth + 8;
        width -= l.textWidth + 8;
      }
      words = new Readout(g, {
        x,
        y: two ? cy : 0,
        width,
        height: two ? px * 1.3 : box.height,
        size: px,
        align: "start",
        color: "text",
      });
    }
    let now = shown({}, settings, "value");
    const text = () => {
      const on = truth(now);
      return on === undefined ? "" : string(settings, on ? "onText" : "offText") || onOff(on, env.lang);
    };
    return {
      update(values) {
        now = shown(values, settings, "value");
        const on = truth(now);
        body.set({
          fill: on === undefined ? "ground" : on ? "lit" : "unlit",
          stroke: on === undefined ? "line" : "text",
          strokeWidth: on ? Math.max(3, d * 0.12) : 2,
        });
        cross.set({ visible: now.look === "bad" });
        query.set({ visible: now.look === "uncertain" && !words, color: on ? "text" : "lit" });
        words?.set(text(), now.look);
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
