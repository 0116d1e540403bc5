// Puts a merged document in order: every parent is there, no group is in itself, nothing points at what is gone.
import type { Action, Widget } from "@lineside/client";
import { isPlainGroup, structureOf } from "./layout";
import type { Clash, Side } from "./merge";
import { type AppState, freshId, type ScreenRecord } from "./state";

/** New ids by the old ones: of screens, and of widgets by the id that their screen had. */
export interface Renamed {
  screens: Record<string, string>;
  widgets: Record<string, Record<string, string>>;
}

/** Gives records their new ids, and follows them wherever they are named. */
export function renameRecords(state: AppState, renamed: Renamed): AppState {
  const { widgets } = renamed;
  const names = besides(renamed.screens, state.screens);
  if (Object.keys(names).length === 0 && Object.keys(widgets).length === 0) return state;
  const screens: Record<string, ScreenRecord> = {};
  for (const [id, record] of Object.entries(state.screens)) {
    const now = names[id] ?? id;
    let next = renameWidgets(record, widgets[id] ?? {});
    if (Object.keys(names).length > 0) next = renameActions(next, names);
    screens[now] = now === id ? next : { ...next, screen: { ...next.screen, id: now } };
  }
  const { start } = state.app;
  const app = start && names[start] ? { ...state.app, start: names[start] } : state.app;
  return { app: renameEntries(app, names), order: state.order.map((id) => names[id] ?? id), screens };
}

/** With a new name also for what already has one of the new names: it was there before, and is gone now. */
function besides(names: Record<string, string>, there: Readonly<Record<string, unknown>>): Record<string, string> {
  const out = { ...names };
  for (const name of Object.values(names))
    if (there[name] && !out[name]) {
      const given = new Set(Object.values(out));
      out[name] = freshId(name, (s) => s in there || given.has(s));
    }
  return out;
}

function renameWidgets(record: ScreenRecord, renamed: Record<string, string>): ScreenRecord {
  if (Object.keys(renamed).length === 0) return record;
  const names = besides(renamed, record.widgets);
  const widgets: Record<string, Widget> = {};
  for (const [id, w] of Object.entries(record.widgets)) {
    let next = names[id] ? { ...w, id: names[id] } : w;
    if (w.parent && names[w.parent]) next = { ...next, parent: names[w.parent] };
    for (const end of ["from", "to"] as const) {
      const joint = w[end];
      if (joint && names[joint.widget]) next = { ...next, [end]: { ...joint, widget: names[joint.widget] } };
    }
    widgets[next.id] = next;
  }
  return { ...record, order: record.order.map((id) => names[id] ?? id), widgets };
}

function renameActions(record: ScreenRecord, names: Record<string, string>): ScreenRecord {
  const follow = (on: Record<string, Action[]> | undefined) =>
    on &&
    Object.fromEntries(
      Object.entries(on).map(([event, list]) => [
        event,
        list.map((a) => (a.screen && names[a.screen] ? { ...a, screen: names[a.screen] as string } : a)),
      ]),
    );
  const widgets = Object.fromEntries(
    Object.entries(record.widgets).map(([id, w]) => [id, w.on ? { ...w, on: follow(w.on) as Widget["on"] } : w]),
  );
  const { screen } = record;
  return { ...record, screen: screen.on ? { ...screen, on: follow(screen.on) as Widget["on"] } : screen, widgets };
}

function renameEntries(app: AppState["app"], names: Record<string, string>): AppState["app"] {
  if (!app.navigation || Object.keys(names).length === 0) return app;
  type Items = NonNullable<NonNullable<typeof app.navigation>["items"]>;
  const follow = (items: Items): Items =>
    items.map((i) => ({
      ...i,
      ...(i.screen && names[i.screen] ? { screen: names[i.screen] } : {}),
      ...(i.items ? { items: follow(i.items) } : {}),
    }));
  const { items, starts } = app.navigation;
  return {
    ...app,
    navigation: {
      ...app.navigation,
      ...(items ? { items: follow(items) } : {}),
      ...(starts ? { starts: Object.fromEntries(Object.entries(starts).map(([r, s]) => [r, names[s] ?? s])) } : {}),
    },
  };
}

