// The whole screen as a small picture in the corner of the board, with a frame around what is seen; dragging it moves the view.
import { color } from "@lineside/scene";
import { type Box, corners, cornersOf, isLine, isPlainGroup, level, type ScreenRecord, structureOf } from "../document";
import type { Board } from "./board";

/** How long after a change the picture is painted again, in ms: it is there for finding one's way, not for watching. */
const pause = 200;

/** A picture of the screen on a canvas of its own. */
export class Minimap {
  readonly #offs: (() => void)[] = [];
  readonly #listen = new AbortController();
  readonly #picture = document.createElement("canvas");
  #drawn: { record: ScreenRecord; theme: string } | undefined;
  /** The part of the world that the picture shows, and its scale. */
  #world: Box = { x: 0, y: 0, w: 1, h: 1 };
  #scale = 1;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly board: Board,
    private readonly canvas: HTMLCanvasElement,
  ) {
    this.#offs.push(
      board.view.onCamera(() => this.#later()),
      board.doc.subscribe(() => this.#stale()),
      board.session.subscribe((now, before) => now.screen !== before.screen && this.#picturize()),
    );
    const { signal } = this.#listen;
    canvas.addEventListener("pointerdown", (e) => this.#down(e), { signal });
    canvas.addEventListener("pointermove", (e) => canvas.hasPointerCapture(e.pointerId) && this.#go(e), { signal });
    canvas.addEventListener("wheel", (e) => board.wheel(e), { signal, passive: false });
    this.#picturize();
  }

  /** Paints the picture again: colours have changed. */
  repaint(): void {
    this.#picturize();
  }

  destroy(): void {
    for (const off of this.#offs) off();
    this.#listen.abort();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
  }

  #down(e: PointerEvent): void {
    if (e.button !== 0) return;
    e.preventDefault();
    this.canvas.setPointerCapture(e.pointerId);
    this.#go(e);
  }

  /** Puts the middle of the view where the pointer is. */
  #go(e: PointerEvent): void {
    const r = this.canvas.getBoundingClientRect();
    const seen = this.board.seen();
    const x = this.#world.x + (e.clientX - r.left) / this.#scale;
    const y = this.#world.y + (e.clientY - r.top) / this.#scale;
    this.board.setCamera({ zoom: this.board.zoom, x: x - seen.w / 2, y: y - seen.h / 2 });
  }

  #stale(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#picturize();
    }, pause);
  }

  #later(): void {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  /** Draws every widget as a box, once for a state of the screen. */
  #picturize(): void {
    const record = this.board.record();
    const { theme } = this.board.view;
    const dpr = window.devicePixelRatio || 1;
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    if (width === 0 || height === 0) return;
    if (this.#drawn?.record === record && this.#drawn.theme === theme) return;
    this.#drawn = { record, theme };
    const page = record.screen;
    const margin = 0.04;
    this.#scale = Math.min(width / page.width, height / page.height) * (1 - 2 * margin);
    this.#world = { x: 0, y: 0, w: width / this.#scale, h: height / this.#scale };
    this.#world.x = (page.width - this.#world.w) / 2;
    this.#world.y = (page.height - this.#world.h) / 2;
    const p = this.#picture;
    p.width = this.canvas.width = Math.round(width * dpr);
    p.height = this.canvas.height = Math.round(height * dpr);
    const ctx = p.getContext("2d");
    if (!ctx) return;
    const s = this.#scale * dpr;
    ctx.setTransform(s, 0, 0, s, -this.#world.x * s, -this.#world.y * s);
    ctx.fillStyle = color(page.ground || "ground", theme);
    ctx.fillRect(0, 0, page.width, page.height);
    const { drawn, boxes, turns } = structureOf(record);
    ctx.fillStyle = color("line", theme);
    ctx.globalAlpha = 0.7;
    const thin = 1.5 / s;
    for (const id of drawn) {
      const w = record.widgets[id];
      const b = boxes.get(id);
      if (!w || !b || w.hidden || isPlainGroup(w)) continue;
      const angle = turns.get(id)?.angle;
      const m = this.board.manifest(w.type);
      if (isLine(m)) {
        ctx.strokeStyle = color("line", theme);
        ctx.lineWidth = thin;
        ctx.beginPath();
        const line = cornersOf(w, { box: b, turn: turns.get(id) ?? level }, m);
        for (let i = 0; i + 1 < line.length; i += 2) ctx.lineTo(line[i] as number, line[i + 1] as number);
        ctx.stroke();
      } else if (!angle) ctx.fillRect(b.x, b.y, Math.max(thin, b.w), Math.max(thin, b.h));
      else {
        ctx.beginPath();
        for (const c of corners(b, angle)) ctx.lineTo(c.x, c.y);
        ctx.fill();
      }
    }
    this.#paint();
  }

  #paint(): void {
    const ctx = this.canvas.getContext("2d");
    if (!ctx || this.#picture.width === 0) return;
    const dpr = window.devicePixelRatio || 1;
    const { theme } = this.board.view;
    const seen = this.board.seen();
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, this.canvas.width, this.canvas.height);
    ctx.drawImage(this.#picture, 0, 0);
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    // What is seen whole needs no map.
    const page = this.board.record().screen;
    const whole = seen.x <= 0 && seen.y <= 0 && seen.x + seen.w >= page.width && seen.y + seen.h >= page.height;
    this.canvas.classList.toggle("idle", whole);
    const s = this.#scale;
    const box: [number, number, number, number] = [
      Math.round((seen.x - this.#world.x) * s) + 0.5,
      Math.round((seen.y - this.#world.y) * s) + 0.5,
      Math.round(seen.w * s),
      Math.round(seen.h * s),
    ];
    ctx.fillStyle = ctx.strokeStyle = color("interactive", theme);
    ctx.globalAlpha = 0.1;
    ctx.fillRect(...box);
    ctx.globalAlpha = 1;
    ctx.strokeRect(...box);
  }
}
