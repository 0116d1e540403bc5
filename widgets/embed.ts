import type { ListedAsset } from "@lineside/client";

/** A screen that a widget draws within itself. */
export interface EmbedAsk {
  /** The id of the app; "" is that of the screen around. */
  app: string;
  /** "" is its start screen. */
  screen: string;
  /** What stands in for inputs of the app. */
  params: Readonly<Record<string, unknown>>;
  /** What stands in for parameters of these ids, if the app has such. */
  offers?: Readonly<Record<string, unknown>>;
}

/** What is told of an embedded screen. */
export interface EmbedCalls {
  /** It is there, for the first time or again. */
  opened?(screen: { width: number; height: number; name: string }): void;
  /** It cannot be shown, and why. */
  refused?(message: string): void;
}

/** A screen in an element: it acts, and tells the server by itself what is done in it. */
export interface Embedded {
  /** Shows a screen in place of the present one; the same again changes nothing. */
  show(ask: EmbedAsk): void;
  /** Closes the screen at the server; what was drawn stays until another is shown. */
  close(): void;
  destroy(): void;
}

/** The assets that an input of an app takes, below an area. */
export interface AssetAsk {
  app: string;
  input: string;
  area: string;
}

export interface AssetCalls {
  listed(assets: readonly ListedAsset[], total: number): void;
  refused(message: string): void;
}

/** How screens are drawn within widgets. */
export interface Screens {
  /** Draws screens in an element that has a size. fit says how, as in a document; "" leaves it to the screen. */
  embed(host: HTMLElement, fit: string, on: EmbedCalls): Embedded;
  /** Opens and closes many screens with few messages: all that fn does. */
  together(fn: () => void): void;
  /** Follows assets as they come and go, until what is given back is called. */
  assets(ask: AssetAsk, on: AssetCalls): () => void;
}

/** The beginning of the properties that stand in for inputs. */
const inputs = "inputs/";

/** Is it a property that stands in for an input of an embedded screen? */
export const isInput = (prop: string): boolean => prop.startsWith(inputs);

/** The input that a property stands in for. */
export const inputOf = (prop: string): string => prop.slice(inputs.length);
