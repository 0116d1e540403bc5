import { describe, expect, it } from "vitest";
import { formatted } from "./format.ts";

describe("formatted", () => {
  it.each([
    ["location", { lat: 48.1371234567, lon: -11.5 }, "48.137123°, -11.5°"],
    ["location", { lat: 1, lon: 2, alt: 519.4 }, "1°, 2°, 519.4 m"],
    ["vec2", { x: 1, y: 2.5 }, "1, 2.5"],
    ["vec3", { x: 1, y: 2.5, z: -3 }, "1, 2.5, -3"],
    ["vec3", { x: 1 }, "1, ?, ?"],
    ["struct", { order: "A1", count: 3, more: [1] }, "order: A1, count: 3, more: [1]"],
    ["datetime", "tomorrow", undefined],
    ["datetime", null, undefined],
    ["image", "/a.png", undefined],
    ["reference", "line1/p1", undefined],
    [undefined, "x", undefined],
  ])("%s of %j is %s", (format, value, want) => {
    expect(formatted(format, value)).toBe(want);
  });
  it("writes a date in the time zone of the browser, from a text and from milliseconds", () => {
    const at = new Date(2026, 4, 1, 9, 5, 7, 40);
    expect(formatted("datetime", at.toISOString())).toBe("2026-05-01 09:05:07.040");
    expect(formatted("datetime", at.getTime())).toBe("2026-05-01 09:05:07.040");
  });
});
