import type { LiveValue, Manifest, Meta, Text, Widget, WriteResult } from "@lineside/client";
import type { Layer, Mirror, Scene, Theme } from "@lineside/scene";
import {
  type Drawn,
  type Env,
  isElement,
  type Lang,
  type Mounted,
  type NumberEntry,
  type Settings,
  type Values,
  views,
} from "@lineside/widgets";
import { say } from "./texts";

/** What an instance needs of its screen. */
export interface InstanceHost {
  readonly scene: Scene;
  readonly elements: HTMLElement;
  readonly mirror: Mirror;
  readonly lang: Lang;
  readonly theme: Theme;
  readonly mode: "run" | "design";
  readonly connected: boolean;
  /** Device pixels per drawing pixel. */
  readonly ratio: number;
  meta(widget: string): Record<string, Meta>;
  values(widget: string): Values;
  emit(widget: string, name: string, data: unknown, sent?: () => void): Promise<WriteResult | undefined>;
  enter(entry: NumberEntry): Promise<number | undefined>;
  /** A layer was added: the drawing order must be set again. */
  ordered(): void;
}

/** BadWaitingForInitialData: what a bound property is before its first value. */
const waiting: LiveValue = Object.freeze({ v: null, q: 0x80320000, t: 0 });

const isBinding = (v: unknown): boolean => typeof v === "object" && v !== null && !Array.isArray(v);

/** Equal as documents: what comes again from the server is no change. */
const same = (a: unknown[], b: unknown[]): boolean =>
  a.every((v, i) => v === b[i] || JSON.stringify(v) === JSON.stringify(b[i]));

/** One widget on a screen. What its view throws stays with it: it becomes an error tile. */
export class Instance {
  private layer: Layer | undefined;
  private drawn: Drawn | undefined;
  private mounted: Mounted | undefined;
  private node: HTMLElement | undefined;
  private fault: string | undefined;
  private settings: Settings = {};
  private readonly memory = new Map<string, unknown>();
  /** Live values of bound properties that the view does not take by itself, as built. */
  private builtWith = "";
  private live: readonly string[] = ["value"];

  constructor(
    private readonly host: InstanceHost,
    public widget: Widget,
    private x: number,
    private y: number,
    private readonly manifest: Manifest | undefined,
  ) {
    this.build();
  }

  /** Is it DOM above the canvas? */
  get element(): boolean {
    return this.mounted !== undefined;
  }

  /** Can it be acted on now? */
  get active(): boolean {
    return (
      this.drawn?.act !== undefined &&
      this.host.mode === "run" &&
      this.host.connected &&
      (this.drawn.active?.() ?? true)
    );
  }

  act(): void {
    if (!this.active) return;
    this.guard(() => this.drawn?.act?.());
  }

  press(down: boolean): void {
    this.guard(() => this.drawn?.press?.(down));
  }

  /** What the eye is told when the pointer rests on it. */
  get tags(): { title: string; prop: string; live: LiveValue; meta: Meta | undefined }[] {
    const values = this.all(this.host.values(this.widget.id));
    const meta = this.host.meta(this.widget.id);
    return Object.keys(values).map((prop) => ({
      prop,
      live: values[prop] as LiveValue,
      meta: meta[prop],
      title: meta[prop]?.title || meta[prop]?.path || this.fieldTitle(prop),
    }));
  }

  private fieldTitle(prop: string): string {
    return this.t(this.manifest?.settings.find((f) => f.name === prop)?.title) || prop;
  }

  /** Takes a changed widget or place. */
  change(widget: Widget, x: number, y: number): void {
    const before = this.widget;
    this.widget = widget;
    const moved = x !== this.x || y !== this.y;
    this.x = x;
    this.y = y;
    if (before !== widget && !same([before.props, before.on, before.name], [widget.props, widget.on, widget.name])) {
      this.rebuild();
      return;
    }
    if (before.w !== widget.w || before.h !== widget.h) {
      if (this.mounted) {
        this.place();
        this.rescale();
      } else this.rebuild();
      return;
    }
    if (moved) this.place();
  }

  /** New values. */
  deliver(values: Values): void {
    if (this.fault !== undefined) return;
    const all = this.all(values);
    if (this.foreign(all) !== this.builtWith) {
      this.rebuild();
      return;
    }
    this.guard(() => (this.mounted ?? this.drawn)?.update(all));
    this.describe();
  }

  /** Device pixels per drawing pixel have changed. */
  rescale(): void {
    this.guard(() => this.mounted?.resize({ width: this.widget.w, height: this.widget.h }, this.host.ratio));
  }

  /** The connection has gone. */
  lost(): void {
    this.guard(() => this.mounted?.lost?.());
  }

  rebuild(): void {
    this.clear();
    this.build();
    this.host.ordered();
  }

  destroy(): void {
    this.clear();
    this.host.mirror.remove(this.widget.id);
  }

  private clear(): void {
    try {
      this.mounted?.destroy();
    } catch (e) {
      console.error(`widget ${this.widget.id}:`, e);
    }
    this.mounted = undefined;
    this.drawn = undefined;
    this.node?.remove();
    this.node = undefined;
    if (this.layer) this.host.scene.remove(this.layer);
    this.layer = undefined;
    this.fault = undefined;
  }

