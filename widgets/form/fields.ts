// The fields of a form, as its setting says them or as a tag or expression gives them.

import { dateText, limitsText, readDate, readingWord, readNumber, readText } from "../reading";
import type { Lang } from "../view";

export const kinds = [
  "text",
  "number",
  "int",
  "bool",
  "choice",
  "area",
  "password",
  "date",
  "time",
  "datetime",
] as const;
export type FormKind = (typeof kinds)[number];

export interface FormField {
  name: string;
  title: string;
  help: string;
  kind: FormKind;
  required: boolean;
  unit: string;
  low: number | undefined;
  high: number | undefined;
  most: number;
  pattern: string;
  choices: { value: string; title: string }[];
  default: unknown;
}

/** How many fields a form has at most. */
export const mostFields = 60;

const text = (v: unknown): string => (typeof v === "string" ? v : "");
const num = (v: unknown): number | undefined => (typeof v === "number" && Number.isFinite(v) ? v : undefined);

/** "a=Automatic, b=Manual", one a line or with commas; a list as it is. */
export function choicesIn(v: unknown): { value: string; title: string }[] {
  const list = Array.isArray(v) ? v : text(v).split(/[\n,，]/);
  const out: { value: string; title: string }[] = [];
  for (const x of list.slice(0, 500)) {
    if (typeof x === "object" && x !== null) {
      const o = x as { value?: unknown; title?: unknown };
      if (o.value !== undefined && o.value !== null)
        out.push({ value: String(o.value), title: text(o.title) || String(o.value) });
      continue;
    }
    const [value = "", ...title] = String(x).split("=");
    if (value.trim() !== "") out.push({ value: value.trim(), title: title.join("=").trim() || value.trim() });
  }
  return out;
}

/** The fields of a list of objects, or of a JSON Schema of an object; what is no field is left out. */
export function fieldsOf(v: unknown): FormField[] {
  if (typeof v === "string") {
    try {
      return fieldsOf(JSON.parse(v));
    } catch {
      return [];
    }
  }
  if (typeof v === "object" && v !== null && !Array.isArray(v)) return fieldsOf(ofSchema(v as Record<string, unknown>));
  if (!Array.isArray(v)) return [];
  const out: FormField[] = [];
  for (const x of v) {
    if (out.length >= mostFields) break;
    if (typeof x !== "object" || x === null) continue;
    const o = x as Record<string, unknown>;
    const name = text(o.name).trim();
    if (name === "" || name.length > 100 || name === "__proto__" || out.some((f) => f.name === name)) continue;
    const kind = kinds.find((k) => k === o.kind) ?? "text";
    out.push({
      name,
      title: text(o.title) || name,
      help: text(o.help),
      kind,
      required: o.required === true,
      unit: text(o.unit),
      low: num(o.low),
      high: num(o.high),
      most: Math.max(1, Math.min(20000, num(o.most) ?? (kind === "area" ? 2000 : 200))),
      pattern: text(o.pattern),
      choices: choicesIn(o.choices),
      default: o.default,
    });
  }
  return out;
}

/** The properties of a JSON Schema as a list of fields. */
function ofSchema(s: Record<string, unknown>): unknown[] {
  const properties = s.properties;
  if (typeof properties !== "object" || properties === null) return [];
  const required = Array.isArray(s.required) ? s.required : [];
  return Object.entries(properties as Record<string, Record<string, unknown>>).flatMap(([name, p]) => {
    if (typeof p !== "object" || p === null) return [];
    const format = { date: "date", time: "time", "date-time": "datetime", password: "password" }[text(p.format)];
    const kind = Array.isArray(p.enum)
      ? "choice"
      : ({ number: "number", integer: "int", boolean: "bool" }[text(p.type)] ?? format ?? "text");
    return [
      {
        name,
        kind,
        title: p.title,
        help: p.description,
        required: required.includes(name),
        low: p.minimum,
        high: p.maximum,
        most: p.maxLength,
        pattern: p.pattern,
        choices: p.enum,
        default: p.default,
      },
    ];
  });
}

/** What stands in the field for a value. */
export function writeField(f: FormField, v: unknown): string {
  if (v === undefined || v === null) return "";
  if (f.kind === "date" || f.kind === "time" || f.kind === "datetime") return dateText(v, f.kind);
  return typeof v === "object" ? JSON.stringify(v) : String(v);
}

/** The value of what stands in the field: undefined when it is empty and need not be filled in. */
export function readField(f: FormField, typed: string, lang: Lang): { value: unknown } | { problem: string } {
  if (f.kind === "bool") return { value: typed === "true" };
  if (typed.trim() === "") return f.required ? { problem: readingWord("required", lang) } : { value: undefined };
  switch (f.kind) {
    case "number":
    case "int":
      return readNumber(typed, { lang, unit: f.unit, low: f.low, high: f.high, integer: f.kind === "int" });
    case "date":
    case "time":
    case "datetime":
      return readDate(typed, f.kind, "text", lang);
    default:
      return readText(typed, { lang, pattern: f.pattern });
  }
}

/** What a field takes, in words. */
export const hintOf = (f: FormField, lang: Lang): string =>
  f.help ||
  (f.kind === "number" || f.kind === "int" ? limitsText({ lang, unit: f.unit, low: f.low, high: f.high }) : "");
