import { formatted } from "@lineside/client";
import { type Look, look } from "@lineside/scene";
import type { Env, Lang, Settings, Values } from "./view";

/** What a property shows now: a live value with its quality, a constant, or nothing yet. */
export interface Shown {
  v: unknown;
  look: Look;
}

const unset: Shown = { v: undefined, look: "unset" };

/** The value of a property, live or constant. */
export function shown(values: Values, settings: Settings, prop: string): Shown {
  const l = values[prop];
  if (l) {
    const k = look(l.q);
    // A good quality without a value would look alive; nothing may.
    return { v: l.v, look: l.v === null || l.v === undefined ? (k === "waiting" ? k : "bad") : k };
  }
  const v = settings[prop];
  return v === undefined || v === null || v === "" ? unset : { v, look: "good" };
}

/** Is there a value that may be shown as one? */
export const usable = (s: Shown): boolean => s.look === "good" || s.look === "override" || s.look === "uncertain";

/** The number in it, when there is one to show. */
export function numeric(s: Shown): number | undefined {
  if (!usable(s)) return undefined;
  const n =
    typeof s.v === "number"
      ? s.v
      : typeof s.v === "boolean"
        ? Number(s.v)
        : typeof s.v === "string"
          ? Number.parseFloat(s.v)
          : Number.NaN;
  return Number.isFinite(n) ? n : undefined;
}

/** The truth in it: true, a number other than 0, or "true", "on", "1". */
export function truth(s: Shown): boolean | undefined {
  if (!usable(s)) return undefined;
  if (typeof s.v === "boolean") return s.v;
  if (typeof s.v === "number") return s.v !== 0;
  return typeof s.v === "string" && ["true", "on", "1"].includes(s.v.toLowerCase());
}

export const number = (s: Settings, name: string): number | undefined => {
  const v = s[name];
  return typeof v === "number" && Number.isFinite(v) ? v : undefined;
};

export const string = (s: Settings, name: string): string => (typeof s[name] === "string" ? (s[name] as string) : "");

export const flag = (s: Settings, name: string): boolean => s[name] === true;

/** Decimals for a range: a thousandth of it can be told. */
export function decimalsFor(low: number | undefined, high: number | undefined): number | undefined {
  if (low === undefined || high === undefined || high <= low) return undefined;
  return Math.max(0, Math.min(6, Math.ceil(-Math.log10((high - low) / 1000) - 0.01)));
}

/** Decimals of a property: what the document or the tag says, none for a whole number, else as the range needs. */
export function decimalsOf(
  settings: Settings,
  env: Env,
  low: number | undefined,
  high: number | undefined,
  prop = "value",
): number | undefined {
  return number(settings, "decimals") ?? (env.meta(prop)?.type === "int" ? 0 : decimalsFor(low, high));
}

/** A number with fixed decimals and a real minus sign. Without decimals whole numbers have none and others two. */
export function fixed(n: number, decimals: number | undefined): string {
  // More digits than a float64 has say nothing, and the language has no more than 100.
  const digits = clamp(Math.round(decimals ?? (Number.isInteger(n) ? 0 : 2)) || 0, 0, 20);
  const s = Math.abs(n) >= 1e15 ? n.toExponential(3) : n.toFixed(digits);
  // A negative that rounds to zero is zero.
  return s.charCodeAt(0) === 45 ? (/^-0(\.0*)?$/.test(s) ? s.slice(1) : `−${s.slice(1)}`) : s;
}

const words = {
  on: { en: "On", zh: "开" },
  off: { en: "Off", zh: "关" },
};

/** "On" or "Off". */
export const onOff = (on: boolean, lang: Lang): string => words[on ? "on" : "off"][lang];

/** A value as a plain text, whatever it is: an object that cannot become a text by itself is its JSON. */
export const plainText = (v: unknown): string => (typeof v === "object" && v !== null ? JSON.stringify(v) : String(v));

