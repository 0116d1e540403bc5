import { describe, expect, it } from "vitest";
import { filtered, ofAssets, ofNumber, ofRows } from "./items";
import { cells, visible } from "./layout";

describe("repeat", () => {
  const cell = { width: 100, height: 50, gap: 10 };

  it("lays a grid out in the room there is", () => {
    const c = cells("grid", 10, { width: 330, height: 200 }, cell);
    expect(c.columns).toBe(3);
    expect(c.total).toEqual({ width: 320, height: 230 });
    expect(cells("grid", 10, { width: 5, height: 5 }, cell).columns).toBe(1);
    expect(cells("row", 10, { width: 330, height: 200 }, cell).total).toEqual({ width: 1090, height: 50 });
    expect(cells("column", 10, { width: 330, height: 200 }, cell).total).toEqual({ width: 100, height: 590 });
  });

  it("shows what is in sight and one row more on each side", () => {
    const c = cells("grid", 1000, { width: 330, height: 200 }, cell);
    expect(visible(c, 1000, { left: 0, top: 0, width: 330, height: 200 })).toEqual({ first: 0, last: 14 });
    expect(visible(c, 1000, { left: 0, top: 600, width: 330, height: 200 })).toEqual({ first: 27, last: 44 });
    expect(visible(c, 1000, { left: 0, top: 1e9, width: 330, height: 200 }).last).toBe(999);
    expect(visible(c, 0, { left: 0, top: 0, width: 330, height: 200 })).toEqual({ first: 0, last: -1 });
  });

  it("makes items of assets, rows and a number", () => {
    const assets = [{ path: "a/p10", title: "Pump 2" }, { path: "a/p2", title: "Pump 10" }, { path: "a/p3" }];
    expect(ofAssets(assets, "pump", "path", "en").map((i) => i.key)).toEqual(["a/p10", "a/p2", "a/p3"]);
    expect(ofAssets(assets, "pump", "name", "en").map((i) => i.name)).toEqual(["a/p3", "Pump 2", "Pump 10"]);
    expect(filtered(ofAssets(assets, "pump", "path", "en"), "PUMP p2").map((i) => i.key)).toEqual(["a/p2"]);
    expect(ofRows([{ pump: "a/p1" }, 3, null, []]).length).toBe(1);
    expect(ofRows("x")).toEqual([]);
    expect(ofNumber(2.9).length).toBe(2);
    expect(ofNumber(1e9).length).toBe(10000);
    expect(ofNumber("many")).toEqual([]);
  });
});