/** Puts the merged document in order. What both cannot have is a clash of places. */
export function settle(
  state: AppState,
  mine: AppState,
  theirs: AppState,
  clash: (found: Omit<Clash, "key">) => Side,
): AppState {
  let { app, order, screens } = state;
  if (order.length === 0) {
    // Each took out the screens that the other had left: an app has one at least.
    order = mine.order;
    screens = mine.screens;
  }
  const settled: Record<string, ScreenRecord> = {};
  for (const id of order) {
    const record = screens[id] as ScreenRecord;
    const [own, other] = [mine.screens[id], theirs.screens[id]];
    // What is as one of the two had it is in order.
    settled[id] = record === own || record === other ? record : settleScreen(id, record, own, other, clash);
  }
  if (app.start && !settled[app.start]) {
    const { start: _, ...rest } = app;
    app = rest as AppState["app"];
  }
  return { app, order, screens: settled };
}

function settleScreen(
  id: string,
  record: ScreenRecord,
  mine: ScreenRecord | undefined,
  theirs: ScreenRecord | undefined,
  clash: (found: Omit<Clash, "key">) => Side,
): ScreenRecord {
  const widgets: Record<string, Widget> = { ...record.widgets };
  circles(id, widgets, mine, theirs, clash);
  for (const [w, widget] of Object.entries(widgets)) {
    let next = widget;
    if (widget.parent && !widgets[widget.parent]) {
      // Its group is gone: it stays where it was seen.
      const from = [theirs, mine].find((s) => s?.widgets[w]?.parent === widget.parent);
      const box = from && structureOf(from).boxes.get(w);
      const { parent: _, pane: __, ...free } = widget;
      next = { ...free, ...(box ? { x: box.x, y: box.y } : {}) };
    }
    for (const end of ["from", "to"] as const)
      if (next[end] && !widgets[next[end].widget]) {
        const { [end]: _, ...loose } = next;
        next = loose as Widget;
      }
    widgets[w] = next;
  }
  // A plain group that each took a part out of is left empty.
  const filled = (w: string) => [mine, theirs].some((s) => s?.order.some((id) => s.widgets[id]?.parent === w));
  for (let more = true; more; ) {
    more = false;
    const parents = new Set(Object.values(widgets).map((w) => w.parent));
    for (const [w, widget] of Object.entries(widgets)) {
      if (isPlainGroup(widget) && !parents.has(w) && filled(w)) {
        delete widgets[w];
        more = true;
      }
    }
  }
  return { screen: record.screen, order: record.order.filter((w) => widgets[w]), widgets };
}

/** Takes groups out of each other that each put into the other's. */
function circles(
  screen: string,
  widgets: Record<string, Widget>,
  mine: ScreenRecord | undefined,
  theirs: ScreenRecord | undefined,
  clash: (found: Omit<Clash, "key">) => Side,
): void {
  for (let circle = findCircle(widgets); circle; circle = findCircle(widgets)) {
    const first = circle[0] as string;
    const place = (from: ScreenRecord | undefined, w: string) => {
      const { parent, pane, x, y } = from?.widgets[w] ?? (widgets[w] as Widget);
      return { ...(parent && from?.widgets[w] ? { parent } : {}), ...(pane ? { pane } : {}), x, y };
    };
    const side = clash({
      kind: "place",
      screen,
      widget: first,
      path: ["circle"],
      base: undefined,
      mine: place(mine, first),
      theirs: place(theirs, first),
    });
    const holds = side === "mine" ? mine : theirs;
    let changed = false;
    for (const w of circle) {
      const { parent: before, pane: _, ...rest } = widgets[w] as Widget;
      const next = { ...rest, ...place(holds, w) } as Widget;
      changed ||= before !== next.parent;
      widgets[w] = next;
    }
    if (!changed) {
      const { parent: _, pane: __, ...free } = widgets[first] as Widget;
      widgets[first] = free;
    }
  }
}

/** The ids of groups that are in each other, sorted; undefined when there are none. */
function findCircle(widgets: Readonly<Record<string, Widget>>): string[] | undefined {
  const known = new Set<string>();
  for (const start of Object.keys(widgets)) {
    const way: string[] = [];
    let at: string | undefined = start;
    while (at && widgets[at] && !known.has(at) && !way.includes(at)) {
      way.push(at);
      at = widgets[at]?.parent;
    }
    if (at && way.includes(at)) return way.slice(way.indexOf(at)).sort();
    for (const w of way) known.add(w);
  }
  return undefined;
}
