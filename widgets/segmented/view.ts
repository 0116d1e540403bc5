import { size } from "@lineside/scene";
import { choicesOf } from "../choice";
import { type Chosen, choosing, mostDrawn } from "../choosing";
import { InputFrame } from "../inputframe";
import type { DrawingView } from "../view";

const words = { none: { en: "Add choices", zh: "请添加选项" } };

/** A row of choices of which one is: raised, bright and underlined. */
export default {
  build(g, box, settings, env) {
    const choices = choicesOf(settings, env).slice(0, mostDrawn);
    let draw = () => {};
    const frame = new InputFrame(g, box, settings, env, () => draw());
    const down = settings.direction === "vertical";
    const n = Math.max(1, choices.length);
    const w = down ? box.width : box.width / n;
    const h = down ? frame.height / n : frame.height;
    g.rect({ x: 0, y: frame.top, width: box.width, height: frame.height, fill: "surface", stroke: "line", radius: 4 });
    if (choices.length === 0)
      g.text({
        x: 0,
        y: frame.top,
        width: box.width,
        height: frame.height,
        text: words.none[env.lang],
        size: size.small,
        color: "muted",
        align: "center",
      });
    const px = Math.max(9, Math.min(size.body, h * 0.42));
    const cells = choices.map((c, i) => {
      const x = down ? 0 : i * w;
      const y = frame.top + (down ? i * h : 0);
      const ground = g.rect({ x: x + 2, y: y + 2, width: w - 4, height: h - 4, radius: 3, fill: undefined });
      const text = g.text({
        x: x + 4,
        y,
        width: Math.max(1, w - 8),
        height: h,
        text: c.title,
        size: px,
        align: "center",
      });
      const under = g.rect({
        x: x + 8,
        y: y + h - 7,
        width: Math.max(1, w - 16),
        height: 3,
        fill: "text",
        visible: false,
      });
      return { ground, text, under };
    });
    const paint = ({ is, aim, wanted }: Chosen) =>
      cells.forEach(({ ground, text, under }, i) => {
        const on = i === is;
        ground.set({
          fill: on ? "lit" : i === aim ? "equipment" : undefined,
          stroke: i === aim || i === wanted ? "interactive" : on ? "text" : undefined,
          strokeWidth: i === aim || i === wanted ? 3 : 1,
        });
        text.set({
          color: on ? "ink" : frame.free ? "interactive" : "muted",
          weight: on ? 700 : 400,
          text: `${choices[i]?.title ?? ""}${i === wanted ? " …" : ""}`,
        });
        under.set({ visible: on, fill: "ink" });
      });
    const drawn = choosing(
      frame,
      choices,
      (at) => {
        if (at.y < frame.top || at.y > box.height || at.x < 0 || at.x > box.width) return -1;
        return Math.min(n - 1, Math.floor(down ? (at.y - frame.top) / h : at.x / w));
      },
      paint,
    );
    draw = drawn.draw;
    draw();
    return drawn;
  },
} satisfies DrawingView;
