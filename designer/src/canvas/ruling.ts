// Moving a line that was pulled out of a ruler: off the board it goes away.
import type { Gesture, Point, Stage } from "./gesture";
import { reach } from "./gesture";
import type { Ruling } from "./session";

/** The line near a place of the board. */
export function rulingAt(stage: Stage, p: Point): Ruling | undefined {
  const far = 4 / stage.zoom;
  return stage.rulings().find((r) => Math.abs((r.axis === "x" ? p.wx : p.wy) - r.at) <= far);
}

/** Puts lines in the place of those of the screen that is shown. */
export function setRulings(stage: Stage, list: readonly Ruling[]): void {
  const { guides } = stage.session.getState();
  stage.session.setState({ guides: { ...guides, [stage.screenId()]: list } });
}

/** Moves one line; `from` is undefined for a new one. */
export class MoveRuling implements Gesture {
  readonly cursor: string;
  readonly #others: readonly Ruling[];
  #at: number | undefined;

  constructor(
    private readonly stage: Stage,
    private readonly axis: Ruling["axis"],
    private readonly from?: Ruling,
  ) {
    this.cursor = axis === "x" ? "ew-resize" : "ns-resize";
    this.#others = stage.rulings().filter((r) => r !== from);
  }

  move(p: Point): void {
    const { stage, axis } = this;
    const { width, height } = stage.view.viewport;
    const off = p.x < 0 || p.y < 0 || p.x > width || p.y > height;
    const wanted = axis === "x" ? p.wx : p.wy;
    this.#at = off ? undefined : p.ctrl ? Math.round(wanted) : this.#near(wanted);
    stage.mark({ rulings: this.#others, ruling: this.#at === undefined ? undefined : { axis, at: this.#at } });
  }

  /** Whole pixels; on the edges and the middle of the page and of the selection it stays. */
  #near(at: number): number {
    const { stage, axis } = this;
    const { width, height } = stage.record().screen;
    const size = axis === "x" ? width : height;
    const box = stage.selected();
    const low = box?.[axis] ?? 0;
    const high = low + (box?.[axis === "x" ? "w" : "h"] ?? 0);
    const spots = [0, size / 2, size, ...(box ? [low, (low + high) / 2, high] : [])];
    const spot = spots.find((s) => Math.abs(s - at) <= reach / stage.zoom);
    if (spot !== undefined) return spot;
    const { snap, grid, gridSize } = stage.session.getState();
    return snap && grid ? Math.round(at / gridSize) * gridSize : Math.round(at);
  }

  end(): void {
    const { stage, axis } = this;
    if (this.#at === undefined) {
      if (this.from) setRulings(stage, this.#others);
      return;
    }
    setRulings(stage, [...this.#others, { axis, at: this.#at }]);
    stage.say("canvas:say.guide", { at: Math.round(this.#at) });
  }

  cancel(): void {}
}
