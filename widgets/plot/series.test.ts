import { expect, test } from "vitest";
import { blemishes, columns, heldAt, type Point } from "./series";
import { bounds, fixed, putSpan, shifted, spanOf, zoomed } from "./span";

const points: Point[] = [
  [1000, 5],
  [2000, 7],
  [3000, null, 0x80310000],
  [4000, 6, 0x40000000],
];

test("a value holds until the next", () => {
  expect(heldAt(points, 999)).toBeUndefined();
  expect(heldAt(points, 2999)).toEqual([2000, 7]);
  expect(heldAt(points, 9999)?.[1]).toBe(6);
});

test("columns hold each pen, with gaps, over one axis", () => {
  const other: Point[] = [
    [500, "run"],
    [2500, "stop"],
  ];
  const levels: string[] = [];
  const [t, a, b] = columns(
    [
      { points, levels: [], moved: 0 },
      { points: other, levels, moved: 0 },
    ],
    1000,
    5000,
  );
  expect(t).toEqual([1, 2, 2.5, 3, 4, 5]);
  expect(a).toEqual([5, 7, 7, null, 6, 6]);
  expect(b).toEqual([0, 0, 1, 1, 1, 1]);
  expect(levels).toEqual(["run", "stop"]);
});

test("another period lies over this one", () => {
  const [t, a] = columns([{ points, levels: [], moved: 1000 }], 2000, 5000);
  expect(t).toEqual([2, 3, 4, 5]);
  expect(a).toEqual([5, 7, null, 6]);
});

test("what was not good is told, with what was before the first sample", () => {
  expect(blemishes(points, 0, 5000)).toEqual([
    { from: 0, to: 1000, bad: true },
    { from: 3000, to: 4000, bad: true },
    { from: 4000, to: 5000, bad: false },
  ]);
  expect(blemishes([], 0, 10)).toEqual([{ from: 0, to: 10, bad: true }]);
});

test("spans are shifted, zoomed and kept in the address", () => {
  expect(shifted({ last: 1000 * 60 }, -0.5, 100_000)).toEqual({ from: 10_000, to: 70_000 });
  expect(zoomed({ from: 0, to: 10_000 }, 0.5, 2000, 0)).toEqual({ from: 1000, to: 6000 });
  expect(zoomed({ last: 60_000 }, 2, undefined, 0)).toEqual({ last: 120_000 });
  expect(bounds(fixed(5000, 5000), 0)).toEqual({ from: 4500, to: 5500 });
  const query = new URLSearchParams("tag=a/b&last=60000");
  expect(spanOf(query)).toEqual({ last: 60_000 });
  putSpan(query, { from: 1000, to: 9000 });
  expect(query.toString()).toBe("tag=a%2Fb&from=1000&to=9000");
  expect(spanOf(query)).toEqual({ from: 1000, to: 9000 });
});
