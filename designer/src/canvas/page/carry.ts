// Moving widgets that may change what they lie in: out of a pane, or into one.
import { structureOf } from "../../document";
import type { Gesture, Point, Stage } from "../gesture";
import { Move } from "../move";
import { newHome, rehome } from "./container";
import { seatFreed } from "./gestures";

/** A move that ends in the pane the pointer is over. With Ctrl everything stays where it belongs. */
export class Carry implements Gesture {
  readonly scrolls = true;
  readonly #move: Move;
  readonly #ids: readonly string[];
  #home: ReturnType<typeof newHome>;

  constructor(
    private readonly stage: Stage,
    from: Point,
    ids: readonly string[],
  ) {
    this.#move = new Move(stage, from);
    this.#ids = ids;
  }

  get cursor(): string {
    return this.#move.cursor;
  }

  move(p: Point): void {
    this.#move.move(p);
    this.#home = p.ctrl || p.alt ? undefined : newHome(this.stage, this.#ids, p.wx, p.wy);
    const box = this.#home?.target?.box;
    this.stage.mark({ target: box && { box, text: "" } });
  }

  end(): void {
    const { stage } = this;
    const home = this.#home;
    stage.doc.begin("design:step.move");
    this.#move.end();
    if (home) {
      const seen = structureOf(stage.record()).boxes;
      rehome(stage, this.#ids, home);
      if (home.parent === "") seatFreed(stage, this.#ids, seen);
      stage.select([...this.#ids], home.parent);
    }
    stage.doc.commit();
  }

  cancel(): void {
    this.#move.cancel();
  }
}
