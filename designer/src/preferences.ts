// Language and theme of this browser, changed at run time. What a user has chosen on the server wins when it is known.

import { useSyncExternalStore } from "react";
import { applyTokens, type Theme } from "../../runtime/scene/tokens";
import { type Language, setLanguage } from "./i18n";

const listeners = new Set<() => void>();
let theme: Theme = "light";

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing still works, it only forgets the choice.
  }
}

/** Reads what this browser remembers; the language of the browser stands in at the first visit. */
export function startPreferences(): void {
  const language = stored("lineside.language") ?? (navigator.language.startsWith("zh") ? "zh" : "en");
  chooseLanguage(language === "zh" ? "zh" : "en");
  chooseTheme(stored("lineside.theme") === "dark" ? "dark" : "light");
}

/** Changes the language of every text at once. */
export function chooseLanguage(language: Language): void {
  setLanguage(language);
  document.documentElement.lang = language;
  store("lineside.language", language);
}

/** Changes the colours of every page at once. */
export function chooseTheme(next: Theme): void {
  theme = next;
  applyTokens(document.documentElement, next);
  document.documentElement.dataset.theme = next;
  store("lineside.theme", next);
  for (const listener of [...listeners]) listener();
}

/** The theme now. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
}
