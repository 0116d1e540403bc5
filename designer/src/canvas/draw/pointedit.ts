// Editing the points of one line: drag them, click a line to put one in, Delete takes one out; Tab and the arrows do it by keyboard.
import type { Joint, Manifest, Widget } from "@lineside/client";
import {
  type Box,
  boxed,
  type End,
  fixedPoints,
  isLine,
  isSquare,
  level,
  parentOf,
  placed,
  placeIn,
  pointsOf,
  reshape,
  type Spot,
  seenOn,
  straightened,
  strideOf,
} from "../../document";
import type { Gesture, Point } from "../gesture";
import { type Surface, slop } from "../surface";
import {
  movedHandle,
  movedPoint,
  movedSegment,
  movedSquare,
  segmentAt,
  spotAt,
  spots,
  toggledCorner,
  withoutPoint,
  withPoint,
} from "./curve";
import { Aimer, stepped, sticksNear } from "./stick";
import { goesSquare } from "./trace";

/** How near, in CSS pixels, a press is to a point or a line to mean it. */
const close = 9;

type Part =
  | { kind: "point"; i: number }
  | { kind: "handle"; i: number; which: "in" | "out" }
  | { kind: "line"; i: number };

/** One line whose points are shown. */
export class PointEdit {
  /** The point that keys mean. */
  chosen = -1;

  private constructor(
    private readonly board: Surface,
    readonly id: string,
    /** Its ends are shown because it is selected; keys mean the whole line still. */
    readonly passive: boolean,
  ) {}

  /** The ends of a straight line are shown as soon as it is selected. */
  static passively(board: Surface, id: string): PointEdit | undefined {
    const w = board.record().widgets[id];
    const straight = w && board.manifest(w.type)?.draw === "line" && !fixedPoints(board.record(), id);
    return straight ? new PointEdit(board, id, true) : undefined;
  }

