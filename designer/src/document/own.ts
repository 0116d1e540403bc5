// The widget types that an app carries itself. Every function is one step of undo.
import type { ScriptedWidget, Widget } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import { removeWidgets } from "./edit";
import { type AppState, freshId } from "./state";

/** Begins the type of a widget on a screen that is of the app's own. */
export const ownPrefix = "own:";

export const ownType = (id: string): string => ownPrefix + id;

/** The id of the app's own widget type, undefined when the type is of the catalogue. */
export const ownId = (type: string): string | undefined =>
  type.startsWith(ownPrefix) ? type.slice(ownPrefix.length) : undefined;

const listOf = (state: AppState): readonly ScriptedWidget[] => state.app.widgets ?? [];

/** The app's own widget type with an id. */
export const ownOf = (state: AppState, id: string): ScriptedWidget | undefined =>
  listOf(state).find((w) => w.id === id);

/** How many widgets on all screens are of a type. */
export function ownUses(state: AppState, id: string): number {
  const type = ownType(id);
  let count = 0;
  for (const s of Object.values(state.screens)) for (const w of Object.values(s.widgets)) if (w.type === type) count++;
  return count;
}

function put(doc: Document, label: string, list: readonly ScriptedWidget[], merge?: string): void {
  doc.change(
    label,
    (d) => {
      if (list.length > 0) d.app.widgets = list as Draft<ScriptedWidget[]>;
      else delete d.app.widgets;
    },
    { merge },
  );
}

/** Adds a widget type under an id that is free, and answers the id. */
export function addOwn(doc: Document, widget: Omit<ScriptedWidget, "id">, stem: string): string {
  const list = listOf(doc.state);
  const id = freshId(stem, (s) => list.some((w) => w.id === s));
  put(doc, "own:step.add", [...list, { ...widget, id }]);
  return id;
}

/** Changes a widget type; what is undefined is taken out. Changes with the same `merge` are one step. */
export function changeOwn(
  doc: Document,
  id: string,
  change: Partial<Omit<ScriptedWidget, "id">>,
  merge?: string,
): void {
  const next = (w: ScriptedWidget) =>
    Object.fromEntries(
      Object.entries({ ...w, ...change }).filter(([, v]) => v !== undefined),
    ) as unknown as ScriptedWidget;
  put(
    doc,
    "own:step.change",
    listOf(doc.state).map((w) => (w.id === id ? next(w) : w)),
    merge,
  );
}

/** Gives a widget type another id; what is of it on the screens follows. False when the id is taken or none. */
export function renameOwn(doc: Document, id: string, to: string): boolean {
  if (to === id) return true;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(to) || ownOf(doc.state, to) || !ownOf(doc.state, id)) return false;
  return doc.change("own:step.rename", (d) => {
    for (const w of d.app.widgets ?? []) if (w.id === id) w.id = to;
    for (const s of Object.values(d.screens))
      for (const w of Object.values(s.widgets)) if (w.type === ownType(id)) w.type = ownType(to);
  });
}

/** Copies a widget type and answers the id of the copy. */
export function duplicateOwn(doc: Document, id: string): string | undefined {
  const source = ownOf(doc.state, id);
  if (!source) return undefined;
  const { id: _, ...rest } = source;
  return addOwn(doc, rest, id);
}

/** Takes a widget type out, and all widgets of it from the screens. */
export function removeOwn(doc: Document, id: string): void {
  const type = ownType(id);
  const label = "own:step.remove";
  doc.begin(label);
  for (const [screen, { order, widgets }] of Object.entries(doc.state.screens))
    removeWidgets(
      doc,
      screen,
      order.filter((w) => widgets[w]?.type === type),
      label,
    );
  put(
    doc,
    label,
    listOf(doc.state).filter((w) => w.id !== id),
  );
  doc.commit();
}

/** The types of the app's own that widgets are of: what must go with them to another app. */
export function carriedOwn(list: readonly ScriptedWidget[] | undefined, widgets: readonly Widget[]): ScriptedWidget[] {
  const wanted = new Set(widgets.map((w) => w.type));
  return (list ?? []).filter((w) => wanted.has(ownType(w.id)));
}

/** Takes widget types that came with widgets into the document; answers under which type each is kept. */
export function takeOwn(doc: Document, carried: readonly ScriptedWidget[]): Map<string, string> {
  const list = [...listOf(doc.state)];
  const before = list.length;
  const types = new Map<string, string>();
  for (const widget of carried) {
    const present = list.find((w) => w.id === widget.id);
    const same = present && JSON.stringify(present) === JSON.stringify(widget);
    const id = present && !same ? freshId(widget.id, (s) => list.some((w) => w.id === s)) : widget.id;
    if (!same) list.push({ ...widget, id });
    types.set(ownType(widget.id), ownType(id));
  }
  if (list.length > before) put(doc, "own:step.add", list);
  return types;
}
