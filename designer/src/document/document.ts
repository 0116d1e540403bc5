// The document with its history. Every change is immer patches; undo plays the inverse ones back.
import { applyPatches, type Draft, enablePatches, freeze, type Patch, produceWithPatches } from "immer";
import { tie } from "./joints";
import type { Kinds } from "./points";
import { reconcile } from "./reconcile";
import type { AppState } from "./state";

enablePatches();

/** One step of the history. */
export interface Step {
  /** Key of the text that names it: "design:step.move". */
  label: string;
  patches: Patch[];
  inverse: Patch[];
  /** Where the editor was before and after: the screen and what was selected. The document does not look into it. */
  before: unknown;
  after: unknown;
  merge?: string;
}

/** What listeners are told. */
export interface DocumentEvent {
  state: AppState;
  previous: AppState;
  cause: "change" | "undo" | "redo" | "load" | "abort";
  /** For undo and redo: where the editor was. */
  place?: unknown;
}

/** A change; it may alter the draft but returns nothing. */
export type Recipe = (draft: Draft<AppState>) => void;

const most = 2000;

/** How many steps are carried over to a merged document. */
const mostCarried = 300;

/** The app document of an editor: its state, its changes, its undo and redo. */
export class Document {
  #state: AppState;
  #past: Step[] = [];
  #future: Step[] = [];
  #open: Step | undefined;
  #depth = 0;
  #version = 0;
  #listeners = new Set<(event: DocumentEvent) => void>();
  #waiting: (() => void)[] = [];
  /** Asked before and after a change for where the editor is. */
  place: () => unknown = () => undefined;
  /** The catalogue of widgets, for what depends on their types: connection points. */
  kinds: Kinds = () => undefined;

  constructor(state: AppState) {
    this.#state = freeze(state, true);
  }

  /** The document now. It is frozen. */
  get state(): AppState {
    return this.#state;
  }

  /** Counts changes of any kind; equal numbers mean an equal document. */
  get version(): number {
    return this.#version;
  }

  /** The step that undo would take back. */
  get undoStep(): Step | undefined {
    return this.#open?.patches.length ? this.#open : this.#past.at(-1);
  }

  /** The step that redo would bring again. */
  get redoStep(): Step | undefined {
    return this.#future.at(-1);
  }

