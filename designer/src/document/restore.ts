// What differs between the draft and another version of the app, and how the draft takes a part of it back. Every restore is one step of undo.
import type { App, Widget } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import { placeWidgets } from "./edit";
import { ancestors, isPlainGroup, parentOf, structureOf, withDescendants } from "./layout";
import { replaceApp } from "./screens";
import { type AppState, canonical, type ScreenRecord } from "./state";

/** How a widget or screen of the draft stands to the other version. */
export type Difference = "added" | "removed" | "changed";

/** The differences of one screen. `self` is that of the screen as a whole: its properties and its drawing order. */
export interface ScreenDifference {
  id: string;
  kind: Difference | undefined;
  self: boolean;
  /** Widgets that differ, in the drawing order of the draft, then those that are gone. */
  widgets: ReadonlyMap<string, Difference>;
}

/** Without what says nothing: the server leaves it out, the editor may not have. */
function bare(value: object): string {
  const said = Object.entries(value).filter(
    ([, v]) =>
      v !== undefined && v !== false && v !== "" && !(typeof v === "object" && v && Object.keys(v).length === 0),
  );
  return JSON.stringify(canonical(Object.fromEntries(said)));
}

const same = (a: object, b: object) => a === b || bare(a) === bare(b);

/** Compares every screen of the draft with the other version; screens without differences are listed too. */
export function differences(before: AppState, draft: AppState): ScreenDifference[] {
  const gone = before.order.filter((id) => !draft.screens[id]);
  return [...draft.order, ...gone].map((id) => differenceOf(id, before.screens[id], draft.screens[id]));
}

function differenceOf(id: string, old: ScreenRecord | undefined, now: ScreenRecord | undefined): ScreenDifference {
  const widgets = new Map<string, Difference>();
  for (const w of now?.order ?? []) {
    const was = old?.widgets[w];
    if (!was) widgets.set(w, "added");
    else if (!same(was, now?.widgets[w] as Widget)) widgets.set(w, "changed");
  }
  for (const w of old?.order ?? []) if (!now?.widgets[w]) widgets.set(w, "removed");
  if (!old || !now) return { id, kind: old ? "removed" : "added", self: true, widgets };
  const kept = (list: readonly string[], other: ScreenRecord) => list.filter((w) => other.widgets[w]).join("\n");
  const self = !same(old.screen, now.screen) || kept(old.order, now) !== kept(now.order, old);
  return { id, kind: self || widgets.size > 0 ? "changed" : undefined, self, widgets };
}

/** The id of the new neighbour before which something goes: the place it has in `from`, among what is in `into`. */
function placeIn(into: readonly string[], from: readonly string[], id: string): number {
  for (let i = from.indexOf(id) - 1; i >= 0; i--) {
    const at = into.indexOf(from[i] as string);
    if (at >= 0) return at + 1;
  }
  return 0;
}

/** Puts another version in place of the whole draft. */
export function restoreApp(doc: Document, app: App, label = "history:step.app"): boolean {
  return replaceApp(doc, app, label);
}

/** Takes one screen as it was; a screen that is gone comes back at its place. */
export function restoreScreen(doc: Document, before: AppState, id: string): boolean {
  const old = before.screens[id];
  if (!old) return false;
  return doc.change("history:step.screen", (d) => {
    d.screens[id] = old as Draft<ScreenRecord>;
    if (!d.order.includes(id)) d.order.splice(placeIn(d.order, before.order, id), 0, id);
  });
}

/**
 * Takes one widget as it was, with what was in it. One that is gone comes back at its place in
 * the drawing order; if its group is gone it stands on the screen where it was seen.
 */
export function restoreWidget(doc: Document, before: AppState, screen: string, id: string): boolean {
  const old = before.screens[screen];
  const now = doc.state.screens[screen];
  if (!old?.widgets[id] || !now) return false;
  const ids = withDescendants(old, [id]);
  const back = new Set(ids);
  const label = "history:step.widget";
  doc.begin(label);
  const changed = doc.change(label, (d) => {
    const s = d.screens[screen];
    if (!s) return;
    for (const w of ids) {
      s.widgets[w] = old.widgets[w] as Draft<Widget>;
      if (!s.order.includes(w)) s.order.splice(placeIn(s.order, old.order, w), 0, w);
    }
    const parent = old.widgets[id]?.parent;
    // A group that is gone, or that is in the widget itself by now, cannot take it back.
    if (parent && (!now.widgets[parent] || [parent, ...ancestors(now, parent)].some((a) => back.has(a)))) {
      const box = structureOf(old).boxes.get(id);
      const { parent: _, ...free } = old.widgets[id] as Widget;
      s.widgets[id] = { ...free, ...(box ? { x: box.x, y: box.y } : {}) } as Draft<Widget>;
    }
  });
  // A plain group closes around what came back into it.
  const after = doc.state.screens[screen] as ScreenRecord;
  const box = structureOf(after).boxes.get(id);
  if (box && isPlainGroup(after.widgets[parentOf(after, after.widgets[id] as Widget)]))
    placeWidgets(doc, screen, new Map([[id, box]]), label);
  doc.commit();
  return changed;
}
