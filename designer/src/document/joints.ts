// Ends of lines and pipes that stick to connection points of other widgets. Document.change calls tie after every
// change, so that it does not matter which function moved, sized, turned or deleted something: in the same step the
// ends have followed, and none holds on to what is gone.
import type { Joint, Manifest, Point, Preset, Widget } from "@lineside/client";
import { type Patch, produceWithPatches } from "immer";
import { type Box, level, type Spot, type Turn, within } from "./geometry";
import { ownTurn, placed, placeIn, seenBox, writeBoxes } from "./layout";
import {
  boxed,
  fractionsOf,
  isLine,
  isSquare,
  type Kinds,
  pointsOf,
  type Seen,
  spotOf,
  strideOf,
  withEnd,
} from "./points";
import type { AppState } from "./state";

type Widgets = Readonly<Record<string, Widget>>;

/** The ends of a line, as the document names them. */
export type End = "from" | "to";
export const ends: readonly End[] = ["from", "to"];

const sides: Record<string, { x: number; y: number }> = {
  n: { x: 0.5, y: 0 },
  e: { x: 1, y: 0.5 },
  s: { x: 0.5, y: 1 },
  w: { x: 0, y: 0.5 },
};

/** The choice of its variant that a widget with some properties is, such as a symbol. */
export function presetOf(m: Manifest | undefined, props: Widget["props"]): Preset | undefined {
  if (!m?.variant) return undefined;
  const id = props?.[m.variant] ?? m.settings.find((f) => f.name === m.variant)?.default;
  return m.presets?.find((p) => p.id === id);
}

/** The connection points of a widget: those of its preset or manifest, or the middles of its sides. Lines have none. */
export function connections(m: Manifest | undefined, props: Widget["props"]): readonly Point[] {
  if (isLine(m)) return [];
  const preset = presetOf(m, props);
  if (preset) return preset.points;
  if (m?.points && m.points.length > 0) return m.points;
  return Object.entries(sides).map(([name, at]) => ({ name, ...at }));
}

/** Where a connection point of a widget is on the screen; undefined when it has none of that name. */
export function connectionAt(
  seen: Seen,
  m: Manifest | undefined,
  point: string,
  props?: Widget["props"],
): Spot | undefined {
  const found = connections(m, props).find((p) => p.name === point);
  return found && spotOf(seen, found.x, found.y);
}

/** Where a widget is seen, and what it is in. */
function seenAmong(widgets: Widgets, id: string): Seen & { around?: Seen } {
  const chain: Widget[] = [];
  for (let w = widgets[id]; w && chain.length < 32; w = w.parent ? widgets[w.parent] : undefined) chain.unshift(w);
  let seen: Seen | undefined;
  let around: Seen | undefined;
  for (const w of chain) {
    around = seen;
    seen = { box: seenBox(w, around?.box, around?.turn ?? level), turn: within(around?.turn ?? level, ownTurn(w)) };
  }
  return { ...(seen as Seen), around };
}

const known = new WeakMap<Widgets, readonly string[]>();

/** The ids of the widgets with an end that sticks; worked out once for a state of a screen. */
function tied(widgets: Widgets): readonly string[] {
  let list = known.get(widgets);
  if (!list) {
    list = Object.values(widgets).flatMap((w) => (w.from || w.to ? [w.id] : []));
    known.set(widgets, list);
  }
  return list;
}

/** What becomes of a line: its points on the screen, and the ends that let go. */
interface Change {
  points?: number[];
  free: End[];
}

/** Two places are one within the rounding of fractions. */
const near = 0.15;
const apart = (a: Spot, b: Spot): boolean => Math.abs(a.x - b.x) > near || Math.abs(a.y - b.y) > near;

const endOf = (points: readonly number[], stride: number, end: End): Spot => {
  const i = end === "from" ? 0 : points.length - stride;
  return { x: points[i] as number, y: points[i + 1] as number };
};

const sameJoint = (a: Joint | undefined, b: Joint | undefined): boolean =>
  a?.widget === b?.widget && a?.point === b?.point;

