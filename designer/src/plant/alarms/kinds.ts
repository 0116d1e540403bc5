// What the kinds of alarm have, so that a form shows only what matters to one.
import type { TagAlarm } from "@lineside/client";
import type { TagLike } from "../TagParts";

export type Kind = TagAlarm["kind"];

/** Those that compare a number with a limit, or one that comes of it. */
const limited: readonly Kind[] = [
  "high-high",
  "high",
  "low",
  "low-low",
  "outside",
  "inside",
  "deviation",
  "rate",
  "cusum",
];

/** The fields that a kind has beside those that all have. */
const fields: Record<Kind, readonly (keyof TagAlarm)[]> = {
  "high-high": ["limit"],
  high: ["limit"],
  low: ["limit"],
  "low-low": ["limit"],
  outside: ["lower", "limit"],
  inside: ["lower", "limit"],
  deviation: ["setpoint", "limit", "direction"],
  rate: ["limit", "per", "window", "direction"],
  cusum: ["setpoint", "slack", "limit", "every", "direction"],
  on: [],
  off: [],
  equals: ["value"],
  change: [],
  "no-change": [],
  "no-update": ["clock"],
  count: ["limit", "window", "when"],
  duration: ["total", "window", "when"],
  bad: [],
  expression: ["when"],
};

/** Whether a kind has a field. */
export function has(kind: Kind, field: keyof TagAlarm): boolean {
  switch (field) {
    case "deadband":
      return limited.includes(kind);
    case "tune":
    case "limitFrom":
      return fields[kind].includes("limit");
    case "lowerFrom":
      return fields[kind].includes("lower");
    case "onDelay":
    case "offDelay":
      return kind !== "change";
  }
  return fields[kind].includes(field);
}

/** Whether its on-delay is how long it waits, which it must say. */
export const waits = (kind: Kind) => kind === "no-change" || kind === "no-update";

/** The kinds that a type can have. */
export function kindsOf(draft: Partial<TagLike>): Kind[] {
  const some: Kind[] = ["equals", "change", "no-change", "no-update", "count", "duration", "bad", "expression"];
  if (draft.type === "float" || draft.type === "int") return [...limited, ...some];
  return draft.type === "bool" ? ["on", "off", ...some.slice(1)] : some;
}

const specific = [
  "limit",
  "lower",
  "limitFrom",
  "lowerFrom",
  "tune",
  "setpoint",
  "per",
  "window",
  "direction",
  "slack",
  "every",
  "total",
  "clock",
  "value",
  "when",
  "deadband",
  "onDelay",
  "offDelay",
] as const satisfies readonly (keyof TagAlarm)[];

/** What a kind begins with, so that what must be said is not left empty where there is a usual answer. */
const beginnings: Partial<Record<Kind, Partial<TagAlarm>>> = {
  "no-change": { onDelay: "10m" },
  "no-update": { onDelay: "1m" },
  count: { limit: 5, window: "1h" },
  duration: { total: "10m", window: "1h" },
  cusum: { every: "10s" },
};

/** An alarm as another kind, without what that has no use for. */
export function ofKind(alarm: TagAlarm, kind: Kind): TagAlarm {
  const next: Record<string, unknown> = { ...alarm, kind };
  for (const field of specific) if (!has(kind, field)) delete next[field];
  if (waits(alarm.kind) !== waits(kind)) delete next.onDelay; // it meant something else
  for (const [field, value] of Object.entries(beginnings[kind] ?? {})) next[field] ??= value;
  for (const field of specific) if (next[field] === undefined) delete next[field];
  return next as unknown as TagAlarm;
}
