// What can be done to the screens of an app and to the app itself. Every function is one step of undo.
import type { App, Screen } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import { forgetScreen } from "./navigation";
import { reconcile } from "./reconcile";
import { type AppState, freshId, fromApp, type ScreenRecord } from "./state";

/** Adds an empty screen behind the others and answers its id. */
export function addScreen(
  doc: Document,
  name: Record<string, string>,
  size: { width: number; height: number },
): string {
  const id = freshId("screen", (s) => s in doc.state.screens);
  doc.change("design:step.addScreen", (d) => {
    d.screens[id] = { screen: { id, name, ...size }, order: [], widgets: {} };
    d.order = [...d.order, id];
  });
  return id;
}

/** Copies a screen with all that is on it and answers the id of the copy. */
export function duplicateScreen(doc: Document, from: string, name: Record<string, string>): string | undefined {
  const source = doc.state.screens[from];
  if (!source) return undefined;
  const id = freshId(from, (s) => s in doc.state.screens);
  doc.change("design:step.duplicateScreen", (d) => {
    d.screens[id] = { ...source, screen: { ...source.screen, id, name } } as Draft<ScreenRecord>;
    d.order = d.order.flatMap((s) => (s === from ? [s, id] : [s]));
  });
  return id;
}

/** Takes a screen out; the last one stays. If it was the start screen, the first becomes it. */
export function removeScreen(doc: Document, id: string): boolean {
  if (!doc.state.screens[id] || doc.state.order.length < 2) return false;
  return doc.change("design:step.deleteScreen", (d) => {
    delete d.screens[id];
    d.order = d.order.filter((s) => s !== id);
    if (d.app.start === id) delete d.app.start;
    forgetScreen(d.app, id);
  });
}

/** Sets properties of a screen; undefined takes an optional one out. */
export function setScreen(
  doc: Document,
  id: string,
  change: Partial<Omit<Screen, "id" | "widgets">>,
  merge?: string,
): void {
  doc.change(
    "design:step.screen",
    (d) => {
      const s = d.screens[id]?.screen as Record<string, unknown> | undefined;
      if (s) assign(s, change);
    },
    { merge },
  );
}

/** Moves a screen to a place in the list, from 0. */
export function moveScreen(doc: Document, id: string, to: number): void {
  const rest = doc.state.order.filter((s) => s !== id);
  if (rest.length === doc.state.order.length) return;
  const order = [...rest.slice(0, to), id, ...rest.slice(to)];
  if (order.every((s, i) => s === doc.state.order[i])) return;
  doc.change("design:step.orderScreens", (d) => {
    d.order = order;
  });
}

/** Sets properties of the app; undefined takes an optional one out. */
export function setApp(doc: Document, change: Partial<Omit<App, "screens">>): void {
  doc.change("design:step.app", (d) => assign(d.app as Record<string, unknown>, change));
}

/** Puts a whole document in place of the present one, as one step that touches only what differs. */
export function replaceApp(doc: Document, app: App, label = "design:step.json"): boolean {
  const next = fromApp(app);
  return doc.change(label, (d) => reconcile(d as Draft<AppState>, next));
}

function assign(target: Record<string, unknown>, change: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined) delete target[key];
    else if (JSON.stringify(target[key]) !== JSON.stringify(value)) target[key] = value;
  }
}
