// Does the fixes that the check offers. They name places of the document that was checked; it may have gone on since.
import type { PatchOp } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import type { AppState, ScreenRecord } from "./state";

/** A place in a record: the app, a screen or a widget of it; the path is within the record. */
export interface RecordPlace {
  screen?: string;
  widget?: string;
  path: readonly string[];
}

/** What a fix changes, for a text: a place with what is there and what will be. */
export interface FixChange extends RecordPlace {
  before: unknown;
  after: unknown;
  /** The widget is moved in the drawing order; there are no values. */
  order?: boolean;
}

/** One edit of a record. */
type Edit =
  | { do: "set"; place: RecordPlace; value: unknown }
  | { do: "remove"; place: RecordPlace }
  | { do: "order"; screen: string; widget: string; after: string | undefined };

/** Takes a JSON pointer apart. */
function tokens(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((t) => t.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The record that a JSON pointer is in, with the ids that its numbers stood for in `checked`; undefined when there is none. */
export function placeOfPointer(checked: AppState, pointer: string): RecordPlace | undefined {
  const parts = tokens(pointer);
  if (parts[0] !== "screens") return { path: parts };
  const screen = checked.order[Number(parts[1])];
  const record = screen === undefined ? undefined : checked.screens[screen];
  if (screen === undefined || !record) return undefined;
  if (parts[2] !== "widgets") return { screen, path: parts.slice(2) };
  const widget = record.order[Number(parts[3])];
  return widget === undefined ? undefined : { screen, widget, path: parts.slice(4) };
}

/** The record of a place. */
function recordOf(state: AppState, place: RecordPlace): unknown {
  if (place.screen === undefined) return state.app;
  const screen = state.screens[place.screen];
  return place.widget === undefined ? screen?.screen : screen?.widgets[place.widget];
}

function valueAt(record: unknown, path: readonly string[]): unknown {
  let at = record;
  for (const key of path) at = (at as Record<string, unknown> | undefined | null)?.[key];
  return at;
}

/** The edits of a patch; undefined when one of them cannot be done here. */
function editsOf(checked: AppState, patch: readonly PatchOp[]): Edit[] | undefined {
  const edits: Edit[] = [];
  for (const op of patch) {
    if (op.op === "move") {
      const from = placeOfPointer(checked, op.from ?? "");
      const to = tokens(op.path);
      const order = from?.screen === undefined ? undefined : checked.screens[from.screen]?.order;
      if (!from?.screen || !from.widget || from.path.length > 0 || !order || to.length !== 4) return undefined;
      const after = order.filter((id) => id !== from.widget)[Number(to[3]) - 1];
      edits.push({ do: "order", screen: from.screen, widget: from.widget, after });
      continue;
    }
    const place = placeOfPointer(checked, op.path);
    // A whole record is no property of one.
    if (!place || place.path.length === 0 || recordOf(checked, place) === undefined) return undefined;
    if (op.op === "remove") edits.push({ do: "remove", place });
    else edits.push({ do: "set", place, value: op.value });
  }
  return edits;
}

/** Whether nobody has touched since what an edit is about. In a list the whole list counts: its numbers may have shifted. */
function untouched(checked: AppState, now: AppState, edit: Edit): boolean {
  if (edit.do === "order") return now.screens[edit.screen]?.widgets[edit.widget] !== undefined;
  const record = recordOf(now, edit.place);
  if (record === undefined) return false;
  const was = recordOf(checked, edit.place);
  const { path } = edit.place;
  const list = path.findIndex((_, i) => Array.isArray(valueAt(was, path.slice(0, i))));
  const watched = list < 0 ? path : path.slice(0, list);
  return JSON.stringify(valueAt(was, watched)) === JSON.stringify(valueAt(record, watched));
}

/** Whether a fix can still be done. */
export function fixable(checked: AppState, now: AppState, patch: readonly PatchOp[]): boolean {
  const edits = editsOf(checked, patch);
  return !!edits && edits.length > 0 && edits.every((e) => untouched(checked, now, e));
}

/** What a fix changes; empty when it cannot be done. */
export function fixChanges(checked: AppState, patch: readonly PatchOp[]): FixChange[] {
  return (editsOf(checked, patch) ?? []).map((e) => {
    if (e.do === "order")
      return { screen: e.screen, widget: e.widget, path: [], before: undefined, after: undefined, order: true };
    const before = valueAt(recordOf(checked, e.place), e.place.path);
    return { ...e.place, before, after: e.do === "set" ? e.value : undefined };
  });
}

/** Does fixes as one step of undo and answers how many; what was changed since the check is left alone. */
export function applyFixes(
  doc: Document,
  checked: AppState,
  patches: readonly (readonly PatchOp[])[],
  label = "check:step.fix",
): number {
  let done = 0;
  doc.change(label, (d) => {
    for (const patch of patches) {
      const edits = editsOf(checked, patch);
      if (!edits?.every((e) => untouched(checked, d as AppState, e))) continue;
      for (const edit of edits) apply(d, edit);
      done++;
    }
  });
  return done;
}

function apply(d: Draft<AppState>, edit: Edit): void {
  if (edit.do === "order") {
    const s = d.screens[edit.screen] as Draft<ScreenRecord>;
    const rest = s.order.filter((id) => id !== edit.widget);
    const at = edit.after === undefined ? 0 : rest.includes(edit.after) ? rest.indexOf(edit.after) + 1 : rest.length;
    s.order = [...rest.slice(0, at), edit.widget, ...rest.slice(at)];
    return;
  }
  const { path } = edit.place;
  const holder = valueAt(recordOf(d as AppState, edit.place), path.slice(0, -1)) as Record<string, unknown> | unknown[];
  const key = path.at(-1) as string;
  if (Array.isArray(holder)) {
    const i = key === "-" ? holder.length : Number(key);
    if (edit.do === "remove") holder.splice(i, 1);
    else holder[i] = edit.value;
  } else if (edit.do === "remove") delete holder[key];
  else holder[key] = edit.value;
}
