// What can be done to the widgets of a screen. Every function is one step of undo.
import type { Action, Prop, Widget } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import { level, unionAt } from "./geometry";
import {
  ancestors,
  type Box,
  groupType,
  isPlainGroup,
  parentOf,
  placeIn,
  structureOf,
  topmost,
  withDescendants,
  writeBoxes,
  writePlace,
} from "./layout";
import { reseat, settle } from "./page";
import { freshId, type ScreenRecord } from "./state";

type WidgetDraft = Draft<Widget>;

/** The screen, or undefined when it is gone. */
function screenOf(doc: Document, screen: string): ScreenRecord | undefined {
  return doc.state.screens[screen];
}

/** Makes ids free on a screen, one after the other. */
export function idSource(screen: ScreenRecord): (stem: string) => string {
  const given = new Set<string>();
  return (stem) => {
    const id = freshId(stem, (s) => s in screen.widgets || given.has(s));
    given.add(id);
    return id;
  };
}

/** Puts new widgets on top, in the group `parent` or on the screen. Their ids must be free. */
export function addWidgets(
  doc: Document,
  screenId: string,
  widgets: readonly Widget[],
  label = "design:step.add",
): void {
  if (widgets.length === 0 || !screenOf(doc, screenId)) return;
  doc.change(label, (d) => {
    const s = d.screens[screenId];
    if (!s) return;
    for (const w of widgets) s.widgets[w.id] = w as WidgetDraft;
    s.order = [...s.order, ...widgets.map((w) => w.id)];
    settle(
      s,
      widgets.map((w) => w.id),
    );
  });
}

/** Takes widgets out, with everything in them. Plain groups that are left empty go too. */
export function removeWidgets(
  doc: Document,
  screenId: string,
  ids: Iterable<string>,
  label = "design:step.delete",
): void {
  const screen = screenOf(doc, screenId);
  if (!screen) return;
  const gone = new Set(withDescendants(screen, ids));
  if (gone.size === 0) return;
  const { children, boxes } = structureOf(screen);
  const around = new Set([...gone].flatMap((id) => ancestors(screen, id)).filter((id) => !gone.has(id)));
  for (let more = true; more; ) {
    more = false;
    for (const id of around)
      if (isPlainGroup(screen.widgets[id]) && !gone.has(id) && (children.get(id) ?? []).every((c) => gone.has(c))) {
        gone.add(id);
        more = true;
      }
  }
  doc.begin(label);
  doc.change(label, (d) => {
    const s = d.screens[screenId];
    if (!s) return;
    for (const id of gone) delete s.widgets[id];
    s.order = s.order.filter((id) => !gone.has(id));
  });
  refit(
    doc,
    screenId,
    [...around].filter((id) => !gone.has(id)),
    boxes,
  );
  doc.commit();
}

/** Closes groups around what is left in them. */
function refit(doc: Document, screenId: string, groups: string[], before: ReadonlyMap<string, Box>): void {
  const screen = screenOf(doc, screenId);
  if (!screen || groups.length === 0) return;
  const { children } = structureOf(screen);
  const keep = new Map<string, Box>();
  for (const g of groups) for (const c of children.get(g) ?? []) if (before.has(c)) keep.set(c, before.get(c) as Box);
  doc.change("design:step.move", (d) => writeBoxes(d, doc.state, screenId, keep));
}

/** Moves and sizes widgets to absolute boxes. */
export function placeWidgets(
  doc: Document,
  screenId: string,
  boxes: ReadonlyMap<string, Box>,
  label = "design:step.move",
  merge?: string,
): void {
  doc.change(
    label,
    (d) => {
      writeBoxes(d, doc.state, screenId, boxes);
      reseat(d.screens[screenId]);
    },
    { merge },
  );
}

/** Sets properties of widgets; undefined takes a property out, so that its default holds. */
export function setProps(
  doc: Document,
  screenId: string,
  ids: Iterable<string>,
  props: Record<string, Prop | undefined>,
  merge?: string,
): void {
  const list = [...ids];
  doc.change(
    "design:step.property",
    (d) => {
      const s = d.screens[screenId];
      for (const id of list) {
        const w = s?.widgets[id];
        if (!w) continue;
        for (const [name, value] of Object.entries(props)) {
          if (value === undefined) {
            if (w.props && name in w.props) {
              delete w.props[name];
              if (Object.keys(w.props).length === 0) delete w.props;
            }
          } else if (!w.props) w.props = { [name]: value as Draft<Prop> };
          else if (!same(w.props[name], value)) w.props[name] = value as Draft<Prop>;
        }
      }
    },
    { merge },
  );
}

