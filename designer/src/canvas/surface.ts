// What the parts of the board that listen to pointers and keys may use of it, so that they need not know the board itself.
import type { Manifest, Widget } from "@lineside/client";
import type { Camera, Theme } from "@lineside/scene";
import type { Screens, TagSource } from "@lineside/widgets";
import type { Document, Turned } from "../document";
import type { DraggedTag } from "./create";
import type { Point, Stage } from "./gesture";
import type { SessionStore } from "./session";

/** How far, in CSS pixels, a pointer goes before it drags. */
export const slop = 3;

/** What the board needs of the editor around it. */
export interface BoardOptions {
  doc: Document;
  session: SessionStore;
  /** Where each screen was looked at from. */
  cameras: Map<string, Camera>;
  catalogue: readonly Manifest[];
  theme: Theme;
  lang: "en" | "zh";
  /** The tags of the plant, for widgets that show many. */
  tags?: TagSource;
  /** Draws screens within widgets. */
  screens?: Screens;
  /** Says something to a screen reader, by the key of a text. */
  say(key: string, values?: Record<string, unknown>): void;
  /** A short text for "this tag would be bound to that property of that widget". */
  dropText(manifest: Manifest, widget: Widget): string;
  /** Tags were dropped beside the widgets: offers what fits. `client` is where the pointer is. */
  offer(tags: readonly DraggedTag[], at: { x: number; y: number }, client: { x: number; y: number }): void;
  /** A widget was double-clicked: edit its content, or one property of it. */
  open(id: string, prop?: string): void;
  /** Tells everybody why something cannot be done, by the key of a text. */
  notice?(key: string): void;
}

/** The part of a pointer or wheel event that says where it is and what keys are held. */
export interface PointerPlace {
  clientX: number;
  clientY: number;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** The board as its listeners see it. */
export interface Surface extends Stage {
  readonly host: HTMLElement;
  readonly options: BoardOptions;
  /** Where an event is. */
  point(e: PointerPlace): Point;
  /** Coordinates of the page of a place in the world. */
  clientOf(world: { x: number; y: number }): { x: number; y: number };
  /** What a click at a place means: the child of the entered group, or with `deep` the widget itself. */
  pick(wx: number, wy: number, deep: boolean): { id: string; scope: string } | undefined;
  /** The box that the handles are around: that of one widget as it is turned, else the one around all. */
  selectionFrame(): Turned | undefined;
  setCamera(camera: Camera): void;
  /** Adds a widget in the middle of what is seen. */
  addInMiddle(manifest: Manifest): void;
  /** Selects widgets and brings them into sight. */
  reveal(ids: readonly string[]): void;
  /** Paints the marks again in the next frame. */
  repaint(): void;
  /** Shows no marks but those of the selection: a gesture has ended. */
  unmark(): void;
}
