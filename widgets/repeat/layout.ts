/** How the cells of a repetition lie: in pixels of the window, from the top left. */
export interface Cells {
  columns: number;
  width: number;
  height: number;
  /** The room that one cell and the gap behind it take. */
  stepX: number;
  stepY: number;
  /** The room that all take. */
  total: { width: number; height: number };
}

/** Lays so many cells out. A grid has as many columns as there is room for, one at least. */
export function cells(
  layout: string,
  count: number,
  room: { width: number; height: number },
  cell: { width: number; height: number; gap: number },
): Cells {
  const { width, height, gap } = cell;
  const stepX = width + gap;
  const stepY = height + gap;
  const columns =
    layout === "row"
      ? Math.max(1, count)
      : layout === "column"
        ? 1
        : Math.max(1, Math.floor((room.width + gap) / Math.max(1, stepX)));
  const rows = Math.ceil(count / columns);
  return {
    columns,
    width,
    height,
    stepX,
    stepY,
    total: {
      width: Math.max(0, Math.min(columns, count) * stepX - gap),
      height: Math.max(0, rows * stepY - gap),
    },
  };
}

/** The places of the cells that are seen, and of one row or column more on each side, so that the keyboard gets on. */
export function visible(
  c: Cells,
  count: number,
  seen: { left: number; top: number; width: number; height: number },
): { first: number; last: number } {
  if (count === 0) return { first: 0, last: -1 };
  if (c.columns >= count) {
    const first = Math.floor(seen.left / c.stepX) - 1;
    const last = Math.floor((seen.left + seen.width) / c.stepX) + 1;
    return { first: Math.max(0, Math.min(first, count - 1)), last: Math.max(0, Math.min(count - 1, last)) };
  }
  const top = Math.floor(seen.top / c.stepY) - 1;
  const bottom = Math.floor((seen.top + seen.height) / c.stepY) + 1;
  const rows = Math.ceil(count / c.columns);
  const first = Math.max(0, Math.min(top, rows - 1)) * c.columns;
  const last = Math.min(count - 1, (Math.max(0, Math.min(bottom, rows - 1)) + 1) * c.columns - 1);
  return { first, last };
}
