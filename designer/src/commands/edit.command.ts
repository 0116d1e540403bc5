import {
  ClipboardPaste,
  Copy,
  CopyPlus,
  Group,
  Redo2,
  Scissors,
  SquareMousePointer,
  Trash2,
  Undo2,
  Ungroup,
} from "lucide-react";
import { copyText, pasteClipboard } from "../design/clipboard";
import type { Editor } from "../design/editor";
import {
  clipBox,
  copy,
  duplicateWidgets,
  flagged,
  groupType,
  groupWidgets,
  removeWidgets,
  same,
  structureOf,
  ungroupWidgets,
} from "../document";
import { type Command, needs } from "./command";

const selection = (e: Editor) => e.session.getState().selection;

/** What a group command leaves selected, as the end of its step. */
function settle(e: Editor, ids: readonly string[]): void {
  e.session.setState({ selection: ids });
  e.doc.settle();
}

export default [
  {
    id: "edit.undo",
    group: "edit",
    label: { en: "Undo", zh: "撤销" },
    icon: Undo2,
    keys: ["Ctrl+Z"],
    reason: (e) => (e.doc.undoStep ? undefined : { en: "nothing to undo", zh: "没有可撤销的操作" }),
    run: (e) => void e.doc.undo(),
  },
  {
    id: "edit.redo",
    group: "edit",
    label: { en: "Redo", zh: "重做" },
    icon: Redo2,
    keys: ["Ctrl+Shift+Z", "Ctrl+Y"],
    reason: (e) => (e.doc.redoStep ? undefined : { en: "nothing to redo", zh: "没有可重做的操作" }),
    run: (e) => void e.doc.redo(),
  },
  {
    id: "edit.cut",
    group: "edit",
    label: { en: "Cut", zh: "剪切" },
    icon: Scissors,
    keys: ["Ctrl+X"],
    native: true,
    reason: needs(1),
    run: (e) => {
      copyText(e);
      removeWidgets(e.doc, e.screen(), selection(e), "design:step.cut");
    },
  },
  {
    id: "edit.copy",
    group: "edit",
    label: { en: "Copy", zh: "复制" },
    icon: Copy,
    keys: ["Ctrl+C"],
    native: true,
    reason: needs(1),
    run: (e) => copyText(e),
  },
  {
    id: "edit.paste",
    group: "edit",
    label: { en: "Paste", zh: "粘贴" },
    icon: ClipboardPaste,
    keys: ["Ctrl+V"],
    native: true,
    run: (e) => void pasteClipboard(e),
  },
  {
    id: "edit.pasteInPlace",
    group: "edit",
    label: { en: "Paste in place", zh: "原位粘贴" },
    icon: ClipboardPaste,
    keys: ["Ctrl+Shift+V"],
    native: true,
    run: (e) => void pasteClipboard(e, "place"),
  },
  {
    id: "edit.pasteHere",
    group: "edit",
    label: { en: "Paste at the pointer", zh: "粘贴到指针处" },
    icon: ClipboardPaste,
    reason: (e) => (e.board?.pointer ? undefined : { en: "point at the canvas first", zh: "请先指向画布" }),
    run: (e) => void pasteClipboard(e, "pointer"),
  },
  {
    id: "edit.duplicate",
    group: "edit",
    label: { en: "Duplicate", zh: "创建副本" },
    icon: CopyPlus,
    keys: ["Ctrl+D"],
    reason: needs(1),
    run: (e) => {
      const record = e.record();
      const clip = record && copy(record, selection(e));
      const from = clip && clipBox(clip);
      if (!clip || !from) return;
      // A copy that was moved says where the next one goes.
      const { copied } = e.session.getState();
      const again = copied && copied.ids.length > 0 && same(copied.ids, selection(e));
      const [dx, dy] = again ? [from.x - copied.x, from.y - copied.y] : [16, 16];
      const ids = duplicateWidgets(e.doc, e.screen(), selection(e), dx || 0, dy || 0);
      settle(e, ids);
      e.session.setState({ copied: { ids, x: from.x, y: from.y } });
    },
  },
  {
    id: "edit.delete",
    group: "edit",
    label: { en: "Delete", zh: "删除" },
    icon: Trash2,
    keys: ["Delete", "Backspace"],
    reason: (e) => {
      const none = needs(1)(e);
      const record = e.record();
      if (none || !record) return none;
      return selection(e).every((id) => flagged(record, id, "locked"))
        ? { en: "it is locked", zh: "对象已锁定" }
        : undefined;
    },
    run: (e) => {
      const record = e.record();
      if (!record) return;
      const free = selection(e).filter((id) => !flagged(record, id, "locked"));
      removeWidgets(e.doc, e.screen(), free);
      e.say("design:say.deleted", { count: free.length });
    },
  },
  {
    id: "edit.selectAll",
    group: "edit",
    label: { en: "Select all", zh: "全选" },
    icon: SquareMousePointer,
    keys: ["Ctrl+A"],
    run: (e) => {
      const record = e.record();
      if (!record) return;
      const { scope } = e.session.getState();
      const all = (structureOf(record).children.get(scope) ?? []).filter(
        (id) => !flagged(record, id, "locked") && !flagged(record, id, "hidden"),
      );
      e.session.setState({ selection: all });
      e.say("design:say.selected", { count: all.length });
    },
  },
  {
    id: "edit.group",
    group: "edit",
    label: { en: "Group", zh: "组合" },
    icon: Group,
    keys: ["Ctrl+G"],
    reason: needs(1),
    run: (e) => {
      const id = groupWidgets(e.doc, e.screen(), selection(e));
      if (id) settle(e, [id]);
    },
  },
  {
    id: "edit.ungroup",
    group: "edit",
    label: { en: "Ungroup", zh: "取消组合" },
    icon: Ungroup,
    keys: ["Ctrl+Shift+G"],
    reason: (e) =>
      selection(e).some((id) => e.record()?.widgets[id]?.type === groupType)
        ? undefined
        : { en: "select a group", zh: "请选择一个组合" },
    run: (e) => settle(e, ungroupWidgets(e.doc, e.screen(), selection(e))),
  },
] satisfies Command[];
