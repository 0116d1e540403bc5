// Dropping onto a line: what can sit in one does.
import type { Manifest, Preset } from "@lineside/client";
import { type Box, idSource, insertInLine, isPage, middle, presetOf, type Seat, type Spot, seatOn } from "../document";
import { newWidget } from "./create";
import { drawnAt } from "./draw/touch";
import type { Stage } from "./gesture";
import { Spatial } from "./spatial";

/** How near, in CSS pixels, something comes to a line before it sits in it. */
const near = 10;

/** Where something that is held at a place would sit in a line. `not` are lines that take it not. */
export function seatNear(
  stage: Stage,
  preset: Preset | undefined,
  size: { w: number; h: number },
  at: Spot,
  not?: ReadonlySet<string>,
): Seat | undefined {
  if (!preset?.inline) return undefined;
  const first = preset.points.find((p) => p.name === "w");
  const last = preset.points.find((p) => p.name === "e");
  const screen = stage.record();
  if (!first || !last || isPage(screen)) return undefined;
  const slack = near / stage.zoom;
  for (const id of Spatial.of(screen).at(at.x, at.y, slack)) {
    const m = stage.manifest(screen.widgets[id]?.type ?? "");
    if (not?.has(id) || (m?.draw !== "line" && m?.draw !== "polyline") || !drawnAt(stage, id, at.x, at.y, slack))
      continue;
    const seat = seatOn(screen, stage.doc.kinds, id, size, [first, last], at);
    if (seat) return seat;
  }
  return undefined;
}

/** Where a widget that is dragged to a box would sit in a line; one that lines hold on to stays out of others. */
export function seatOf(stage: Stage, id: string, box: Box): Seat | undefined {
  const screen = stage.record();
  const w = screen.widgets[id];
  const preset = presetOf(stage.manifest(w?.type ?? ""), w?.props);
  if (!w || w.parent || !preset?.inline) return undefined;
  for (const o of Object.values(screen.widgets)) if (o.from?.widget === id || o.to?.widget === id) return undefined;
  return seatNear(stage, preset, { w: box.w, h: box.h }, middle(box));
}

/** Puts a new widget into a line and selects it. */
export function addInLine(stage: Stage, manifest: Manifest, preset: Preset, seat: Seat): void {
  const screen = stage.record();
  const widget = newWidget(manifest, idSource(screen)(preset.id), 0, 0, undefined, preset);
  const parent = screen.widgets[seat.line]?.parent ?? "";
  insertInLine(stage.doc, stage.screenId(), widget, seat);
  stage.select([widget.id], parent);
  stage.doc.settle();
  stage.say("draw:say.inline", { name: widget.id, line: seat.line });
}
