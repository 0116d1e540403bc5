// What was typed, as a value, or why it is none.
import { fixed } from "./kit";
import type { Lang } from "./view";

const words = {
  number: { en: "Enter a number.", zh: "请输入数字。" },
  whole: { en: "Enter a whole number.", zh: "请输入整数。" },
  between: { en: "Allowed {0} to {1}.", zh: "允许范围 {0} 至 {1}。" },
  least: { en: "At least {0}.", zh: "不小于 {0}。" },
  most: { en: "At most {0}.", zh: "不大于 {0}。" },
  required: { en: "Fill this in.", zh: "请填写。" },
  pattern: { en: "This does not have the form that is wanted.", zh: "格式不符合要求。" },
  step: { en: "Only steps of {0}.", zh: "步长为 {0}。" },
  date: { en: "Enter a date and time.", zh: "请输入日期和时间。" },
  early: { en: "The end is before the beginning.", zh: "结束时间早于开始时间。" },
} as const;

/** A text of this file with {0}, {1} filled in. */
export const readingWord = (key: keyof typeof words, lang: Lang, ...args: string[]): string =>
  words[key][lang].replace(/\{(\d)\}/g, (_m, i) => args[Number(i)] ?? "");

export interface NumberRules {
  lang: Lang;
  unit?: string;
  low?: number | undefined;
  high?: number | undefined;
  decimals?: number | undefined;
  integer?: boolean;
  step?: number | undefined;
}

/** What is allowed, in words; "" when everything is. */
export function limitsText(r: NumberRules): string {
  const text = (n: number) => `${fixed(n, Number.isInteger(n) ? 0 : r.decimals)}${r.unit ? ` ${r.unit}` : ""}`;
  if (r.low !== undefined && r.high !== undefined) return readingWord("between", r.lang, text(r.low), text(r.high));
  if (r.low !== undefined) return readingWord("least", r.lang, text(r.low));
  return r.high === undefined ? "" : readingWord("most", r.lang, text(r.high));
}

/** The number in what was typed or pasted: any minus, a comma or a point, its unit behind it. */
export function readNumber(typed: string, r: NumberRules): { value: number } | { problem: string } {
  let text = typed.trim().replace(/[−–]/g, "-").replace(/\s/g, "");
  const unit = (r.unit ?? "").replace(/\s/g, "");
  if (unit !== "" && text.endsWith(unit)) text = text.slice(0, -unit.length);
  // One comma and no point is a decimal comma; commas before a point part thousands.
  if (/^[-+]?\d{1,3}(,\d{3})+\.\d+$/.test(text)) text = text.replaceAll(",", "");
  text = text.replace(",", ".");
  const n = Number(text);
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) || !Number.isFinite(n))
    return { problem: readingWord("number", r.lang) };
  if (r.integer && !Number.isInteger(n)) return { problem: readingWord("whole", r.lang) };
  if ((r.low !== undefined && n < r.low) || (r.high !== undefined && n > r.high)) return { problem: limitsText(r) };
  if (r.step !== undefined && r.step > 0) {
    const k = (n - (r.low ?? 0)) / r.step;
    if (Math.abs(k - Math.round(k)) > 1e-6) return { problem: readingWord("step", r.lang, String(r.step)) };
  }
  return { value: n };
}

export interface TextRules {
  lang: Lang;
  required?: boolean;
  /** A regular expression for the whole text. */
  pattern?: string;
  /** What is said when the text has not the form. */
  says?: string;
}

const patterns = new Map<string, RegExp | undefined>();

function patternOf(text: string): RegExp | undefined {
  if (!patterns.has(text)) {
    let re: RegExp | undefined;
    try {
      re = new RegExp(`^(?:${text})$`, "u");
    } catch {
      // A pattern that is none holds nobody up.
    }
    patterns.set(text, re);
  }
  return patterns.get(text);
}

export function readText(text: string, r: TextRules): { value: string } | { problem: string } {
  if (r.required && text.trim() === "") return { problem: readingWord("required", r.lang) };
  // Long texts are not tried against a pattern: some patterns take for ever.
  if (r.pattern && text !== "" && text.length <= 1000 && patternOf(r.pattern)?.test(text) === false)
    return { problem: r.says || readingWord("pattern", r.lang) };
  return { value: text };
}

const two = (n: number) => String(n).padStart(2, "0");

/** What a date is kept as: what its tag takes. */
export type DateKind = "date" | "time" | "datetime";

/** The text of a field of the browser for a value: "2026-11-22", "08:30:00", "2026-11-22T08:30:00", in local time. */
export function dateText(v: unknown, kind: DateKind): string {
  if (kind === "time") {
    if (typeof v === "number" && v >= 0 && v < 86400)
      return `${two(Math.floor(v / 3600))}:${two(Math.floor(v / 60) % 60)}:${two(Math.floor(v) % 60)}`;
    return typeof v === "string" && /^\d{2}:\d{2}(:\d{2})?$/.test(v) ? v : "";
  }
  if (typeof v !== "number" && typeof v !== "string") return "";
  // A bare day is that day everywhere.
  if (kind === "date" && typeof v === "string" && /^\d{4}-\d{2}-\d{2}$/.test(v)) return v;
  const t = new Date(v);
  if (v === "" || Number.isNaN(t.getTime()) || t.getFullYear() < 1000 || t.getFullYear() > 9999) return "";
  const day = `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())}`;
  return kind === "date" ? day : `${day}T${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`;
}

/** The value for the text of such a field: numbers are milliseconds since 1970, of a time seconds since midnight. */
export function readDate(
  text: string,
  kind: DateKind,
  as: "number" | "text",
  lang: Lang,
): { value: number | string } | { problem: string } {
  const problem = { problem: readingWord("date", lang) };
  if (text === "") return problem;
  if (kind === "time") {
    const [h, m, s = "0"] = text.split(":");
    if (h === undefined || m === undefined) return problem;
    return { value: as === "number" ? Number(h) * 3600 + Number(m) * 60 + Math.floor(Number(s)) : text };
  }
  if (kind === "date" && as === "text") return { value: text };
  const t = new Date(kind === "date" ? `${text}T00:00:00` : text);
  if (Number.isNaN(t.getTime())) return problem;
  return { value: as === "number" ? t.getTime() : t.toISOString() };
}
