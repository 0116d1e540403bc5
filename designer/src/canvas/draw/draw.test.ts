import { describe, expect, test } from "vitest";
import { dragged } from "./boxing";
import { movedHandle, movedSegment, movedSquare, segmentAt, toggledCorner, withoutPoint, withPoint } from "./curve";
import { elbows, stepped } from "./stick";

const none = () => false;

describe("boxes", () => {
  test.each([
    ["to the right and down", { x: 40, y: 20 }, false, false, { x: 0, y: 0, w: 40, h: 20 }],
    ["to the left and up", { x: -40, y: -20 }, false, false, { x: -40, y: -20, w: 40, h: 20 }],
    ["square", { x: 40, y: -20 }, true, false, { x: 0, y: -40, w: 40, h: 40 }],
    ["from the middle", { x: 40, y: 20 }, false, true, { x: -40, y: -20, w: 80, h: 40 }],
    ["never too small", { x: 1, y: 30 }, false, false, { x: 0, y: 0, w: 8, h: 30 }],
  ])("%s", (_, to, square, centre, box) => {
    expect(dragged({ x: 0, y: 0 }, to, square, centre, { w: 8, h: 8 })).toEqual(box);
  });
});

describe("the way of a pipe", () => {
  const a = { x: 0, y: 0 };
  const b = { x: 100, y: 40 };
  test.each([
    ["straight on", { x: 100, y: 0 }, undefined, undefined, []],
    ["the longer way first", b, undefined, undefined, [100, 0]],
    ["as it leaves", b, "y", undefined, [0, 40]],
    ["as it enters", b, undefined, "x", [0, 40]],
    ["out and in along one axis", b, "x", "x", [50, 0, 50, 40]],
    ["out and in across", b, "x", "y", [100, 0]],
    ["down, across, down", b, "y", "y", [0, 20, 100, 20]],
  ] as const)("%s", (_, to, leaves, enters, way) => {
    expect(elbows(a, to, leaves, enters)).toEqual(way);
  });

  test.each([
    [
      { x: 100, y: 4 },
      { x: 100, y: 0 },
    ],
    [
      { x: 60, y: 50 },
      { x: 55, y: 55 },
    ],
    [
      { x: 3, y: -80 },
      { x: 0, y: -80 },
    ],
  ])("Shift holds %o to %o", (to, held) => {
    expect(stepped(a, to)).toEqual(held);
  });
});

describe("points of level and upright lines", () => {
  const z = [0, 0, 50, 0, 50, 40, 100, 40];
  test("a corner takes the corners beside it along", () => {
    expect(movedSquare(z, 1, { x: 60, y: 5 }, none)).toEqual([0, 5, 60, 5, 60, 40, 100, 40]);
  });
  test("an end that is held is not taken along", () => {
    expect(movedSquare(z, 1, { x: 60, y: 5 }, (i) => i === 0)).toEqual([0, 0, 60, 0, 60, 40, 100, 40]);
  });
  test("a line moves sideways, and one beside a held end gets a corner", () => {
    expect(movedSegment(z, 1, { x: -20, y: 99 }, none)).toEqual([0, 0, 30, 0, 30, 40, 100, 40]);
    expect(movedSegment(z, 0, { x: 99, y: 10 }, (i) => i === 0)).toEqual([
      0, 0, 16, 0, 16, 10, 50, 10, 50, 40, 100, 40,
    ]);
    expect(movedSegment(z, 2, { x: 0, y: 10 }, (i) => i === 3)).toEqual([0, 0, 50, 0, 50, 50, 84, 50, 84, 40, 100, 40]);
    expect(movedSegment([0, 0, 0, 30], 0, { x: 5, y: 0 }, () => true)).toEqual([
      0, 0, 0, 10, 5, 10, 5, 20, 0, 20, 0, 30,
    ]);
  });
});

describe("points of curves", () => {
  const curve = [0, 0, 0, 0, 0, 50, 100, 0, 100, 50, 100, 0];
  test("a point put in leaves the form as it is", () => {
    const { segment, at } = segmentAt(curve, 6, false, 50, 38);
    const more = withPoint(curve, 6, segment, at);
    expect(more.length).toBe(18);
    expect(more[6]).toBeCloseTo(50, 0);
    expect(more[7]).toBeCloseTo(37.5, 1);
    // Both halves go through where the whole went (t = 1/4 of it is the middle of the first half).
    const mid = (k: number, c: number) =>
      ((more[k + c] as number) +
        3 * (more[k + 4 + c] as number) +
        3 * (more[k + 8 + c] as number) +
        (more[k + 6 + c] as number)) /
      8;
    expect(mid(0, 1)).toBeCloseTo(28.125, 1);
    expect(mid(0, 0)).toBeCloseTo(15.6, 0);
  });
  test("a handle keeps the other one opposite, unless it is moved alone", () => {
    const smooth = [0, 0, 0, 0, 0, 0, 50, 0, 40, 0, 60, 0, 100, 0, 100, 0, 100, 0];
    expect(movedHandle(smooth, 1, "out", { x: 50, y: 20 }, false).slice(8, 12)).toEqual([50, -10, 50, 20]);
    expect(movedHandle(smooth, 1, "out", { x: 50, y: 20 }, true).slice(8, 12)).toEqual([40, 0, 50, 20]);
  });
  test("a corner is made round and sharp again", () => {
    const sharp = [0, 0, 0, 0, 0, 0, 50, 30, 50, 30, 50, 30, 120, 0, 120, 0, 120, 0];
    const round = toggledCorner(sharp, 1);
    expect(round.slice(6, 12)).toEqual([50, 30, 30, 30, 70, 30]);
    expect(toggledCorner(round, 1)).toEqual(sharp);
  });
  test("the last two points stay", () => {
    expect(withoutPoint(curve, 6, 0)).toBeUndefined();
    expect(withoutPoint([0, 0, 1, 1, 2, 2], 2, 1)).toEqual([0, 0, 2, 2]);
  });
});
