import type { Action, Manifest, Meta, Widget } from "@lineside/client";
import { type Lang, onOff, textOf } from "@lineside/widgets";
import { say } from "./texts";

/** What must be asked before an event is sent, and how its outcome is called. */
export interface Plan {
  /** Something may be written. */
  writes: boolean;
  confirm: "none" | "ask" | "reason";
  question: string;
  yes: "confirm" | "switchOver";
  /** Thing and value for the outcome, "" when there are several. */
  thing: string;
  value: string;
}

const rank = { none: 0, ask: 1, reason: 2 } as const;

/** A value as the operator knows it: decimals, unit, words for true and false. */
export function valueText(v: unknown, m: Meta | undefined, lang: Lang): string {
  if (typeof v === "boolean") return onOff(v, lang);
  const decimals = typeof v === "number" && Number.isInteger(v) && m?.decimals === undefined ? 0 : m?.decimals;
  // What is asked must be exactly what is written.
  const text =
    typeof v === "number" && decimals !== undefined && Number(v.toFixed(decimals)) !== v
      ? String(v)
      : textOf(v, decimals, lang);
  return m?.unit ? `${text} ${m.unit}` : text;
}

/**
 * The plan for an event of a widget. A tag of the screen brings its own policy; of one that is not
 * on the screen the policy is not known here, so it is asked about, and the server has the last word.
 */
export function planOf(
  widget: Widget,
  manifest: Manifest | undefined,
  name: string,
  data: unknown,
  metaOf: (prop: string) => Meta | undefined,
  byPath: (path: string) => Meta | undefined,
  lang: Lang,
): Plan {
  const steps: {
    thing: string;
    value: string;
    question: string;
    confirm: "none" | "ask" | "reason";
    toggle: boolean;
  }[] = [];
  const known = (c: string | undefined): "none" | "ask" | "reason" => (c === "none" || c === "reason" ? c : "ask");
  if (name === "set" && manifest?.writes) {
    const m = metaOf(manifest.writes);
    const label = typeof widget.props?.label === "string" ? widget.props.label : "";
    const thing = label || m?.title || widget.name || m?.path || widget.id;
    const value = valueText(data, m, lang);
    steps.push({ thing, value, question: say("set", lang, thing, value), confirm: known(m?.confirm), toggle: false });
  }
  for (const a of widget.on?.[name] ?? ([] as Action[])) {
    if (a.do === "open") continue;
    const m = byPath(a.tag ?? "");
    const thing = m?.title || a.tag || "";
    const confirm = known(a.confirm || m?.confirm);
    if (a.do === "toggle") {
      steps.push({ thing, value: "", question: say("toggle", lang, thing), confirm, toggle: true });
      continue;
    }
    const computed = typeof a.value === "object" && a.value !== null;
    const value = computed ? "" : valueText(a.value ?? data, m, lang);
    steps.push({
      thing,
      value,
      question: computed ? say("setComputed", lang, thing) : say("set", lang, thing, value),
      confirm,
      toggle: false,
    });
  }
  const asked = steps.filter((s) => s.confirm !== "none");
  const only = steps.length === 1 ? steps[0] : undefined;
  return {
    writes: steps.length > 0,
    confirm: steps.reduce<Plan["confirm"]>((worst, s) => (rank[s.confirm] > rank[worst] ? s.confirm : worst), "none"),
    question: asked.map((s) => s.question).join("\n"),
    yes: only?.toggle ? "switchOver" : "confirm",
    thing: only?.thing ?? "",
    value: only?.value ?? "",
  };
}
