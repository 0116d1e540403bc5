// Where widgets are: absolute boxes, who is in which group, and moving and sizing with groups that follow.
import type { Widget } from "@lineside/client";
import type { Draft } from "immer";
import type { AppState, ScreenRecord } from "./state";

/** A rectangle on the screen, in its pixels. */
export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** What can be worked out of a screen once. */
export interface Structure {
  /** Ids by parent ("" is the screen itself), in drawing order. */
  children: ReadonlyMap<string, readonly string[]>;
  /** All ids in the order they are drawn: a group's widgets directly above it. */
  drawn: readonly string[];
  /** Absolute boxes. */
  boxes: ReadonlyMap<string, Box>;
}

const known = new WeakMap<ScreenRecord, Structure>();

/** The structure of a screen; worked out once per state of it. */
export function structureOf(screen: ScreenRecord): Structure {
  const before = known.get(screen);
  if (before) return before;
  const children = new Map<string, string[]>();
  for (const id of screen.order) {
    const w = screen.widgets[id] as Widget;
    const parent = parentOf(screen, w);
    const list = children.get(parent);
    if (list) list.push(id);
    else children.set(parent, [id]);
  }
  const drawn: string[] = [];
  const boxes = new Map<string, Box>();
  const walk = (parent: string, ox: number, oy: number, depth: number) => {
    for (const id of children.get(parent) ?? []) {
      const w = screen.widgets[id] as Widget;
      const box = { x: ox + w.x, y: oy + w.y, w: w.w, h: w.h };
      boxes.set(id, box);
      drawn.push(id);
      if (depth < 32) walk(id, box.x, box.y, depth + 1);
    }
  };
  walk("", 0, 0, 0);
  // Widgets in a ring of parents hang in the air: they are shown where they say they are, so that they can be mended.
  if (drawn.length < screen.order.length)
    for (const id of screen.order)
      if (!boxes.has(id)) {
        const { x, y, w, h } = screen.widgets[id] as Widget;
        boxes.set(id, { x, y, w, h });
        drawn.push(id);
      }
  const structure = { children, drawn, boxes };
  known.set(screen, structure);
  return structure;
}

/** The id of the group a widget is in, "" if it is in none that exists. */
export function parentOf(screen: ScreenRecord, w: Widget): string {
  return w.parent && screen.widgets[w.parent] && w.parent !== w.id ? w.parent : "";
}

/** The groups a widget is in, the innermost first. */
export function ancestors(screen: ScreenRecord, id: string): string[] {
  const out: string[] = [];
  for (let w = screen.widgets[id]; w && out.length < 32; ) {
    const parent = parentOf(screen, w);
    if (!parent || out.includes(parent)) break;
    out.push(parent);
    w = screen.widgets[parent];
  }
  return out;
}

/** Ids with everything that is in them, in drawing order. */
export function withDescendants(screen: ScreenRecord, ids: Iterable<string>): string[] {
  const { children, drawn } = structureOf(screen);
  const all = new Set<string>();
  const walk = (id: string) => {
    if (all.has(id)) return;
    all.add(id);
    for (const child of children.get(id) ?? []) walk(child);
  };
  for (const id of ids) walk(id);
  return drawn.filter((id) => all.has(id));
}

/** Ids without those that are in another of them, in drawing order. */
export function topmost(screen: ScreenRecord, ids: Iterable<string>): string[] {
  const set = new Set(ids);
  return structureOf(screen).drawn.filter((id) => set.has(id) && !ancestors(screen, id).some((a) => set.has(a)));
}

/** Whether a widget or a group it is in has a flag. */
export function flagged(screen: ScreenRecord, id: string, flag: "hidden" | "locked"): boolean {
  return [id, ...ancestors(screen, id)].some((a) => screen.widgets[a]?.[flag]);
}

