import { size } from "@lineside/scene";
import { flag, number, string } from "../kit";
import type { DrawingView, Local, Settings } from "../view";

/** The height of the title: a finger hits it when it folds the card. */
const head = 44;

const hasHead = (settings: Settings): boolean => string(settings, "title") !== "" || flag(settings, "fold");

const foldedOf = (settings: Settings, local: Local): boolean =>
  flag(settings, "fold") && (typeof local.folded === "boolean" ? local.folded : flag(settings, "folded"));

/** A surface with a title; folded, only the title is seen. */
export default {
  live: [],
  panes(box, settings, local) {
    const pad = Math.min(number(settings, "padding") ?? 0, box.width / 2, box.height / 2);
    const top = hasHead(settings) ? head : pad;
    return [
      {
        x: pad,
        y: top,
        width: Math.max(0, box.width - 2 * pad),
        height: Math.max(0, box.height - top - pad),
        open: !foldedOf(settings, local),
      },
    ];
  },
  build(g, box, settings, env) {
    const title = string(settings, "title");
    const fold = flag(settings, "fold");
    const folded = foldedOf(settings, env.local);
    const height = folded ? Math.min(head, box.height) : box.height;
    const fill = string(settings, "fill");
    const border = flag(settings, "border");
    if (fill !== "" || border)
      g.rect({
        x: 0,
        y: 0,
        width: box.width,
        height,
        radius: 4,
        fill: fill || undefined,
        stroke: border ? "line" : undefined,
      });
    const left = fold ? 40 : 16;
    if (title !== "")
      g.text({
        x: left,
        y: 0,
        width: Math.max(1, box.width - left - 12),
        height: head,
        text: title,
        size: size.body,
        weight: 600,
      });
    if (!fold) {
      return {
        update: () => {},
        ...(title === "" ? {} : { describe: () => ({ role: "heading", label: title, state: { level: "3" } }) }),
      };
    }
    const mid = head / 2;
    g.path({
      d: folded ? `M 18 ${mid - 6} L 24 ${mid} L 18 ${mid + 6}` : `M 15 ${mid - 3} L 21 ${mid + 3} L 27 ${mid - 3}`,
      stroke: "interactive",
      strokeWidth: 2,
    });
    // Not seen, but the place to press.
    g.rect({ x: 0, y: 0, width: box.width, height: head, fill: "transparent" });
    return {
      update: () => {},
      own: true,
      takes: (p) => p.y < head,
      act: () => env.setLocal({ folded: !folded }),
      describe: () => ({
        role: "button",
        label: title || env.name || env.title,
        state: { expanded: String(!folded) },
      }),
    };
  },
} satisfies DrawingView;