  /** Begins, when the widget is a line that can be edited; says why not otherwise. */
  static of(board: Surface, id: string): PointEdit | undefined {
    const w = board.record().widgets[id];
    if (!w || !isLine(board.manifest(w.type))) return undefined;
    const reason = fixedPoints(board.record(), id);
    if (reason) {
      board.options.notice?.(reason);
      return undefined;
    }
    const edit = new PointEdit(board, id, false);
    board.say("draw:say.editing", { count: edit.#spots().length });
    return edit;
  }

  get widget(): Widget | undefined {
    return this.board.record().widgets[this.id];
  }

  get manifest(): Manifest | undefined {
    return this.board.manifest(this.widget?.type ?? "");
  }

  get stride(): number {
    return strideOf(this.manifest);
  }

  get closed(): boolean {
    return this.widget?.props?.closed === true;
  }

  /** Whether it can still be edited: it is there and has not been turned or locked since. */
  get valid(): boolean {
    return !!this.widget && !fixedPoints(this.board.record(), this.id);
  }

  points(): number[] {
    const w = this.widget;
    const seen = seenOn(this.board.record(), this.id);
    return w && seen ? pointsOf(w, seen, this.manifest) : [];
  }

  #spots(): Spot[] {
    return spots(this.points(), this.stride);
  }

  /** Whether an end sticks, so that a corner beside it must not pull it away. */
  held = (i: number): boolean => {
    const n = this.points().length / this.stride;
    return (i === 0 && !!this.widget?.from) || (i === n - 1 && !!this.widget?.to);
  };

  /** What of the line is at a place. */
  at(p: Point): Part | undefined {
    const points = this.points();
    const r = close / this.board.zoom;
    const near = (s: Spot) => Math.hypot(s.x - p.wx, s.y - p.wy) <= r;
    if (this.stride === 6 && this.chosen >= 0) {
      const k = 6 * this.chosen;
      const of = spotAt(points, 6, this.chosen);
      for (const [which, h] of [
        ["out", 4],
        ["in", 2],
      ] as const) {
        const s = { x: points[k + h] as number, y: points[k + h + 1] as number };
        if (near(s) && Math.hypot(s.x - of.x, s.y - of.y) > 0.5) return { kind: "handle", i: this.chosen, which };
      }
    }
    const list = this.#spots();
    for (let i = list.length - 1; i >= 0; i--) if (near(list[i] as Spot)) return { kind: "point", i };
    // A straight line has its two ends only: along it one takes hold of the whole.
    if (this.manifest?.draw === "line") return undefined;
    const found = segmentAt(points, this.stride, this.closed, p.wx, p.wy);
    return found.distance <= r ? { kind: "line", i: found.segment } : undefined;
  }

  /** What a press does; undefined when it is beside the line. */
  press(p: Point): Gesture | undefined {
    const part = this.at(p);
    if (!part) return undefined;
    if (part.kind === "point") this.chosen = part.i;
    this.show();
    return new DragPart(this.board, this, part, p);
  }

  /** A double click on a point of a curve makes it round or a corner. */
  double(p: Point): boolean {
    const part = this.at(p);
    if (!part) return false;
    if (part.kind === "point" && this.stride === 6) this.write(toggledCorner(this.points(), part.i));
    return true;
  }

  write(points: readonly number[], joints?: { [end in End]?: Joint | undefined }, merge?: string): void {
    reshape(this.board.doc, this.board.screenId(), this.id, points, joints, merge);
    this.show();
  }

  /** A key while points are shown. Answers whether it was one for it; "end" ends the editing. */
  key(e: KeyboardEvent): boolean | "end" {
    const n = this.#spots().length;
    const step = e.shiftKey ? 8 : 1;
    const arrows: Record<string, Spot> = {
      ArrowLeft: { x: -step, y: 0 },
      ArrowRight: { x: step, y: 0 },
      ArrowUp: { x: 0, y: -step },
      ArrowDown: { x: 0, y: step },
    };
    const by = arrows[e.key];
    if (e.key === "Escape" || e.key === "Enter") return "end";
    if (e.key === "Tab") {
      this.chosen = (Math.max(this.chosen, e.shiftKey ? 0 : -1) + (e.shiftKey ? n - 1 : 1)) % n;
      this.#tell();
      this.show();
      return true;
    }
    if (e.key === "Delete" || e.key === "Backspace") {
      if (this.chosen >= 0) this.remove(this.chosen);
      return true;
    }
    if (!by) return false;
    if (this.chosen < 0) return true;
    const at = spotAt(this.points(), this.stride, this.chosen);
    if (!e.repeat) this.board.doc.mark();
    this.write(this.moved(this.chosen, { x: at.x + by.x, y: at.y + by.y }, false), this.freed(this.chosen), "points");
    this.#tell();
    return true;
  }

  /** Points with one moved as the line wants it. */
  moved(i: number, to: Spot, free: boolean): number[] {
    const points = this.points();
    const m = this.manifest;
    if (m && goesSquare(m) && !free && isSquare(points)) return movedSquare(points, i, to, this.held);
    return movedPoint(points, this.stride, i, to);
  }

  /** The end that a point is lets go. */
  freed(i: number): { [end in End]?: Joint | undefined } {
    const n = this.points().length / this.stride;
    return i === 0 ? { from: undefined } : i === n - 1 ? { to: undefined } : {};
  }

  remove(i: number): void {
    const rest = withoutPoint(this.points(), this.stride, i);
    if (!rest) {
      this.board.options.notice?.("draw:say.few");
      return;
    }
    const m = this.manifest;
    this.chosen = Math.min(i, rest.length / this.stride - 1);
    this.write(m && goesSquare(m) && isSquare(rest) ? straightened(rest) : rest, this.freed(i));
  }

  #tell(): void {
    const s = this.#spots()[this.chosen];
    if (s) this.board.say("draw:say.point", { n: this.chosen + 1, x: Math.round(s.x), y: Math.round(s.y) });
  }

  /** Shows the points, at other places while they are dragged. */
  show(points = this.points(), more?: { sticks?: Spot[]; stuck?: Spot }): void {
    const k = 6 * this.chosen;
    const of = this.chosen >= 0 ? spotAt(points, this.stride, this.chosen) : undefined;
    const handles =
      this.stride === 6 && of
        ? [2, 4].map((h) => ({ at: { x: points[k + h] as number, y: points[k + h + 1] as number }, of }))
        : [];
    // The box says nothing that the points do not, and while they are dragged it is another.
    const box = this.passive || more ? { selected: [], around: undefined } : {};
    this.board.unmark();
    this.board.mark({
      ...box,
      handles: false,
      draw: { points: spots(points, this.stride), chosen: this.chosen, handles, ...more },
    });
  }

