// Boxes from the lower to the upper quartile with the median, and whiskers to the lowest and highest, after Tukey 1977.
import type { LiveValue } from "@lineside/client";
import { look } from "@lineside/scene";
import { categoryAxis, ends, grid, marks, valueAxis, withUnit } from "../chart/axes";
import { chartView, choice, type Drawing, type Picture } from "../chart/chart";
import { bucketNames, firstWhole, momentText, periods, stepOf, steps } from "../chart/period";
import { bucketMeta, namesOf, usedProps, valueProps } from "../chart/table";
import { word } from "../chart/words";
import { string } from "../kit";
import type { Env, Settings } from "../view";

export interface Five {
  name: string;
  /** Lowest, lower quartile, median, upper quartile, highest; none when nothing was measured. */
  five: readonly [number, number, number, number, number] | undefined;
  count: number;
  times?: string;
}

interface Boxes {
  boxes: Five[];
  unit: string;
  decimals: number | undefined;
}

/** A share of sorted numbers, between the two nearest (method 7 of Hyndman and Fan 1996). */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const i = Math.floor(at);
  const a = sorted[i] as number;
  const b = sorted[Math.min(i + 1, sorted.length - 1)] as number;
  return a + (b - a) * (at - i);
}

export function fiveOf(values: readonly number[]): Five["five"] {
  if (values.length === 0) return undefined;
  const s = Float64Array.from(values).sort() as unknown as number[];
  return [s[0] as number, quantile(s, 0.25), quantile(s, 0.5), quantile(s, 0.75), s[s.length - 1] as number];
}

const good = (list: readonly LiveValue[], factor: number): { t: number; v: number }[] =>
  list.flatMap((s) => {
    const k = look(s.q);
    return typeof s.v === "number" && k !== "bad" && k !== "waiting" ? [{ t: s.t, v: s.v * factor }] : [];
  });

function draw(data: Boxes, { settings, env, palette: p, box }: Drawing): Picture {
  const { lang } = env;
  const { boxes, unit, decimals } = data;
  const said = (v: number) => withUnit(v, decimals, unit);
  const names = ["highest", "quartiles", "median", "lowest"] as const;
  return {
    option: {
      animation: false,
      grid: grid(unit ? 24 : 10),
      xAxis: categoryAxis(
        boxes.map((b) => b.name),
        p,
        {},
        box.width,
      ),
      yAxis: valueAxis(p, unit, {
        scale: true,
        ...ends(settings),
        ...(boxes.length === 0 ? { min: 0, max: 100 } : {}),
      }),
      series: [
        {
          type: "boxplot",
          boxWidth: [6, 44],
          data: boxes.map((b) => b.five ?? []),
          itemStyle: { color: p.of("fill1"), borderColor: p.text, borderWidth: 1.5 },
          emphasis: { disabled: true },
          ...marks(settings, p, "y"),
        },
      ],
    },
    spots: boxes.map((b, i) => ({
      name: b.name,
      value: b.five?.[2] ?? null,
      lines: [
        ...(b.times ? [b.times] : []),
        ...(b.five
          ? [
              `${word(names[0], lang)} ${said(b.five[4])}`,
              `${word(names[1], lang)} ${said(b.five[1])} – ${said(b.five[3])}`,
              `${word(names[2], lang)} ${said(b.five[2])}`,
              `${word(names[3], lang)} ${said(b.five[0])}`,
            ]
          : [word("noData", lang)]),
      ],
      at: [i, b.five?.[4] ?? 0] as const,
    })),
    legend: [],
    summary: boxes
      .slice(0, 6)
      .map((b) => `${b.name}: ${word("median", lang)} ${b.five ? said(b.five[2]) : word("noData", lang)}`)
      .join(", "),
    find: (hit, place) => hit.index ?? (place ? Math.round(place[0]) : -1),
    rows: [
      [word("name", lang), word("lowest", lang), "Q1", word("median", lang), "Q3", word("highest", lang)],
      ...boxes.map((b) => [b.name, ...(b.five ?? [null, null, null, null, null])]),
    ],
  };
}

async function read(period: keyof typeof periods, settings: Settings, env: Env): Promise<Boxes> {
  const used = usedProps(settings, env);
  const { from, length } = periods[period];
  const first = used[0] ?? "value";
  const m = bucketMeta(first, "at", settings, env);
  const recall = env.recall;
  if (!recall) return { boxes: [], unit: m.unit, decimals: m.decimals };
  if (choice(settings, "by", "value", "step") === "value") {
    const [at, low, high] = await Promise.all([
      recall(used, { from, step: `${Math.max(1, Math.round(length / 1000 / 1000))}s`, fn: "at" }),
      recall(used, { from, step: "100y", fn: "min" }),
      recall(used, { from, step: "100y", fn: "max" }),
    ]);
    const called = namesOf(used, settings, env);
    const units = new Set(used.map((prop) => bucketMeta(prop, "at", settings, env).unit));
    return {
      unit: units.size === 1 ? m.unit : "",
      decimals: m.decimals,
      boxes: used.map((prop, i) => {
        const { factor } = bucketMeta(prop, "at", settings, env);
        const values = good(at.series[prop] ?? [], factor).map((s) => s.v);
        return {
          name: called[i] ?? "",
          count: values.length,
          five: wider(
            fiveOf(values),
            good(low.series[prop] ?? [], factor)[0]?.v,
            good(high.series[prop] ?? [], factor)[0]?.v,
          ),
        };
      }),
    };
  }
  const step = stepOf(period, string(settings, "step"));
  const [at, low, high] = await Promise.all([
    recall([first], { from, step: `${Math.max(1, Math.round((steps[step] ?? length) / 60 / 1000))}s`, fn: "at" }),
    recall([first], { from, step, fn: "min" }),
    recall([first], { from, step, fn: "max" }),
  ]);
  const lows = low.series[first] ?? [];
  const begins = lows.map((s) => s.t);
  const start = firstWhole(begins, step) && begins.length > 2 ? 1 : 0;
  const values = good(at.series[first] ?? [], m.factor);
  const labels = bucketNames(begins, step, env.lang, at.zone);
  const factor = m.factor;
  let k = 0;
  return {
    unit: m.unit,
    decimals: m.decimals,
    boxes: begins
      .map((t, i) => {
        const end = begins[i + 1] ?? low.to;
        const own: number[] = [];
        for (; k < values.length && (values[k] as { t: number }).t < end; k++)
          if ((values[k] as { t: number }).t >= t) own.push((values[k] as { v: number }).v);
        return {
          name: labels[i] ?? "",
          count: own.length,
          five: wider(
            fiveOf(own),
            good([lows[i] as LiveValue], factor)[0]?.v,
            good([(high.series[first] ?? [])[i] ?? { v: null, q: 0x80000000, t: 0 }], factor)[0]?.v,
          ),
          times: `${momentText(t, env.lang, at.zone)} – ${momentText(end, env.lang, at.zone)}`,
        };
      })
      .slice(start),
  };
}

/** The five numbers with the lowest and highest that there were between the samples. */
function wider(five: Five["five"], low: number | undefined, high: number | undefined): Five["five"] {
  if (!five) return undefined;
  return [Math.min(five[0], low ?? five[0]), five[1], five[2], five[3], Math.max(five[4], high ?? five[4])];
}

export default chartView<Boxes>({
  live: valueProps,
  past: () => true,
  read,
  bound: (settings, env) => usedProps(settings, env).length > 0,
  bind: "bindOne",
  none: () => ({ boxes: [], unit: "", decimals: undefined }),
  any: (d) => d.boxes.some((b) => b.five),
  draw,
});
