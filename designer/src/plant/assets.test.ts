import { describe, expect, test } from "vitest";
import { fitting, linesOf, treeOf } from "./assettree";
import { findingsOf, modelFrom, tagsBelow } from "./modelfrom";
import { adopt } from "./modelrename";
import { merged, patchOf } from "./overrides";

const assets = ["hall/line1/pump10", "hall/line1/pump2", "hall/line1", "yard"].map((path) => ({
  path,
  model: path.includes("pump") ? "pump" : "line",
  title: { en: path === "yard" ? "Open place" : path },
}));

describe("the tree of assets", () => {
  test("has areas between, counts what is below, and sorts numbers as numbers", () => {
    const tree = treeOf(assets, [{ path: "hall", level: "area" }, { path: "attic" }]);
    expect(tree.map((p) => [p.path, p.count])).toEqual([
      ["attic", 0],
      ["hall", 3],
      ["yard", 1],
    ]);
    const lines = linesOf(tree, () => true, 100).map((l) => `${l.level} ${l.place.name}`);
    expect(lines).toEqual(["1 attic", "1 hall", "2 line1", "3 pump2", "3 pump10", "1 yard"]);
    expect(linesOf(tree, (path) => path === "hall", 3)).toHaveLength(3);
  });

  test("is searched by path, title and model", () => {
    expect(fitting(assets, "pump line1")).toHaveLength(2);
    expect(fitting(assets, "OPEN")).toHaveLength(1);
    expect(fitting(assets, " ")).toHaveLength(4);
  });
});

describe("overrides", () => {
  const model = { id: "speed", unit: "1/min", range: { low: 0, high: 100 }, address: { list: [1, 2], at: 3 } };

  test.each([
    [{ ...model, range: { low: 0, high: 300 } }, { range: { high: 300 } }],
    [{ ...model, unit: undefined }, { unit: null }],
    [{ ...model, address: { list: [1], at: 3 } }, { address: { list: [1] } }],
    [{ ...model, decimals: 2 }, { decimals: 2 }],
    [{ ...model, normal: { low: 1 } }, { normal: { low: 1 } }],
  ])("are what differs, and make it again", (to, patch) => {
    expect(patchOf(model, to)).toEqual(patch);
    expect(merged(model, patch)).toEqual(JSON.parse(JSON.stringify(to)));
  });

  test("are none when nothing differs", () => {
    expect(patchOf(model, structuredClone(model))).toBeUndefined();
    expect(merged(model, {})).toEqual(model);
  });
});

describe("a model of a machine", () => {
  const choice = { device: true, number: "address", block: true, names: true };
  const tags = [
    {
      path: "hall/pump1/speed",
      type: "float" as const,
      device: "plc",
      address: { table: "holding", address: 104, unit: 1 },
    },
    {
      path: "hall/pump1/motor/current",
      type: "float" as const,
      device: "plc",
      address: { table: "holding", address: 100, unit: 1 },
    },
    { path: "hall/pump1/power", type: "float" as const, expr: 'tag("hall/pump1/speed") * tag("hall/volt")' },
    { path: "hall/pump10/speed", type: "float" as const, device: "other", address: { address: 1 } },
  ];

  test("counts addresses from the first, and names what is its own", () => {
    const own = tagsBelow(tags, "hall/pump1");
    expect(findingsOf(own)).toEqual({ device: "plc", numbers: [{ field: "address", base: 100 }], block: undefined });
    const model = modelFrom("pump", "hall/pump1", own, choice);
    expect(model.parameters?.map((p) => [p.id, p.default])).toEqual([
      ["device", "plc"],
      ["base", 100],
    ]);
    expect(model.properties).toEqual([
      { id: "speed", type: "float", device: "{device}", address: { table: "holding", address: "{base+4}", unit: 1 } },
      {
        id: "motor/current",
        type: "float",
        device: "{device}",
        address: { table: "holding", address: "{base}", unit: 1 },
      },
      { id: "power", type: "float", expr: 'tag("./speed") * tag("hall/volt")' },
    ]);
  });

  test("knows data blocks and the name of the machine in texts", () => {
    const block = [{ path: "a/p1/x", type: "int" as const, device: "s7", address: { address: "DB12.DBD4" } }];
    expect(modelFrom("p", "a/p1", block, choice).properties?.[0]?.address).toEqual({ address: "DB{db}.DBD4" });
    const topic = [
      { path: "a/p1/x", type: "int" as const, device: "m", address: { topic: "site/p1/p12", other: "a/p1/q" } },
    ];
    expect(modelFrom("p", "a/p1", topic, { ...choice, device: false })).toEqual({
      id: "p",
      properties: [{ id: "x", type: "int", device: "m", address: { topic: "site/{name}/p12", other: "{path}/q" } }],
    });
  });
});

test("what followed a rename is kept, and what was edited stays", () => {
  const before = {
    id: "pump",
    properties: [
      { id: "mode", type: "int" as const },
      { id: "twice", type: "int" as const, expr: 'tag("./mode") * 2' },
      { id: "more", type: "int" as const, expr: 'tag("./mode") + 1' },
    ],
  };
  const after = {
    id: "pump",
    properties: [
      { id: "step", type: "int" as const },
      { id: "twice", type: "int" as const, expr: 'tag("./step") * 2' },
      { id: "more", type: "int" as const, expr: 'tag("./step") + 1' },
    ],
  };
  const draft = {
    id: "pump",
    properties: [
      { id: "step", type: "int" as const, unit: "1", was: "mode" },
      { id: "twice", type: "int" as const, expr: 'tag("./mode") * 2', was: "twice" },
      { id: "more", type: "int" as const, expr: 'tag("./step") + 5', was: "more" },
    ],
  };
  expect(adopt(before, after, draft).properties).toEqual([
    { id: "step", type: "int", unit: "1", was: "step" },
    { id: "twice", type: "int", expr: 'tag("./step") * 2', was: "twice" },
    { id: "more", type: "int", expr: 'tag("./step") + 5', was: "more" },
  ]);
});
