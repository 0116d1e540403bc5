// The drawing board of the editor. No UI framework.
export { Board } from "./board";
export { type DraggedTag, fits, fitting, newWidget } from "./create";
export type { Load } from "./drop";
export { Minimap } from "./minimap";
export { openPane, setOpenPane } from "./page/panes";
export { pageWidth } from "./page/shown";
export { Rulers } from "./rulers";
export { createSession, type Kept, type Session, type SessionStore } from "./session";
export type { BoardOptions } from "./surface";
