import { describe, expect, it } from "vitest";
import { columnsOf, stationsOf } from "./andon/stations";
import { treeOf } from "./area-tree/tree";
import { pathOf, placesOf } from "./digital/segments";
import { pictureOf } from "./image-by-tag/view";
import { inputsOf, safeAddress } from "./link/view";
import { means, stateOf, statesOf } from "./states";
import { kindOf } from "./video/source";
import { copied, painted, planOf, spansOf } from "./week-schedule/plan";

describe("states", () => {
  it.each([
    ["1", 1, true],
    ["1", true, true],
    ["0", false, true],
    ["on", true, true],
    ["1.50", 1.5, true],
    ["1", 2, false],
    ["", 0, false],
    ["", "", true],
    ["Ready", "Ready", true],
    ["Ready", "ready", false],
    ["10..20", 10, true],
    ["10..20", 20, true],
    ["10..20", 20.1, false],
    ["-5..−1", -3, true],
    ["5..", 1e9, true],
    ["..0", -1, true],
    ["..", 1, false],
    ["10..20", "15", false],
    ["*", "anything", true],
  ])("%j means %j: %j", (is, v, yes) => {
    expect(means(is, v)).toBe(yes);
  });

  it("takes the first row that fits, and leaves out what is none", () => {
    const states = statesOf({ states: [null, 7, { is: 1, text: 5 }, { is: "*", text: "rest", blink: "yes" }] });
    expect(states.length).toBe(2);
    expect(stateOf(states, 1)?.text).toBe("5");
    expect(stateOf(states, 2)).toMatchObject({ text: "rest", blink: false });
    expect(statesOf({ states: "x" })).toEqual([]);
  });
});

describe("seven segments", () => {
  it("puts points with the figure before them, and knows what it cannot show", () => {
    expect(placesOf("−12.5")).toEqual([
      { character: "−", point: false },
      { character: "1", point: false },
      { character: "2", point: true },
      { character: "5", point: false },
    ]);
    expect(placesOf("Ready")).toBeUndefined();
    const shapes = new Set([..."0123456789"].map((character) => pathOf({ character, point: false })));
    expect(shapes.size).toBe(10);
  });
});

describe("links", () => {
  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "//host",
    "/run",
    "vbscript:x",
    "blob:https://a/b",
    " ",
    "https://",
  ])("%s is not opened", (text) => {
    expect(safeAddress(text)).toBeUndefined();
  });
  it("opens http and https", () => {
    expect(safeAddress(" https://example.com/a?b#c ")?.href).toBe("https://example.com/a?b#c");
    expect(safeAddress("HTTP://10.0.0.5:8080")?.origin).toBe("http://10.0.0.5:8080");
  });
  it("reads inputs: numbers, texts and paths", () => {
    const rows = [
      { input: "n", value: "5" },
      { input: "t", value: "five" },
      { input: "on", value: "true" },
      { input: "pump", as: "tag", value: "line1/pump3" },
      { input: "o", value: '{"tag":"x"}' },
      { value: "nameless" },
      null,
    ];
    expect(inputsOf({ inputs: rows })).toEqual({
      n: 5,
      t: "five",
      on: true,
      pump: { tag: "line1/pump3" },
      o: '{"tag":"x"}',
    });
    expect(inputsOf({ inputs: 7 })).toBeUndefined();
  });
});

describe("the tree of areas", () => {
  const row = (path: string) => ({ path, model: "pump", properties: 1, good: 1, overridden: 0 });
  it("makes levels of paths", () => {
    const [north, south] = treeOf([row("north/p1"), row("north/well/p2"), row("south")], "");
    expect(north?.asset).toBeUndefined();
    expect(north?.items.map((n) => [n.path, n.asset !== undefined])).toEqual([
      ["north/p1", true],
      ["north/well", false],
    ]);
    expect(south?.asset?.path).toBe("south");
  });
  it("begins at an area, and at an asset with others below", () => {
    expect(treeOf([row("north/p1/motor"), row("north/p2")], "north").map((n) => n.name)).toEqual(["p1", "p2"]);
    const [pump, ...rest] = treeOf([row("north/p1"), row("north/p1/motor")], "north/p1");
    expect([pump?.name, pump?.items[0]?.name, rest.length]).toEqual(["p1", "motor", 0]);
  });
});

