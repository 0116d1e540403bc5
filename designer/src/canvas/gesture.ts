// What a pointer does between down and up.
import type { Manifest, Widget } from "@lineside/client";
import type { ScreenView } from "@lineside/player";
import type { Box, Document, ScreenRecord } from "../document";
import type { Marks } from "./overlay";
import type { Ruling, SessionStore } from "./session";

/** A place of the pointer: in CSS pixels of the board, in the world, and the keys that are held. */
export interface Point {
  x: number;
  y: number;
  wx: number;
  wy: number;
  shift: boolean;
  alt: boolean;
  ctrl: boolean;
}

/** One gesture. move comes at most once a frame; after end or cancel nothing comes. */
export interface Gesture {
  cursor?: string;
  /** Scrolls the view when the pointer comes to its edge. */
  scrolls?: boolean;
  move(p: Point): void;
  end(p: Point): void;
  cancel(): void;
}

/** What a gesture may use of the board. */
export interface Stage {
  readonly doc: Document;
  readonly session: SessionStore;
  readonly view: ScreenView;
  readonly zoom: number;
  manifest(type: string): Manifest | undefined;
  /** The screen that is shown. */
  record(): ScreenRecord;
  screenId(): string;
  /** What of the world is seen. */
  seen(): Box;
  /** The box around the selection, in the world. */
  selected(): Box | undefined;
  /** The lines that were pulled out of the rulers for this screen. */
  rulings(): readonly Ruling[];
  /** Shows widgets as they would be, without changing the document; undefined shows it as it is. */
  preview(widgets: ReadonlyMap<string, Widget> | undefined): void;
  /** Changes what the overlay shows until the gesture ends. */
  mark(marks: Partial<Marks>): void;
  select(ids: readonly string[], scope?: string): void;
  say(key: string, values?: Record<string, unknown>): void;
}

/** How near, in CSS pixels, a box comes to something before it snaps. */
export const reach = 6;

export const gridSize = 8;
