// Pointer, wheel and keys on the board: choosing, and beginning and ending gestures.

import type { Widget } from "@lineside/client";
import type { Camera } from "@lineside/scene";
import { flagged, parentOf, structureOf, topmost } from "../document";
import { zoomAt } from "./camera";
import { Drawing } from "./draw/drawing";
import type { Gesture, Point } from "./gesture";
import { cursorOf, type Handle, hitHandle, hitTurnHandle } from "./handles";
import { Marquee } from "./marquee";
import { Newest } from "./newest";
import { moveOf, sizeOf } from "./page/gestures";
import { showPane } from "./page/panes";
import { MoveRuling, rulingAt, setRulings } from "./ruling";
import type { Ruling } from "./session";
import { type Surface, slop } from "./surface";
import { Turning } from "./turning";

/** Listens to the board's host. */
export class Pointing {
  /** The widget under the pointer. */
  hover: string | undefined;
  /** Where the pointer was last seen, in the world. */
  last: { x: number; y: number } | undefined;
  #gesture:
    | { gesture: Gesture; pointer: number; began: boolean; down: Point; make?: () => Gesture; moves: boolean }
    | undefined;
  readonly #moves = new Newest<PointerEvent>();
  readonly #touches = new Map<number, { x: number; y: number }>();
  readonly #gone = new AbortController();
  #space = false;
  readonly #drawing: Drawing;

