// Dragging out a widget that has a box: Shift makes it square, Alt draws from the middle, a click gives the usual size.
import type { Manifest, Widget } from "@lineside/client";
import type { Box, Spot } from "../../document";
import { leastSize } from "../create";
import type { Gesture, Point, Stage } from "../gesture";
import { ghost } from "../move";
import { slop } from "../surface";
import { Aimer } from "./stick";

/** Draws one box; `done` gets it when the pointer goes up. */
export class Boxing implements Gesture {
  readonly scrolls = true;
  readonly cursor = "crosshair";
  readonly #aimer: Aimer;
  readonly #start: Spot;
  #box: Box | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly manifest: Manifest,
    private readonly from: Point,
    private readonly done: (box: Box) => void,
  ) {
    this.#aimer = new Aimer(stage);
    this.#start = this.#aimer.at(from, false);
  }

  move(p: Point): void {
    const { stage, manifest } = this;
    if (!this.#box && Math.hypot(p.x - this.from.x, p.y - this.from.y) < slop) return;
    const end = this.#aimer.at(p, false);
    this.#box = dragged(this.#start, end, p.shift, p.alt, leastSize(manifest));
    const id = `${ghost}new`;
    const { x, y, w, h } = this.#box;
    stage.preview(new Map<string, Widget>([[id, { id, type: manifest.id, x, y, w, h }]]));
    stage.mark({
      guides: p.shift ? [] : end.guides,
      badge: { box: this.#box, text: `${Math.round(w)} × ${Math.round(h)}` },
    });
  }

  end(): void {
    this.stage.preview(undefined);
    const { width, height } = this.manifest.size;
    const s = this.#start;
    this.done(this.#box ?? { x: s.x, y: s.y, w: width, h: height });
  }

  cancel(): void {
    this.stage.preview(undefined);
  }
}

/** The box between two places. */
export function dragged(a: Spot, b: Spot, square: boolean, centre: boolean, least: { w: number; h: number }): Box {
  let dx = b.x - a.x;
  let dy = b.y - a.y;
  if (square) {
    const side = Math.max(Math.abs(dx), Math.abs(dy));
    dx = dx < 0 ? -side : side;
    dy = dy < 0 ? -side : side;
  }
  const w = Math.max(least.w, Math.abs(dx) * (centre ? 2 : 1));
  const h = Math.max(least.h, Math.abs(dy) * (centre ? 2 : 1));
  if (centre) return { x: a.x - w / 2, y: a.y - h / 2, w, h };
  return { x: dx < 0 ? a.x - w : a.x, y: dy < 0 ? a.y - h : a.y, w, h };
}
