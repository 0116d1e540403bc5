import { expect, test } from "vitest";
import { freeId, minutes, ofMinutes, put, seconds } from "./setup";

test("durations come from Go and go back", () => {
  expect(seconds("1h5m30s")).toBe(3930);
  expect(seconds("500ms")).toBe(0.5);
  expect(minutes("5m0s")).toBe(5);
  expect(minutes("0s")).toBeUndefined();
  expect(ofMinutes(2.5)).toBe("150s");
  expect(ofMinutes(undefined)).toBeUndefined();
});

test("ids are free and fit", () => {
  expect(freeId("Night shift!", [], "x")).toBe("night-shift");
  expect(freeId("Night shift", ["night-shift", "night-shift-2"], "x")).toBe("night-shift-3");
  expect(freeId("夜班", [], "roster")).toBe("roster");
});

test("one takes the place of the one of its id", () => {
  expect(put([{ id: "a", n: 1 }], { id: "a", n: 2 })).toEqual([{ id: "a", n: 2 }]);
  expect(put(undefined, { id: "b" })).toEqual([{ id: "b" }]);
});
