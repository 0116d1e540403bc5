import type { BrowseNode } from "@lineside/client";
import { expect, test } from "vitest";
import { countsOf, keyOf, type Level, placeOf, rowsOf } from "./nodetree";

const folder = (id: string): BrowseNode => ({ id, name: id, hasChildren: true });
const leaf = (id: string): BrowseNode => ({ id, name: id, type: "float", address: {} });
const levels = new Map<string, Level>([
  ["", { nodes: [folder("a"), folder("b"), leaf("x")] }],
  ["a", { nodes: [leaf("m"), folder("a")] }], // it lies below itself
  ["b", { nodes: [] }],
]);

test("rows of what is open; a loop is not followed", () => {
  const show = (open: string[]) =>
    rowsOf(levels, new Set(open)).map((r) => `${r.depth}${r.node?.id ?? r.note} ${r.index}/${r.size}`);
  expect(show([])).toEqual(["1a 1/3", "1b 2/3", "1x 3/3"]);
  expect(show(["\na", "\na\na", "\nb"])).toEqual(["1a 1/3", "2m 1/2", "2a 2/2", "1b 2/3", "2empty 1/1", "1x 3/3"]);
  expect(rowsOf(new Map(), new Set()).map((r) => r.note)).toEqual(["loading"]);
});

test("where the keys lead", () => {
  const rows = rowsOf(levels, new Set(["\na"])); // a m a b x
  expect(keyOf(rows, 0, "ArrowDown", 10)).toEqual({ to: 1 });
  expect(keyOf(rows, 0, "ArrowUp", 10)).toEqual({ to: 0 });
  expect(keyOf(rows, 0, "ArrowRight", 10)).toEqual({ to: 1 });
  expect(keyOf(rows, 0, "ArrowLeft", 10)).toEqual({ open: false });
  expect(keyOf(rows, 1, "ArrowLeft", 10)).toEqual({ to: 0 });
  expect(keyOf(rows, 1, "ArrowRight", 10)).toBeUndefined();
  expect(keyOf(rows, 3, "ArrowRight", 10)).toEqual({ open: true });
  expect(keyOf(rows, 3, "PageDown", 10)).toEqual({ to: 4 });
  expect(keyOf(rows, 3, "Home", 10)).toEqual({ to: 0 });
  expect(keyOf(rows, 3, "q", 10)).toBeUndefined();
});

test("how many are ticked below a place", () => {
  const counts = countsOf([
    { node: leaf("1"), trail: ["a", "b"] },
    { node: leaf("2"), trail: ["a"] },
    { node: leaf("3"), trail: [] },
  ]);
  expect(counts.get(placeOf(["a"]))).toBe(2);
  expect(counts.get(placeOf(["a", "b"]))).toBe(1);
});