/** What must become of lines so that their ends are again where they stick, after `before` became `after`. */
function changes(before: Widgets, after: Widgets, ids: readonly string[], kinds: Kinds): Map<string, Change> {
  const out = new Map<string, Change>();
  for (const id of ids) {
    const w = after[id];
    if (!w) continue;
    const m = kinds(w.type);
    const stride = strideOf(m);
    const points = pointsOf(w, seenAmong(after, id), m);
    const old = before[id];
    const change: Change = { free: [] };
    const off: [End, Spot][] = [];
    let pulled = false;
    for (const end of ends) {
      const joint = w[end];
      if (!joint) continue;
      const target = joint.widget === id ? undefined : after[joint.widget];
      const at = target && connectionAt(seenAmong(after, joint.widget), kinds(target.type), joint.point, target.props);
      if (!at || points.length < 2 * stride) {
        change.free.push(end);
        continue;
      }
      if (apart(at, endOf(points, stride, end))) off.push([end, at]);
      const oldTarget = before[joint.widget];
      const was =
        oldTarget && connectionAt(seenAmong(before, joint.widget), kinds(oldTarget.type), joint.point, oldTarget.props);
      if (!was || Math.hypot(was.x - at.x, was.y - at.y) > 0.001 || !sameJoint(old?.[end], joint)) pulled = true;
    }
    if (off.length > 0) {
      if (pulled) {
        const square = m?.draw === "polyline" && isSquare(points);
        let next = points;
        for (const [end, at] of off) next = withEnd(next, stride, end, at, square);
        change.points = next;
      } else {
        // The line itself was taken elsewhere: it lets go.
        const was = old && pointsOf(old, seenAmong(before, id), m);
        const moved =
          !was || was.length !== points.length || was.some((v, i) => Math.abs(v - (points[i] as number)) > 0.001);
        if (moved) for (const [end] of off) change.free.push(end);
      }
    }
    if (change.points || change.free.length > 0) out.set(id, change);
  }
  return out;
}

/** The state after a change with all ends where they belong, and the patches that did it; undefined when nothing had to be done. */
export function tie(
  before: AppState,
  after: AppState,
  kinds: Kinds,
): { state: AppState; patches: Patch[]; inverse: Patch[] } | undefined {
  let state = after;
  const patches: Patch[] = [];
  const inverse: Patch[] = [];
  for (const screenId of Object.keys(after.screens)) {
    if (after.screens[screenId] === before.screens[screenId]) continue;
    const was = before.screens[screenId]?.widgets ?? {};
    // A line in a group makes the group another, which a line may stick to in turn.
    for (let round = 0; round < 4; round++) {
      const widgets = state.screens[screenId]?.widgets ?? {};
      const ids = tied(widgets);
      if (ids.length === 0 || widgets === was) break;
      const todo = changes(was, widgets, ids, kinds);
      if (todo.size === 0) break;
      const base = state;
      const [next, p, i] = produceWithPatches(base, (draft) => {
        const screen = draft.screens[screenId];
        if (!screen) return;
        const boxes = new Map<string, Box>();
        const turns = new Map<string, Turn>();
        for (const [id, change] of todo) {
          const w = screen.widgets[id];
          const old = widgets[id] as Widget;
          if (!w) continue;
          for (const end of change.free) delete w[end];
          if (!change.points) continue;
          const m = kinds(old.type);
          const { box, fractions } = boxed(change.points, strideOf(m), old.props?.closed === true);
          boxes.set(id, box);
          // The points are where they are seen: what was turned or mirrored is so by its points now.
          if (seenAmong(widgets, id).turn !== level) turns.set(id, level);
          if (JSON.stringify(fractions) !== JSON.stringify(fractionsOf(old, m)))
            w.props = { ...old.props, points: fractions } as typeof w.props;
        }
        writeBoxes(draft, base, screenId, boxes, turns);
      });
      if (p.length === 0) break;
      state = next;
      patches.push(...p);
      inverse.unshift(...i);
    }
  }
  return state === after ? undefined : { state, patches, inverse };
}

/** The lines that would follow if some widgets were as they are shown, as they would be shown. */
export function following(widgets: Widgets, shown: ReadonlyMap<string, Widget>, kinds: Kinds): Map<string, Widget> {
  const out = new Map<string, Widget>();
  const ids = tied(widgets);
  if (ids.length === 0) return out;
  const after = { ...widgets, ...Object.fromEntries(shown) };
  for (const [id, change] of changes(widgets, after, ids, kinds)) {
    if (!change.points) continue;
    const w = after[id] as Widget;
    const { box, fractions } = boxed(change.points, strideOf(kinds(w.type)), w.props?.closed === true);
    const { around } = seenAmong(after, id);
    out.set(id, {
      ...placed(w, placeIn(box, level, around?.box, around?.turn)),
      props: { ...w.props, points: fractions },
    });
  }
  return out;
}

/** A copy whose ends hold on to copies of what they held on to, by their new names, and else let go. */
export function rejoined<W extends Pick<Widget, "from" | "to">>(widget: W, renamed: ReadonlyMap<string, string>): W {
  const out = { ...widget };
  for (const end of ends) {
    const joint = out[end];
    if (!joint) continue;
    const to = renamed.get(joint.widget);
    if (to === undefined) delete out[end];
    else out[end] = { ...joint, widget: to };
  }
  return out;
}
