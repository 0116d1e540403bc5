import type { UnitList } from "@lineside/client";
import { describe, expect, it } from "vitest";
import { commonOf, searchUnits } from "./search";
import { inShownUnit, rangeShown, type ShowUnit, shownValue } from "./shown";

const list: UnitList = {
  units: [
    {
      code: "Cel",
      symbol: "°C",
      name: { en: "degree Celsius", zh: "摄氏度" },
      quantity: "temperature",
      spellings: ["℃"],
    },
    { code: "bar", symbol: "bar", name: { en: "bar", zh: "巴" }, quantity: "pressure" },
    { code: "mbar", symbol: "mbar", name: { en: "millibar", zh: "毫巴" }, quantity: "pressure" },
    {
      code: "bar{g}",
      symbol: "bar(g)",
      name: { en: "bar gauge", zh: "巴（表压）" },
      quantity: "pressure",
      spellings: ["barg"],
    },
    { code: "m3/h", symbol: "m³/h", name: { en: "cubic metre per hour", zh: "立方米每小时" }, quantity: "volumeFlow" },
  ],
  quantities: [
    { id: "temperature", title: { en: "Temperature", zh: "温度" }, units: ["Cel"] },
    { id: "pressure", title: { en: "Pressure", zh: "压力" }, units: ["bar", "mbar", "bar{g}"] },
    { id: "volumeFlow", title: { en: "Volume flow", zh: "体积流量" }, units: ["m3/h"] },
  ],
};

describe("searching units", () => {
  const codes = (typed: string, lang = "en") => searchUnits(list, typed, lang).map((f) => f.unit.code);
  it("finds by code, symbol, spelling, name and quantity", () => {
    expect(codes("bar")).toEqual(["bar", "bar{g}", "mbar"]);
    expect(codes("°c")).toEqual(["Cel"]);
    expect(codes("℃")).toEqual(["Cel"]);
    expect(codes("m3")).toEqual(["m3/h"]);
    expect(codes("m³/h")).toEqual(["m3/h"]);
    expect(codes("cels")).toEqual(["Cel"]);
    expect(codes("摄氏")).toEqual(["Cel"]);
    expect(codes("压力", "zh")).toEqual(["bar", "mbar", "bar{g}"]);
    expect(codes("pressure")).toEqual(["bar", "mbar", "bar{g}"]);
    expect(codes("")).toHaveLength(5);
    expect(codes("furlong")).toEqual([]);
  });
  it("knows what a text is", () => {
    expect(commonOf(list, "barg")?.code).toBe("bar{g}");
    expect(commonOf(list, "°C")?.code).toBe("Cel");
    expect(commonOf(list, "Karton")).toBeUndefined();
  });
});

describe("values of lists", () => {
  const show: ShowUnit = (text) =>
    text === "Cel"
      ? { symbol: "°F", own: "°C", factor: 1.8, offset: 32 }
      : text === "m3/h"
        ? { symbol: "m³/h" }
        : undefined;
  it("are told as the person prefers", () => {
    const live = { v: 100, q: 0, t: 1 };
    expect(inShownUnit(live, 1, "Cel", show)).toEqual({ live: { v: 212, q: 0, t: 1 }, decimals: 1, unit: "°F" });
    expect(inShownUnit({ v: null }, undefined, "Cel", show).live).toEqual({ v: null });
    expect(inShownUnit(live, 1, "m3/h", show)).toEqual({ live, decimals: 1, unit: "m³/h" });
    expect(inShownUnit(live, 1, "Karton", show)).toEqual({ live, decimals: 1, unit: "Karton" });
    expect(rangeShown({ low: 0, high: 100 }, "Cel", show)).toBe("32 … 212");
    const tag = { unit: "m3/h", decimals: 2 };
    expect(shownValue(tag, live, show).tag).toBe(tag);
  });
});
