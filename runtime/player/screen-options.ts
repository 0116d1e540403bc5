// What a screen is given to be drawn, and what it tells.
import type { Drawing, LiveValue, Manifest, Screen, WriteResult } from "@lineside/client";
import type { Theme } from "@lineside/scene";
import type { AlarmSource, BoundMeta, Navigation, NumberEntry, Past, Screens, TagSource } from "@lineside/widgets";
import type { Units } from "./display";
import type { Texts } from "./language";
import type { Recaller } from "./recall";

/** Live values: widget → property → value. What is not named stays. */
export type ScreenValues = Record<string, Record<string, LiveValue>>;

/** What is bound: widget → property → what the tag says of itself, {} for an expression. */
export type ScreenMeta = Record<string, Record<string, BoundMeta>>;

/** Manifests by widget id, or a list of them. */
export type Catalogue = Readonly<Record<string, Manifest>> | readonly Manifest[];

/** Manifests by widget id. */
export const byId = (catalogue: Catalogue): Readonly<Record<string, Manifest>> =>
  Array.isArray(catalogue) ? Object.fromEntries(catalogue.map((m: Manifest) => [m.id, m])) : (catalogue as never);

export interface ScreenOptions {
  document: Screen;
  /** Manifests by widget id, or a list; those built in when not given. */
  catalogue?: Catalogue;
  /** What is bound, when it is known already; see setMeta. */
  meta?: ScreenMeta;
  theme: Theme;
  /** The language of the app's texts; what is not of the app is in English or Chinese. */
  lang: string;
  /** The app's texts by key, as far as the screen names them. */
  texts?: Texts;
  /** The app's drawings by id, as far as the screen shows them. */
  drawings?: Readonly<Record<string, Drawing>>;
  /** How the units that the screen names are shown; what is not here is shown as it is. */
  units?: Units;
  /** run: widgets act and the camera fits the screen. design: nothing acts, the caller moves the camera. */
  mode: "run" | "design";
  /** A widget says that something happened. Calls sent when it goes to the server; answers when all that follows has ended. */
  emit?(widget: string, name: string, data?: unknown, sent?: () => void): Promise<WriteResult | undefined>;
  /** Asks the operator for a number; without it setpoints do not act. */
  enter?(entry: NumberEntry): Promise<number | undefined>;
  /** Begins the names of what the browser remembers of each widget, such as where a divider stands; without it nothing is. */
  remember?: string;
  /** The alarms, for widgets that show them; without it they are asked from time to time. */
  alarms?: AlarmSource;
  /** The tags of the plant, for widgets that show many. */
  tags?: TagSource;
  /** The past of tags, for widgets that show it; without it the runtime is asked. */
  past?: Past;
  /** What tags were by buckets and states; without it the runtime is asked. */
  recaller?: Recaller;
  /** The app around the screen, for widgets that lead elsewhere. */
  navigation?: Navigation;
  /** How screens are drawn within widgets; without it none are. */
  screens?: Screens;
  /** It lies in another screen, whose colours it has and whose window it does not fill. */
  nested?: boolean;
  /** What lies around the page: a token or colour; "ground" when not given. */
  outside?: string;
}
