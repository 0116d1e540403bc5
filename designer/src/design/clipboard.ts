// The clipboard of the editor: the system's by copy and paste events, which work without a secure address, too.
import { type Clip, clipBox, copy, paste, readClip, removeWidgets } from "../document";
import { keep, kept } from "./clips";
import type { Editor } from "./editor";
import { importFiles, pastedFiles } from "./importing";

/** Where widgets are pasted: beside those they are copies of, at the very place, or at the pointer. */
export type PasteAt = "beside" | "place" | "pointer";

function clipOf(e: Editor): string | undefined {
  const record = e.record();
  const { selection } = e.session.getState();
  return record && selection.length > 0
    ? JSON.stringify(copy(record, selection, e.doc.state.app), undefined, 1)
    : undefined;
}

/** Copies the selection from a menu: to the system's clipboard if the browser lets it, and for this page in any case. */
export function copyText(e: Editor): void {
  const text = clipOf(e);
  if (text === undefined) return;
  keep("widgets", text);
  void navigator.clipboard?.writeText(text).catch(() => {});
}

/** Pastes from a menu. */
export async function pasteClipboard(e: Editor, at: PasteAt = "beside"): Promise<void> {
  const pointer = at === "pointer" ? e.board?.pointer : undefined;
  let text = kept("widgets");
  try {
    text = (await navigator.clipboard?.readText()) || text;
  } catch {
    // Not allowed: what a window of this server copied stands in.
  }
  if (text) pasteText(e, text, at, pointer);
}

/** Pastes a text if it is widgets. Where they came from is taken: they are put beside; out of sight: in the middle. */
export function pasteText(
  e: Editor,
  text: string,
  at: PasteAt = "beside",
  pointer: { x: number; y: number } | undefined = e.board?.pointer,
): boolean {
  const clip = readClip(text);
  const box = clip && clipBox(clip);
  const record = e.record();
  if (!clip || !box || !record) return false;
  const { gridSize } = e.session.getState();
  const [dx, dy] =
    at === "place"
      ? [0, 0]
      : at === "pointer" && pointer
        ? [to(pointer.x - box.w / 2, gridSize) - box.x, to(pointer.y - box.h / 2, gridSize) - box.y]
        : offset(e, clip, box);
  const ids = paste(e.doc, e.screen(), clip, dx, dy);
  e.session.setState({ selection: ids, scope: "" });
  e.doc.settle();
  e.say("design:say.pasted", { count: ids.length });
  return true;
}

const to = (at: number, step: number) => Math.round(at / step) * step;

function offset(e: Editor, clip: Clip, box: { x: number; y: number; w: number; h: number }): [number, number] {
  const seen = e.board?.seen();
  const widgets = Object.values(e.record()?.widgets ?? {});
  let dx = 0;
  let dy = 0;
  if (
    seen &&
    (box.x + box.w < seen.x || box.y + box.h < seen.y || box.x > seen.x + seen.w || box.y > seen.y + seen.h)
  ) {
    dx = Math.round((seen.x + seen.w / 2 - box.w / 2 - box.x) / 8) * 8;
    dy = Math.round((seen.y + seen.h / 2 - box.h / 2 - box.y) / 8) * 8;
  }
  const first = clip.widgets.find((w) => !w.parent);
  const taken = () => first && widgets.some((w) => !w.parent && w.x === first.x + dx && w.y === first.y + dy);
  while (taken()) {
    dx += 16;
    dy += 16;
  }
  return [dx, dy];
}

/** Whether something is being typed into, where the browser's own clipboard works. */
export function typing(target: EventTarget | null): boolean {
  const el = target as HTMLElement | null;
  return !!el?.closest?.(
    "input:not([type=checkbox]):not([type=color]):not([type=file]), textarea, select, [contenteditable=true], .cm-host",
  );
}

/** Listens to copy, cut and paste of the page. */
export function listenClipboard(e: Editor): () => void {
  const busy = (event: ClipboardEvent) =>
    typing(event.target) ||
    e.ui.getState().dialog !== undefined ||
    e.ui.getState().preview ||
    !!window.getSelection()?.toString();
  const onCopy = (event: ClipboardEvent) => {
    const text = busy(event) ? undefined : clipOf(e);
    if (text === undefined || !event.clipboardData) return;
    keep("widgets", text);
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
    if (event.type === "cut") removeWidgets(e.doc, e.screen(), e.session.getState().selection, "design:step.cut");
  };
  // The event of pasting does not say whether Shift was held; the key before it does.
  let shift = false;
  const onKey = (event: KeyboardEvent) => {
    shift = event.shiftKey;
  };
  const onPaste = (event: ClipboardEvent) => {
    if (busy(event)) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const files = pastedFiles(event.clipboardData, text);
    if (files.length > 0) {
      event.preventDefault();
      const seen = e.board?.seen();
      void importFiles(e, files, seen ? { x: seen.x + seen.w / 2, y: seen.y + seen.h / 2 } : { x: 0, y: 0 });
      return;
    }
    if (pasteText(e, text, shift ? "place" : "beside")) event.preventDefault();
  };
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("keyup", onKey, true);
  document.addEventListener("copy", onCopy);
  document.addEventListener("cut", onCopy);
  document.addEventListener("paste", onPaste);
  return () => {
    window.removeEventListener("keydown", onKey, true);
    window.removeEventListener("keyup", onKey, true);
    document.removeEventListener("copy", onCopy);
    document.removeEventListener("cut", onCopy);
    document.removeEventListener("paste", onPaste);
  };
}
