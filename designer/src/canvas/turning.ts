// Dragging the handle above a selection: it turns about its middle, in steps of 15° with Shift.
import {
  angleOf,
  middle,
  middleOf,
  normalAngle,
  rotateWidgets,
  type Spot,
  topmost,
  transformed,
  turned as turnedBy,
} from "../document";
import type { Gesture, Point, Stage } from "./gesture";

const step = 15;
/** How near to a quarter turn it stays there, in degrees. */
const magnet = 2;

/** Turns the selected widgets about their common middle. */
export class Turning implements Gesture {
  readonly cursor = "grabbing";
  readonly #ids: string[];
  readonly #about: Spot;
  /** What the angle is counted from: that of one widget; of several it is nought. */
  readonly #base: number;
  readonly #start: number;
  #by = 0;

  constructor(
    private readonly stage: Stage,
    from: Point,
  ) {
    const screen = stage.record();
    this.#ids = topmost(screen, stage.session.getState().selection);
    this.#about = middleOf(screen, this.#ids) ?? { x: from.wx, y: from.wy };
    this.#base = this.#ids.length === 1 ? angleOf(screen, this.#ids[0] as string) : 0;
    this.#start = this.#angle(from);
  }

  #angle(p: Point): number {
    return (Math.atan2(p.wy - this.#about.y, p.wx - this.#about.x) * 180) / Math.PI;
  }

  move(p: Point): void {
    const { stage } = this;
    let to = this.#base + this.#angle(p) - this.#start;
    if (p.shift) to = Math.round(to / step) * step;
    else if (!p.ctrl) {
      const quarter = Math.round(to / 90) * 90;
      to = stage.session.getState().snap && Math.abs(to - quarter) <= magnet ? quarter : Math.round(to);
    }
    this.#by = normalAngle(to - this.#base);
    const screen = stage.record();
    const change = turnedBy(screen, this.#ids, this.#by, this.#about);
    stage.preview(transformed(screen, change));
    const shown = normalAngle(to);
    const one = this.#ids.length === 1 ? change.boxes.get(this.#ids[0] as string) : undefined;
    stage.mark({
      selected: [...change.boxes].map(([id, b]) => ({ ...b, angle: change.turns.get(id)?.angle })),
      around: one && { ...one, angle: shown },
      handles: false,
      turn: { about: one ? middle(one) : this.#about, angle: shown, x: p.x, y: p.y },
    });
  }

  end(): void {
    const { stage } = this;
    stage.preview(undefined);
    if (this.#by === 0) return;
    rotateWidgets(stage.doc, stage.screenId(), this.#ids, this.#by, this.#about);
    if (this.#ids.length === 1)
      stage.say("canvas:say.rotated", { degrees: angleOf(stage.record(), this.#ids[0] as string) });
    else stage.say("canvas:say.rotatedBy", { degrees: this.#by });
  }

  cancel(): void {
    this.stage.preview(undefined);
  }
}
