import type {
  AlarmPage,
  AlarmsNow,
  AssetPage,
  JournalPage,
  LiveValue,
  Meta,
  Ramp,
  Text,
  WriteResult,
} from "@lineside/client";
import type { Group, MirrorEntry, Theme } from "@lineside/scene";
import type { Screens } from "./embed";
import type { Past } from "./plot/past";

import type { TagSource } from "./tagsource";

/**
 * The live values of a widget by property. A property that is a constant is not here. What an
 * animation makes of a property stands in its place. What it makes of one part of a drawing is
 * here as "part:<id>:<what>", for update and never for settings: visible and blink are booleans,
 * opacity is 0 to 1, scale a factor, rotate degrees and move [dx, dy], each about the middle of the
 * part or from its place; fill and stroke are colours, text is a text. It is missing while the
 * part is as it was drawn.
 */
export type Values = Record<string, LiveValue>;

/** Constants of the document over the manifest's defaults and what comes from the bound tag. */
export type Settings = Record<string, unknown>;

export type Lang = "en" | "zh";

/** What the tag that a property is bound to says of itself, and the ramp that it is on. */
export type BoundMeta = Meta & { ramp?: Ramp };

/** Asks the operator for a number. */
export interface NumberEntry {
  title: string;
  unit: string;
  value: number | undefined;
  low: number | undefined;
  high: number | undefined;
  decimals: number | undefined;
  /** Whole numbers only. */
  integer: boolean;
}

/** The alarms that this person may see. */
export interface AlarmSource {
  /** How many there are, and the first of them. */
  readonly now: AlarmsNow;
  /** Calls whenever they have changed; what is given back ends that. */
  watch(listener: () => void): () => void;
  /** A part of the list, by the query of GET /api/v1/alarms. */
  list(query: URLSearchParams): Promise<AlarmPage>;
  /** A part of the journal, by the query of GET /api/v1/alarms/journal. */
  journal(query: URLSearchParams): Promise<JournalPage>;
  /** Acknowledges, after asking why where that must be said. Not there where nothing acts. */
  acknowledge?(alarms: readonly { key: string; comment?: boolean; title: string }[]): Promise<void>;
  /** Goes to the screen of an alarm. */
  show?(key: string): Promise<void>;
  /** Goes to the list of the alarms of an area. */
  showArea?(area: string): void;
}

/** An entry of the navigation of an app: a screen, a heading with entries below, or both. */
export interface Place {
  title: string;
  icon?: string;
  screen?: string;
  items?: readonly Place[];
}

/** Where a screen is opened. */
export type Where = "here" | "popup" | "drawer" | "window";

/** The app around a screen: where one is, what else there is, and how it is shown. */
export interface Navigation {
  /** The screen that is open, and the way there from the start; the last is the screen itself. */
  readonly screen: string;
  readonly trail: readonly Place[];
  /** The entries that this person may see. */
  readonly entries: readonly Place[];
  /** The languages of the app as they call themselves, and the one that is shown. */
  readonly languages: readonly { id: string; name: string }[];
  readonly language: string;
  /** The app decides for everybody whether it is light or dark. */
  readonly themed: boolean;
  /** The address of a screen of this app. */
  address(screen: string, params?: Readonly<Record<string, unknown>>): string;
  /** Calls whenever any of this has changed; what is given back ends that. */
  watch(listener: () => void): () => void;
  /** Assets that this person may see, by the query of GET /api/v1/assets. Not there where nobody can be asked. */
  assets?(query: URLSearchParams): Promise<AssetPage>;
  /** Opens a screen. Not there where nothing acts. */
  go?(screen: string, params?: Readonly<Record<string, unknown>>, where?: Where): void;
  setLanguage?(language: string): void;
  setTheme?(theme: Theme): void;
}

/** A point in the box of a widget. */
export interface At {
  x: number;
  y: number;
}

/** How one person has a widget before them: which pane is open, where a divider stands. It is no part of the document. */
export type Local = Readonly<Record<string, unknown>>;

/** A part of a widget that holds others. What lies in it is seen within this rectangle of the widget's box. */
export interface Pane {
  x: number;
  y: number;
  width: number;
  height: number;
  /** What lies in it is seen. */
  open: boolean;
  /** How far what lies in it has gone from where it was drawn. */
  dx?: number;
  dy?: number;
}

/** What is asked of the history of the tags of some properties. */
export interface Ask {
  /** Milliseconds, "now-8h", or "today", "yesterday", "this week", "last month", … by the clock of the plant. */
  from: number | string;
  /** Milliseconds; now, or the end of the time that has a name, when not given. */
  to?: number;
  /** The length of a bucket: 15m, 1h; 1d, 1w, 1mo by the calendar of the plant. Without one samples are given. */
  step?: string;
  /** What is made of each bucket: avg, min, max, sum, count, first, last, at, delta, rate, integral, duration, … */
  fn?: string;
  /** The state whose duration is asked for; any but 0, false and an empty text when not given. */
  state?: unknown;
  /** As many samples as a line of so many pixels needs. */
  pixels?: number;
}

/** What the tags of some properties were, in the units that are shown. */
export interface Recalled {
  from: number;
  to: number;
  /** The time zone of the plant by its IANA name, "" when it is not known. */
  zone: string;
  /** By property: samples, or a value for each bucket with its beginning. Those that are bound to no tag are not here. */
  series: Readonly<Record<string, readonly LiveValue[]>>;
}

/** How long a tag had which value, the longest first. */
export interface Lasted {
  states: readonly { value: unknown; seconds: number; times: number }[];
  /** Seconds of further values, and without a good one. */
  other: number;
  bad: number;
}

