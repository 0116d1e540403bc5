// The language of the drawing, which need not be that of the pages.
import type { App } from "@lineside/client";
import type { ScreenView } from "@lineside/player";
import { useEffect } from "react";
import { useDoc, useUi } from "../../design/context";
import { languagesOf } from "../../document";
import { useLanguage } from "../../i18n";

const none: NonNullable<App["texts"]> = {};

/** The language that the drawing is shown in. */
export function useDrawingLanguage(): string {
  const pages = useLanguage();
  const chosen = useUi((s) => s.language);
  return chosen ?? pages;
}

/** The languages of the app, English first. */
export function useLanguages(): readonly string[] {
  const languages = useDoc((d) => d.app.languages);
  return languagesOf({ languages });
}

/** Shows texts by key on the drawing, in its language. */
export function useDrawnTexts(view: ScreenView | undefined): void {
  const language = useDrawingLanguage();
  const texts = useDoc((d) => d.app.texts);
  useEffect(() => {
    if (!view) return;
    view.lang = language;
    view.texts = texts ?? none;
  }, [view, language, texts]);
}
