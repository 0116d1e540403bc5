// What somebody searches for in a list of things of the plant. The server does the same in runtime/plant/search.go.
import type { Marks, Text } from "@lineside/client";

/** What a query looks at. */
export interface Thing {
  /** Texts that words are searched in: path, title, unit, … */
  texts: readonly (string | undefined)[];
  titles?: Text;
  /** What type: finds, as a whole. */
  types?: readonly (string | undefined)[];
  /** Labels and attributes of the thing and of what it belongs to. */
  marks?: readonly (Marks | undefined)[];
}

/** Whether a thing fits a query: words that all are there somewhere, label:…, type:…, and attributes by their names. */
export function matcher(query: string): (thing: Thing) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean).map(fits);
  return (thing) => words.every((word) => word(thing));
}

function fits(word: string): (thing: Thing) => boolean {
  const cut = word.indexOf(":");
  const [key, text] = cut > 0 ? [word.slice(0, cut), word.slice(cut + 1)] : ["", word];
  switch (key) {
    case "":
      return (thing) => says(thing, text);
    case "label":
      return (thing) => marksOf(thing).some((m) => (m.labels ?? []).some((s) => s.toLowerCase().startsWith(text)));
    case "type":
      return (thing) => (thing.types ?? []).some((s) => s?.toLowerCase() === text);
  }
  return (thing) =>
    marksOf(thing).some((m) =>
      Object.entries(m.attributes ?? {}).some(([k, s]) => k.toLowerCase() === key && s.toLowerCase().includes(text)),
    ) || says(thing, word);
}

const marksOf = (thing: Thing) => (thing.marks ?? []).filter((m) => m !== undefined);

function says(thing: Thing, text: string): boolean {
  const within = (s: string | undefined) => !!s?.toLowerCase().includes(text);
  return (
    thing.texts.some(within) ||
    Object.values(thing.titles ?? {}).some(within) ||
    marksOf(thing).some((m) => (m.labels ?? []).some(within) || Object.values(m.attributes ?? {}).some(within))
  );
}
