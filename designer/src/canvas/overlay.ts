// The canvas above the drawing: selection, handles, guides, measures. It is painted again as a whole, at most once a frame.
import { type Camera, color, family, type Theme } from "@lineside/scene";
import { type Box, corners, extentOf, middle, type Spot, type Turned, turn } from "../document";
import { type DrawMarks, paintDraw } from "./draw/paint";
import { paintGrid } from "./grid";
import { type Handle, handleAt, shownHandles, turnHandleAt } from "./handles";
import type { Ruling } from "./session";
import type { Gap, Guide } from "./snap";

/** What the overlay shows, in world coordinates. */
export interface Marks {
  page: { width: number; height: number };
  /** The step of the grid, when it is shown. */
  grid?: number;
  /** Every selected widget. */
  selected: Turned[];
  /** The box with handles around all of them. */
  around?: Turned;
  handles: boolean;
  /** The columns of a page. */
  columns?: readonly Box[];
  /** The groups that were entered. */
  scope?: Turned;
  hover?: Turned;
  marquee?: { box: Box; whole: boolean };
  guides: (Guide | Gap)[];
  /** Lines pulled out of the rulers; the one that is moved now. */
  rulings: readonly Ruling[];
  ruling?: Ruling;
  /** The angle while the selection is turned, and where the pointer is on the board. */
  turn?: { about: Spot; angle: number; x: number; y: number };
  /** A small text below a box: its size or place while it is dragged. */
  badge?: { box: Box; text: string };
  /** What a dragged tag would be bound to. */
  target?: { box: Turned; text: string };
  /** What a drawing tool shows. */
  draw?: DrawMarks;
  locked: Turned[];
}

const handleSize = 8;

/** Paints marks on a canvas of its own. */
export class Overlay {
  readonly canvas = document.createElement("canvas");
  readonly #ctx: CanvasRenderingContext2D;
  #width = 0;
  #height = 0;

  constructor(host: HTMLElement) {
    this.canvas.className = "board-overlay";
    this.canvas.setAttribute("aria-hidden", "true");
    host.append(this.canvas);
    const ctx = this.canvas.getContext("2d");
    if (!ctx) throw new Error("designer: this browser has no canvas");
    this.#ctx = ctx;
  }

