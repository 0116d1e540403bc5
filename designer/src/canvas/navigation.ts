// What widgets that lead elsewhere show on the drawing board: the app as it is drawn now. Nothing acts.
import type { ViewApp } from "@lineside/client";
import { nameOf, placesOf, servedAssets, trailOfPlaces } from "@lineside/player";
import type { Navigation } from "@lineside/widgets";
import type { Document } from "../document";

/** The app of a document around the screen that is drawn. */
export function drawnNavigation(doc: Document, screen: () => string, lang: () => string): Navigation {
  const app = (): ViewApp => {
    const { app, screens, order } = doc.state;
    return {
      name: app.name,
      start: order[0] ?? "",
      screens: order.map((id) => ({ id, name: screens[id]?.screen.name ?? {} })),
      languages: app.languages ?? ["en", "zh"],
      ...(app.navigation?.items?.length ? { navigation: app.navigation as ViewApp["navigation"] } : {}),
    };
  };
  return {
    get screen() {
      return screen();
    },
    get trail() {
      return trailOfPlaces(app(), [screen()], lang());
    },
    get entries() {
      return placesOf(app(), lang());
    },
    get languages() {
      return app().languages.map((id) => ({ id, name: nameOf(id) }));
    },
    get language() {
      return lang();
    },
    get themed() {
      return !!doc.state.app.theme?.scheme;
    },
    address: () => "",
    assets: servedAssets,
    watch: (listener) =>
      doc.subscribe((e) => {
        if (e.state.app !== e.previous.app || e.state.order !== e.previous.order) listener();
      }),
  };
}
