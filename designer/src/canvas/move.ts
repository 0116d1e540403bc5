// Dragging the selection: snapping, one axis with Shift, a copy with Alt.
import type { Widget } from "@lineside/client";
import {
  type Box,
  duplicateWidgets,
  extentOf,
  insertInLine,
  parentOf,
  place,
  placed,
  placeIn,
  placeWidgets,
  type Seat,
  structureOf,
  topmost,
  union,
  withDescendants,
} from "../document";
import { type Gesture, type Point, reach, type Stage } from "./gesture";
import { seatOf } from "./inline";
import { toDocument } from "./page/shown";
import { Snapper } from "./snap";

/** The boxes that a drag can snap to: what is beside the moved widgets in the same group, as far as it is seen. */
export function neighbours(stage: Stage, moved: readonly string[]): Box[] {
  const screen = stage.record();
  const { children, extents } = structureOf(screen);
  const gone = new Set(moved);
  const first = screen.widgets[moved[0] ?? ""];
  const parent = first ? parentOf(screen, first) : stage.session.getState().scope;
  const seen = stage.seen();
  const out: Box[] = [];
  for (const id of children.get(parent) ?? []) {
    const b = extents.get(id) as Box;
    if (gone.has(id) || screen.widgets[id]?.hidden) continue;
    if (b.x < seen.x + seen.w && b.y < seen.y + seen.h && b.x + b.w > seen.x && b.y + b.h > seen.y) out.push(b);
  }
  return out;
}

/** Moves the selected widgets with the pointer and writes the document once, at the end. */
export class Move implements Gesture {
  readonly scrolls = true;
  cursor = "default";
  readonly #ids: string[];
  readonly #boxes = new Map<string, Box>();
  readonly #around: Box;
  readonly #snapper: Snapper;
  #dx = 0;
  #dy = 0;
  #copies = false;
  #seat: Seat | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly from: Point,
  ) {
    const screen = stage.record();
    this.#ids = topmost(screen, stage.session.getState().selection);
    const { boxes, extents } = structureOf(screen);
    for (const id of this.#ids) this.#boxes.set(id, boxes.get(id) as Box);
    this.#around = union(this.#ids.map((id) => extents.get(id) as Box)) ?? { x: 0, y: 0, w: 0, h: 0 };
    const { width, height } = screen.screen;
    this.#snapper = new Snapper(neighbours(stage, this.#ids), { x: 0, y: 0, w: width, h: height }, stage.rulings());
  }

  move(p: Point): void {
    const { stage } = this;
    let dx = p.wx - this.from.wx;
    let dy = p.wy - this.from.wy;
    const axis = p.shift ? (Math.abs(dx) >= Math.abs(dy) ? "x" : "y") : undefined;
    if (axis === "x") dy = 0;
    if (axis === "y") dx = 0;
    const { snap, grid, gridSize } = stage.session.getState();
    const a = this.#around;
    const moved = { ...a, x: a.x + dx, y: a.y + dy };
    const edges = { x: axis === "y" ? "none" : "all", y: axis === "x" ? "none" : "all" } as const;
    if (snap && !p.ctrl) {
      const s = this.#snapper.snap(moved, reach / stage.zoom, { edges, grid: grid ? gridSize : undefined });
      this.#dx = axis === "y" ? 0 : Math.round((dx + s.dx) * 100) / 100;
      this.#dy = axis === "x" ? 0 : Math.round((dy + s.dy) * 100) / 100;
      stage.mark({ guides: s.guides });
    } else {
      this.#dx = axis === "y" ? 0 : Math.round(a.x + dx) - a.x;
      this.#dy = axis === "x" ? 0 : Math.round(a.y + dy) - a.y;
      stage.mark({ guides: [] });
    }
    this.#copies = p.alt;
    const [only, ...others] = this.#wanted();
    const alone = only && others.length === 0 && !p.alt && !p.ctrl && !p.shift;
    this.#seat = alone ? seatOf(stage, ...only) : undefined;
    this.cursor = p.alt ? "copy" : "default";
    this.#show();
  }

  end(): void {
    const { stage } = this;
    stage.preview(undefined);
    if (this.#dx === 0 && this.#dy === 0) return;
    const id = stage.screenId();
    if (this.#copies) {
      const made = duplicateWidgets(stage.doc, id, this.#ids, this.#dx, this.#dy);
      stage.select(made);
      stage.session.setState({ copied: { ids: made, x: this.#around.x, y: this.#around.y } });
      stage.doc.settle();
    } else if (this.#seat) {
      const widget = stage.record().widgets[this.#ids[0] as string] as Widget;
      insertInLine(stage.doc, id, widget, this.#seat);
      stage.say("draw:say.inline", { name: widget.id, line: this.#seat.line });
      return;
    } else placeWidgets(stage.doc, id, toDocument(stage.record(), stage.doc.state.screens[id], this.#wanted()));
    stage.say("design:say.moved", {
      x: Math.round(this.#around.x + this.#dx),
      y: Math.round(this.#around.y + this.#dy),
    });
  }

  cancel(): void {
    this.stage.preview(undefined);
  }

  #wanted(): Map<string, Box> {
    const out = new Map<string, Box>();
    for (const [id, b] of this.#boxes) out.set(id, { ...b, x: b.x + this.#dx, y: b.y + this.#dy });
    return out;
  }

  #show(): void {
    const { stage } = this;
    const screen = stage.record();
    if (this.#seat) {
      const { box, turn } = this.#seat;
      const widget = screen.widgets[this.#ids[0] as string] as Widget;
      stage.preview(new Map([[widget.id, placed(widget, placeIn(box, turn, undefined))]]));
      const around = extentOf(box, turn.angle);
      stage.mark({
        guides: [],
        selected: [{ ...box, angle: turn.angle }],
        around,
        handles: false,
        target: { box: around, text: "" },
        badge: undefined,
      });
      return;
    }
    const { turns } = structureOf(screen);
    const wanted = this.#wanted();
    const shown = new Map<string, Widget>();
    if (this.#copies) {
      const roots = new Set(this.#ids);
      for (const id of withDescendants(screen, this.#ids)) {
        const { parent, ...w } = screen.widgets[id] as Widget;
        const at = wanted.get(id);
        shown.set(
          `${ghost}${id}`,
          roots.has(id) && at
            ? { ...w, id: `${ghost}${id}`, x: at.x, y: at.y }
            : { ...w, id: `${ghost}${id}`, parent: `${ghost}${parent}` },
        );
      }
    } else for (const [id, b] of place(screen, wanted)) shown.set(id, placed(screen.widgets[id] as Widget, b));
    stage.preview(shown);
    const around = { ...this.#around, x: this.#around.x + this.#dx, y: this.#around.y + this.#dy };
    stage.mark({
      selected: [...wanted].map(([id, b]) => ({ ...b, angle: turns.get(id)?.angle })),
      around,
      handles: false,
      target: undefined,
      badge: { box: around, text: `${Math.round(around.x * 10) / 10}, ${Math.round(around.y * 10) / 10}` },
    });
  }
}

/** Ids of widgets that are only shown while dragging begin so; no document holds such an id. */
export const ghost = "~";
