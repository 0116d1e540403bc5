import type { Widget } from "@lineside/client";
import { type Box, compose, type Matrix, multiply, type Transform, type Turn, turnOf } from "@lineside/scene";

/** In the editor what a value hides stays where it can be seen and taken. */
const ghost = 0.15;

/**
 * How a widget is drawn otherwise than it lies: as the document says and, on top of it, as its
 * animations do. A turn by value is added to that of the document.
 */
export function turnOfWidget(
  widget: Widget,
  box: Box,
  whole: Transform | undefined,
  mode: "run" | "design",
): Turn | undefined {
  if (!whole && !widget.rotate && !widget.flip) return undefined;
  const hidden = whole?.visible === false;
  return turnOf(box, {
    ...whole,
    rotate: (widget.rotate ?? 0) + (whole?.rotate ?? 0),
    flip: widget.flip as Transform["flip"],
    ...(mode === "design" && hidden ? { visible: true, opacity: ghost } : {}),
  });
}

/** How what is around a widget is drawn, by how each group is drawn itself. */
export function around(
  of: Widget,
  widgets: ReadonlyMap<string, Widget>,
  own: (id: string) => Turn | undefined,
): Turn | undefined {
  let out: Turn | undefined;
  let parent = of.parent;
  for (let depth = 0; parent && depth < 32; depth++) {
    out = compose(own(parent), out);
    parent = widgets.get(parent)?.parent;
  }
  return out;
}

/**
 * The transform of an element of DOM, whose origin is its top left corner. It is never mirrored,
 * only put where its mirrored picture would be: what stands in it is text.
 */
export function cssMatrix(turn: Turn, box: Box): string {
  const m = turn.matrix;
  if (!m) return "";
  const cx = box.x + box.width / 2;
  const cy = box.y + box.height / 2;
  const upright: Matrix = [turn.flipX ? -1 : 1, 0, 0, turn.flipY ? -1 : 1, 0, 0];
  const [a, b, c, d] = multiply([m[0], m[1], m[2], m[3], 0, 0], upright);
  // About the middle, which goes where the matrix takes it.
  const x = m[0] * cx + m[2] * cy + m[4] - cx;
  const y = m[1] * cx + m[3] * cy + m[5] - cy;
  const e = box.width / 2 - a * (box.width / 2) - c * (box.height / 2) + x;
  const f = box.height / 2 - b * (box.width / 2) - d * (box.height / 2) + y;
  return `matrix(${[a, b, c, d, e, f].map((v) => Math.round(v * 1e6) / 1e6).join(", ")})`;
}
