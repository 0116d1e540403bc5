import { expect, test } from "vitest";
import type { Box } from "../document";
import { freeRoom, nearestFree } from "./freespot";

const over = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const page: Box = { x: 0, y: 0, w: 1280, h: 800 };

test("many of a size come to lie beside each other and on the page", () => {
  const there: Box[] = [];
  for (let i = 0; i < 12; i++) {
    const { x, y } = nearestFree(page, 160, 220, (box) => !there.some((b) => over(b, box)));
    const box = { x, y, w: 160, h: 220 };
    expect(there.some((b) => over(b, box))).toBe(false);
    expect(x >= 0 && y >= 0 && x + 160 <= page.w && y + 220 <= page.h).toBe(true);
    there.push(box);
  }
  expect(there[0]).toMatchObject({ x: 560, y: 288 });
});

test("the middle is taken when nothing is free", () => {
  expect(nearestFree(page, 160, 220, () => false)).toEqual({ x: 560, y: 288 });
});

test("what is seen of the page counts, unless the box has no room there", () => {
  const seen = { x: -200, y: -100, w: 1000, h: 500 };
  expect(freeRoom(seen, page, 160, 220)).toEqual({ x: 0, y: 0, w: 800, h: 400 });
  expect(freeRoom(seen, page, 160, 450)).toEqual(seen);
});
