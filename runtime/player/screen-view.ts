import type { LiveValue, Manifest, Meta, Screen, Widget, WriteResult } from "@lineside/client";
import { applyTokens, type Camera, type Layer, Mirror, Scene, type Theme } from "@lineside/scene";
import { type Lang, manifests, type NumberEntry } from "@lineside/widgets";
import { Instance, type InstanceHost } from "./instance";
import { Pointing } from "./pointing";
import "./screen.css";

/** Live values: widget → property → value. What is not named stays. */
export type ScreenValues = Record<string, Record<string, LiveValue>>;

/** What is bound: widget → property → what the tag says of itself, {} for an expression. */
export type ScreenMeta = Record<string, Record<string, Meta>>;

export interface ScreenOptions {
  document: Screen;
  /** Manifests by widget id, or a list; those built in when not given. */
  catalogue?: Record<string, Manifest> | readonly Manifest[];
  /** What is bound, when it is known already; see setMeta. */
  meta?: ScreenMeta;
  theme: Theme;
  lang: Lang;
  /** run: widgets act and the camera fits the screen. design: nothing acts, the caller moves the camera. */
  mode: "run" | "design";
  /** A widget says that something happened. Calls sent when it goes to the server; answers when all that follows has ended. */
  emit?(widget: string, name: string, data?: unknown, sent?: () => void): Promise<WriteResult | undefined>;
  /** Asks the operator for a number; without it setpoints do not act. */
  enter?(entry: NumberEntry): Promise<number | undefined>;
  /** What lies around the page: a token or colour; "ground" when not given. */
  outside?: string;
}

/**
 * A screen in a host element: one canvas, the DOM elements that some widgets need above it,
 * and the accessible mirror. The host must have a size; it may change at any time.
 */
export class ScreenView {
  readonly scene: Scene;
  readonly element: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly elements: HTMLDivElement;
  private readonly mirror: Mirror;
  private readonly pointing: Pointing | undefined;
  private readonly resizing: ResizeObserver;
  private readonly instances = new Map<string, Instance>();
  private readonly catalogue: Record<string, Manifest>;
  private readonly values = new Map<string, Record<string, LiveValue>>();
  private meta: ScreenMeta = {};
  private document: Screen;
  private widgets = new Map<string, Widget>();
  private due = new Set<Instance>();
  private themeNow: Theme;
  private langNow: Lang;
  private connectedNow = true;
  private focused: string | undefined;
  private ring: Layer | undefined;
  private size = { width: 0, height: 0 };
  private readonly moved = new Set<() => void>();
  private dead = false;

