// What was typed into a row of values, as the value that its tag takes.
import { fixed } from "../kit";
import { readingWord, readNumber } from "../reading";
import type { TagFacts } from "../tagsource";
import type { Lang } from "../view";

export interface Draft {
  text: string;
  /** Why it cannot be set, "" when it can. */
  problem: string;
  value: unknown;
}

/** The value of a text for a tag, or why it is none. */
export function readDraft(text: string, f: TagFacts, lang: Lang): { value: unknown } | { problem: string } {
  switch (f.type) {
    case "bool":
      return { value: text === "true" };
    case "int":
    case "float":
      return readNumber(text, {
        lang,
        unit: f.unit ?? "",
        low: f.writeLow,
        high: f.writeHigh,
        decimals: f.decimals,
        integer: f.type === "int",
      });
    case "json":
      try {
        return { value: JSON.parse(text) };
      } catch {
        return { problem: readingWord("pattern", lang) };
      }
    default:
      return { value: text };
  }
}

/** A value as it is asked about: exactly what is written. */
export function draftText(v: unknown, f: TagFacts): string {
  if (typeof v !== "number") return typeof v === "string" ? v : JSON.stringify(v);
  const decimals = f.decimals ?? (Number.isInteger(v) ? 0 : undefined);
  return decimals !== undefined && Number(v.toFixed(decimals)) === v ? fixed(v, decimals) : String(v);
}

/** The limits of a tag. */
export function limitsOf(f: TagFacts | undefined): string {
  const { writeLow, writeHigh } = f ?? {};
  if (writeLow !== undefined && writeHigh !== undefined)
    return `${fixed(writeLow, undefined)} – ${fixed(writeHigh, undefined)}`;
  if (writeLow !== undefined) return `≥ ${fixed(writeLow, undefined)}`;
  return writeHigh === undefined ? "" : `≤ ${fixed(writeHigh, undefined)}`;
}
