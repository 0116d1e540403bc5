// Texts of the pages. A text is named "<area>:<key>"; an area is a file in en/ and one in zh/.
import i18next from "i18next";
import { useCallback, useSyncExternalStore } from "react";

/** The languages that are complete. */
export type Language = "en" | "zh";

/** A text of a document or manifest: language → text. */
export type LanguageText = Record<string, string> | undefined;

/** Looks a text up by "<area>:<key>" and puts values into its {{places}}; `count` chooses the plural. */
export type Translate = (key: string, values?: Record<string, unknown>) => string;

const files = import.meta.glob<{ default: object }>("./*/*.ts", { eager: true });
const resources: Record<string, Record<string, object>> = {};
for (const [file, module] of Object.entries(files)) {
  const [, language, area] = /^\.\/(\w+)\/(\w+)\.ts$/.exec(file) ?? [];
  if (language && area) resources[language] = { ...resources[language], [area]: module.default };
}

void i18next.init({
  resources: resources as never,
  lng: "en",
  fallbackLng: "en",
  ns: Object.keys(resources.en ?? {}),
  defaultNS: "common",
  interpolation: { escapeValue: false },
  initAsync: false,
  showSupportNotice: false,
} as never);

/** Changes the language of every text at once. */
export function setLanguage(language: Language): void {
  void i18next.changeLanguage(language);
}

/** The language now. */
export function language(): Language {
  return i18next.language === "zh" ? "zh" : "en";
}

/** A text outside of a component; inside use useT, which follows a change of language. */
export const t: Translate = (key, values) => i18next.t(key, values as never) as unknown as string;

/** Calls listener when the language has changed, until the returned function is called. */
export function onLanguage(listener: () => void): () => void {
  i18next.on("languageChanged", listener);
  return () => i18next.off("languageChanged", listener);
}

/** The language now; the component is drawn again when it changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(onLanguage, language);
}

/** Texts for a component, in the language of now. */
export function useT(): Translate {
  const lang = useLanguage();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new function for a new language draws what holds it again
  return useCallback<Translate>((key, values) => t(key, values), [lang]);
}

/** The text of a document in a language, or the English one, or any, or "". */
export function textIn(text: LanguageText, lang: Language = language()): string {
  if (!text) return "";
  return text[lang] || text.en || Object.values(text)[0] || "";
}
