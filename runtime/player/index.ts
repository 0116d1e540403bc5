export { Player, type PlayerOptions } from "./player";
export { type ScreenMeta, type ScreenOptions, type ScreenValues, ScreenView } from "./screen-view";
export { start } from "./shell";
