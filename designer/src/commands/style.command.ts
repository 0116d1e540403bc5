import type { Widget } from "@lineside/client";
import { ClipboardPen, Link2, PaintbrushVertical, Unlink2 } from "lucide-react";
import { keep, keptBindings, keptStyle } from "../design/clips";
import type { Editor } from "../design/editor";
import {
  type BindingsClip,
  copyBindings,
  copyStyle,
  hasBindings,
  pasteOnto,
  type StyleClip,
  takesClip,
} from "../document";
import { type Command, type Label, needs } from "./command";

const chosen = (e: Editor): Widget[] => e.session.getState().selection.flatMap((id) => e.record()?.widgets[id] ?? []);

/** The reason of copying from the selection: there must be one widget. */
function one(e: Editor): Label | undefined {
  const n = chosen(e).length;
  return n === 1 ? undefined : n === 0 ? needs(1)(e) : { en: "select one only", zh: "请只选择一个对象" };
}

/** The reason of pasting onto the selection. */
function onto(clip: () => StyleClip | BindingsClip | undefined, none: Label): (e: Editor) => Label | undefined {
  return (e) => {
    const few = needs(1)(e);
    if (few) return few;
    const now = clip();
    if (!now) return none;
    return takesClip(chosen(e), now, e.manifests)
      ? undefined
      : { en: "the selection has nothing of it, or has it already", zh: "所选对象不支持，或已相同" };
  };
}

function put(e: Editor, clip: StyleClip | BindingsClip | undefined): void {
  if (!clip) return;
  const ids = chosen(e).map((w) => w.id);
  e.say("canvas:say.pastedOnto", { count: pasteOnto(e.doc, e.screen(), ids, clip, e.manifests) });
}

export default [
  {
    id: "edit.copyStyle",
    group: "edit",
    label: { en: "Copy style", zh: "复制样式" },
    icon: PaintbrushVertical,
    keys: ["Ctrl+Alt+C"],
    reason: (e) =>
      one(e) ??
      (e.manifests.has(chosen(e)[0]?.type ?? "") ? undefined : { en: "its type is unknown", zh: "控件类型未知" }),
    run: (e) => {
      const [w] = chosen(e);
      const manifest = w && e.manifests.get(w.type);
      if (!w || !manifest) return;
      keep("style", JSON.stringify(copyStyle(w, manifest)));
      e.say("canvas:say.copiedStyle");
    },
  },
  {
    id: "edit.pasteStyle",
    group: "edit",
    label: { en: "Paste style", zh: "粘贴样式" },
    icon: ClipboardPen,
    keys: ["Ctrl+Alt+V"],
    reason: onto(keptStyle, { en: "copy a style first", zh: "请先复制样式" }),
    run: (e) => put(e, keptStyle()),
  },
  {
    id: "edit.copyBindings",
    group: "edit",
    label: { en: "Copy bindings", zh: "复制绑定" },
    icon: Link2,
    keys: ["Ctrl+Alt+Shift+C"],
    reason: (e) =>
      one(e) ??
      (hasBindings(copyBindings(chosen(e)[0] as Widget))
        ? undefined
        : { en: "it has no bindings, animations or actions", zh: "没有绑定、动画或动作" }),
    run: (e) => {
      const [w] = chosen(e);
      if (!w) return;
      keep("bindings", JSON.stringify(copyBindings(w)));
      e.say("canvas:say.copiedBindings");
    },
  },
  {
    id: "edit.pasteBindings",
    group: "edit",
    label: { en: "Paste bindings", zh: "粘贴绑定" },
    icon: Unlink2,
    keys: ["Ctrl+Alt+Shift+V"],
    reason: onto(keptBindings, { en: "copy bindings first", zh: "请先复制绑定" }),
    run: (e) => put(e, keptBindings()),
  },
] satisfies Command[];
