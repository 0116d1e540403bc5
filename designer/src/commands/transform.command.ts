import {
  FlipHorizontal2,
  FlipVertical2,
  LayoutGrid,
  type LucideIcon,
  MoveHorizontal,
  MoveVertical,
  RotateCcw,
  RotateCw,
  Scaling,
} from "lucide-react";
import type { Editor } from "../design/editor";
import {
  angleOf,
  type Box,
  equalSize,
  flagged,
  flipWidgets,
  placeWidgets,
  rotateWidgets,
  structureOf,
  tidy,
  topmost,
} from "../document";
import { type Command, free, type Label, shifted } from "./command";

const selection = (e: Editor) => e.session.getState().selection;

function rotated(id: string, by: number, label: Label, icon: LucideIcon, key: string): Command {
  return {
    id,
    group: "arrange",
    label,
    icon,
    keys: [key],
    reason: free(1),
    run: (e) => {
      rotateWidgets(e.doc, e.screen(), selection(e), by);
      const record = e.record();
      const [first] = selection(e);
      if (!record || first === undefined) return;
      if (selection(e).length > 1) e.say("canvas:say.rotatedBy", { degrees: by });
      else e.say("canvas:say.rotated", { degrees: angleOf(record, first) });
    },
  };
}

function flipped(id: string, axis: "x" | "y", label: Label, icon: LucideIcon, key: string): Command {
  return {
    id,
    group: "arrange",
    label,
    icon,
    keys: [key],
    reason: free(1),
    run: (e) => flipWidgets(e.doc, e.screen(), selection(e), axis),
  };
}

function equal(id: string, sides: "w" | "h" | "both", label: Label, icon: LucideIcon): Command {
  return {
    id,
    group: "arrange",
    label,
    icon,
    reason: free(2),
    run: (e) => {
      const record = e.record();
      if (!record) return;
      const { boxes, turns } = structureOf(record);
      const tops = new Set(topmost(record, selection(e)));
      // The one that was selected first is the measure, locked or not.
      const chosen = new Map(selection(e).flatMap((w) => (tops.has(w) ? [[w, boxes.get(w) as Box]] : [])));
      const all = equalSize(chosen, sides, (w) => turns.get(w)?.angle ?? 0);
      for (const w of all.keys()) if (flagged(record, w, "locked")) all.delete(w);
      placeWidgets(e.doc, e.screen(), all, "canvas:step.sameSize");
    },
  };
}

export default [
  rotated("arrange.rotate.right", 90, { en: "Rotate 90° right", zh: "顺时针旋转 90°" }, RotateCw, "Alt+R"),
  rotated("arrange.rotate.left", -90, { en: "Rotate 90° left", zh: "逆时针旋转 90°" }, RotateCcw, "Alt+Shift+R"),
  flipped("arrange.flip.x", "x", { en: "Flip horizontally", zh: "水平翻转" }, FlipHorizontal2, "Shift+H"),
  flipped("arrange.flip.y", "y", { en: "Flip vertically", zh: "垂直翻转" }, FlipVertical2, "Shift+V"),
  equal("arrange.size.w", "w", { en: "Equal width", zh: "等宽" }, MoveHorizontal),
  equal("arrange.size.h", "h", { en: "Equal height", zh: "等高" }, MoveVertical),
  equal("arrange.size", "both", { en: "Equal size", zh: "等大小" }, Scaling),
  {
    id: "arrange.tidy",
    group: "arrange",
    label: { en: "Tidy up into rows and columns", zh: "整理成行列" },
    icon: LayoutGrid,
    keys: ["Alt+Shift+T"],
    reason: free(2),
    run: (e) => {
      const { gridSize } = e.session.getState();
      placeWidgets(
        e.doc,
        e.screen(),
        shifted(e, (chosen) => tidy(chosen, 2 * gridSize)),
        "canvas:step.tidy",
      );
    },
  },
] satisfies Command[];
