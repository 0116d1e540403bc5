// What tables compute: order, search, trees, files, and what was typed into rows.
import { describe, expect, it } from "vitest";
import type { GridColumn } from "./grid/column";
import { csvOf, fileName } from "./grid/csv";
import { Model } from "./grid/model";
import { lookOf, pathsIn, patternOver, sortValue } from "./grid/values";
import { merged } from "./history-table/merge";
import { treeOf, worstOf } from "./tag-tree/tree";
import type { TagFacts } from "./tagsource";
import { draftText, limitsOf, readDraft } from "./value-table/draft";

interface Row {
  id: string;
  n: number | undefined;
  children?: Row[];
}
const columns: GridColumn<Row>[] = [
  { id: "id", title: "Id", width: 100, text: (r) => r.id },
  { id: "n", title: "N", width: 100, live: true, text: (r) => String(r.n ?? ""), sort: (r) => r.n },
  { id: "more", title: "More", width: 100, hidden: true, text: () => "x" },
];
const model = (rows: Row[], kept = {}) => {
  const m = new Model<Row>(
    columns,
    (r) => r.id,
    (r) => r.children,
    kept,
  );
  m.rows = rows;
  return m;
};
const keys = (m: Model<Row>) => m.shown().map((r) => r.key);

describe("rows of a table", () => {
  const rows = [
    { id: "pump10", n: 2 },
    { id: "pump2", n: undefined },
    { id: "pump1", n: -5 },
  ];
  it("are sorted by number, by name as people count, and as they came again", () => {
    const m = model(rows);
    expect(keys(m)).toEqual(["pump10", "pump2", "pump1"]);
    m.sort("id");
    expect(keys(m)).toEqual(["pump1", "pump2", "pump10"]);
    m.sort("id");
    expect(keys(m)).toEqual(["pump10", "pump2", "pump1"]);
    expect(m.sorted("id")).toBe("desc");
    m.sort("id");
    expect(m.sorted("id")).toBeUndefined();
    m.sort("n");
    // What has no value is last, whichever way.
    expect(keys(m)).toEqual(["pump1", "pump10", "pump2"]);
    m.sort("n");
    expect(keys(m)).toEqual(["pump10", "pump1", "pump2"]);
  });
  it("follow values that change, and say whether they must", () => {
    const list = rows.map((r) => ({ ...r }));
    const m = model(list);
    expect(m.follows).toBe(false);
    m.sort("n");
    expect(m.follows).toBe(true);
    (list[2] as Row).n = 99;
    m.touch();
    expect(keys(m)).toEqual(["pump10", "pump1", "pump2"]);
  });
  it("are found by what stands in any column that is shown or not", () => {
    const m = model(rows);
    m.search = "MP1";
    expect(keys(m)).toEqual(["pump10", "pump1"]);
    m.search = "<img onerror>";
    expect(keys(m)).toEqual([]);
    expect(m.total).toBe(3);
  });
  it("keep columns, widths, order and search while the view is built again", () => {
    const m = model(rows);
    expect(m.visible.map((c) => c.id)).toEqual(["id", "n"]);
    m.setVisible("more", true);
    m.setVisible("n", false);
    m.setWidth("id", 9999);
    m.sort("id");
    m.search = "pump1";
    const again = model(rows, m.kept);
    expect(again.visible.map((c) => c.id)).toEqual(["id", "more"]);
    expect(again.width("id")).toBe(1200);
    expect(keys(again)).toEqual(["pump1", "pump10"]);
  });
  it("are 10,000 in a moment", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ id: `tag${i}`, n: (i * 7919) % 10_007 }));
    const m = model(many);
    m.sort("n");
    const from = performance.now();
    m.touch();
    const list = m.shown();
    expect(list.length).toBe(10_000);
    expect(list[0]?.row.n).toBe(0);
    expect(performance.now() - from).toBeLessThan(5000);
  });
});

