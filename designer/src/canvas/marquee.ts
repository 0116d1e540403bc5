// Choosing by a box: from left to right what lies within, from right to left what it touches.
import { ancestors, type Box, flagged, groupType, structureOf } from "../document";
import { touchesBox } from "./draw/touch";
import type { Gesture, Point, Stage } from "./gesture";
import { Spatial } from "./spatial";

/** Draws a box and selects by it; with Shift it adds to what was selected. */
export class Marquee implements Gesture {
  readonly scrolls = true;
  readonly cursor = "crosshair";
  readonly #before: readonly string[];

  constructor(
    private readonly stage: Stage,
    private readonly from: Point,
  ) {
    this.#before = stage.session.getState().selection;
  }

  move(p: Point): void {
    const { stage, from } = this;
    const whole = p.x >= from.x;
    const box: Box = {
      x: Math.min(from.wx, p.wx),
      y: Math.min(from.wy, p.wy),
      w: Math.abs(p.wx - from.wx),
      h: Math.abs(p.wy - from.wy),
    };
    const found = within(stage, box, whole);
    stage.select(from.shift ? [...new Set([...this.#before, ...found])] : found, stage.session.getState().scope);
    stage.mark({ marquee: { box, whole } });
  }

  end(): void {
    const n = this.stage.session.getState().selection.length;
    this.stage.say("design:say.selected", { count: n });
  }

  cancel(): void {
    this.stage.select(this.#before, this.stage.session.getState().scope);
  }
}

/** What of the entered group or screen a box touches, or holds whole. */
function within(stage: Stage, box: Box, whole: boolean): string[] {
  const screen = stage.record();
  const { scope } = stage.session.getState();
  const { children, extents } = structureOf(screen);
  const siblings = children.get(scope) ?? [];
  const touched = new Set<string>();
  for (const id of Spatial.of(screen).within(box, whole)) {
    const chain = [id, ...ancestors(screen, id)];
    if (!whole && !touchesBox(stage, id, box)) continue;
    const i = scope ? chain.indexOf(scope) - 1 : chain.length - 1;
    const top = chain[i];
    if (top !== undefined && i >= 0) touched.add(top);
  }
  if (!whole) return siblings.filter((id) => touched.has(id));
  const inside = (b: Box) => b.x >= box.x && b.y >= box.y && b.x + b.w <= box.x + box.w && b.y + b.h <= box.y + box.h;
  return siblings.filter((id) =>
    screen.widgets[id]?.type === groupType
      ? inside(extents.get(id) as Box) && !flagged(screen, id, "locked") && !flagged(screen, id, "hidden")
      : touched.has(id),
  );
}
