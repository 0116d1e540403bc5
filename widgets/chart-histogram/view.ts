// How long a value was in which range over a time: its distribution, with mean, deviation, normal band and limits.
import { look } from "@lineside/scene";
import { ends, grid, marks, valueAxis, withUnit } from "../chart/axes";
import { chartView, type Drawing, type Picture } from "../chart/chart";
import { font } from "../chart/palette";
import { periods } from "../chart/period";
import { bucketMeta, listOf, plainNumber } from "../chart/table";
import { word } from "../chart/words";
import { clamp, fixed, flag, number, ticks } from "../kit";
import type { Env, Settings, Values } from "../view";

/** The numbers that a distribution is made of, each as long as the others. */
export interface Sampled {
  values: number[];
  unit: string;
  decimals: number | undefined;
}

const samples = 2000;
const mostNumbers = 100_000;

export interface Bins {
  low: number;
  width: number;
  /** How many numbers are in each; the share of the time is this by the sum. */
  counts: number[];
  mean: number;
  deviation: number;
}

/** Cuts numbers into bars with round edges. */
export function binsOf(values: readonly number[], settings: Settings): Bins | undefined {
  if (values.length === 0) return undefined;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const v of values) {
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v / values.length;
  }
  let squares = 0;
  for (const v of values) squares += (v - sum) ** 2 / values.length;
  const { min: from = min, max: to = max } = ends(settings);
  const span = to > from ? to - from : Math.abs(from) * 0.1 || 1;
  const asked = number(settings, "bins");
  // About the cube root of what there is (Rice's rule), made round.
  const wanted = asked ?? clamp(Math.ceil(2 * Math.cbrt(values.length)), 5, 40);
  let low = from;
  let width = span / Math.max(1, Math.round(wanted));
  if (asked === undefined) {
    const edges = ticks(from, from + span, wanted);
    const step = edges.length > 1 ? (edges[1] as number) - (edges[0] as number) : width;
    low = Math.floor(from / step + 1e-9) * step;
    width = step;
  }
  const many = clamp(
    Math.ceil((from + span - low) / width - 1e-9) +
      (asked === undefined && to >= low + width * Math.ceil((from + span - low) / width - 1e-9) ? 1 : 0),
    1,
    200,
  );
  const counts = new Array<number>(many).fill(0);
  for (const v of values) {
    const i = Math.floor((v - low) / width + 1e-9);
    // What lies beyond an end that is set is in no bar; the highest of all is in the last.
    if (v <= to && i >= 0) counts[Math.min(i, many - 1)] = (counts[Math.min(i, many - 1)] as number) + 1;
  }
  return { low, width, counts, mean: sum, deviation: Math.sqrt(squares) };
}

