// Dragging from a panel onto the canvas: a widget of the palette, or tags of the tag browser.
import type { Manifest, Preset, Widget } from "@lineside/client";
import {
  ancestors,
  type Box,
  extentOf,
  idSource,
  placed,
  placeIn,
  type Seat,
  setProps,
  structureOf,
  union,
} from "../document";
import { type DraggedTag, fits, newSize, newWidget } from "./create";
import { gridSize, type Point, reach, type Stage } from "./gesture";
import { addInLine, seatNear } from "./inline";
import { ghost, neighbours } from "./move";
import { paneBelow, put } from "./page/adding";
import { Snapper } from "./snap";
import { Spatial } from "./spatial";

/** What is dragged. */
export type Load =
  | { kind: "widget"; manifest: Manifest; preset?: Preset; done?: () => void }
  | { kind: "tags"; tags: readonly DraggedTag[] };

/** One drag from a panel. The board feeds it; it may leave the canvas and come back. */
export class Drop {
  #snapper: Snapper | undefined;
  #at: { x: number; y: number } | undefined;
  #target: { id: string; manifest: Manifest } | undefined;
  #seat: Seat | undefined;

  constructor(
    private readonly stage: Stage,
    readonly load: Load,
    private readonly text: (manifest: Manifest, widget: Widget) => string,
    private readonly offer: (tags: readonly DraggedTag[], at: { x: number; y: number }) => void,
  ) {}

  over(p: Point): void {
    if (this.load.kind === "widget") this.#overWidget(p, this.load.manifest, this.load.preset);
    else this.#overTags(p, this.load.tags);
  }

  leave(): void {
    this.#at = undefined;
    this.#target = undefined;
    this.#seat = undefined;
    this.stage.preview(undefined);
    this.stage.mark({ guides: [], target: undefined, badge: undefined });
  }

  /** Lets go. Answers whether anything came of it. */
  drop(p: Point): boolean {
    this.over(p);
    const { stage, load } = this;
    const at = this.#at;
    const target = this.#target;
    const seat = this.#seat;
    this.leave();
    if (load.kind === "widget") {
      if (seat) addInLine(stage, load.manifest, load.preset as Preset, seat);
      else if (at) addWidget(stage, load.manifest, at.x, at.y, undefined, load.preset);
      if (at) load.done?.();
      return !!at;
    }
    const tag = load.tags[0];
    if (target && tag) {
      setProps(stage.doc, stage.screenId(), [target.id], { [target.manifest.drop as string]: { tag: tag.path } });
      stage.select([target.id], parentScope(stage, target.id));
      stage.say("design:say.bound", { tag: tag.path });
      return true;
    }
    this.offer(load.tags, { x: p.wx, y: p.wy });
    return true;
  }

  #overWidget(p: Point, manifest: Manifest, preset: Preset | undefined): void {
    const { stage } = this;
    const { width, height } = newSize(manifest, preset);
    this.#seat = p.ctrl ? undefined : seatNear(stage, preset, { w: width, h: height }, { x: p.wx, y: p.wy });
    if (this.#seat) {
      const { box, turn } = this.#seat;
      const widget = newWidget(manifest, `${ghost}new`, 0, 0, undefined, preset);
      this.#at = box;
      stage.preview(new Map([[widget.id, placed(widget, placeIn(box, turn, undefined))]]));
      stage.mark({ guides: [], target: { box: extentOf(box, turn.angle), text: "" }, badge: undefined });
      return;
    }
    const screen = stage.record();
    const page = { x: 0, y: 0, w: screen.screen.width, h: screen.screen.height };
    this.#snapper ??= new Snapper(neighbours(stage, []), page, stage.rulings());
    const box: Box = { x: p.wx - width / 2, y: p.wy - height / 2, w: width, h: height };
    const { snap, grid, gridSize } = stage.session.getState();
    const s =
      snap && !p.ctrl
        ? this.#snapper.snap(box, reach / stage.zoom, { grid: grid ? gridSize : undefined })
        : { dx: 0, dy: 0, guides: [] };
    const at = onPage(stage, { ...box, x: Math.round(box.x + s.dx), y: Math.round(box.y + s.dy) });
    this.#at = at;
    stage.preview(new Map([[`${ghost}new`, newWidget(manifest, `${ghost}new`, at.x, at.y, undefined, preset)]]));
    const pane = paneBelow(stage, [{ ...box, ...at }])?.box;
    const target = pane && { box: pane, text: "" };
    stage.mark({ guides: s.guides, target, badge: { box: { ...box, ...at }, text: `${at.x}, ${at.y}` } });
  }

  #overTags(p: Point, tags: readonly DraggedTag[]): void {
    const { stage } = this;
    const screen = stage.record();
    const tag = tags[0];
    this.#target = undefined;
    if (tags.length === 1 && tag)
      for (const id of Spatial.of(screen).at(p.wx, p.wy, 2)) {
        const manifest = stage.manifest(screen.widgets[id]?.type ?? "");
        if (!manifest || !fits(manifest, tag.type)) continue;
        this.#target = { id, manifest };
        break;
      }
    const found = this.#target;
    stage.mark({
      target: found && {
        box: structureOf(screen).boxes.get(found.id) as Box,
        text: this.text(found.manifest, screen.widgets[found.id] as Widget),
      },
    });
  }
}

