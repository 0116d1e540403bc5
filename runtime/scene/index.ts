export { DirtyRects } from "./dirty";
export type { Bounds, Box, Camera } from "./geometry";
export { Group, type GroupProps } from "./group";
export { Layer } from "./layer";
export { Mirror, type MirrorEntry } from "./mirror";
export * from "./outline";
export { Ellipse, type EllipseProps, Line, type LineProps, Part, type PartProps, Rect, type RectProps } from "./part";
export { Image, type ImageProps, Path, type PathProps } from "./part-path";
export { leading, Text, type TextProps } from "./part-text";
export { pathBounds } from "./path";
export { type Look, look, nothing, Readout } from "./quality";
export { type FrameStats, type Page, Scene, type SceneOptions } from "./scene";
export * from "./tokens";
export {
  compose,
  invert,
  type Matrix,
  mapBounds,
  mapPoint,
  multiply,
  sameTurn,
  type Transform,
  type Turn,
  turnOf,
  unmirror,
} from "./transform";
export { Type } from "./type";
