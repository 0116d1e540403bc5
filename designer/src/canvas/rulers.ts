// The rulers above and beside the board: where the page is, how far the selection reaches, and lines to be pulled out.
import { color, family } from "@lineside/scene";
import type { Board } from "./board";
import type { Ruling } from "./session";

/** How thick a ruler is in CSS pixels. */
export const rulerSize = 20;

/** The least distance of two numbers on a ruler in CSS pixels. */
const least = 56;

/** A round distance of numbers: 1, 2 or 5 times a power of ten. */
export function rulerStep(zoom: number): number {
  const wanted = least / zoom;
  const ten = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].find((n) => n * ten >= wanted) ?? 10;
  return Math.max(1, step * ten);
}

/** Two rulers on canvases of their own, which lie beside the board in its panel. */
export class Rulers {
  readonly #offs: (() => void)[] = [];
  readonly #listen = new AbortController();
  readonly #seen: ResizeObserver;
  readonly #parts: { axis: Ruling["axis"]; canvas: HTMLCanvasElement }[];
  #frame = 0;

  constructor(
    private readonly board: Board,
    top: HTMLCanvasElement,
    left: HTMLCanvasElement,
  ) {
    this.#parts = [
      { axis: "x", canvas: top },
      { axis: "y", canvas: left },
    ];
    this.#offs.push(
      board.view.onCamera(() => this.#later()),
      board.session.subscribe(() => this.#later()),
      board.doc.subscribe(() => this.#later()),
    );
    this.#seen = new ResizeObserver(() => this.#paint());
    // Above lies the ruler whose lines go across, so a line comes out of it downwards: its place is on the other axis.
    for (const { axis, canvas } of this.#parts) {
      this.#seen.observe(canvas);
      canvas.addEventListener("pointerdown", (e) => e.button === 0 && this.#pull(e, axis === "x" ? "y" : "x"), {
        signal: this.#listen.signal,
      });
    }
    this.#paint();
  }

  /** Paints the rulers again: colours have changed. */
  repaint(): void {
    this.#later();
  }

  destroy(): void {
    for (const off of this.#offs) off();
    this.#listen.abort();
    this.#seen.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #pull(e: PointerEvent, axis: Ruling["axis"]): void {
    e.preventDefault();
    this.board.pullRuling(e, axis);
  }

  #later(): void {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #paint(): void {
    for (const part of this.#parts) this.#ruler(part.canvas, part.axis);
  }

  #ruler(canvas: HTMLCanvasElement, axis: Ruling["axis"]): void {
    const dpr = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    const ctx = canvas.getContext("2d");
    if (!ctx || width === 0 || height === 0) return;
    if (canvas.width !== Math.round(width * dpr)) canvas.width = Math.round(width * dpr);
    if (canvas.height !== Math.round(height * dpr)) canvas.height = Math.round(height * dpr);
    const { theme, camera } = this.board.view;
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    ctx.fillStyle = color("surface", theme);
    ctx.fillRect(0, 0, width, height);
    const along = axis === "x" ? width : height;
    const at = (world: number) => (world - camera[axis]) * camera.zoom;
    const box = this.board.selected();
    if (box) {
      const from = Math.max(0, at(box[axis]));
      const to = Math.min(along, at(box[axis] + (axis === "x" ? box.w : box.h)));
      ctx.globalAlpha = 0.25;
      ctx.fillStyle = color("interactive", theme);
      if (to > from) ctx.fillRect(...sides(axis, from, 0, to - from, rulerSize));
      ctx.globalAlpha = 1;
    }
    const step = rulerStep(camera.zoom);
    const first = Math.floor(camera[axis] / step) * step;
    ctx.font = `10px ${family}`;
    ctx.textBaseline = "alphabetic";
    const text = color("muted", theme);
    const line = color("line", theme);
    for (let n = first; at(n) < along; n += step) {
      ctx.fillStyle = line;
      for (let i = 0; i < 10; i++) {
        const p = Math.round(at(n + (step * i) / 10));
        const long = i === 0 ? rulerSize : i === 5 ? 7 : 4;
        if (i === 0 || step * camera.zoom >= 40) ctx.fillRect(...sides(axis, p, rulerSize - long, 1, long));
      }
      ctx.fillStyle = text;
      const p = Math.round(at(n));
      if (axis === "x") ctx.fillText(String(n), p + 3, 10);
      else {
        ctx.save();
        ctx.translate(10, p + 3);
        ctx.rotate(-Math.PI / 2);
        ctx.textAlign = "right";
        ctx.fillText(String(n), 0, 0);
        ctx.restore();
      }
    }
    ctx.fillStyle = line;
    ctx.fillRect(...sides(axis, 0, rulerSize - 1, along, 1));
  }
}

/** A rectangle of a ruler: along and across it. */
function sides(
  axis: Ruling["axis"],
  along: number,
  across: number,
  length: number,
  depth: number,
): [number, number, number, number] {
  return axis === "x" ? [along, across, length, depth] : [across, along, depth, length];
}
