// The plan of a week: what it says, and changes of it. The runtime reads the same (runtime/schedule/week.go).

export interface Plan {
  week: { day: number; from: string; to: string }[];
  dates?: { date: string; from?: string; to?: string }[];
}

/** A time of a day in minutes: from is in it, to is not. */
export interface Span {
  from: number;
  to: number;
}

export const day = 24 * 60;

export const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

export function minuteOf(text: unknown): number | undefined {
  const m = typeof text === "string" ? /^(\d\d):(\d\d)$/.exec(text) : null;
  if (!m) return undefined;
  const minute = Number(m[1]) * 60 + Number(m[2]);
  return Number(m[2]) < 60 && minute <= day ? minute : undefined;
}

/** The plan in a value; undefined for what is none. Nothing at all is an empty plan. */
export function planOf(v: unknown): Plan | undefined {
  let doc: unknown = v;
  if (typeof v === "string" && v.trim() !== "") {
    try {
      doc = JSON.parse(v);
    } catch {
      return undefined;
    }
  }
  if (doc === null || doc === undefined || doc === "") return { week: [] };
  if (typeof doc !== "object" || Array.isArray(doc)) return undefined;
  const { week = [], dates, ...rest } = doc as { week?: unknown; dates?: unknown };
  if (Object.keys(rest).length > 0 || !Array.isArray(week) || week.length > 1000) return undefined;
  for (const p of week as Plan["week"]) {
    const from = minuteOf(p?.from);
    const to = minuteOf(p?.to);
    if (from === undefined || to === undefined || from >= to || !Number.isInteger(p.day) || p.day < 1 || p.day > 7)
      return undefined;
  }
  if (dates !== undefined && (!Array.isArray(dates) || dates.length > 1000)) return undefined;
  for (const p of (dates ?? []) as NonNullable<Plan["dates"]>)
    if (typeof p?.date !== "string" || !/^\d{4}-\d\d-\d\d$/.test(p.date)) return undefined;
  return { week: week as Plan["week"], ...(dates ? { dates: dates as Plan["dates"] } : {}) } as Plan;
}

/** The times of a day of the week, in order, what touches as one. */
export function spansOf(plan: Plan, weekday: number): Span[] {
  return merged(
    plan.week.filter((p) => p.day === weekday).map((p) => ({ from: minuteOf(p.from) ?? 0, to: minuteOf(p.to) ?? 0 })),
  );
}

export function merged(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const s of [...spans].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && s.from <= last.to) last.to = Math.max(last.to, s.to);
    else out.push({ ...s });
  }
  return out;
}

/** A plan in which a time of a day is on, or off. */
export function painted(plan: Plan, weekday: number, span: Span, on: boolean): Plan {
  const before = spansOf(plan, weekday);
  const after = on
    ? merged([...before, span])
    : before.flatMap((s) => [
        ...(s.from < span.from ? [{ from: s.from, to: Math.min(s.to, span.from) }] : []),
        ...(s.to > span.to ? [{ from: Math.max(s.from, span.to), to: s.to }] : []),
      ]);
  const week = [1, 2, 3, 4, 5, 6, 7].flatMap((d) =>
    (d === weekday ? after : spansOf(plan, d)).map((s) => ({ day: d, from: timeOf(s.from), to: timeOf(s.to) })),
  );
  return { ...plan, week };
}

/** A plan with the times of one day on others, too. */
export function copied(plan: Plan, from: number, to: readonly number[]): Plan {
  const spans = spansOf(plan, from);
  return to.reduce(
    (p, d) => spans.reduce((q, s) => painted(q, d, s, true), painted(p, d, { from: 0, to: day }, false)),
    plan,
  );
}
