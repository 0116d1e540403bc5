// The responsive page: where widgets lie for a width of the browser. Pure functions that the player and the designer share.
import type { Cell, Screen, Widget } from "@lineside/client";

/** large from 1024 CSS pixels, medium from 600, small below. */
export type Breakpoint = "large" | "medium" | "small";

export const breakpoints: readonly Breakpoint[] = ["large", "medium", "small"];

/** Columns of a page. */
export const columns = 12;
/** Pixels of a row. */
export const rowStep = 8;
/** Pixels between columns. */
export const columnGap = 16;
/** Rows left free between widgets that are put below each other. */
export const rowGap = 2;

/** A rectangle of the page in CSS pixels. */
export interface PageBox {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** A screen laid out for a width. */
export interface Page {
  breakpoint: Breakpoint;
  width: number;
  height: number;
  /** All widgets in the order of the screen, with their places; those hidden at this width are hidden. */
  widgets: Widget[];
}

/** The breakpoint of a width in CSS pixels. */
export function breakpointOf(width: number): Breakpoint {
  return width >= 1024 ? "large" : width >= 600 ? "medium" : "small";
}

/** The margin around a page in pixels. */
export const marginOf = (breakpoint: Breakpoint): number => (breakpoint === "small" ? 8 : 16);

/** The width of one column, in pixels and their fractions. */
export function columnWidth(width: number, breakpoint: Breakpoint): number {
  return Math.max(1, (width - 2 * marginOf(breakpoint) - (columns - 1) * columnGap) / columns);
}

/** Where a cell lies, its edges on whole pixels. */
export function boxOf(cell: Cell, width: number, breakpoint: Breakpoint): PageBox {
  const margin = marginOf(breakpoint);
  const each = columnWidth(width, breakpoint) + columnGap;
  const x = Math.round(margin + cell.column * each);
  const right = Math.round(margin + (cell.column + cell.span) * each - columnGap);
  return { x, y: margin + cell.row * rowStep, w: Math.max(1, right - x), h: cell.rows * rowStep };
}

/** The cell nearest to a box. */
export function cellOf(box: PageBox, width: number, breakpoint: Breakpoint): Cell {
  const margin = marginOf(breakpoint);
  const each = columnWidth(width, breakpoint) + columnGap;
  const column = within(Math.round((box.x - margin) / each), 0, columns - 1);
  return {
    column,
    span: within(Math.round((box.w + columnGap) / each), 1, columns - column),
    row: Math.max(0, Math.round((box.y - margin) / rowStep)),
    rows: Math.max(1, Math.round(box.h / rowStep)),
  };
}

const within = (n: number, low: number, high: number): number => Math.max(low, Math.min(high, n));

/** Whether two cells share a place. */
export function overlap(a: Cell, b: Cell): boolean {
  return (
    a.column < b.column + b.span && b.column < a.column + a.span && a.row < b.row + b.rows && b.row < a.row + a.rows
  );
}

/** A cell made to fit the columns. */
export function fitted(cell: Cell): Cell {
  const whole = (n: number, least: number) => Math.max(least, Math.round(Number.isFinite(n) ? n : least));
  const column = Math.min(columns - 1, whole(cell.column, 0));
  const out: Cell = {
    column,
    span: Math.min(columns - column, whole(cell.span, 1)),
    row: whole(cell.row, 0),
    rows: whole(cell.rows, 1),
  };
  if (cell.hidden) out.hidden = true;
  return out;
}

/** What a widget of a page needs to have. */
type Placed = Pick<Widget, "id" | "x" | "y" | "w" | "h" | "cells">;

/**
 * The cell of each widget at a breakpoint. One without a cell there lies on a large page where its
 * box says (`width` is what the screen was drawn in), on a medium page as on a large one, and on a
 * small one over the full width, below those that have a cell, in reading order.
 */
export function cellsAt(widgets: readonly Placed[], breakpoint: Breakpoint, width: number): Map<string, Cell> {
  const large = (w: Placed) => fitted(w.cells?.large ?? cellOf(w, width, "large"));
  const out = new Map<string, Cell>();
  if (breakpoint !== "small") {
    for (const w of widgets) {
      const own = breakpoint === "medium" ? w.cells?.medium : undefined;
      out.set(w.id, own ? fitted(own) : large(w));
    }
    return out;
  }
  let row = 0;
  const open: { id: string; cell: Cell }[] = [];
  for (const w of widgets) {
    const own = w.cells?.small;
    // Set at once, so that the order of the map is that of the widgets.
    const cell = own ? fitted(own) : large(w);
    out.set(w.id, cell);
    if (!own) open.push({ id: w.id, cell });
    else if (!cell.hidden) row = Math.max(row, cell.row + cell.rows + rowGap);
  }
  for (const { id, cell } of inReadingOrder(open)) {
    out.set(id, { column: 0, span: columns, row, rows: cell.rows });
    row += cell.rows + rowGap;
  }
  return out;
}

/** By lines from the top, each from the left. What begins a few rows lower than its neighbour is in the same line. */
export function inReadingOrder<T extends { cell: Cell }>(list: readonly T[]): T[] {
  const sorted = list.toSorted((a, b) => a.cell.row - b.cell.row || a.cell.column - b.cell.column);
  const out: T[] = [];
  for (let i = 0; i < sorted.length; ) {
    const { cell } = sorted[i] as T;
    const end = cell.row + Math.min(4, cell.rows / 2);
    let next = i + 1;
    while (next < sorted.length && (sorted[next] as T).cell.row < end) next++;
    out.push(...sorted.slice(i, next).sort((a, b) => a.cell.column - b.cell.column || a.cell.row - b.cell.row));
    i = next;
  }
  return out;
}

/** The widget type whose contents grow with it in both directions. */
const groupType = "group";

/**
 * Lays a page out for a width. What lies in a container keeps its place in it; where the container
 * is narrower or wider than it was drawn, places and widths follow, so that nothing is cut off.
 */
export function layout(screen: Pick<Screen, "width" | "widgets">, width: number): Page {
  const breakpoint = breakpointOf(width);
  const byId = new Map(screen.widgets.map((w) => [w.id, w]));
  const roots = screen.widgets.filter((w) => !w.parent || !byId.has(w.parent));
  const cells = cellsAt(roots, breakpoint, screen.width);
  let bottom = 0;
  /** How much the contents of a widget are stretched. */
  const stretch = new Map<string, { x: number; y: number }>();
  const factor = (w: Widget, depth: number): { x: number; y: number } => {
    const known = stretch.get(w.id);
    if (known) return known;
    const cell = cells.get(w.id);
    const parent = w.parent ? byId.get(w.parent) : undefined;
    let f = { x: 1, y: 1 };
    if (cell) {
      const box = boxOf(cell, width, breakpoint);
      f = { x: w.w > 0 ? box.w / w.w : 1, y: w.type === groupType && w.h > 0 ? box.h / w.h : 1 };
    } else if (parent && depth < 32) {
      const outer = factor(parent, depth + 1);
      f = { x: outer.x, y: w.type === groupType ? outer.y : 1 };
    }
    stretch.set(w.id, f);
    return f;
  };
  const widgets = screen.widgets.map((w): Widget => {
    const cell = cells.get(w.id);
    if (cell) {
      if (!cell.hidden && !w.hidden) bottom = Math.max(bottom, cell.row + cell.rows);
      const placed: Widget = { ...w, ...boxOf(cell, width, breakpoint) };
      if (cell.hidden) placed.hidden = true;
      return placed;
    }
    const parent = byId.get(w.parent ?? "");
    if (!parent) return w;
    const f = factor(parent, 0);
    if (f.x === 1 && f.y === 1) return w;
    return { ...w, x: round(w.x * f.x), y: round(w.y * f.y), w: round(w.w * f.x), h: round(w.h * f.y) };
  });
  return { breakpoint, width, height: bottom * rowStep + 2 * marginOf(breakpoint), widgets };
}

const round = (n: number) => Math.round(n * 100) / 100;
