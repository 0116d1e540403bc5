import { clamp, flag, number, string } from "../kit";
import type { DrawingView, Local, Settings } from "../view";

/** The divider: as wide as a finger needs, seen as a line. */
const grip = 24;
const bar = 4;

const vertical = (settings: Settings): boolean => settings.direction === "vertical";

/** Where the divider was drawn, and where it stands now, in percent. */
const placeOf = (settings: Settings, local: Local): { drawn: number; now: number } => {
  const drawn = clamp(number(settings, "position") ?? 50, 10, 90);
  const now = typeof local.position === "number" ? clamp(local.position, 10, 90) : drawn;
  return { drawn, now: flag(settings, "movable") ? now : drawn };
};

/** Two panes with a divider that can be dragged. What lies in the second moves with it. */
export default {
  live: [],
  panes(box, settings, local) {
    const down = vertical(settings);
    const { drawn, now } = placeOf(settings, local);
    const length = down ? box.height : box.width;
    const at = Math.round((length * now) / 100);
    const moved = at - Math.round((length * drawn) / 100);
    const first = Math.max(0, at - bar / 2);
    const second = Math.max(0, length - at - bar / 2);
    return down
      ? [
          { x: 0, y: 0, width: box.width, height: first, open: true },
          { x: 0, y: at + bar / 2, width: box.width, height: second, open: true, dy: moved },
        ]
      : [
          { x: 0, y: 0, width: first, height: box.height, open: true },
          { x: at + bar / 2, y: 0, width: second, height: box.height, open: true, dx: moved },
        ];
  },
  build(g, box, settings, env) {
    const down = vertical(settings);
    const { now } = placeOf(settings, env.local);
    const movable = flag(settings, "movable");
    const length = down ? box.height : box.width;
    const at = Math.round((length * now) / 100);
    const fill = string(settings, "fill");
    const border = flag(settings, "border");
    if (fill !== "" || border)
      g.rect({ x: 0, y: 0, ...box, fill: fill || undefined, stroke: border ? "line" : undefined });
    const line = { from: at - bar / 2, middle: (down ? box.width : box.height) / 2 };
    g.rect(
      down
        ? { x: 0, y: line.from, width: box.width, height: bar, fill: "line" }
        : { x: line.from, y: 0, width: bar, height: box.height, fill: "line" },
    );
    if (movable) {
      // The handle, and around it the invisible place where it is gripped.
      const long = Math.min(48, (down ? box.width : box.height) / 2);
      g.rect(
        down
          ? { x: line.middle - long / 2, y: at - 4, width: long, height: 8, fill: "muted", radius: 4 }
          : { x: at - 4, y: line.middle - long / 2, width: 8, height: long, fill: "muted", radius: 4 },
      );
      g.rect(
        down
          ? { x: 0, y: at - grip / 2, width: box.width, height: grip, fill: "transparent" }
          : { x: at - grip / 2, y: 0, width: grip, height: box.height, fill: "transparent" },
      );
    }
    if (!movable) return () => {};
    const move = (percent: number) => {
      const to = Math.round(clamp(percent, 10, 90) * 10) / 10;
      if (to !== now) env.setLocal({ position: to }, true);
    };
    return {
      update: () => {},
      own: true,
      cursor: down ? "row-resize" : "col-resize",
      takes: (p) => Math.abs((down ? p.y : p.x) - at) <= grip / 2,
      act: () => {},
      drag: (p) => move(((down ? p.y : p.x) / Math.max(1, length)) * 100),
      key(key) {
        const step = { ArrowLeft: -2, ArrowUp: -2, ArrowRight: 2, ArrowDown: 2, PageUp: -10, PageDown: 10 }[key];
        if (step === undefined && key !== "Home" && key !== "End") return false;
        move(step === undefined ? (key === "Home" ? 10 : 90) : now + step);
        return true;
      },
      describe: () => ({
        role: "separator",
        label: env.name || env.title,
        state: {
          valuenow: String(Math.round(now)),
          valuemin: "10",
          valuemax: "90",
          orientation: down ? "horizontal" : "vertical",
        },
        focus: true,
      }),
    };
  },
} satisfies DrawingView;
