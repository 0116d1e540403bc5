import type { ListedAsset } from "@lineside/client";

/** One item of a repetition. */
export interface Item {
  /** The same for as long as it is the same thing, wherever it stands. */
  key: string;
  name: string;
  params: Readonly<Record<string, unknown>>;
}

/** How many are shown at most. */
export const most = 10000;

/** The assets as items, in their order. */
export function ofAssets(assets: readonly ListedAsset[], input: string, sort: string, lang: string): Item[] {
  const items = assets.map((a) => ({ key: a.path, name: a.title || a.path, params: { [input]: a.path } }));
  if (sort !== "name") return items;
  const order = new Intl.Collator(lang, { numeric: true });
  return items.sort((a, b) => order.compare(a.name, b.name) || order.compare(a.key, b.key));
}

/** Rows of constants as items; what is no object is none. */
export function ofRows(rows: unknown): Item[] {
  if (!Array.isArray(rows)) return [];
  return rows.slice(0, most).flatMap((row, i) => {
    if (typeof row !== "object" || row === null || Array.isArray(row)) return [];
    const params = row as Record<string, unknown>;
    const name = Object.values(params).find((v) => typeof v === "string" && v !== "");
    return [{ key: String(i), name: String(name ?? i + 1), params }];
  });
}

/** So many items that are all the same but for their index. */
export function ofNumber(count: unknown): Item[] {
  const n = typeof count === "number" && Number.isFinite(count) ? Math.max(0, Math.min(most, Math.floor(count))) : 0;
  return Array.from({ length: n }, (_v, i) => ({ key: String(i), name: String(i + 1), params: {} }));
}

/** Those whose name or path has all words of a text. */
export function filtered(items: readonly Item[], text: string): readonly Item[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return items;
  return items.filter((i) => {
    const said = `${i.name} ${i.key}`.toLowerCase();
    return words.every((w) => said.includes(w));
  });
}
