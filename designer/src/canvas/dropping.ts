// The pointer's side of a drag from a panel: it begins outside of the board, and may leave it again.
import type { DraggedTag } from "./create";
import { Drop, type Load } from "./drop";
import { Newest } from "./newest";
import { type Surface, slop } from "./surface";

interface Drag {
  drop: Drop;
  from: { x: number; y: number };
  moved: boolean;
  over: boolean;
  /** What goes with the pointer outside of the board. */
  chip: HTMLElement;
  click: () => void;
  listening: AbortController;
}

/** At most one drag at a time. */
export class Dropping {
  #drag: Drag | undefined;
  readonly #moves = new Newest<PointerEvent>();

  constructor(private readonly board: Surface) {}

  /** Begins with a pointer that is down; `click` is done if it goes up where it was. */
  start(
    load: Load,
    e: { pointerId: number; clientX: number; clientY: number },
    label: string,
    click: () => void,
  ): void {
    this.end();
    const chip = document.createElement("div");
    chip.className = "drag-chip";
    chip.textContent = label;
    chip.hidden = true;
    document.body.append(chip);
    const { board } = this;
    const offer = (tags: readonly DraggedTag[], at: { x: number; y: number }) =>
      board.options.offer(tags, at, board.clientOf(at));
    const listening = new AbortController();
    const drop = new Drop(board, load, board.options.dropText, offer);
    this.#drag = { drop, from: { x: e.clientX, y: e.clientY }, moved: false, over: false, chip, click, listening };
    const { signal } = listening;
    const mine = (p: PointerEvent) => p.pointerId === e.pointerId;
    window.addEventListener("pointermove", (p) => mine(p) && this.#moves.later(p, (q) => this.#move(q)), { signal });
    window.addEventListener("pointerup", (p) => mine(p) && this.#up(p), { signal });
    window.addEventListener("pointercancel", (p) => mine(p) && this.#leave(), { signal });
    const cancel = (k: KeyboardEvent) => {
      if (k.key !== "Escape") return;
      k.stopPropagation();
      this.#leave();
    };
    window.addEventListener("keydown", cancel, { signal, capture: true });
  }

  /** Ends it without a drop. */
  end(): void {
    const d = this.#drag;
    this.#drag = undefined;
    this.#moves.drop();
    if (!d) return;
    d.listening.abort();
    d.chip.remove();
    this.board.unmark();
  }

  #leave(): void {
    this.#drag?.drop.leave();
    this.end();
  }

  #move(e: PointerEvent): void {
    const d = this.#drag;
    if (!d) return;
    if (!d.moved && Math.hypot(e.clientX - d.from.x, e.clientY - d.from.y) <= slop) return;
    d.moved = true;
    const over = this.#inside(e);
    d.chip.hidden = over && d.drop.load.kind === "widget";
    d.chip.style.transform = `translate(${e.clientX + 12}px, ${e.clientY + 12}px)`;
    if (over) d.drop.over(this.board.point(e));
    else if (d.over) d.drop.leave();
    d.over = over;
  }

  #up(e: PointerEvent): void {
    const d = this.#drag;
    if (!d) return;
    this.#move(e);
    const inside = this.#inside(e);
    this.end();
    if (!d.moved) d.click();
    else if (inside) {
      d.drop.drop(this.board.point(e));
      this.board.host.focus({ preventScroll: true });
    } else d.drop.leave();
    this.board.unmark();
  }

  #inside(e: { clientX: number; clientY: number }): boolean {
    const r = this.board.host.getBoundingClientRect();
    return e.clientX >= r.left && e.clientX < r.right && e.clientY >= r.top && e.clientY < r.bottom;
  }
}
