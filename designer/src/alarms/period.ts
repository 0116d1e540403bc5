// A time that is looked at: one of the usual ones, or from and until.
export const spans = ["day", "week", "month", "quarter", "other"] as const;
export type Span = (typeof spans)[number];

const days: Record<Exclude<Span, "other">, number> = { day: 1, week: 7, month: 30, quarter: 91 };

export interface Period {
  span: Span;
  /** ISO 8601; until left out is now. */
  from: string;
  until?: string;
}

/** A usual period that ends now. It begins on a full hour, so that what was counted is counted on. */
export function periodOf(span: Exclude<Span, "other">, now = Date.now()): Period {
  const hour = 3_600_000;
  return { span, from: new Date(Math.floor((now - days[span] * 24 * hour) / hour) * hour).toISOString() };
}

/** What a field for date and time holds, by the clock of the browser. */
export function fieldOf(iso: string | undefined): string {
  if (!iso) return "";
  const t = new Date(iso);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${t.getFullYear()}-${pad(t.getMonth() + 1)}-${pad(t.getDate())}T${pad(t.getHours())}:${pad(t.getMinutes())}`;
}

/** The time of such a field; undefined when it is empty or not finished. */
export function timeOf(field: string): string | undefined {
  const t = new Date(field);
  return field && !Number.isNaN(t.getTime()) ? t.toISOString() : undefined;
}
