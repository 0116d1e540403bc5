// Saves the draft by itself. A save that lost a race, or found no server, never loses work.
import type { Document } from "./document";

/** What the server answered to a save. */
export interface Saved<P> {
  etag: string;
  problems: P[];
}

/** Why a save failed: status 0 is no connection, 412 a lost race. */
export interface SaveError {
  status: number;
  message: string;
  hint?: string;
  etag?: string;
}

/** Where saving stands. */
export type SaveState =
  | { kind: "saved"; at: number }
  | { kind: "dirty" }
  | { kind: "saving" }
  | { kind: "offline"; since: number }
  | { kind: "refused"; error: SaveError }
  | { kind: "conflict"; error: SaveError };

/** How drafts are kept, and what is done with the answers. */
export interface SaveOptions<P> {
  /** The text to be saved. */
  serialize: () => unknown;
  /** Saves it if the draft still has the ETag; throws a SaveError. */
  put: (body: unknown, etag: string) => Promise<Saved<P>>;
  /** Told after every save. */
  onSaved: (answer: Saved<P>) => void;
  /** Told of every change of the state. */
  onState: (state: SaveState) => void;
  /** Told of a lost race. Answers the ETag to save over, when the document holds both works by now; undefined when somebody must choose. */
  lost?: () => Promise<string | undefined>;
  /** Keeps unsaved work in the browser, or with undefined forgets it. */
  stash?: (work: { etag: string; body: unknown } | undefined) => void;
  /** Milliseconds of rest before a save, and the longest that a save is put off. */
  delay?: number;
  longest?: number;
}

/** Watches a document and saves it a moment after it rests. */
export class Autosave<P> {
  #state: SaveState = { kind: "saved", at: Date.now() };
  #etag: string;
  #saved: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dirtySince = 0;
  #attempt = 0;
  #running: Promise<void> | undefined;
  #stop: () => void;
  #ended = false;

  constructor(
    private readonly doc: Document,
    etag: string,
    private readonly options: SaveOptions<P>,
  ) {
    this.#etag = etag;
    this.#saved = doc.version;
    const off = doc.subscribe(() => this.#changed());
    const online = () => this.#state.kind === "offline" && void this.flush();
    globalThis.addEventListener?.("online", online);
    this.#stop = () => {
      off();
      globalThis.removeEventListener?.("online", online);
    };
  }

  get state(): SaveState {
    return this.#state;
  }

  /** ETag of the draft as it was last read or saved. */
  get etag(): string {
    return this.#etag;
  }

  /** Whether everything is on the server. */
  get clean(): boolean {
    return this.#saved === this.doc.version;
  }

  /** Saves now what is not saved; ends when it is saved or has failed. True when everything is on the server. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    while (this.#running) await this.#running;
    if (this.#ended || this.#state.kind === "conflict") return false;
    if (!this.clean) {
      this.#running = this.#save().finally(() => {
        this.#running = undefined;
      });
      await this.#running;
    }
    return this.clean;
  }

  /** After a conflict: saves one's own work over the draft that has this ETag. */
  async overwrite(etag: string): Promise<boolean> {
    this.#etag = etag;
    this.#saved = -1;
    this.#set({ kind: "dirty" });
    return this.flush();
  }

  /** The document was loaded anew with this ETag: nothing is to be saved. */
  loaded(etag: string): void {
    clearTimeout(this.#timer);
    this.#etag = etag;
    this.#saved = this.doc.version;
    this.#attempt = 0;
    this.options.stash?.(undefined);
    this.#set({ kind: "saved", at: Date.now() });
  }

  /** Says that the document holds work that the server has not: taken from the stash. */
  unsaved(): void {
    this.#saved = -1;
    this.#changed();
  }

  /** Stops watching. What is not saved stays in the stash. */
  destroy(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#stop();
  }

  #set(state: SaveState): void {
    this.#state = state;
    this.options.onState(state);
  }

  #changed(): void {
    const { kind } = this.#state;
    if (kind === "conflict" || kind === "offline") {
      this.#keep();
      return;
    }
    const now = Date.now();
    if (kind === "saved" || kind === "refused") {
      this.#dirtySince = now;
      this.#set({ kind: "dirty" });
    }
    const { delay = 700, longest = 5000 } = this.options;
    this.#later(Math.max(0, Math.min(delay, this.#dirtySince + longest - now)));
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  #keep(): void {
    this.options.stash?.({ etag: this.#etag, body: this.options.serialize() });
  }

  async #save(): Promise<void> {
    const { doc, options } = this;
    const version = doc.version;
    const body = options.serialize();
    const offline = this.#state.kind === "offline" ? this.#state : undefined;
    if (!offline) this.#set({ kind: "saving" });
    try {
      const answer = await options.put(body, this.#etag);
      this.#etag = answer.etag;
      this.#saved = version;
      this.#attempt = 0;
      options.stash?.(undefined);
      if (this.#ended) return;
      if (this.clean) this.#set({ kind: "saved", at: Date.now() });
      else {
        this.#dirtySince = Date.now();
        this.#set({ kind: "dirty" });
        this.#later(options.delay ?? 700);
      }
      options.onSaved(answer);
    } catch (cause) {
      let error = cause as SaveError;
      this.#keep();
      if (this.#ended) return;
      let etag: string | undefined;
      if (error.status === 412 && options.lost)
        try {
          etag = await options.lost();
        } catch (failed) {
          error = failed as SaveError;
        }
      if (this.#ended) return;
      if (etag !== undefined) {
        this.#etag = etag;
        this.#saved = -1;
        this.#dirtySince = Date.now();
        this.#set({ kind: "dirty" });
        this.#later(0);
      } else if (error.status === 412) this.#set({ kind: "conflict", error });
      else if (error.status === 0 || error.status >= 500 || error.status === 429 || error.status === undefined) {
        if (!offline) this.#set({ kind: "offline", since: Date.now() });
        this.#later(Math.min(15000, 1000 * 2 ** this.#attempt++));
      } else this.#set({ kind: "refused", error });
    }
  }
}
