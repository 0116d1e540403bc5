import type { Animation, LiveValue, Step, Widget } from "@lineside/client";
import type { Transform } from "@lineside/scene";

/** What is changed of a widget as a whole; everything else names a property of it. */
export const wholes: readonly string[] = ["visible", "opacity", "rotate", "scale", "move", "blink"];

/** The name under which the server gives the value of an animation. */
export const sourceOf = (index: number): string => `animate/${index}`;

/** Is this the value of an animation, and not of a property? */
export const isSource = (prop: string): boolean => prop.startsWith("animate/");

/** The name under which a view is given what an animation makes of a part of it. */
export const partProp = (part: string, what: string): string => `part:${part}:${what}`;

export const isPart = (prop: string): boolean => prop.startsWith("part:");

/**
 * What an animation makes of a value; undefined leaves the widget as it is: there is no value, its
 * quality is bad, no step fits, or what comes out is nothing that can be shown. visible and blink
 * are booleans, opacity is 0 to 1, scale is not negative, rotate is degrees, move is [dx, dy]; a
 * property is what the document says. Without steps, limits and else the value itself is taken.
 */
export function apply(a: Animation, live: LiveValue | undefined): unknown {
  if (!live || live.v === null || live.v === undefined || live.q >>> 0 >= 0x80000000) return undefined;
  return shaped(a, mapped(a, live.v));
}

/** The scalar that steps, limits and else give, before it is made what is wanted. */
function mapped(a: Animation, v: unknown): unknown {
  const steps = a.steps ?? [];
  for (const s of steps) if (fits(s, v)) return s.set;
  const n = number(v);
  if (a.in?.length === 2) return n === undefined ? a.else : between(a, n);
  if (steps.length > 0 || (a.else !== undefined && a.else !== null)) return a.else;
  return v;
}

/** Linear from in to out, held outside; of a move how far along its way, 0 to 1. */
function between(a: Animation, n: number): number | undefined {
  const [low, high] = a.in as [number, number];
  const t = high === low ? Number(n >= high) : Math.min(1, Math.max(0, (n - low) / (high - low)));
  if (a.what === "move") return t;
  const [from, to] = a.out ?? [];
  return from === undefined || to === undefined ? undefined : from + t * (to - from);
}

/** Does everything that the step names hold? */
export function fits(s: Step, v: unknown): boolean {
  const n = number(v);
  if (s.from !== undefined && !(n !== undefined && n >= s.from)) return false;
  if (s.below !== undefined && !(n !== undefined && n < s.below)) return false;
  if (s.mask && !hasBits(n, s.mask)) return false;
  return s.is === undefined || s.is === null || equal(s.is, v);
}

/** All bits of the mask, in the two's complement of a whole number. */
function hasBits(n: number | undefined, mask: number): boolean {
  if (n === undefined || !Number.isSafeInteger(n)) return false;
  return (n & mask) >>> 0 === mask >>> 0;
}

/** A boolean equals 1 or 0 as well: that is how devices say it. */
function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === "string" || typeof b === "string") return false;
  return number(a) === number(b);
}

function number(v: unknown): number | undefined {
  const n = typeof v === "boolean" ? Number(v) : typeof v === "number" ? v : Number.NaN;
  return Number.isFinite(n) ? n : undefined;
}

function shaped(a: Animation, v: unknown): unknown {
  if (v === undefined || v === null) return undefined;
  if (!wholes.includes(a.what)) return v;
  if (a.what === "visible" || a.what === "blink")
    return typeof v === "string" ? ["true", "on", "1"].includes(v.toLowerCase()) : number(v) !== 0;
  const n = number(v);
  if (n === undefined) return undefined;
  switch (a.what) {
    case "opacity":
      return Math.min(1, Math.max(0, n));
    case "scale":
      return Math.max(0, n);
    case "move":
      return along(a.out ?? [], n);
    default:
      return n;
  }
}

/** The point at a fraction of the length of a way of x0, y0, x1, y1, … */
export function along(way: readonly number[], fraction: number): [number, number] | undefined {
  const points = Math.floor(way.length / 2);
  if (points === 0) return undefined;
  const at = (i: number): [number, number] => [way[2 * i] as number, way[2 * i + 1] as number];
  let total = 0;
  for (let i = 1; i < points; i++) total += Math.hypot(at(i)[0] - at(i - 1)[0], at(i)[1] - at(i - 1)[1]);
  let left = Math.min(1, Math.max(0, fraction)) * total;
  for (let i = 1; i < points; i++) {
    const [x0, y0] = at(i - 1);
    const [x1, y1] = at(i);
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (left <= length && length > 0) return [x0 + ((x1 - x0) * left) / length, y0 + ((y1 - y0) * left) / length];
    left -= length;
  }
  return at(points - 1);
}

/** What the animations of a widget come to. */
export interface Animated {
  /** On top of how the widget lies in the document; undefined when nothing acts on the whole. */
  whole: Transform | undefined;
  /** The values for the view: properties overridden, those of parts added, those of animations taken out. */
  values: Record<string, LiveValue>;
}

/** Applies all animations of a widget to its live values, in order: a later one wins over an earlier. */
export function animate(widget: Widget, live: Record<string, LiveValue>): Animated {
  const values: Record<string, LiveValue> = {};
  for (const name in live) if (!isSource(name)) values[name] = live[name] as LiveValue;
  let whole: Transform | undefined;
  for (const [i, a] of (widget.animate ?? []).entries()) {
    const from = live[sourceOf(i)];
    const v = apply(a, from);
    if (v === undefined || !from) continue;
    if (a.part) values[partProp(a.part, a.what)] = { v, q: from.q, t: from.t };
    else if (!wholes.includes(a.what)) values[a.what] = { v, q: from.q, t: from.t };
    else {
      whole ??= {};
      if (a.what === "move") [whole.dx, whole.dy] = v as [number, number];
      else Object.assign(whole, { [a.what]: v });
    }
  }
  return { whole, values };
}
