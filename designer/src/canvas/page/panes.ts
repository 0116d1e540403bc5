// Which pane of tabs the board shows. It is a matter of the editor's session, not of the document.
import { ancestors, parentOf, type ScreenRecord } from "../../document";
import type { Stage } from "../gesture";
import { paneCount } from "./shown";

const place = (stage: Stage, id: string): string => `${stage.screenId()}/${id}`;

/** The open pane of a widget. */
export const openPane = (stage: Stage, id: string): number => stage.session.getState().panes[place(stage, id)] ?? 0;

/** Opens a pane of a widget. */
export function setOpenPane(stage: Stage, id: string, pane: number): void {
  const { panes } = stage.session.getState();
  if ((panes[place(stage, id)] ?? 0) !== pane)
    stage.session.setState({ panes: { ...panes, [place(stage, id)]: pane } });
}

/** A press on the tab of a selected widget shows its pane. */
export function showPane(stage: Stage, id: string, wx: number, wy: number): void {
  const open = stage.view.instance(id)?.peek(wx, wy)?.open;
  if (typeof open === "number") setOpenPane(stage, id, open);
}

/** Opens the panes that widgets are in: they were chosen in the layers or by a problem. */
export function openPanesFor(stage: Stage, ids: readonly string[]): void {
  const raw = stage.doc.state.screens[stage.screenId()];
  for (const id of raw ? ids : []) {
    for (const inner of [id, ...ancestors(raw as ScreenRecord, id)]) {
      const w = raw?.widgets[inner];
      const parent = w && raw?.widgets[parentOf(raw, w)];
      const count = parent && paneCount(parent, stage.manifest(parent.type));
      if (w && parent && count !== undefined) setOpenPane(stage, parent.id, Math.min(w.pane ?? 0, count - 1));
    }
  }
}

/** Lets the drawing show the open panes. */
export function showPanes(stage: Stage, screen: ScreenRecord): void {
  for (const id of screen.order) {
    const w = screen.widgets[id];
    const count = w && paneCount(w, stage.manifest(w.type));
    if (count !== undefined) stage.view.setLocal(id, { open: Math.min(openPane(stage, id), count - 1) });
  }
}
