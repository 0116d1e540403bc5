import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalDistributeCenter,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalDistributeCenter,
  ArrowDown,
  ArrowDownToLine,
  ArrowUp,
  ArrowUpToLine,
  EyeOff,
  Lock,
  type LucideIcon,
} from "lucide-react";
import type { Editor } from "../design/editor";
import {
  type Align,
  align,
  type Box,
  type Direction,
  distribute,
  placeWidgets,
  reorderWidgets,
  setFlag,
} from "../document";
import { type Command, free, type Label, needs, shifted } from "./command";
import { nudgeOnPage, offPage } from "./pageplace";

const selection = (e: Editor) => e.session.getState().selection;

function order(id: string, direction: Direction, label: Label, icon: LucideIcon, keys: string[]): Command {
  return {
    id,
    group: "arrange",
    label,
    icon,
    keys,
    reason: needs(1),
    run: (e) => reorderWidgets(e.doc, e.screen(), selection(e), direction),
  };
}

function aligned(to: Align, label: Label, icon: LucideIcon, key: string): Command {
  return {
    id: `arrange.${to}`,
    group: "arrange",
    label,
    icon,
    keys: [`Alt+${key}`],
    reason: offPage(free(1)),
    run: (e) => {
      const screen = e.record()?.screen;
      // One alone is aligned to the screen.
      const page = screen && { x: 0, y: 0, w: screen.width, h: screen.height };
      const moved = shifted(e, (chosen) => align(chosen, to, chosen.size === 1 ? page : undefined));
      placeWidgets(e.doc, e.screen(), moved, "design:step.align");
    },
  };
}

function distributed(axis: "x" | "y", label: Label, icon: LucideIcon, keys: string[]): Command {
  return {
    id: `arrange.distribute.${axis}`,
    group: "arrange",
    label,
    icon,
    keys,
    reason: offPage(free(3)),
    run: (e) =>
      placeWidgets(
        e.doc,
        e.screen(),
        shifted(e, (chosen) => distribute(chosen, axis)),
        "design:step.distribute",
      ),
  };
}

function nudge(key: string, dx: number, dy: number, label: Label): Command {
  return {
    id: `arrange.${label.en.toLowerCase().replace(/\s+/g, ".")}`,
    group: "arrange",
    label,
    keys: [key],
    reason: free(1),
    run: (e, event) => {
      if (nudgeOnPage(e, dx, dy, event?.repeat === true)) return;
      const moved = shifted(
        e,
        (chosen) => new Map([...chosen].map(([id, b]) => [id, { ...b, x: b.x + dx, y: b.y + dy }])),
      );
      if (moved.size === 0) return;
      // A key that is held is one step; each new press is its own.
      if (!event?.repeat) e.doc.mark();
      placeWidgets(e.doc, e.screen(), moved, "design:step.move", "nudge");
      const first = [...moved.values()][0] as Box;
      e.say("design:say.moved", { x: Math.round(first.x), y: Math.round(first.y) });
    },
  };
}

function flag(name: "locked" | "hidden", id: string, label: Label, icon: LucideIcon, keys: string[]): Command {
  return {
    id,
    group: "arrange",
    label,
    icon,
    keys,
    reason: needs(1),
    run: (e) => {
      const ids = selection(e);
      const on = !ids.every((w) => e.record()?.widgets[w]?.[name]);
      setFlag(e.doc, e.screen(), ids, name, on);
    },
  };
}

export default [
  order("arrange.forward", "forward", { en: "Bring forward", zh: "上移一层" }, ArrowUp, ["Ctrl+]"]),
  order("arrange.backward", "backward", { en: "Send backward", zh: "下移一层" }, ArrowDown, ["Ctrl+["]),
  order("arrange.front", "front", { en: "Bring to front", zh: "置于顶层" }, ArrowUpToLine, ["Ctrl+Shift+]", "]"]),
  order("arrange.back", "back", { en: "Send to back", zh: "置于底层" }, ArrowDownToLine, ["Ctrl+Shift+[", "["]),
  flag("locked", "arrange.lock", { en: "Lock or unlock", zh: "锁定或解锁" }, Lock, ["Ctrl+L", "Ctrl+Shift+L"]),
  flag("hidden", "arrange.hide", { en: "Hide or show", zh: "隐藏或显示" }, EyeOff, ["Ctrl+Shift+H"]),
  aligned("left", { en: "Align left", zh: "左对齐" }, AlignStartVertical, "A"),
  aligned("center", { en: "Align horizontal centres", zh: "水平居中" }, AlignCenterVertical, "H"),
  aligned("right", { en: "Align right", zh: "右对齐" }, AlignEndVertical, "D"),
  aligned("top", { en: "Align top", zh: "顶端对齐" }, AlignStartHorizontal, "W"),
  aligned("middle", { en: "Align vertical centres", zh: "垂直居中" }, AlignCenterHorizontal, "V"),
  aligned("bottom", { en: "Align bottom", zh: "底端对齐" }, AlignEndHorizontal, "S"),
  distributed("x", { en: "Distribute horizontally", zh: "水平等距分布" }, AlignHorizontalDistributeCenter, [
    "Alt+Shift+H",
  ]),
  distributed("y", { en: "Distribute vertically", zh: "垂直等距分布" }, AlignVerticalDistributeCenter, ["Alt+Shift+V"]),
  nudge("ArrowLeft", -1, 0, { en: "Move left", zh: "左移" }),
  nudge("ArrowRight", 1, 0, { en: "Move right", zh: "右移" }),
  nudge("ArrowUp", 0, -1, { en: "Move up", zh: "上移" }),
  nudge("ArrowDown", 0, 1, { en: "Move down", zh: "下移" }),
  nudge("Shift+ArrowLeft", -8, 0, { en: "Move left by 8", zh: "左移 8 像素" }),
  nudge("Shift+ArrowRight", 8, 0, { en: "Move right by 8", zh: "右移 8 像素" }),
  nudge("Shift+ArrowUp", 0, -8, { en: "Move up by 8", zh: "上移 8 像素" }),
  nudge("Shift+ArrowDown", 0, 8, { en: "Move down by 8", zh: "下移 8 像素" }),
] satisfies Command[];