  private build(): void {
    const view = views[this.widget.type];
    if (!view) {
      this.fail(say("unknownWidget", this.host.lang, this.widget.type));
      return;
    }
    this.live = view.live ?? [this.manifest?.drop ?? "value"];
    const values = this.all(this.host.values(this.widget.id));
    this.settings = this.resolve(values);
    this.builtWith = this.foreign(values);
    const box = { width: this.widget.w, height: this.widget.h };
    this.guard(() => {
      // Elements have a layer too: that is how they are hit.
      this.layer = this.host.scene.layer(
        this.widget.id,
        { x: this.x, y: this.y, ...box },
        this.manifest?.group !== true,
      );
      if (isElement(view)) {
        this.node = document.createElement("div");
        this.host.elements.append(this.node);
        this.place();
        this.mounted = view.mount(this.node, this.settings, this.env);
        this.mounted.resize(box, this.host.ratio);
        this.mounted.update(values);
      } else {
        const d = view.build(this.layer, box, this.settings, this.env);
        this.drawn = typeof d === "function" ? { update: d } : d;
        this.drawn.update(values);
        this.layer.refit();
      }
    });
    this.describe();
  }

  private place(): void {
    const box = { x: this.x, y: this.y, width: this.widget.w, height: this.widget.h };
    if (this.layer) this.layer.box = box;
    if (this.node)
      Object.assign(this.node.style, {
        left: `${box.x}px`,
        top: `${box.y}px`,
        width: `${box.width}px`,
        height: `${box.height}px`,
      });
  }

  /** The present values of all bound properties; those without one yet are waiting. */
  private all(values: Values): Values {
    let out: Values | undefined;
    const props = this.widget.props;
    for (const name in props)
      if (isBinding(props[name]) && !values[name]) {
        out ??= { ...values };
        out[name] = waiting;
      }
    // What the server says is bound has its props removed from the document.
    for (const name in this.host.meta(this.widget.id))
      if (!values[name] && !out?.[name]) {
        out ??= { ...values };
        out[name] = waiting;
      }
    return out ?? values;
  }

  /** A key of the live values that go into settings. */
  private foreign(values: Values): string {
    let key = "";
    for (const name in values)
      if (!this.live.includes(name)) key += `${name}=${JSON.stringify((values[name] as LiveValue).v)};`;
    return key;
  }

  /** Defaults, then what comes from the bound tag, then constants, then live values the view does not take itself. */
  private resolve(values: Values): Settings {
    const out: Settings = {};
    const meta = this.host.meta(this.widget.id);
    const from = meta[this.manifest?.drop ?? "value"] as Record<string, unknown> | undefined;
    for (const f of this.manifest?.settings ?? []) {
      if (f.default !== undefined) out[f.name] = f.default;
      const given = f.from === undefined ? undefined : from?.[f.from];
      if (given !== undefined && given !== "") out[f.name] = given;
    }
    for (const [name, v] of Object.entries(this.widget.props ?? {})) if (!isBinding(v) && v !== null) out[name] = v;
    for (const name in values) {
      if (this.live.includes(name)) delete out[name];
      else out[name] = (values[name] as LiveValue).v ?? undefined;
    }
    return out;
  }

  private t(text: Text | undefined): string {
    return text?.[this.host.lang] || text?.en || "";
  }

  private get env(): Env {
    const host = this.host;
    const widget = this.widget;
    return {
      lang: host.lang,
      theme: host.theme,
      mode: host.mode,
      get connected() {
        return host.connected;
      },
      memory: this.memory,
      name: widget.name ?? "",
      actions: Object.keys(widget.on ?? {}).filter((k) => (widget.on?.[k]?.length ?? 0) > 0),
      t: (text) => this.t(text),
      meta: (prop) => host.meta(widget.id)[prop],
      bound: (prop) =>
        isBinding(widget.props?.[prop]) || prop in host.meta(widget.id) || prop in host.values(widget.id),
      emit: (name, data, sent) => host.emit(widget.id, name, data, sent),
      enter: (entry) => host.enter(entry),
    };
  }

  private describe(): void {
    if (this.fault !== undefined || this.host.mode === "design" || this.manifest?.group) return;
    const said = (this.mounted ?? this.drawn)?.describe?.();
    const entry = said ?? { role: "img", label: this.widget.name || this.t(this.manifest?.title) };
    const acts = this.drawn?.act !== undefined;
    this.host.mirror.set(this.widget.id, {
      ...entry,
      state: { ...entry.state, ...(acts && !this.active ? { disabled: "true" } : {}) },
      act: acts ? () => this.act() : undefined,
    });
  }

  private guard(fn: () => void): void {
    try {
      fn();
    } catch (e) {
      console.error(`widget ${this.widget.id}:`, e);
      this.clear();
      this.fail(
        say(
          "widgetThrew",
          this.host.lang,
          `${this.widget.type} ${this.widget.id}: ${e instanceof Error ? e.message : String(e)}`,
        ),
      );
    }
  }

  /** Becomes a tile whose text can be selected and copied. */
  private fail(text: string): void {
    this.fault = text;
    this.layer = this.host.scene.layer(
      this.widget.id,
      { x: this.x, y: this.y, width: this.widget.w, height: this.widget.h },
      true,
    );
    this.node = document.createElement("div");
    this.node.className = "ls-fault";
    this.node.textContent = text;
    this.host.elements.append(this.node);
    this.place();
    this.host.mirror.set(this.widget.id, { role: "img", label: text });
  }
}
