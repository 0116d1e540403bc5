// Into and out of widgets that hold others: what is let go over an open pane goes into it.
import type { Widget } from "@lineside/client";
import { ancestors, type Box, groupType, moveInTree, parentOf, setPane, structureOf } from "../../document";
import type { Stage } from "../gesture";
import { closedIn } from "./shown";

/** A pane that something can be dropped into. */
export interface Target {
  id: string;
  pane: number;
  box: Box;
}

/** Whether a widget holds others in panes; a group only ties them together. */
export const isContainer = (stage: Stage, w: Widget | undefined): boolean =>
  !!w && w.type !== groupType && stage.manifest(w.type)?.group === true;

/** The topmost open pane at a place of the world, of no widget in `but` and nothing in them. */
export function paneAt(stage: Stage, x: number, y: number, but: readonly string[] = []): Target | undefined {
  const screen = stage.record();
  const { drawn, boxes } = structureOf(screen);
  const shut = closedIn(screen);
  for (const id of drawn.toReversed()) {
    const w = screen.widgets[id];
    if (!isContainer(stage, w) || shut.has(id) || w?.hidden || w?.locked) continue;
    if (but.includes(id) || ancestors(screen, id).some((a) => but.includes(a))) continue;
    const b = boxes.get(id) as Box;
    if (x < b.x || y < b.y || x >= b.x + b.w || y >= b.y + b.h) continue;
    const panes = stage.view.instance(id)?.panes ?? [];
    const pane = panes.findIndex(
      (p) => p.open && x >= b.x + p.x && y >= b.y + p.y && x < b.x + p.x + p.width && y < b.y + p.y + p.height,
    );
    const p = panes[pane];
    if (p) return { id, pane, box: { x: b.x + p.x, y: b.y + p.y, w: p.width, h: p.height } };
  }
  return undefined;
}

/** The pane that moved widgets would go into, when it is another than the one they are in; "" is the screen itself. */
export function newHome(
  stage: Stage,
  ids: readonly string[],
  x: number,
  y: number,
): { parent: string; target?: Target } | undefined {
  const screen = stage.record();
  const first = screen.widgets[ids[0] ?? ""];
  if (!first) return undefined;
  const parent = parentOf(screen, first);
  // What lies in a group stays in it: the group moves.
  if (parent && !isContainer(stage, screen.widgets[parent])) return undefined;
  const target = paneAt(stage, x, y, ids);
  if (target) {
    const panes = stage.view.instance(target.id)?.panes?.length ?? 1;
    const now = Math.min(first.pane ?? 0, panes - 1);
    return target.id === parent && target.pane === now ? undefined : { parent: target.id, target };
  }
  return parent ? { parent: "" } : undefined;
}

/** Moves widgets into another home; they stay where they are. A part of an open step. */
export function rehome(stage: Stage, ids: readonly string[], home: { parent: string; target?: Target }): void {
  const raw = stage.doc.state.screens[stage.screenId()];
  const first = raw?.widgets[ids[0] ?? ""];
  if (!raw || !first) return;
  if (parentOf(raw, first) !== home.parent)
    moveInTree(stage.doc, stage.screenId(), ids, home.parent, structureOf(raw).children.get(home.parent)?.at(-1));
  setPane(stage.doc, stage.screenId(), ids, home.target?.pane ?? 0);
}