  /** Calls fn after every change until the returned function is called. */
  subscribe(fn: (event: DocumentEvent) => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  /**
   * Changes the document: one step of undo, or a part of the step that begin opened. Changes
   * with the same `merge` that follow each other directly are one step. False if nothing changed.
   */
  change(label: string, recipe: Recipe, options: { merge?: string } = {}): boolean {
    const before = this.place();
    let [state, patches, inverse] = produceWithPatches(this.#state, (draft) => void recipe(draft));
    if (patches.length === 0) return false;
    const tied = tie(this.#state, state, this.kinds);
    if (tied) {
      state = tied.state;
      patches = [...patches, ...tied.patches];
      inverse = [...tied.inverse, ...inverse];
    }
    const previous = this.#state;
    this.#state = state;
    this.#future.length = 0;
    const last = this.#open ?? (options.merge ? this.#past.at(-1) : undefined);
    if (last && (this.#open || last.merge === options.merge)) {
      last.patches.push(...patches);
      last.inverse.unshift(...inverse);
    } else this.#push({ label, patches, inverse, before, after: before, merge: options.merge });
    this.#tell({ state, previous, cause: "change" });
    return true;
  }

  /** Says that the last step ends where the editor is now (what a command has selected). */
  settle(): void {
    const step = this.#open ?? this.#past.at(-1);
    if (step) step.after = this.place();
  }

  /** Ends merging: the next change is a step of its own. */
  mark(): void {
    const last = this.#past.at(-1);
    if (last) last.merge = undefined;
  }

  /** Opens a step that all changes go into until commit or abort: a drag, a scrub. Within an open one it changes nothing. */
  begin(label: string): void {
    if (this.#open) {
      this.#depth++;
      return;
    }
    const at = this.place();
    this.#open = { label, patches: [], inverse: [], before: at, after: at };
  }

  /** Ends the open step and keeps it. */
  commit(): void {
    if (this.#depth > 0) {
      this.#depth--;
      return;
    }
    const step = this.#open;
    this.#close();
    if (!step || step.patches.length === 0) return;
    step.after = this.place();
    this.#push(step);
  }

  /** Ends when no step is open: at once, or after the drag that is going on. */
  async idle(): Promise<void> {
    while (this.#open) await new Promise<void>((done) => this.#waiting.push(done));
  }

  /** Ends the open step and takes it back. */
  abort(): void {
    const step = this.#open;
    this.#depth = 0;
    this.#close();
    if (step && step.patches.length > 0) this.#apply(step.inverse, "abort", step.before);
  }

  /** Takes the last step back. */
  undo(): boolean {
    this.#depth = 0;
    this.commit();
    const step = this.#past.pop();
    if (!step) return false;
    this.mark();
    this.#future.push(step);
    this.#apply(step.inverse, "undo", step.before);
    return true;
  }

  /** Brings the step again that undo took back. */
  redo(): boolean {
    this.#depth = 0;
    this.commit();
    const step = this.#future.pop();
    if (!step) return false;
    this.#past.push(step);
    step.merge = undefined;
    this.#apply(step.patches, "redo", step.after);
    return true;
  }

  /**
   * Takes in what somebody else has done: `carry` puts it into any state of this document. The
   * history goes on with one's own steps, so that undo takes back nothing of the other's. `alone`
   * says that the other has touched nothing at the place of a patch: such steps stay as they are.
   * A step that changes nothing any more is left out. No step may be open.
   */
  rebase(carry: (state: AppState) => AppState, alone: (path: Patch["path"]) => boolean = () => false): boolean {
    const now = freeze(carry(this.#state), true);
    if (now === this.#state) return false;
    const again = (steps: Step[], forward: boolean): Step[] => {
      const out: Step[] = [];
      let old = this.#state;
      let next = now;
      let kept: Patch[] = [];
      for (const step of steps.slice(-mostCarried).reverse()) {
        const patches = forward ? step.patches : step.inverse;
        if (patches.every((p) => alone(p.path))) {
          kept.push(...patches);
          out.unshift(step);
          continue;
        }
        next = applyPatches(next, kept);
        old = applyPatches(old, [...kept, ...patches]);
        kept = [];
        const target = freeze(carry(old), true);
        const [there, made, back] = produceWithPatches(next, (draft) => reconcile(draft, target));
        if (made.length > 0)
          out.unshift({ ...step, merge: undefined, patches: forward ? made : back, inverse: forward ? back : made });
        next = there;
      }
      return out;
    };
    const past = again(this.#past, false);
    this.#future = again(this.#future, true);
    this.#past = past;
    const previous = this.#state;
    this.#state = now;
    this.#tell({ state: now, previous, cause: "change" });
    return true;
  }

  /** Puts another document in its place, as one step that touches only what differs. */
  put(state: AppState, label: string): boolean {
    return this.change(label, (d) => reconcile(d, state));
  }

  /** Puts another document in its place and forgets the history. */
  load(state: AppState): void {
    const previous = this.#state;
    this.#close();
    this.#depth = 0;
    this.#past = [];
    this.#future = [];
    this.#state = freeze(state, true);
    this.#tell({ state: this.#state, previous, cause: "load" });
  }

  #close(): void {
    this.#open = undefined;
    for (const done of this.#waiting.splice(0)) done();
  }

  #push(step: Step): void {
    this.#past.push(step);
    if (this.#past.length > most) this.#past.shift();
  }

  #apply(patches: Patch[], cause: DocumentEvent["cause"], place: unknown): void {
    const previous = this.#state;
    this.#state = applyPatches(this.#state, patches);
    this.#tell({ state: this.#state, previous, cause, place });
  }

  #tell(event: DocumentEvent): void {
    this.#version++;
    for (const fn of [...this.#listeners]) fn(event);
  }
}
