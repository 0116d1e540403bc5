// The screen as the board shows it: a page laid out for a breakpoint, and of tabs only the open pane.
import type { Manifest, Widget } from "@lineside/client";
import { boxOf, columnGap, columns, columnWidth, layout, marginOf } from "../../../../runtime/player/page";
import { type Box, type Breakpoint, isPage, parentOf, type ScreenRecord, structureOf, toScreen } from "../../document";

/** How wide and at least how high the board shows a page; a large one as it was drawn. */
const frames: Record<"medium" | "small", { width: number; height: number }> = {
  medium: { width: 820, height: 1180 },
  small: { width: 390, height: 844 },
};

/** The width that a page is shown at. */
export function pageWidth(screen: ScreenRecord, at: Breakpoint): number {
  return at === "large" ? Math.max(1024, screen.screen.width) : frames[at].width;
}

/** The columns of a page, as they are drawn behind it. */
export function columnBoxes(screen: ScreenRecord, at: Breakpoint, height: number): Box[] {
  const width = pageWidth(screen, at);
  return Array.from({ length: columns }, (_, column) => ({
    ...boxOf({ column, span: 1, row: 0, rows: 1 }, width, at),
    y: 0,
    h: height,
  }));
}

/** Pixels from one column to the next. */
export const columnStep = (screen: ScreenRecord, at: Breakpoint): number =>
  columnWidth(pageWidth(screen, at), at) + columnGap;

export { marginOf };

const closed = new WeakMap<ScreenRecord, ReadonlySet<string>>();
const nothing: ReadonlySet<string> = new Set();

/** The widgets of a shown screen that lie in panes that are not open. */
export const closedIn = (screen: ScreenRecord): ReadonlySet<string> => closed.get(screen) ?? nothing;

/** How many panes a widget has whose panes are a list; undefined for any other. */
export function paneCount(w: Widget, manifest: Manifest | undefined): number | undefined {
  if (!manifest?.panes) return undefined;
  const own = w.props?.[manifest.panes] ?? manifest.settings.find((f) => f.name === manifest.panes)?.default;
  return Array.isArray(own) ? Math.max(1, own.length) : 1;
}

/** What a shown screen is made of. */
export interface Showing {
  at: Breakpoint;
  manifest(type: string): Manifest | undefined;
  /** The open pane of a widget. */
  open(id: string): number;
  /** All open panes: the same object as long as none is changed. */
  readonly opened: object;
}

/** Makes the shown screen of a screen, and the same again as long as nothing changes. */
export class Shown {
  #last: { raw: ScreenRecord; at: Breakpoint; opened: object; panes: string; shown: ScreenRecord } | undefined;
  readonly #placed = new WeakMap<Widget, Widget>();
  readonly #counts = new WeakMap<ScreenRecord, ReadonlyMap<string, number>>();

  of(raw: ScreenRecord, showing: Showing): ScreenRecord {
    const { at, opened } = showing;
    const last = this.#last;
    if (last && last.raw === raw && last.at === at && last.opened === opened) return last.shown;
    const counts = this.#count(raw, showing);
    if (!isPage(raw) && counts.size === 0) {
      this.#last = { raw, at, opened, panes: "", shown: raw };
      return raw;
    }
    const panes = [...counts].map(([id, n]) => Math.min(showing.open(id), n - 1));
    const key = panes.join();
    if (last && last.raw === raw && last.at === at && last.panes === key) {
      last.opened = opened;
      return last.shown;
    }
    const shown = isPage(raw) ? this.#page(raw, at, last?.shown) : { ...raw };
    const hidden = new Set<string>();
    const openOf = new Map([...counts.keys()].map((id, i) => [id, panes[i] as number]));
    for (const id of structureOf(raw).drawn) {
      const w = raw.widgets[id] as Widget;
      const parent = parentOf(raw, w);
      const count = counts.get(parent);
      const other = count !== undefined && Math.min(w.pane ?? 0, count - 1) !== openOf.get(parent);
      if (other || hidden.has(parent)) hidden.add(id);
    }
    closed.set(shown, hidden);
    this.#last = { raw, at, opened, panes: key, shown };
    return shown;
  }

  /** How many panes the widgets have that have any; worked out once for a state of a screen, since it is asked for all the time. */
  #count(raw: ScreenRecord, showing: Showing): ReadonlyMap<string, number> {
    const known = this.#counts.get(raw);
    if (known) return known;
    const counts = new Map<string, number>();
    for (const id of raw.order) {
      const w = raw.widgets[id] as Widget;
      const n = paneCount(w, showing.manifest(w.type));
      if (n !== undefined) counts.set(id, n);
    }
    this.#counts.set(raw, counts);
    return counts;
  }

  #page(raw: ScreenRecord, at: Breakpoint, before: ScreenRecord | undefined): ScreenRecord {
    const width = pageWidth(raw, at);
    const page = layout(toScreen(raw), width);
    const least = at === "large" ? raw.screen.height : frames[at].height;
    const height = Math.max(least, page.height);
    const widgets: Record<string, Widget> = {};
    for (const w of page.widgets) {
      const source = raw.widgets[w.id] as Widget;
      const known = this.#placed.get(source);
      const same =
        known && known.x === w.x && known.y === w.y && known.w === w.w && known.h === w.h && known.hidden === w.hidden;
      widgets[w.id] = same ? known : w;
      if (!same) this.#placed.set(source, w);
    }
    const screen =
      before?.screen.id === raw.screen.id &&
      before.screen.width === width &&
      before.screen.height === height &&
      before.screen.ground === raw.screen.ground &&
      before.screen.name === raw.screen.name
        ? before.screen
        : { ...raw.screen, width, height };
    return { screen, order: raw.order, widgets };
  }
}

/** Absolute boxes as they are shown, as absolute boxes of the document. Those of the page itself are not changed. */
export function toDocument(
  shown: ScreenRecord,
  raw: ScreenRecord | undefined,
  boxes: ReadonlyMap<string, Box>,
): Map<string, Box> {
  if (!raw || raw === shown || !isPage(raw)) return new Map(boxes);
  const seen = structureOf(shown).boxes;
  const drawn = structureOf(raw).boxes;
  const out = new Map<string, Box>();
  for (const [id, b] of boxes) {
    const w = raw.widgets[id];
    const s = shown.widgets[id];
    const parent = w ? parentOf(raw, w) : "";
    const from = seen.get(parent);
    const to = drawn.get(parent);
    if (!w || !s || !from || !to) {
      out.set(id, b);
      continue;
    }
    const fx = w.w > 0 ? s.w / w.w : 1;
    const fy = w.h > 0 ? s.h / w.h : 1;
    out.set(id, { x: to.x + (b.x - from.x) / fx, y: to.y + (b.y - from.y) / fy, w: b.w / fx, h: b.h / fy });
  }
  return out;
}
