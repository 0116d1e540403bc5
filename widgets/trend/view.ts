import type { LiveValue } from "@lineside/client";
import { make } from "../alarm";
import { fixed, flag, lookText, number, numeric, shown, string } from "../kit";
import type { Course } from "../plot/series";
import type { ElementView, Env, Settings, Values } from "../view";
import { keptOf, Model, type Pen } from "./model";
import { type ScreenOptions, TrendScreen } from "./screen";
import { word } from "./texts";
import "./trend.css";

const props = ["value", "value2", "value3", "value4", "value5", "value6"];
const courses: readonly Course[] = ["step", "line", "spline"];

/** A Go duration ("90s", "5m", "1h30m") in seconds, or undefined. */
export function seconds(text: string): number | undefined {
  const units: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  let sum = 0;
  let rest = text.trim();
  for (let m = /^(\d+(?:\.\d+)?)(ms|s|m|h)/.exec(rest); m; m = /^(\d+(?:\.\d+)?)(ms|s|m|h)/.exec(rest)) {
    sum += Number(m[1]) * (units[m[2] as string] as number);
    rest = rest.slice(m[0].length);
  }
  return rest === "" && sum > 0 ? sum : undefined;
}

/** The pens that the engineer has bound. */
function pensOf(settings: Settings, env: Env): Pen[] {
  return props
    .filter((p) => env.bound(p))
    .map((prop, i) => {
      const meta = env.meta(prop);
      const course = settings[`course${prop.slice(5)}`];
      return {
        key: prop,
        prop,
        path: meta?.path,
        title: meta?.title || meta?.path?.split("/").pop() || `${i + 1}`,
        unit: meta?.unit ?? "",
        type: meta?.type ?? "float",
        decimals: number(settings, "decimals") ?? meta?.decimals,
        course: courses.find((c) => c === course) ?? "step",
        hidden: false,
      };
    });
}

/** The zones of the scale of the first pen. */
function zonesOf(settings: Settings): ScreenOptions["zones"] {
  const from = number(settings, "normalLow");
  const to = number(settings, "normalHigh");
  const low = number(settings, "limitLow");
  const high = number(settings, "limitHigh");
  return [
    ...(from !== undefined && to !== undefined && to > from ? [{ from, to, kind: "normal" as const }] : []),
    ...(low === undefined ? [] : [{ from: Number.NEGATIVE_INFINITY, to: low, kind: "limit" as const }]),
    ...(high === undefined ? [] : [{ from: high, to: Number.POSITIVE_INFINITY, kind: "limit" as const }]),
  ];
}

/** The model of a widget, kept while it is built again, as for another language, as long as it shows the same tags. */
function modelOf(settings: Settings, env: Env): Model {
  const pens = pensOf(settings, env);
  const span = Math.min(366 * 24 * 3600, Math.max(5, seconds(string(settings, "span")) ?? 300)) * 1000;
  const key = JSON.stringify([span, pens.map((p) => [p.key, p.path, p.unit, p.course, p.type])]);
  const there = env.memory.get("trend") as { key: string; model: Model; env: Env } | undefined;
  if (there?.key === key) {
    there.env = env;
    there.model.titles(new Map(pens.map((p) => [p.key, p.title])));
    return there.model;
  }
  there?.model.destroy();
  const entry = { key, env, model: undefined as unknown as Model, destroy: () => entry.model.destroy() };
  entry.model = new Model(
    {
      get past() {
        return entry.env.past;
      },
      connected: () => entry.env.connected,
      history: async (prop, from, to, pixels, shift) =>
        (await entry.env.history?.(prop, from, to, pixels, shift)) ?? [],
    },
    pens,
    span,
    keptOf(env.local),
  );
  env.memory.set("trend", entry);
  return entry.model;
}

/** What was before and what is now, in one: up to six values, and those that the operator adds. */
export default {
  live: props,
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const model = modelOf(settings, env);
    const label = string(settings, "label");
    const tools = env.mode === "run" && settings.tools !== false;
    const options: ScreenOptions = {
      lang: env.lang,
      theme: env.theme,
      title: label,
      legend: flag(settings, "legend"),
      tools,
      ownAxes: flag(settings, "ownAxes"),
      low: number(settings, "low"),
      high: number(settings, "high"),
      zones: zonesOf(settings),
      connected: () => env.connected,
      settled: () => keep(),
    };
    let window: { dialog: HTMLDialogElement; screen: TrendScreen } | undefined;
    let gone = false;
    let waits = false;
    // What a change of what is kept does is to build the widget again: it waits until nothing is open above it.
    const keep = () => {
      waits = true;
      if (window || host.querySelector(".ls-trend-panel")) return;
      waits = false;
      if (!gone) env.setLocal({ ...model.kept }, true);
    };
    const shut = () => {
      window?.screen.destroy();
      window?.dialog.remove();
      window = undefined;
      if (waits) keep();
    };
    const screen = new TrendScreen(host, model, {
      ...options,
      enlarge: () => {
        if (window) return;
        const dialog = make("dialog", "ls-trend-window");
        dialog.setAttribute("aria-label", label || env.name || word("trend", env.lang));
        dialog.addEventListener("close", shut);
        dialog.addEventListener("keydown", (e) => e.stopPropagation());
        host.append(dialog);
        dialog.showModal();
        window = { dialog, screen: new TrendScreen(dialog, model, { ...options, close: () => dialog.close() }) };
      },
    });
    let last: Values = {};
    let connected = true;
    const seen = new Map<string, LiveValue>();
    return {
      update(values) {
        last = values;
        if (!connected) {
          connected = true;
          model.found();
        }
        for (const prop of props) {
          const l = values[prop];
          if (!l || l === seen.get(prop)) continue;
          seen.set(prop, l);
          model.take(prop, l);
        }
      },
      resize(_box, ratio) {
        screen.rescale(ratio);
      },
      lost() {
        connected = false;
        seen.clear();
        model.lost();
      },
      destroy() {
        gone = true;
        shut();
        screen.destroy();
      },
      describe: () => ({
        role: "img",
        label: label || env.name || word("trend", env.lang),
        value: model.pens
          .filter((p) => p.prop !== undefined)
          .map((p) => {
            const s = shown(last, settings, p.prop as string);
            const n = numeric(s);
            return `${p.title} ${n === undefined ? lookText(s.look, env.lang) : `${fixed(n, p.decimals)} ${p.unit}`}`.trim();
          })
          .join(", "),
      }),
    };
  },
} satisfies ElementView;
