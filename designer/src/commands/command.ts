// A command is one object: menus, toolbar, palette, key sheet and key map all read it.
import type { LucideIcon } from "lucide-react";
import type { Editor } from "../design/editor";

/** A text in the languages of the pages. */
export interface Label {
  en: string;
  zh: string;
}

/** Where a command stands in the key sheet. */
export type CommandGroup = "file" | "edit" | "arrange" | "view";

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