/** The smallest box around boxes; undefined around none. */
export function union(boxes: Iterable<Box>): Box | undefined {
  let x0 = Number.POSITIVE_INFINITY;
  let y0 = Number.POSITIVE_INFINITY;
  let x1 = Number.NEGATIVE_INFINITY;
  let y1 = Number.NEGATIVE_INFINITY;
  for (const b of boxes) {
    x0 = Math.min(x0, b.x);
    y0 = Math.min(y0, b.y);
    x1 = Math.max(x1, b.x + b.w);
    y1 = Math.max(y1, b.y + b.h);
  }
  return x1 >= x0 ? { x: x0, y: y0, w: x1 - x0, h: y1 - y0 } : undefined;
}

const round = (n: number) => Math.round(n * 100) / 100 || 0;

/** The type of widget that holds others. */
export const groupType = "group";

/** Whether a widget is a group without border, fill or title: it is not seen, and its box is always that around its widgets. */
export function isPlainGroup(w: Widget | undefined): boolean {
  if (w?.type !== groupType) return false;
  return !Object.values(w.props ?? {}).some((v) => v !== null && v !== "" && v !== false);
}

/**
 * New boxes for some widgets, worked out to relative places for all that move with them: what is
 * in a group goes and grows with it, and a group closes around what is in it. Only what differs
 * from the document is in the answer.
 */
export function place(screen: ScreenRecord, wanted: ReadonlyMap<string, Box>): Map<string, Box> {
  const { children, boxes } = structureOf(screen);
  const now = new Map<string, Box>();
  const box = (id: string) => now.get(id) ?? (boxes.get(id) as Box);
  const put = (id: string, next: Box) => {
    const old = box(id);
    now.set(id, next);
    const sx = old.w > 0 ? next.w / old.w : 1;
    const sy = old.h > 0 ? next.h / old.h : 1;
    for (const child of children.get(id) ?? []) {
      const c = box(child);
      put(child, { x: next.x + (c.x - old.x) * sx, y: next.y + (c.y - old.y) * sy, w: c.w * sx, h: c.h * sy });
    }
  };
  // From the outside in, so that a child that is named itself has the last word.
  const ids = [...wanted.keys()].filter((id) => boxes.has(id));
  ids.sort((a, b) => ancestors(screen, a).length - ancestors(screen, b).length);
  for (const id of ids) put(id, wanted.get(id) as Box);
  const groups = new Set(ids.flatMap((id) => ancestors(screen, id)));
  const inside = [...groups].filter((id) => isPlainGroup(screen.widgets[id]));
  inside.sort((a, b) => ancestors(screen, b).length - ancestors(screen, a).length);
  for (const id of inside) {
    const around = union((children.get(id) ?? []).map(box));
    if (around) now.set(id, around);
  }
  // A group that was moved by its edge shifts the origin of all its children, named or not.
  const touched = new Set(now.keys());
  for (const id of now.keys()) for (const child of children.get(id) ?? []) touched.add(child);
  const out = new Map<string, Box>();
  for (const id of touched) {
    const w = screen.widgets[id] as Widget;
    const parent = parentOf(screen, w);
    const origin = parent ? box(parent) : { x: 0, y: 0 };
    const b = box(id);
    const next = { x: round(b.x - origin.x), y: round(b.y - origin.y), w: round(b.w), h: round(b.h) };
    if (next.x !== w.x || next.y !== w.y || next.w !== w.w || next.h !== w.h) out.set(id, next);
  }
  return out;
}

/** Writes new absolute boxes into the draft: see place. */
export function writeBoxes(
  draft: Draft<AppState>,
  state: AppState,
  screenId: string,
  wanted: ReadonlyMap<string, Box>,
): void {
  const screen = state.screens[screenId];
  const target = draft.screens[screenId];
  if (!screen || !target) return;
  for (const [id, next] of place(screen, wanted)) {
    const w = target.widgets[id] as Draft<Widget>;
    const old = screen.widgets[id] as Widget;
    if (next.x !== old.x) w.x = next.x;
    if (next.y !== old.y) w.y = next.y;
    if (next.w !== old.w) w.w = next.w;
    if (next.h !== old.h) w.h = next.h;
  }
}
