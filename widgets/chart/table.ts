// The numbers of a chart: categories along it, and series of a value for each.
import type { LiveValue } from "@lineside/client";
import { type Look, look } from "@lineside/scene";
import { numeric, shown, string } from "../kit";
import type { Env, Recalled, Settings, Values } from "../view";
import { bucketNames, firstWhole } from "./period";

/** How many categories and series one chart draws; what is beyond is not. */
export const mostCategories = 1000;
export const mostSeries = 12;

/** The bindable values of a chart. */
export const valueProps = [
  "value",
  ...Array.from({ length: mostSeries - 1 }, (_, i) => `value${i + 2}`),
] as readonly string[];

export interface Cell {
  /** Null where there is no number. */
  v: number | null;
  look: Look;
}

export interface Series {
  name: string;
  unit: string;
  decimals: number | undefined;
  cells: Cell[];
}

export interface Table {
  categories: string[];
  series: Series[];
  /** The unit and the decimals of each category, where each is another tag. */
  each?: { unit: string; decimals: number | undefined }[];
  /** When each category began and when the last ended, where they are times. */
  times?: number[];
  end?: number;
  zone?: string;
}

export const emptyTable = (): Table => ({ categories: [], series: [] });

/** Is there any number in it? */
export const hasNumbers = (t: Table): boolean => t.series.some((s) => s.cells.some((c) => c.v !== null));

export const unitAt = (t: Table, s: number, i: number): string => t.each?.[i]?.unit ?? t.series[s]?.unit ?? "";
export const decimalsAt = (t: Table, s: number, i: number): number | undefined =>
  t.each ? t.each[i]?.decimals : t.series[s]?.decimals;

/** The names that the engineer gave the values, in their order. */
function names(settings: Settings): string[] {
  const list = settings.names;
  return Array.isArray(list) ? list.map((n) => (typeof n === "string" ? n : "")) : [];
}

/** What a value is called: as the engineer says, else by its tag, else by its number. */
export function nameOf(prop: string, settings: Settings, env: Env): string {
  const i = valueProps.indexOf(prop);
  const meta = env.meta(prop);
  return names(settings)[i] || meta?.title || meta?.path?.split("/").pop() || `${i + 1}`;
}

/** The names of the values, told from each other by what they belong to where titles are the same. */
export function namesOf(props: readonly string[], settings: Settings, env: Env): string[] {
  const plain = props.map((p) => nameOf(p, settings, env));
  return plain.map((name, i) => {
    if (plain.indexOf(name) === plain.lastIndexOf(name)) return name;
    const owner = env
      .meta(props[i] ?? "")
      ?.path?.split("/")
      .at(-2);
    return owner ? `${owner} ${name}` : name;
  });
}

/** The values that something stands in: bound ones, and constants. */
export const usedProps = (settings: Settings, env: Env): string[] =>
  valueProps.filter((p) => env.bound(p) || typeof settings[p] === "number");

const factorOf = (settings: Settings): number => {
  const f = settings.factor;
  return typeof f === "number" && Number.isFinite(f) && f !== 0 ? f : 1;
};

const fixedDecimals = (settings: Settings): number | undefined =>
  typeof settings.decimals === "number" ? Math.max(0, Math.min(10, Math.round(settings.decimals))) : undefined;

/** A category for each of the values as they are now. */
export function fromNow(values: Values, settings: Settings, env: Env): Table {
  const used = usedProps(settings, env);
  const factor = factorOf(settings);
  const each = used.map((p) => ({
    unit: string(settings, "unit") || (env.meta(p)?.unit ?? ""),
    decimals: fixedDecimals(settings) ?? decimalsOf(p, env),
  }));
  const units = new Set(each.map((e) => e.unit));
  return {
    categories: namesOf(used, settings, env),
    each,
    series: [
      {
        name: string(settings, "label"),
        unit: units.size === 1 ? ([...units][0] as string) : "",
        decimals: each[0]?.decimals,
        cells: used.map((p) => {
          const s = shown(values, settings, p);
          const n = numeric(s);
          return { v: n === undefined ? null : n * factor, look: s.look };
        }),
      },
    ],
  };
}

function decimalsOf(prop: string, env: Env): number | undefined {
  const m = env.meta(prop);
  return m?.decimals ?? (m?.type === "int" ? 0 : undefined);
}

type Row = { name: string; values: Record<string, number | null> };

/** A number that stands in a list: one, or a text of one. */
export function plainNumber(v: unknown): number | null {
  const n = typeof v === "number" ? v : typeof v === "string" && v.trim() !== "" ? Number(v) : Number.NaN;
  return Number.isFinite(n) ? n : null;
}

const label = (v: unknown): string => (typeof v === "string" ? v : typeof v === "number" ? String(v) : "");

/** A value that is a list, or a text of one in JSON. */
export function listOf(v: unknown): unknown[] | undefined {
  if (typeof v === "string") {
    if (v.length > 4_000_000) return undefined;
    try {
      v = JSON.parse(v);
    } catch {
      return undefined;
    }
  }
  if (Array.isArray(v)) return v;
  if (typeof v === "object" && v !== null) return Object.entries(v);
  return undefined;
}

/**
 * A table from a list: numbers; pairs of a name and numbers; objects whose texts name the row and whose numbers are its
 * values; or one object of names and numbers. Undefined when it is none of these.
 */
