// Languages of an app and its texts by key. The player itself speaks English and Chinese; an app may speak more.
import type { Text, TextKey } from "@lineside/client";
import type { Lang } from "@lineside/widgets";

/** Texts by key: key → language → text. */
export type Texts = Readonly<Record<string, Text>>;

/** The language of the player's own texts that goes with a language of an app: English for what it does not speak. */
export const productLang = (language: string): Lang => (/^zh(-|$)/i.test(language) ? "zh" : "en");

/** A text in a language, or the English one, or "". "pt-BR" takes "pt" before English. */
export function textIn(text: Text | undefined, language: string): string {
  return text?.[language] || text?.[language.split("-")[0] as string] || text?.en || "";
}

/** Is the value of a property a text by key? */
export function isTextKey(value: unknown): value is TextKey {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as TextKey).text === "string" &&
    Object.keys(value).length === 1
  );
}

/** A value with the texts in place of their keys, in lists too. A key without a text stands for itself. */
export function resolveTexts(value: unknown, texts: Texts, language: string): unknown {
  if (!namesText(value)) return value;
  if (isTextKey(value)) return textIn(texts[value.text], language) || value.text;
  if (Array.isArray(value)) return value.map((v) => resolveTexts(v, texts, language));
  return Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, resolveTexts(v, texts, language)]));
}

/** Does a value name a text by key anywhere? */
export function namesText(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isTextKey(value) || Object.values(value).some(namesText);
}

/** What a language calls itself: "English", "中文", "Deutsch". */
export function nameOf(language: string): string {
  try {
    const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
    return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
  } catch {
    return language;
  }
}
