import type { LiveValue, Meta, Text, WriteResult } from "@lineside/client";
import type { Group, MirrorEntry, Theme } from "@lineside/scene";

/** The live values of a widget by property. A property that is a constant is not here. */
export type Values = Record<string, LiveValue>;

/** Constants of the document over the manifest's defaults and what comes from the bound tag. */
export type Settings = Record<string, unknown>;

export type Lang = "en" | "zh";

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
  /** Kept while the widget is built again, as for another language: history of a trend. */
  readonly memory: Map<string, unknown>;
  /** The events that have an action on them. */
  readonly actions: readonly string[];
  t(text: Text | undefined): string;
  /** The tag a property is bound to, when it is bound to exactly one. */
  meta(prop: string): Meta | undefined;
  /** Is the property bound to a tag or expression? */
  bound(prop: string): boolean;
  /**
   * Says that something happened. First the operator is asked what must be asked; sent is called when
   * it goes to the server, and the answer comes when the write that follows has ended.
   */
  emit(name: string, data?: unknown, sent?: () => void): Promise<WriteResult | undefined>;
  /** Asks the operator; undefined when cancelled. */
  enter(entry: NumberEntry): Promise<number | undefined>;
}

/** What a drawing answers to. */
export interface Drawn {
  /** New values: always all of the widget. Called at most once a frame. */
  update(values: Values): void;
  /** Acts: click, touch, Enter or Space. A drawing without it is only looked at. */
  act?(): void;
  /** May it be acted on now? Yes when not given. */
  active?(): boolean;
  /** A finger or the mouse is down on it. */
  press?(down: boolean): void;
  /** What a screen reader says; the default speaks name and value. */
  describe?(): Omit<MirrorEntry, "act">;
}

/** A view of vector parts on the canvas. */
export interface DrawingView {
  /** The bound properties that update takes; a change of any other builds the view again. */
  live?: readonly string[];
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
