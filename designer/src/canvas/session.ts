// What the editor shows and has selected. It is neither saved nor undone; undo only returns to where a change was made.
import type { Camera } from "@lineside/scene";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Breakpoint, Document, DocumentEvent } from "../document";
import type { Tool } from "./draw/tool";

/** The editor's session. */
export interface Session {
  /** The screen that is shown. */
  screen: string;
  /** Ids of the selected widgets of that screen. */
  selection: readonly string[];
  /** The group that was entered: clicks choose among its widgets. "" is the screen. */
  scope: string;
  zoom: number;
  /** What a press on the board does. */
  tool: Tool;
  /** Whether dragging snaps to neighbours and to the grid. */
  snap: boolean;
  grid: boolean;
  /** The step of the grid in pixels of the screen. */
  gridSize: number;
  /** The width at which a page is shown and changed. */
  breakpoint: Breakpoint;
  /** The open panes of widgets, by screen and widget ("main/tabs1"); the first where none is named. */
  panes: { readonly [place: string]: number };
  /** Whether there are rulers beside the board, and a small picture of the screen in its corner. */
  rulers: boolean;
  minimap: boolean;
  /** Lines pulled out of the rulers, by screen: boxes snap to them. They are not in the document. */
  guides: { readonly [screen: string]: readonly Ruling[] };
  /** The last copies on this screen and where what they are copies of lay: the next copy goes as far again. */
  copied: { ids: readonly string[]; x: number; y: number } | undefined;
  /** The property that the inspector shall show and focus: a problem was clicked. */
  focusProp: { prop: string; count: number } | undefined;
}

/** A line pulled out of a ruler. `at` is on `axis`, the line goes along the other one. */
export interface Ruling {
  axis: "x" | "y";
  at: number;
}

/** What a browser remembers of a session. */
export type Kept = Pick<Session, "snap" | "grid" | "gridSize" | "rulers" | "minimap" | "guides">;

/** Where a change was made, as the history keeps it. */
interface Place {
  screen: string;
  selection: readonly string[];
  scope: string;
}

export type SessionStore = StoreApi<Session>;

/** The session of a document: it follows undo and redo, and never holds what is gone. */
export function createSession(
  doc: Document,
  screen: string,
  kept: Partial<Kept> = {},
): { session: SessionStore; cameras: Map<string, Camera>; stop: () => void } {
  const session = createStore<Session>(() => ({
    screen,
    selection: [],
    scope: "",
    zoom: 1,
    tool: "select",
    snap: kept.snap ?? true,
    grid: kept.grid ?? true,
    gridSize: kept.gridSize ?? 8,
    breakpoint: "large",
    panes: {},
    rulers: kept.rulers ?? true,
    minimap: kept.minimap ?? true,
    guides: kept.guides ?? {},
    copied: undefined,
    focusProp: undefined,
  }));
  doc.place = (): Place => {
    const { screen, selection, scope } = session.getState();
    return { screen, selection, scope };
  };
  const follow = (event: DocumentEvent) => {
    const now = session.getState();
    const place = event.cause === "change" ? undefined : (event.place as Place | undefined);
    const want = place ?? now;
    const { screens, order } = event.state;
    const shown = screens[want.screen] ? want.screen : screens[now.screen] ? now.screen : (order[0] ?? "");
    const widgets = screens[shown]?.widgets ?? {};
    const keep = shown === want.screen ? want.selection.filter((id) => widgets[id]) : [];
    const scope = shown === want.screen && widgets[want.scope] ? want.scope : "";
    if (
      shown !== now.screen ||
      scope !== now.scope ||
      keep.length !== now.selection.length ||
      keep.some((id, i) => id !== now.selection[i])
    )
      session.setState({ screen: shown, selection: keep, scope });
  };
  return { session, cameras: new Map(), stop: doc.subscribe(follow) };
}
