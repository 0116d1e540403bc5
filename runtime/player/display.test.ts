import type { Manifest, Meta, ShownUnit } from "@lineside/client";
import { manifests } from "@lineside/widgets";
import { describe, expect, it } from "vitest";
import { Display, decimalsShown, fromShown, metaShown, toShown } from "./display";
import { planOf, valueText } from "./policy";

const degF: ShownUnit = { symbol: "°F", own: "°C", factor: 1.8, offset: 32 };
const psi: ShownUnit = { symbol: "psi", own: "bar", factor: 14.503773773020923 };
const units = { Cel: degF, "°C": degF, bar: psi, "m3/h": { symbol: "m³/h" } };
const gauge = manifests.gauge as Manifest;
const setpoint = manifests.setpoint as Manifest;
const value = (v: unknown) => ({ v, q: 0, t: 1 });

describe("numbers", () => {
  it("are shown without the noise of computing", () => {
    expect(toShown(100, degF)).toBe(212);
    expect(toShown(0.1 + 0.2, { symbol: "m" })).toBe(0.1 + 0.2);
    expect(toShown(37.7, degF)).toBe(99.86);
    expect(toShown(Number.NaN, degF)).toBeNaN();
  });
  it("come back exactly", () => {
    expect(fromShown(212, degF, { type: "float" })).toBe(100);
    expect(fromShown(100, degF, { type: "float", decimals: 1 })).toBe(37.778);
    expect(fromShown(100, degF, { type: "int" })).toBe(38);
    expect(fromShown(14.5, psi, undefined)).toBe(0.999739808);
    expect(fromShown(5, undefined, undefined)).toBe(5);
  });
  it("have as many decimals as tell as much", () => {
    expect([1, 2, 0].map((d) => decimalsShown(d, degF))).toEqual([1, 2, 0]);
    expect(decimalsShown(2, psi)).toBe(1);
    expect(decimalsShown(0, { symbol: "MPa", factor: 0.001 })).toBe(3);
    expect(decimalsShown(0, { symbol: "Pa", factor: 1000 })).toBe(0);
  });
});

describe("a widget", () => {
  const meta: Record<string, Meta> = {
    value: { path: "oven/t", type: "float", unit: "Cel", low: 0, high: 150, normalLow: 20, decimals: 1 },
    setpoint: { path: "oven/sp", type: "float", unit: "Cel" },
  };
  const display = Display.of(gauge, { limitHigh: 140 }, meta, units);
  it("shows values, constants and what the tag says in one unit", () => {
    expect(display?.values({ value: value(100), setpoint: value(null), label: value(7) })).toEqual({
      value: value(212),
      setpoint: value(null),
      label: value(7),
    });
    const settings = { unit: "Cel", low: 0, high: 150, normalLow: 20, limitHigh: 140, decimals: 1, label: "Oven" };
    expect(display?.settings(settings, {})).toEqual({
      unit: "°F",
      low: 32,
      high: 302,
      normalLow: 68,
      limitHigh: 284,
      decimals: 1,
      label: "Oven",
    });
    expect(display?.metaOf("value")).toMatchObject({ unit: "°F", low: 32, high: 302, normalLow: 68 });
  });
  it("does not convert twice what is live", () => {
    const live = display?.values({ high: value(150) }) ?? {};
    expect(display?.settings({ unit: "Cel", high: live.high?.v }, live)).toMatchObject({ high: 302 });
  });
  it("converts each value from the unit of its own tag", () => {
    const mixed = { ...meta, setpoint: { ...meta.setpoint, unit: "bar" } as Meta };
    expect(Display.of(gauge, {}, mixed, units)?.values({ setpoint: value(1) }).setpoint?.v).toBe(14.503773773);
  });
  it("is in the unit that the engineer wrote, where there is one", () => {
    const d = Display.of(gauge, { unit: "bar" }, { value: {} }, units);
    expect(d?.values({ value: value(1) }).value?.v).toBe(14.503773773);
    expect(d?.settings({ unit: "bar", high: 10 }, {})).toEqual({ unit: "psi", high: 145.03773773 });
  });
  it("shows the symbol of a unit that is not converted", () => {
    const d = Display.of(gauge, {}, { value: { unit: "m3/h", type: "int", high: 5 } }, units);
    expect(d?.settings({ unit: "m3/h", high: 5 }, {})).toEqual({ unit: "m³/h", high: 5 });
    expect(d?.metaOf("value")).toEqual({ unit: "m³/h", type: "int", high: 5 });
  });
  it("is left alone where nothing is known", () => {
    expect(Display.of(gauge, {}, { value: { unit: "Karton" } }, units)).toBeUndefined();
    expect(Display.of(manifests.text, {}, { value: { unit: "Cel" } }, units)).toBeUndefined();
    expect(Display.of(undefined, {}, {}, units)).toBeUndefined();
  });
  it("knows every widget that has a unit", () => {
    for (const m of Object.values(manifests))
      if (m.settings.some((f) => f.from === "unit"))
        expect([m.id, m.settings.find((f) => f.name === m.drop)?.quantity]).toEqual([m.id, true]);
  });
});

describe("a setpoint", () => {
  const meta: Meta = { path: "oven/sp", type: "float", unit: "Cel", writeLow: 1.02, writeHigh: 149.99, decimals: 1 };
  const display = Display.of(setpoint, {}, { value: meta }, units);
  const entry = { title: "", unit: "°F", value: 70, low: 33.836, high: 301.982, decimals: 1, integer: false };
  it("takes what can be entered within the limits", () => {
    expect(display?.entry(entry)).toMatchObject({ low: 33.9, high: 301.9 });
  });
  it("writes in the unit of the tag", () => {
    expect(display?.told(212)).toBe(100);
    expect(display?.told("on")).toBe("on");
    expect(Display.of(gauge, {}, { value: meta }, units)?.told(212)).toBe(212);
  });
  it("asks with both", () => {
    expect(valueText(100, meta, "en", units)).toBe("212.0 °F (100.0 °C)");
    expect(valueText(100, meta, "en")).toBe("100.0 Cel");
    expect(valueText(3, { unit: "m3/h" }, "en", units)).toBe("3 m³/h");
    const widget = { id: "w", type: "setpoint", x: 0, y: 0, w: 1, h: 1 };
    const plan = planOf(
      widget,
      setpoint,
      "set",
      100,
      () => meta,
      () => undefined,
      "en",
      undefined,
      units,
    );
    expect(plan.question).toContain("212.0 °F (100.0 °C)");
  });
  it("adds a difference", () => {
    const widget = {
      id: "w",
      type: "button",
      x: 0,
      y: 0,
      w: 1,
      h: 1,
      on: { click: [{ do: "add" as const, tag: "oven/sp", value: 5 }] },
    };
    const plan = planOf(
      widget,
      manifests.button,
      "click",
      undefined,
      () => undefined,
      () => meta,
      "en",
      undefined,
      units,
    );
    expect(plan.question).toContain("9.0 °F (5.0 °C)");
  });
});

it("what a tag says is not changed in place", () => {
  const m: Meta = { unit: "Cel", low: 0, type: "int" };
  expect(metaShown(m, degF)).toEqual({ unit: "°F", low: 32, type: "float", decimals: 0 });
  expect(m).toEqual({ unit: "Cel", low: 0, type: "int" });
});
