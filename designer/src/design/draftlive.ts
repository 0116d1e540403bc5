// Live values of the draft on the canvas: the screen is opened at the runtime again after every save that changed a binding.
import type { Live, LiveValue, Meta, View } from "@lineside/client";
import type { ScreenMeta, ScreenValues, Units } from "@lineside/player";
import { bindings, type ScreenRecord } from "../document";

/** Where values go: the drawing. */
export interface LiveSink {
  setValues(values: ScreenValues): void;
  /** How the units that the screen names are shown. */
  units: Units;
  setMeta(meta: ScreenMeta): void;
  connected: boolean;
}

/** Follows the screen that is edited. */
export class DraftLive {
  #view: View | undefined;
  #next: View | undefined;
  #opened = "";
  #sink: LiveSink | undefined;
  readonly #offs: (() => void)[] = [];
  readonly #listeners = new Set<() => void>();
  #tick: ReturnType<typeof setTimeout> | undefined;
  #slots = new Map<string, number>();

  constructor(
    private readonly live: Live,
    private readonly installation: string,
  ) {
    this.#offs.push(
      live.on("status", () => {
        this.#connected();
        this.#tell();
      }),
    );
  }

  /** Says where to draw; the present values are given at once. */
  attach(sink: LiveSink | undefined): void {
    this.#sink = sink;
    this.#connected();
    this.#deliver();
  }

  /** Shows a screen as it was just saved. Nothing is asked for when its bindings are those that are open. */
  show(screen: string, record: ScreenRecord | undefined, env: unknown): void {
    const bound = record
      ? record.order.flatMap((id) => bindings(record.widgets[id] as never).map(([prop, b]) => [id, prop, b]))
      : [];
    const key = JSON.stringify([screen, bound, env]);
    if (key === this.#opened) return;
    this.#opened = key;
    this.#next?.close();
    const view = this.live.open({ installation: this.installation, screen, draft: true });
    this.#next = view;
    view.on("open", () => {
      if (this.#next === view) {
        this.#view?.close();
        this.#view = view;
        this.#next = undefined;
      }
      if (this.#view !== view) return;
      this.#slots = new Map(view.bindings.map((b) => [`${b.widget}\n${b.prop}`, b.slot]));
      this.#deliver();
    });
    view.on("values", (changed) => {
      if (this.#view !== view) return;
      const values: ScreenValues = {};
      for (const b of view.bindings) {
        const value = changed.get(b.slot);
        if (value) put(values, b, value);
      }
      this.#sink?.setValues(values);
      this.#tell();
    });
    view.on("error", () => this.#tell());
  }

  /** The present value of a bound property. */
  value(widget: string, prop: string): LiveValue | undefined {
    const slot = this.#slots.get(`${widget}\n${prop}`);
    return slot === undefined ? undefined : this.#view?.values.get(slot);
  }

  /** What the bound tag of a property says of itself. */
  meta(widget: string, prop: string): Meta | undefined {
    return this.#view?.meta(widget, prop);
  }

  /** Calls fn when values have changed, at most ten times a second. */
  subscribe(fn: () => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  destroy(): void {
    for (const off of this.#offs) off();
    clearTimeout(this.#tick);
    this.#view?.close();
    this.#next?.close();
  }

  #connected(): void {
    if (this.#sink) this.#sink.connected = this.live.status !== "lost";
  }

  #deliver(): void {
    const view = this.#view;
    if (!view || !this.#sink) return;
    const meta: ScreenMeta = {};
    const values: ScreenValues = {};
    for (const b of view.bindings) {
      if (b.meta) put(meta, b, b.meta);
      const value = view.values.get(b.slot);
      if (value) put(values, b, value);
    }
    this.#sink.units = view.units;
    this.#sink.setMeta(meta);
    this.#sink.setValues(values);
    this.#tell();
  }

  #tell(): void {
    this.#tick ??= setTimeout(() => {
      this.#tick = undefined;
      for (const fn of [...this.#listeners]) fn();
    }, 100);
  }
}

/** Puts something in its place by widget and property. */
function put<T>(into: Record<string, Record<string, T>>, at: { widget: string; prop: string }, what: T): void {
  const mine = into[at.widget];
  if (mine) mine[at.prop] = what;
  else into[at.widget] = { [at.prop]: what };
}
