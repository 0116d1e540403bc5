// Drawings of the app: compiled pictures whose parts can be named and bound. Every function is one step of undo.
import type { Drawing, Part, Widget } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import { idSource } from "./edit";
import { type AppState, freshId } from "./state";

/** The type of widget that shows a drawing. */
export const drawingType = "drawing";

/** The drawings of the app by id. */
export function drawingsOf(list: readonly Drawing[] | undefined): Readonly<Record<string, Drawing>> {
  return Object.fromEntries((list ?? []).map((d) => [d.id, d]));
}

/**
 * Puts a drawing on a screen, with a widget that shows it at its size but no larger than `room`, its middle at a place.
 * A drawing that the app has already is not kept twice. Answers the id of the widget.
 */
export function addDrawing(
  doc: Document,
  screenId: string,
  drawing: Omit<Drawing, "id">,
  at: { x: number; y: number },
  room: { w: number; h: number },
): string | undefined {
  const screen = doc.state.screens[screenId];
  if (!screen) return undefined;
  const list = doc.state.app.drawings ?? [];
  const said = JSON.stringify({ ...drawing, id: "" });
  const present = list.find((d) => JSON.stringify({ ...drawing, ...d, id: "" }) === said);
  const known = present?.id ?? freshId(drawing.name || "drawing", (id) => list.some((d) => d.id === id));
  const scale = Math.min(1, room.w / drawing.width, room.h / drawing.height);
  const w = Math.max(4, Math.round(drawing.width * scale));
  const h = Math.max(4, Math.round(drawing.height * scale));
  const id = idSource(screen)(drawingType);
  const widget: Widget = {
    id,
    type: drawingType,
    x: Math.round(at.x - w / 2),
    y: Math.round(at.y - h / 2),
    w,
    h,
    props: { drawing: known },
  };
  if (drawing.name) widget.name = drawing.name;
  doc.change("drawing:step.add", (d) => {
    if (!present) d.app.drawings = [...list, { ...drawing, id: known }] as Draft<Drawing[]>;
    const s = d.screens[screenId];
    if (!s) return;
    s.widgets[id] = widget as Draft<Widget>;
    s.order = [...s.order, id];
  });
  return id;
}

/** A part with the way to it: its place in the drawing, then in its group, and so on. */
export interface PartPlace {
  part: Part;
  way: readonly number[];
}

/** All parts of a drawing, groups before what is in them. */
export function partsOf(drawing: Drawing): PartPlace[] {
  const out: PartPlace[] = [];
  const walk = (parts: readonly Part[], way: readonly number[]) => {
    for (const [i, part] of parts.entries()) {
      out.push({ part, way: [...way, i] });
      if (part.parts) walk(part.parts, [...way, i]);
    }
  };
  walk(drawing.parts, []);
  return out;
}

/**
 * Names a part, so that animations can name it; animations that named it before follow. "" takes the name away.
 * False when another part has the name, or it is none: letters, digits, "_" and "-".
 */
export function namePart(doc: Document, drawingId: string, way: readonly number[], name: string): boolean {
  const index = (doc.state.app.drawings ?? []).findIndex((d) => d.id === drawingId);
  const drawing = doc.state.app.drawings?.[index];
  if (!drawing || (name !== "" && !/^[A-Za-z0-9_-]{1,64}$/.test(name))) return false;
  const all = partsOf(drawing);
  const before = all.find((p) => p.way.join() === way.join())?.part.id ?? "";
  if (name === before) return true;
  if (name !== "" && all.some((p) => p.part.id === name)) return false;
  doc.change("drawing:step.name", (d) => {
    let parts = d.app.drawings?.[index]?.parts;
    for (const [i, at] of way.entries()) {
      const part = parts?.[at];
      if (!part) return;
      if (i < way.length - 1) parts = part.parts;
      else if (name) part.id = name;
      else delete part.id;
    }
    if (!before) return;
    for (const s of Object.values(d.screens))
      for (const w of Object.values(s.widgets)) {
        if (w.type !== drawingType || w.props?.drawing !== drawingId || !w.animate) continue;
        if (name) for (const a of w.animate) if (a.part === before) a.part = name;
        if (!name && w.animate.some((a) => a.part === before)) {
          w.animate = w.animate.filter((a) => a.part !== before);
          if (w.animate.length === 0) delete w.animate;
        }
      }
  });
  return true;
}

/** The ids of drawings that no widget shows. */
export function unusedDrawings(state: AppState): string[] {
  const used = new Set<unknown>();
  for (const s of Object.values(state.screens))
    for (const w of Object.values(s.widgets)) if (w.type === drawingType) used.add(w.props?.drawing);
  return (state.app.drawings ?? []).map((d) => d.id).filter((id) => !used.has(id));
}

/** Takes drawings out that no widget shows. */
export function removeUnusedDrawings(doc: Document): number {
  const gone = new Set(unusedDrawings(doc.state));
  if (gone.size === 0) return 0;
  doc.change("drawing:step.clean", (d) => {
    const left = (d.app.drawings ?? []).filter((x) => !gone.has(x.id));
    if (left.length > 0) d.app.drawings = left;
    else delete d.app.drawings;
  });
  return gone.size;
}

/** The drawings that widgets show: what must go with them to another app. */
export function carriedDrawings(list: readonly Drawing[] | undefined, widgets: readonly Widget[]): Drawing[] {
  const wanted = new Set(widgets.flatMap((w) => (w.type === drawingType ? [w.props?.drawing] : [])));
  return (list ?? []).filter((d) => wanted.has(d.id));
}

/** Takes drawings that came with widgets into the document; answers under which id each is kept. */
export function takeDrawings(doc: Document, carried: readonly Drawing[]): Map<string, string> {
  const list = [...(doc.state.app.drawings ?? [])];
  const before = list.length;
  const ids = new Map<string, string>();
  for (const drawing of carried) {
    const own = list.find((d) => d.id === drawing.id);
    if (own && JSON.stringify(own) === JSON.stringify(drawing)) {
      ids.set(drawing.id, drawing.id);
      continue;
    }
    const id = own ? freshId(drawing.id, (s) => list.some((d) => d.id === s)) : drawing.id;
    list.push({ ...drawing, id });
    ids.set(drawing.id, id);
  }
  if (list.length > before)
    doc.change("drawing:step.add", (d) => {
      d.app.drawings = list as Draft<Drawing[]>;
    });
  return ids;
}