describe("trees", () => {
  const paths = ["a/x/one", "a/x/two", "a/y", "b/z/deep/three", "top"];
  const facts = new Map<string, TagFacts>([["a/y", { path: "a/y", type: "float", title: "Why", writable: false }]]);
  it("are what the paths say, areas before tags", () => {
    const t = treeOf(paths, "", facts, [{ path: "a/x", model: "m", title: "Pump X" }], true);
    expect(t.map((n) => n.title)).toEqual(["a", "b", "top"]);
    expect(t[0]?.children?.map((n) => [n.title, n.kind])).toEqual([
      ["Pump X", "asset"],
      ["Why", "tag"],
    ]);
    expect(worstOf(t[0] as never, (p) => (p === "a/x/one" ? "bad" : "good"))).toEqual({ bad: 1, total: 3 });
    expect(treeOf(paths, "a", facts, [], false).map((n) => n.title)).toEqual(["x"]);
  });
  it("open and close, and a search opens what it finds", () => {
    const rows: Row[] = [{ id: "a", n: 1, children: [{ id: "b", n: 2, children: [{ id: "c", n: 3 }] }] }];
    const m = model(rows);
    expect(keys(m)).toEqual(["a"]);
    m.toggle("a", true);
    expect(m.shown().map((r) => [r.key, r.depth, r.open])).toEqual([
      ["a", 0, true],
      ["b", 1, false],
    ]);
    m.search = "c";
    expect(keys(m)).toEqual(["a", "b", "c"]);
  });
});

describe("files", () => {
  it("are CSV that a spreadsheet takes for nothing else", () => {
    expect(csvOf([["a,b", '"q"', "=1+1", -5, Number.NaN, undefined, "中文"]])).toBe(
      '\uFEFF"a,b","""q""",\'=1+1,-5,,,中文\r\n',
    );
    expect(fileName('a/b:"c"', new Date(2026, 0, 2, 3, 4))).toBe("a b c 20260102-0304.csv");
    expect(fileName("")).toMatch(/^table /);
  });
});

describe("histories", () => {
  it("of several tags are rows by time, the newest first, and no more than wanted", () => {
    const series = [
      {
        points: [
          [1, 10],
          [3, null, 0x80000000],
        ] as never,
      },
      {
        points: [
          [2, 5],
          [3, 6],
        ] as never,
        cut: true,
      },
    ];
    const { rows, cut } = merged(series, 2);
    expect(cut).toBe(true);
    expect(rows).toEqual([
      {
        t: 3,
        values: [
          { v: null, q: 0x80000000, t: 3 },
          { v: 6, q: 0, t: 3 },
        ],
      },
      { t: 2, values: [undefined, { v: 5, q: 0, t: 2 }] },
    ]);
    expect(merged([{ points: "x" as never }], 5).rows).toEqual([]);
  });
});

describe("values and paths", () => {
  it("look as they may be trusted", () => {
    expect(lookOf(undefined)).toBe("waiting");
    expect(lookOf({ v: null, q: 0, t: 1 })).toBe("bad");
    expect(lookOf({ v: 1, q: 0x40900000, t: 1 })).toBe("uncertain");
    expect(sortValue({ v: true, q: 0, t: 1 })).toBe(1);
    expect(sortValue({ v: null, q: 0x80050000, t: 1 })).toBeUndefined();
  });
  it("are taken from lists of any kind, and asked about together", () => {
    expect(pathsIn(["a/b", " a/b ", { tag: "c" }, 7, null, ""])).toEqual(["a/b", "c"]);
    expect(pathsIn("a, b\nc")).toEqual(["a", "b", "c"]);
    expect(pathsIn({})).toEqual([]);
    expect([patternOver(["a/b/c"]), patternOver(["a/b/c", "a/b/d"]), patternOver(["a/b", "c/d"])]).toEqual([
      "a/b/c",
      "a/b/**",
      "**",
    ]);
  });
});

describe("values that are typed into rows", () => {
  const f = (type: TagFacts["type"], more = {}): TagFacts => ({ path: "p", type, writable: true, ...more });
  it("have the type and the limits of their tag", () => {
    const temp = f("float", { writeLow: 0, writeHigh: 90, unit: "°C", decimals: 1 });
    expect(readDraft("50,5 °C", temp, "en")).toEqual({ value: 50.5 });
    expect(readDraft("91", temp, "en")).toEqual({ problem: "Allowed 0 °C to 90 °C." });
    expect(readDraft("1.5", f("int"), "zh")).toEqual({ problem: "请输入整数。" });
    expect(readDraft("true", f("bool"), "en")).toEqual({ value: true });
    expect(readDraft("{", f("json"), "en")).toHaveProperty("problem");
    expect(readDraft("x", f("string"), "en")).toEqual({ value: "x" });
    expect([draftText(50.55, temp), draftText(50.5, temp), limitsOf(temp), limitsOf(undefined)]).toEqual([
      "50.55",
      "50.5",
      "0 – 90",
      "",
    ]);
  });
});
