// Pages of 12 columns: the cells of widgets at each breakpoint, and changing them. Every function that changes is one step of undo.
import type { Cell, Widget } from "@lineside/client";
import type { Draft } from "immer";
import {
  type Breakpoint,
  boxOf,
  breakpoints,
  cellOf,
  cellsAt,
  columns,
  fitted,
  inReadingOrder,
  overlap,
  rowGap,
} from "../../../runtime/player/page";
import type { Document } from "./document";
import { type Box, parentOf, structureOf, writeBoxes } from "./layout";
import type { AppState, ScreenRecord } from "./state";

export type { Breakpoint };
export { breakpoints, columns };

/** Whether widgets of a screen lie in columns. */
export const isPage = (screen: ScreenRecord | undefined): boolean => screen?.screen.layout === "page";

/** Whether a widget of a page has a cell: it lies on the page itself and not in another widget. */
export function isPlaced(screen: ScreenRecord, id: string): boolean {
  const w = screen.widgets[id];
  return isPage(screen) && !!w && parentOf(screen, w) === "";
}

function roots(screen: ScreenRecord): Widget[] {
  return (structureOf(screen).children.get("") ?? []).map((id) => screen.widgets[id] as Widget);
}

/** The cells of all widgets that have one, at a breakpoint. */
export function pageCells(screen: ScreenRecord, at: Breakpoint): Map<string, Cell> {
  return cellsAt(roots(screen), at, screen.screen.width);
}

/** Whether a page is laid out by hand at a breakpoint, and not as on a large one. */
export function hasOwnCells(screen: ScreenRecord, at: Breakpoint): boolean {
  return at === "large" || roots(screen).some((w) => w.cells?.[at]);
}

const same = (a: Cell | undefined, b: Cell): boolean =>
  !!a &&
  a.column === b.column &&
  a.span === b.span &&
  a.row === b.row &&
  a.rows === b.rows &&
  !!a.hidden === !!b.hidden;

/** Puts some cells where they are wanted and pushes down what is in their way, and what is in the way of that. */
export function pushed(cells: ReadonlyMap<string, Cell>, wanted: ReadonlyMap<string, Cell>): Map<string, Cell> {
  const out = new Map(cells);
  const taken: Cell[] = [];
  for (const [id, cell] of wanted) {
    const c = fitted(cell);
    out.set(id, c);
    if (!c.hidden) taken.push(c);
  }
  const rest = [...cells].filter(([id, c]) => !wanted.has(id) && !c.hidden);
  rest.sort(([, a], [, b]) => a.row - b.row || a.column - b.column);
  for (const [id, cell] of rest) {
    const free = below(cell, taken);
    if (free === cell) continue;
    out.set(id, free);
    taken.push(free);
  }
  return out;
}

/** The cell itself, or the first one below it that none of the others is in. */
function below(cell: Cell, others: readonly Cell[]): Cell {
  let at = cell;
  for (let hit = others.find((o) => overlap(at, o)); hit; hit = others.find((o) => overlap(at, o)))
    at = { ...at, row: hit.row + hit.rows };
  return at;
}

/** Moves every cell up as far as it goes, `rowGap` rows below what is above it; none changes its columns. */
export function packed(cells: ReadonlyMap<string, Cell>): Map<string, Cell> {
  const out = new Map(cells);
  const list = [...cells].filter(([, c]) => !c.hidden).sort(([, a], [, b]) => a.row - b.row || a.column - b.column);
  const placed: Cell[] = [];
  for (const [id, cell] of list) {
    let row = 0;
    for (const p of placed)
      if (p.column < cell.column + cell.span && cell.column < p.column + p.span)
        row = Math.max(row, p.row + p.rows + rowGap);
    // What touches its neighbour above was meant to.
    const touching = list.some(
      ([, o]) => o.row + o.rows === cell.row && o.column < cell.column + cell.span && cell.column < o.column + o.span,
    );
    if (touching && row >= rowGap) row -= rowGap;
    const next = { ...cell, row: Math.min(cell.row, row) };
    const free = below(next, placed);
    out.set(id, free);
    placed.push(free);
  }
  return out;
}

/** Writes the cells of a breakpoint. On a large page the boxes go with them, so that the screen is the same without columns. */
function write(
  draft: Draft<AppState>,
  state: AppState,
  id: string,
  at: Breakpoint,
  cells: ReadonlyMap<string, Cell>,
): void {
  const screen = state.screens[id];
  const target = draft.screens[id];
  if (!screen || !target) return;
  const boxes = new Map<string, Box>();
  for (const [w, cell] of cells) {
    const old = screen.widgets[w];
    const draftWidget = target.widgets[w];
    if (!old || !draftWidget || same(old.cells?.[at], cell)) continue;
    draftWidget.cells = { ...old.cells, [at]: cell };
    if (at === "large" && !cell.hidden) {
      const box = boxOf(cell, screen.screen.width, "large");
      if (!same(cellOf(old, screen.screen.width, "large"), { ...cell, hidden: false })) boxes.set(w, box);
    }
  }
  if (boxes.size > 0) writeBoxes(draft, state, id, boxes);
}

/**
 * Puts widgets into cells of a breakpoint and pushes down what is in the way. A medium or small
 * page that had no places of its own takes those it has now for all its widgets.
 */
export function setCells(
  doc: Document,
  screenId: string,
  at: Breakpoint,
  wanted: ReadonlyMap<string, Cell>,
  label = "page:step.place",
  merge?: string,
): void {
  const screen = doc.state.screens[screenId];
  if (!screen || !isPage(screen)) return;
  const now = pageCells(screen, at);
  const known = new Map([...wanted].filter(([id]) => now.has(id)));
  const next = pushed(now, known);
  const changed = new Map([...next].filter(([id, c]) => !same(now.get(id), c)));
  if (changed.size === 0) return;
  doc.change(label, (d) => write(d, doc.state, screenId, at, at === "large" ? changed : next), { merge });
}