  constructor(private readonly board: Surface) {
    this.#drawing = new Drawing(board);
    const { signal } = this.#gone;
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      fn: (e: HTMLElementEventMap[K]) => void,
      more?: AddEventListenerOptions,
    ) => board.host.addEventListener(name, fn, { signal, ...more });
    on("pointerdown", (e) => this.#down(e));
    on("pointermove", (e) => this.#moves.later(e, (p) => this.#pointerMove(p)));
    on("pointerup", (e) => this.#up(e));
    on("pointercancel", (e) => this.#cancelled(e));
    on("pointerleave", () => this.#setHover(undefined));
    on("blur", () => delete board.host.dataset.pointer);
    on("dblclick", (e) => this.#double(e));
    on("wheel", (e) => this.wheel(e), { passive: false });
    on("keydown", (e) => this.#key(e));
    on("lostpointercapture", (e) => this.#gesture?.pointer === e.pointerId && this.#cancelled(e));
    window.addEventListener("keydown", (e) => this.#spaceKey(e, true), { signal });
    window.addEventListener("keyup", (e) => this.#spaceKey(e, false), { signal });
    window.addEventListener("blur", () => this.#setSpace(false), { signal });
  }

  /** Whether a gesture is under way. */
  get busy(): boolean {
    return !!this.#gesture?.began;
  }

  destroy(): void {
    this.#drawing.destroy();
    this.#gone.abort();
    this.#moves.drop();
  }

  #handleUnder(p: Point): Handle | "turn" | undefined {
    const { selection, tool } = this.board.session.getState();
    if (selection.length === 0 || tool === "hand" || this.#drawing.editing) return undefined;
    const screen = this.board.record();
    if (selection.some((id) => flagged(screen, id, "locked"))) return undefined;
    const box = this.board.selectionFrame();
    if (!box) return undefined;
    const c = this.board.view.camera;
    const z = c.zoom;
    const seen = { ...box, x: (box.x - c.x) * z, y: (box.y - c.y) * z, w: box.w * z, h: box.h * z };
    return hitHandle(seen, p.x, p.y, 7) ?? (hitTurnHandle(seen, p.x, p.y, 7) ? "turn" : undefined);
  }

  #handleCursor(handle: Handle | "turn"): string {
    return handle === "turn" ? "grab" : cursorOf(handle, this.board.selectionFrame()?.angle);
  }

  /** The line of a ruler under the pointer, where no widget is. */
  #rulingUnder(p: Point): ReturnType<typeof rulingAt> {
    if (this.board.session.getState().tool === "hand") return undefined;
    return this.board.pick(p.wx, p.wy, false) ? undefined : rulingAt(this.board, p);
  }

  #down(e: PointerEvent): void {
    // A ring around the board is for those who came by keyboard.
    this.board.host.dataset.pointer = "";
    this.board.host.focus({ preventScroll: true });
    const p = this.board.point(e);
    this.last = { x: p.wx, y: p.wy };
    if (e.pointerType === "touch") {
      this.#touches.set(e.pointerId, { x: p.x, y: p.y });
      if (this.#touches.size === 2) {
        this.cancel();
        return;
      }
    }
    if (this.#gesture) return;
    const hand = e.button === 1 || (e.button === 0 && (this.#space || this.board.session.getState().tool === "hand"));
    if (hand) {
      e.preventDefault();
      this.#start(e, p, new Pan(this.board, p));
      return;
    }
    if (e.button === 2) {
      const under = this.board.pick(p.wx, p.wy, false);
      if (!under) this.board.select([], "");
      else if (!this.board.session.getState().selection.includes(under.id)) this.board.select([under.id], under.scope);
      return;
    }
    if (e.button !== 0) return;
    const drawn = this.#drawing.press(p);
    if (drawn) {
      this.#start(e, p, drawn);
      return;
    }
    const handle = this.#handleUnder(p);
    if (handle) {
      this.#start(e, p, undefined, () =>
        handle === "turn" ? new Turning(this.board, p) : sizeOf(this.board, p, handle),
      );
      return;
    }
    const ruling = this.#rulingUnder(p);
    if (ruling) {
      this.#start(e, p, undefined, () => new MoveRuling(this.board, ruling.axis, ruling));
      return;
    }
    const under = this.board.pick(p.wx, p.wy, p.ctrl);
    const { selection } = this.board.session.getState();
    if (!under) {
      if (!p.shift) this.board.select([], "");
      this.#start(e, p, undefined, () =>
        e.pointerType === "touch" ? new Pan(this.board, p) : new Marquee(this.board, p),
      );
      return;
    }
    const had = selection.includes(under.id);
    if (p.shift) {
      this.board.select(had ? selection.filter((id) => id !== under.id) : [...selection, under.id], under.scope);
      if (had) return;
    } else if (!had) {
      this.board.select([under.id], under.scope);
      this.board.say("design:say.selectedOne", { name: this.#nameOf(under.id) });
    }
    // One of several chosen: they move together; without a drag only that one stays chosen.
    const click =
      had && !p.shift && selection.length > 1
        ? () => this.board.select([under.id], under.scope)
        : () => showPane(this.board, under.id, p.wx, p.wy);
    this.#start(e, p, undefined, () => moveOf(this.board, p), click, true);
  }

  /** A line is pulled out of a ruler; the pointer is not over the board yet. */
  pull(e: PointerEvent, axis: Ruling["axis"]): void {
    if (this.#gesture) return;
    const gesture = new MoveRuling(this.board, axis);
    this.#start(e, this.board.point(e), gesture);
  }

  #start(
    e: PointerEvent,
    down: Point,
    gesture?: Gesture,
    make?: () => Gesture,
    click?: () => void,
    moves = false,
  ): void {
    const idle: Gesture = { move() {}, end: () => click?.(), cancel() {} };
    this.#gesture = { gesture: gesture ?? idle, pointer: e.pointerId, began: !!gesture, down, make, moves };
    try {
      this.board.host.setPointerCapture(e.pointerId);
    } catch {
      // The pointer is already gone; its up will not come, and the next down begins anew.
    }
    this.cursor();
  }

  #pointerMove(e: PointerEvent): void {
    const p = this.board.point(e);
    this.last = { x: p.wx, y: p.wy };
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
      const locked = this.board.session.getState().selection.some((id) => flagged(this.board.record(), id, "locked"));
      if (locked && g.moves) return;
      g.gesture = g.make();
      g.began = true;
    }
    g.gesture.move(p);
    this.cursor();
    if (g.gesture.scrolls) this.#scrollAtEdge(e, p);
  }

  /** Near the edge of the view a drag scrolls it, as long as the pointer stays there. */
  #scrollAtEdge(e: PointerEvent, p: Point): void {
    const { width, height } = this.board.view.viewport;
    const edge = 16;
    const push = (at: number, size: number) => (at < edge ? -1 : at > size - edge ? 1 : 0);
    const dx = push(p.x, width);
    const dy = push(p.y, height);
    if (dx === 0 && dy === 0) return;
    const c = this.board.view.camera;
    this.board.setCamera({ ...c, x: c.x + (dx * 10) / c.zoom, y: c.y + (dy * 10) / c.zoom });
    this.#moves.later(e, (again) => this.#pointerMove(again));
  }

  #up(e: PointerEvent): void {
    this.#touches.delete(e.pointerId);
    const g = this.#gesture;
    if (!g || g.pointer !== e.pointerId) return;
    this.#moves.flush();
    if (!this.#gesture) return;
    this.#gesture = undefined;
    g.gesture.end(this.board.point(e));
    this.#settle();
  }

  #cancelled(e: PointerEvent): void {
    this.#touches.delete(e.pointerId);
    if (this.#gesture?.pointer === e.pointerId) this.cancel();
  }

  /** Takes back what the pointer is doing. Answers whether there was anything. */
  cancel(): boolean {
    const g = this.#gesture;
    this.#gesture = undefined;
    this.#moves.drop();
    const drew = this.#drawing.cancel();
    if (!g) return drew;
    g.gesture.cancel();
    this.#settle();
    return true;
  }

  #settle(): void {
    this.board.unmark();
    this.#drawing.settled();
    this.cursor();
  }

  #pinch(id: number, p: Point): void {
    const [a, b] = [...this.#touches.values()];
    if (!a || !b) return;
    const before = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, d: Math.hypot(a.x - b.x, a.y - b.y) };
    this.#touches.set(id, { x: p.x, y: p.y });
    const [c, d] = [...this.#touches.values()] as [{ x: number; y: number }, { x: number; y: number }];
    const after = { x: (c.x + d.x) / 2, y: (c.y + d.y) / 2, d: Math.hypot(c.x - d.x, c.y - d.y) };
    const camera = this.board.view.camera;
    const moved = {
      ...camera,
      x: camera.x - (after.x - before.x) / camera.zoom,
      y: camera.y - (after.y - before.y) / camera.zoom,
    };
    this.board.setCamera(before.d > 0 ? zoomAt(moved, camera.zoom * (after.d / before.d), after.x, after.y) : moved);
  }

  #hoverAt(p: Point): void {
    if (this.#drawing.hover(p)) {
      this.#setHover(undefined);
      this.cursor("move");
      return;
    }
    const handle = this.#handleUnder(p);
    const under = this.board.pick(p.wx, p.wy, p.ctrl);
    const ruling = handle || under ? undefined : this.#rulingUnder(p);
    this.#setHover(handle ? undefined : under?.id);
    this.cursor(handle ? this.#handleCursor(handle) : ruling && (ruling.axis === "x" ? "ew-resize" : "ns-resize"));
  }

  #setHover(id: string | undefined): void {
    if (id === this.hover) return;
    this.hover = id;
    this.board.repaint();
  }

  /** Shows the cursor of what a press would do. */
  cursor(over?: string): void {
    const g = this.#gesture;
    const hand = this.#space || this.board.session.getState().tool === "hand";
    this.board.host.style.cursor =
      (g?.began ? g.gesture.cursor : undefined) ?? (hand ? "grab" : (this.#drawing.cursor ?? over ?? "default"));
  }

  #double(e: MouseEvent): void {
    const p = this.board.point(e);
    const screen = this.board.record();
    const under = this.board.pick(p.wx, p.wy, false);
    if (this.#drawing.double(p, under?.id)) return;
    const ruling = under ? undefined : this.#rulingUnder(p);
    if (ruling) {
      const rest = this.board.rulings().filter((r) => r !== ruling);
      setRulings(this.board, rest);
    }
    if (!under) return;
    if (structureOf(screen).children.has(under.id)) {
      this.board.session.setState({ scope: under.id, selection: [] });
      const child = this.board.pick(p.wx, p.wy, false);
      this.board.select(child ? [child.id] : [], under.id);
      this.board.say("design:say.entered", { name: this.#nameOf(under.id) });
    } else this.board.options.open(under.id);
  }

  /** Scrolls, or zooms at the pointer. */
  wheel(e: WheelEvent): void {
    e.preventDefault();
    const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? this.board.view.viewport.height : 1;
    const c = this.board.view.camera;
    if (e.ctrlKey || e.metaKey) {
      const at = this.board.point(e);
      const { width, height } = this.board.view.viewport;
      const over = e.target instanceof Node && this.board.host.contains(e.target);
      const p = over ? at : { x: width / 2, y: height / 2 };
      const delta = Math.max(-60, Math.min(60, e.deltaY * unit));
      this.board.setCamera(zoomAt(c, c.zoom * Math.exp(-delta * 0.008), p.x, p.y));
      return;
    }
    const [dx, dy] = e.shiftKey && e.deltaX === 0 ? [e.deltaY, 0] : [e.deltaX, e.deltaY];
    this.board.setCamera({ ...c, x: c.x + (dx * unit) / c.zoom, y: c.y + (dy * unit) / c.zoom });
  }

  #spaceKey(e: KeyboardEvent, down: boolean): void {
    if (e.code !== "Space" || e.ctrlKey || e.metaKey || e.altKey) return;
    const target = e.target as HTMLElement | null;
    const typing = target?.closest(
      "input, textarea, select, button, a, [contenteditable], [role=button], [role=treeitem], [role=option], .cm-host",
    );
    if (down && typing && target !== this.board.host) return;
    if (down) e.preventDefault();
    this.#setSpace(down);
  }

  #setSpace(on: boolean): void {
    if (on === this.#space) return;
    this.#space = on;
    this.cursor();
  }

  #nameOf(id: string): string {
    return this.board.record().widgets[id]?.name || id;
  }

  /** Opens the menu beside the selection, as the Menu key wants it: the browser would open it in a corner. */
  #menu(e: KeyboardEvent): boolean {
    if (e.key !== "ContextMenu" && !(e.key === "F10" && e.shiftKey)) return false;
    const box = this.board.selected();
    const seen = this.board.host.getBoundingClientRect();
    const at = box && this.board.clientOf({ x: box.x + box.w / 2, y: box.y + box.h / 2 });
    const clientX = Math.min(Math.max(at?.x ?? seen.x + seen.width / 2, seen.left), seen.right);
    const clientY = Math.min(Math.max(at?.y ?? seen.y + seen.height / 2, seen.top), seen.bottom);
    e.preventDefault();
    this.board.host.dispatchEvent(
      new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX, clientY, button: 2 }),
    );
    return true;
  }

  #key(e: KeyboardEvent): void {
    if (this.#menu(e)) return;
    if (this.#drawing.key(e)) {
      e.preventDefault();
      e.stopPropagation();
      return;
    }
    const want = this.#keyTarget(e);
    if (!want) return;
    e.preventDefault();
    e.stopPropagation();
    if (want === "done") return;
    this.board.select(want.ids, want.scope);
    if (want.ids[0] === undefined) return;
    this.board.reveal(want.ids);
    this.board.say("design:say.selectedOne", { name: this.#nameOf(want.ids[0]) });
  }

  /** What a key chooses: Escape goes out, Enter in, Tab to the next beside. "done" is a key that did its work otherwise. */
  #keyTarget(e: KeyboardEvent): { ids: readonly string[]; scope: string } | "done" | undefined {
    const { selection, scope } = this.board.session.getState();
    const screen = this.board.record();
    const { children } = structureOf(screen);
    const out = () => (scope ? { ids: [scope], scope: parentOf(screen, screen.widgets[scope] as Widget) } : undefined);
    if (e.ctrlKey || e.metaKey || e.altKey) return undefined;
    if (e.key === "Escape") {
      if (this.cancel()) return "done";
      return out() ?? (selection.length > 0 ? { ids: [], scope: "" } : undefined);
    }
    if (e.key === "Enter") {
      if (e.shiftKey) return out();
      const first = topmost(screen, selection)[0];
      if (first === undefined) return undefined;
      const inside = children.get(first)?.[0];
      if (inside !== undefined) return { ids: [inside], scope: first };
      this.board.options.open(first);
      return "done";
    }
    // Without a selection Tab leaves the board, so that nobody is caught in it.
    if (e.key !== "Tab" || selection.length === 0) return undefined;
    const siblings = (children.get(scope) ?? []).filter((id) => !screen.widgets[id]?.hidden);
    const at = siblings.indexOf(selection.at(-1) ?? "");
    const next = siblings[(at + (e.shiftKey ? -1 : 1) + siblings.length) % siblings.length];
    return next === undefined ? undefined : { ids: [next], scope };
  }
}

/** Moves the view with the pointer. */
class Pan implements Gesture {
  readonly cursor = "grabbing";
  readonly #camera: Camera;

  constructor(
    private readonly board: Surface,
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
