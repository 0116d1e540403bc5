// Where widgets are: absolute boxes, who is in which group, and moving and sizing with groups that follow.
import type { Widget } from "@lineside/client";
import type { Draft } from "immer";
import {
  type Box,
  extentOf,
  inner,
  inward,
  level,
  middle,
  outward,
  scaledBox,
  type Turn,
  type Turned,
  turn,
  unionAt,
  within,
} from "./geometry";
import type { AppState, ScreenRecord } from "./state";

export type { Box } from "./geometry";

/** What can be worked out of a screen once. */
export interface Structure {
  /** Ids by parent ("" is the screen itself), in drawing order. */
  children: ReadonlyMap<string, readonly string[]>;
  /** All ids in the order they are drawn: a group's widgets directly above it. */
  drawn: readonly string[];
  /** Absolute boxes: where widgets are seen, before each is turned about its middle as `turns` says. */
  boxes: ReadonlyMap<string, Box>;
  /** How widgets are seen to be turned and mirrored, by themselves and by what they are in; those that are not are not named. */
  turns: ReadonlyMap<string, Turn>;
  /** Absolute level boxes around what is seen: those of turned widgets differ from `boxes`. */
  extents: ReadonlyMap<string, Box>;
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
  const turns = new Map<string, Turn>();
  const walk = (parent: string, around: Box | undefined, depth: number) => {
    const outer = turns.get(parent) ?? level;
    for (const id of children.get(parent) ?? []) {
      const w = screen.widgets[id] as Widget;
      const box = seenBox(w, around, outer);
      boxes.set(id, box);
      const mine = within(outer, ownTurn(w));
      if (mine !== level) turns.set(id, mine);
      drawn.push(id);
      if (depth < 32) walk(id, box, depth + 1);
    }
  };
  walk("", undefined, 0);
  // Widgets in a ring of parents hang in the air: they are shown where they say they are, so that they can be mended.
  if (drawn.length < screen.order.length)
    for (const id of screen.order)
      if (!boxes.has(id)) {
        const { x, y, w, h } = screen.widgets[id] as Widget;
        boxes.set(id, { x, y, w, h });
        drawn.push(id);
      }
  const extents = new Map<string, Box>();
  for (const [id, b] of boxes) extents.set(id, extentOf(b, turns.get(id)?.angle));
  const structure = { children, drawn, boxes, turns, extents };
  known.set(screen, structure);
  return structure;
}

/** How a widget is turned by itself. */
export function ownTurn(w: Widget): Turn {
  if (!w.rotate && !w.flip) return level;
  return { angle: w.rotate ?? 0, x: w.flip?.includes("x") ? -1 : 1, y: w.flip?.includes("y") ? -1 : 1 };
}

/** Where a widget is seen that lies in a box which is turned. */
export function seenBox(w: Widget, around: Box | undefined, outer: Turn): Box {
  if (!around) return { x: w.x, y: w.y, w: w.w, h: w.h };
  if (outer === level) return { x: around.x + w.x, y: around.y + w.y, w: w.w, h: w.h };
  const c = middle(around);
  const v = outward(outer, { x: w.x + w.w / 2 - around.w / 2, y: w.y + w.h / 2 - around.h / 2 });
  return { x: c.x + v.x - w.w / 2, y: c.y + v.y - w.h / 2, w: w.w, h: w.h };
}

/** What a document says of where a widget is. */
export type Place = Box & { rotate: number; flip: "" | "x" | "y" | "xy" };

/** What the document must say for a widget to be seen in a box and turned so, in what is around it. */
export function placeIn(box: Box, seen: Turn, around: Box | undefined, outer: Turn = level): Place {
  const own = inner(outer, seen);
  const flip = `${own.x < 0 ? "x" : ""}${own.y < 0 ? "y" : ""}` as Place["flip"];
  let { x, y } = box;
  if (around && outer === level) {
    x -= around.x;
    y -= around.y;
  } else if (around) {
    const c = middle(around);
    const m = middle(box);
    const v = inward(outer, { x: m.x - c.x, y: m.y - c.y });
    x = v.x + around.w / 2 - box.w / 2;
    y = v.y + around.h / 2 - box.h / 2;
  }
  return { x: round(x), y: round(y), w: round(box.w), h: round(box.h), rotate: own.angle, flip };
}

