// Widgets in panes, and the panes of a widget whose panes are a list. Every function is one step of undo.
import type { Widget } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import { parentOf, structureOf, withDescendants } from "./layout";

/** Says which pane of their parent widgets are in. */
export function setPane(doc: Document, screenId: string, ids: Iterable<string>, pane: number): void {
  const list = [...ids];
  doc.change("page:step.pane", (d) => {
    for (const id of list) {
      const w = d.screens[screenId]?.widgets[id];
      if (!w || (w.pane ?? 0) === pane) continue;
      if (pane > 0) w.pane = pane;
      else delete w.pane;
    }
  });
}

/** How the panes of a widget become others: how many there were, their titles, and for each where it was before; -1 is new. */
export interface PaneChange {
  count: number;
  titles: readonly string[];
  from: readonly number[];
}

/** Changes the panes of a widget. What was in a pane goes with it, what was in one that is gone goes too. */
export function setPanes(
  doc: Document,
  screenId: string,
  id: string,
  prop: string,
  change: PaneChange,
  label: string,
): void {
  const screen = doc.state.screens[screenId];
  if (!screen?.widgets[id]) return;
  const inside = structureOf(screen).children.get(id) ?? [];
  const to = (child: string): number =>
    change.from.indexOf(Math.min((screen.widgets[child] as Widget).pane ?? 0, Math.max(1, change.count) - 1));
  const gone = new Set(
    withDescendants(
      screen,
      inside.filter((c) => to(c) < 0),
    ),
  );
  doc.change(label, (d) => {
    const s = d.screens[screenId];
    const w = s?.widgets[id] as Draft<Widget> | undefined;
    if (!s || !w) return;
    const titles = [...change.titles];
    if (JSON.stringify(w.props?.[prop]) !== JSON.stringify(titles)) w.props = { ...w.props, [prop]: titles };
    for (const child of inside) {
      if (gone.has(child)) continue;
      const c = s.widgets[child] as Draft<Widget>;
      const pane = to(child);
      if ((c.pane ?? 0) === pane) continue;
      if (pane > 0) c.pane = pane;
      else delete c.pane;
    }
    if (gone.size === 0) return;
    for (const g of gone) delete s.widgets[g];
    s.order = s.order.filter((o) => !gone.has(o));
  });
}

/** The widgets that lie in a pane of a widget. */
export function inPane(doc: Document, screenId: string, id: string, pane: number): string[] {
  const screen = doc.state.screens[screenId];
  if (!screen) return [];
  return (structureOf(screen).children.get(id) ?? []).filter((c) => {
    const w = screen.widgets[c] as Widget;
    return parentOf(screen, w) === id && (w.pane ?? 0) === pane;
  });
}
