// What events of widgets and screens do, and the variables of screens. Every function is one step of undo.
import type { Action, Variable } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import { same } from "./edit";

/** Sets what an event of a screen does; an empty list takes it out. */
export function setScreenActions(doc: Document, screenId: string, event: string, actions: readonly Action[]): void {
  doc.change("design:step.action", (d) => {
    const s = d.screens[screenId]?.screen;
    if (!s || same(s.on?.[event] ?? [], actions)) return;
    if (actions.length > 0) s.on = { ...s.on, [event]: actions as Draft<Action[]> };
    else if (s.on) {
      delete s.on[event];
      if (Object.keys(s.on).length === 0) delete s.on;
    }
  });
}

/** Gives the actions of an event of a screen to another event, such as another key. */
export function moveScreenActions(doc: Document, screenId: string, from: string, to: string): void {
  doc.change("design:step.action", (d) => {
    const s = d.screens[screenId]?.screen;
    const actions = s?.on?.[from];
    if (!s?.on || !actions || from === to || s.on[to]) return;
    s.on = Object.fromEntries(Object.entries(s.on).map(([event, list]) => [event === from ? to : event, list]));
  });
}

/** Sets the variables of a screen; an empty list takes them out. */
export function setVariables(doc: Document, screenId: string, variables: readonly Variable[]): void {
  doc.change("actions:stepVariables", (d) => {
    const s = d.screens[screenId]?.screen;
    if (!s || same(s.variables ?? [], variables)) return;
    if (variables.length > 0) s.variables = variables as Draft<Variable[]>;
    else delete s.variables;
  });
}