function parentScope(stage: Stage, id: string): string {
  return ancestors(stage.record(), id)[0] ?? "";
}

/** Puts a new widget at a place and selects it. */
export function addWidget(
  stage: Stage,
  manifest: Manifest,
  x: number,
  y: number,
  props?: Widget["props"],
  preset?: Preset,
): string {
  const id = idSource(stage.record())(preset?.id ?? manifest.id);
  const widget = newWidget(manifest, id, x, y, props, preset);
  stage.select([widget.id], put(stage, [widget], intoScope(stage, [widget])));
  stage.doc.settle();
  stage.say("design:say.added", { name: widget.id });
  return widget.id;
}

/** Puts one widget for each tag, in columns of up to eight, and selects them. */
export function addForTags(stage: Stage, manifest: Manifest, tags: readonly DraggedTag[], x: number, y: number): void {
  const fresh = idSource(stage.record());
  const { width, height } = manifest.size;
  const left = Math.round((x - width / 2) / gridSize) * gridSize;
  const top = Math.round((y - height / 2) / gridSize) * gridSize;
  const { rows, w, h } = blockOf(stage, manifest, tags.length);
  const start = onPage(stage, { x: left, y: top, w, h });
  const widgets = tags.map((tag, i) => {
    const column = Math.floor(i / rows);
    const w = newWidget(
      manifest,
      fresh(manifest.id),
      start.x + column * (width + 2 * gridSize),
      start.y + (i % rows) * (height + gridSize),
      { [manifest.drop as string]: { tag: tag.path } },
    );
    return tag.title ? { ...w, name: tag.title } : w;
  });
  stage.select(
    widgets.map((w) => w.id),
    put(stage, widgets, intoScope(stage, widgets)),
  );
  stage.doc.settle();
  stage.say("design:say.selected", { count: widgets.length });
}

/** The room that so many widgets of a type take: as many below each other as the screen has room for, eight at most. */
export function blockOf(stage: Stage, manifest: Manifest, count: number): { rows: number; w: number; h: number } {
  const { width, height } = manifest.size;
  const room = Math.floor((stage.record().screen.height + gridSize) / (height + gridSize));
  const rows = Math.max(1, Math.min(8, room, count));
  const columns = Math.ceil(count / rows);
  return {
    rows,
    w: columns * (width + 2 * gridSize) - 2 * gridSize,
    h: rows * (height + gridSize) - gridSize,
  };
}

/** Where a new box comes to lie: within the page, unless it was dropped wholly beside it or does not fit. */
function onPage(stage: Stage, box: Box): { x: number; y: number } {
  const { width, height } = stage.record().screen;
  const beside = box.x >= width || box.y >= height || box.x + box.w <= 0 || box.y + box.h <= 0;
  const keep = (at: number, size: number, page: number) => (size > page ? at : Math.max(0, Math.min(at, page - size)));
  return beside ? { x: box.x, y: box.y } : { x: keep(box.x, box.w, width), y: keep(box.y, box.h, height) };
}

/** New widgets that lie within the group that was entered belong to it; others to the screen. */
export function intoScope(stage: Stage, widgets: Widget[]): [Widget[], string] {
  const { scope } = stage.session.getState();
  const group = scope ? structureOf(stage.record()).boxes.get(scope) : undefined;
  const around = union(widgets);
  const inside =
    group &&
    around &&
    around.x >= group.x &&
    around.y >= group.y &&
    around.x + around.w <= group.x + group.w &&
    around.y + around.h <= group.y + group.h;
  if (!inside) return [widgets, ""];
  return [widgets.map((w) => ({ ...w, parent: scope, x: w.x - group.x, y: w.y - group.y })), scope];
}
