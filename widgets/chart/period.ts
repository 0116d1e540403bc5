// The times that a chart of the past may show, and into which steps they are cut.
import type { Ask, Lang } from "../view";

interface Period {
  /** As the runtime is asked for it. */
  from: string;
  /** About how long it is, in milliseconds. */
  length: number;
  /** It moves on with every minute, and so begins within a step. */
  rolling: boolean;
  title: Record<Lang, string>;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const rolling = (from: string, length: number, en: string, zh: string): Period => ({
  from,
  length,
  rolling: true,
  title: { en, zh },
});
const named = (from: string, length: number, en: string, zh: string): Period => ({
  ...rolling(from, length, en, zh),
  rolling: false,
});

export const periods = {
  "15m": rolling("now-15m", 15 * minute, "Last 15 min", "最近 15 分钟"),
  "1h": rolling("now-1h", hour, "Last hour", "最近 1 小时"),
  "8h": rolling("now-8h", 8 * hour, "Last 8 h", "最近 8 小时"),
  "24h": rolling("now-24h", day, "Last 24 h", "最近 24 小时"),
  today: named("today", day, "Today", "今天"),
  yesterday: named("yesterday", day, "Yesterday", "昨天"),
  "7d": rolling("now-168h", 7 * day, "Last 7 days", "最近 7 天"),
  week: named("this week", 7 * day, "This week", "本周"),
  lastWeek: named("last week", 7 * day, "Last week", "上周"),
  "30d": rolling("now-720h", 30 * day, "Last 30 days", "最近 30 天"),
  month: named("this month", 31 * day, "This month", "本月"),
  lastMonth: named("last month", 31 * day, "Last month", "上月"),
  "90d": rolling("now-2160h", 90 * day, "Last 90 days", "最近 90 天"),
  "365d": rolling("now-8760h", 365 * day, "Last 365 days", "最近 365 天"),
} satisfies Record<string, Period>;

export type PeriodName = keyof typeof periods;

export const isPeriod = (v: unknown): v is PeriodName => typeof v === "string" && Object.hasOwn(periods, v);

/** The steps by name, in milliseconds; days and longer are those of the calendar, so these are only about right. */
export const steps: Readonly<Record<string, number>> = {
  "1m": minute,
  "5m": 5 * minute,
  "15m": 15 * minute,
  "30m": 30 * minute,
  "1h": hour,
  "8h": 8 * hour,
  "1d": day,
  "1w": 7 * day,
  "1mo": 30 * day,
};

/** As many steps as can still be told from each other. */
const most = 400;

/** The usual step of times up to a length: people think in hours of a day and days of a month. */
const usual: readonly (readonly [number, string])[] = [
  [15 * minute, "1m"],
  [hour, "5m"],
  [8 * hour, "30m"],
  [2 * day, "1h"],
  [35 * day, "1d"],
  [100 * day, "1w"],
];

/** The step of a period: the one that is asked for unless it makes too many, else the usual one. */
export function stepOf(name: PeriodName, asked: string): string {
  const { length } = periods[name];
  const own = steps[asked];
  if (own !== undefined && length / own <= most) return asked;
  // Asked for, but too fine: the finest that goes.
  if (own !== undefined) return Object.keys(steps).find((s) => length / (steps[s] as number) <= most) ?? "1mo";
  return usual.find(([longest]) => length <= longest)?.[1] ?? "1mo";
}

/** What the runtime is asked for. A moving period begins a step earlier, so that its first step is a whole one. */
export function askFor(name: PeriodName, step: string, fn: string): Ask {
  const p = periods[name];
  const early = p.rolling ? (steps[step] ?? 0) : 0;
  const from = early > 0 ? `now-${Math.round((p.length + early) / 1000)}s` : p.from;
  return { from, step, fn };
}

/** The first of these bucket beginnings that is not that of a cut one. */
export function firstWhole(times: readonly number[], step: string): number {
  const nominal = steps[step] ?? 0;
  const [a, b] = times;
  if (a === undefined || b === undefined) return 0;
  // A day of 23 hours and a month of 28 days are whole.
  return b - a < nominal * 0.89 ? 1 : 0;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(lang: Lang, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${lang} ${zone} ${JSON.stringify(options)}`;
  let f = formats.get(key);
  if (!f) {
    const locale = lang === "zh" ? "zh-CN" : "en-GB";
    try {
      f = new Intl.DateTimeFormat(locale, { ...options, ...(zone ? { timeZone: zone } : {}) });
    } catch {
      // A zone that this browser does not know: its own.
      f = new Intl.DateTimeFormat(locale, options);
    }
    formats.set(key, f);
  }
  return f;
}

/** The hour, weekday and date of a time by the clock of the plant. */
export function clockOf(t: number, zone: string): { hour: number; date: string } {
  const parts = format("en", zone, {
    hour: "2-digit",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(t);
  const of = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
  return { hour: Number(of("hour")), date: `${of("year")}-${of("month")}-${of("day")}` };
}

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** Day and month: "Sat 21 Nov". */
export const dayText = (t: number, lang: Lang, zone: string): string =>
  format(lang, zone, { weekday: "short", day: "numeric", month: "short" }).format(t);

/** The clock of the plant: "06:30", with seconds when asked for. */
export const clockText = (t: number, lang: Lang, zone: string, seconds = false): string =>
  format(lang, zone, seconds ? { ...clock, second: "2-digit" } : clock).format(t);

/** A day and a clock, for what is told of one time. */
export const momentText = (t: number, lang: Lang, zone: string, seconds = false): string =>
  `${dayText(t, lang, zone)} ${clockText(t, lang, zone, seconds)}`;

/** What stands below buckets that begin at these times. What would stand there twice says which clock it is of. */
export function bucketNames(times: readonly number[], step: string, lang: Lang, zone: string): string[] {
  if (step === "1mo") return times.map((t) => format(lang, zone, { month: "short", year: "2-digit" }).format(t));
  if (step === "1w") return times.map((t) => format(lang, zone, { day: "numeric", month: "short" }).format(t));
  if (step === "1d") return times.map((t) => dayText(t, lang, zone));
  const days = new Set(times.map((t) => clockOf(t, zone).date)).size;
  const names = times.map((t) => (days > 1 ? momentText(t, lang, zone) : clockText(t, lang, zone)));
  const seen = new Map<string, number>();
  for (const n of names) seen.set(n, (seen.get(n) ?? 0) + 1);
  return names.map((n, i) => ((seen.get(n) as number) > 1 ? `${n} ${offsetText(times[i] as number, lang, zone)}` : n));
}

function offsetText(t: number, lang: Lang, zone: string): string {
  const parts = format(lang, zone, { hour: "2-digit", timeZoneName: "shortOffset" }).formatToParts(t);
  return parts.find((p) => p.type === "timeZoneName")?.value ?? "";
}

/** A length of time in words: "2 h 05 min", "45 s". */
export function lengthText(ms: number, lang: Lang): string {
  const s = Math.round(ms / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const u = lang === "zh" ? { d: "天", h: "小时", m: "分", s: "秒" } : { d: "d", h: "h", m: "min", s: "s" };
  if (ms > 0 && s === 0) return `${Math.max(1, Math.round(ms))} ms`;
  if (s < 60) return `${s} ${u.s}`;
  if (s < 3600) return s % 60 === 0 ? `${s / 60} ${u.m}` : `${Math.floor(s / 60)} ${u.m} ${two(s % 60)} ${u.s}`;
  const minutes = Math.round(s / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} ${u.h} ${two(minutes % 60)} ${u.m}`;
  const hours = Math.round(s / 3600);
  return `${Math.floor(hours / 24)} ${u.d} ${hours % 24} ${u.h}`;
}
