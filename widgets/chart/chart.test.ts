import type { LiveValue } from "@lineside/client";
import { describe, expect, it } from "vitest";
import { asShares, draw as drawBars } from "../chart-bar/view";
import { fiveOf, quantile } from "../chart-box/view";
import { rowsOf, tasksOf } from "../chart-gantt/view";
import { byHour } from "../chart-heatmap/view";
import { binsOf } from "../chart-histogram/view";
import { causesOf } from "../chart-pareto/view";
import { slicesOf } from "../chart-pie/view";
import { fitOf, listedPoints, paired } from "../chart-scatter/view";
import type { Env, Recalled } from "../view";
import { axisName, short } from "./axes";
import { csvOf } from "./frame";
import { timeTicks } from "./lanes";
import { paletteOf } from "./palette";
import { askFor, bucketNames, firstWhole, lengthText, periods, stepOf } from "./period";
import { runsOf, type Span, spanAt } from "./spans";
import { States, spansOf } from "./states";
import { fromBuckets, fromList, fromNow, fromWhole, hasNumbers, type Table } from "./table";

const hour = 3_600_000;
const bad = 0x80050000;
const metas: Record<string, object> = {
  value: { path: "north/pump1/current", title: "Current", unit: "A", decimals: 1, type: "float" },
  value2: { path: "north/pump2/current", title: "Current", unit: "A", decimals: 1, type: "float" },
  value3: { path: "north/total", unit: "m³", type: "int" },
};
const env = {
  lang: "en",
  theme: "light",
  mode: "run",
  connected: true,
  name: "",
  memory: new Map(),
  actions: [],
  local: {},
  bound: (p: string) => p in metas,
  meta: (p: string) => metas[p],
  t: (t: { en: string } | undefined) => t?.en ?? "",
} as unknown as Env;
const at = (t: number, v: LiveValue["v"], q = 0): LiveValue => ({ t, v, q });
const recalled = (series: Recalled["series"], zone = "UTC"): Recalled => ({ from: 0, to: 4 * hour, zone, series });

describe("values now", () => {
  it("makes a category of each value, and tells those of one title from each other", () => {
    const t = fromNow({ value: at(1, 12.5), value2: at(1, null, bad), value3: at(1, Number.NaN) }, {}, env);
    expect(t.categories).toEqual(["pump1 Current", "pump2 Current", "total"]);
    expect(t.series[0]?.cells.map((c) => [c.v, c.look])).toEqual([
      [12.5, "good"],
      [null, "bad"],
      [null, "good"],
    ]);
    expect(t.each?.map((e) => e.unit)).toEqual(["A", "A", "m³"]);
    // Units that are not the same have no axis.
    expect(t.series[0]?.unit).toBe("");
  });

  it("takes names and settings of any type", () => {
    for (const wrong of [null, 7, "x", {}, [1, null, { a: 1 }]])
      expect(() =>
        fromNow(
          { value: at(1, "12") },
          { names: wrong, decimals: wrong, factor: wrong, unit: wrong, label: wrong },
          env,
        ),
      ).not.toThrow();
    expect(fromNow({ value: at(1, 2) }, { names: ["Mixer"], factor: 1000 }, env)).toMatchObject({
      categories: ["Mixer", "Current", "total"],
    });
  });
});

describe("a list of values", () => {
  it.each([
    [
      "numbers",
      [3, 5],
      [
        ["1", 3],
        ["2", 5],
      ],
    ],
    [
      "names and numbers",
      { "Line 1": 3, "Line 2": 5 },
      [
        ["Line 1", 3],
        ["Line 2", 5],
      ],
    ],
    [
      "pairs",
      [
        ["A", 3],
        ["B", "5"],
      ],
      [
        ["A", 3],
        ["B", 5],
      ],
    ],
    [
      "objects",
      [
        { name: "A", value: 3 },
        { label: "B", value: null },
      ],
      [
        ["A", 3],
        ["B", null],
      ],
    ],
    ["a text of JSON", '[{"name":"A","value":3}]', [["A", 3]]],
    [
      "what is no number",
      [3, "x", Number.NaN, true],
      [
        ["1", 3],
        ["2", null],
        ["3", null],
        ["4", null],
      ],
    ],
  ])("is made of %s", (_what, list, rows) => {
    const t = fromList(list, {});
    expect(t?.categories.map((c, i) => [c, t.series[0]?.cells[i]?.v])).toEqual(rows);
  });

  it("makes a series of each number of an object", () => {
    const t = fromList(
      [
        { name: "Mon", good: 90, scrap: 4 },
        { name: "Tue", good: 80 },
      ],
      {},
    );
    expect(t?.series.map((s) => [s.name, s.cells.map((c) => c.v)])).toEqual([
      ["good", [90, 80]],
      ["scrap", [4, null]],
    ]);
  });

  it.each([["text"], [7], [true], [null], [undefined], [["x", "y"]], [[{}]]])("is not made of %j", (v) => {
    expect(fromList(v, {})).toBeUndefined();
  });

  it("ends at a thousand categories and twelve series", () => {
    const t = fromList(
      Array.from({ length: 5000 }, () => Array.from({ length: 40 }, () => 1)),
      {},
    );
    expect([t?.categories.length, t?.series.length]).toEqual([1000, 12]);
  });
});

