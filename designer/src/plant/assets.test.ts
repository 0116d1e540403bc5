import { describe, expect, test } from "vitest";
import { fitting, linesOf, treeOf } from "./assettree";
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