/** What a widget may know and do beyond its own box. */
export interface Env {
  readonly lang: Lang;
  readonly theme: Theme;
  /** design: drawn in the editor; nothing acts. */
  readonly mode: "run" | "design";
  /** False while there is no connection to the runtime. */
  readonly connected: boolean;
  /** What the engineer calls the widget, or "". */
  readonly name: string;
  /** What its type is called. */
  readonly title: string;
  /**
   * Kept while the widget is built again, as for another language: history of a trend. What is kept and can be
   * destroyed is, when the widget goes for good.
   */
  readonly memory: Map<string, unknown>;
  /** The events that have an action on them. */
  readonly actions: readonly string[];
  t(text: Text | undefined): string;
  /** The tag a property is bound to, when it is bound to exactly one. */
  meta(prop: string): BoundMeta | undefined;
  /**
   * What the tag of a property was between two times in milliseconds, as many samples as a line of so many pixels
   * needs, in the unit that is shown; none when it is bound to something else. With a shift (1d, 1w, 1mo, 1y) what was so
   * much earlier, as if it were then. Not there where nothing is kept.
   */
  history?(prop: string, from: number, to: number, pixels: number, shift?: string): Promise<readonly LiveValue[]>;
  /** The past of any tag, in the unit of the tag. Not there where nobody can be asked. */
  readonly past?: Past;
  /** The history of the tags of several properties at once. Not there where nothing is kept. */
  recall?(props: readonly string[], ask: Ask): Promise<Recalled>;
  /** How long the tags of properties had which value, by property. Not there where nothing is kept. */
  lasted?(props: readonly string[], from: number, to: number): Promise<Readonly<Record<string, Lasted>>>;
  /** The alarms. Not there where nobody can be asked. */
  readonly alarms?: AlarmSource;
  /** The tags of the plant, in their own units. Not there where nobody can be asked. */
  readonly tags?: TagSource;
  /** The app around the screen. Not there where a screen stands alone. */
  readonly navigation?: Navigation;
  /** Draws screens within the widget. Not there where none can be opened. */
  readonly screens?: Screens;
  /** Is the property bound to a tag or expression? */
  bound(prop: string): boolean;
  /**
   * Says that something happened. First the operator is asked what must be asked; sent is called when
   * it goes to the server, and the answer comes when the write that follows has ended.
   */
  emit(name: string, data?: unknown, sent?: () => void): Promise<WriteResult | undefined>;
  /** Asks the operator; undefined when cancelled. */
  enter(entry: NumberEntry): Promise<number | undefined>;
  /** How this person has it before them. A change of it builds the widget again; `keep` remembers it in the browser. */
  readonly local: Local;
  setLocal(change: Local, keep?: boolean): void;
}

/** What a drawing answers to. */
export interface Drawn {
  /** New values: always all of the widget. Called at most once a frame. */
  update(values: Values): void;
  /** Acts: click, touch, Enter or Space. A drawing without it is only looked at. `at` is where, not given by the keyboard. */
  act?(at?: At): void;
  /** It acts for this person alone, so it may without a connection. */
  own?: boolean;
  /** A pointer that went down on it drags it: nothing is panned. Called with every place until it goes up. */
  drag?(at: At): void;
  /** Whether a press at a place of the box acts; everywhere when not given. */
  takes?(at: At): boolean;
  /** Takes a key that went down while it has the focus; false leaves it to others. */
  key?(key: string): boolean;
  /** What the pointer looks like over it. */
  cursor?: string;
  /** What a press at a place would change of how it is seen; in the editor this chooses the pane. */
  peek?(at: At): Local | undefined;
  /** May it be acted on now? Yes when not given. */
  active?(): boolean;
  /** A finger or the mouse is down on it, or not any more; kept is false when it was taken away instead of let go. */
  press?(down: boolean, kept?: boolean): void;
  /** What a screen reader says; the default speaks name and value. */
  describe?(): Omit<MirrorEntry, "act">;
  /** It is drawn turned so many degrees, all around it included; for what stands upright beside it. */
  turned?(degrees: number): void;
  /** It is gone: what comes later is for nobody. */
  destroy?(): void;
}

/** One stroke or fill of a picture, in pixels of its size. */
export interface Stroke {
  d?: string;
  text?: { text: string; x: number; y: number; size: number };
  fill?: string;
  stroke?: string;
  strokeWidth?: number;
}

/** A view of vector parts on the canvas. */
export interface DrawingView {
  /** The bound properties that update takes; a change of any other builds the view again. */
  live?: readonly string[];
  /** For a widget that holds others and does not simply lie behind them: its panes, by Widget.pane. */
  panes?(box: { width: number; height: number }, settings: Settings, local: Local): Pane[];
  /** What a choice of its variant looks like in a box, for lists of such. */
  picture?(
    variant: string,
    box: { width: number; height: number },
  ): Promise<{ width: number; height: number; strokes: readonly Stroke[] } | undefined>;
  build(
    g: Group,
    box: { width: number; height: number },
    settings: Settings,
    env: Env,
  ): ((values: Values) => void) | Drawn;
}

/** What an element answers to. */
export interface Mounted {
  /** New values, as they come: not only once a frame. */
  update(values: Values): void;
  /** A new size in drawing pixels; ratio is device pixels per drawing pixel. */
  resize(box: { width: number; height: number }, ratio: number): void;
  destroy(): void;
  /** The connection has gone: nothing is known from now until the next update. */
  lost?(): void;
  describe?(): Omit<MirrorEntry, "act">;
}

/** A view of DOM elements above the canvas. */
export interface ElementView {
  live?: readonly string[];
  mount(host: HTMLElement, settings: Settings, env: Env): Mounted;
}

export type View = DrawingView | ElementView;

export const isElement = (view: View): view is ElementView => "mount" in view;