export function fromList(v: unknown, settings: Settings, look: Look = "good"): Table | undefined {
  const list = listOf(v)?.slice(0, mostCategories);
  if (!list) return undefined;
  const given = names(settings);
  const rows = list.map((item, i): Row => {
    const name = given[i] || String(i + 1);
    if (Array.isArray(item)) {
      const [first, ...rest] = item;
      const named = typeof first === "string" && plainNumber(first) === null;
      const numbers = named ? rest : item;
      return {
        name: named ? first : name,
        values: Object.fromEntries(numbers.slice(0, mostSeries).map((n, k) => [String(k), plainNumber(n)])),
      };
    }
    if (typeof item === "object" && item !== null) {
      const o = item as Record<string, unknown>;
      const key = ["name", "label", "title", "category", "id"].find((k) => label(o[k]) !== "");
      const values: Row["values"] = {};
      for (const k in o) if (k !== key && (typeof o[k] === "number" || o[k] === null)) values[k] = plainNumber(o[k]);
      return { name: key ? label(o[key]) : name, values };
    }
    return { name, values: { "0": plainNumber(item) } };
  });
  const keys = [...new Set(rows.flatMap((r) => Object.keys(r.values)))].slice(0, mostSeries);
  if (rows.length > 0 && !rows.some((r) => Object.values(r.values).some((n) => n !== null))) return undefined;
  const factor = factorOf(settings);
  const unit = string(settings, "unit");
  return {
    categories: rows.map((r) => r.name),
    series: keys.map((k) => ({
      name: keys.length === 1 ? string(settings, "label") : /^\d+$/.test(k) ? String(Number(k) + 1) : k,
      unit,
      decimals: fixedDecimals(settings),
      cells: rows.map((r) => {
        const n = r.values[k] ?? null;
        return { v: n === null ? null : n * factor, look: n === null ? "bad" : look };
      }),
    })),
  };
}

/** The unit of what a function makes of a bucket, and what its number is multiplied by to be in it. */
export function unitOf(fn: string, unit: string): { unit: string; factor: number; decimals?: number } {
  switch (fn) {
    case "count":
      return { unit: "", factor: 1, decimals: 0 };
    case "duration":
      return { unit: "h", factor: 1 / 3600, decimals: 2 };
    case "percentGood":
      return { unit: "%", factor: 1, decimals: 1 };
    case "rate":
      return { unit: unit ? `${unit}/s` : "1/s", factor: 1 };
    case "integral":
      return { unit: unit ? `${unit}·h` : "h", factor: 1 / 3600 };
    default:
      return { unit, factor: 1 };
  }
}

/** The number of one bucket with its quality. */
export function cellOf(s: LiveValue | undefined, factor: number): Cell {
  if (!s) return { v: null, look: "unset" };
  const k = look(s.q);
  const n = typeof s.v === "number" ? s.v : typeof s.v === "boolean" ? Number(s.v) : Number.NaN;
  return Number.isFinite(n) && k !== "bad" && k !== "waiting" ? { v: n * factor, look: k } : { v: null, look: "bad" };
}

/** A series for each tag and a category for each bucket. Tags whose buckets are not the same are laid on each other by time. */
export function fromBuckets(
  r: Recalled,
  used: readonly string[],
  step: string,
  fn: string,
  settings: Settings,
  env: Env,
): Table {
  const present = used.filter((p) => r.series[p]);
  const all = [...new Set(present.flatMap((p) => (r.series[p] as readonly LiveValue[]).map((s) => s.t)))].sort(
    (a, b) => a - b,
  );
  const called = namesOf(present, settings, env);
  const times = all.slice(firstWhole(all, step)).slice(-mostCategories);
  return {
    categories: bucketNames(times, step, env.lang, r.zone),
    times,
    end: r.to,
    zone: r.zone,
    series: present.map((p, i) => {
      const m = bucketMeta(p, fn, settings, env);
      const by = new Map((r.series[p] as readonly LiveValue[]).map((s) => [s.t, s]));
      return {
        name: called[i] ?? "",
        unit: m.unit,
        decimals: m.decimals,
        cells: times.map((t) => cellOf(by.get(t), m.factor)),
      };
    }),
  };
}

/** Unit, decimals and factor of what a function makes of a tag. */
export function bucketMeta(
  prop: string,
  fn: string,
  settings: Settings,
  env: Env,
): { unit: string; decimals: number | undefined; factor: number } {
  const own = unitOf(fn, env.meta(prop)?.unit ?? "");
  const asked = factorOf(settings);
  return {
    unit: string(settings, "unit") || own.unit,
    decimals: fixedDecimals(settings) ?? own.decimals ?? decimalsOf(prop, env),
    // Who says a factor says it of the number as the history gives it.
    factor: asked === 1 ? own.factor : asked,
  };
}

/** A category for each tag: what a function makes of the whole time. The answer has one bucket, or whole ones to be put together. */
export function fromWhole(r: Recalled, used: readonly string[], fn: string, settings: Settings, env: Env): Table {
  const present = used.filter((p) => r.series[p]);
  const metas = present.map((p) => bucketMeta(p, fn, settings, env));
  const units = new Set(metas.map((m) => m.unit));
  return {
    categories: namesOf(present, settings, env),
    each: metas.map((m) => ({ unit: m.unit, decimals: m.decimals })),
    zone: r.zone,
    series: [
      {
        name: string(settings, "label"),
        unit: units.size === 1 ? ([...units][0] as string) : "",
        decimals: metas[0]?.decimals,
        cells: present.map((p, i) => cellOf((r.series[p] as readonly LiveValue[]).at(-1), metas[i]?.factor ?? 1)),
      },
    ],
  };
}
