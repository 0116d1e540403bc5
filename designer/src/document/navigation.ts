// The navigation of an app as a tree that is edited. Every function that takes a Document is one step of undo.
import type { App, Navigation, NavigationItem, ViewApp, ViewItem } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import type { AppState } from "./state";
import { languagesOf } from "./texts";

/** The way to an entry: its place in each list, from the root. */
export type ItemPath = readonly number[];

/** The roles that entries and start screens may name, the most specific first. */
export const roles = ["admin", "engineer", "operator", "viewer"] as const;

/** How deep entries may be nested. */
export const mostDepth = 4;

type Items = readonly NavigationItem[];

/** The entry at a place. */
export function itemAt(items: Items, path: ItemPath): NavigationItem | undefined {
  let list: Items = items;
  let item: NavigationItem | undefined;
  for (const i of path) {
    item = list[i];
    list = item?.items ?? [];
  }
  return item;
}

/** All entries with their places, in reading order. */
export function flatItems(items: Items, path: ItemPath = []): { item: NavigationItem; path: ItemPath }[] {
  return items.flatMap((item, i) => {
    const here = [...path, i];
    return [{ item, path: here }, ...flatItems(item.items ?? [], here)];
  });
}

const height = (item: NavigationItem): number => 1 + Math.max(0, ...(item.items ?? []).map(height));

function withItems(item: NavigationItem, items: NavigationItem[]): NavigationItem {
  const { items: _, ...rest } = item;
  return items.length > 0 ? { ...rest, items } : rest;
}

/** The list with what `edit` makes of the list that the place is in. */
function within(items: Items, path: ItemPath, edit: (list: NavigationItem[], i: number) => void): NavigationItem[] {
  const [i, ...rest] = path;
  const list = [...items];
  if (i === undefined) return list;
  const item = list[i];
  if (rest.length === 0) edit(list, i);
  else if (item) list[i] = withItems(item, within(item.items ?? [], rest, edit));
  return list;
}

export const withItem = (items: Items, path: ItemPath, item: NavigationItem): NavigationItem[] =>
  within(items, path, (list, i) => void list.splice(i, 0, item));

export const withoutItem = (items: Items, path: ItemPath): NavigationItem[] =>
  within(items, path, (list, i) => void list.splice(i, 1));

const put = (doc: Document, items: NavigationItem[], label: string): boolean => setNavigation(doc, { items }, label);

/** Sets parts of the navigation; undefined takes one out, and an empty navigation goes altogether. */
export function setNavigation(doc: Document, change: Partial<Navigation>, label = "texts:step.navigation"): boolean {
  return doc.change(label, (d) => {
    const next = { ...d.app.navigation, ...change } as Record<string, unknown>;
    for (const [key, value] of Object.entries(next))
      if (!value || (typeof value === "object" && Object.keys(value).length === 0)) delete next[key];
    if (JSON.stringify(next) === JSON.stringify(d.app.navigation ?? {})) return;
    if (Object.keys(next).length === 0) delete d.app.navigation;
    else d.app.navigation = next as Draft<Navigation>;
  });
}

const itemsOf = (doc: Document): Items => doc.state.app.navigation?.items ?? [];

/** Begins a tree of one's own with an entry for every screen, as it is without one. */
export function beginNavigation(doc: Document): boolean {
  return put(
    doc,
    doc.state.order.map((screen) => ({ screen })),
    "texts:step.beginNavigation",
  );
}

/** Adds an entry at a place; false when that is too deep. */
export function insertItem(doc: Document, path: ItemPath, item: NavigationItem): boolean {
  if (path.length - 1 + height(item) > mostDepth) return false;
  return put(doc, withItem(itemsOf(doc), path, item), "texts:step.addEntry");
}

/** Takes an entry out with all that is below it. */
export function removeItem(doc: Document, path: ItemPath): boolean {
  return put(doc, withoutItem(itemsOf(doc), path), "texts:step.removeEntry");
}

/** Sets properties of an entry; undefined takes one out. */
export function changeItem(doc: Document, path: ItemPath, change: Partial<NavigationItem>, merge?: string): boolean {
  const item = itemAt(itemsOf(doc), path);
  if (!item) return false;
  const next = { ...item, ...change } as Record<string, unknown>;
  for (const [key, value] of Object.entries(next))
    if (!value || (typeof value === "object" && Object.keys(value).length === 0)) delete next[key];
  const items = within(itemsOf(doc), path, (list, i) => {
    list[i] = next as NavigationItem;
  });
  return doc.change(
    "texts:step.entry",
    (d) => {
      if (d.app.navigation) d.app.navigation.items = items as Draft<NavigationItem[]>;
    },
    { merge },
  );
}

/**
 * Moves an entry to a place in the tree as it is without it, and answers that place; undefined when it
 * would be too deep or is there already.
 */
export function moveItem(doc: Document, from: ItemPath, to: ItemPath): ItemPath | undefined {
  const items = itemsOf(doc);
  const item = itemAt(items, from);
  if (!item || to.length - 1 + height(item) > mostDepth) return undefined;
  return put(doc, withItem(withoutItem(items, from), to, item), "texts:step.moveEntry") ? to : undefined;
}

