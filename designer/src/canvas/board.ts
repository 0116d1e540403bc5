// The drawing board: the screen as the player draws it, with choosing, moving, sizing and dropping on top.
import type { Manifest, Screen, Widget } from "@lineside/client";
import { ScreenView } from "@lineside/player";
import type { Camera, Theme } from "@lineside/scene";
import {
  ancestors,
  type Box,
  type Document,
  type DocumentEvent,
  flagged,
  parentOf,
  type ScreenRecord,
  structureOf,
  topmost,
  toScreen,
  union,
} from "../document";
import { fitCamera, zoomAt, zoomStep } from "./camera";
import type { DraggedTag } from "./create";
import { addForTags, addWidget, Drop, type Load } from "./drop";
import type { Gesture, Point, Stage } from "./gesture";
import { cursorOf, hitHandle } from "./handles";
import { Marquee } from "./marquee";
import { Move } from "./move";
import { type Marks, Overlay } from "./overlay";
import type { Session, SessionStore } from "./session";
import { Size } from "./size";
import { Spatial } from "./spatial";

/** What the board needs of the editor around it. */
export interface BoardOptions {
  doc: Document;
  session: SessionStore;
  /** Where each screen was looked at from. */
  cameras: Map<string, Camera>;
  catalogue: readonly Manifest[];
  theme: Theme;
  lang: "en" | "zh";
  /** Says something to a screen reader, by the key of a text. */
  say(key: string, values?: Record<string, unknown>): void;
  /** A short text for "this tag would be bound to that property of that widget". */
  dropText(manifest: Manifest, widget: Widget): string;
  /** Tags were dropped beside the widgets: offers what fits. `client` is where the pointer is. */
  offer(tags: readonly DraggedTag[], at: { x: number; y: number }, client: { x: number; y: number }): void;
  /** A widget was double-clicked: edit its content. */
  open(id: string): void;
}

const slop = 3;
const blank: Screen = { id: "", name: {}, width: 100, height: 100, widgets: [] };

/** The board in a host element. The host is focusable and must have a size. */
export class Board implements Stage {
  readonly doc: Document;
  readonly session: SessionStore;
  readonly view: ScreenView;
  readonly #overlay: Overlay;
  readonly #manifests = new Map<string, Manifest>();
  readonly #gone = new AbortController();
  readonly #offs: (() => void)[] = [];
  #shown: { id: string; record: ScreenRecord | undefined } = { id: "", record: undefined };
  #previewed = new Set<string>();
  #marks: Partial<Marks> = {};
  #hover: string | undefined;
  #gesture: { gesture: Gesture; pointer: number; began: boolean; down: Point; make?: () => Gesture } | undefined;
  #drop:
    | {
        drop: Drop;
        pointer: number;
        from: { x: number; y: number };
        moved: boolean;
        over: boolean;
        chip: HTMLElement;
        click: () => void;
      }
    | undefined;
  #last: { event: PointerEvent; handle: (e: PointerEvent) => void } | undefined;
  #touches = new Map<number, { x: number; y: number }>();
  #space = false;
  #frame = 0;
  #dead = false;

