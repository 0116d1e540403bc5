import { Eraser, ImagePlus } from "lucide-react";
import { importable, importFiles } from "../design/importing";
import { removeUnusedDrawings, unusedDrawings } from "../document";
import type { Command } from "./command";

export default [
  {
    id: "edit.importFile",
    group: "edit",
    label: { en: "Insert a picture or SVG…", zh: "插入图片或 SVG…" },
    icon: ImagePlus,
    keys: ["Ctrl+Shift+K"],
    run: (e) => {
      const picker = document.createElement("input");
      picker.type = "file";
      picker.multiple = true;
      picker.accept = importable;
      picker.onchange = () => {
        const seen = e.board?.seen();
        const middle = seen ? { x: seen.x + seen.w / 2, y: seen.y + seen.h / 2 } : { x: 0, y: 0 };
        void importFiles(e, [...(picker.files ?? [])], middle);
      };
      picker.click();
    },
  },
  {
    id: "edit.cleanDrawings",
    group: "edit",
    label: { en: "Remove drawings that nothing shows", zh: "删除未使用的图形" },
    icon: Eraser,
    reason: (e) =>
      unusedDrawings(e.doc.state).length > 0
        ? undefined
        : { en: "every drawing is shown somewhere", zh: "所有图形都在使用" },
    run: (e) => e.say("drawing:cleaned", { count: removeUnusedDrawings(e.doc) }),
  },
] satisfies Command[];