/** Sets what an event of widgets does; an empty list takes it out. */
export function setActions(
  doc: Document,
  screenId: string,
  ids: Iterable<string>,
  event: string,
  actions: readonly Action[],
): void {
  const list = [...ids];
  doc.change("design:step.action", (d) => {
    const s = d.screens[screenId];
    for (const id of list) {
      const w = s?.widgets[id];
      if (!w || same(w.on?.[event] ?? [], actions)) continue;
      if (actions.length > 0) w.on = { ...w.on, [event]: actions as Draft<Action[]> };
      else if (w.on) {
        delete w.on[event];
        if (Object.keys(w.on).length === 0) delete w.on;
      }
    }
  });
}

/** Sets or clears a flag of widgets. */
export function setFlag(
  doc: Document,
  screenId: string,
  ids: Iterable<string>,
  flag: "locked" | "hidden",
  on: boolean,
): void {
  const list = [...ids];
  doc.change(on ? `design:step.${flag}` : `design:step.un${flag}`, (d) => {
    const s = d.screens[screenId];
    for (const id of list) {
      const w = s?.widgets[id];
      if (!w || !!w[flag] === on) continue;
      if (on) w[flag] = true;
      else delete w[flag];
    }
  });
}

/** Gives a widget a name; an empty one takes it away. */
export function renameWidget(doc: Document, screenId: string, id: string, name: string): void {
  doc.change("design:step.rename", (d) => {
    const w = d.screens[screenId]?.widgets[id];
    if (!w || (w.name ?? "") === name) return;
    if (name) w.name = name;
    else delete w.name;
  });
}

/** Puts widgets into a new group at the place of the topmost of them. Answers its id; undefined when they have no common parent. */
export function groupWidgets(doc: Document, screenId: string, ids: Iterable<string>): string | undefined {
  const screen = screenOf(doc, screenId);
  if (!screen) return undefined;
  const tops = topmost(screen, ids);
  const parents = new Set(tops.map((id) => parentOf(screen, screen.widgets[id] as Widget)));
  if (tops.length === 0 || parents.size !== 1) return undefined;
  const parent = [...parents][0] as string;
  const { boxes, turns } = structureOf(screen);
  // In something that is turned the group is turned as well.
  const turn = turns.get(parent) ?? level;
  const seen = tops.map((t) => ({ ...(boxes.get(t) as Box), angle: turns.get(t)?.angle }));
  const box = unionAt(seen, turn.angle) as Box;
  const id = idSource(screen)("group");
  const { rotate: _r, flip: _f, ...at } = placeIn(box, turn, boxes.get(parent), turn);
  const group: Widget = { id, type: groupType, ...at };
  if (parent) group.parent = parent;
  const pane = screen.widgets[tops[0] as string]?.pane;
  if (parent && pane) group.pane = pane;
  const inside = new Set(tops);
  const last = Math.max(...tops.map((t) => screen.order.indexOf(t)));
  doc.change("design:step.group", (d) => {
    const s = d.screens[screenId];
    if (!s) return;
    s.widgets[id] = group as WidgetDraft;
    for (const t of tops) {
      const w = s.widgets[t] as WidgetDraft;
      w.parent = id;
      delete w.pane;
      writePlace(w, placeIn(boxes.get(t) as Box, turns.get(t) ?? level, box, turn));
    }
    const head = screen.order.slice(0, last + 1).filter((o) => !inside.has(o));
    s.order = [...head, id, ...tops, ...screen.order.slice(last + 1)];
    settle(s);
  });
  return id;
}

/** Dissolves groups; what was in them takes their place. Answers the ids that were in them. */
export function ungroupWidgets(doc: Document, screenId: string, ids: Iterable<string>): string[] {
  const screen = screenOf(doc, screenId);
  if (!screen) return [];
  const groups = [...ids].filter((id) => screen.widgets[id]?.type === groupType);
  const { children, boxes, turns } = structureOf(screen);
  const gone = new Set(groups);
  const freed: string[] = [];
  doc.change("design:step.ungroup", (d) => {
    const s = d.screens[screenId];
    if (!s) return;
    let order = [...screen.order];
    for (const g of groups) {
      const inside = children.get(g) ?? [];
      const outer = ancestors(screen, g).find((a) => !gone.has(a)) ?? "";
      for (const c of inside) {
        if (gone.has(c)) continue;
        const w = s.widgets[c] as WidgetDraft;
        writePlace(w, placeIn(boxes.get(c) as Box, turns.get(c) ?? level, boxes.get(outer), turns.get(outer)));
        if (outer) w.parent = outer;
        else delete w.parent;
        const pane = screen.widgets[g]?.pane;
        if (outer && pane) w.pane = pane;
        else delete w.pane;
        freed.push(c);
      }
      const moved = new Set(inside);
      const rest = order.filter((o) => !moved.has(o));
      const at = rest.indexOf(g);
      order = [...rest.slice(0, at + 1), ...inside, ...rest.slice(at + 1)];
    }
    for (const g of groups) delete s.widgets[g];
    s.order = order.filter((o) => !gone.has(o));
    settle(s);
  });
  return freed;
}

