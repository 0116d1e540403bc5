// The drawing board: the screen as the player draws it, with choosing, moving, sizing and dropping on top.
import type { Manifest, Preset, Screen, Widget } from "@lineside/client";
import { ScreenView } from "@lineside/player";
import type { Camera, Theme } from "@lineside/scene";
import {
  ancestors,
  type Box,
  type Document,
  type DocumentEvent,
  flagged,
  following,
  isPage,
  parentOf,
  type ScreenRecord,
  structureOf,
  type Turned,
  toScreen,
  union,
} from "../document";
import { fitCamera, zoomAt, zoomStep } from "./camera";
import { type DraggedTag, newSize } from "./create";
import { drawnAt } from "./draw/touch";
import { addForTags, addWidget, blockOf, type Load } from "./drop";
import { Dropping } from "./dropping";
import { freeRoom, nearestFree } from "./freespot";
import type { Point } from "./gesture";
import { drawnNavigation } from "./navigation";
import { type Marks, Overlay } from "./overlay";
import { openPane, openPanesFor, showPanes } from "./page/panes";
import { columnBoxes, type Showing, Shown } from "./page/shown";
import { Pointing } from "./pointing";
import type { Ruling, Session, SessionStore } from "./session";
import { Spatial } from "./spatial";
import type { BoardOptions, PointerPlace, Surface } from "./surface";

const none: readonly Ruling[] = [];
const blank: Screen = { id: "", name: {}, width: 100, height: 100, widgets: [] };

