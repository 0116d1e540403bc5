// The widget types of the app's own as the server compiles them: each is asked for when it was changed, and the last one that
// could be drawn stays until the next can.
import type { Drawing, Manifest, PartBinding, Problem, ScriptedWidget } from "@lineside/client";
import { ownType } from "../document";

/** A widget type as it is used. */
export interface Compiled {
  manifest: Manifest;
  /** Not there when the picture cannot be drawn. */
  drawing?: Drawing;
  /** What changes which part: of the document, and what the SVG declares. */
  parts: readonly PartBinding[];
  problems: readonly Problem[];
  /** Declarations for the editor of its script (TypeScript). */
  types: string;
}

interface Entry {
  /** What was asked for last. */
  text: string;
  compiled?: Compiled;
  timer?: ReturnType<typeof setTimeout>;
}

/** Keeps the compiled types of one app. */
export class OwnCatalogue {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();
  #dead = false;

  /** `compile` asks the server; `pause` is how long typing must rest before it is asked, in milliseconds. */
  constructor(
    private readonly compile: (widget: ScriptedWidget) => Promise<Compiled>,
    private readonly pause = 300,
  ) {}

  /** Takes the types of the app as they are now. */
  update(list: readonly ScriptedWidget[]): void {
    const gone = new Set(this.#entries.keys());
    for (const widget of list) {
      gone.delete(widget.id);
      const text = JSON.stringify(widget);
      const present = this.#entries.get(widget.id);
      if (present?.text === text) continue;
      const entry: Entry = present ?? { text };
      entry.text = text;
      this.#entries.set(widget.id, entry);
      clearTimeout(entry.timer);
      // What is not there yet is wanted at once.
      entry.timer = setTimeout(() => this.#ask(widget, entry, text), entry.compiled ? this.pause : 0);
    }
    for (const id of gone) {
      clearTimeout(this.#entries.get(id)?.timer);
      this.#entries.delete(id);
    }
    if (gone.size > 0) this.#tell();
  }

  /** The manifests of all that were compiled. */
  get manifests(): readonly Manifest[] {
    return [...this.#entries.values()].flatMap((e) => (e.compiled ? [e.compiled.manifest] : []));
  }

  /** Their drawings by type. */
  get drawings(): Readonly<Record<string, Drawing>> {
    const out: Record<string, Drawing> = {};
    for (const [id, { compiled }] of this.#entries) if (compiled?.drawing) out[ownType(id)] = compiled.drawing;
    return out;
  }

  of(id: string): Compiled | undefined {
    return this.#entries.get(id)?.compiled;
  }

  /** Calls fn whenever something was compiled or went. */
  subscribe(fn: () => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  destroy(): void {
    this.#dead = true;
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
    this.#listeners.clear();
  }

  async #ask(widget: ScriptedWidget, entry: Entry, text: string): Promise<void> {
    const compiled = await this.compile(widget).catch(() => undefined);
    // Of two answers the one to the last question counts.
    if (this.#dead || entry.text !== text || this.#entries.get(widget.id) !== entry) return;
    if (!compiled) {
      // The server did not answer: ask again, as long as it is wanted.
      entry.timer = setTimeout(() => void this.#ask(widget, entry, text), 5000);
      return;
    }
    // A picture that cannot be drawn for a moment, while it is typed, does not take the widgets from the screen.
    entry.compiled = compiled.drawing ? compiled : { ...compiled, drawing: entry.compiled?.drawing };
    this.#tell();
  }

  #tell(): void {
    for (const fn of [...this.#listeners]) fn();
  }
}