/** Where a change of order goes. */
export type Direction = "forward" | "backward" | "front" | "back";

/** Moves widgets in the drawing order among their siblings. */
export function reorderWidgets(doc: Document, screenId: string, ids: Iterable<string>, direction: Direction): void {
  const screen = screenOf(doc, screenId);
  if (!screen) return;
  const chosen = new Set(topmost(screen, ids));
  const { children } = structureOf(screen);
  let order = screen.order;
  for (const siblings of children.values()) {
    if (!siblings.some((id) => chosen.has(id))) continue;
    const next = shift(siblings, chosen, direction);
    // The siblings keep the places that they have among all, in their new sequence.
    const slots = new Set(siblings);
    let i = 0;
    order = order.map((id) => (slots.has(id) ? (next[i++] as string) : id));
  }
  if (!same(order, screen.order))
    doc.change("design:step.order", (d) => {
      const s = d.screens[screenId];
      if (s) s.order = [...order];
    });
}

function shift(list: readonly string[], chosen: ReadonlySet<string>, direction: Direction): string[] {
  const mine = list.filter((id) => chosen.has(id));
  const rest = list.filter((id) => !chosen.has(id));
  if (direction === "front") return [...rest, ...mine];
  if (direction === "back") return [...mine, ...rest];
  const out = [...list];
  const swap = (i: number, j: number) => {
    const a = out[i] as string;
    const b = out[j] as string;
    if (chosen.has(a) && !chosen.has(b)) {
      out[i] = b;
      out[j] = a;
    }
  };
  if (direction === "forward") for (let i = out.length - 2; i >= 0; i--) swap(i, i + 1);
  else for (let i = 1; i < out.length; i++) swap(i, i - 1);
  return out;
}

/** Moves widgets to a place in the layers: into `parent` ("" the screen), above `below` or at the bottom when it is undefined. They stay where they are seen. */
export function moveInTree(
  doc: Document,
  screenId: string,
  ids: Iterable<string>,
  parent: string,
  below: string | undefined,
): void {
  const screen = screenOf(doc, screenId);
  if (!screen) return;
  const moved = topmost(screen, ids);
  if (moved.length === 0 || (parent && !screen.widgets[parent])) return;
  if (parent && (moved.includes(parent) || ancestors(screen, parent).some((a) => moved.includes(a)))) return;
  const { boxes, turns } = structureOf(screen);
  const set = new Set(moved);
  const rest = screen.order.filter((id) => !set.has(id));
  const at =
    below !== undefined && rest.includes(below) ? rest.indexOf(below) + 1 : parent ? rest.indexOf(parent) + 1 : 0;
  const order = [...rest.slice(0, at), ...moved, ...rest.slice(at)];
  const affected = new Set([
    ...moved.flatMap((id) => ancestors(screen, id)),
    ...(parent ? [parent, ...ancestors(screen, parent)] : []),
  ]);
  doc.begin("design:step.order");
  doc.change("design:step.order", (d) => {
    const s = d.screens[screenId];
    if (!s) return;
    for (const id of moved) {
      const w = s.widgets[id] as WidgetDraft;
      if (parentOf(screen, screen.widgets[id] as Widget) === parent) continue;
      if (parent) w.parent = parent;
      else delete w.parent;
      delete w.pane;
      writePlace(w, placeIn(boxes.get(id) as Box, turns.get(id) ?? level, boxes.get(parent), turns.get(parent)));
    }
    if (!same(order, screen.order)) s.order = order;
    settle(s);
  });
  const after = screenOf(doc, screenId) as ScreenRecord;
  const empty = [...affected].filter((id) => isPlainGroup(after.widgets[id]) && !structureOf(after).children.has(id));
  if (empty.length > 0) removeWidgets(doc, screenId, empty, "design:step.order");
  else refit(doc, screenId, [...affected], boxes);
  doc.commit();
}

/** Whether two JSON values are equal. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