describe("buckets", () => {
  it("lays tags on each other by time, and leaves gaps", () => {
    const t = fromBuckets(
      recalled({ value: [at(0, 1), at(hour, null, bad), at(2 * hour, 3)], value2: [at(hour, 7), at(2 * hour, "x")] }),
      ["value", "value2"],
      "1h",
      "avg",
      {},
      env,
    );
    expect(t.series.map((s) => s.cells.map((c) => c.v))).toEqual([
      [1, null, 3],
      [null, 7, null],
    ]);
    expect(t.categories).toEqual(["00:00", "01:00", "02:00"]);
  });

  it("leaves out a first bucket that was cut, and keeps a day of 23 hours", () => {
    expect(firstWhole([10, 20 * 60_000, 2 * hour], "1h")).toBe(1);
    const spring = Date.parse("2026-03-28T23:00:00Z");
    expect(firstWhole([spring, spring + 23 * hour, spring + 47 * hour], "1d")).toBe(0);
  });

  it("tells the hour that comes twice by its clock", () => {
    const begin = Date.parse("2026-10-25T00:00:00Z");
    expect(bucketNames([begin, begin + hour, begin + 2 * hour], "1h", "en", "Europe/Berlin")).toEqual([
      "02:00 GMT+2",
      "02:00 GMT+1",
      "03:00",
    ]);
  });

  it("names days by the clock of the plant, and lives with a zone that is unknown", () => {
    const day = Date.parse("2026-11-20T16:00:00Z");
    expect(bucketNames([day], "1d", "en", "Asia/Shanghai")).toEqual(["Sat 21 Nov"]);
    expect(bucketNames([day], "1d", "zh", "Asia/Shanghai")[0]).toContain("21");
    expect(bucketNames([day], "1d", "en", "Nowhere/At_All")).toHaveLength(1);
  });

  it("puts the hour that comes twice of a day together, and leaves the one that does not come empty", () => {
    const autumn = Date.parse("2026-10-24T22:00:00Z");
    const hours = Array.from({ length: 25 }, (_, i) => at(autumn + i * hour, 2));
    const sum = byHour(recalled({ value: hours }, "Europe/Berlin"), "value", "sum", {}, env);
    expect([sum.rows.length, sum.cells[0]?.[2]?.v, sum.cells[0]?.[3]?.v]).toEqual([1, 4, 2]);
    expect(byHour(recalled({ value: hours }, "Europe/Berlin"), "value", "avg", {}, env).cells[0]?.[2]?.v).toBe(2);
    const spring = Date.parse("2026-03-28T23:00:00Z");
    const short = Array.from({ length: 23 }, (_, i) => at(spring + i * hour, 1));
    const f = byHour(recalled({ value: short }, "Europe/Berlin"), "value", "avg", {}, env);
    expect([f.rows.length, f.cells[0]?.[2], f.cells[0]?.[23]?.v]).toEqual([1, undefined, 1]);
  });

  it("shows seconds in a state as hours, and has the factor of the engineer instead when there is one", () => {
    const r = recalled({ value: [at(0, 7200)] });
    expect(fromWhole(r, ["value"], "duration", {}, env).series[0]).toMatchObject({ unit: "h", cells: [{ v: 2 }] });
    expect(fromWhole(r, ["value"], "duration", { factor: 1 / 60, unit: "min" }, env).series[0]).toMatchObject({
      unit: "min",
      cells: [{ v: 120 }],
    });
    expect(fromWhole(r, ["value"], "rate", {}, env).series[0]?.unit).toBe("A/s");
  });

  it("asks for a step more of a moving time, and for a step that can be seen", () => {
    expect(askFor("8h", "30m", "avg")).toEqual({ from: `now-${8.5 * 3600}s`, step: "30m", fn: "avg" });
    expect(askFor("today", "1h", "sum")).toEqual({ from: "today", step: "1h", fn: "sum" });
    expect([
      stepOf("today", "auto"),
      stepOf("30d", ""),
      stepOf("365d", "auto"),
      stepOf("365d", "1m"),
      stepOf("8h", "5m"),
    ]).toEqual(["1h", "1d", "1mo", "1d", "5m"]);
    for (const name of Object.keys(periods)) expect(stepOf(name as "8h", "auto")).toBeTruthy();
  });
});