function draw(data: Sampled, { settings, env, palette: p }: Drawing): Picture {
  const { lang } = env;
  const bins = binsOf(data.values, settings);
  const total = data.values.length;
  const { unit, decimals } = data;
  const said = (v: number) => withUnit(v, decimals, unit);
  const lines =
    bins && flag(settings, "mean")
      ? [
          { at: bins.mean, text: "μ" },
          { at: bins.mean - 3 * bins.deviation, text: "−3σ" },
          { at: bins.mean + 3 * bins.deviation, text: "+3σ" },
        ]
      : [];
  const range = ends(settings);
  const low = bins ? Math.min(range.min ?? bins.low, bins.low) : (range.min ?? 0);
  const high = bins ? Math.max(range.max ?? 0, bins.low + bins.width * bins.counts.length) : (range.max ?? 100);
  const shares = bins?.counts.map((n) => (100 * n) / total) ?? [];
  const edges = (i: number) =>
    bins ? ([bins.low + i * bins.width, bins.low + (i + 1) * bins.width] as const) : ([0, 0] as const);
  return {
    option: {
      animation: false,
      grid: grid(24, 20),
      xAxis: {
        ...valueAxis(p, unit, { min: low, max: high, splitLine: { show: false }, nameLocation: "end", nameGap: 2 }),
        axisLine: { show: true, lineStyle: { color: p.line } },
      },
      yAxis: valueAxis(p, "%", { min: 0 }),
      series: [
        {
          // Bars that touch: a line of steps with its area, which stands on the axis of numbers.
          type: "line",
          step: "end",
          symbol: "none",
          silent: true,
          lineStyle: { color: p.of("fill1"), width: 1 },
          areaStyle: { color: p.of("fill1"), opacity: 0.85 },
          data: bins ? [...shares.map((s, i) => [edges(i)[0], s]), [edges(shares.length)[0], shares.at(-1) ?? 0]] : [],
          ...marks(settings, p, "x", lines),
        },
        {
          type: "scatter",
          symbolSize: 1,
          itemStyle: { opacity: 0 },
          data: shares.map((s, i) => [(edges(i)[0] + edges(i)[1]) / 2, s]),
          label: {
            show: flag(settings, "showValues"),
            position: "top",
            color: p.text,
            ...font(),
            formatter: ({ dataIndex }: { dataIndex: number }) =>
              (shares[dataIndex] ?? 0) > 0 ? fixed(shares[dataIndex] ?? 0, 1) : "",
          },
        },
      ],
    },
    spots: shares.map((s, i) => ({
      name: `${said(edges(i)[0])} – ${said(edges(i)[1])}`,
      value: s,
      lines: [`${word("shareOfTime", lang)} ${fixed(s, 1)} %`],
      at: [(edges(i)[0] + edges(i)[1]) / 2, s] as const,
    })),
    legend: bins
      ? [
          { name: word("mean", lang), color: p.text, pattern: "line", text: said(bins.mean) },
          {
            name: word("deviation", lang),
            color: p.line,
            pattern: "line",
            text: withUnit(bins.deviation, decimals === undefined ? undefined : decimals + 1, unit),
          },
        ]
      : [],
    summary: bins ? `${word("mean", lang)} ${said(bins.mean)}, ${word("deviation", lang)} ${said(bins.deviation)}` : "",
    find: (_hit, place) =>
      bins && place ? inside(Math.floor((place[0] - bins.low) / bins.width), bins.counts.length) : -1,
    rows: [
      [
        `${word("from", lang)}${unit ? ` (${unit})` : ""}`,
        `${word("to", lang)}${unit ? ` (${unit})` : ""}`,
        `${word("shareOfTime", lang)} (%)`,
      ],
      ...shares.map((s, i) => [...edges(i), s]),
    ],
  };
}

const inside = (i: number, n: number): number => (i >= 0 && i < n ? i : -1);

const listed = (settings: Settings, env: Env): boolean => env.bound("values") || settings.values !== undefined;

export default chartView<Sampled>({
  live: ["value", "values"],
  past: (settings, env) => !listed(settings, env),
  async read(period, settings, env) {
    const m = bucketMeta("value", "at", settings, env);
    const step = `${Math.max(1, Math.round(periods[period].length / samples / 1000))}s`;
    const r = await env.recall?.(["value"], { from: periods[period].from, step, fn: "at" });
    const values = (r?.series.value ?? []).flatMap((s) => {
      const k = look(s.q);
      return typeof s.v === "number" && k !== "bad" && k !== "waiting" ? [s.v * m.factor] : [];
    });
    return { values, unit: m.unit, decimals: m.decimals };
  },
  now(values: Values, settings: Settings, env: Env) {
    const l = values.values;
    const list = listOf(l ? (look(l.q) === "bad" ? undefined : l.v) : settings.values);
    const m = bucketMeta("values", "at", settings, env);
    return (
      list && {
        values: list.slice(0, mostNumbers).flatMap((v) => ((n) => (n === null ? [] : [n * m.factor]))(plainNumber(v))),
        unit: m.unit,
        decimals: m.decimals,
      }
    );
  },
  bound: (settings, env) => listed(settings, env) || env.bound("value"),
  bind: "bindOne",
  none: () => ({ values: [], unit: "", decimals: undefined }),
  any: (d) => d.values.length > 0,
  draw,
});
