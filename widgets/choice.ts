// What inputs with a fixed choice have in common.
import { onOff, plainText, type Shown, truth, usable } from "./kit";
import type { Env, Settings } from "./view";

/** One of the values that can be chosen. */
export interface Choice {
  value: unknown;
  title: string;
}

/** How many choices are taken; what is more is left out. */
export const mostChoices = 2000;

const onWords = ["true", "on", "1"];

/** A value as its tag takes it. */
function typed(v: unknown, type: string | undefined): unknown {
  if (typeof v !== "string") return v;
  if (type === "bool") return onWords.includes(v.trim().toLowerCase());
  if ((type === "int" || type === "float") && v.trim() !== "" && Number.isFinite(Number(v))) return Number(v);
  return v;
}

/** The choices of the setting "options": objects of value and title, or bare values. A truth has two without any. */
export function choicesOf(settings: Settings, env: Env, prop = "value"): Choice[] {
  const type = env.meta(prop)?.type;
  const list = Array.isArray(settings.options) ? settings.options.slice(0, mostChoices) : [];
  const out: Choice[] = [];
  for (const o of list) {
    const object: { value?: unknown; title?: unknown } = typeof o === "object" && o !== null ? o : { value: o };
    if (object.value === undefined || object.value === null) continue;
    const title =
      typeof object.title === "string" && object.title !== ""
        ? object.title
        : typeof object.value === "object"
          ? JSON.stringify(object.value)
          : plainText(object.value);
    out.push({ value: typed(object.value, type), title });
  }
  if (out.length === 0 && type === "bool")
    return [false, true].map((value) => ({ value, title: onOff(value, env.lang) }));
  return out;
}

/** Are two values the same choice: 1 is 1.0, "1" and true. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === "boolean" || typeof b === "boolean") {
    const t = (v: unknown) => truth({ v, look: "good" });
    const flags = (v: unknown) =>
      typeof v === "boolean" || ["0", "1", "true", "false", "on", "off"].includes(plainText(v));
    return flags(a) && flags(b) && t(a) === t(b);
  }
  if (typeof a === "object" || typeof b === "object") return JSON.stringify(a) === JSON.stringify(b);
  const [x, y] = [plainText(a), plainText(b)];
  return x === y || (x.trim() !== "" && y.trim() !== "" && Number(x) === Number(y));
}

/** The place of the present value among the choices, -1 when it is none or not known. */
export const chosenOf = (choices: readonly Choice[], now: Shown): number =>
  usable(now) ? choices.findIndex((c) => same(c.value, now.v)) : -1;
