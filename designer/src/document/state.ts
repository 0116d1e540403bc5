// The app document as the editor holds it: flat records, so that a change of one property is one patch to one record.
import type { App, Binding, Prop, Screen, TextKey, Widget } from "@lineside/client";

/** A screen and its widgets by id; `order` is the drawing order, the last on top. */
export interface ScreenRecord {
  screen: Omit<Screen, "widgets">;
  order: readonly string[];
  widgets: { readonly [id: string]: Widget };
}

/** The whole document. It is never changed in place: Document makes a new one for every change. */
export interface AppState {
  app: Omit<App, "screens">;
  order: readonly string[];
  screens: { readonly [id: string]: ScreenRecord };
}

/** Whether the value of a property is a binding and not a constant or a text by key. */
export function isBinding(value: unknown): value is Binding {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isTextKey(value);
}

/** Whether the value of a property is a text by key. */
export function isTextKey(value: unknown): value is TextKey {
  if (typeof value !== "object" || value === null) return false;
  return typeof (value as TextKey).text === "string" && Object.keys(value).length === 1;
}

/** A name that is not taken: the stem with the least number that is free. */
export function freshId(stem: string, taken: (id: string) => boolean): string {
  const base = stem.replace(/[^A-Za-z0-9_-]/g, "").replace(/\d+$/, "") || "item";
  for (let n = 1; ; n++) if (!taken(`${base}${n}`)) return `${base}${n}`;
}

/** Takes a document apart. Ids that stand twice, which the runtime would refuse, get a new name for the later one. */
export function fromApp(document: App): AppState {
  const { screens: list, ...app } = document;
  const screens: Record<string, ScreenRecord> = {};
  const order: string[] = [];
  for (const { widgets: drawn, ...screen } of list ?? []) {
    const id = screens[screen.id] ? freshId(screen.id, (s) => !!screens[s]) : screen.id;
    const widgets: Record<string, Widget> = {};
    const stack: string[] = [];
    for (const w of drawn ?? []) {
      const key = widgets[w.id] ? freshId(w.id, (s) => !!widgets[s] || drawn.some((o) => o.id === s)) : w.id;
      widgets[key] = key === w.id ? w : { ...w, id: key };
      stack.push(key);
    }
    screens[id] = { screen: id === screen.id ? screen : { ...screen, id }, order: stack, widgets };
    order.push(id);
  }
  return { app, order, screens };
}

const ranks = new Map(
  [
    ..."format id version name description icon publisher license uses inputs tags start screens".split(" "),
    ..."type parent x y w h width height level ground fit locked hidden props on widgets".split(" "),
    ..."do tag expr value screen confirm kind unit title default".split(" "),
  ].map((key, i) => [key, i]),
);

/** The same keys always in the same order, so that a text of a document can be compared and read in a diff. */
export function canonical<T>(value: T): T {
  if (Array.isArray(value)) return value.map(canonical) as T;
  if (typeof value !== "object" || value === null) return value;
  const rank = (key: string) => ranks.get(key) ?? ranks.size;
  const keys = Object.keys(value).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((k) => [k, canonical((value as Record<string, unknown>)[k])])) as T;
}

/** One screen as it stands in the document. */
export function toScreen(record: ScreenRecord): Screen {
  return { ...record.screen, widgets: record.order.map((id) => record.widgets[id] as Widget) };
}

/** Puts the document together again, in canonical form. With `versions` of widget types, `uses` says what is used now. */
export function toApp(state: AppState, versions?: Record<string, number>): App {
  const app: App = { ...state.app, screens: state.order.map((id) => toScreen(state.screens[id] as ScreenRecord)) };
  if (versions) {
    const uses: Record<string, number> = {};
    for (const screen of app.screens)
      for (const w of screen.widgets) {
        const version = versions[w.type] ?? state.app.uses?.[w.type];
        if (version !== undefined) uses[w.type] = version;
      }
    if (Object.keys(uses).length > 0) app.uses = uses;
    else delete app.uses;
  }
  return canonical(app);
}

/**
 * The bindings of a widget, by the name under which their values come: the properties that are bound,
 * and "animate/<index>" for what its animations go by.
 */
export function bindings(widget: Widget): [prop: string, binding: Binding][] {
  const props = Object.entries(widget.props ?? {}).filter((e): e is [string, Binding & Prop] => isBinding(e[1]));
  const animations = (widget.animate ?? []).map((a, i): [string, Binding] => [`animate/${i}`, a.by]);
  return [...props, ...animations];
}
