// Where widgets have from what tags were: the runtime, or a page that shows samples.
import type { HistoryNote, PenSet, PenSetRequest, TagState } from "@lineside/client";
import type { Track } from "./series";

/** A question about the past of tags; times in milliseconds since 1970. */
export interface PastQuestion {
  tags: readonly string[];
  from: number;
  to: number;
  /** No more samples than a line of so many pixels needs: at most two for each. */
  pixels: number;
  /** What was so much earlier, as if it were now: 1d, 1w, 1mo, 1y; "" for the time itself. */
  shift?: string;
}

/** The past of the tags that this person may view. */
export interface Past {
  tracks(question: PastQuestion, signal?: AbortSignal): Promise<Track[]>;
  /** The tags that a text finds. Not there where nothing can be looked for. */
  find?(text: string, signal?: AbortSignal): Promise<TagState[]>;
  /** What people have written beside a time. */
  notes?(tags: readonly string[], from: number, to: number): Promise<HistoryNote[]>;
  /** The sets of pens that this person sees, and keeping and removing one's own. */
  sets?: {
    list(): Promise<PenSet[]>;
    /** With an id it takes the place of that one. */
    save(set: PenSetRequest, id?: number): Promise<void>;
    remove(id: number): Promise<void>;
  };
}
