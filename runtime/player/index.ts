export { chordOf } from "./chord";
export { decimalsShown, toShown, type Units } from "./display";
export { Frame, type Framed } from "./frame";
export { nameOf, type Texts } from "./language";
export { Player, type PlayerOptions } from "./player";
export type { PreviewAnswer, PreviewAsk } from "./preview";
export { type ScreenMeta, type ScreenOptions, type ScreenValues, ScreenView } from "./screen-view";
export { start } from "./shell";
export { nextTrail } from "./way";
