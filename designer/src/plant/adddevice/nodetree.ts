// The tree of a device as rows: what is open, what is ticked, and where the keys lead.
import type { BrowseNode, Problem } from "@lineside/client";
import type { Picked } from "./naming";

/** What is known of the nodes below one. */
export interface Level {
  nodes?: BrowseNode[];
  problem?: Problem;
}

/** One row: a node, or what is said instead of the nodes below one. */
export interface TreeRow {
  key: string;
  /** From 1. */
  depth: number;
  node?: BrowseNode;
  trail: string[];
  /** The place among its siblings, from 1, and how many there are. */
  index: number;
  size: number;
  parent?: string;
  open?: boolean;
  note?: "loading" | "empty" | "problem";
  problem?: Problem;
}

/** All levels by the id of the node above; "" is the root. */
export type Levels = ReadonlyMap<string, Level>;

/** The rows that are seen, in order. A node that lies below itself is not opened again. */
export function rowsOf(levels: Levels, open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (
    id: string,
    depth: number,
    trail: string[],
    above: ReadonlySet<string>,
    parent: string | undefined,
  ) => {
    const level = levels.get(id);
    const note = (kind: TreeRow["note"], problem?: Problem) =>
      rows.push({ key: `${parent ?? ""}\n!`, depth, trail, index: 1, size: 1, parent, note: kind, problem });
    if (level?.problem) return note("problem", level.problem);
    if (!level?.nodes) return note("loading");
    if (level.nodes.length === 0) return note("empty");
    level.nodes.forEach((node, i) => {
      const key = `${parent ?? ""}\n${node.id}`;
      const opened = !!node.hasChildren && open.has(key) && !above.has(node.id);
      rows.push({
        key,
        depth,
        node,
        trail,
        index: i + 1,
        size: level.nodes?.length ?? 0,
        parent,
        open: node.hasChildren ? opened : undefined,
      });
      if (opened) visit(node.id, depth + 1, [...trail, node.name], new Set([...above, node.id]), key);
    });
  };
  visit("", 1, [], new Set(), undefined);
  return rows;
}

/** A place in the device by names, for what lies below it. */
export const placeOf = (trail: readonly string[]) => trail.join("\u0000");

/** How many of the ticked nodes lie below each place. */
export function countsOf(picked: Iterable<Picked>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { trail } of picked)
    for (let n = 1; n <= trail.length; n++) {
      const place = placeOf(trail.slice(0, n));
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
  return counts;
}

/** The row that a key leads to from the active one, or what it does. */
export function keyOf(
  rows: readonly TreeRow[],
  active: number,
  key: string,
  page: number,
): { to: number } | { open: boolean } | undefined {
  const row = rows[active];
  const last = rows.length - 1;
  switch (key) {
    case "ArrowDown":
      return { to: Math.min(active + 1, last) };
    case "ArrowUp":
      return { to: Math.max(active - 1, 0) };
    case "PageDown":
      return { to: Math.min(active + page, last) };
    case "PageUp":
      return { to: Math.max(active - page, 0) };
    case "Home":
      return { to: 0 };
    case "End":
      return { to: last };
    case "ArrowRight":
      if (row?.open === false) return { open: true };
      return row?.open ? { to: Math.min(active + 1, last) } : undefined;
    case "ArrowLeft": {
      if (row?.open) return { open: false };
      const up = rows.findIndex((r) => r.key === row?.parent);
      return up >= 0 ? { to: up } : undefined;
    }
  }
}
