// A command is one object: menus, toolbar, palette, key sheet and key map all read it.
import type { LucideIcon } from "lucide-react";
import type { Editor } from "../design/editor";
import { type Box, flagged, structureOf, topmost } from "../document";

/** A text in the languages of the pages. */
export interface Label {
  en: string;
  zh: string;
}

/** Where a command stands in the key sheet. */
export type CommandGroup = "file" | "edit" | "draw" | "arrange" | "view";

/** Something an engineer can do. */
export interface Command {
  /** Unique: "edit.undo". */
  id: string;
  group: CommandGroup;
  label: Label;
  icon?: LucideIcon;
  /** Keys like "Ctrl+Shift+Z"; Ctrl is Command on a Mac. The first is shown. */
  keys?: string[];
  /** The browser's own clipboard events do it; the keys are shown only. */
  native?: boolean;
  /** Works while something is typed into a field, too. */
  typing?: boolean;
  /** Undefined when it can be done now, else why not. */
  reason?(e: Editor): Label | undefined;
  run(e: Editor, event?: { repeat: boolean }): void;
}

export const selectFirst: Label = { en: "select something first", zh: "请先选择对象" };

/** The reason of commands that need so many selected widgets. */
export function needs(count: number): (e: Editor) => Label | undefined {
  return (e) => {
    const n = e.session.getState().selection.length;
    if (n >= count) return undefined;
    return count === 1 ? selectFirst : { en: `select at least ${count}`, zh: `请至少选择 ${count} 个对象` };
  };
}

const locked: Label = { en: "it is locked", zh: "对象已锁定" };

/** The reason of commands that change so many selected widgets: they must not be locked. */
export function free(count: number): (e: Editor) => Label | undefined {
  return (e) => {
    const record = e.record();
    const few = needs(count)(e);
    if (few || !record) return few;
    return e.session.getState().selection.every((id) => flagged(record, id, "locked")) ? locked : undefined;
  };
}

/** Boxes that the selected widgets have after what is seen of them was moved: `move` is given and answers level boxes around them. Locked ones stay. */
export function shifted(e: Editor, move: (seen: ReadonlyMap<string, Box>) => Map<string, Box>): Map<string, Box> {
  const record = e.record();
  const out = new Map<string, Box>();
  if (!record) return out;
  const { boxes, extents } = structureOf(record);
  const ids = topmost(record, e.session.getState().selection).filter((id) => !flagged(record, id, "locked"));
  for (const [id, to] of move(new Map(ids.map((id) => [id, extents.get(id) as Box])))) {
    const from = extents.get(id) as Box;
    const b = boxes.get(id) as Box;
    out.set(id, { ...b, x: b.x + to.x - from.x, y: b.y + to.y - from.y });
  }
  return out;
}