describe("pictures", () => {
  const table = (values: (number | null)[]): Table => ({
    categories: values.map((_v, i) => `c${i}`),
    series: [{ name: "", unit: "", decimals: 0, cells: values.map((v) => ({ v, look: v === null ? "bad" : "good" })) }],
  });

  it("draws bars of nothing, of gaps and of text without an exception", () => {
    for (const t of [table([]), table([null, null]), table([1, null, -5, 1e300])])
      for (const style of ["columns", "bars", 7, null])
        for (const stack of ["none", "stacked", "percent", {}]) {
          const p = drawBars(t, {
            settings: { style, stack, showValues: true, low: "x", normalLow: 1 },
            env,
            palette: paletteOf("dark"),
            box: { width: 300, height: 200 },
            hidden: new Set(),
          });
          expect(p.spots.length).toBe(t.categories.length);
        }
    expect(hasNumbers(table([null]))).toBe(false);
  });

  it("makes shares of a whole, of nothing none", () => {
    const t: Table = { ...table([3, 0]), series: [...table([3, 0]).series, ...table([1, null]).series] };
    expect(asShares(t).series.map((s) => s.cells.map((c) => c.v))).toEqual([
      [75, null],
      [25, null],
    ]);
  });

  it("cuts a pie from what is more than nothing, and puts what is small together", () => {
    expect(slicesOf(table([1, null, -2, 0, 4]), new Set(["c4"]), String).map((s) => s.i)).toEqual([0]);
    const many = slicesOf(table(Array.from({ length: 40 }, (_, i) => i + 1)), new Set(), (n) => `${n} more`);
    expect([many.length, many.at(-1)?.name]).toEqual([24, "17 more"]);
    expect(many.reduce((sum, s) => sum + s.v, 0)).toBe(820);
  });

  it("sorts causes and sums up their shares", () => {
    expect(causesOf(table([1, null, 6, 3, -1])).map((c) => [c.name, c.upTo])).toEqual([
      ["c2", 60],
      ["c3", 90],
      ["c0", 100],
    ]);
  });

  it("counts every number in a bar, and none that lies beyond a set end", () => {
    for (const values of [[1, 2, 3, 4], [5], [0.1, 0.1], [-3, 1e6], Array.from({ length: 999 }, (_, i) => i / 7)]) {
      const b = binsOf(values, {});
      expect(b?.counts.reduce((a, n) => a + n, 0)).toBe(values.length);
    }
    expect(binsOf([1, 5, 50], { low: 0, high: 10, bins: 2 })?.counts).toEqual([1, 1]);
    expect(binsOf([], {})).toBeUndefined();
    expect(binsOf([2, 4], {})).toMatchObject({ mean: 3, deviation: 1 });
  });

  it("tells quartiles as they are published", () => {
    expect(fiveOf([7, 15, 36, 39, 40, 41])).toEqual([7, 20.25, 37.5, 39.75, 41]);
    expect([quantile([5], 0.25), fiveOf([])]).toEqual([5, undefined]);
  });

  it("pairs two values where both are known, and fits a line", () => {
    const r = recalled({ x: [at(0, 1), at(1, 2), at(2, null, bad), at(3, 4)], y: [at(0, 10), at(1, 20), at(2, 30)] });
    expect(paired(r, "x", "y", "")).toEqual([
      { x: 1, y: 10, t: 0 },
      { x: 2, y: 20, t: 1 },
    ]);
    expect(
      fitOf([
        { x: 0, y: 1 },
        { x: 1, y: 3 },
        { x: 2, y: 5 },
      ]),
    ).toEqual({ a: 1, b: 2, r: 1 });
    expect(
      fitOf([
        { x: 1, y: 1 },
        { x: 1, y: 2 },
        { x: 1, y: 3 },
      ]),
    ).toBeUndefined();
    expect(listedPoints([[1, 2, 3, "A"], { x: "4", y: 5 }, ["a"], null])).toEqual([
      { x: 1, y: 2, size: 3, name: "A" },
      { x: 4, y: 5 },
    ]);
    expect(listedPoints("nothing")).toBeUndefined();
  });
});

