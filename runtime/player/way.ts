// Where a screen stands in the navigation, and the way there.
import type { ViewApp, ViewItem } from "@lineside/client";
import type { Place } from "@lineside/widgets";
import { textIn } from "./language";

/** One step of the way. A heading has no screen. */
export interface Crumb {
  item?: ViewItem;
  screen: string;
}

/** The entries of an app: its own, or one for every screen. Style none without entries has none. */
export function entriesOf(app: ViewApp): ViewItem[] {
  if (app.navigation?.items) return app.navigation.items;
  return app.navigation?.style === "none" ? [] : app.screens.map((s) => ({ screen: s.id }));
}

/** The entries from the root to that of a screen; undefined when it has none. */
export function wayTo(items: readonly ViewItem[], screen: string): ViewItem[] | undefined {
  for (const item of items) {
    if (item.screen === screen) return [item];
    const below = wayTo(item.items ?? [], screen);
    if (below) return [item, ...below];
  }
  return undefined;
}

/**
 * The screens gone through once this one is open: one that has an entry begins anew, as does the start
 * screen; one that is reached by actions only follows on the others, and going back to one of them cuts
 * off what came after.
 */
export function nextTrail(app: ViewApp, trail: readonly string[], screen: string): string[] {
  if (screen === app.start || wayTo(entriesOf(app), screen)) return [screen];
  const at = trail.indexOf(screen);
  return at >= 0 ? trail.slice(0, at + 1) : [...trail, screen];
}

/** The breadcrumbs of a trail: the start screen, the entries down to where it begins, and what came by actions. */
export function crumbsOf(app: ViewApp, trail: readonly string[]): Crumb[] {
  const [first, ...rest] = trail;
  if (first === undefined) return [];
  const way = wayTo(entriesOf(app), first)?.map((item) => ({ item, screen: item.screen ?? "" })) ?? [{ screen: first }];
  const start = way.some((c) => c.screen === app.start) || !app.start ? [] : [{ screen: app.start }];
  return [...start, ...way, ...rest.map((screen) => ({ screen }))];
}

/** What an entry or a screen is called. */
function placeOf(app: ViewApp, item: ViewItem, language: string): Place {
  const screen = app.screens.find((s) => s.id === item.screen);
  return {
    title: textIn(item.title, language) || textIn(screen?.name, language) || item.screen || "",
    ...(item.icon ? { icon: item.icon } : {}),
    ...(item.screen ? { screen: item.screen } : {}),
    ...(item.items?.length ? { items: item.items.map((i) => placeOf(app, i, language)) } : {}),
  };
}

/** The entries of an app by their names; for widgets also those of an app whose frame shows none. */
export function placesOf(app: ViewApp, language: string): Place[] {
  const items = app.navigation?.items ?? app.screens.map((s) => ({ screen: s.id }));
  return items.map((i) => placeOf(app, i, language));
}

/** The breadcrumbs of a trail by their names. */
export const trailOfPlaces = (app: ViewApp, trail: readonly string[], language: string): Place[] =>
  crumbsOf(app, trail).map((c) =>
    placeOf(app, c.item ? { ...c.item, items: undefined } : { screen: c.screen }, language),
  );