/** A value of any type as text. */
export function textOf(v: unknown, decimals: number | undefined, lang: Lang): string {
  switch (typeof v) {
    case "number":
      return fixed(v, decimals);
    case "boolean":
      return onOff(v, lang);
    case "string":
      return v;
    case "undefined":
      return "";
    default:
      return v === null ? "" : JSON.stringify(v);
  }
}

/** The live value of a property as text: by the format of its tag (a date, a place), else by its type. */
export function saidOf(v: unknown, decimals: number | undefined, env: Env, prop = "value"): string {
  return formatted(env.meta(prop)?.format, v, env.lang) ?? textOf(v, decimals, env.lang);
}

/** What a widget is called: its label, or the title or path of its tag. */
export function labelOf(settings: Settings, env: Env, prop = "value"): string {
  const own = string(settings, "label");
  if (own !== "") return own;
  const m = env.meta(prop);
  return m?.title || m?.path?.split("/").pop() || "";
}

/** The engineering range, 0–100 when nothing says otherwise. */
export function rangeOf(settings: Settings): { low: number; high: number } {
  const low = number(settings, "low") ?? 0;
  const high = number(settings, "high") ?? (low < 100 ? 100 : low + 1);
  return high > low ? { low, high } : { low, high: low + 1 };
}

export const clamp = (v: number, low: number, high: number): number => Math.max(low, Math.min(high, v));

const looks: Record<Look, { en: string; zh: string }> = {
  good: { en: "", zh: "" },
  override: { en: "local override", zh: "本地强制" },
  uncertain: { en: "uncertain", zh: "不确定" },
  bad: { en: "bad, no value", zh: "坏值，无数据" },
  waiting: { en: "waiting for the first value", zh: "等待首个数值" },
  unset: { en: "not connected to a tag", zh: "未连接变量" },
};

/** A quality in words, "" for good. */
export const lookText = (k: Look, lang: Lang): string => looks[k][lang];

/** Round steps for a scale: 1, 2 or 5 times a power of ten, at most `most` of them. */
export function ticks(low: number, high: number, most: number): number[] {
  const raw = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power).find((k) => k >= raw * 0.999) ?? raw;
  const out: number[] = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step)
    out.push(Math.abs(v) < step * 1e-9 ? 0 : Number.parseFloat(v.toPrecision(12)));
  return out;
}

/** What an analog view needs of its settings. */
export interface Scale {
  low: number;
  high: number;
  /** The normal band, cut to the range. */
  normal: { from: number; to: number } | undefined;
  limitLow: number | undefined;
  limitHigh: number | undefined;
  unit: string;
  decimals: number | undefined;
  label: string;
  /** 0 to 1 for a value, cut to the range. */
  at(v: number): number;
}

export function scaleOf(settings: Settings, env: Env): Scale {
  const { low, high } = rangeOf(settings);
  const from = number(settings, "normalLow");
  const to = number(settings, "normalHigh");
  const inside = (v: number | undefined) => (v !== undefined && v > low && v < high ? v : undefined);
  const band = { from: clamp(from ?? low, low, high), to: clamp(to ?? high, low, high) };
  return {
    low,
    high,
    normal: (from !== undefined || to !== undefined) && band.to > band.from ? band : undefined,
    limitLow: inside(number(settings, "limitLow")),
    limitHigh: inside(number(settings, "limitHigh")),
    unit: string(settings, "unit"),
    decimals: decimalsOf(settings, env, low, high),
    label: labelOf(settings, env),
    at: (v) => clamp((v - low) / (high - low), 0, 1),
  };
}

/** What a screen reader says of an analog view. */
export function sayAnalog(
  s: Scale,
  env: Env,
  value: Shown,
  role = "img",
): { role: string; label: string; value: string } {
  const n = numeric(value);
  return {
    role,
    label: s.label || env.name,
    value: [n === undefined ? "" : fixed(n, s.decimals), n === undefined ? "" : s.unit, lookText(value.look, env.lang)]
      .filter(Boolean)
      .join(" "),
  };
}

/** Makes a looked-at widget act on a click when the engineer put an action there. */
export const clickable = (env: Env): { act?: () => void } =>
  env.actions.includes("click") ? { act: () => void env.emit("click") } : {};
