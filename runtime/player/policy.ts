import type { Action, Manifest, Meta, Widget } from "@lineside/client";
import { type Lang, onOff, textOf } from "@lineside/widgets";
import { decimalsShown, toShown, type Units } from "./display";
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

/** The actions that write a tag. */
const writing = new Set<Action["do"]>(["write", "toggle", "add", "pulse", "ramp", "hold"]);

const rank = { none: 0, ask: 1, reason: 2 } as const;

/**
 * A value as the operator knows it: decimals, unit, words for true and false. Where it is shown in another
 * unit than that of its tag both are told: what is written is the latter.
 */
export function valueText(v: unknown, m: Meta | undefined, lang: Lang, units: Units = {}): string {
  const u = m?.unit ? units[m.unit] : undefined;
  if (!u || !m) return inUnit(v, m, lang);
  const own = inUnit(v, { ...m, unit: u.own ?? u.symbol }, lang);
  if (!u.factor || typeof v !== "number") return own;
  const shown = toShown(v, u);
  const decimals = m.decimals ?? (m.type === "int" ? 0 : undefined);
  const fine = decimals === undefined ? (Number.isInteger(shown) ? 0 : 2) : decimalsShown(decimals, u);
  return `${textOf(shown, fine, lang)} ${u.symbol} (${own})`;
}

/** The longest JSON that a question shows. */
const longest = 80;

/** Of a large object or list its beginning: nobody reads all of it in a question. */
function brief(v: unknown): string | undefined {
  if (typeof v !== "object" || v === null) return undefined;
  const text = JSON.stringify(v);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** As units, for differences: 5 K more is 9 °F more. */
const differences = (units: Units | undefined): Units | undefined =>
  units && Object.fromEntries(Object.entries(units).map(([text, u]) => [text, { ...u, offset: 0 }]));

function inUnit(v: unknown, m: Meta | undefined, lang: Lang): string {
  if (typeof v === "boolean") return onOff(v, lang);
  const decimals = typeof v === "number" && Number.isInteger(v) && m?.decimals === undefined ? 0 : m?.decimals;
  // What is asked must be exactly what is written.
  const text =
    typeof v === "number" && decimals !== undefined && Number(v.toFixed(decimals)) !== v
      ? String(v)
      : (brief(v) ?? textOf(v, decimals, lang));
  return m?.unit ? `${text} ${m.unit}` : text;
}

/** A question, with what the tag demands besides. */
const second = (question: string, m: Meta | undefined, lang: Lang): string =>
  m?.release ? `${question}\n${say("second", lang)}` : question;

/**
 * The plan for an event of a widget. A tag of the screen brings its own policy; of one that is not
 * on the screen the policy is not known here, so it is asked about, and the server has the last word.
 * runs are the places of the actions that are going to be done, all of them when left out.
 */
export function planOf(
  widget: Widget,
  manifest: Manifest | undefined,
  name: string,
  data: unknown,
  metaOf: (prop: string) => Meta | undefined,
  byPath: (path: string) => Meta | undefined,
  lang: Lang,
  runs?: readonly number[],
  units?: Units,
): Plan {
  const steps: {
    thing: string;
    value: string;
    question: string;
    confirm: "none" | "ask" | "reason";
    toggle: boolean;
  }[] = [];
  const known = (c: string | undefined): "none" | "ask" | "reason" => (c === "none" || c === "reason" ? c : "ask");
  const actions: Action[] = [...(widget.on?.[name] ?? []), ...(name === "set" ? (widget.on?.change ?? []) : [])];
  const mine = runs ? actions.filter((_, i) => runs.includes(i)) : actions;
  const sets = name === "set" ? manifest?.writes : undefined;
  // Without a tag of its own an input only has what the app does at its change.
  if (sets && (metaOf(sets)?.path || actions.length === 0)) {
    const m = metaOf(sets);
    const label = typeof widget.props?.label === "string" ? widget.props.label : "";
    const thing = label || m?.title || widget.name || m?.path || widget.id;
    const value = valueText(data, m, lang, units);
    const rate = widget.props?.rampRate;
    const question =
      typeof rate === "number" && rate > 0
        ? say("ramp", lang, thing, value, `${valueText(rate, m, lang, differences(units))}/s`)
        : say("set", lang, thing, value);
    steps.push({ thing, value, question: second(question, m, lang), confirm: known(m?.confirm), toggle: false });
  }
  const asked: { question: string; confirm: "none" | "ask" | "reason" }[] = [];
  for (const a of mine) {
    const words = a.confirm && !(a.confirm in rank) ? a.confirm : "";
    if (!writing.has(a.do)) {
      if (words) asked.push({ question: words, confirm: "ask" });
      continue;
    }
    const m = byPath(a.tag ?? "");
    const thing = m?.title || a.tag || "";
    // The stricter of what the action and what the tag demands; a word of the old form stands alone.
    const own = a.reason ? "reason" : a.confirm ? known(a.confirm) : undefined;
    const policy = known(m?.confirm);
    const confirm = own === undefined ? policy : m && rank[policy] > rank[own] ? policy : own;
    if (a.do === "hold") {
      // Stopping must be quick: it is asked about only if the app wants that.
      steps.push({
        thing,
        value: "",
        question: words || say("hold", lang, thing),
        confirm: own ?? (policy === "reason" ? policy : "none"),
        toggle: false,
      });
      continue;
    }
    if (a.do === "toggle") {
      steps.push({
        thing,
        value: "",
        question: second(words || say("toggle", lang, thing), m, lang),
        confirm,
        toggle: true,
      });
      continue;
    }
    if (a.do === "add") {
      const amount = typeof a.value === "number" ? valueText(a.value, m, lang, differences(units)) : "";
      const question = words || (amount ? say("add", lang, thing, amount) : say("setComputed", lang, thing));
      steps.push({ thing, value: "", question, confirm, toggle: false });
      continue;
    }
    const computed = typeof a.value === "object" && a.value !== null;
    const value = computed ? "" : valueText(a.value ?? data, m, lang, units);
    const plain = computed
      ? say("setComputed", lang, thing)
      : a.do === "pulse"
        ? say("pulse", lang, thing, value, a.hold ?? "")
        : a.do === "ramp"
          ? say("ramp", lang, thing, value, a.over || `${a.rate ?? ""}/s`)
          : say("set", lang, thing, value);
    steps.push({
      thing,
      value,
      question: second(words || plain, m, lang),
      confirm,
      toggle: false,
    });
  }
  asked.push(...steps.filter((s) => s.confirm !== "none"));
  const only = steps.length === 1 ? steps[0] : undefined;
  return {
    writes: steps.length > 0,
    confirm: asked.reduce<Plan["confirm"]>((worst, s) => (rank[s.confirm] > rank[worst] ? s.confirm : worst), "none"),
    question: asked.map((s) => s.question).join("\n"),
    yes: only?.toggle ? "switchOver" : "confirm",
    thing: only?.thing ?? "",
    value: only?.value ?? "",
  };
}
