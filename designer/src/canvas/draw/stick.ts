// Where a point that is drawn or dragged comes to lie: on a connection point, else where things snap, else where the pointer is.
import type { Joint } from "@lineside/client";
import { connectionAt, connections, flagged, isPlainGroup, type Spot, seenOn, structureOf } from "../../document";
import { type Point, reach, type Stage } from "../gesture";
import { neighbours } from "../move";
import { type Gap, type Guide, Snapper } from "../snap";

/** A place for a point. */
export interface Aim extends Spot {
  joint?: Joint;
  /** Along which axis a line leaves the connection point; undefined at a corner. */
  axis?: "x" | "y";
  guides: (Guide | Gap)[];
}

/** How near, in CSS pixels, a point comes to a connection point before it sticks. */
const sticky = 12;

/** The nearest connection point within reach of a place; `not` are widgets that are no target. */
export function stickAt(stage: Stage, x: number, y: number, not: ReadonlySet<string>): Aim | undefined {
  const screen = stage.record();
  const { extents, drawn } = structureOf(screen);
  const r = sticky / stage.zoom;
  let best: Aim | undefined;
  let least = r;
  for (let i = drawn.length - 1; i >= 0; i--) {
    const id = drawn[i] as string;
    const e = extents.get(id);
    if (!e || x < e.x - r || y < e.y - r || x > e.x + e.w + r || y > e.y + e.h + r || not.has(id)) continue;
    const w = screen.widgets[id];
    const seen = seenOn(screen, id);
    if (!w || !seen || isPlainGroup(w) || flagged(screen, id, "hidden")) continue;
    const m = stage.manifest(w.type);
    for (const p of connections(m, w.props)) {
      const at = connectionAt(seen, m, p.name, w.props);
      const d = at ? Math.hypot(at.x - x, at.y - y) : Number.POSITIVE_INFINITY;
      if (!at || d >= least) continue;
      least = d;
      best = {
        ...at,
        joint: { widget: id, point: p.name },
        axis: axisOf(p.x - 0.5, p.y - 0.5, seen.turn.angle),
        guides: [],
      };
    }
  }
  return best;
}

/** Which way out of a box leads from a place on its edge. */
function axisOf(dx: number, dy: number, rotate: number): "x" | "y" | undefined {
  const [ax, ay] = [Math.abs(dx), Math.abs(dy)];
  if (Math.abs(ax - ay) < 0.05) return undefined;
  const turned = Math.round(rotate / 90) % 2 !== 0;
  return ax > ay !== turned ? "x" : "y";
}

/** The connection points of the widgets near a place, for showing them. */
export function sticksNear(stage: Stage, x: number, y: number, not: ReadonlySet<string>): Spot[] {
  const screen = stage.record();
  const { extents } = structureOf(screen);
  const r = 24 / stage.zoom;
  const out: Spot[] = [];
  for (const [id, e] of extents) {
    if (x < e.x - r || y < e.y - r || x > e.x + e.w + r || y > e.y + e.h + r || not.has(id)) continue;
    const w = screen.widgets[id];
    const seen = seenOn(screen, id);
    if (!w || !seen || isPlainGroup(w) || flagged(screen, id, "hidden")) continue;
    const m = stage.manifest(w.type);
    for (const p of connections(m, w.props)) {
      const at = connectionAt(seen, m, p.name, w.props);
      if (at) out.push(at);
    }
    if (out.length > 64) break;
  }
  return out;
}

/** Finds places for points of one drawing or drag. */
export class Aimer {
  readonly #snapper: Snapper;

  constructor(
    private readonly stage: Stage,
    private readonly not: ReadonlySet<string> = new Set(),
  ) {
    const { width, height } = stage.record().screen;
    this.#snapper = new Snapper(neighbours(stage, [...not]), { x: 0, y: 0, w: width, h: height }, stage.rulings());
  }

  /** Where a point goes; with `sticks` it may stick to another widget. Ctrl leaves it where the pointer is. */
  at(p: Point, sticks: boolean): Aim {
    const { stage } = this;
    if (p.ctrl) return { x: Math.round(p.wx), y: Math.round(p.wy), guides: [] };
    const stuck = sticks ? stickAt(stage, p.wx, p.wy, this.not) : undefined;
    return stuck ?? this.snapped({ x: p.wx, y: p.wy });
  }

  /** Where a place snaps to. */
  snapped(at: Spot): Aim {
    const { stage } = this;
    const { snap, grid, gridSize } = stage.session.getState();
    const whole = { x: Math.round(at.x), y: Math.round(at.y), guides: [] };
    if (!snap) return whole;
    const s = this.#snapper.snap({ ...at, w: 0, h: 0 }, reach / stage.zoom, {
      edges: { x: "low", y: "low" },
      grid: grid ? gridSize : undefined,
    });
    return { x: round(at.x + s.dx), y: round(at.y + s.dy), guides: s.guides };
  }
}

const round = (n: number): number => Math.round(n * 100) / 100;

/** A place moved onto the nearest of the eight directions from another. */
export function stepped(from: Spot, to: Spot): Spot {
  const angle = Math.round(Math.atan2(to.y - from.y, to.x - from.x) / (Math.PI / 4)) * (Math.PI / 4);
  const length = (to.x - from.x) * Math.cos(angle) + (to.y - from.y) * Math.sin(angle);
  return { x: Math.round(from.x + length * Math.cos(angle)), y: Math.round(from.y + length * Math.sin(angle)) };
}

/** The corners between two places for lines that are level or upright only; an axis says how a line leaves its end. */
export function elbows(a: Spot, b: Spot, leaves: "x" | "y" | undefined, enters: "x" | "y" | undefined): number[] {
  const dx = Math.abs(a.x - b.x);
  const dy = Math.abs(a.y - b.y);
  if (dx < 0.01 || dy < 0.01) return [];
  if (leaves && leaves === enters)
    return leaves === "x"
      ? [Math.round((a.x + b.x) / 2), a.y, Math.round((a.x + b.x) / 2), b.y]
      : [a.x, Math.round((a.y + b.y) / 2), b.x, Math.round((a.y + b.y) / 2)];
  const first = leaves ?? (enters ? (enters === "x" ? "y" : "x") : dx >= dy ? "x" : "y");
  return first === "x" ? [b.x, a.y] : [a.x, b.y];
}