/** The board in a host element. The host is focusable and must have a size. */
export class Board implements Surface {
  readonly doc: Document;
  readonly session: SessionStore;
  readonly view: ScreenView;
  readonly #overlay: Overlay;
  readonly #manifests = new Map<string, Manifest>();
  readonly #offs: (() => void)[] = [];
  #shown: { id: string; record: ScreenRecord | undefined } = { id: "", record: undefined };
  readonly #laid = new Shown();
  #previewed = new Set<string>();
  #marks: Partial<Marks> = {};
  readonly #pointing: Pointing;
  readonly #dropping: Dropping;
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
      tags: options.tags,
      screens: options.screens,
      outside: this.#outside(options.theme),
      navigation: drawnNavigation(
        this.doc,
        () => this.screenId(),
        () => this.view?.lang ?? options.lang,
      ),
    });
    this.#overlay = new Overlay(host);
    this.#offs.push(
      this.view.onCamera(() => this.#moved()),
      this.doc.subscribe((e) => this.#changed(e)),
      this.session.subscribe((now, before) => this.#sessionChanged(now, before)),
    );
    this.#pointing = new Pointing(this);
    this.#dropping = new Dropping(this);
    this.#resized();
    this.#show(true);
  }

  get zoom(): number {
    return this.view.camera.zoom;
  }

  /** Where the pointer was last seen on the board, in the world. */
  get pointer(): { x: number; y: number } | undefined {
    return this.#pointing.last;
  }

  manifest(type: string): Manifest | undefined {
    return this.#manifests.get(type);
  }

  /** Changes the widgets that there are. */
  setCatalogue(catalogue: readonly Manifest[]): void {
    this.#manifests.clear();
    for (const m of catalogue) this.#manifests.set(m.id, m);
    this.view.catalogue = catalogue;
    this.repaint();
  }

  screenId(): string {
    return this.session.getState().screen;
  }

  record(): ScreenRecord {
    const raw = this.doc.state.screens[this.screenId()];
    return raw ? this.#laid.of(raw, this.#showing) : { screen: blank, order: [], widgets: {} };
  }

  /** What a page is shown at, and which panes are open. */
  readonly #showing: Showing = (() => {
    const board = this;
    return {
      get at() {
        return board.session.getState().breakpoint;
      },
      get opened() {
        return board.session.getState().panes;
      },
      manifest: (type: string) => board.manifest(type),
      open: (id: string) => openPane(board, id),
    };
  })();

  seen(): Box {
    const { x, y, zoom } = this.view.camera;
    const { width, height } = this.view.viewport;
    return { x, y, w: width / zoom, h: height / zoom };
  }

  /** Changes the theme of the drawing and of the marks. */
  setTheme(theme: Theme): void {
    this.view.theme = theme;
    this.view.scene.page = { ...this.view.scene.page, outside: this.#outside(theme) };
    this.repaint();
  }

  /** The box around the selection, in the world. */
  selected(): Box | undefined {
    const { extents } = structureOf(this.record());
    return union(this.session.getState().selection.flatMap((id) => extents.get(id) ?? []));
  }

  /** The box that the handles are around: that of one widget as it is turned, else the one around all. */
  selectionFrame(): Turned | undefined {
    const { selection } = this.session.getState();
    return selection.length === 1 ? this.#turned(selection[0] as string) : this.selected();
  }

  rulings(): readonly Ruling[] {
    return this.session.getState().guides[this.screenId()] ?? none;
  }

  /** The box of a widget as it is turned. */
  #turned(id: string): Turned | undefined {
    const screen = this.record();
    const { boxes, turns } = structureOf(screen);
    const box = boxes.get(id);
    const angle = turns.get(id)?.angle;
    return box && angle ? { ...box, angle } : box;
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
    // Ends of lines that stick follow what is shown, too.
    if (widgets && widgets.size > 0) widgets = new Map([...widgets, ...following(saved, widgets, this.doc.kinds)]);
    for (const id of this.#previewed) if (!widgets?.has(id)) this.view.patchWidget(id, saved[id] ?? null);
    this.#previewed = new Set(widgets?.keys());
    for (const [id, w] of widgets ?? []) this.view.patchWidget(id, w);
  }

  mark(marks: Partial<Marks>): void {
    this.#marks = { ...this.#marks, ...marks };
    this.repaint();
  }

  /** Adds a widget in the middle of what is seen. */
  addInMiddle(manifest: Manifest, preset?: Preset): void {
    const { width, height } = newSize(manifest, preset);
    const { x, y } = this.#freeSpot(width, height);
    addWidget(this, manifest, x, y, undefined, preset);
    this.host.focus({ preventScroll: true });
  }

  /** Adds one widget of a type for each tag, the first about a point; without one, where there is room. */
  addForTags(manifest: Manifest, tags: readonly DraggedTag[], at?: { x: number; y: number }): void {
    const { w, h } = blockOf(this, manifest, tags.length);
    const free = at ? undefined : this.#freeSpot(w, h);
    const p = at ?? { x: (free?.x ?? 0) + manifest.size.width / 2, y: (free?.y ?? 0) + manifest.size.height / 2 };
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
    this.#dropping.start(load, e, label, click);
  }

  /** Pulls a line out of a ruler: pointer down on one. */
  pullRuling(e: PointerEvent, axis: Ruling["axis"]): void {
    this.#pointing.pull(e, axis);
  }

  /** Scrolls and zooms as if the wheel had been turned over the middle of the board. */
  wheel(e: WheelEvent): void {
    this.#pointing.wheel(e);
  }

  // Camera

  setCamera(camera: Camera): void {
    this.view.camera = camera;
  }

  /** Shows the whole screen. */
  fitScreen(): void {
    const { width, height } = this.record().screen;
    // The drawing tools stand at the left edge of the board.
    const strip = 16;
    const { viewport } = this.view;
    const room = { width: viewport.width - strip, height: viewport.height };
    const camera = fitCamera({ x: 0, y: 0, w: width, h: height }, room, 40, 1);
    this.setCamera({ ...camera, x: camera.x - strip / camera.zoom });
  }

  /** Shows the selection. */
  fitSelection(): void {
    const box = this.selected();
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
    const box = this.selected() as Box;
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
    this.#dropping.end();
    this.#pointing.destroy();
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
    const next = this.doc.state.screens[id] && this.record();
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
    showPanes(this, next);
    if (before.id !== id) {
      const camera = this.options.cameras.get(id);
      if (camera) this.setCamera(camera);
      else if (this.view.viewport.width > 0) this.fitScreen();
    }
    this.repaint();
  }

  #changed(event: DocumentEvent): void {
    if (event.cause !== "change") this.#pointing.cancel();
    this.#show(event.cause === "load");
  }

  #sessionChanged(now: Session, before: Session): void {
    if (now.screen !== before.screen) {
      this.#pointing.cancel();
      this.#pointing.hover = undefined;
      this.#show();
    } else if (now.panes !== before.panes || now.breakpoint !== before.breakpoint) {
      this.#pointing.cancel();
      this.#show();
      if (now.breakpoint !== before.breakpoint && isPage(this.record())) this.fitScreen();
    }
    if (now.selection !== before.selection) openPanesFor(this, now.selection);
    if (now.tool !== before.tool) this.#pointing.cursor();
    this.repaint();
  }

  #moved(): void {
    if (this.#dead) return;
    const { camera } = this.view;
    if (this.#shown.id) this.options.cameras.set(this.#shown.id, camera);
    if (camera.zoom !== this.session.getState().zoom) this.session.setState({ zoom: camera.zoom });
    this.#resized();
    this.repaint();
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

  /** Paints the marks again in the next frame. */
  repaint(): void {
    if (this.#frame || this.#dead) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #paint(): void {
    const screen = this.record();
    const { selection, scope, tool, grid, gridSize } = this.session.getState();
    const box = (id: string) => this.#turned(id) ?? [];
    const { hover } = this.#pointing;
    const locked = selection.filter((id) => flagged(screen, id, "locked"));
    const marks: Marks = {
      page: { width: screen.screen.width, height: screen.screen.height },
      grid: grid ? gridSize : undefined,
      selected: selection.flatMap(box),
      around: this.selectionFrame(),
      handles: selection.length > 0 && locked.length === 0 && tool === "select",
      scope: scope ? this.#turned(scope) : undefined,
      hover: this.#pointing.busy || !hover || selection.includes(hover) ? undefined : this.#turned(hover),
      guides: [],
      columns: isPage(screen)
        ? columnBoxes(screen, this.session.getState().breakpoint, screen.screen.height)
        : undefined,
      rulings: this.rulings(),
      locked: locked.flatMap(box),
      ...this.#marks,
    };
    this.#overlay.paint(marks, this.view.camera, this.view.theme);
  }

  // Places

  /** A place near the middle of what is seen of the screen where a box covers no widget; the middle itself when there is none. */
  #freeSpot(width: number, height: number): { x: number; y: number } {
    const { screen } = this.record();
    const seen = this.seen();
    const page = { x: 0, y: 0, w: screen.width, h: screen.height };
    const room = freeRoom(seen, page, width, height);
    const spatial = Spatial.of(this.record());
    return nearestFree(room, width, height, (box) => spatial.within(box, false).length === 0);
  }

  /** Where an event is. */
  point(e: PointerPlace): Point {
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

  /** Coordinates of the page of a place in the world. */
  clientOf(world: { x: number; y: number }): { x: number; y: number } {
    const r = this.host.getBoundingClientRect();
    const c = this.view.camera;
    return { x: r.left + (world.x - c.x) * c.zoom, y: r.top + (world.y - c.y) * c.zoom };
  }

  /** What a click at a place means: the child of the entered group, or with `deep` the widget itself. */
  pick(wx: number, wy: number, deep: boolean): { id: string; scope: string } | undefined {
    const screen = this.record();
    const { scope } = this.session.getState();
    const slack = 4 / this.zoom;
    const found = Spatial.of(screen)
      .at(wx, wy, slack)
      .filter((id) => drawnAt(this, id, wx, wy, slack));
    if (deep && found[0]) return { id: found[0], scope: ancestors(screen, found[0])[0] ?? "" };
    for (const id of found) {
      // The ground of the group that was entered is ground.
      if (id === scope) return undefined;
      const chain = [id, ...ancestors(screen, id)];
      const i = scope ? chain.indexOf(scope) - 1 : chain.length - 1;
      if (i >= 0) return { id: chain[i] as string, scope };
    }
    const first = found[0];
    return first === undefined ? undefined : { id: [first, ...ancestors(screen, first)].at(-1) as string, scope: "" };
  }

  /** Shows no marks but those of the selection: a gesture has ended. */
  unmark(): void {
    this.#marks = {};
    this.repaint();
  }
}
