import type { Manifest } from "@lineside/client";
import type { View } from "./view";

export type { AssetAsk, AssetCalls, EmbedAsk, EmbedCalls, Embedded, Screens } from "./embed";
export { inputOf, isInput } from "./embed";
export { symbols } from "./icons.gen";
export * from "./kit";
export type { Past, PastQuestion } from "./plot/past";
export { type Track, tracksOf } from "./plot/series";
export type * from "./tagsource";
export * from "./view";

const named = <T>(files: Record<string, { default: T }>): Record<string, T> =>
  Object.fromEntries(Object.entries(files).map(([path, module]) => [path.split("/")[1] as string, module.default]));

/** The views by widget id: a folder with view.ts is a widget. */
export const views: Record<string, View> = named(import.meta.glob<{ default: View }>("./*/view.ts", { eager: true }));

/** The manifests by widget id, the same files that the runtime embeds. */
export const manifests: Record<string, Manifest> = named(
  import.meta.glob<{ default: Manifest }>("./*/manifest.json", { eager: true }),
);
