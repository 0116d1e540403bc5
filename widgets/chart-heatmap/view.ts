// A value by day and hour, or many values over time, each number a shade.
import { look } from "@lineside/scene";
import { categoryAxis, ends, grid, withUnit } from "../chart/axes";
import { chartView, choice, type Drawing, type Picture, qualityText } from "../chart/chart";
import { font } from "../chart/palette";
import { askFor, clockOf, dayText, periods, stepOf } from "../chart/period";
import { functionOf, nowTable, stateValue } from "../chart/source";
import { bucketMeta, type Cell, cellOf, fromBuckets, type Table, usedProps, valueProps } from "../chart/table";
import { word } from "../chart/words";
import { flag, string } from "../kit";
import type { Env, Recalled, Settings } from "../view";

/** A field of cells: a row for each of the names, from the top. */
export interface Field {
  columns: string[];
  rows: string[];
  cells: (Cell | undefined)[][];
  unit: string;
  decimals: number | undefined;
}

const two = (n: number) => String(n).padStart(2, "0");
const sums = new Set(["sum", "delta", "count", "duration", "integral"]);

/**
 * A row for each day and a column for each hour by the clock of the plant. An hour that comes twice, when clocks are set back,
 * is both together; one that does not come is empty.
 */
export function byHour(r: Recalled, prop: string, fn: string, settings: Settings, env: Env): Field {
  const m = bucketMeta(prop, fn, settings, env);
  const days = new Map<string, { name: string; cells: ((Cell & { n: number }) | undefined)[] }>();
  for (const s of r.series[prop] ?? []) {
    const { date, hour } = clockOf(s.t, r.zone);
    let day = days.get(date);
    if (!day) {
      day = { name: dayText(s.t, env.lang, r.zone), cells: new Array(24).fill(undefined) };
      days.set(date, day);
    }
    const cell = cellOf(s, m.factor);
    const before = day.cells[hour];
    day.cells[hour] = before ? together(before, cell, fn) : { ...cell, n: 1 };
  }
  const list = [...days.values()].slice(-400);
  return {
    columns: Array.from({ length: 24 }, (_, h) => `${two(h)}`),
    rows: list.map((d) => d.name),
    cells: list.map((d) => d.cells),
    unit: m.unit,
    decimals: m.decimals,
  };
}

function together(a: Cell & { n: number }, b: Cell, fn: string): Cell & { n: number } {
  if (a.v === null || b.v === null) return { ...(a.v === null ? b : a), n: a.n };
  const worse = a.look === "good" ? b.look : a.look;
  const v =
    fn === "min"
      ? Math.min(a.v, b.v)
      : fn === "max"
        ? Math.max(a.v, b.v)
        : sums.has(fn)
          ? a.v + b.v
          : (a.v * a.n + b.v) / (a.n + 1);
  return { v, look: worse, n: a.n + 1 };
}

/** A row for each series of a table. */
export function bySeries(t: Table): Field {
  const first = t.series[0];
  return {
    columns: t.categories,
    rows: t.series.map((s) => s.name || "1"),
    cells: t.series.map((s) => s.cells),
    unit: t.series.find((s) => s.unit)?.unit ?? "",
    decimals: first?.decimals,
  };
}

