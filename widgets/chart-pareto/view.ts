// A Pareto chart: the largest causes first, with the share that they and all before them have of the whole.
import { categoryAxis, grid, marks, valueAxis, withUnit } from "../chart/axes";
import { chartView, type Drawing, type Picture, qualityText } from "../chart/chart";
import { font } from "../chart/palette";
import { tables } from "../chart/source";
import { decimalsAt, type Table, unitAt } from "../chart/table";
import { word } from "../chart/words";
import { fixed, flag, number } from "../kit";

export interface Cause {
  name: string;
  v: number;
  i: number;
  /** The share of it and all before it, 0 to 100. */
  upTo: number;
}

/** The causes of the first series, the largest first; what is nothing or less is none. */
export function causesOf(t: Table): Cause[] {
  const all = t.categories
    .map((name, i) => ({ name, i, v: t.series[0]?.cells[i]?.v ?? 0, upTo: 0 }))
    .filter((c) => c.v > 0)
    .sort((a, b) => b.v - a.v || a.i - b.i);
  const total = all.reduce((sum, c) => sum + c.v, 0);
  let sum = 0;
  for (const c of all) {
    sum += c.v;
    c.upTo = (100 * sum) / total;
  }
  return all;
}

export function draw(t: Table, { settings, env, palette: p, box }: Drawing): Picture {
  const causes = causesOf(t);
  const total = causes.reduce((sum, c) => sum + c.v, 0);
  const unit = t.series[0]?.unit ?? "";
  const mark = number(settings, "mark");
  const said = (c: Cause) => withUnit(c.v, decimalsAt(t, 0, c.i), unitAt(t, 0, c.i));
  const few = mark === undefined ? [] : causes.slice(0, causes.findIndex((c) => c.upTo >= mark - 1e-9) + 1);
  const nameOf = word("cumulative", env.lang);
  return {
    option: {
      animation: false,
      grid: grid(unit ? 24 : 12),
      xAxis: categoryAxis(
        causes.map((c) => c.name),
        p,
        {},
        box.width,
      ),
      yAxis: [
        valueAxis(p, unit, { min: 0, max: total || 100 }),
        valueAxis(p, "%", {
          min: 0,
          max: 100,
          splitLine: { show: false },
          nameTextStyle: { color: p.muted, ...font(), align: "right" },
        }),
      ],
      series: [
        {
          type: "bar",
          barMaxWidth: 64,
          data: causes.map((c) => ({
            value: c.v,
            itemStyle: { color: p.of(few.includes(c) ? "fill1" : "equipment") },
          })),
          label: {
            show: flag(settings, "showValues"),
            position: "top",
            color: p.text,
            ...font(),
            formatter: ({ dataIndex }: { dataIndex: number }) =>
              causes[dataIndex] ? said(causes[dataIndex] as Cause) : "",
          },
        },
        {
          type: "line",
          yAxisIndex: 1,
          data: causes.map((c) => c.upTo),
          symbolSize: 6,
          symbol: "circle",
          lineStyle: { color: p.text, width: 2 },
          itemStyle: { color: p.text },
          ...marks({}, p, "y", mark === undefined ? [] : [{ at: mark, text: `${mark} %` }]),
        },
      ],
    },
    spots: causes.map((c, i) => ({
      name: c.name,
      value: c.v,
      lines: [
        `${said(c)}${qualityText(t.series[0]?.cells[c.i]?.look ?? "good", env)}`,
        `${word("share", env.lang)} ${fixed((100 * c.v) / total, 1)} %`,
        `${nameOf} ${fixed(c.upTo, 1)} %`,
      ],
      at: [i, c.v] as const,
    })),
    legend: [],
    summary: causes
      .slice(0, 5)
      .map((c) => `${c.name} ${said(c)}`)
      .join(", "),
    find: (hit, place) => hit.index ?? (place ? Math.round(place[0]) : -1),
    rows: [
      [
        word("name", env.lang),
        unit ? `${word("value", env.lang)} (${unit})` : word("value", env.lang),
        `${word("share", env.lang)} (%)`,
        `${nameOf} (%)`,
      ],
      ...causes.map((c) => [c.name, c.v, (100 * c.v) / total, c.upTo]),
    ],
  };
}

export default chartView<Table>({ ...tables, draw });
