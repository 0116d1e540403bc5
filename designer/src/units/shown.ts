// How the pages of the designer show values in units: as the person prefers it, by the server's word.
import type { ShownUnit, UnitList, UnitPreference } from "@lineside/client";
import { request, unitList } from "@lineside/client";
import { useEffect, useState, useSyncExternalStore } from "react";
import { decimalsShown, toShown } from "../../../runtime/player/display";

/** The units that plants use; undefined until they are there. */
export function useUnitList(): UnitList | undefined {
  const [list, setList] = useState<UnitList>();
  useEffect(() => {
    let gone = false;
    unitList().then(
      (l) => !gone && setList(l),
      () => {}, // a field without completions still works
    );
    return () => {
      gone = true;
    };
  }, []);
  return list;
}

let shown: Record<string, ShownUnit | null> = {};
/** What was asked for since the person chose, and what of it is yet to be sent. */
let asked = new Set<string>();
const due: string[] = [];
let era = 0;
/** Beyond so many different units they are shown as they are. */
const most = 5000;
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of [...listeners]) listener();
}

/** Asks for what is wanted, all at once. */
function ask(): void {
  const units = due.splice(0);
  const now = era;
  request<{ units: Record<string, ShownUnit> }>("POST", "/units/show", { units }).then(
    ({ data }) => {
      if (now !== era) return;
      shown = { ...shown };
      for (const text of units) shown[text] = data.units[text] ?? null;
      changed();
    },
    () => {}, // they are shown as they are
  );
}

/** Forgets how units are shown: the person prefers others now. */
export function forgetShown(): void {
  era++;
  shown = {};
  asked = new Set();
  changed();
}

/** Saves in which units a person wants to see values, and shows them so. */
export async function saveUnits(units: UnitPreference): Promise<void> {
  await request("PATCH", "/me", { units });
  forgetShown();
}

/** How values in a unit are shown; undefined as they are, or not known yet. */
export type ShowUnit = (text: string | undefined) => ShownUnit | undefined;

/** Tells how units are shown. What is not known yet is asked for, and the component drawn again. */
export function useShownUnits(): ShowUnit {
  const known = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (text) => {
    if (!text) return undefined;
    const u = known[text];
    if (u === undefined && !asked.has(text) && asked.size < most) {
      asked.add(text);
      if (due.push(text) === 1) queueMicrotask(ask);
    }
    return u ?? undefined;
  };
}

/** A live value, the decimals and the name of a unit as they are shown. */
export function inShownUnit<T extends { v: unknown }>(
  live: T | undefined,
  decimals: number | undefined,
  unit: string | undefined,
  show: ShowUnit,
): { live: T | undefined; decimals: number | undefined; unit: string | undefined } {
  const u = show(unit);
  if (!u) return { live, decimals, unit };
  if (!u.factor) return { live, decimals, unit: u.symbol };
  return {
    live: live && typeof live.v === "number" ? { ...live, v: toShown(live.v, u) } : live,
    decimals: decimals === undefined ? undefined : decimalsShown(decimals, u),
    unit: u.symbol,
  };
}

/** A tag and its live value as they are shown; for what shows both. */
export function shownValue<T extends { unit?: string; decimals?: number }, L extends { v: unknown }>(
  tag: T,
  live: L | undefined,
  show: ShowUnit,
): { tag: T; live: L | undefined } {
  if (!show(tag.unit)?.factor) return { tag, live };
  const s = inShownUnit(live, tag.decimals, tag.unit, show);
  return { tag: { ...tag, decimals: s.decimals }, live: s.live };
}

/** Both ends of a range as they are shown. */
export function rangeShown(range: { low: number; high: number }, unit: string | undefined, show: ShowUnit): string {
  const u = show(unit);
  return `${toShown(range.low, u)} … ${toShown(range.high, u)}`;
}
