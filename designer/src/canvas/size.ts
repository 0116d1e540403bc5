// Dragging a handle: snapping edges, the ratio with Shift, the centre with Alt. One turned widget is sized in its own frame.
import type { Widget } from "@lineside/client";
import { type Box, place, placed, placeWidgets, sizedInFrame, structureOf, topmost, turn, union } from "../document";
import { leastSize } from "./create";
import { type Gesture, type Point, reach, type Stage } from "./gesture";
import { cursorOf, edgesOf, type Handle, resize, scaleInto } from "./handles";
import { neighbours } from "./move";
import { toDocument } from "./page/shown";
import { Snapper } from "./snap";

/** Sizes the selected widgets by one handle of the box around them. */
export class Size implements Gesture {
  readonly scrolls = true;
  readonly cursor: string;
  readonly #boxes = new Map<string, Box>();
  readonly #around: Box;
  readonly #snapper: Snapper;
  readonly #least: { w: number; h: number };
  /** The angle of one widget; several are sized in a level frame. */
  readonly #angle: number;
  #wanted = new Map<string, Box>();

  constructor(
    private readonly stage: Stage,
    private readonly from: Point,
    private readonly handle: Handle,
  ) {
    const screen = stage.record();
    const ids = topmost(screen, stage.session.getState().selection);
    const { boxes, extents, turns } = structureOf(screen);
    this.#angle = ids.length === 1 ? (turns.get(ids[0] as string)?.angle ?? 0) : 0;
    this.cursor = cursorOf(handle, this.#angle);
    for (const id of ids) this.#boxes.set(id, boxes.get(id) as Box);
    const around = this.#angle ? this.#boxes.values() : ids.map((id) => extents.get(id) as Box);
    this.#around = union(around) ?? { x: 0, y: 0, w: 0, h: 0 };
    this.#least =
      ids.length === 1 ? leastSize(stage.manifest(screen.widgets[ids[0] as string]?.type ?? "")) : { w: 4, h: 4 };
    const { width, height } = screen.screen;
    this.#snapper = new Snapper(neighbours(stage, ids), { x: 0, y: 0, w: width, h: height }, stage.rulings());
  }

  move(p: Point): void {
    const { stage, handle } = this;
    const options = { keep: p.shift, centre: p.alt, least: this.#least };
    // The pointer as the turned widget sees it.
    const local = turn({ x: p.wx - this.from.wx, y: p.wy - this.from.wy }, { x: 0, y: 0 }, -this.#angle);
    let dx = local.x;
    let dy = local.y;
    const { snap, grid, gridSize } = stage.session.getState();
    const edges = edgesOf(handle);
    let guides: ReturnType<Snapper["snap"]>["guides"] = [];
    if (snap && !p.ctrl && !p.shift && !this.#angle) {
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
    const screen = stage.record();
    const { turns } = structureOf(screen);
    const angle = (id: string) => turns.get(id)?.angle ?? 0;
    // One alone becomes the frame itself, and what was not dragged of it stays where it is seen.
    const settled = this.#angle ? sizedInFrame(this.#around, this.#angle, next) : next;
    this.#wanted = this.#angle
      ? new Map([...this.#boxes.keys()].map((id) => [id, settled]))
      : scaleInto(this.#boxes, this.#around, next, angle);
    const shown = new Map<string, Widget>();
    for (const [id, box] of place(screen, this.#wanted)) shown.set(id, placed(screen.widgets[id] as Widget, box));
    stage.preview(shown);
    stage.mark({
      guides,
      selected: [...this.#wanted].map(([id, b]) => ({ ...b, angle: angle(id) })),
      around: { ...settled, angle: this.#angle },
      badge: { box: settled, text: `${Math.round(next.w)} × ${Math.round(next.h)}` },
    });
  }

  end(): void {
    const { stage } = this;
    stage.preview(undefined);
    if (this.#wanted.size === 0) return;
    const id = stage.screenId();
    const boxes = toDocument(stage.record(), stage.doc.state.screens[id], this.#wanted);
    placeWidgets(stage.doc, id, boxes, "design:step.size");
    const box = union(this.#wanted.values());
    if (box) stage.say("design:say.sized", { w: Math.round(box.w), h: Math.round(box.h) });
  }

  cancel(): void {
    this.stage.preview(undefined);
  }
}
