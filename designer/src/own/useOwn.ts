// The widgets that can be put on a screen: those of the catalogue and the app's own.
import type { Manifest } from "@lineside/client";
import { useSyncExternalStore } from "react";
import { useEditor } from "../design/context";

/** Draws the component again when a widget type of the app's own was compiled or went; answers the manifests of all types. */
export function useOwn(): readonly Manifest[] {
  const editor = useEditor();
  return useSyncExternalStore(editor.onWidgets, () => editor.widgets);
}
