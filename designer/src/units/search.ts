// Finding a unit by what somebody types: its code, its symbol, its name in English or Chinese, or a spelling.
import type { CommonUnit, UnitList } from "@lineside/client";

export interface Found {
  unit: CommonUnit;
  /** What it measures, in the language of the page. */
  quantity: string;
}

const superscripts: Record<string, string> = { "²": "2", "³": "3", µ: "u", μ: "u", "℃": "°c", "℉": "°f" };

const plain = (s: string) => s.toLowerCase().replace(/[²³µμ℃℉]/g, (c) => superscripts[c] ?? c);

/** The common unit that a text is, by its code or by how people write it. */
export function commonOf(list: UnitList | undefined, text: string): CommonUnit | undefined {
  return (
    list?.units.find((u) => u.code === text) ??
    list?.units.find((u) => u.symbol === text || u.spellings?.includes(text))
  );
}

/** How well a unit fits: 0 is best, undefined not at all. */
function rank(u: CommonUnit, quantity: string, wanted: string): number | undefined {
  const written = [u.code, u.symbol, ...(u.spellings ?? [])].map(plain);
  if (written.includes(wanted)) return 0;
  if (written.some((s) => s.startsWith(wanted))) return 1;
  const names = Object.values(u.name).map(plain);
  if (names.some((s) => s.startsWith(wanted))) return 2;
  if ([...names, plain(quantity)].some((s) => s.includes(wanted))) return 3;
  return wanted.length > 1 && written.some((s) => s.includes(wanted)) ? 4 : undefined;
}

/** The units that fit what was typed, the best first; all of them for nothing. */
export function searchUnits(list: UnitList, typed: string, lang: string, most = 50): Found[] {
  const titles = new Map(list.quantities.map((q) => [q.id, q.title[lang] ?? q.title.en ?? q.id]));
  const wanted = plain(typed.trim());
  return list.units
    .map((unit, at) => {
      const quantity = titles.get(unit.quantity) ?? "";
      return { unit, quantity, at, rank: wanted === "" ? 0 : rank(unit, quantity, wanted) };
    })
    .filter((f): f is typeof f & { rank: number } => f.rank !== undefined)
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .slice(0, most)
    .map(({ unit, quantity }) => ({ unit, quantity }));
}