/** Writes to a widget of a draft what differs from where it is now. */
export function writePlace(w: Draft<Widget>, next: Place): void {
  for (const key of ["x", "y", "w", "h"] as const) if (w[key] !== next[key]) w[key] = next[key];
  if ((w.rotate ?? 0) !== next.rotate) {
    if (next.rotate) w.rotate = next.rotate;
    else delete w.rotate;
  }
  if ((w.flip ?? "") !== next.flip) {
    if (next.flip) w.flip = next.flip;
    else delete w.flip;
  }
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
 * Where widgets are to be seen, worked out to what the document says of all that move with them:
 * what is in a group goes and grows with it, and a group closes around what is in it. `turns` are
 * those that widgets shall have as they are seen, where they are other than now. Only what differs
 * from the document is in the answer.
 */
export function place(
  screen: ScreenRecord,
  wanted: ReadonlyMap<string, Box>,
  turns?: ReadonlyMap<string, Turn>,
): Map<string, Place> {
  const known = structureOf(screen);
  const { children, boxes } = known;
  const now = new Map<string, Box>();
  const turnOf = (id: string): Turn => turns?.get(id) ?? known.turns.get(id) ?? level;
  const box = (id: string) => now.get(id) ?? (boxes.get(id) as Box);
  const seen = (id: string): Turned => ({ ...box(id), angle: turnOf(id).angle });
  let turned = false;
  const put = (id: string, next: Box) => {
    const old = box(id);
    now.set(id, next);
    // What holds widgets in panes is a frame: it moves them, but only a group makes them larger.
    const grows = screen.widgets[id]?.type === groupType;
    const frame = known.turns.get(id)?.angle ?? 0;
    for (const child of children.get(id) ?? []) {
      const angle = known.turns.get(child)?.angle ?? 0;
      turned ||= angle !== 0;
      if (!grows && frame === 0)
        put(child, { ...box(child), x: box(child).x + next.x - old.x, y: box(child).y + next.y - old.y });
      else put(child, carried(box(child), angle, frame, old, grows ? next : { ...next, w: old.w, h: old.h }));
    }
  };
  // From the outside in, so that a child that is named itself has the last word.
  const ids = [...wanted.keys()].filter((id) => boxes.has(id));
  ids.sort((a, b) => ancestors(screen, a).length - ancestors(screen, b).length);
  for (const id of ids) put(id, wanted.get(id) as Box);
  const groups = new Set(ids.flatMap((id) => ancestors(screen, id)));
  // What is turned does not fill a group that was stretched: the group closes around it again.
  if (turned) for (const id of now.keys()) if (children.has(id)) groups.add(id);
  const inside = [...groups].filter((id) => isPlainGroup(screen.widgets[id]));
  inside.sort((a, b) => ancestors(screen, b).length - ancestors(screen, a).length);
  for (const id of inside) {
    const list = children.get(id) ?? [];
    const { angle } = turnOf(id);
    const around =
      angle === 0 ? union(list.map((c) => extentOf(box(c), turnOf(c).angle))) : unionAt(list.map(seen), angle);
    if (around) now.set(id, around);
  }
  // A group that was moved by its edge shifts the origin of all its children, named or not.
  const touched = new Set([...now.keys(), ...(turns?.keys() ?? [])]);
  for (const id of [...touched]) for (const child of children.get(id) ?? []) touched.add(child);
  const out = new Map<string, Place>();
  for (const id of touched) {
    const w = screen.widgets[id];
    if (!w || !boxes.has(id)) continue;
    const parent = parentOf(screen, w);
    const next = placeIn(box(id), turnOf(id), parent ? box(parent) : undefined, parent ? turnOf(parent) : level);
    const same =
      next.x === w.x &&
      next.y === w.y &&
      next.w === w.w &&
      next.h === w.h &&
      next.rotate === (w.rotate ?? 0) &&
      next.flip === (w.flip ?? "");
    if (!same) out.set(id, next);
  }
  return out;
}

/** A box in a frame that is moved and sized; both may be turned. */
function carried(b: Box, angle: number, frame: number, from: Box, to: Box): Box {
  if (frame === 0) return scaledBox(b, angle, from, to);
  const c = turn(middle(b), middle(from), -frame);
  const inFrame = scaledBox({ ...b, x: c.x - b.w / 2, y: c.y - b.h / 2 }, angle - frame, from, to);
  const d = turn(middle(inFrame), middle(to), frame);
  return { ...inFrame, x: d.x - inFrame.w / 2, y: d.y - inFrame.h / 2 };
}

/** A widget as it would be shown at a place. */
export function placed(w: Widget, at: Place): Widget {
  const { rotate, flip, ...box } = at;
  const { rotate: _r, flip: _f, ...rest } = w;
  return { ...rest, ...box, ...(rotate && { rotate }), ...(flip && { flip }) };
}

/** Writes where widgets are to be seen into the draft: see place. */
export function writeBoxes(
  draft: Draft<AppState>,
  state: AppState,
  screenId: string,
  wanted: ReadonlyMap<string, Box>,
  turns?: ReadonlyMap<string, Turn>,
): void {
  const screen = state.screens[screenId];
  const target = draft.screens[screenId];
  if (!screen || !target) return;
  for (const [id, next] of place(screen, wanted, turns)) {
    const w = target.widgets[id];
    if (w) writePlace(w as Draft<Widget>, next);
  }
}
