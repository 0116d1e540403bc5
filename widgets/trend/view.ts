import { color, type Theme } from "@lineside/scene";
import { fixed, flag, lookText, number, numeric, shown, string } from "../kit";
import type { ElementView, Env, Settings, Values } from "../view";
import type { Chart } from "./chart";
import { Ring } from "./ring";
import "./trend.css";

const props = ["value", "value2", "value3", "value4", "value5", "value6"];
const most = 20000;
const dashes = ["", "8 3", "2 3", "10 3 2 3", "4 4", "1 2"];

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

/** The samples of a property, as long as it shows the same tag in the same unit. */
function remembered(env: Env, prop: string): Ring {
  const meta = env.meta(prop);
  const key = `${prop} ${meta?.path ?? ""} ${meta?.unit ?? ""}`;
  const ring = env.memory.get(key);
  if (ring instanceof Ring) return ring;
  const fresh = new Ring(most);
  env.memory.set(key, fresh);
  return fresh;
}

/** The last minutes of up to six live values. Time runs from left to right and ends now. */
export default {
  live: props,
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const span = Math.min(24 * 3600, Math.max(5, seconds(string(settings, "span")) ?? 300));
    const decimals = number(settings, "decimals");
    const pens = props
      .filter((p) => env.bound(p))
      .map((prop, i) => ({
        prop,
        ring: remembered(env, prop),
        name: env.meta(prop)?.title || env.meta(prop)?.path?.split("/").pop() || `${i + 1}`,
        unit: env.meta(prop)?.unit ?? "",
        decimals: decimals ?? env.meta(prop)?.decimals,
        token: `pen${props.indexOf(prop) + 1}`,
        dash: dashes[i] as string,
        out: undefined as HTMLElement | undefined,
        seen: -1,
        gap: false,
      }));
    const root = document.createElement("div");
    root.className = "ls-trend";
    const head = document.createElement("div");
    head.className = "ls-trend-head";
    const label = string(settings, "label");
    if (label !== "") {
      const title = document.createElement("span");
      title.className = "ls-trend-title";
      title.textContent = label;
      head.append(title);
    }
    if (flag(settings, "legend"))
      for (const p of pens) {
        const item = document.createElement("span");
        item.className = "ls-trend-pen";
        item.append(swatch(color(p.token, env.theme), p.dash), `${p.name} `);
        p.out = document.createElement("b");
        item.append(p.out);
        if (p.unit !== "") item.append(` ${p.unit}`);
        head.append(item);
      }
    const plot = document.createElement("div");
    plot.className = "ls-trend-plot";
    if (head.childElementCount > 0) root.append(head);
    root.append(plot);
    host.append(root);
    let chart: Chart | undefined;
    let gone = false;
    let ratio = 1;
    let last: Values = {};
    // What was before the trend was looked at, and while there was no connection.
    const load = async (pen: (typeof pens)[number]) => {
      const now = Date.now();
      try {
        const samples = await env.history?.(pen.prop, now - span * 1000, now, plot.clientWidth || 600);
        if (gone || !samples?.length) return;
        pen.ring.replace(samples.map((s) => ({ t: s.t / 1000, v: numeric(shown({ x: s }, {}, "x")) ?? Number.NaN })));
        chart?.changed();
      } catch {
        // Without a history the line begins now.
      }
    };
    for (const p of pens) void load(p);
    // The chart library comes only with a screen that has a trend.
    void import("./chart").then(({ Chart }) => {
      if (gone) return;
      chart = new Chart(plot, {
        pens: pens.map((p) => ({ ring: p.ring, color: color(p.token, env.theme), dash: p.dash })),
        span,
        low: number(settings, "low"),
        high: number(settings, "high"),
        decimals: decimals ?? env.meta("value")?.decimals,
        text: color("muted", env.theme as Theme),
        line: color("equipment", env.theme as Theme),
        ratio,
        still: () => !env.connected,
      });
    });
    return {
      update(values) {
        last = values;
        for (const p of pens) {
          const l = values[p.prop];
          if (!l) continue;
          const s = shown(values, settings, p.prop);
          const n = numeric(s);
          if (p.out) {
            const text = n === undefined ? "– –" : fixed(n, p.decimals) + (s.look === "uncertain" ? " ?" : "");
            if (p.out.textContent !== text) p.out.textContent = text;
            p.out.classList.toggle("ls-bad", s.look === "bad");
          }
          // Waiting has no time of its own and is no sample.
          if (l.t > 0 && l.t !== p.seen) {
            p.seen = l.t;
            // What changed last before a lost connection is known again only from now on.
            p.ring.push(p.gap ? Math.max(l.t, Date.now()) / 1000 : l.t / 1000, n ?? Number.NaN);
            if (p.gap) void load(p);
            p.gap = false;
          } else if (l.t > 0 && n === undefined) p.ring.push(Math.max(p.ring.last, Date.now() / 1000), Number.NaN);
        }
        chart?.changed();
      },
      resize(_box, r) {
        ratio = r;
        chart?.resize(r);
      },
      lost() {
        for (const p of pens) {
          p.ring.push(Math.max(p.ring.last, Date.now() / 1000), Number.NaN);
          p.seen = -1;
          p.gap = true;
        }
        chart?.changed();
      },
      destroy() {
        gone = true;
        chart?.destroy();
        root.remove();
      },
      describe: () => ({
        role: "img",
        label: label || env.name || env.t({ en: "Trend", zh: "趋势" }),
        value: pens
          .map((p) => {
            const s = shown(last, settings, p.prop);
            const n = numeric(s);
            return `${p.name} ${n === undefined ? lookText(s.look, env.lang) : `${fixed(n, p.decimals)} ${p.unit}`}`.trim();
          })
          .join(", "),
      }),
    };
  },
} satisfies ElementView;

function swatch(tone: string, dash: string): SVGSVGElement {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("width", "24");
  svg.setAttribute("height", "8");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(ns, "line");
  for (const [k, v] of Object.entries({
    x1: "0",
    x2: "22",
    y1: "4",
    y2: "4",
    stroke: tone,
    "stroke-width": "2",
    "stroke-dasharray": dash,
  }))
    line.setAttribute(k, v);
  svg.append(line);
  return svg;
}