  resize(width: number, height: number, dpr: number): void {
    this.#width = width;
    this.#height = height;
    this.canvas.width = Math.max(1, Math.round(width * dpr));
    this.canvas.height = Math.max(1, Math.round(height * dpr));
    this.#ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  }

  paint(marks: Marks, camera: Camera, theme: Theme): void {
    const ctx = this.#ctx;
    const accent = color("interactive", theme);
    const measure = color("urgent", theme);
    const view = (b: Turned): Turned => ({
      angle: b.angle,
      x: (b.x - camera.x) * camera.zoom,
      y: (b.y - camera.y) * camera.zoom,
      w: b.w * camera.zoom,
      h: b.h * camera.zoom,
    });
    ctx.clearRect(0, 0, this.#width, this.#height);
    ctx.lineWidth = 1;
    this.#rect(view({ x: 0, y: 0, w: marks.page.width, h: marks.page.height }), color("line", theme));
    for (const b of marks.columns ?? []) {
      const v = view(b);
      ctx.globalAlpha = 0.045;
      ctx.fillStyle = accent;
      ctx.fillRect(Math.round(v.x), v.y, Math.round(v.x + v.w) - Math.round(v.x), v.h);
      ctx.globalAlpha = 1;
    }
    if (marks.grid && !marks.columns)
      paintGrid(ctx, marks.page, marks.grid, camera, this.#width, this.#height, color("text", theme));
    for (const r of marks.rulings) this.#ruling(r, camera, color("pen5", theme));
    if (marks.scope) this.#rect(view(marks.scope), accent, [4, 4]);
    if (marks.hover) this.#rect(view(marks.hover), accent, undefined, 2);
    for (const b of marks.locked) this.#rect(view(b), color("muted", theme), [2, 3]);
    for (const b of marks.selected) {
      const v = view(b);
      const e = extentOf(v, v.angle);
      if (e.x < this.#width && e.y < this.#height && e.x + e.w > 0 && e.y + e.h > 0) this.#rect(v, accent);
    }
    if (marks.target) {
      const v = view(marks.target.box);
      ctx.globalAlpha = 0.18;
      ctx.fillStyle = accent;
      if (!v.angle) ctx.fillRect(v.x, v.y, v.w, v.h);
      ctx.globalAlpha = 1;
      this.#rect(v, accent, undefined, 2);
      this.#label(marks.target.text, v.x + v.w / 2, v.y - 14, accent, color("contrast", theme));
    }
    for (const g of marks.guides) this.#guide(g, camera, measure, color("contrast", theme));
    if (marks.around) {
      const v = view(marks.around);
      if (marks.selected.length > 1) this.#rect(v, accent);
      if (marks.handles) {
        this.#turnHandle(v, accent, color("lit", theme));
        for (const h of shownHandles(v, handleSize)) this.#handle(v, h, accent, color("lit", theme));
      }
      const e = extentOf(v, v.angle);
      if (marks.badge) this.#label(marks.badge.text, e.x + e.w / 2, e.y + e.h + 16, accent, color("contrast", theme));
    } else if (marks.badge) {
      const v = view(marks.badge.box);
      this.#label(marks.badge.text, v.x + v.w / 2, v.y + v.h + 16, accent, color("contrast", theme));
    }
    if (marks.ruling) {
      const r = marks.ruling;
      this.#ruling(r, camera, accent);
      const at = (r.at - camera[r.axis]) * camera.zoom;
      const text = String(Math.round(r.at * 10) / 10);
      this.#label(text, r.axis === "x" ? at + 22 : 26, r.axis === "x" ? 18 : at - 12, accent, color("contrast", theme));
    }
    if (marks.turn) {
      const c = marks.turn.about;
      const x = (c.x - camera.x) * camera.zoom;
      const y = (c.y - camera.y) * camera.zoom;
      ctx.strokeStyle = accent;
      ctx.beginPath();
      ctx.moveTo(x - 5, y);
      ctx.lineTo(x + 5, y);
      ctx.moveTo(x, y - 5);
      ctx.lineTo(x, y + 5);
      ctx.stroke();
      const text = `${marks.turn.angle}°`;
      this.#label(text, marks.turn.x, marks.turn.y - 24, accent, color("contrast", theme));
    }
    if (marks.draw) {
      const at = (p: Spot) => ({ x: (p.x - camera.x) * camera.zoom, y: (p.y - camera.y) * camera.zoom });
      paintDraw(ctx, marks.draw, at, theme);
    }
    if (marks.marquee) {
      const v = view(marks.marquee.box);
      ctx.globalAlpha = 0.12;
      ctx.fillStyle = accent;
      ctx.fillRect(v.x, v.y, v.w, v.h);
      ctx.globalAlpha = 1;
      this.#rect(v, accent, marks.marquee.whole ? undefined : [5, 3]);
    }
  }

  #rect(b: Turned, stroke: string, dash: number[] = [], width = 1): void {
    const ctx = this.#ctx;
    ctx.setLineDash(dash);
    ctx.lineWidth = width;
    ctx.strokeStyle = stroke;
    if (b.angle) {
      ctx.beginPath();
      for (const p of corners(b, b.angle)) ctx.lineTo(p.x, p.y);
      ctx.closePath();
      ctx.stroke();
      ctx.setLineDash([]);
      ctx.lineWidth = 1;
      return;
    }
    const x0 = Math.round(b.x) + 0.5;
    const y0 = Math.round(b.y) + 0.5;
    ctx.strokeRect(x0 - 0.5, y0 - 0.5, Math.round(b.x + b.w) + 0.5 - x0 + 0.5, Math.round(b.y + b.h) + 0.5 - y0 + 0.5);
    ctx.setLineDash([]);
    ctx.lineWidth = 1;
  }

  /** A circle on a stalk above the box. */
  #turnHandle(b: Turned, stroke: string, fill: string): void {
    const ctx = this.#ctx;
    const p = turnHandleAt(b);
    const foot = turn({ x: b.x + b.w / 2, y: b.y }, middle(b), b.angle ?? 0);
    ctx.strokeStyle = stroke;
    ctx.fillStyle = fill;
    ctx.beginPath();
    ctx.moveTo(foot.x, foot.y);
    ctx.lineTo(p.x, p.y);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(p.x, p.y, handleSize / 2 + 0.5, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }

  #ruling(r: Ruling, camera: Camera, stroke: string): void {
    const ctx = this.#ctx;
    const at = Math.round((r.at - camera[r.axis]) * camera.zoom) + 0.5;
    ctx.strokeStyle = stroke;
    ctx.beginPath();
    ctx.moveTo(r.axis === "x" ? at : 0, r.axis === "x" ? 0 : at);
    ctx.lineTo(r.axis === "x" ? at : this.#width, r.axis === "x" ? this.#height : at);
    ctx.stroke();
  }

  #handle(b: Turned, handle: Handle, stroke: string, fill: string): void {
    const ctx = this.#ctx;
    const p = turn(handleAt(b, handle), middle(b), b.angle ?? 0);
    const x = Math.round(p.x - handleSize / 2) + 0.5;
    const y = Math.round(p.y - handleSize / 2) + 0.5;
    ctx.fillStyle = fill;
    ctx.strokeStyle = stroke;
    ctx.fillRect(x, y, handleSize - 1, handleSize - 1);
    ctx.strokeRect(x, y, handleSize - 1, handleSize - 1);
  }

  #guide(g: Guide | Gap, camera: Camera, stroke: string, contrast: string): void {
    const ctx = this.#ctx;
    const along = g.kind === "line" ? (g.axis === "x" ? "y" : "x") : g.axis;
    const px = (v: number) => Math.round((v - camera.x) * camera.zoom) + 0.5;
    const py = (v: number) => Math.round((v - camera.y) * camera.zoom) + 0.5;
    const [x0, y0, x1, y1] =
      along === "x" ? [px(g.from), py(g.at), px(g.to), py(g.at)] : [px(g.at), py(g.from), px(g.at), py(g.to)];
    ctx.strokeStyle = stroke;
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
    if (g.kind === "gap")
      for (const [x, y] of [
        [x0, y0],
        [x1, y1],
      ] as const) {
        ctx.moveTo(along === "x" ? x : x - 4, along === "x" ? y - 4 : y);
        ctx.lineTo(along === "x" ? x : x + 4, along === "x" ? y + 4 : y);
      }
    ctx.stroke();
    if (g.kind === "gap")
      this.#label(
        String(Math.round((g.to - g.from) * 10) / 10),
        (x0 + x1) / 2 + (along === "y" ? 16 : 0),
        (y0 + y1) / 2 + (along === "x" ? 12 : 0),
        stroke,
        contrast,
      );
  }

  #label(text: string, x: number, y: number, fill: string, ink: string): void {
    const ctx = this.#ctx;
    ctx.font = `12px ${family}`;
    const w = ctx.measureText(text).width + 10;
    const left = Math.min(Math.max(2, x - w / 2), this.#width - w - 2);
    const top = Math.min(Math.max(2, y - 9), this.#height - 20);
    ctx.fillStyle = fill;
    ctx.beginPath();
    ctx.roundRect(left, top, w, 18, 3);
    ctx.fill();
    ctx.fillStyle = ink;
    ctx.textBaseline = "middle";
    ctx.textAlign = "center";
    ctx.fillText(text, left + w / 2, top + 9.5);
  }
}
