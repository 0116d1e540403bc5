// The editor for its panels.
import type { Widget } from "@lineside/client";
import { createContext, useCallback, useContext, useEffect, useReducer, useRef, useSyncExternalStore } from "react";
import { useStore } from "zustand";
import type { Session } from "../canvas";
import type { AppState, ScreenRecord } from "../document";
import { afterPaint, forget } from "./afterpaint";
import type { Editor, Ui } from "./editor";

export const EditorContext = createContext<Editor | undefined>(undefined);

/** The editor that the panel is in. */
export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("a panel stands outside of the editor");
  return editor;
}

/** A part of the document. The selector must give the same object for the same document. */
export function useDoc<T>(select: (state: AppState) => T): T {
  const { doc } = useEditor();
  const subscribe = useCallback(
    (fn: () => void) => {
      // Undo shows the drawing first: a panel that follows a frame later is not waited for. What is typed must come at once.
      const off = doc.subscribe(({ cause }) => (cause === "undo" || cause === "redo" ? afterPaint(fn) : fn()));
      return () => {
        off();
        forget(fn);
      };
    },
    [doc],
  );
  return useSyncExternalStore(subscribe, () => select(doc.state));
}

export function useSession<T>(select: (s: Session) => T): T {
  return useStore(useEditor().session, select);
}

export function useUi<T>(select: (s: Ui) => T): T {
  return useStore(useEditor().ui, select);
}

const none: readonly Widget[] = [];

/** The screen that is shown. */
export function useScreen(): ScreenRecord | undefined {
  const id = useSession((s) => s.screen);
  return useDoc((d) => d.screens[id]);
}

/** The selected widgets; the same list while none of them changes. */
export function useSelected(): readonly Widget[] {
  const screen = useScreen();
  const selection = useSession((s) => s.selection);
  const last = useRef<readonly Widget[]>(none);
  const now = screen ? selection.flatMap((id) => screen.widgets[id] ?? []) : none;
  if (now.length !== last.current.length || now.some((w, i) => w !== last.current[i])) last.current = now;
  return last.current;
}

/** Draws the component again when live values have changed, at most ten times a second. */
export function useLiveTick(): void {
  const { live } = useEditor();
  const [, tick] = useReducer((n: number) => n + 1, 0);
  useEffect(() => live.subscribe(tick), [live]);
}