const last = (path: ItemPath): number => path.at(-1) ?? 0;

/** Where an entry goes by one step: up or down among its neighbours, in below the one before it, out behind its heading. */
export function stepTo(items: Items, path: ItemPath, step: "up" | "down" | "in" | "out"): ItemPath | undefined {
  const around = path.slice(0, -1);
  const i = last(path);
  const siblings = around.length > 0 ? (itemAt(items, around)?.items ?? []) : items;
  const item = siblings[i];
  if (!item) return undefined;
  switch (step) {
    case "up":
      return i > 0 ? [...around, i - 1] : undefined;
    case "down":
      return i < siblings.length - 1 ? [...around, i + 1] : undefined;
    case "in": {
      const before = siblings[i - 1];
      if (!before || path.length + height(item) > mostDepth) return undefined;
      return [...around, i - 1, before.items?.length ?? 0];
    }
    case "out":
      return around.length > 0 ? [...around.slice(0, -1), last(around) + 1] : undefined;
  }
}

/**
 * Where an entry that is dropped on another comes to lie, in the tree without it. Undefined when the
 * target is itself or within itself.
 */
export function dropTo(
  items: Items,
  from: ItemPath,
  target: ItemPath,
  where: "above" | "into" | "below",
): ItemPath | undefined {
  if (from.every((n, i) => target[i] === n)) return undefined;
  let to: ItemPath =
    where === "into"
      ? [...target, itemAt(items, target)?.items?.length ?? 0]
      : [...target.slice(0, -1), last(target) + (where === "below" ? 1 : 0)];
  // What stood behind the entry in its list moves up by one when it is taken out.
  const depth = from.length - 1;
  const behind =
    from.slice(0, -1).every((n, i) => to[i] === n) && to.length > depth && (to[depth] as number) > last(from);
  if (behind) to = to.with(depth, (to[depth] as number) - 1);
  return to;
}

/** Takes a screen out of the navigation: a part of removing it. An entry with others below it becomes a heading. */
export function forgetScreen(app: Draft<AppState["app"]>, id: string): void {
  const n = app.navigation;
  if (!n) return;
  for (const role of Object.keys(n.starts ?? {})) if (n.starts?.[role] === id) delete n.starts[role];
  if (n.starts && Object.keys(n.starts).length === 0) delete n.starts;
  const clean = (items: NavigationItem[]): NavigationItem[] =>
    items.flatMap((item) => {
      const below = item.items ? clean(item.items) : [];
      const next = withItems(item, below);
      if (item.screen !== id) return [next];
      if (below.length === 0) return [];
      const { screen: _, ...heading } = next;
      return [{ ...heading, title: heading.title ?? { en: id } }];
    });
  if (n.items && flatItems(n.items).some(({ item }) => item.screen === id)) {
    n.items = clean(n.items) as Draft<NavigationItem[]>;
    if (n.items.length === 0) delete n.items;
  }
  if (Object.keys(n).length === 0) delete app.navigation;
}

/** The entries that somebody with a role sees, as the server sends them. */
export function visibleItems(items: Items, role: string): ViewItem[] {
  return items.flatMap(({ roles: only, items: below, ...item }) => {
    if (only && only.length > 0 && !only.includes(role)) return [];
    const inner = visibleItems(below ?? [], role);
    if (!item.screen && inner.length === 0) return [];
    return [inner.length > 0 ? { ...item, items: inner } : item];
  });
}

/** The frame that somebody with a role sees, as the server sends it, and the screen they begin at. */
export function frameFor(state: AppState, role: string): ViewApp {
  const { app, order, screens } = state;
  const n = app.navigation;
  const listed = new Set(flatItems(n?.items ?? []).map(({ item }) => item.screen));
  const seen = new Set(flatItems(visibleItems(n?.items ?? [], role) as Items).map(({ item }) => item.screen));
  const start = n?.starts?.[role] ?? app.start;
  return {
    name: app.name,
    start: start && screens[start] ? start : (order[0] ?? ""),
    languages: [...languagesOf(app)],
    screens: order
      .filter((id) => seen.has(id) || !listed.has(id))
      .map((id) => ({ id, name: (screens[id]?.screen.name ?? {}) as Record<string, string> })),
    ...(app.theme ? { theme: app.theme } : {}),
    ...(n
      ? {
          navigation: {
            ...(n.style ? { style: n.style } : {}),
            ...(n.breadcrumbs ? { breadcrumbs: true } : {}),
            items: n.items && n.items.length > 0 ? visibleItems(n.items, role) : (null as never),
          },
        }
      : {}),
  };
}

/** Sets parts of the theme; undefined takes one out. */
export function setTheme(doc: Document, change: Partial<NonNullable<App["theme"]>>): boolean {
  return doc.change("texts:step.theme", (d) => {
    const next = { ...d.app.theme, ...change } as Record<string, unknown>;
    for (const key of Object.keys(next)) if (!next[key]) delete next[key];
    if (JSON.stringify(next) === JSON.stringify(d.app.theme ?? {})) return;
    if (Object.keys(next).length === 0) delete d.app.theme;
    else d.app.theme = next;
  });
}
