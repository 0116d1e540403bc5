// Finding and replacing over texts, tags and expressions of all screens.
import type { Document } from "./document";
import type { AppState } from "./state";

/** A place where a text was found. `path` leads to it within the widget: "props/value/tag". */
export interface Hit {
  screen: string;
  widget: string;
  /** The property as problems name it: "value", "on.click", "name". */
  prop: string;
  path: string;
  text: string;
}

/** Every text of a widget with the way to it; its id, type and group are no texts. */
function texts(value: unknown, path: string[], visit: (path: string[], text: string) => void): void {
  if (typeof value === "string") visit(path, value);
  else if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value))
      if (path.length > 0 || !["id", "type", "parent"].includes(key)) texts(inner, [...path, key], visit);
}

const propOf = (path: string[]): string =>
  path[0] === "props" ? (path[1] ?? "") : path[0] === "on" ? `on.${path[1]}` : (path[0] ?? "");
// Pictures are long texts that nobody means.
const searchable = (text: string) => !text.startsWith("data:");

/** Finds a text, whatever its case, in names, properties, bindings and actions. */
export function findIn(state: AppState, query: string): Hit[] {
  const wanted = query.toLowerCase();
  const hits: Hit[] = [];
  for (const screen of state.order)
    for (const widget of state.screens[screen]?.order ?? [])
      texts(state.screens[screen]?.widgets[widget], [], (path, text) => {
        if (searchable(text) && text.toLowerCase().includes(wanted))
          hits.push({ screen, widget, prop: propOf(path), path: path.join("/"), text });
      });
  return hits;
}

/** Replaces a text everywhere as one step and answers in how many places. */
export function replaceIn(doc: Document, query: string, by: string): number {
  const pattern = new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");
  const hits = findIn(doc.state, query).filter((h) => h.path.split("/").at(-1) !== "do");
  doc.change("design:step.replace", (d) => {
    for (const h of hits) {
      const path = h.path.split("/");
      const last = path.pop() as string;
      let at = d.screens[h.screen]?.widgets[h.widget] as unknown as Record<string, unknown>;
      for (const key of path) at = at[key] as Record<string, unknown>;
      at[last] = h.text.replace(pattern, () => by);
    }
  });
  return hits.length;
}
