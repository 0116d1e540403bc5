import { describe, expect, it } from "vitest";
import {
  below,
  bezier,
  cornerBounds,
  distance,
  ellipseArc,
  inside,
  lengthOf,
  nearest,
  reversed,
  roundedCorners,
  roundedRect,
  shortened,
} from "./outline";

const square = [0, 0, 10, 0, 10, 10, 0, 10];

describe("outlines", () => {
  it.each([
    ["above", 5, -3, 3],
    ["beside the end", 13, 0, 3],
    ["on it", 4, 0, 0],
    ["at the open side", 0, 5, 5],
  ])("a place %s", (_, x, y, d) => {
    expect(distance(square, x, y)).toBeCloseTo(d);
  });

  it("closed outlines have one side more", () => {
    expect(distance(square, 0, 5, true)).toBe(0);
    expect(nearest(square, -1, 5, true).segment).toBe(3);
  });

  it("tells inside from outside", () => {
    expect([inside(square, 5, 5), inside(square, 15, 5), inside(square, 5, -1)]).toEqual([true, false, false]);
  });

  it("cuts a polygon at a height", () => {
    expect(cornerBounds(below(square, 6))).toEqual({ x0: 0, y0: 6, x1: 10, y1: 10 });
    expect(below(square, 11)).toEqual([]);
    expect(cornerBounds(below(square, -1))).toEqual({ x0: 0, y0: 0, x1: 10, y1: 10 });
  });

  it("round corners stay within the sharp ones, and go through their ends", () => {
    for (const radius of [1, 3, 100]) {
      const line = roundedCorners([0, 0, 10, 0, 10, 10], radius);
      expect(line.slice(0, 2)).toEqual([0, 0]);
      expect(line.slice(-2)).toEqual([10, 10]);
      const b = cornerBounds(line);
      expect([b.x0 >= -1e-9, b.y0 >= -1e-9, b.x1 <= 10 + 1e-9, b.y1 <= 10 + 1e-9]).toEqual([true, true, true, true]);
      expect(distance(line, 10, 0)).toBeGreaterThan(Math.min(radius, 10) * 0.3);
    }
    expect(roundedCorners([0, 0, 5, 0, 10, 0], 3)).toEqual([0, 0, 5, 0, 10, 0]);
    expect(distance(roundedRect(0, 0, 10, 10, 5), 10, 0, true)).toBeCloseTo(5 * (Math.SQRT2 - 1), 1);
  });

  it("an ellipse begins at the top and goes clockwise", () => {
    const quarter = ellipseArc(50, 50, 50, 20, 0, 90);
    expect(quarter.slice(0, 2).map(Math.round)).toEqual([50, 30]);
    expect(quarter.slice(-2).map(Math.round)).toEqual([100, 50]);
  });

  it("a curve without handles is its corners, one with them goes between", () => {
    expect(bezier([0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9])).toEqual([0, 0, 9, 9]);
    const b = cornerBounds(bezier([0, 0, 0, 0, 0, 40, 30, 0, 30, 40, 30, 0]));
    expect(b.y1).toBeCloseTo(30, 1);
    expect(bezier([])).toEqual([]);
  });

  it("a shortened line ends where it ended", () => {
    expect(shortened([0, 0, 10, 0, 10, 10], 12)).toEqual([10, 2, 10, 10]);
    expect(lengthOf(shortened([0, 0, 10, 0], 50))).toBeCloseTo(1);
    expect(reversed([1, 2, 3, 4])).toEqual([3, 4, 1, 2]);
  });
});
