// How far the guided app of this browser has come. What the document shows is judged anew each time.
import type { Deed } from "./steps";

/** What is remembered of a guide, by installation. */
export interface Remembered {
  /** The step that is shown, from 0; as many as there are steps when all is done. */
  at: number;
  deeds: Deed[];
}

const key = (installation: string) => `lineside.guide.${installation}`;

/** The guide of an app; undefined when it has none, or it was closed. */
export function remembered(installation: string): Remembered | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(key(installation)) ?? "null");
    return typeof kept?.at === "number" && Array.isArray(kept.deeds) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers how far it is; undefined ends it. */
export function remember(installation: string, progress: Remembered | undefined): void {
  try {
    if (progress) localStorage.setItem(key(installation), JSON.stringify(progress));
    else localStorage.removeItem(key(installation));
  } catch {
    // A browser that keeps nothing begins the guide anew.
  }
}