  constructor(
    host: HTMLElement,
    private readonly options: ScreenOptions,
  ) {
    this.themeNow = options.theme;
    this.langNow = options.lang;
    this.catalogue = Array.isArray(options.catalogue)
      ? Object.fromEntries(options.catalogue.map((m: Manifest) => [m.id, m]))
      : ((options.catalogue as Record<string, Manifest> | undefined) ?? manifests);
    this.element = document.createElement("div");
    this.element.className = `ls-screen${options.mode === "design" ? " ls-design" : ""}`;
    Object.assign(this.element.style, { width: "100%", height: "100%" });
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.elements = document.createElement("div");
    this.elements.className = "ls-elements";
    this.element.append(this.canvas, this.elements);
    host.append(this.element);
    applyTokens(this.element, this.themeNow);
    const ctx = this.canvas.getContext("2d", { alpha: false });
    if (!ctx) throw new Error("player: this browser has no canvas");
    this.scene = new Scene(ctx, {
      theme: options.theme,
      reducedMotion: matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    this.document = options.document;
    this.mirror = new Mirror(this.element, this.document.id, (id) => this.focus(id));
    this.scene.onFrame(() => this.deliver());
    if (options.mode === "run") this.pointing = new Pointing(this);
    this.resizing = new ResizeObserver(() => this.resized());
    this.resizing.observe(this.element);
    this.setScreen(options.document, options.meta);
    this.resized();
  }

  /**
   * Shows another document, or a changed one: widgets that are the same stay as they are. With
   * meta the bindings are set as well, and nothing is built twice.
   */
  setScreen(doc: Screen, meta?: ScreenMeta): void {
    const other = doc.id !== this.document.id;
    const resized =
      doc.width !== this.document.width || doc.height !== this.document.height || doc.fit !== this.document.fit;
    this.document = doc;
    this.scene.page = {
      width: doc.width,
      height: doc.height,
      color: doc.ground || "ground",
      outside: this.options.outside ?? (doc.ground || "ground"),
    };
    this.mirror.element.setAttribute("aria-label", doc.name[this.langNow] || doc.name.en || doc.id);
    if (other) {
      for (const id of [...this.instances.keys()]) this.drop(id);
      this.values.clear();
      this.meta = {};
    }
    const before = this.meta;
    if (meta) {
      this.meta = meta;
      // A property that is not bound any more has no live value any more.
      for (const [id, mine] of this.values)
        for (const prop of Object.keys(mine)) if (before[id]?.[prop] && !meta[id]?.[prop]) delete mine[prop];
    }
    const kept = new Set(this.instances.keys());
    this.widgets = new Map(doc.widgets.map((w) => [w.id, w]));
    for (const id of [...this.instances.keys()]) if (!this.widgets.has(id)) this.drop(id);
    for (const w of doc.widgets) this.sync(w);
    if (meta)
      for (const [id, i] of this.instances)
        if (kept.has(id) && JSON.stringify(before[id]) !== JSON.stringify(meta[id])) i.rebuild();
    this.reorder();
    if (other || resized) this.fit();
  }

  /**
   * Puts one widget in place of the one with its id, adds it on top, or with null takes it out:
   * the fast path while something is dragged. The document given to setScreen is not changed.
   */
  patchWidget(id: string, widget: Widget | null): void {
    const before = this.widgets.get(id);
    if (widget === null) {
      this.widgets.delete(id);
      this.drop(id);
    } else {
      this.widgets.set(id, widget);
      this.sync(widget);
      if (!before || before.parent !== widget.parent) this.reorder();
      if (before && (before.x !== widget.x || before.y !== widget.y)) this.follow(id);
    }
  }

  /** Takes new values. They are drawn in the next frame; elements get them at once. */
  setValues(values: ScreenValues): void {
    for (const id in values) {
      let mine = this.values.get(id);
      if (!mine) {
        mine = {};
        this.values.set(id, mine);
      }
      Object.assign(mine, values[id]);
      const instance = this.instances.get(id);
      if (!instance) continue;
      if (instance.element) instance.deliver(mine);
      else this.due.add(instance);
    }
    if (this.due.size > 0) this.scene.request();
  }

  /** Says what the bound tags are. Replaces what was said before; changed widgets are built again. */
  setMeta(meta: ScreenMeta): void {
    this.setScreen(this.document, meta);
  }

  /** The id of the topmost widget at a place in CSS pixels of the host. */
  hit(x: number, y: number): string | undefined {
    const p = this.scene.toWorld(x, y);
    return this.scene.hit(p.x, p.y, (l) => this.instances.has(l.id))?.id;
  }

  /** All widgets that touch a rectangle of the screen (world coordinates), from the bottom. */
  within(x0: number, y0: number, x1: number, y1: number): string[] {
    return this.scene
      .within({ x0, y0, x1, y1 })
      .map((l) => l.id)
      .filter((id) => this.instances.has(id));
  }

  /** Place and size of a widget on the screen (world coordinates), groups added up. */
  bounds(id: string): { x: number; y: number; width: number; height: number } | undefined {
    const w = this.widgets.get(id);
    if (!w) return undefined;
    const o = this.origin(w);
    return { x: o.x + w.x, y: o.y + w.y, width: w.w, height: w.h };
  }

  get camera(): Camera {
    return this.scene.camera;
  }

  set camera(c: Camera) {
    const zoom = this.scene.camera.zoom;
    this.scene.camera = c;
    this.moveElements(zoom !== this.scene.camera.zoom);
    for (const fn of this.moved) fn();
  }

  /** Calls fn after every move of the camera or change of size. */
  onCamera(fn: () => void): () => void {
    this.moved.add(fn);
    return () => this.moved.delete(fn);
  }

  /** Size of the host in CSS pixels. */
  get viewport(): { width: number; height: number } {
    return { ...this.size };
  }

  get theme(): Theme {
    return this.themeNow;
  }

  set theme(theme: Theme) {
    if (theme === this.themeNow) return;
    this.themeNow = theme;
    applyTokens(this.element, theme);
    this.scene.theme = theme;
    for (const i of this.instances.values()) if (i.element) i.rebuild();
  }

  get lang(): Lang {
    return this.langNow;
  }

  set lang(lang: Lang) {
    if (lang === this.langNow) return;
    this.langNow = lang;
    this.mirror.element.setAttribute(
      "aria-label",
      this.document.name[lang] || this.document.name.en || this.document.id,
    );
    for (const i of this.instances.values()) i.rebuild();
  }

  get connected(): boolean {
    return this.connectedNow;
  }

  /** False desaturates the whole screen and lets nothing act. */
  set connected(on: boolean) {
    if (on === this.connectedNow) return;
    this.connectedNow = on;
    if (!on) for (const i of this.instances.values()) i.lost();
    this.element.classList.toggle("ls-lost", !on);
  }

  /** Points the camera as the document's `fit` says; does nothing in design mode. */
  fit(): void {
    if (this.options.mode === "design" || this.size.width === 0) return;
    const { width, height, fit } = this.document;
    const zoom =
      fit === "fixed"
        ? 1
        : fit === "width"
          ? this.size.width / width
          : Math.min(this.size.width / width, this.size.height / height);
    this.camera = this.within_({ x: 0, y: 0, zoom });
  }

  /** Moves what is seen by CSS pixels, as far as the drawing reaches. For run mode. */
  pan(dx: number, dy: number): void {
    const c = this.camera;
    this.camera = this.within_({ x: c.x + dx / c.zoom, y: c.y + dy / c.zoom, zoom: c.zoom });
  }

  /** Keeps the page in sight: centred where it is smaller than the host, at its edge where larger. */
  private within_(c: Camera): Camera {
    const axis = (at: number, page: number, view: number) =>
      view >= page ? (page - view) / 2 : Math.max(0, Math.min(at, page - view));
    return {
      zoom: c.zoom,
      x: axis(c.x, this.document.width, this.size.width / c.zoom),
      y: axis(c.y, this.document.height, this.size.height / c.zoom),
    };
  }

  destroy(): void {
    this.dead = true;
    this.resizing.disconnect();
    this.pointing?.destroy();
    for (const id of [...this.instances.keys()]) this.drop(id);
    this.mirror.destroy();
    this.scene.destroy();
    this.element.remove();
  }

  /** The mounted widget, for pointing and tests. */
  instance(id: string): Instance | undefined {
    return this.instances.get(id);
  }

  /** Draws a ring around what has the keyboard's focus. */
  private focus(id: string | undefined): void {
    this.focused = id;
    this.drawRing();
  }

  private drawRing(): void {
    if (this.ring) this.scene.remove(this.ring);
    this.ring = undefined;
    const b = this.focused === undefined ? undefined : this.bounds(this.focused);
    if (!b || this.pointing?.byPointer) return;
    this.ring = this.scene.layer(" focus", { x: b.x - 4, y: b.y - 4, width: b.width + 8, height: b.height + 8 }, false);
    this.ring.rect({
      x: 0,
      y: 0,
      width: b.width + 8,
      height: b.height + 8,
      stroke: "focus",
      strokeWidth: 2,
      radius: 4,
    });
  }

  private origin(w: Widget): { x: number; y: number } {
    let x = 0;
    let y = 0;
    let parent = w.parent;
    for (let depth = 0; parent && depth < 32; depth++) {
      const p = this.widgets.get(parent);
      if (!p) break;
      x += p.x;
      y += p.y;
      parent = p.parent;
    }
    return { x, y };
  }

  private hidden(w: Widget): boolean {
    let at: Widget | undefined = w;
    for (let depth = 0; at && depth < 32; depth++) {
      if (at.hidden) return true;
      at = at.parent ? this.widgets.get(at.parent) : undefined;
    }
    return false;
  }

  private sync(w: Widget): void {
    const present = this.instances.get(w.id);
    if (this.hidden(w)) {
      if (present) this.drop(w.id);
      return;
    }
    const o = this.origin(w);
    if (present && present.widget.type === w.type) present.change(w, o.x + w.x, o.y + w.y);
    else {
      if (present) this.drop(w.id);
      this.instances.set(w.id, new Instance(this.host, w, o.x + w.x, o.y + w.y, this.catalogue[w.type]));
    }
    const i = this.instances.get(w.id);
    if (i && !i.element) {
      this.due.add(i);
      this.scene.request();
    }
  }

  /** Moves everything in a group with it. */
  private follow(id: string): void {
    for (const w of this.widgets.values())
      if (w.parent === id) {
        this.sync(w);
        this.follow(w.id);
      }
  }

  private drop(id: string): void {
    const i = this.instances.get(id);
    if (!i) return;
    this.due.delete(i);
    this.instances.delete(id);
    i.destroy();
  }

  /** Drawing order: a group's widgets lie directly above it, in the order of the document. */
  private reorder(): void {
    const children = new Map<string, Widget[]>();
    for (const w of this.widgets.values()) {
      const parent = w.parent && this.widgets.has(w.parent) ? w.parent : "";
      const list = children.get(parent);
      if (list) list.push(w);
      else children.set(parent, [w]);
    }
    const ids: string[] = [];
    const walk = (parent: string, depth: number) => {
      for (const w of children.get(parent) ?? []) {
        if (this.instances.has(w.id)) ids.push(w.id);
        if (depth < 32) walk(w.id, depth + 1);
      }
    };
    walk("", 0);
    this.scene.order(ids);
    this.mirror.order(ids);
  }

  /** Gives due widgets their values; once a frame. */
  private deliver(): void {
    for (const i of this.due) i.deliver(this.values.get(i.widget.id) ?? {});
    this.due.clear();
  }

  private resized(): void {
    if (this.dead) return;
    const width = this.element.clientWidth;
    const height = this.element.clientHeight;
    const dpr = window.devicePixelRatio || 1;
    if (width === this.size.width && height === this.size.height && dpr === this.scene.dpr) return;
    this.size = { width, height };
    this.scene.resize(width, height, dpr);
    this.fit();
    this.moveElements(true);
    // A resize clears the canvas: paint before the browser shows it.
    this.scene.frame(performance.now());
    for (const fn of this.moved) fn();
  }

  private moveElements(scaled: boolean): void {
    const c = this.scene.camera;
    const o = this.scene.toView(0, 0);
    this.elements.style.transform = `translate(${Math.round(o.x)}px, ${Math.round(o.y)}px) scale(${c.zoom})`;
    if (scaled) for (const i of this.instances.values()) i.rescale();
  }

  private readonly host: InstanceHost = (() => {
    const view = this;
    return {
      get scene() {
        return view.scene;
      },
      get elements() {
        return view.elements;
      },
      get mirror() {
        return view.mirror;
      },
      get lang() {
        return view.langNow;
      },
      get theme() {
        return view.themeNow;
      },
      get mode() {
        return view.options.mode;
      },
      get connected() {
        return view.connectedNow;
      },
      get ratio() {
        return view.scene.dpr * view.scene.camera.zoom;
      },
      meta: (id: string) => view.meta[id] ?? {},
      values: (id: string) => view.values.get(id) ?? {},
      emit: (id: string, name: string, data: unknown, sent?: () => void) =>
        view.options.emit?.(id, name, data, sent) ?? Promise.resolve(undefined),
      enter: (e: NumberEntry) => view.options.enter?.(e) ?? Promise.resolve(undefined),
      ordered: () => view.reorder(),
    };
  })();
}
