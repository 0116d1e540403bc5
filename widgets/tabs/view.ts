import { size } from "@lineside/scene";
import { clamp, flag, string } from "../kit";
import type { DrawingView, Local, Settings } from "../view";

/** The height of the row of tabs: a finger hits it. */
const head = 44;

const titlesOf = (settings: Settings): string[] => {
  const list = Array.isArray(settings.titles) ? settings.titles.map((t) => (typeof t === "string" ? t : "")) : [];
  return list.length > 0 ? list : [""];
};

const openOf = (settings: Settings, local: Local): number =>
  clamp(typeof local.open === "number" ? local.open : 0, 0, titlesOf(settings).length - 1);

/** Panes behind a row of tabs. Which one is open is a matter of who looks. */
export default {
  live: [],
  panes(box, settings, local) {
    const open = openOf(settings, local);
    return titlesOf(settings).map((_t, i) => ({
      x: 0,
      y: head,
      width: box.width,
      height: Math.max(0, box.height - head),
      open: i === open,
    }));
  },
  build(g, box, settings, env) {
    const titles = titlesOf(settings);
    const open = openOf(settings, env.local);
    const fill = string(settings, "fill");
    const border = flag(settings, "border");
    if (fill !== "") g.rect({ x: 0, y: head, width: box.width, height: Math.max(1, box.height - head), fill });
    // As wide as their texts; all equally narrow where that is too much.
    const wanted = titles.map((t) => Math.max(head, Math.ceil(g.textWidth(t, size.body, 600)) + 32));
    const all = wanted.reduce((a, b) => a + b, 0);
    const widths = all <= box.width ? wanted : titles.map(() => box.width / titles.length);
    const lefts: number[] = [];
    let x = 0;
    titles.forEach((title, i) => {
      const width = widths[i] as number;
      lefts.push(x);
      const on = i === open;
      // What is not painted is a place to press all the same.
      g.rect({ x, y: 0, width, height: head, fill: (on && fill) || "transparent" });
      if (on) {
        g.rect({ x, y: 0, width, height: 3, fill: "interactive" });
        if (border) {
          // The frame goes around the open tab, which is one with its pane.
          const edge = (x: number, y: number, width: number, height: number) => {
            if (width > 0 && height > 0) g.rect({ x, y, width, height, fill: "line" });
          };
          edge(x, 3, 1, head - 3);
          edge(x + width - 1, 3, 1, head - 3);
          edge(0, head - 1, x, 1);
          edge(x + width - 1, head - 1, box.width - x - width + 1, 1);
          edge(0, head, 1, box.height - head);
          edge(box.width - 1, head, 1, box.height - head);
          edge(0, box.height - 1, box.width, 1);
        }
      }
      g.text({
        x: x + 4,
        y: 2,
        width: Math.max(1, width - 8),
        height: head - 3,
        text: title,
        size: size.body,
        weight: on ? 600 : 400,
        color: on ? "text" : "muted",
        align: "center",
      });
      x += width;
    });
    const at = (px: number, py: number): number => {
      if (py < 0 || py >= head) return -1;
      for (let i = lefts.length - 1; i >= 0; i--) {
        const left = lefts[i] as number;
        if (px >= left) return px < left + (widths[i] as number) ? i : -1;
      }
      return -1;
    };
    const show = (i: number) => {
      if (i >= 0 && i < titles.length && i !== open) env.setLocal({ open: i });
    };
    return {
      update: () => {},
      own: true,
      takes: (p) => at(p.x, p.y) >= 0,
      act: (p) => p && show(at(p.x, p.y)),
      peek(p) {
        const i = at(p.x, p.y);
        return i < 0 ? undefined : { open: i };
      },
      key(key) {
        const to = {
          ArrowRight: (open + 1) % titles.length,
          ArrowLeft: (open + titles.length - 1) % titles.length,
          Home: 0,
          End: titles.length - 1,
        }[key];
        if (to === undefined) return false;
        show(to);
        return true;
      },
      describe: () => ({
        role: "tablist",
        label: env.name || env.title,
        items: titles.map((title, i) => ({
          role: "tab",
          label: title || String(i + 1),
          state: { selected: String(i === open) },
          focus: i === open,
          act: () => show(i),
        })),
      }),
    };
  },
} satisfies DrawingView;
