// Several values as one shape, each along its own range.
import { withUnit } from "../chart/axes";
import { chartView, type Drawing, type Picture, qualityText } from "../chart/chart";
import { font } from "../chart/palette";
import { rowsOf, summaryOf, tables } from "../chart/source";
import { decimalsAt, type Table, unitAt, usedProps } from "../chart/table";
import { word } from "../chart/words";
import { clamp, flag, number } from "../kit";
import type { Env, Settings } from "../view";

export interface Spoke {
  name: string;
  low: number;
  high: number;
  normalLow: number | undefined;
  normalHigh: number | undefined;
}

/** The range of each category: what is set, else that of its tag, else what there is. */
export function spokesOf(t: Table, settings: Settings, env: Env): Spoke[] {
  const props = usedProps(settings, env);
  const all = t.series.flatMap((s) => s.cells.flatMap((c) => (c.v === null ? [] : [c.v])));
  const top = Math.max(1e-9, ...all);
  return t.categories.map((name, i) => {
    const m = t.each ? env.meta(props[i] ?? "") : undefined;
    const low = number(settings, "low") ?? m?.low ?? Math.min(0, ...all);
    const high = number(settings, "high") ?? m?.high ?? top;
    return { name, low, high: high > low ? high : low + 1, normalLow: m?.normalLow, normalHigh: m?.normalHigh };
  });
}

/** How far a value is along its spoke, 0 to 1. */
export const along = (s: Spoke, v: number): number => clamp((v - s.low) / (s.high - s.low), 0, 1);

export function draw(t: Table, { settings, env, palette: p, box, hidden }: Drawing): Picture {
  // Fewer than three spokes make no shape.
  const spokes = spokesOf(t, settings, env).slice(0, 24);
  const drawn: { name: string }[] = spokes.length > 0 ? [...spokes] : [];
  while (drawn.length < 3) drawn.push({ name: "" });
  const shown = t.series.flatMap((s, i) => (hidden.has(s.name) ? [] : [i]));
  const band = flag(settings, "band") && spokes.length >= 3 && spokes.every((s) => s.normalHigh !== undefined);
  const labels = flag(settings, "showValues");
  const radius = Math.max(20, Math.min(box.width / 2 - 64, box.height / 2 - 42));
  const text = (i: number) => withUnit(t.series[0]?.cells[i]?.v ?? null, decimalsAt(t, 0, i), unitAt(t, 0, i));
  return {
    option: {
      animation: false,
      radar: {
        indicator: drawn.map((s) => ({ name: s.name || " ", min: 0, max: 1 })),
        radius,
        splitNumber: 4,
        axisName: {
          color: p.text,
          ...font(),
          formatter: (name: string) => {
            const i = drawn.findIndex((s) => s.name === name);
            const short = name.length > 16 ? `${name.slice(0, 15)}…` : name;
            return labels && t.series.length === 1 && i >= 0 && spokes[i] ? `${short}\n${text(i)}` : short;
          },
        },
        splitArea: { show: false },
        splitLine: { lineStyle: { color: p.grid } },
        axisLine: { lineStyle: { color: p.grid } },
      },
      series: [
        ...(band
          ? [
              {
                type: "radar",
                silent: true,
                symbol: "none",
                data: [{ value: spokes.map((s) => along(s, s.normalHigh ?? s.high)) }],
                lineStyle: { width: 1, color: p.line, type: "dashed" },
                areaStyle: { color: p.band, opacity: 0.5 },
              },
              {
                type: "radar",
                silent: true,
                symbol: "none",
                data: [{ value: spokes.map((s) => along(s, s.normalLow ?? s.low)) }],
                lineStyle: { width: 1, color: p.line, type: "dashed" },
                areaStyle: { color: p.surface, opacity: 1 },
              },
            ]
          : []),
        ...shown.map((s) => {
          const series = t.series[s];
          const tone = t.series.length === 1 ? p.live : p.fill(s).color;
          return {
            type: "radar",
            symbolSize: 6,
            symbol: "circle",
            data: [
              {
                value: spokes.map((k, i) =>
                  ((v) => (v === null || v === undefined ? "-" : along(k, v)))(series?.cells[i]?.v),
                ),
              },
            ],
            lineStyle: { color: tone, width: 2 },
            itemStyle: { color: tone },
            areaStyle: { color: tone, opacity: 0.15 },
          };
        }),
      ],
    },
    spots: spokes.map((s, i) => {
      const angle = -Math.PI / 2 - (2 * Math.PI * i) / drawn.length;
      const r = radius * along(s, t.series[shown[0] ?? 0]?.cells[i]?.v ?? s.low);
      return {
        name: s.name,
        value: t.series[shown[0] ?? 0]?.cells[i]?.v ?? null,
        lines: [
          ...shown.map((k) => {
            const series = t.series[k];
            const own = withUnit(series?.cells[i]?.v ?? null, decimalsAt(t, k, i), unitAt(t, k, i));
            return `${t.series.length > 1 ? `${series?.name}: ` : ""}${own}${qualityText(series?.cells[i]?.look ?? "good", env)}`;
          }),
          ...(s.normalLow !== undefined && s.normalHigh !== undefined
            ? [`${word("normal", env.lang)} ${s.normalLow} – ${withUnit(s.normalHigh, undefined, unitAt(t, 0, i))}`]
            : []),
        ],
        pixel: [box.width / 2 + r * Math.cos(angle), box.height / 2 + r * Math.sin(angle)] as const,
      };
    }),
    legend:
      t.series.length > 1
        ? t.series.map((s, i) => ({ name: s.name, color: p.fill(i).color, hidden: hidden.has(s.name) }))
        : [],
    summary: summaryOf(t, env),
    // The shape is hit as a whole: the nearest spoke is found by its place.
    find: () => -2,
    rows: rowsOf(t, env),
  };
}

export default chartView<Table>({ ...tables, draw });