describe("states", () => {
  it("makes spans of samples, with what is not known before and between them", () => {
    const states = new States({}, env);
    const spans = spansOf([at(10, 1), at(20, null, bad), at(30, 1), at(40, 1), at(50, 2)], 0, 60, states);
    expect(spans.map((s) => [s.from, s.to, states.name(s.state)])).toEqual([
      [0, 10, "No data"],
      [10, 20, "Running"],
      [20, 30, "No data"],
      [30, 50, "Running"],
      [50, 60, "Fault"],
    ]);
  });

  it("takes what the engineer says values mean, and any other value as it is", () => {
    const states = new States(
      { states: [{ value: "7", title: "Cleaning" }, { value: 8 }, "x", null, { title: "y" }] },
      env,
    );
    expect(states.list.map((s) => [s.name, s.look])).toEqual([
      ["Cleaning", "setup"],
      ["8", "other"],
    ]);
    expect([at(1, 7), at(1, "7"), at(1, 9), at(1, { a: 1 } as never)].map((v) => states.name(states.of(v)))).toEqual([
      "Cleaning",
      "Cleaning",
      "9",
      '{"a":1}',
    ]);
  });

  it("draws ten thousand changes as no more runs than there are pixels, the longest state of each", () => {
    const spans: Span[] = Array.from({ length: 10_000 }, (_, i) => ({ from: i * 10, to: i * 10 + 10, state: i % 3 }));
    const runs = runsOf(spans, 0, 100_000, 600);
    expect(runs.length).toBeLessThanOrEqual(600);
    expect([runs[0]?.x0, runs.at(-1)?.x1]).toEqual([0, 600]);
    expect(
      runsOf(
        [
          { from: 0, to: 70, state: 1 },
          { from: 70, to: 100, state: 2 },
        ],
        0,
        100,
        1,
      ),
    ).toEqual([{ x0: 0, x1: 1, state: 1, several: true }]);
    expect([spanAt(spans, 55), spanAt(spans, -1), spanAt(spans, 1e9)]).toEqual([5, -1, -1]);
  });

  it("has round hours by the clock of the plant below", () => {
    const from = Date.parse("2026-11-21T02:10:00Z");
    expect(
      timeTicks(from, from + 8 * hour, 4, "Asia/Kolkata").at.map((t) => new Date(t).toISOString().slice(11, 16)),
    ).toEqual(["02:30", "04:30", "06:30", "08:30"]);
  });

  it("lays tasks of one row that overlap below each other, and leaves out what makes no sense", () => {
    const tasks = tasksOf([
      { row: "L1", name: "A", start: 0, end: 10 },
      { row: "L1", name: "B", start: 5, end: 15, progress: 400 },
      { row: "L1", name: "C", start: "1970-01-01T00:00:00.010Z", end: 20 },
      { row: "L2", name: "D", start: 9, end: 3 },
      { name: "E", start: "soon", end: 4 },
      null,
      7,
    ]);
    expect(tasks?.map((t) => [t.name, t.progress])).toEqual([
      ["A", undefined],
      ["B", 100],
      ["C", undefined],
    ]);
    expect(rowsOf(tasks ?? []).map((r) => [r.name, r.lanes, r.tasks.map((t) => t.lane)])).toEqual([
      ["L1", 2, [0, 1, 0]],
    ]);
    expect([tasksOf("x"), tasksOf(7), tasksOf([{ a: 1 }]), tasksOf([])]).toEqual([undefined, undefined, undefined, []]);
  });
});

describe("texts", () => {
  it("keeps formulas out of a table", () => {
    expect(
      csvOf([
        ["a", "b"],
        ['x"y', null],
        ["=1+1", -2.5],
      ]),
    ).toBe('a,b\r\n"x""y",\r\n\'=1+1,-2.5\r\n');
  });

  it("tells lengths of time and numbers of an axis", () => {
    expect([0, 400, 45_000, 125_000, 2 * hour + 300_000, 50 * hour].map((ms) => lengthText(ms, "en"))).toEqual([
      "0 s",
      "400 ms",
      "45 s",
      "2 min 05 s",
      "2 h 05 min",
      "2 d 2 h",
    ]);
    expect([0, -2, 12_500_000, 250_000, 0.25].map(short)).toEqual(["0", "−2", "12.5 M", "250 k", "0.25"]);
    expect(["Sat 21 Nov 14:00", "Sat 21 Nov 00:00", "Pump 1"].map(axisName)).toEqual(["14:00", "Sat 21 Nov", "Pump 1"]);
  });
});
