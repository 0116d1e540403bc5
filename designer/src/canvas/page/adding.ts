// New widgets on the board: into the open pane below them, onto a page, or simply where they were let go.
import type { Widget } from "@lineside/client";
import { addWidgets, type Box, hasOwnCells, isPage, structureOf, union } from "../../document";
import type { Stage } from "../gesture";
import { paneAt, type Target } from "./container";
import { seat } from "./gestures";

/** The pane that new widgets at some boxes of the board would go into. */
export function paneBelow(stage: Stage, boxes: readonly Box[]): Target | undefined {
  const around = union(boxes);
  return around && paneAt(stage, around.x + around.w / 2, around.y + around.h / 2);
}

/**
 * Adds widgets at places of the board, as one step, and answers what they lie in. `entered` are
 * the same in the group that was entered, with its id; "" when they do not lie in it.
 */
export function put(stage: Stage, widgets: readonly Widget[], entered: [Widget[], string]): string {
  const { doc } = stage;
  const screen = stage.screenId();
  const pane = paneBelow(stage, widgets);
  if (pane && (entered[1] === "" || entered[1] === pane.id)) {
    const from = structureOf(stage.record()).boxes.get(pane.id) as Box;
    const drawn = doc.state.screens[screen]?.widgets[pane.id];
    // What lies in a container of a page is drawn as wide as the container is in the document.
    const f = drawn && drawn.w > 0 ? from.w / drawn.w : 1;
    addWidgets(
      doc,
      screen,
      widgets.map((w) => ({
        ...w,
        parent: pane.id,
        ...(pane.pane > 0 ? { pane: pane.pane } : {}),
        x: Math.round((w.x - from.x) / f),
        y: Math.round(w.y - from.y),
      })),
    );
    return pane.id;
  }
  const [placed, scope] = entered;
  doc.begin("design:step.add");
  addWidgets(doc, screen, placed);
  const raw = doc.state.screens[screen];
  if (scope === "" && raw && isPage(raw) && hasOwnCells(raw, stage.session.getState().breakpoint))
    seat(stage, new Map(widgets.map((w) => [w.id, w])));
  doc.commit();
  return scope;
}
