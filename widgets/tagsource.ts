// The tags of the plant, for widgets that show many: what they say of themselves, their values as they come, and setting several.
import type { HistoryAnswer, LiveValue, TagState, WriteResult } from "@lineside/client";

/** What a tag says of itself. */
export type TagFacts = Pick<
  TagState,
  | "path"
  | "type"
  | "format"
  | "unit"
  | "title"
  | "low"
  | "high"
  | "decimals"
  | "writable"
  | "writeLow"
  | "writeHigh"
  | "confirm"
  | "asset"
  | "property"
>;

export interface AssetFacts {
  path: string;
  model: string;
  title: string;
}

/** Is told of the tags that are watched. */
export interface TagListener {
  /** Tags that match; called again when there are more. */
  found?(paths: readonly string[]): void;
  values(changed: ReadonlyMap<string, LiveValue>): void;
  /** The connection has gone: nothing is known until values come again. */
  lost?(): void;
  /** They cannot be watched; why. */
  refused?(message: string): void;
}

/** One value that is to be written. */
export interface TagEdit {
  path: string;
  title: string;
  value: unknown;
  /** The value as it is asked about, with its unit. */
  text: string;
  confirm: string;
}

export interface HistoryAsk {
  tags: readonly string[];
  from: string;
  to: string;
  step?: string;
  fn?: string;
}

export interface TagSource {
  /** Follows the tags that patterns match ("area/line/*", "area/**"), as far as the person may view them. */
  watch(patterns: readonly string[], listener: TagListener): () => void;
  /** What the tags that a pattern matches say of themselves, sorted by path; so many at most. */
  tags(pattern: string, most: number): Promise<readonly TagFacts[]>;
  /** The assets below a path, of a model or of one that builds on it; all where these are "". */
  assets(under: string, model: string, most: number): Promise<readonly AssetFacts[]>;
  history(ask: HistoryAsk): Promise<HistoryAnswer>;
  /** Writes values one after the other after asking about all of them; undefined when that was declined. Not there where nothing acts. */
  write?(edits: readonly TagEdit[]): Promise<ReadonlyMap<string, WriteResult> | undefined>;
}