/** Closes the gaps between the widgets of a breakpoint. */
export function packPage(doc: Document, screenId: string, at: Breakpoint): void {
  const screen = doc.state.screens[screenId];
  if (!screen || !isPage(screen)) return;
  const now = pageCells(screen, at);
  const next = packed(now);
  if ([...next].every(([id, c]) => same(now.get(id), c))) return;
  doc.change("page:step.pack", (d) => write(d, doc.state, screenId, at, next));
}

/** Takes the places of a breakpoint away from widgets, or from all: they lie again as on a large page. */
export function resetCells(doc: Document, screenId: string, at: "medium" | "small", ids?: Iterable<string>): void {
  const screen = doc.state.screens[screenId];
  if (!screen) return;
  const list = ids ? [...ids] : screen.order;
  doc.change("page:step.reset", (d) => {
    for (const id of list) {
      const w = d.screens[screenId]?.widgets[id];
      if (!w?.cells?.[at]) continue;
      delete w.cells[at];
      if (Object.keys(w.cells).length === 0) delete w.cells;
    }
  });
}

/** Hides widgets at a breakpoint, or shows them there again; what is shown pushes down what is in its place. */
export function hideAt(doc: Document, screenId: string, at: Breakpoint, ids: Iterable<string>, hidden: boolean): void {
  const screen = doc.state.screens[screenId];
  if (!screen || !isPage(screen)) return;
  const now = pageCells(screen, at);
  const wanted = new Map<string, Cell>();
  for (const id of ids) {
    const cell = now.get(id);
    if (!cell || !!cell.hidden === hidden) continue;
    const { hidden: _was, ...rest } = cell;
    wanted.set(id, hidden ? { ...rest, hidden: true } : rest);
  }
  setCells(doc, screenId, at, wanted, hidden ? "page:step.hide" : "page:step.show");
}

/** Makes a page of a canvas: every widget in the cell nearest to its place, none upon another. All else stays. */
export function toPage(doc: Document, screenId: string): void {
  const screen = doc.state.screens[screenId];
  if (!screen || isPage(screen)) return;
  const { width } = screen.screen;
  const cells = new Map<string, Cell>();
  const wish = roots(screen).map((w) => ({ id: w.id, cell: cellOf(w, width, "large") }));
  const taken: Cell[] = [];
  for (const { id, cell } of inReadingOrder(wish)) {
    const free = below(cell, taken);
    taken.push(free);
    cells.set(id, free);
  }
  doc.change("page:step.toPage", (d) => {
    const s = d.screens[screenId];
    if (!s) return;
    s.screen.layout = "page";
    write(d, doc.state, screenId, "large", cells);
  });
}

/** Makes a canvas of a page: every widget where it lies on a large page. The cells stay for the way back. */
export function toCanvas(doc: Document, screenId: string): void {
  if (!isPage(doc.state.screens[screenId])) return;
  doc.change("page:step.toCanvas", (d) => {
    delete d.screens[screenId]?.screen.layout;
  });
}

/** After boxes of a page were changed: the cells of a large page go with them. Called within a change. */
export function reseat(target: Draft<ScreenRecord> | undefined): void {
  if (target?.screen.layout !== "page") return;
  const { width } = target.screen;
  for (const id of target.order) {
    const w = target.widgets[id];
    const large = w?.cells?.large;
    if (!w || !large || large.hidden || (w.parent && target.widgets[w.parent])) continue;
    const cell = cellOf(w, width, "large");
    if (!same({ ...large }, cell)) w.cells = { ...w.cells, large: cell };
  }
}

/**
 * Gives widgets that have come onto a page their cells, and takes them from those that went into
 * another widget. `fresh` are new: they come to lie where nothing else does. Called within a change.
 */
export function settle(target: Draft<ScreenRecord> | undefined, fresh: Iterable<string> = []): void {
  if (target?.screen.layout !== "page") return;
  const { width } = target.screen;
  const isRoot = (w: Draft<Widget>) => !w.parent || !target.widgets[w.parent];
  const list = target.order.flatMap((id) => target.widgets[id] ?? []);
  const seated = new Set(fresh);
  for (const w of list) {
    if (!isRoot(w)) delete w.cells;
    else if (seated.has(w.id)) delete w.cells;
  }
  const top = list.filter(isRoot);
  for (const at of breakpoints) {
    const missing = top.filter((w) => !w.cells?.[at]);
    // Without places of its own a breakpoint follows the large one.
    if (missing.length === 0 || (at !== "large" && missing.length === top.length)) continue;
    if (at !== "large" && !top.some((w) => w.cells?.[at] && !seated.has(w.id))) continue;
    const taken = top.flatMap((w) => {
      const c = w.cells?.[at];
      return c && !c.hidden ? [{ ...c }] : [];
    });
    for (const w of missing) {
      const large = w.cells?.large ? { ...w.cells.large } : cellOf(w, width, "large");
      const wish: Cell =
        at === "small"
          ? {
              column: 0,
              span: columns,
              row: taken.reduce((n, c) => Math.max(n, c.row + c.rows + rowGap), 0),
              rows: large.rows,
            }
          : large;
      const cell = at === "large" && !seated.has(w.id) ? wish : below(wish, taken);
      taken.push(cell);
      w.cells = { ...w.cells, [at]: cell };
      if (at !== "large" || cell === wish) continue;
      const box = boxOf(cell, width, "large");
      w.y = box.y;
    }
  }
}
