// Putting something into a line: a valve that is dropped onto a pipe parts it in two, which hold on to the valve.
import type { Point, Widget } from "@lineside/client";
import { nearest } from "../../../runtime/scene/outline";
import type { Document } from "./document";
import { idSource } from "./edit";
import { type Box, level, outward, type Spot, type Turn } from "./geometry";
import { placed, placeIn, writeBoxes } from "./layout";
import { boxed, isLine, type Kinds, pointsOf, seenOn, spotOf, strideOf } from "./points";
import type { ScreenRecord } from "./state";

/** Where something comes to lie in a line. */
export interface Seat {
  /** The id of the line. */
  line: string;
  box: Box;
  turn: Turn;
  /** The points of the line before it and after it, on the screen. */
  before: number[];
  after: number[];
  /** The names of the points where the line goes in and out. */
  in: string;
  out: string;
}

/** How much of a line must stay at either side, in pixels. */
const least = 4;

const round = (n: number): number => Math.round(n * 100) / 100;

/**
 * Where something of a size sits in a line so that it is nearest to a place; `through` are its points
 * where the line goes in and out, at one height. Undefined when the line takes nothing in there.
 */
export function seatOn(
  screen: ScreenRecord,
  kinds: Kinds,
  line: string,
  size: { w: number; h: number },
  through: readonly [Point, Point],
  at: Spot,
): Seat | undefined {
  const w = screen.widgets[line];
  const m = kinds(w?.type ?? "");
  const seen = seenOn(screen, line);
  if (!w || !seen || !isLine(m) || strideOf(m) !== 2 || seen.turn !== level || w.props?.closed === true)
    return undefined;
  const points = pointsOf(w, seen, m);
  if (points.length < 4) return undefined;
  const i = 2 * nearest(points, at.x, at.y).segment;
  const [ax, ay, bx, by] = points.slice(i, i + 4) as [number, number, number, number];
  const length = Math.hypot(bx - ax, by - ay);
  const [first, last] = through;
  const span = (last.x - first.x) * size.w;
  if (span <= 0 || length < span + 2 * least) return undefined;
  const [ux, uy] = [(bx - ax) / length, (by - ay) / length];
  const reach = (at.x - ax) * ux + (at.y - ay) * uy;
  const along = Math.max(span / 2 + least, Math.min(length - span / 2 - least, Math.round(reach)));
  const middle = { x: ax + ux * along, y: ay + uy * along };
  const turn = alongside(ux, uy);
  // The line goes through the middle between the two points, not always through that of the box.
  const off = outward(turn, { x: ((first.x + last.x) / 2 - 0.5) * size.w, y: (first.y - 0.5) * size.h });
  const box = { x: round(middle.x - off.x - size.w / 2), y: round(middle.y - off.y - size.h / 2), ...size };
  const inAt = spotOf({ box, turn }, first.x, first.y);
  const outAt = spotOf({ box, turn }, last.x, last.y);
  return {
    line,
    box,
    turn,
    before: [...points.slice(0, i + 2), inAt.x, inAt.y],
    after: [outAt.x, outAt.y, ...points.slice(i + 2)],
    in: first.name,
    out: last.name,
  };
}

/** How something is turned to lie along a direction: what stands upright in it is never upside down. */
function alongside(ux: number, uy: number): Turn {
  const angle = (Math.round((Math.atan2(uy, ux) * 18000) / Math.PI) / 100 + 360) % 360;
  if (angle === 0) return level;
  const back = angle > 90 && angle < 270;
  return { angle: back ? (angle + 180) % 360 : angle, x: back ? -1 : 1, y: 1 };
}

/** What arrow heads are left where a line was parted. */
function heads(arrow: unknown, end: "start" | "end"): string | undefined {
  if (arrow === "both") return end;
  return arrow === end || arrow === undefined ? (arrow as string | undefined) : "none";
}

/** Puts a widget, a new one or one that lies elsewhere, into a line, as one step: the line ends at it, and another one goes on from it. Answers the id of that one. */
export function insertInLine(doc: Document, screenId: string, widget: Widget, seat: Seat): string | undefined {
  const screen = doc.state.screens[screenId];
  const line = screen?.widgets[seat.line];
  if (!screen || !line) return undefined;
  const id = idSource(screen)(line.id);
  const around = line.parent ? seenOn(screen, line.parent) : undefined;
  const lie = (w: Widget, box: Box, turn: Turn): Widget => placed(w, placeIn(box, turn, around?.box, around?.turn));
  const part = (w: Widget, points: readonly number[], end: "start" | "end"): Widget => {
    const { box, fractions } = boxed(points, 2);
    const arrow = heads(w.props?.arrow, end);
    return lie({ ...w, props: { ...w.props, points: fractions, ...(arrow ? { arrow } : {}) } }, box, level);
  };
  const { to, ...rest } = line;
  const first = part({ ...line, to: { widget: widget.id, point: seat.in } }, seat.before, "start");
  const { from, ...tail } = rest;
  const second = part(
    { ...tail, id, from: { widget: widget.id, point: seat.out }, ...(to ? { to } : {}) },
    seat.after,
    "end",
  );
  const beside = { ...(line.parent ? { parent: line.parent } : {}), ...(line.pane ? { pane: line.pane } : {}) };
  const { parent: _parent, pane: _pane, ...own } = widget;
  const label = "draw:step.inline";
  doc.begin(label);
  doc.change(label, (d) => {
    const s = d.screens[screenId];
    if (!s) return;
    s.widgets[line.id] = first as never;
    s.widgets[id] = second as never;
    s.widgets[widget.id] = lie({ ...own, ...beside }, seat.box, seat.turn) as never;
    const order = s.order.filter((o) => o !== widget.id);
    s.order = [...order.flatMap((o) => (o === line.id ? [o, id] : [o])), widget.id];
  });
  // A group around it closes around what is in it.
  if (line.parent)
    doc.change(label, (d) =>
      writeBoxes(d, doc.state, screenId, new Map([[widget.id, seat.box]]), new Map([[widget.id, seat.turn]])),
    );
  doc.commit();
  return id;
}
