// Moving and sizing the widgets of a page: they go from column to column and in steps of a row.
import type { Cell, Widget } from "@lineside/client";
import { boxOf, cellOf, columns, layout, rowStep } from "../../../../runtime/player/page";
import {
  type Box,
  type Breakpoint,
  copy,
  groupType,
  isPlaced,
  moveInTree,
  pageCells,
  parentOf,
  paste,
  placeWidgets,
  pushed,
  type ScreenRecord,
  setCells,
  setPane,
  structureOf,
  topmost,
  toScreen,
} from "../../document";
import type { Gesture, Point, Stage } from "../gesture";
import { cursorOf, type Handle } from "../handles";
import { Size } from "../size";
import { Carry } from "./carry";
import { newHome, type Target } from "./container";
import { columnStep, pageWidth } from "./shown";

/** The screen as it is in the document. */
const rawOf = (stage: Stage): ScreenRecord => stage.doc.state.screens[stage.screenId()] ?? stage.record();

/** The selected widgets, when all of them lie on a page itself. */
function placed(stage: Stage): string[] {
  const raw = rawOf(stage);
  const ids = topmost(raw, stage.session.getState().selection);
  return ids.length > 0 && ids.every((id) => isPlaced(raw, id)) ? ids : [];
}

/** What a drag of the selection does on this screen. */
export const moveOf = (stage: Stage, from: Point): Gesture =>
  placed(stage).length > 0
    ? new PageMove(stage, from)
    : new Carry(stage, from, topmost(stage.record(), stage.session.getState().selection));

/** What a drag of a handle does on this screen. */
export const sizeOf = (stage: Stage, from: Point, handle: Handle): Gesture =>
  placed(stage).length > 0 ? new PageSize(stage, from, handle) : new Size(stage, from, handle);

/** What is the same for moving and sizing. */
abstract class PageGesture {
  readonly scrolls = true;
  protected readonly at: Breakpoint;
  protected readonly raw: ScreenRecord;
  protected readonly ids: string[];
  protected readonly cells: Map<string, Cell>;
  protected readonly step: number;
  protected wanted = new Map<string, Cell>();

  constructor(
    protected readonly stage: Stage,
    protected readonly from: Point,
  ) {
    this.at = stage.session.getState().breakpoint;
    this.raw = rawOf(stage);
    this.ids = placed(stage);
    this.cells = pageCells(this.raw, this.at);
    this.step = columnStep(this.raw, this.at);
  }

  /** Shows the page as it would be, what is pushed away as well. */
  protected show(): void {
    const { stage, raw, at } = this;
    const next = pushed(this.cells, this.wanted);
    const width = pageWidth(raw, at);
    const shown = stage.record();
    const screen = toScreen(raw);
    const tried = layout(
      {
        width: screen.width,
        widgets: screen.widgets.map((w): Widget => {
          const cell = next.get(w.id);
          if (!cell) return w;
          // On a large page the box is written with the cell, and then nothing is stretched but groups.
          const own = at === "large" && w.type !== groupType ? boxOf(cell, screen.width, "large") : {};
          return { ...w, ...own, cells: { ...w.cells, [at]: cell } };
        }),
      },
      width,
    );
    const changed = new Map<string, Widget>();
    for (const w of tried.widgets) {
      const s = shown.widgets[w.id];
      if (s && (s.x !== w.x || s.y !== w.y || s.w !== w.w || s.h !== w.h)) changed.set(w.id, w);
    }
    stage.preview(changed);
    const boxes = this.ids.map((id) => boxOf(next.get(id) as Cell, width, at));
    const first = this.wanted.get(this.ids[0] as string) as Cell;
    stage.mark({
      selected: boxes,
      around: undefined,
      handles: false,
      target: undefined,
      badge: {
        box: boxes[0] as Box,
        text: `${first.column + 1}–${first.column + first.span} · ${first.row} + ${first.rows}`,
      },
    });
  }

  cancel(): void {
    this.stage.preview(undefined);
  }
}

/** Moves the selected widgets of a page; let go over an open pane they go into it. */
export class PageMove extends PageGesture implements Gesture {
  cursor = "default";
  #home: { parent: string; target?: Target } | undefined;
  #copies = false;
  #box: Box | undefined;

  move(p: Point): void {
    const { stage } = this;
    const list = this.ids.map((id) => this.cells.get(id) as Cell);
    const left = Math.min(...list.map((c) => c.column));
    const right = Math.max(...list.map((c) => c.column + c.span));
    const top = Math.min(...list.map((c) => c.row));
    let dc = Math.round((p.wx - this.from.wx) / this.step);
    let dr = Math.round((p.wy - this.from.wy) / rowStep);
    if (p.shift) [dc, dr] = Math.abs(p.wx - this.from.wx) >= Math.abs(p.wy - this.from.wy) ? [dc, 0] : [0, dr];
    dc = Math.max(-left, Math.min(columns - right, dc));
    dr = Math.max(-top, dr);
    this.wanted = new Map(
      this.ids.map((id, i) => {
        const c = list[i] as Cell;
        return [id, { ...c, column: c.column + dc, row: c.row + dr }];
      }),
    );
    this.#copies = p.alt;
    this.cursor = p.alt ? "copy" : "default";
    // Ctrl keeps it on the page.
    const home = p.ctrl || p.alt ? undefined : newHome(stage, this.ids, p.wx, p.wy);
    this.#home = home?.target ? home : undefined;
    if (this.#home?.target) this.#over(p, this.#home.target);
    else if (this.#copies) {
      stage.preview(undefined);
      const width = pageWidth(this.raw, this.at);
      stage.mark({ selected: [...this.wanted.values()].map((c) => boxOf(c, width, this.at)), target: undefined });
    } else this.show();
  }

  /** Shows them at the pointer over a pane. */
  #over(p: Point, target: Target): void {
    const { stage } = this;
    const shown = stage.record();
    const { boxes } = structureOf(shown);
    const moved = new Map<string, Widget>();
    const list: Box[] = [];
    for (const id of this.ids) {
      const b = boxes.get(id) as Box;
      const x = Math.round((b.x + p.wx - this.from.wx) / rowStep) * rowStep;
      const y = Math.round((b.y + p.wy - this.from.wy) / rowStep) * rowStep;
      moved.set(id, { ...(shown.widgets[id] as Widget), x, y });
      list.push({ ...b, x, y });
    }
    this.#box = list[0];
    stage.preview(moved);
    stage.mark({
      selected: list,
      around: undefined,
      handles: false,
      badge: undefined,
      target: { box: target.box, text: "" },
    });
  }

