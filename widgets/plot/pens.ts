// The pens of the plot: which tags, in which order, and how each is drawn.
import { color, type Theme } from "@lineside/scene";

export interface Pen {
  path: string;
  hidden?: boolean;
}

/** As many as one answer holds comfortably. */
export const mostPens = 24;

const tones = ["pen1", "pen2", "pen4", "pen5", "pen3", "pen6"];
const dashes = [[], [8, 3], [2, 3], [10, 3, 2, 3]];

/** How the pen at a place is drawn: tone and dashes together are another for each. */
export function lookOf(place: number, theme: Theme): { tone: string; dash: number[] } {
  return {
    tone: color(tones[place % tones.length] as string, theme),
    dash: dashes[Math.floor(place / tones.length) % dashes.length] as number[],
  };
}

/** Puts the pen with a path before another, or with undefined at the end. */
export function moved(pens: readonly Pen[], path: string, before: string | undefined): Pen[] {
  const pen = pens.find((p) => p.path === path);
  if (!pen || path === before) return [...pens];
  const rest = pens.filter((p) => p !== pen);
  const at = before === undefined ? rest.length : rest.findIndex((p) => p.path === before);
  rest.splice(at < 0 ? rest.length : at, 0, pen);
  return rest;
}

/** Moves a pen up (-1) or down (1). */
export function nudged(pens: readonly Pen[], path: string, by: number): Pen[] {
  const at = pens.findIndex((p) => p.path === path);
  const to = at + by;
  if (at < 0 || to < 0 || to >= pens.length) return [...pens];
  const out = [...pens];
  out.splice(to, 0, ...out.splice(at, 1));
  return out;
}
