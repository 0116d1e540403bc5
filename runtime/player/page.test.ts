import type { Cell, Screen, Widget } from "@lineside/client";
import { describe, expect, it } from "vitest";
import { generator } from "../../test/random";
import { boxOf, breakpointOf, cellOf, cellsAt, columns, inReadingOrder, layout, overlap } from "./page";

const widget = (id: string, over: Partial<Widget> = {}): Widget => ({
  id,
  type: "value",
  x: 0,
  y: 0,
  w: 100,
  h: 48,
  ...over,
});
const screen = (...widgets: Widget[]): Screen => ({
  id: "s",
  name: {},
  width: 1280,
  height: 800,
  layout: "page",
  widgets,
});
const cell = (column: number, span: number, row: number, rows: number): Cell => ({ column, span, row, rows });

describe("breakpoints", () => {
  it.each([
    [3840, "large"],
    [1024, "large"],
    [1023, "medium"],
    [600, "medium"],
    [599, "small"],
    [320, "small"],
  ])("%d is %s", (width, name) => expect(breakpointOf(width)).toBe(name));
});

describe("boxes of cells", () => {
  it.each([
    ["the whole width", cell(0, 12, 0, 1), 1280, { x: 16, y: 16, w: 1248, h: 8 }],
    ["the left half", cell(0, 6, 2, 10), 1280, { x: 16, y: 32, w: 616, h: 80 }],
    ["the right half", cell(6, 6, 2, 10), 1280, { x: 648, y: 32, w: 616, h: 80 }],
    ["one column of a tablet", cell(11, 1, 0, 6), 768, { x: 705, y: 16, w: 47, h: 48 }],
    ["the width of a phone", cell(0, 12, 1, 6), 390, { x: 8, y: 16, w: 374, h: 48 }],
  ])("%s", (_name, c, width, box) => expect(boxOf(c, width, breakpointOf(width))).toEqual(box));

  it("gives the cell back that a box came from", () => {
    for (const width of [320, 390, 768, 1024, 1280, 3840])
      for (let column = 0; column < columns; column++)
        for (let span = 1; column + span <= columns; span++) {
          const c = cell(column, span, 5, 7);
          expect(cellOf(boxOf(c, width, breakpointOf(width)), width, breakpointOf(width))).toEqual(c);
        }
  });
});

describe("layout", () => {
  const page = screen(
    widget("right", { cells: { large: cell(6, 6, 0, 6) } }),
    widget("left", { cells: { large: cell(0, 6, 1, 6), medium: cell(0, 12, 20, 6) } }),
    widget("below", { cells: { large: cell(0, 12, 10, 20), small: cell(0, 12, 0, 4) } }),
  );
  const boxes = (width: number) =>
    Object.fromEntries(layout(page, width).widgets.map((w) => [w.id, [w.x, w.y, w.w, w.h]]));

  it("takes the place of the breakpoint", () => {
    expect(boxes(1280)).toEqual({ right: [648, 16, 616, 48], left: [16, 24, 616, 48], below: [16, 96, 1248, 160] });
    expect(boxes(800)).toEqual({ right: [408, 16, 376, 48], left: [16, 176, 768, 48], below: [16, 96, 768, 160] });
  });

  it("puts what has no small cell below the others, in reading order", () => {
    expect(boxes(390)).toEqual({ below: [8, 8, 374, 32], left: [8, 56, 374, 48], right: [8, 120, 374, 48] });
    expect(layout(page, 390).height).toBe(176);
  });

  it("hides what is hidden at the width, and leaves it no room", () => {
    const p = screen(
      widget("a", { cells: { large: cell(0, 6, 0, 4), small: { ...cell(0, 12, 0, 50), hidden: true } } }),
      widget("b"),
    );
    const small = layout(p, 400);
    expect(small.widgets.map((w) => [w.id, !!w.hidden])).toEqual([
      ["a", true],
      ["b", false],
    ]);
    expect(small.height).toBe(64);
    expect(layout(p, 1200).widgets[0]?.hidden).toBeUndefined();
  });

  it("takes a box for a cell where there is none", () => {
    const p = screen(widget("a", { x: 330, y: 100, w: 290, h: 44 }));
    expect(layout(p, 1280).widgets[0]).toMatchObject({ x: 332, y: 104, w: 300, h: 48 });
  });

  it("stretches what is in a container with its width, in a group in both directions", () => {
    const p = screen(
      widget("card", { type: "card", w: 400, h: 200, cells: { large: cell(0, 12, 0, 25) } }),
      widget("in", { parent: "card", x: 100, y: 50, w: 200, h: 40 }),
      widget("group", { type: "group", w: 624, h: 100, cells: { large: cell(0, 12, 30, 25) } }),
      widget("deep", { parent: "group", x: 100, y: 50, w: 200, h: 40 }),
    );
    const at = Object.fromEntries(layout(p, 1280).widgets.map((w) => [w.id, w]));
    expect(at.in).toMatchObject({ x: 312, y: 50, w: 624, h: 40 });
    expect(at.deep).toMatchObject({ x: 200, y: 100, w: 400, h: 80 });
  });

  it("reads lines from the left, though a neighbour begins a little lower", () => {
    const list = [
      { id: "b", cell: cell(6, 6, 0, 10) },
      { id: "a", cell: cell(0, 6, 2, 10) },
      { id: "c", cell: cell(0, 3, 12, 10) },
    ];
    expect(inReadingOrder(list).map((x) => x.id)).toEqual(["a", "b", "c"]);
  });

  it("overlaps nothing whose cells do not, at any width, and keeps the order", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = generator(seed);
      const n = (most: number) => Math.floor(random() * most);
      const widgets = Array.from({ length: 25 }, (_, i) => {
        const some = () => {
          const column = n(12);
          return cell(column, 1 + n(12 - column), n(40), 1 + n(12));
        };
        const cells: Record<string, Cell> = {};
        for (const b of ["large", "medium", "small"]) if (random() < 0.5) cells[b] = some();
        return widget(`w${i}`, { x: n(1200), y: n(900), w: 1 + n(400), h: 1 + n(200), cells });
      });
      const s = screen(...widgets);
      for (const width of [320, 599, 600, 777, 1023, 1024, 1280, 1999, 3840]) {
        const page = layout(s, width);
        const cells = cellsAt(widgets, page.breakpoint, s.width);
        expect(page.widgets.map((w) => w.id)).toEqual(widgets.map((w) => w.id));
        expect(JSON.stringify(layout(s, width))).toBe(JSON.stringify(page));
        page.widgets.forEach((a, i) => {
          expect(a.x >= 0 && a.x + a.w <= width && a.w >= 1 && a.h >= 1 && a.y + a.h <= page.height).toBe(true);
          for (const b of page.widgets.slice(i + 1)) {
            const meet = a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
            expect(meet).toBe(overlap(cells.get(a.id) as Cell, cells.get(b.id) as Cell));
          }
        });
      }
    }
  });
});
