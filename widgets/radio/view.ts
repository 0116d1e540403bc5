import { size } from "@lineside/scene";
import { choicesOf } from "../choice";
import { type Chosen, choosing, mostDrawn } from "../choosing";
import { InputFrame } from "../inputframe";
import type { DrawingView } from "../view";

const words = { none: { en: "Add choices", zh: "请添加选项" } };

/** Choices below each other or in a row, each with a circle; the one that is has a dot. */
export default {
  build(g, box, settings, env) {
    const choices = choicesOf(settings, env).slice(0, mostDrawn);
    let draw = () => {};
    const frame = new InputFrame(g, box, settings, env, () => draw());
    const row = settings.direction === "horizontal";
    const n = Math.max(1, choices.length);
    const w = row ? box.width / n : box.width;
    const h = row ? frame.height : Math.min(56, frame.height / n);
    if (choices.length === 0)
      g.text({
        x: 0,
        y: frame.top,
        width: box.width,
        height: frame.height,
        text: words.none[env.lang],
        size: size.small,
        color: "muted",
      });
    const r = Math.max(3, Math.min(11, h * 0.32, w * 0.3));
    const px = Math.max(9, Math.min(size.body, h * 0.5));
    const lines = choices.map((c, i) => {
      const x = row ? i * w : 0;
      const y = frame.top + (row ? 0 : i * h);
      const ground = g.rect({ x, y: y + 1, width: w, height: Math.max(1, h - 2), radius: 4, fill: undefined });
      const ring = g.ellipse({
        x: x + r + 4,
        y: y + h / 2,
        rx: r,
        fill: "surface",
        stroke: "interactive",
        strokeWidth: 2,
      });
      const dot = g.ellipse({ x: x + r + 4, y: y + h / 2, rx: r * 0.5, fill: "text", visible: false });
      const left = x + 2 * r + 14;
      const text = g.text({
        x: left,
        y,
        width: Math.max(1, x + w - left - 4),
        height: h,
        text: c.title,
        size: px,
      });
      return { ground, ring, dot, text };
    });
    const paint = ({ is, aim, wanted }: Chosen) =>
      lines.forEach(({ ground, ring, dot, text }, i) => {
        ground.set({ fill: i === aim ? "equipment" : undefined, stroke: i === aim ? "interactive" : undefined });
        ring.set({ stroke: frame.free ? "interactive" : "line", strokeWidth: i === wanted ? 4 : 2 });
        dot.set({ visible: i === is });
        text.set({
          weight: i === is ? 700 : 400,
          color: frame.free || i === is ? "text" : "muted",
          text: `${choices[i]?.title ?? ""}${i === wanted ? " …" : ""}`,
        });
      });
    const drawn = choosing(
      frame,
      choices,
      (at) => {
        const i = Math.floor(row ? at.x / w : (at.y - frame.top) / h);
        return at.y < frame.top || at.y > box.height || at.x < 0 || at.x > box.width || i < 0 || i >= n ? -1 : i;
      },
      paint,
    );
    draw = drawn.draw;
    draw();
    return drawn;
  },
} satisfies DrawingView;