describe("pictures of tags", () => {
  it.each([
    ["data:image/png;base64,AA", false],
    ["data:image/svg+xml,<svg/>", false],
    ["iVBORw0KGgoAAA", false],
    ["/9j/4AAQ", false],
  ])("%s is a picture", (v, fetched) => {
    expect(pictureOf(v)?.fetched).toBe(fetched);
  });
  it.each(["data:text/html,x", "javascript:alert(1)", "Ready", "", 5, null, "//host/x"])("%s is none", (v) => {
    expect(pictureOf(v)).toBeUndefined();
  });
});

describe("videos", () => {
  it.each([
    ["https://cam/live.m3u8?x", "auto", "hls"],
    ["https://cam/a.mp4", "auto", "file"],
    ["https://cam/stream", "auto", "mjpeg"],
    ["https://cam/stream", "hls", "hls"],
  ])("%s (%s) comes as %s", (url, wanted, kind) => {
    expect(kindOf(new URL(url), wanted)).toBe(kind);
  });
});

describe("a board of stations", () => {
  it("takes a list, the text of one, a single state, or its own properties", () => {
    const live = (v: unknown, q = 0) => ({ value: { v, q, t: 1 } });
    const list = [{ name: "A", state: 2, calls: 3 }, 7, { name: "B" }];
    expect(stationsOf(live(list), {}, true).map((s) => [s.name, s.state.v, s.calls.v])).toEqual([
      ["A", 2, 3],
      ["B", undefined, undefined],
    ]);
    expect(stationsOf(live(JSON.stringify(list)), {}, true).length).toBe(2);
    expect(stationsOf(live(4), {}, true)[0]?.state.v).toBe(4);
    expect(stationsOf(live(null, 0x80050000), {}, true)[0]?.state.look).toBe("bad");
    expect(stationsOf({ state2: { v: 1, q: 0, t: 1 } }, { name1: "A" }, false).length).toBe(2);
    expect(stationsOf(live(Array.from({ length: 500 }, () => ({}))), {}, true).length).toBe(60);
  });
  it("makes columns by the shape", () => {
    expect([
      columnsOf(6, { width: 600, height: 300 }, undefined),
      columnsOf(6, { width: 200, height: 600 }, undefined),
    ]).toEqual([2, 1]);
    expect(columnsOf(6, { width: 600, height: 300 }, 3)).toBe(3);
    expect(columnsOf(0, { width: 600, height: 300 }, undefined)).toBe(1);
  });
});

describe("the plan of a week", () => {
  const plan = { week: [{ day: 1, from: "06:00", to: "14:00" }] };
  it("reads plans, and only such", () => {
    expect(planOf(JSON.stringify(plan))).toEqual(plan);
    expect(planOf("")).toEqual({ week: [] });
    for (const v of [
      "x",
      5,
      [],
      { weeks: [] },
      { week: [{ day: 8, from: "06:00", to: "07:00" }] },
      { week: [null] },
      { week: [], dates: [{}] },
    ])
      expect(planOf(v), JSON.stringify(v)).toBeUndefined();
  });
  it("turns times on and off", () => {
    const wider = painted(plan, 1, { from: 13 * 60, to: 24 * 60 }, true);
    expect(wider.week).toEqual([{ day: 1, from: "06:00", to: "24:00" }]);
    const hole = painted(wider, 1, { from: 8 * 60, to: 9 * 60 }, false);
    expect(spansOf(hole, 1)).toEqual([
      { from: 360, to: 480 },
      { from: 540, to: 1440 },
    ]);
    expect(painted(hole, 1, { from: 0, to: 1440 }, false).week).toEqual([]);
    expect(copied(plan, 1, [2, 7]).week.map((p) => p.day)).toEqual([1, 2, 7]);
  });
  it("keeps the days with times of their own", () => {
    const dated = { ...plan, dates: [{ date: "2026-12-24" }] };
    expect(painted(dated, 3, { from: 0, to: 60 }, true).dates).toEqual(dated.dates);
  });
});