  constructor(
    readonly host: HTMLElement,
    readonly options: BoardOptions,
  ) {
    this.doc = options.doc;
    this.session = options.session;
    for (const m of options.catalogue) this.#manifests.set(m.id, m);
    this.view = new ScreenView(host, {
      document: blank,
      catalogue: options.catalogue,
      theme: options.theme,
      lang: options.lang,
      mode: "design",
      outside: this.#outside(options.theme),
    });
    this.#overlay = new Overlay(host);
    this.#offs.push(
      this.view.onCamera(() => this.#moved()),
      this.doc.subscribe((e) => this.#changed(e)),
      this.session.subscribe((now, before) => this.#sessionChanged(now, before)),
    );
    const { signal } = this.#gone;
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      fn: (e: HTMLElementEventMap[K]) => void,
      more?: AddEventListenerOptions,
    ) => host.addEventListener(name, fn, { signal, ...more });
    on("pointerdown", (e) => this.#down(e));
    on("pointermove", (e) => this.#later(e, (p) => this.#pointerMove(p)));
    on("pointerup", (e) => this.#up(e));
    on("pointercancel", (e) => this.#cancelled(e));
    on("pointerleave", () => this.#setHover(undefined));
    on("dblclick", (e) => this.#double(e));
    on("wheel", (e) => this.#wheel(e), { passive: false });
    on("keydown", (e) => this.#key(e));
    on("lostpointercapture", (e) => this.#gesture?.pointer === e.pointerId && this.#cancelled(e));
    window.addEventListener("keydown", (e) => this.#spaceKey(e, true), { signal });
    window.addEventListener("keyup", (e) => this.#spaceKey(e, false), { signal });
    window.addEventListener("blur", () => this.#setSpace(false), { signal });
    this.#resized();
    this.#show(true);
  }

  get zoom(): number {
    return this.view.camera.zoom;
  }

  manifest(type: string): Manifest | undefined {
    return this.#manifests.get(type);
  }

  screenId(): string {
    return this.session.getState().screen;
  }

  record(): ScreenRecord {
    return this.doc.state.screens[this.screenId()] ?? { screen: blank, order: [], widgets: {} };
  }

  seen(): Box {
    const { x, y, zoom } = this.view.camera;
    const { width, height } = this.view.viewport;
    return { x, y, w: width / zoom, h: height / zoom };
  }

  /** Changes the theme of the drawing and of the marks. */
  setTheme(theme: Theme): void {
    this.view.theme = theme;
    this.view.scene.page = { ...this.view.scene.page, outside: this.#outside(theme) };
    this.#repaint();
  }

  /** The box around the selection, in the world. */
  selectionBox(): Box | undefined {
    const { boxes } = structureOf(this.record());
    return union(this.session.getState().selection.flatMap((id) => boxes.get(id) ?? []));
  }

  select(ids: readonly string[], scope = this.session.getState().scope): void {
    const now = this.session.getState();
    if (scope === now.scope && ids.length === now.selection.length && ids.every((id, i) => id === now.selection[i]))
      return;
    this.session.setState({ selection: ids, scope });
  }

  say(key: string, values?: Record<string, unknown>): void {
    this.options.say(key, values);
  }

  preview(widgets: ReadonlyMap<string, Widget> | undefined): void {
    const saved = this.record().widgets;
    for (const id of this.#previewed) if (!widgets?.has(id)) this.view.patchWidget(id, saved[id] ?? null);
    this.#previewed = new Set(widgets?.keys());
    for (const [id, w] of widgets ?? []) this.view.patchWidget(id, w);
  }

  mark(marks: Partial<Marks>): void {
    this.#marks = { ...this.#marks, ...marks };
    this.#repaint();
  }

  /** Adds a widget in the middle of what is seen. */
  addInMiddle(manifest: Manifest): void {
    const seen = this.seen();
    const { width, height } = manifest.size;
    const grid = 8;
    let x = Math.round((seen.x + seen.w / 2 - width / 2) / grid) * grid;
    let y = Math.round((seen.y + seen.h / 2 - height / 2) / grid) * grid;
    const taken = new Set([...structureOf(this.record()).boxes.values()].map((b) => `${b.x},${b.y}`));
    while (taken.has(`${x},${y}`)) {
      x += 2 * grid;
      y += 2 * grid;
    }
    addWidget(this, manifest, x, y);
    this.host.focus({ preventScroll: true });
  }

  /** Adds one widget of a type for each tag. */
  addForTags(manifest: Manifest, tags: readonly DraggedTag[], at?: { x: number; y: number }): void {
    const seen = this.seen();
    const p = at ?? { x: seen.x + seen.w / 2, y: seen.y + seen.h / 2 };
    addForTags(this, manifest, tags, p.x, p.y);
    this.host.focus({ preventScroll: true });
  }

  /** Begins a drag from a panel: pointer down on something there. `click` is done when it was not dragged. */
  startDrop(
    load: Load,
    e: { pointerId: number; clientX: number; clientY: number },
    label: string,
    click: () => void,
  ): void {
    this.#endDrop();
    const chip = document.createElement("div");
    chip.className = "drag-chip";
    chip.textContent = label;
    chip.hidden = true;
    document.body.append(chip);
    const offer = (tags: readonly DraggedTag[], at: { x: number; y: number }) =>
      this.options.offer(tags, at, this.#clientOf(at));
    this.#drop = {
      drop: new Drop(this, load, this.options.dropText, offer),
      pointer: e.pointerId,
      from: { x: e.clientX, y: e.clientY },
      moved: false,
      over: false,
      chip,
      click,
    };
    const end = new AbortController();
    const mine = (p: PointerEvent) => p.pointerId === e.pointerId;
    const stop = (run: () => void) => {
      end.abort();
      run();
      this.#endDrop();
    };
    const { signal } = end;
    window.addEventListener("pointermove", (p) => mine(p) && this.#later(p, (q) => this.#dropMove(q)), { signal });
    window.addEventListener("pointerup", (p) => mine(p) && stop(() => this.#dropEnd(p)), { signal });
    window.addEventListener("pointercancel", (p) => mine(p) && stop(() => this.#drop?.drop.leave()), { signal });
    window.addEventListener(
      "keydown",
      (k) => {
        if (k.key !== "Escape") return;
        k.stopPropagation();
        stop(() => this.#drop?.drop.leave());
      },
      { signal, capture: true },
    );
  }

  // Camera

  setCamera(camera: Camera): void {
    this.view.camera = camera;
  }

  /** Shows the whole screen. */
  fitScreen(): void {
    const { width, height } = this.record().screen;
    this.setCamera(fitCamera({ x: 0, y: 0, w: width, h: height }, this.view.viewport, 40, 1));
  }

  /** Shows the selection. */
  fitSelection(): void {
    const box = this.selectionBox();
    if (box) this.setCamera(fitCamera(box, this.view.viewport, 80, 2));
  }

  /** Zooms to a scale around the middle of the view. */
  zoomTo(zoom: number): void {
    const { width, height } = this.view.viewport;
    this.setCamera(zoomAt(this.view.camera, zoom, width / 2, height / 2));
  }

  /** One step in or out. */
  zoomBy(up: boolean): void {
    this.zoomTo(zoomStep(this.zoom, up));
  }

  /** Selects widgets and brings them into sight. */
  reveal(ids: readonly string[]): void {
    const screen = this.record();
    const there = ids.filter((id) => screen.widgets[id]);
    const first = there[0];
    if (first === undefined) return;
    this.select(there, parentOf(screen, screen.widgets[first] as Widget));
    const box = this.selectionBox() as Box;
    const seen = this.seen();
    const inside =
      box.x >= seen.x && box.y >= seen.y && box.x + box.w <= seen.x + seen.w && box.y + box.h <= seen.y + seen.h;
    if (!inside)
      this.setCamera({ zoom: this.zoom, x: box.x + box.w / 2 - seen.w / 2, y: box.y + box.h / 2 - seen.h / 2 });
  }

  /** World coordinates of a place of the page. */
  worldOf(clientX: number, clientY: number): { x: number; y: number } {
    const r = this.host.getBoundingClientRect();
    const c = this.view.camera;
    return { x: c.x + (clientX - r.left) / c.zoom, y: c.y + (clientY - r.top) / c.zoom };
  }

  destroy(): void {
    this.#dead = true;
    this.#endDrop();
    this.#gone.abort();
    for (const off of this.#offs) off();
    cancelAnimationFrame(this.#frame);
    this.view.destroy();
    this.#overlay.canvas.remove();
  }

  // Showing

  #outside(theme: Theme): string {
    return theme === "dark" ? "#191919" : "#C6C6C6";
  }

  /** Shows the document as it is now, touching only what changed. */
  #show(force = false): void {
    const id = this.screenId();
    const next = this.doc.state.screens[id];
    const before = this.#shown;
    this.#shown = { id, record: next };
    if (!next) return;
    if (
      force ||
      before.id !== id ||
      !before.record ||
      before.record.screen !== next.screen ||
      before.record.order !== next.order
    )
      this.view.setScreen(toScreen(next));
    else if (before.record !== next) {
      const old = before.record.widgets;
      const changed = next.order.filter((w) => old[w] !== next.widgets[w]);
      const structural = changed.some(
        (w) => old[w]?.hidden !== next.widgets[w]?.hidden || old[w]?.parent !== next.widgets[w]?.parent,
      );
      if (structural || changed.length > 400) this.view.setScreen(toScreen(next));
      else for (const w of changed) this.view.patchWidget(w, next.widgets[w] as Widget);
    }
    if (before.id !== id) {
      const camera = this.options.cameras.get(id);
      if (camera) this.setCamera(camera);
      else if (this.view.viewport.width > 0) this.fitScreen();
    }
    this.#repaint();
  }

  #changed(event: DocumentEvent): void {
    if (event.cause !== "change") this.#cancelGesture();
    this.#show(event.cause === "load");
  }

  #sessionChanged(now: Session, before: Session): void {
    if (now.screen !== before.screen) {
      this.#cancelGesture();
      this.#hover = undefined;
      this.#show();
    }
    if (now.tool !== before.tool) this.#cursor();
    this.#repaint();
  }

  #moved(): void {
    if (this.#dead) return;
    const { camera } = this.view;
    if (this.#shown.id) this.options.cameras.set(this.#shown.id, camera);
    if (camera.zoom !== this.session.getState().zoom) this.session.setState({ zoom: camera.zoom });
    this.#resized();
    this.#repaint();
  }

  #resized(): void {
    const { width, height } = this.view.viewport;
    const dpr = window.devicePixelRatio || 1;
    const { canvas } = this.#overlay;
    if (canvas.width === Math.round(width * dpr) && canvas.height === Math.round(height * dpr)) return;
    const first = canvas.dataset.sized === undefined && width > 0;
    this.#overlay.resize(width, height, dpr);
    if (!first) return;
    canvas.dataset.sized = "";
    if (!this.options.cameras.has(this.screenId()) || this.options.cameras.get(this.screenId())?.x === 0)
      this.fitScreen();
  }

  #repaint(): void {
    if (this.#frame || this.#dead) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #paint(): void {
    const screen = this.record();
    const { boxes } = structureOf(screen);
    const { selection, scope, tool } = this.session.getState();
    const selected = selection.flatMap((id) => boxes.get(id) ?? []);
    const free = selection.length > 0 && selection.every((id) => !flagged(screen, id, "locked"));
    const marks: Marks = {
      page: { width: screen.screen.width, height: screen.screen.height },
      selected,
      around: union(selected),
      handles: free && tool === "select",
      scope: scope ? boxes.get(scope) : undefined,
      hover:
        this.#gesture?.began || !this.#hover || selection.includes(this.#hover) ? undefined : boxes.get(this.#hover),
      guides: [],
      locked: selection.filter((id) => flagged(screen, id, "locked")).flatMap((id) => boxes.get(id) ?? []),
      ...this.#marks,
    };
    this.#overlay.paint(marks, this.view.camera, this.view.theme);
  }

  // Pointer

  #point(e: {
    clientX: number;
    clientY: number;
    shiftKey: boolean;
    altKey: boolean;
    ctrlKey: boolean;
    metaKey: boolean;
  }): Point {
    const r = this.host.getBoundingClientRect();
    const x = e.clientX - r.left;
    const y = e.clientY - r.top;
    const c = this.view.camera;
    return {
      x,
      y,
      wx: c.x + x / c.zoom,
      wy: c.y + y / c.zoom,
      shift: e.shiftKey,
      alt: e.altKey,
      ctrl: e.ctrlKey || e.metaKey,
    };
  }

  #clientOf(world: { x: number; y: number }): { x: number; y: number } {
    const r = this.host.getBoundingClientRect();
    const c = this.view.camera;
    return { x: r.left + (world.x - c.x) * c.zoom, y: r.top + (world.y - c.y) * c.zoom };
  }

  /** Handles the newest of many moves once a frame. */
  #later(event: PointerEvent, handle: (e: PointerEvent) => void): void {
    const waiting = this.#last !== undefined;
    this.#last = { event, handle };
    if (waiting) return;
    requestAnimationFrame(() => this.#now());
  }

  #now(): void {
    const last = this.#last;
    this.#last = undefined;
    if (last && !this.#dead) last.handle(last.event);
  }

  /** What a click at a place means: the child of the entered group, or with `deep` the widget itself. */
  pick(wx: number, wy: number, deep: boolean): { id: string; scope: string } | undefined {
    const screen = this.record();
    const { scope } = this.session.getState();
    const found = Spatial.of(screen).at(wx, wy, 3 / this.zoom);
    if (deep && found[0]) return { id: found[0], scope: ancestors(screen, found[0])[0] ?? "" };
    for (const id of found) {
      const chain = [id, ...ancestors(screen, id)];
      const i = scope ? chain.indexOf(scope) - 1 : chain.length - 1;
      if (i >= 0) return { id: chain[i] as string, scope };
    }
    const first = found[0];
    return first === undefined ? undefined : { id: [first, ...ancestors(screen, first)].at(-1) as string, scope: "" };
  }

  #handleUnder(p: Point): ReturnType<typeof hitHandle> {
    const { selection, tool } = this.session.getState();
    if (selection.length === 0 || tool === "hand") return undefined;
    const screen = this.record();
    if (selection.some((id) => flagged(screen, id, "locked"))) return undefined;
    const box = this.selectionBox();
    if (!box) return undefined;
    const c = this.view.camera;
    return hitHandle(
      { x: (box.x - c.x) * c.zoom, y: (box.y - c.y) * c.zoom, w: box.w * c.zoom, h: box.h * c.zoom },
      p.x,
      p.y,
      7,
    );
  }

  #down(e: PointerEvent): void {
    this.host.focus({ preventScroll: true });
    const p = this.#point(e);
    if (e.pointerType === "touch") {
      this.#touches.set(e.pointerId, { x: p.x, y: p.y });
      if (this.#touches.size === 2) {
        this.#cancelGesture();
        return;
      }
    }
    if (this.#gesture) return;
    const hand = e.button === 1 || (e.button === 0 && (this.#space || this.session.getState().tool === "hand"));
    if (hand) {
      e.preventDefault();
      this.#start(e, p, new Pan(this, p));
      return;
    }
    if (e.button === 2) {
      const under = this.pick(p.wx, p.wy, false);
      if (!under) this.select([], "");
      else if (!this.session.getState().selection.includes(under.id)) this.select([under.id], under.scope);
      return;
    }
    if (e.button !== 0) return;
    const handle = this.#handleUnder(p);
    if (handle) {
      this.#start(e, p, undefined, () => new Size(this, p, handle));
      return;
    }
    const under = this.pick(p.wx, p.wy, p.ctrl);
    const { selection } = this.session.getState();
    if (!under) {
      if (!p.shift) this.select([], "");
      this.#start(e, p, undefined, () => (e.pointerType === "touch" ? new Pan(this, p) : new Marquee(this, p)));
      return;
    }
    const had = selection.includes(under.id);
    if (p.shift) {
      this.select(had ? selection.filter((id) => id !== under.id) : [...selection, under.id], under.scope);
      if (had) return;
    } else if (!had) {
      this.select([under.id], under.scope);
      this.say("design:say.selectedOne", { name: this.#nameOf(under.id) });
    }
    // One of several chosen: they move together; without a drag only that one stays chosen.
    const click = had && !p.shift && selection.length > 1 ? () => this.select([under.id], under.scope) : undefined;
    this.#start(e, p, undefined, () => new Move(this, p), click);
  }

  #start(e: PointerEvent, down: Point, gesture?: Gesture, make?: () => Gesture, click?: () => void): void {
    const idle: Gesture = { move() {}, end: () => click?.(), cancel() {} };
    this.#gesture = { gesture: gesture ?? idle, pointer: e.pointerId, began: !!gesture, down, make };
    try {
      this.host.setPointerCapture(e.pointerId);
    } catch {
      // The pointer is already gone; its up will not come, and the next down begins anew.
    }
    this.#cursor();
  }

  #pointerMove(e: PointerEvent): void {
    const p = this.#point(e);
    if (e.pointerType === "touch" && this.#touches.size === 2) {
      this.#pinch(e.pointerId, p);
      return;
    }
    const g = this.#gesture;
    if (!g) {
      this.#hoverAt(p);
      return;
    }
    if (g.pointer !== e.pointerId) return;
    if (!g.began) {
      if (Math.hypot(p.x - g.down.x, p.y - g.down.y) < slop || !g.make) return;
      const locked = this.session.getState().selection.some((id) => flagged(this.record(), id, "locked"));
      if (locked && g.make().constructor === Move) return;
      g.gesture = g.make();
      g.began = true;
    }
    g.gesture.move(p);
    this.#cursor();
    if (g.gesture.scrolls) this.#scrollAtEdge(e, p);
  }

  /** Near the edge of the view a drag scrolls it, as long as the pointer stays there. */
  #scrollAtEdge(e: PointerEvent, p: Point): void {
    const { width, height } = this.view.viewport;
    const edge = 16;
    const push = (at: number, size: number) => (at < edge ? -1 : at > size - edge ? 1 : 0);
    const dx = push(p.x, width);
    const dy = push(p.y, height);
    if (dx === 0 && dy === 0) return;
    const c = this.view.camera;
    this.setCamera({ ...c, x: c.x + (dx * 10) / c.zoom, y: c.y + (dy * 10) / c.zoom });
    this.#later(e, (again) => this.#pointerMove(again));
  }

  #up(e: PointerEvent): void {
    this.#touches.delete(e.pointerId);
    const g = this.#gesture;
    if (!g || g.pointer !== e.pointerId) return;
    if (this.#last) this.#now();
    if (!this.#gesture) return;
    this.#gesture = undefined;
    g.gesture.end(this.#point(e));
    this.#settle();
  }

  #cancelled(e: PointerEvent): void {
    this.#touches.delete(e.pointerId);
    if (this.#gesture?.pointer === e.pointerId) this.#cancelGesture();
  }

  #cancelGesture(): boolean {
    const g = this.#gesture;
    this.#gesture = undefined;
    this.#last = undefined;
    if (!g) return false;
    g.gesture.cancel();
    this.#settle();
    return true;
  }

  #settle(): void {
    this.#marks = {};
    this.#cursor();
    this.#repaint();
  }

  #pinch(id: number, p: Point): void {
    const [a, b] = [...this.#touches.values()];
    if (!a || !b) return;
    const before = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, d: Math.hypot(a.x - b.x, a.y - b.y) };
    this.#touches.set(id, { x: p.x, y: p.y });
    const [c, d] = [...this.#touches.values()] as [{ x: number; y: number }, { x: number; y: number }];
    const after = { x: (c.x + d.x) / 2, y: (c.y + d.y) / 2, d: Math.hypot(c.x - d.x, c.y - d.y) };
    const camera = this.view.camera;
    const moved = {
      ...camera,
      x: camera.x - (after.x - before.x) / camera.zoom,
      y: camera.y - (after.y - before.y) / camera.zoom,
    };
    this.setCamera(before.d > 0 ? zoomAt(moved, camera.zoom * (after.d / before.d), after.x, after.y) : moved);
  }

  #hoverAt(p: Point): void {
    const handle = this.#handleUnder(p);
    const under = this.pick(p.wx, p.wy, p.ctrl);
    this.#setHover(handle ? undefined : under?.id);
    this.#cursor(handle ? cursorOf(handle) : undefined);
  }

  #setHover(id: string | undefined): void {
    if (id === this.#hover) return;
    this.#hover = id;
    this.#repaint();
  }

  #cursor(over?: string): void {
    const g = this.#gesture;
    const hand = this.#space || this.session.getState().tool === "hand";
    this.host.style.cursor = (g?.began ? g.gesture.cursor : undefined) ?? (hand ? "grab" : (over ?? "default"));
  }

  #double(e: MouseEvent): void {
    const p = this.#point(e);
    const screen = this.record();
    const under = this.pick(p.wx, p.wy, false);
    if (!under) return;
    if (structureOf(screen).children.has(under.id)) {
      this.session.setState({ scope: under.id, selection: [] });
      const child = this.pick(p.wx, p.wy, false);
      this.select(child ? [child.id] : [], under.id);
      this.say("design:say.entered", { name: this.#nameOf(under.id) });
    } else this.options.open(under.id);
  }

  #wheel(e: WheelEvent): void {
    e.preventDefault();
    const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? this.view.viewport.height : 1;
    const c = this.view.camera;
    if (e.ctrlKey || e.metaKey) {
      const p = this.#point(e);
      const delta = Math.max(-60, Math.min(60, e.deltaY * unit));
      this.setCamera(zoomAt(c, c.zoom * Math.exp(-delta * 0.008), p.x, p.y));
      return;
    }
    const [dx, dy] = e.shiftKey && e.deltaX === 0 ? [e.deltaY, 0] : [e.deltaX, e.deltaY];
    this.setCamera({ ...c, x: c.x + (dx * unit) / c.zoom, y: c.y + (dy * unit) / c.zoom });
  }

  // Keyboard

  #spaceKey(e: KeyboardEvent, down: boolean): void {
    if (e.code !== "Space" || e.ctrlKey || e.metaKey || e.altKey) return;
    const target = e.target as HTMLElement | null;
    const typing = target?.closest(
      "input, textarea, select, button, a, [contenteditable], [role=button], [role=treeitem], [role=option], .cm-host",
    );
    if (down && typing && target !== this.host) return;
    if (down) e.preventDefault();
    this.#setSpace(down);
  }

  #setSpace(on: boolean): void {
    if (on === this.#space) return;
    this.#space = on;
    this.#cursor();
  }

  #nameOf(id: string): string {
    return this.record().widgets[id]?.name || id;
  }

  #key(e: KeyboardEvent): void {
    const want = this.#keyTarget(e);
    if (!want) return;
    e.preventDefault();
    e.stopPropagation();
    if (want === "done") return;
    this.select(want.ids, want.scope);
    if (want.ids[0] === undefined) return;
    this.reveal(want.ids);
    this.say("design:say.selectedOne", { name: this.#nameOf(want.ids[0]) });
  }

  /** What a key chooses: Escape goes out, Enter in, Tab to the next beside. "done" is a key that did its work otherwise. */
  #keyTarget(e: KeyboardEvent): { ids: readonly string[]; scope: string } | "done" | undefined {
    const { selection, scope } = this.session.getState();
    const screen = this.record();
    const { children } = structureOf(screen);
    const out = () => (scope ? { ids: [scope], scope: parentOf(screen, screen.widgets[scope] as Widget) } : undefined);
    if (e.ctrlKey || e.metaKey || e.altKey) return undefined;
    if (e.key === "Escape") {
      if (this.#cancelGesture()) return "done";
      return out() ?? (selection.length > 0 ? { ids: [], scope: "" } : undefined);
    }
    if (e.key === "Enter") {
      if (e.shiftKey) return out();
      const first = topmost(screen, selection)[0];
      if (first === undefined) return undefined;
      const inside = children.get(first)?.[0];
      if (inside !== undefined) return { ids: [inside], scope: first };
      this.options.open(first);
      return "done";
    }
    // Without a selection Tab leaves the board, so that nobody is caught in it.
    if (e.key !== "Tab" || selection.length === 0) return undefined;
    const siblings = (children.get(scope) ?? []).filter((id) => !screen.widgets[id]?.hidden);
    const at = siblings.indexOf(selection.at(-1) ?? "");
    const next = siblings[(at + (e.shiftKey ? -1 : 1) + siblings.length) % siblings.length];
    return next === undefined ? undefined : { ids: [next], scope };
  }

  // Drops

  #inside(e: { clientX: number; clientY: number }): boolean {
    const r = this.host.getBoundingClientRect();
    return e.clientX >= r.left && e.clientX < r.right && e.clientY >= r.top && e.clientY < r.bottom;
  }

  #dropMove(e: PointerEvent): void {
    const d = this.#drop;
    if (!d) return;
    if (!d.moved && Math.hypot(e.clientX - d.from.x, e.clientY - d.from.y) < slop + 1) return;
    d.moved = true;
    const over = this.#inside(e);
    d.chip.hidden = over && d.drop.load.kind === "widget";
    d.chip.style.transform = `translate(${e.clientX + 12}px, ${e.clientY + 12}px)`;
    if (over) d.drop.over(this.#point(e));
    else if (d.over) d.drop.leave();
    d.over = over;
  }

  #dropEnd(e: PointerEvent): void {
    const d = this.#drop;
    if (!d) return;
    if (this.#last) {
      this.#last = undefined;
      this.#dropMove(e);
    }
    if (!d.moved) d.click();
    else if (this.#inside(e)) {
      d.drop.drop(this.#point(e));
      this.host.focus({ preventScroll: true });
    } else d.drop.leave();
  }

  #endDrop(): void {
    this.#drop?.chip.remove();
    this.#drop = undefined;
    this.#settle();
  }
}

/** Moves the view with the pointer. */
class Pan implements Gesture {
  readonly cursor = "grabbing";
  readonly #camera: Camera;

  constructor(
    private readonly board: Board,
    private readonly from: Point,
  ) {
    this.#camera = board.view.camera;
  }

  move(p: Point): void {
    const c = this.#camera;
    this.board.setCamera({ ...c, x: c.x - (p.x - this.from.x) / c.zoom, y: c.y - (p.y - this.from.y) / c.zoom });
  }

  end(): void {}

  cancel(): void {}
}