  /** Shows the line as it would be. */
  preview(points: readonly number[]): Box {
    const w = this.widget as Widget;
    const { box, fractions } = boxed(points, this.stride, this.closed);
    const screen = this.board.record();
    const around = seenOn(screen, parentOf(screen, w));
    const at = placeIn(box, level, around?.box, around?.turn);
    this.board.preview(new Map([[this.id, { ...placed(w, at), props: { ...w.props, points: fractions } }]]));
    return box;
  }
}

/** Drags a point, a handle or a line between two points. */
class DragPart implements Gesture {
  readonly scrolls = true;
  readonly cursor = "move";
  readonly #aimer: Aimer;
  readonly #not: ReadonlySet<string>;
  readonly #before: number[];
  #points: number[] | undefined;
  #joints: { [end in End]?: Joint | undefined } = {};
  #began = false;

  constructor(
    private readonly board: Surface,
    private readonly edit: PointEdit,
    private readonly part: Part,
    private readonly from: Point,
  ) {
    this.#not = new Set([edit.id]);
    this.#aimer = new Aimer(board, this.#not);
    this.#before = edit.points();
  }

  move(p: Point): void {
    const { edit, part, from } = this;
    if (!this.#began && Math.hypot(p.x - from.x, p.y - from.y) < slop) return;
    this.#began = true;
    const { stride } = edit;
    if (part.kind === "handle") {
      const to = p.shift ? stepped(spotAt(this.#before, 6, part.i), { x: p.wx, y: p.wy }) : { x: p.wx, y: p.wy };
      this.#show(movedHandle(this.#before, part.i, part.which, to, p.alt), {});
      return;
    }
    if (part.kind === "line") {
      this.#line(p, part.i);
      return;
    }
    const n = this.#before.length / stride;
    const end = edit.closed ? undefined : part.i === 0 ? "from" : part.i === n - 1 ? "to" : undefined;
    let aim = this.#aimer.at(p, !!end);
    const m = edit.manifest;
    const beside = spotAt(this.#before, stride, part.i === 0 ? 1 : part.i - 1);
    if (p.shift && !aim.joint && m && !goesSquare(m)) aim = { ...stepped(beside, { x: p.wx, y: p.wy }), guides: [] };
    this.#joints = end ? { [end]: aim.joint } : {};
    this.#show(edit.moved(part.i, aim, p.shift), {
      sticks: end ? sticksNear(this.board, p.wx, p.wy, this.#not) : [],
      stuck: aim.joint ? aim : undefined,
    });
    this.board.mark({ guides: aim.guides });
  }

  /** A line between two points: of a pipe it moves sideways, elsewhere a new point comes out of it. */
  #line(p: Point, segment: number): void {
    const { edit, from } = this;
    const m = edit.manifest;
    if (m && goesSquare(m) && isSquare(this.#before)) {
      const aim = this.#aimer.at(p, false);
      const a = spotAt(this.#before, 2, segment);
      const b = spotAt(this.#before, 2, segment + 1);
      const level = Math.abs(a.y - b.y) < 0.3;
      const by = level ? { x: 0, y: aim.y - a.y } : { x: aim.x - a.x, y: 0 };
      this.#show(movedSegment(this.#before, segment, by, edit.held), {});
      this.board.mark({ guides: aim.guides.filter((g) => g.axis === (level ? "y" : "x")) });
      return;
    }
    const at = segmentAt(this.#before, edit.stride, edit.closed, from.wx, from.wy).at;
    const more = withPoint(this.#before, edit.stride, segment, at);
    const aim = this.#aimer.at(p, false);
    edit.chosen = segment + 1;
    this.#show(movedPoint(more, edit.stride, segment + 1, aim), {});
    this.board.mark({ guides: aim.guides });
  }

  #show(points: number[], more: { sticks?: Spot[]; stuck?: Spot }): void {
    this.#points = points;
    this.edit.preview(points);
    this.edit.show(points, more);
  }

  end(): void {
    const { board, edit, part, from } = this;
    board.preview(undefined);
    if (this.#points) {
      const m = edit.manifest;
      const square = m && goesSquare(m) && isSquare(this.#points);
      edit.write(square ? straightened(this.#points) : this.#points, this.#joints);
    } else if (part.kind === "line") {
      const at = segmentAt(this.#before, edit.stride, edit.closed, from.wx, from.wy).at;
      edit.chosen = part.i + 1;
      edit.write(withPoint(this.#before, edit.stride, part.i, at));
    }
    edit.chosen = Math.min(edit.chosen, edit.points().length / edit.stride - 1);
  }

  cancel(): void {
    this.board.preview(undefined);
  }
}
