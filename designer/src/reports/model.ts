// The document of a report as it is edited: blocks that are made, moved and taken away, and what was before.
import type { Problem, Report, ReportBlock, ReportItem, Text } from "@lineside/client";

export type Kind = ReportBlock["kind"];

export const kinds: Kind[] = ["text", "tiles", "table", "trend", "alarms", "stops", "picture", "break"];
export const periods = ["hour", "shift", "day", "week", "month", "custom"] as const;
export type PeriodKind = (typeof periods)[number];
export const functions = [
  "avg",
  "min",
  "max",
  "sum",
  "delta",
  "duration",
  "percentGood",
  "count",
  "first",
  "last",
  "at",
  "range",
  "mean",
  "linear",
  "rate",
  "integral",
  "stddev",
] as const;
/** The functions that look for a state. */
export const stateful = ["duration"];

/** A block of a kind, to begin with. */
export function newBlock(kind: Kind, taken: readonly ReportBlock[]): ReportBlock {
  const id = freeID(taken);
  switch (kind) {
    case "text":
      return { id, kind, text: { text: {} } };
    case "tiles":
      return { id, kind, tiles: { items: [] } };
    case "table":
      return { id, kind, table: { rows: "tags", items: [], columns: [{ fn: "avg" }, { fn: "min" }, { fn: "max" }] } };
    case "trend":
      return { id, kind, trend: { items: [], style: "line" } };
    case "alarms":
      return { id, kind, alarms: { show: "list" } };
    case "stops":
      return { id, kind, stops: { items: [] } };
    case "picture":
      return { id, kind, picture: { width: 30 } };
    default:
      return { id, kind: "break" };
  }
}

function freeID(taken: readonly ReportBlock[]): string {
  for (let n = taken.length + 1; ; n++) {
    if (!taken.some((b) => b.id === `b${n}`)) return `b${n}`;
  }
}

/** The blocks with one put in behind the place; the place it has then. */
export function insert(blocks: ReportBlock[], block: ReportBlock, after: number): [ReportBlock[], number] {
  const at = Math.min(blocks.length, after + 1);
  return [[...blocks.slice(0, at), block, ...blocks.slice(at)], at];
}

export function duplicate(blocks: ReportBlock[], at: number): [ReportBlock[], number] {
  const block = blocks[at];
  if (!block) return [blocks, at];
  return insert(blocks, { ...structuredClone(block), id: freeID(blocks) }, at);
}

export function remove(blocks: ReportBlock[], at: number): [ReportBlock[], number] {
  const rest = blocks.filter((_, i) => i !== at);
  return [rest, Math.min(at, rest.length - 1)];
}

/** The blocks with one moved up (-1) or down (1). */
export function move(blocks: ReportBlock[], at: number, by: number): [ReportBlock[], number] {
  const to = at + by;
  const block = blocks[at];
  if (!block || to < 0 || to >= blocks.length) return [blocks, at];
  const rest = blocks.filter((_, i) => i !== at);
  rest.splice(to, 0, block);
  return [rest, to];
}

/** What was and what is; edits of one field one after the other are one step back. */
export interface Timeline {
  past: Report[];
  present: Report;
  future: Report[];
  /** The field that was edited last. */
  field: string;
}

const mostSteps = 200;

export const begin = (present: Report): Timeline => ({ past: [], present, future: [], field: "" });

export function edit(t: Timeline, next: Report, field: string): Timeline {
  if (next === t.present) return t;
  if (field && field === t.field && t.past.length > 0) return { ...t, present: next, future: [] };
  return { past: [...t.past, t.present].slice(-mostSteps), present: next, future: [], field };
}

export function undo(t: Timeline): Timeline {
  const last = t.past.at(-1);
  if (!last) return t;
  return { past: t.past.slice(0, -1), present: last, future: [t.present, ...t.future], field: "" };
}

export function redo(t: Timeline): Timeline {
  const [next, ...rest] = t.future;
  if (!next) return t;
  return { past: [...t.past, t.present], present: next, future: rest, field: "" };
}

/** A text with one language changed; without any it is left out. */
export function withText(text: Text | undefined, language: string, value: string): Text | undefined {
  const next: Record<string, string> = { ...text };
  if (value) next[language] = value;
  else delete next[language];
  return Object.keys(next).length ? next : undefined;
}

/** A thing without the fields that are not set: documents leave them out. */
export function tidy<T extends object>(thing: T): T {
  return Object.fromEntries(Object.entries(thing).filter(([, v]) => v !== undefined && v !== "")) as T;
}

/** The items with tags added that are not there yet. */
export function withTag(items: ReportItem[], path: string, fn?: string): ReportItem[] {
  return [...items, tidy({ tag: path, fn })];
}

/** What a state means: JSON when it is some, else a text. */
export function readState(text: string): unknown {
  const s = text.trim();
  if (!s) return undefined;
  if (s === "true" || s === "false" || (s !== "" && Number.isFinite(Number(s))))
    return JSON.parse(s === "true" || s === "false" ? s : String(Number(s)));
  return s;
}

/** The problems at and below a place of the document. */
export function problemsAt(problems: readonly Problem[], at: string): Problem[] {
  return problems.filter((p) => p.at === at || p.at?.startsWith(`${at}/`));
}
