// A widget for each of many tags, in lines and columns.
import type { Manifest, Widget } from "@lineside/client";
import { addWidgets, idSource } from "../document";
import { type DraggedTag, newWidget } from "./create";
import type { Stage } from "./gesture";

/** How the widgets are laid out and named. */
export interface GridOptions {
  columns: number;
  /** Between them, in pixels. */
  gap: number;
  /** Line by line, or column by column. */
  fill: "rows" | "columns";
  /** Where their names come from: the title of the tag, the last part of its path, or nowhere. */
  names: "title" | "path" | "none";
}

/** What will be made: boxes relative to the top left of the whole. */
export interface TagGrid {
  columns: number;
  rows: number;
  w: number;
  h: number;
  widgets: { tag: DraggedTag; name: string; x: number; y: number; w: number; h: number }[];
}

/** Lays a widget out for each tag. */
export function tagGrid(manifest: Manifest, tags: readonly DraggedTag[], o: GridOptions): TagGrid {
  const { width, height } = manifest.size;
  const wanted = Math.max(1, Math.min(o.columns, tags.length));
  const rows = Math.ceil(tags.length / wanted);
  // Filled column by column, the last columns may stay empty.
  const columns = o.fill === "columns" ? Math.ceil(tags.length / rows) : wanted;
  const widgets = tags.map((tag, i) => {
    const [column, row] = o.fill === "rows" ? [i % columns, Math.floor(i / columns)] : [Math.floor(i / rows), i % rows];
    const last = tag.path.slice(tag.path.lastIndexOf("/") + 1);
    const name = o.names === "title" ? (tag.title ?? "") : o.names === "path" ? last : "";
    return { tag, name, x: column * (width + o.gap), y: row * (height + o.gap), w: width, h: height };
  });
  return {
    columns,
    rows,
    w: columns * (width + o.gap) - o.gap,
    h: rows * (height + o.gap) - o.gap,
    widgets,
  };
}

/** Makes the widgets with their middle at a place, within the screen if they fit, as one step, and selects them. */
export function addTagGrid(
  stage: Stage,
  manifest: Manifest,
  tags: readonly DraggedTag[],
  at: { x: number; y: number },
  options: GridOptions,
): void {
  const grid = tagGrid(manifest, tags, options);
  const { screen } = stage.record();
  const fresh = idSource(stage.record());
  const keep = (middle: number, size: number, all: number) =>
    Math.round(Math.max(0, Math.min(middle - size / 2, all - size)));
  const left = keep(at.x, grid.w, screen.width);
  const top = keep(at.y, grid.h, screen.height);
  const widgets = grid.widgets.map(({ tag, name, x, y }): Widget => {
    const w = newWidget(manifest, fresh(manifest.id), left + x, top + y, {
      [manifest.drop as string]: { tag: tag.path },
    });
    return name ? { ...w, name } : w;
  });
  addWidgets(stage.doc, stage.screenId(), widgets, "bind:step.drop");
  stage.select(
    widgets.map((w) => w.id),
    "",
  );
  stage.doc.settle();
  stage.say("design:say.selected", { count: widgets.length });
}
