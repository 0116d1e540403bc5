// Merges sequences: what one has put in or taken out is put into the sequence of the other.
import type { Side } from "./merge";

/** Merges lists of ids. Only if both have put what they share into different sequences, `clash` is asked whose holds. */
export function mergeOrder(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
  there: (id: string) => boolean,
  clash: () => Side,
): readonly string[] {
  const [inBase, inMine, inTheirs] = [new Set(base), new Set(mine), new Set(theirs)];
  const within = (list: readonly string[], ...sets: Set<string>[]) =>
    list.filter((id) => sets.every((s) => s.has(id))).join("\n");
  const moved = (list: readonly string[], own: Set<string>) => within(list, inBase) !== within(base, own);
  const iMoved = moved(mine, inMine);
  const theyMoved = moved(theirs, inTheirs);
  let side: Side = iMoved ? "mine" : "theirs";
  if (iMoved && theyMoved && within(mine, inTheirs, inBase) !== within(theirs, inMine, inBase)) side = clash();
  const [backbone, other] = side === "mine" ? [mine, theirs] : [theirs, mine];
  const placed = new Set(backbone);
  const out = [...backbone];
  for (const [i, id] of other.entries()) {
    if (placed.has(id)) continue;
    let at = 0;
    for (let j = i - 1; j >= 0; j--)
      if (placed.has(other[j] as string)) {
        at = out.indexOf(other[j] as string) + 1;
        break;
      }
    out.splice(at, 0, id);
    placed.add(id);
  }
  return out.filter(there);
}

/** Merges lists of things with a name each; undefined when a name stands twice in one of them. */
export function mergeLists<T>(
  lists: readonly [base: readonly T[], mine: readonly T[], theirs: readonly T[]],
  nameOf: (item: T) => string,
  both: (name: string, base: T | undefined, mine: T | undefined, theirs: T | undefined) => T | undefined,
  clash: (base: string[], mine: string[], theirs: string[]) => Side,
): T[] | undefined {
  const maps = lists.map((list) => new Map(list.map((item) => [nameOf(item), item] as const)));
  if (maps.some((map, i) => map.size !== lists[i]?.length)) return undefined;
  const [base, mine, theirs] = maps as [Map<string, T>, Map<string, T>, Map<string, T>];
  const merged = new Map<string, T>();
  for (const name of new Set([...theirs.keys(), ...mine.keys()])) {
    const item = both(name, base.get(name), mine.get(name), theirs.get(name));
    if (item !== undefined) merged.set(name, item);
  }
  const [b, m, t] = [base, mine, theirs].map((map) => [...map.keys()]) as [string[], string[], string[]];
  const order = mergeOrder(
    b,
    m,
    t,
    (name) => merged.has(name),
    () => clash(b, m, t),
  );
  return order.map((name) => merged.get(name) as T);
}