function draw(f: Field, { settings, env, palette: p, box }: Drawing): Picture {
  const { lang } = env;
  const data: [number, number, number][] = [];
  const places: [number, number][] = [];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  f.cells.forEach((row, y) => {
    row.forEach((c, x) => {
      if (!c || c.v === null) return;
      data.push([x, y, c.v]);
      places.push([x, y]);
      low = Math.min(low, c.v);
      high = Math.max(high, c.v);
    });
  });
  const { min = Number.isFinite(low) ? low : 0, max = Number.isFinite(high) ? high : 100 } = ends(settings);
  const place = new Map(places.map(([x, y], i) => [`${x} ${y}`, i]));
  // From the ground to the darkest (in the dark theme the brightest): lightness alone tells how much.
  const from = p.of("ground");
  const to = p.of("fill2");
  const middle = p.of("fill1");
  const bar = flag(settings, "legend");
  const unit = f.unit;
  const said = (v: number | null) => withUnit(v, f.decimals, unit);
  const room = box.width / Math.max(1, f.columns.length) > 34;
  return {
    option: {
      animation: false,
      grid: { ...grid(6, bar ? 74 : 10) },
      xAxis: categoryAxis(f.columns, p, { splitArea: { show: false }, axisLine: { show: false } }),
      yAxis: categoryAxis(f.rows, p, { inverse: true, axisLine: { show: false } }),
      visualMap: {
        type: "continuous",
        show: bar && data.length > 0,
        min,
        max: max > min ? max : min + 1,
        right: 0,
        top: "middle",
        itemHeight: Math.max(24, Math.min(140, box.height - 60)),
        itemWidth: 12,
        calculable: false,
        hoverLink: false,
        inRange: { color: [from, middle, to] },
        text: [said(max), said(min)],
        textStyle: { color: p.muted, ...font(11) },
        textGap: 4,
      },
      series: [
        {
          type: "heatmap",
          data,
          itemStyle: { borderColor: p.surface, borderWidth: 1 },
          emphasis: { disabled: true },
          label: {
            show: flag(settings, "showValues") && room,
            ...font(11),
            color: p.text,
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const d = data[dataIndex];
              return d ? withUnit(d[2], f.decimals, "") : "";
            },
            backgroundColor: p.surface,
            padding: [0, 2],
            borderRadius: 2,
          },
        },
      ],
    },
    spots: places.map(([x, y], i) => {
      const c = f.cells[y]?.[x];
      return {
        name: `${f.rows[y]}, ${f.columns[x]}`,
        value: data[i]?.[2] ?? null,
        lines: [`${said(c?.v ?? null)}${qualityText(c?.look ?? "good", env)}`],
        at: [x, y] as const,
      };
    }),
    legend: [],
    summary:
      data.length > 0
        ? `${f.rows.length} × ${f.columns.length}. ${word("lowest", lang)} ${said(low)}, ${word("highest", lang)} ${said(high)}`
        : "",
    find: (_hit, at) => (at ? (place.get(`${Math.round(at[0])} ${Math.round(at[1])}`) ?? -1) : -1),
    rows: [["", ...f.columns], ...f.rows.map((r, y) => [r, ...f.columns.map((_c, x) => f.cells[y]?.[x]?.v ?? null)])],
  };
}

const listed = (settings: Settings, env: Env): boolean => env.bound("values") || settings.values !== undefined;

export default chartView<Field>({
  live: [...valueProps, "values"],
  past: (settings, env) => !listed(settings, env),
  async read(period, settings, env) {
    const fn = functionOf(settings);
    const used = usedProps(settings, env);
    const state = fn === "duration" && string(settings, "state") !== "" ? { state: stateValue(settings.state) } : {};
    const none: Recalled = { from: 0, to: 0, zone: "", series: {} };
    if (choice(settings, "rows", "days", "values") === "days") {
      const first = used[0] ?? "value";
      return byHour(
        (await env.recall?.([first], { from: periods[period].from, step: "1h", fn, ...state })) ?? none,
        first,
        fn,
        settings,
        env,
      );
    }
    const step = stepOf(period, string(settings, "step"));
    return bySeries(
      fromBuckets(
        (await env.recall?.(used, { ...askFor(period, step, fn), ...state })) ?? none,
        used,
        step,
        fn,
        settings,
        env,
      ),
    );
  },
  now(values, settings, env) {
    const l = values.values;
    if (l && look(l.q) === "bad") return undefined;
    const t = nowTable(values, settings, env);
    // Of a list each entry is a row, and its numbers stand in the columns.
    return (
      t && {
        columns: t.series.map((s, i) => s.name || String(i + 1)),
        rows: t.categories,
        cells: t.categories.map((_c, i) => t.series.map((s) => s.cells[i])),
        unit: t.series[0]?.unit ?? "",
        decimals: t.series[0]?.decimals,
      }
    );
  },
  bound: (settings, env) => listed(settings, env) || usedProps(settings, env).length > 0,
  bind: "bindValues",
  none: () => ({
    columns: Array.from({ length: 24 }, (_, h) => two(h)),
    rows: [],
    cells: [],
    unit: "",
    decimals: undefined,
  }),
  any: (f) => f.cells.some((r) => r.some((c) => c && c.v !== null)),
  draw,
});