  end(): void {
    const { stage, at } = this;
    stage.preview(undefined);
    if (this.wanted.size === 0) return;
    const screen = stage.screenId();
    const target = this.#home?.target;
    if (target && this.#box) this.#into(target, this.#box);
    else if (this.#copies) {
      stage.doc.begin("design:step.duplicate");
      const made = paste(stage.doc, screen, copy(this.raw, this.ids), 0, 0, "design:step.duplicate");
      const cells = [...this.wanted.values()];
      setCells(stage.doc, screen, at, new Map(made.map((id, i) => [id, cells[i] as Cell])));
      stage.doc.commit();
      stage.select(made);
      stage.doc.settle();
    } else setCells(stage.doc, screen, at, this.wanted, "design:step.move");
    const first = [...this.wanted.values()][0] as Cell;
    if (!target) stage.say("page:say.placed", { column: first.column + 1, span: first.span, row: first.row });
  }

  /** Puts them into a pane, where they were seen over it. */
  #into(target: Target, first: Box): void {
    const { stage, raw } = this;
    const screen = stage.screenId();
    const shown = stage.record();
    const seen = structureOf(shown).boxes;
    const drawn = structureOf(raw).boxes;
    const from = seen.get(target.id) as Box;
    const to = drawn.get(target.id) as Box;
    const f = to.w > 0 ? from.w / to.w : 1;
    const start = seen.get(this.ids[0] as string) as Box;
    const wanted = new Map<string, Box>();
    for (const id of this.ids) {
      const b = seen.get(id) as Box;
      const x = b.x + first.x - start.x;
      const y = b.y + first.y - start.y;
      wanted.set(id, { x: to.x + (x - from.x) / f, y: to.y + (y - from.y), w: b.w / f, h: b.h });
    }
    stage.doc.begin("design:step.move");
    placeWidgets(stage.doc, screen, wanted);
    moveInTree(stage.doc, screen, this.ids, target.id, structureOf(raw).children.get(target.id)?.at(-1));
    setPane(stage.doc, screen, this.ids, target.pane);
    stage.select(this.ids, target.id);
    stage.doc.commit();
    stage.say("design:say.entered", { name: raw.widgets[target.id]?.name || target.id });
  }
}

/** Sizes the selected widgets of a page by one handle. */
export class PageSize extends PageGesture implements Gesture {
  readonly cursor: string;

  constructor(
    stage: Stage,
    from: Point,
    private readonly handle: Handle,
  ) {
    super(stage, from);
    this.cursor = cursorOf(handle);
  }

  move(p: Point): void {
    const { handle } = this;
    const dc = Math.round((p.wx - this.from.wx) / this.step);
    const dr = Math.round((p.wy - this.from.wy) / rowStep);
    this.wanted = new Map(
      this.ids.map((id) => {
        const c = { ...(this.cells.get(id) as Cell) };
        const right = c.column + c.span;
        const bottom = c.row + c.rows;
        if (handle.includes("w")) {
          c.column = Math.max(0, Math.min(right - 1, c.column + dc));
          c.span = right - c.column;
        } else if (handle.includes("e")) c.span = Math.max(1, Math.min(columns - c.column, c.span + dc));
        if (handle.includes("n")) {
          c.row = Math.max(0, Math.min(bottom - 1, c.row + dr));
          c.rows = bottom - c.row;
        } else if (handle.includes("s")) c.rows = Math.max(1, c.rows + dr);
        return [id, c];
      }),
    );
    this.show();
  }

  end(): void {
    const { stage, at } = this;
    stage.preview(undefined);
    if (this.wanted.size === 0) return;
    setCells(stage.doc, stage.screenId(), at, this.wanted, "design:step.size");
    const c = [...this.wanted.values()][0] as Cell;
    stage.say("page:say.placed", { column: c.column + 1, span: c.span, row: c.row });
  }
}

/** Lets new widgets of a page lie at a place of the board, and pushes down what is there. A part of an open step. */
export function seat(stage: Stage, boxes: ReadonlyMap<string, Box>): void {
  const raw = rawOf(stage);
  const at = stage.session.getState().breakpoint;
  const cells = new Map<string, Cell>();
  for (const [id, b] of boxes) if (isPlaced(raw, id)) cells.set(id, cellOf(b, pageWidth(raw, at), at));
  if (cells.size > 0) setCells(stage.doc, stage.screenId(), at, cells);
}

/** Takes widgets of a page out of what they were in: they lie on the page where they were let go. A part of an open step. */
export function seatFreed(stage: Stage, ids: readonly string[], seen: ReadonlyMap<string, Box>): void {
  const raw = rawOf(stage);
  seat(
    stage,
    new Map(
      ids
        .filter((id) => parentOf(raw, raw.widgets[id] as Widget) === "")
        .flatMap((id) => {
          const b = seen.get(id);
          return b ? [[id, b] as const] : [];
        }),
    ),
  );
}
