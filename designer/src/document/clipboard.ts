// The clipboard is JSON text, so that it goes across screens, apps and browser windows.
import type { Drawing, ScriptedWidget, Text, Widget } from "@lineside/client";
import type { Document } from "./document";
import { carriedDrawings, drawingType, takeDrawings } from "./drawings";
import { addWidgets, idSource, moveInTree } from "./edit";
import { extentOf, level } from "./geometry";
import { rejoined } from "./joints";
import { type Box, parentOf, placed, placeIn, structureOf, topmost, union, withDescendants } from "./layout";
import { carriedOwn, takeOwn } from "./own";
import type { AppState, ScreenRecord } from "./state";
import { carriedTexts, takeTexts } from "./texts";

/** What is on the clipboard. Widgets without a parent lie at absolute places. */
export interface Clip {
  lineside: "widgets";
  widgets: Widget[];
  /** The drawings that they show. */
  drawings?: Drawing[];
  /** The types of the app's own that they are of. */
  own?: ScriptedWidget[];
  /** The texts by key that they name. */
  texts?: Record<string, Text>;
}

/** Copies widgets with all that is in them, and the drawings, texts and own types of `app` that they need. */
export function copy(screen: ScreenRecord, ids: Iterable<string>, app?: AppState["app"]): Clip {
  const tops = topmost(screen, ids);
  const { boxes, turns } = structureOf(screen);
  const roots = new Set(tops);
  const widgets = withDescendants(screen, tops).map((id) => {
    const { parent, ...w } = screen.widgets[id] as Widget;
    if (!roots.has(id)) return { ...w, parent: parentOf(screen, screen.widgets[id] as Widget) };
    const b = boxes.get(id) as Box;
    return placed(w, placeIn(b, turns.get(id) ?? level, undefined));
  });
  const drawings = carriedDrawings(app?.drawings, widgets);
  const own = carriedOwn(app?.widgets, widgets);
  const texts = carriedTexts(app?.texts, widgets);
  return {
    lineside: "widgets",
    widgets,
    ...(drawings.length > 0 ? { drawings } : {}),
    ...(own.length > 0 ? { own } : {}),
    ...(texts ? { texts } : {}),
  };
}

/** Reads a clipboard text; undefined when it is something else. */
export function readClip(text: string): Clip | undefined {
  if (!text.includes('"lineside"')) return undefined;
  try {
    const clip = JSON.parse(text) as Clip;
    if (clip?.lineside !== "widgets" || !Array.isArray(clip.widgets)) return undefined;
    const fits = (w: Widget) =>
      typeof w?.id === "string" && typeof w.type === "string" && [w.x, w.y, w.w, w.h].every(Number.isFinite);
    if (clip.drawings && !(Array.isArray(clip.drawings) && clip.drawings.every((d) => Array.isArray(d?.parts))))
      return undefined;
    if (clip.own && !(Array.isArray(clip.own) && clip.own.every((w) => typeof w?.id === "string"))) return undefined;
    return clip.widgets.every(fits) ? clip : undefined;
  } catch {
    return undefined;
  }
}

/** The box around a clip. */
export function clipBox(clip: Clip): Box | undefined {
  const ids = new Set(clip.widgets.map((w) => w.id));
  return union(clip.widgets.filter((w) => !w.parent || !ids.has(w.parent)).map((w) => extentOf(w, w.rotate)));
}

/** Pastes a clip moved by an offset and answers the ids of what lies on the screen itself. */
export function paste(
  doc: Document,
  screenId: string,
  clip: Clip,
  dx: number,
  dy: number,
  label = "design:step.paste",
): string[] {
  const screen = doc.state.screens[screenId];
  if (!screen) return [];
  const fresh = idSource(screen);
  const renamed = new Map(clip.widgets.map((w) => [w.id, w.id in screen.widgets ? fresh(w.id) : w.id]));
  // Two of a clip must not come out with one name: a name kept may be one that was just given.
  const seen = new Set<string>();
  for (const [old, id] of renamed) {
    const name = seen.has(id) ? fresh(old) : id;
    seen.add(name);
    renamed.set(old, name);
  }
  const roots: string[] = [];
  doc.begin(label);
  const drawings = takeDrawings(doc, clip.drawings ?? []);
  const own = takeOwn(doc, clip.own ?? []);
  const rekeyed = takeTexts(doc, clip.texts);
  const widgets = clip.widgets.map((w) => {
    const { parent, ...rest } = rejoined(structuredClone(w), renamed);
    const drawing = rest.type === drawingType && drawings.get(String(rest.props?.drawing));
    if (drawing) rest.props = { ...rest.props, drawing };
    rest.type = own.get(rest.type) ?? rest.type;
    if (rest.props) rest.props = rekeyed(rest.props);
    const id = renamed.get(w.id) as string;
    const inside = parent !== undefined && renamed.has(parent);
    if (inside) return { ...rest, id, parent: renamed.get(parent) as string };
    roots.push(id);
    delete rest.pane;
    return { ...rest, id, x: w.x + dx, y: w.y + dy };
  });
  addWidgets(doc, screenId, widgets, label);
  doc.commit();
  return roots;
}

/** Copies widgets on their screen, moved by an offset; those of one group stay in it. Answers the ids of the copies. */
export function duplicateWidgets(
  doc: Document,
  screenId: string,
  ids: Iterable<string>,
  dx: number,
  dy: number,
): string[] {
  const label = "design:step.duplicate";
  const screen = doc.state.screens[screenId];
  if (!screen) return [];
  const tops = topmost(screen, ids);
  const parents = new Set(tops.map((id) => parentOf(screen, screen.widgets[id] as Widget)));
  const parent = parents.size === 1 ? ([...parents][0] as string) : "";
  doc.begin(label);
  const made = paste(doc, screenId, copy(screen, tops), dx, dy, label);
  if (parent) {
    doc.change(label, (d) => {
      made.forEach((id, i) => {
        const pane = screen.widgets[tops[i] as string]?.pane;
        const w = d.screens[screenId]?.widgets[id];
        if (w && pane) w.pane = pane;
      });
    });
    moveInTree(doc, screenId, made, parent, structureOf(screen).children.get(parent)?.at(-1));
  }
  doc.commit();
  return made;
}
