// The app document of the editor: state, history, edits, saving. No UI framework.
export * from "./align";
export * from "./autosave";
export * from "./clipboard";
export * from "./document";
export * from "./edit";
export * from "./layout";
export * from "./restore";
export * from "./screens";
export * from "./state";
