// The drawing tools on the board: they take the presses and keys that choosing would take otherwise.
import type { Joint, Manifest, Widget } from "@lineside/client";
import { type Box, boxed, fractionsOf, idSource, isLine, strideOf } from "../../document";
import { intoScope } from "../drop";
import type { Gesture, Point } from "../gesture";
import { put } from "../page/adding";
import { type Surface, slop } from "../surface";
import { Boxing } from "./boxing";
import { newLook } from "./newlook";
import { PointEdit } from "./pointedit";
import { Aimer, sticksNear } from "./stick";
import { drawnType } from "./tool";
import { Trace } from "./trace";

const none: ReadonlySet<string> = new Set();

/** How long, in ms, the second click of a double click may come after the drawing has ended. */
const late = 500;

/** One board's drawing: at most one line under the pencil, or one whose points are edited. */
export class Drawing {
  #trace: Trace | undefined;
  #edit: PointEdit | undefined;
  #ended = 0;
  readonly #stops: (() => void)[];

  constructor(private readonly board: Surface) {
    this.#stops = [
      board.session.subscribe((now, before) => {
        if (now.tool !== before.tool) {
          this.#stopTrace();
          if (now.tool !== "select") this.#stopEdit();
          board.unmark();
        }
        if (now.screen !== before.screen) this.cancel();
        if (this.#edit && (now.selection.length !== 1 || now.selection[0] !== this.#edit.id)) this.#stopEdit();
        const only = now.selection.length === 1 ? now.selection[0] : undefined;
        if (!this.#edit && only !== undefined && now.selection !== before.selection) this.#show(only);
      }),
      board.doc.subscribe(() => {
        if (!this.#edit) return;
        if (!this.#edit.valid) this.#stopEdit();
        else this.#edit.show();
      }),
    ];
  }

  destroy(): void {
    for (const stop of this.#stops) stop();
  }

  get #manifest(): Manifest | undefined {
    const type = drawnType(this.board.session.getState().tool);
    return type === undefined ? undefined : this.board.manifest(type);
  }

  /** The cursor while nothing is pressed; undefined when no tool draws. */
  get cursor(): string | undefined {
    return this.#manifest ? "crosshair" : undefined;
  }

  /** A press with the main button: what it does, or undefined when it is not for drawing. */
  press(p: Point): Gesture | undefined {
    const m = this.#manifest;
    if (m) this.board.select([]);
    if (m) return isLine(m) ? this.#tracePress(m, p) : new Boxing(this.board, m, p, (box) => this.#addBox(m, box));
    if (!this.#edit) return undefined;
    const gesture = this.#edit.press(p);
    if (!gesture && !this.#edit.passive) {
      const { id } = this.#edit;
      this.#stopEdit();
      this.#show(id);
    }
    return gesture;
  }

  /** The pointer moves and nothing is pressed. Answers whether that is for drawing. */
  hover(p: Point): boolean {
    const m = this.#manifest;
    if (this.#trace) {
      this.#trace.aim(p);
      return true;
    }
    if (m) {
      const line = isLine(m) && strideOf(m) === 2;
      const aim = new Aimer(this.board).at(p, line);
      this.board.mark({
        guides: [],
        draw: {
          sticks: line ? sticksNear(this.board, p.wx, p.wy, none) : [],
          stuck: aim.joint ? aim : undefined,
          points: aim.joint ? [] : [aim],
        },
      });
      return true;
    }
    return !!this.#edit?.at(p);
  }

  /** A double click. Answers whether it was for drawing. */
  double(p: Point, over: string | undefined): boolean {
    if (this.#trace) {
      this.#finish(false);
      return true;
    }
    if (this.#manifest || performance.now() - this.#ended < late) return true;
    if (this.#edit && !this.#edit.passive && this.#edit.double(p)) return true;
    return over !== undefined && this.edit(over);
  }

  /** Whether points are shown in place of the handles of the box. */
  get editing(): boolean {
    return !!this.#edit;
  }

  /** Shows the ends of a straight line that was selected. */
  #show(id: string): void {
    this.#edit = PointEdit.passively(this.board, id);
    this.#edit?.show();
  }

  /** Shows the points of a line. Answers whether it is one. */
  edit(id: string): boolean {
    const m = this.board.manifest(this.board.record().widgets[id]?.type ?? "");
    if (!isLine(m)) return false;
    this.#edit = PointEdit.of(this.board, id);
    if (this.#edit) {
      this.board.select([id]);
      this.#edit.show();
    }
    return true;
  }

  /** A key on the board. Answers whether it was for drawing. */
  key(e: KeyboardEvent): boolean {
    if (e.ctrlKey || e.metaKey || e.altKey) return false;
    if (this.#edit && !this.#edit.passive) {
      const { id } = this.#edit;
      const done = this.#edit.key(e);
      if (done === "end") {
        this.#stopEdit();
        this.#show(id);
      }
      return !!done;
    }
    const m = this.#manifest;
    if (!m) {
      const [only, ...more] = this.board.session.getState().selection;
      return e.key === "Enter" && !e.shiftKey && only !== undefined && more.length === 0 && this.edit(only);
    }
    if (e.key === "Escape") {
      if (this.#trace) this.#stopTrace();
      else this.board.session.setState({ tool: "select" });
      this.board.unmark();
      return true;
    }
    if (e.key === "Backspace" || e.key === "Delete") {
      if (this.#trace && !this.#trace.back()) this.#stopTrace();
      return true;
    }
    if (e.key !== "Enter") return false;
    if (this.#trace) this.#finish(false);
    else {
      // By keyboard alone: the usual size, in the middle of what is seen.
      this.board.addInMiddle(m);
      this.#end(m, this.board.session.getState().selection[0] ?? "");
    }
    return true;
  }

  /** Takes back what is being drawn. */
  cancel(): boolean {
    const had = !!this.#trace;
    this.#stopTrace();
    return had;
  }

  /** A gesture has ended and its marks are gone: shows those that stay. */
  settled(): void {
    this.#trace?.show();
    this.#edit?.show();
  }

  #tracePress(m: Manifest, p: Point): Gesture {
    const first = !this.#trace;
    this.#trace ??= new Trace(this.board, m, p);
    const trace = this.#trace;
    const closing = !first && trace.closes(p);
    let ends = false;
    let dragged = false;
    if (first) trace.show(p);
    else if (!closing) ends = trace.put(p);
    return {
      cursor: "crosshair",
      scrolls: true,
      move: (q) => {
        if (!dragged && Math.hypot(q.x - p.x, q.y - p.y) < slop) return;
        dragged = true;
        if (trace.curved) trace.pull(q);
        else if (first) trace.aim(q);
      },
      end: (q) => {
        // A line that was pulled with the button down is done when it goes up.
        if (first && dragged && !trace.curved) {
          trace.put(q);
          ends = true;
        }
        if (closing || ends) this.#finish(closing);
      },
      cancel: () => this.#stopTrace(),
    };
  }

  #stopTrace(): void {
    if (!this.#trace) return;
    this.#trace.hide();
    this.#trace = undefined;
    this.board.mark({ draw: undefined, guides: [] });
  }

  #stopEdit(): void {
    if (!this.#edit) return;
    this.#edit = undefined;
    this.board.unmark();
  }

  /** Ends the line; too short a one is nothing. */
  #finish(closed: boolean): void {
    const trace = this.#trace;
    const drawn = trace?.result(closed);
    this.#stopTrace();
    if (!trace || !drawn) return;
    const m = trace.manifest;
    const { box, fractions } = boxed(drawn.points, strideOf(m), drawn.closed);
    const props: Widget["props"] = { ...newLook(this.board.record(), m, drawn), points: fractions };
    if (drawn.closed) props.closed = true;
    this.#add(m, box, props, drawn);
  }

  #addBox(m: Manifest, box: Box): void {
    this.#add(m, box, fractionsOf({} as Widget, m).length > 0 ? {} : undefined, {});
  }

  #add(m: Manifest, box: Box, props: Widget["props"], joints: { from?: Joint; to?: Joint }): void {
    const { board } = this;
    const id = idSource(board.record())(m.id);
    const widget: Widget = { id, type: m.id, ...box };
    if (props && Object.keys(props).length > 0) widget.props = props;
    if (joints.from) widget.from = joints.from;
    if (joints.to) widget.to = joints.to;
    board.doc.begin("draw:step.draw");
    const scope = put(board, [widget], intoScope(board, [widget]));
    board.select([id], scope);
    board.doc.commit();
    board.say("draw:say.drawn", { name: id });
    this.#end(m, id);
  }

  #end(m: Manifest, id: string): void {
    const { tool } = this.board.session.getState();
    this.#ended = performance.now();
    if (typeof tool === "object" && !tool.keep) this.board.session.setState({ tool: "select" });
    // A text is there to be written.
    if (m.settings.some((f) => f.kind === "text" && f.name === "text") && id) this.board.options.open(id, "text");
  }
}
