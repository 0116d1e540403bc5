// Dragging a handle: snapping edges, the ratio with Shift, the centre with Alt.
import type { Widget } from "@lineside/client";
import { type Box, place, placeWidgets, structureOf, topmost, union } from "../document";
import { leastSize } from "./create";
import { type Gesture, gridSize, type Point, reach, type Stage } from "./gesture";
import { cursorOf, edgesOf, type Handle, resize, scaleInto } from "./handles";
import { neighbours } from "./move";
import { Snapper } from "./snap";

/** Sizes the selected widgets by one handle of the box around them. */
export class Size implements Gesture {
  readonly scrolls = true;
  readonly cursor: string;
  readonly #boxes = new Map<string, Box>();
  readonly #around: Box;
  readonly #snapper: Snapper;
  readonly #least: { w: number; h: number };
  #wanted = new Map<string, Box>();

  constructor(
    private readonly stage: Stage,
    private readonly from: Point,
    private readonly handle: Handle,
  ) {
    this.cursor = cursorOf(handle);
    const screen = stage.record();
    const ids = topmost(screen, stage.session.getState().selection);
    const { boxes } = structureOf(screen);
    for (const id of ids) this.#boxes.set(id, boxes.get(id) as Box);
    this.#around = union(this.#boxes.values()) ?? { x: 0, y: 0, w: 0, h: 0 };
    this.#least =
      ids.length === 1 ? leastSize(stage.manifest(screen.widgets[ids[0] as string]?.type ?? "")) : { w: 4, h: 4 };
    const { width, height } = screen.screen;
    this.#snapper = new Snapper(neighbours(stage, ids), { x: 0, y: 0, w: width, h: height });
  }

  move(p: Point): void {
    const { stage, handle } = this;
    const options = { keep: p.shift, centre: p.alt, least: this.#least };
    let dx = p.wx - this.from.wx;
    let dy = p.wy - this.from.wy;
    const { snap, grid } = stage.session.getState();
    const edges = edgesOf(handle);
    let guides: ReturnType<Snapper["snap"]>["guides"] = [];
    if (snap && !p.ctrl && !p.shift) {
      const free = resize(this.#around, handle, dx, dy, options);
      const s = this.#snapper.snap(free, reach / stage.zoom, { edges, grid: grid ? gridSize : undefined });
      dx += s.dx;
      dy += s.dy;
      guides = s.guides;
    }
    const b = resize(this.#around, handle, dx, dy, options);
    // Whole pixels, the edge that is not dragged stays.
    const x0 = edges.x === "low" || p.alt ? Math.round(b.x) : b.x;
    const y0 = edges.y === "low" || p.alt ? Math.round(b.y) : b.y;
    const next = {
      x: x0,
      y: y0,
      w: edges.x === "none" && !p.shift ? b.w : Math.round(b.x + b.w - x0),
      h: edges.y === "none" && !p.shift ? b.h : Math.round(b.y + b.h - y0),
    };
    this.#wanted = scaleInto(this.#boxes, this.#around, next);
    const screen = stage.record();
    const shown = new Map<string, Widget>();
    for (const [id, box] of place(screen, this.#wanted)) shown.set(id, { ...(screen.widgets[id] as Widget), ...box });
    stage.preview(shown);
    stage.mark({
      guides,
      selected: [...this.#wanted.values()],
      around: next,
      badge: { box: next, text: `${Math.round(next.w)} × ${Math.round(next.h)}` },
    });
  }

  end(): void {
    const { stage } = this;
    stage.preview(undefined);
    if (this.#wanted.size === 0) return;
    placeWidgets(stage.doc, stage.screenId(), this.#wanted, "design:step.size");
    const box = union(this.#wanted.values());
    if (box) stage.say("design:say.sized", { w: Math.round(box.w), h: Math.round(box.h) });
  }

  cancel(): void {
    this.stage.preview(undefined);
  }
}
