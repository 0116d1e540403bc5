export { type ScreenMeta, type ScreenOptions, type ScreenValues, ScreenView } from "./screen-view";
