import { expect, test } from "vitest";
import { wholeStep } from "./RateChart";

test("the scale of the rate goes by round whole numbers", () => {
  for (const [n, want] of [
    [0, 1],
    [0.6, 1],
    [3.5, 4],
    [6.5, 8],
    [9, 10],
    [12, 20],
    [499, 500],
    [901, 1000],
  ] as const)
    expect(wholeStep(n)).toBe(want);
});
