import type { Drawing, Manifest, Screen, Widget } from "@lineside/client";
import { applyTokens, type Camera, Mirror, Scene, type Theme } from "@lineside/scene";
import { type Lang, type Local, manifests, type NumberEntry } from "@lineside/widgets";
import { Containers } from "./containers";
import type { Units } from "./display";
import { FocusRing } from "./focus-ring";
import { Instance, type InstanceHost } from "./instance";
import { namesText, productLang, type Texts, textIn } from "./language";
import { layout } from "./page";
import { Pointing } from "./pointing";
import { PresentValues } from "./present-values";
import { byId, type Catalogue, type ScreenMeta, type ScreenOptions, type ScreenValues } from "./screen-options";
import { Scroll } from "./scroll";
import { fitted, inSight, wayTo } from "./sight";
import { around } from "./turning";
import "./screen.css";

/** The same drawing, or one that says the same: it comes anew with every opening of a screen. */
const sameDrawing = (a: Drawing | undefined, b: Drawing | undefined): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b);

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
  private readonly scroll: Scroll | undefined;
  private readonly containers: Containers;
  private readonly resizing: ResizeObserver;
  private readonly instances = new Map<string, Instance>();
  private known: Readonly<Record<string, Manifest>>;
  private readonly values = new PresentValues();
  private meta: ScreenMeta = {};
  /** The screen as it was given, and as it is laid out in this window. */
  private source: Screen;
  private document: Screen;
  private widgets = new Map<string, Widget>();
  /** Ids that widgets name as their parent; some may hold nothing any more. */
  private readonly holders = new Set<string>();
  private due = new Set<Instance>();
  private themeNow: Theme;
  private langNow: Lang;
  private languageNow: string;
  private textsNow: Texts;
  private drawingsNow: Readonly<Record<string, Drawing>>;
  private unitsNow: Units;
  private connectedNow = true;
  private focused: string | undefined;
  private readonly ring: FocusRing;
  private size = { width: 0, height: 0 };
  private readonly moved = new Set<() => void>();
  private dead = false;

  constructor(
    host: HTMLElement,
    private readonly options: ScreenOptions,
  ) {
    const view = this;
    this.themeNow = options.theme;
    this.langNow = productLang(options.lang);
    this.languageNow = options.lang;
    this.textsNow = options.texts ?? {};
    this.drawingsNow = options.drawings ?? {};
    this.unitsNow = options.units ?? {};
    this.known = byId(options.catalogue ?? manifests);
    this.element = document.createElement("div");
    this.element.className = `ls-screen${options.mode === "design" ? " ls-design" : ""}${options.nested ? " ls-nested" : ""}`;
    Object.assign(this.element.style, { width: "100%", height: "100%" });
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.elements = document.createElement("div");
    this.elements.className = "ls-elements";
    this.element.append(this.canvas, this.elements);
    host.append(this.element);
    if (!options.nested) applyTokens(this.element, this.themeNow);
    const ctx = this.canvas.getContext("2d", { alpha: false });
    if (!ctx) throw new Error("player: this browser has no canvas");
    this.scene = new Scene(ctx, {
      theme: options.theme,
      reducedMotion: matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    this.ring = new FocusRing(this.scene);
    this.source = this.document = options.document;
    this.containers = new Containers({
      widget: (id) => this.widgets.get(id),
      instance: (id) => this.instances.get(id),
      design: options.mode === "design",
      get remember() {
        return options.remember === undefined ? undefined : `${options.remember}/${view.document.id}`;
      },
    });
    this.mirror = new Mirror(this.element, this.document.id, (id) => this.focus(id));
    this.scene.onFrame(() => this.deliver());
    if (options.mode === "run") {
      this.pointing = new Pointing(this);
      this.scroll = new Scroll(this);
    }
    this.resizing = new ResizeObserver(() => this.resized());
    this.resizing.observe(this.element);
    this.setScreen(options.document, options.meta);
    this.resized();
  }

  /**
   * Shows another document, or a changed one: widgets that are the same stay as they are. With
   * meta the bindings are set as well, and nothing is built twice.
   */
  setScreen(source: Screen, meta?: ScreenMeta): void {
    this.source = source;
    const doc = this.laidOut(source);
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
    this.mirror.element.setAttribute("aria-label", textIn(doc.name, this.languageNow) || doc.id);
    if (other) {
      for (const id of [...this.instances.keys()]) this.drop(id);
      this.values.clear();
      this.containers.clear();
      this.meta = {};
    }
    const before = this.meta;
    if (meta) {
      this.meta = meta;
      // A property that is not bound any more has no live value any more.
      this.values.forget((id, prop) => !!before[id]?.[prop] && !meta[id]?.[prop]);
    }
    const kept = new Set(this.instances.keys());
    this.widgets = new Map(doc.widgets.map((w) => [w.id, w]));
    this.holders.clear();
    for (const w of doc.widgets) if (w.parent) this.holders.add(w.parent);
    for (const id of [...this.instances.keys()]) if (!this.widgets.has(id)) this.drop(id);
    for (const w of doc.widgets) this.sync(w);
    if (meta)
      for (const [id, i] of this.instances)
        if (kept.has(id) && JSON.stringify(before[id]) !== JSON.stringify(meta[id])) i.rebuild();
    this.reorder();
    if (other || resized) this.fit(other);
  }

  /** A page as it lies in this window; any other screen, and every one in the editor, is as it was drawn. */
  private laidOut(doc: Screen): Screen {
    if (doc.layout !== "page" || this.options.mode === "design") return doc;
    const { width, height, widgets } = layout(doc, this.size.width || doc.width);
    return { ...doc, width, height: Math.max(height, this.size.height), widgets };
  }

  /** How a widget that holds others is seen: which pane is open. For the editor. */
  setLocal(id: string, change: Local, keep = false): void {
    if (!this.containers.set(id, change, keep)) return;
    this.instances.get(id)?.rebuild();
    this.follow(id);
    this.reorder();
    this.drawRing();
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
      if (widget.parent) this.holders.add(widget.parent);
      this.sync(widget);
      if (!before || before.parent !== widget.parent) this.reorder();
      if (before && (before.x !== widget.x || before.y !== widget.y)) this.follow(id);
      else if (before && before.pane !== widget.pane) this.reorder();
    }
  }

  /** Takes new values. They are drawn in the next frame; elements get them at once. */
  setValues(values: ScreenValues): void {
    for (const id in values) {
      this.values.take(id, values[id]);
      const instance = this.instances.get(id);
      if (instance) this.bring(instance);
    }
    if (this.due.size > 0) this.scene.request();
  }

  /**
   * Lets an animation of a widget, by its index, act as if its value were this one; undefined
   * gives it back to the live value. The editor tries animations with it.
   */
  fake(widget: string, index: number, value: unknown): void {
    this.values.fake(widget, index, value);
    const instance = this.instances.get(widget);
    if (!instance) return;
    this.bring(instance);
    this.scene.request();
  }

  /** Gives a widget its values: elements at once, drawings in the next frame. */
  private bring(instance: Instance): void {
    if (instance.element) instance.deliver(this.values.of(instance.widget.id));
    else this.due.add(instance);
  }

  /** Says what the bound tags are. Replaces what was said before; changed widgets are built again. */
  setMeta(meta: ScreenMeta): void {
    this.setScreen(this.source, meta);
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

  /** Draws what is in a group again as the group is drawn now. */
  private turned(id: string): void {
    for (const w of this.widgets.values())
      if (w.parent === id) {
        const i = this.instances.get(w.id);
        if (i) {
          i.clip = this.containers.clip(w);
          i.pose();
        }
        this.turned(w.id);
      }
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

  /** The height of the drawing in its own pixels. */
  get pageHeight(): number {
    return this.document.height;
  }

  /** Scrolls until a widget is in sight, as far as that is possible. */
  reveal(id: string): void {
    const b = this.bounds(id);
    if (!b) return;
    const dy = wayTo(b, this.size, this.camera);
    if (dy !== 0) this.pan(0, dy);
  }

  /** Size of the host in CSS pixels. */
  get viewport(): { width: number; height: number } {
    return { ...this.size };
  }

  /** Lets go of what is pressed: the screen is being left. */
  letGo(): void {
    this.pointing?.letGo();
  }

  get theme(): Theme {
    return this.themeNow;
  }

  set theme(theme: Theme) {
    if (theme === this.themeNow) return;
    this.themeNow = theme;
    if (!this.options.nested) applyTokens(this.element, theme);
    this.scene.theme = theme;
    for (const i of this.instances.values()) if (i.element) i.rebuild();
  }

  get lang(): Lang {
    return this.langNow;
  }

  set lang(language: string) {
    if (language === this.languageNow) return;
    this.languageNow = language;
    this.langNow = productLang(language);
    this.mirror.element.setAttribute("aria-label", textIn(this.document.name, language) || this.document.id);
    for (const i of this.instances.values()) i.rebuild();
  }

  /** Changes what types there are; widgets of one that differs are made anew. */
  set catalogue(catalogue: Catalogue) {
    const before = this.known;
    this.known = byId(catalogue);
    const other = (type: string) => JSON.stringify(before[type]) !== JSON.stringify(this.known[type]);
    const changed = new Set([...this.instances.values()].map((i) => i.widget.type).filter(other));
    if (changed.size === 0) return;
    const anew = [...this.instances.values()].map((i) => i.widget).filter((w) => changed.has(w.type));
    for (const w of anew) this.drop(w.id);
    for (const w of anew) this.sync(w);
    this.reorder();
  }

  /** Changes the drawings; widgets that show one which differs are built again. */
  set drawings(drawings: Readonly<Record<string, Drawing>>) {
    const before = this.drawingsNow;
    if (drawings === before) return;
    this.drawingsNow = drawings;
    for (const i of this.instances.values())
      if (i.drawings.some((id) => !sameDrawing(before[id], drawings[id]))) i.rebuild();
  }

  /** Changes the texts by key. */
  set texts(texts: Texts) {
    if (texts === this.textsNow || JSON.stringify(texts) === JSON.stringify(this.textsNow)) return;
    this.textsNow = texts;
    for (const i of this.instances.values()) if (namesText(Object.values(i.widget.props ?? {}))) i.rebuild();
  }

  /** Changes how units are shown. */
  set units(units: Units) {
    if (JSON.stringify(units) === JSON.stringify(this.unitsNow)) return;
    this.unitsNow = units;
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
  fit(fromTop = true): void {
    if (this.options.mode === "design" || this.size.width === 0) return;
    this.camera = fitted(this.document, this.size, this.camera, fromTop);
  }

  /** Moves what is seen by CSS pixels, as far as the drawing reaches. For run mode. */
  pan(dx: number, dy: number): void {
    const c = this.camera;
    this.camera = inSight(this.document, this.size, { x: c.x + dx / c.zoom, y: c.y + dy / c.zoom, zoom: c.zoom });
  }

  /** Forgets what was seen: the next screen is built from nothing, be it the same. */
  forget(): void {
    for (const id of [...this.instances.keys()]) this.drop(id);
    this.values.clear();
    this.containers.clear();
  }

  /** Does it lie in another screen? */
  get nested(): boolean {
    return this.options.nested === true;
  }

  destroy(): void {
    this.dead = true;
    this.resizing.disconnect();
    this.pointing?.destroy();
    this.scroll?.destroy();
    for (const id of [...this.instances.keys()]) this.drop(id);
    this.mirror.destroy();
    this.scene.destroy();
    this.element.remove();
  }

  /** The widgets that answer to a touch as a whole; those with places of their own to press, such as tabs, are not among them. */
  operable(): string[] {
    return [...this.instances].filter(([, i]) => i.operable).map(([id]) => id);
  }

  /** The mounted widget, for pointing and tests. */
  instance(id: string): Instance | undefined {
    return this.instances.get(id);
  }

  /** Draws a ring around what has the keyboard's focus. */
  focus(id: string | undefined): void {
    this.focused = id;
    if (id !== undefined && this.options.mode === "run" && !this.pointing?.byPointer) this.reveal(id);
    this.drawRing();
  }

  private drawRing(): void {
    const id = this.pointing?.byPointer ? undefined : this.focused;
    this.ring.draw(id === undefined ? undefined : this.bounds(id), this.instances.get(id ?? "")?.seen);
  }

  private origin(w: Widget): { x: number; y: number } {
    return this.containers.origin(w);
  }

  private sync(w: Widget, depth = 0): void {
    // What holds it says where it stands, so it comes first.
    const parent = w.parent && !this.instances.has(w.parent) ? this.widgets.get(w.parent) : undefined;
    if (parent && depth < 32) this.sync(parent, depth + 1);
    const present = this.instances.get(w.id);
    if (this.containers.hidden(w)) {
      if (present) this.drop(w.id);
      return;
    }
    const before = present?.panes;
    const o = this.origin(w);
    if (present && present.widget.type === w.type) present.change(w, o.x + w.x, o.y + w.y);
    else {
      if (present) this.drop(w.id);
      this.instances.set(w.id, new Instance(this.host, w, o.x + w.x, o.y + w.y, this.known[w.type]));
    }
    const i = this.instances.get(w.id);
    if (!i) return;
    i.clip = this.containers.clip(w);
    if (!i.element) {
      this.due.add(i);
      this.scene.request();
    }
    if (before && JSON.stringify(before) !== JSON.stringify(i.panes)) this.follow(w.id);
  }

  /** Moves everything in a group with it. */
  private follow(id: string): void {
    if (!this.holders.has(id)) return;
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
    for (const i of this.due) i.deliver(this.values.of(i.widget.id));
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
    if (this.source.layout === "page") this.setScreen(this.source);
    this.fit(false);
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
      get language() {
        return view.languageNow;
      },
      get texts() {
        return view.textsNow;
      },
      get drawings() {
        return view.drawingsNow;
      },
      get units() {
        return view.unitsNow;
      },
      get theme() {
        return view.themeNow;
      },
      get mode() {
        return view.options.mode;
      },
      get alarms() {
        return view.options.alarms;
      },
      get tags() {
        return view.options.tags;
      },
      get past() {
        return view.options.past;
      },
      get recaller() {
        return view.options.recaller;
      },
      get navigation() {
        return view.options.navigation;
      },
      get screens() {
        return view.options.screens;
      },
      get connected() {
        return view.connectedNow;
      },
      get ratio() {
        return view.scene.dpr * view.scene.camera.zoom;
      },
      meta: (id: string) => view.meta[id] ?? {},
      values: (id: string) => view.values.of(id),
      emit: (id: string, name: string, data: unknown, sent?: () => void) =>
        view.options.emit?.(id, name, data, sent) ?? Promise.resolve(undefined),
      enter: (e: NumberEntry) => view.options.enter?.(e) ?? Promise.resolve(undefined),
      ordered: () => view.reorder(),
      around: (w: Widget) => around(w, view.widgets, (id) => view.instances.get(id)?.own),
      turned: (id: string) => view.turned(id),
      local: (id: string) => view.containers.local(id),
      setLocal: (id: string, change: Local, keep: boolean) => view.setLocal(id, change, keep),
    };
  })();
}
