// Which time is looked at: the last hours up to now, or from one time to another.

/** The last `last` milliseconds, following the clock, or a fixed time; in milliseconds since 1970. */
export type Span = { last: number } | { from: number; to: number };

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The shortest and the longest time that can be looked at. */
export const shortest = second;
export const longest = 100 * 366 * day;

/** The spans that are offered: name and length. */
export const presets: { id: string; last: number }[] = [
  { id: "5m", last: 5 * minute },
  { id: "1h", last: hour },
  { id: "8h", last: 8 * hour },
  { id: "1d", last: day },
  { id: "7d", last: 7 * day },
  { id: "30d", last: 30 * day },
  { id: "1y", last: 365 * day },
];

export function isLive(span: Span): span is { last: number } {
  return "last" in span;
}

/** From and to of a span at a time. */
export function bounds(span: Span, now: number): { from: number; to: number } {
  return isLive(span) ? { from: now - span.last, to: now } : span;
}

/** A fixed span, no shorter and no longer than can be looked at, and not beyond what a date can say. */
export function fixed(from: number, to: number): Span {
  const width = Math.min(longest, Math.max(shortest, to - from));
  const middle = (from + to) / 2;
  return { from: Math.round(middle - width / 2), to: Math.round(middle + width / 2) };
}

/** Moves by a share of its length; what ended now does so no longer. */
export function shifted(span: Span, share: number, now: number): Span {
  const { from, to } = bounds(span, now);
  const by = (to - from) * share;
  return fixed(from + by, to + by);
}

/** Zooms by a factor around a time. What follows the clock goes on following when its end stays. */
export function zoomed(span: Span, factor: number, around: number | undefined, now: number): Span {
  const { from, to } = bounds(span, now);
  if (isLive(span) && around === undefined)
    return { last: Math.min(longest, Math.max(shortest, Math.round(span.last * factor))) };
  const at = around ?? (from + to) / 2;
  return fixed(at - (at - from) * factor, at + (to - at) * factor);
}

/** Reads and writes a span as the query of an address. */
export function spanOf(query: URLSearchParams): Span {
  const from = Number(query.get("from"));
  const to = Number(query.get("to"));
  if (from && to > from) return fixed(from, to);
  const last = Number(query.get("last"));
  return { last: last >= shortest && last <= longest ? last : hour };
}

export function putSpan(query: URLSearchParams, span: Span): void {
  for (const name of ["from", "to", "last"]) query.delete(name);
  for (const [name, value] of Object.entries(span)) query.set(name, String(value));
}

/** How often what follows the clock is read again. */
export function beat(last: number): number {
  return Math.min(30 * second, Math.max(second, last / 600));
}

const two = (n: number) => String(n).padStart(2, "0");

/** A time for a field of the kind datetime-local, in the time of this browser. */
export function fieldTime(ms: number): string {
  const d = new Date(ms);
  return `${String(d.getFullYear()).padStart(4, "0")}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}
