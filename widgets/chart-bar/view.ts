// Bars, columns and stacks: a bar for each value now, for each step of a time, or for each value over a whole time.
import { categoryAxis, ends, grid, marks, valueAxis, withUnit } from "../chart/axes";
import { chartView, choice, type Drawing, type Picture } from "../chart/chart";
import { font } from "../chart/palette";
import { linesAt, rowsOf, summaryOf, tables } from "../chart/source";
import { decimalsAt, type Table, unitAt } from "../chart/table";
import { flag } from "../kit";

/** A table of which each series is a share of the whole of its category. */
export function asShares(t: Table): Table {
  const sums = t.categories.map((_c, i) => t.series.reduce((sum, s) => sum + Math.abs(s.cells[i]?.v ?? 0), 0));
  return {
    ...t,
    series: t.series.map((s) => ({
      ...s,
      unit: "%",
      decimals: 1,
      cells: s.cells.map((c, i) => ({
        ...c,
        v: c.v === null || !sums[i] ? null : (100 * Math.abs(c.v)) / (sums[i] as number),
      })),
    })),
  };
}

export function draw(data: Table, { settings, env, palette: p, box, hidden }: Drawing): Picture {
  const stack = choice(settings, "stack", "none", "stacked", "percent");
  const t = stack === "percent" ? asShares(data) : data;
  const flat = choice(settings, "style", "columns", "bars") === "bars";
  const shown = t.series.flatMap((s, i) => (hidden.has(s.name) ? [] : [i]));
  const unit = t.series.find((s) => s.unit)?.unit ?? "";
  const names = categoryAxis(t.categories, p, flat ? { inverse: true } : {}, flat ? 0 : box.width);
  const numbers = valueAxis(p, unit, {
    ...ends(settings),
    ...(stack === "percent" ? { max: 100 } : {}),
    ...(flat ? { nameGap: 4 } : {}),
    ...(t.categories.length === 0 ? { min: 0, max: 100 } : {}),
  });
  const labels = flag(settings, "showValues");
  const thin = (flat ? box.height : box.width) / Math.max(1, t.categories.length) < 16;
  return {
    option: {
      animation: false,
      grid: grid(unit && !flat ? 24 : 10, flat ? 40 : 14),
      xAxis: flat ? numbers : names,
      yAxis: flat ? names : numbers,
      series: shown.map((s, k) => {
        const series = t.series[s];
        const fill = p.fill(s);
        return {
          type: "bar",
          name: series?.name ?? "",
          stack: stack === "none" ? undefined : "all",
          barMaxWidth: 64,
          barMinHeight: 1,
          itemStyle: {
            color: fill.color,
            decal: fill.decal,
            borderColor: p.surface,
            borderWidth: stack === "none" || thin ? 0 : 1,
          },
          // What is not certain is drawn with a dashed edge.
          data: series?.cells.map((c) =>
            c.v !== null && c.look === "uncertain"
              ? { value: c.v, itemStyle: { borderColor: p.text, borderType: "dashed", borderWidth: 1, opacity: 0.75 } }
              : (c.v ?? "-"),
          ),
          label: {
            show: labels,
            position: stack === "none" ? (flat ? "right" : "top") : "inside",
            color: stack === "none" ? p.text : p.on(fill.color),
            ...font(),
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const c = series?.cells[dataIndex];
              return c?.v === null || c === undefined
                ? ""
                : withUnit(c.v, decimalsAt(t, s, dataIndex), t.each ? unitAt(t, s, dataIndex) : "");
            },
          },
          labelLayout: { hideOverlap: true },
          ...(k === 0 ? marks(settings, p, flat ? "x" : "y") : {}),
        };
      }),
    },
    spots: t.categories.map((name, i) => {
      const own = shown.map((s) => t.series[s]?.cells[i]?.v ?? null);
      const top =
        stack === "none" ? Math.max(0, ...own.map((v) => v ?? 0)) : own.reduce<number>((a, v) => a + (v ?? 0), 0);
      return {
        name,
        value:
          own.length === 1 ? own[0] : Object.fromEntries(shown.map((s, k) => [t.series[s]?.name ?? String(s), own[k]])),
        lines: linesAt(data, i, shown, env),
        at: flat ? ([top, i] as const) : ([i, top] as const),
      };
    }),
    legend:
      t.series.length > 1
        ? t.series.map((s, i) => ({
            name: s.name,
            color: p.fill(i).color,
            pattern: p.fill(i).pattern,
            hidden: hidden.has(s.name),
          }))
        : [],
    summary: summaryOf(data, env),
    find: (hit, place) => (hit.index !== undefined ? hit.index : place ? Math.round(flat ? place[1] : place[0]) : -1),
    rows: rowsOf(data, env),
  };
}

export default chartView<Table>({ ...tables, draw });
