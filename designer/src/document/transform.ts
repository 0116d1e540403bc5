// Rotating and mirroring widgets. What is in a group that is not seen turns by itself; a group with a border turns with all in it.
import type { Widget } from "@lineside/client";
import type { Document } from "./document";
import { type Box, level, middle, normalAngle, type Spot, type Turn, turn } from "./geometry";
import {
  flagged,
  isPlainGroup,
  place,
  placed,
  structureOf,
  topmost,
  union,
  withDescendants,
  writeBoxes,
} from "./layout";
import type { ScreenRecord } from "./state";

/** What widgets become: where they are seen, and how they are turned there. */
export interface Transform {
  boxes: Map<string, Box>;
  turns: Map<string, Turn>;
}

/** The widgets that a transform of some is of: those and all in them, but groups that are not seen. */
function seen(screen: ScreenRecord, ids: Iterable<string>): string[] {
  return withDescendants(screen, topmost(screen, ids)).filter((id) => !isPlainGroup(screen.widgets[id]));
}

/** The middle of what is seen of widgets. */
export function middleOf(screen: ScreenRecord, ids: Iterable<string>): Spot | undefined {
  const { extents } = structureOf(screen);
  const around = union(topmost(screen, ids).flatMap((id) => extents.get(id) ?? []));
  return around && middle(around);
}

/** Widgets turned by an angle about a point; about their common middle when none is given. */
export function turned(
  screen: ScreenRecord,
  ids: Iterable<string>,
  degrees: number,
  about: Spot | undefined = middleOf(screen, ids),
): Transform {
  const out: Transform = { boxes: new Map(), turns: new Map() };
  if (!about) return out;
  const { boxes, turns } = structureOf(screen);
  for (const id of seen(screen, ids)) {
    const b = boxes.get(id) as Box;
    const c = turn(middle(b), about, degrees);
    const now = turns.get(id) ?? level;
    out.boxes.set(id, { ...b, x: c.x - b.w / 2, y: c.y - b.h / 2 });
    out.turns.set(id, { ...now, angle: normalAngle(now.angle + degrees) });
  }
  return out;
}

/** Widgets mirrored at the middle of what is seen of them: x is left and right, y is top and bottom. */
export function mirrored(screen: ScreenRecord, ids: Iterable<string>, axis: "x" | "y"): Transform {
  const out: Transform = { boxes: new Map(), turns: new Map() };
  const about = middleOf(screen, ids);
  if (!about) return out;
  const { boxes, turns } = structureOf(screen);
  for (const id of seen(screen, ids)) {
    const b = boxes.get(id) as Box;
    const now = turns.get(id) ?? level;
    out.boxes.set(id, axis === "x" ? { ...b, x: 2 * about.x - b.x - b.w } : { ...b, y: 2 * about.y - b.y - b.h });
    // A mirrored turn goes the other way round.
    out.turns.set(id, { ...now, [axis]: -now[axis], angle: normalAngle(-now.angle) });
  }
  return out;
}

/** The widgets of a screen as a transform would leave them; only those that it changes. */
export function transformed(screen: ScreenRecord, to: Transform): Map<string, Widget> {
  const out = new Map<string, Widget>();
  for (const [id, at] of place(screen, to.boxes, to.turns)) out.set(id, placed(screen.widgets[id] as Widget, at));
  return out;
}

function write(doc: Document, screenId: string, to: Transform, label: string, merge?: string): void {
  doc.change(label, (d) => writeBoxes(d, doc.state, screenId, to.boxes, to.turns), { merge });
}

/** Ids without those that are locked, or in something that is. */
function free(screen: ScreenRecord, ids: Iterable<string>): string[] {
  return [...ids].filter((id) => screen.widgets[id] && !flagged(screen, id, "locked"));
}

/** Turns widgets clockwise about a point; about their common middle when none is given. Locked ones stay. */
export function rotateWidgets(
  doc: Document,
  screenId: string,
  ids: Iterable<string>,
  degrees: number,
  about?: Spot,
): void {
  const screen = doc.state.screens[screenId];
  if (!screen) return;
  write(doc, screenId, turned(screen, free(screen, ids), degrees, about), "canvas:step.rotate");
}

/** Gives widgets an angle, each about its own middle. A group turns as a whole, from the angle that angleOf says. */
export function setAngle(
  doc: Document,
  screenId: string,
  ids: Iterable<string>,
  degrees: number,
  merge?: string,
): void {
  const screen = doc.state.screens[screenId];
  if (!screen) return;
  const all: Transform = { boxes: new Map(), turns: new Map() };
  for (const id of topmost(screen, free(screen, ids))) {
    const part = turned(screen, [id], degrees - angleOf(screen, id));
    for (const [w, b] of part.boxes) all.boxes.set(w, b);
    for (const [w, a] of part.turns) all.turns.set(w, a);
  }
  write(doc, screenId, all, "canvas:step.rotate", merge);
}

/** The angle of a widget as it is seen; of a group that is not seen that which all in it share, else 0. */
export function angleOf(screen: ScreenRecord, id: string): number {
  const { turns } = structureOf(screen);
  if (!isPlainGroup(screen.widgets[id])) return turns.get(id)?.angle ?? 0;
  const angles = new Set(seen(screen, [id]).map((c) => turns.get(c)?.angle ?? 0));
  return angles.size === 1 ? ([...angles][0] as number) : 0;
}

/** Mirrors widgets at the middle of what is seen of them. Locked ones stay. */
export function flipWidgets(doc: Document, screenId: string, ids: Iterable<string>, axis: "x" | "y"): void {
  const screen = doc.state.screens[screenId];
  if (!screen) return;
  write(doc, screenId, mirrored(screen, free(screen, ids), axis), "canvas:step.flip");
}
