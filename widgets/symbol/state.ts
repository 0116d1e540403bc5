import type { Look } from "@lineside/scene";
import { fixed, lookText, number, numeric, plainText, type Shown, shown, string, textOf, truth, usable } from "../kit";
import type { Env, Lang, Settings, Values } from "../view";

export type State = "none" | "running" | "stopped" | "fault" | "manual" | "nocomm";

const codes: readonly State[] = ["stopped", "running", "fault", "manual", "nocomm"];

// What plants write for it, in small letters.
const written: Readonly<Record<string, State>> = {
  running: "running",
  run: "running",
  on: "running",
  started: "running",
  true: "running",
  stopped: "stopped",
  stop: "stopped",
  off: "stopped",
  ready: "stopped",
  false: "stopped",
  fault: "fault",
  alarm: "fault",
  trip: "fault",
  tripped: "fault",
  error: "fault",
  manual: "manual",
  hand: "manual",
  local: "manual",
  nocomm: "nocomm",
  offline: "nocomm",
  none: "none",
};

const words: Record<State, { en: string; zh: string }> = {
  none: { en: "", zh: "" },
  running: { en: "Running", zh: "运行" },
  stopped: { en: "Stopped", zh: "停止" },
  fault: { en: "Fault", zh: "故障" },
  manual: { en: "Manual", zh: "手动" },
  nocomm: { en: "No comm.", zh: "无通信" },
};

const positions = { open: { en: "Open", zh: "开" }, closed: { en: "Closed", zh: "关" } };

/** The state in a value; undefined when it has none or one that nobody knows. */
export function stateOf(s: Shown): State | undefined {
  if (!usable(s)) return undefined;
  if (typeof s.v === "string" && s.v.trim() !== "" && Number.isNaN(Number(s.v)))
    return written[s.v.trim().toLowerCase()];
  const n = numeric(s);
  return n === undefined ? undefined : codes[n];
}

/** The state in words. A value that stands for none of them is shown as it is. */
export const stateText = (s: Shown, lang: Lang): string => {
  const state = stateOf(s);
  return state ? words[state][lang] : usable(s) ? plainText(s.v) : "";
};

/** How far a valve is open, 0 to 1. */
export function openOf(s: Shown): number | undefined {
  if (!usable(s)) return undefined;
  if (typeof s.v === "boolean") return s.v ? 1 : 0;
  const n = numeric(s);
  if (n !== undefined) return Math.max(0, Math.min(1, n / 100));
  const t = plainText(s.v).toLowerCase();
  return t === "open" ? 1 : t === "closed" ? 0 : truth(s) ? 1 : 0;
}

/** "Open", "Closed" or "45 %". */
export function openText(s: Shown, lang: Lang): string {
  const open = openOf(s);
  if (open === undefined) return "";
  if (open <= 0.005) return positions.closed[lang];
  return open >= 0.995 ? positions.open[lang] : `${Math.round(open * 100)} %`;
}

/** A text and how far it may be trusted, for a screen reader. */
export const spoken = (text: string, look: Look, lang: Lang): string =>
  [text, lookText(look, lang)].filter(Boolean).join(" ");

/** The properties that say something now, in words. */
export function said(values: Values, settings: Settings, env: Env): string {
  return lines(values, settings, env)
    .map((l) => spoken(l.text, l.shown.look, env.lang))
    .filter(Boolean)
    .join(", ");
}

/** A property that says something now, with its text. */
export interface Line {
  name: string;
  shown: Shown;
  text: string;
}

/** The properties that are bound or set, with what they say. */
export function lines(values: Values, settings: Settings, env: Env): Line[] {
  return ["value", "open", "level", "state"].flatMap((name) => {
    const s = shown(values, settings, name);
    if (s.look === "unset") return [];
    const unit = string(settings, "unit") || env.meta("value")?.unit || "";
    const decimals = number(settings, "decimals") ?? env.meta("value")?.decimals;
    const text =
      name === "state"
        ? stateText(s, env.lang)
        : name === "open"
          ? openText(s, env.lang)
          : name === "level"
            ? usable(s)
              ? `${fixed(numeric(s) ?? 0, 0)} %`
              : ""
            : [usable(s) ? textOf(s.v, decimals, env.lang) : "", usable(s) ? unit : ""].filter(Boolean).join(" ");
    return text === "" && name === "state" && usable(s) ? [] : [{ name, shown: s, text }];
  });
}
