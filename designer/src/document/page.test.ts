import type { App, Cell, Widget } from "@lineside/client";
import { describe, expect, test } from "vitest";
import { layout, overlap } from "../../../runtime/player/page";
import { generator } from "../../../test/random";
import {
  addWidgets,
  type Breakpoint,
  breakpoints,
  Document,
  fromApp,
  groupWidgets,
  hasOwnCells,
  hideAt,
  idSource,
  isPlaced,
  moveInTree,
  packPage,
  pageCells,
  placeWidgets,
  pushed,
  removeWidgets,
  resetCells,
  type ScreenRecord,
  setCells,
  setPanes,
  structureOf,
  toApp,
  toCanvas,
  toPage,
  toScreen,
  ungroupWidgets,
} from ".";

const app = (widgets: Widget[], page = false): App => ({
  format: 2,
  id: "com.example.page",
  version: "1.0.0",
  name: { en: "Page" },
  screens: [{ id: "s", name: { en: "S" }, width: 1280, height: 800, ...(page ? { layout: "page" } : {}), widgets }],
});
const widget = (id: string, x: number, y: number, over: Partial<Widget> = {}): Widget => ({
  id,
  type: "value",
  x,
  y,
  w: 200,
  h: 80,
  ...over,
});
const cell = (column: number, span: number, row: number, rows: number): Cell => ({ column, span, row, rows });
const record = (doc: Document) => doc.state.screens.s as ScreenRecord;
const json = (doc: Document) => JSON.stringify(toApp(doc.state));

/** No two widgets that are seen share a place. */
function clear(screen: ScreenRecord, at: Breakpoint): void {
  const cells = [...pageCells(screen, at)].filter(([, c]) => !c.hidden);
  cells.forEach(([a, c], i) => {
    for (const [b, d] of cells.slice(i + 1)) if (overlap(c, d)) expect.fail(`${a} and ${b} overlap at ${at}`);
  });
}

describe("pushed", () => {
  test.each<[string, Record<string, Cell>, Record<string, Cell>, Record<string, number>]>([
    [
      "what is in the way goes below",
      { a: cell(0, 6, 0, 4), b: cell(0, 6, 4, 4) },
      { a: cell(0, 6, 2, 4) },
      { a: 2, b: 6 },
    ],
    [
      "and what is in the way of that",
      { a: cell(0, 12, 0, 4), b: cell(0, 6, 4, 4), c: cell(3, 6, 8, 4), d: cell(9, 3, 8, 4) },
      { a: cell(0, 12, 1, 4) },
      { a: 1, b: 5, c: 9, d: 8 },
    ],
    ["what is beside stays", { a: cell(0, 6, 0, 4), b: cell(6, 6, 0, 4) }, { a: cell(0, 6, 0, 9) }, { a: 0, b: 0 }],
    [
      "what is hidden is not in the way",
      { a: cell(0, 6, 0, 4), b: { ...cell(0, 6, 4, 4), hidden: true } },
      { a: cell(0, 6, 2, 4) },
      { a: 2, b: 4 },
    ],
  ])("%s", (_name, cells, wanted, rows) => {
    const out = pushed(new Map(Object.entries(cells)), new Map(Object.entries(wanted)));
    expect(Object.fromEntries([...out].map(([id, c]) => [id, c.row]))).toEqual(rows);
  });
});

describe("pages", () => {
  const three = () => [widget("a", 16, 16), widget("b", 240, 16), widget("c", 100, 50)];

  test("a canvas becomes a page without overlaps, and a canvas again with all the rest as it was", () => {
    const doc = new Document(
      fromApp(app([...three(), widget("apart", 700, 400, { on: { click: [] }, locked: true })])),
    );
    const before = json(doc);
    toPage(doc, "s");
    expect(record(doc).screen.layout).toBe("page");
    clear(record(doc), "large");
    const { apart } = record(doc).widgets;
    expect(apart).toMatchObject({ x: 700, y: 400, w: 200, h: 80, locked: true, cells: { large: cell(6, 2, 48, 10) } });
    toCanvas(doc, "s");
    expect(record(doc).screen.layout).toBeUndefined();
    doc.undo();
    doc.undo();
    expect(json(doc)).toBe(before);
  });

  test("a move is one step, and pushes", () => {
    const doc = new Document(fromApp(app([widget("a", 16, 16), widget("b", 16, 200)])));
    toPage(doc, "s");
    const before = json(doc);
    setCells(doc, "s", "large", new Map([["a", cell(0, 2, 20, 10)]]));
    expect(pageCells(record(doc), "large").get("b")?.row).toBe(30);
    expect(record(doc).widgets.a).toMatchObject({ x: 16, y: 176 });
    doc.undo();
    expect(json(doc)).toBe(before);
  });

  test("a breakpoint has its own places from the first move there", () => {
    const doc = new Document(fromApp(app(three())));
    toPage(doc, "s");
    expect(hasOwnCells(record(doc), "small")).toBe(false);
    const [first] = pageCells(record(doc), "small");
    setCells(doc, "s", "small", new Map([[first?.[0] as string, cell(0, 6, 3, 10)]]));
    expect(record(doc).order.every((id) => record(doc).widgets[id]?.cells?.small)).toBe(true);
    const large = JSON.stringify([...pageCells(record(doc), "large")]);
    clear(record(doc), "small");
    resetCells(doc, "s", "small");
    expect(hasOwnCells(record(doc), "small")).toBe(false);
    expect(JSON.stringify([...pageCells(record(doc), "large")])).toBe(large);
  });

  test("packing closes gaps and keeps columns", () => {
    const doc = new Document(
      fromApp(
        app(
          [
            widget("a", 16, 216, { cells: { large: cell(0, 6, 25, 10) } }),
            widget("b", 16, 600, { cells: { large: cell(3, 6, 73, 5) } }),
            widget("c", 16, 640, { cells: { large: cell(3, 6, 78, 5) } }),
          ],
          true,
        ),
      ),
    );
    packPage(doc, "s", "large");
    expect([...pageCells(record(doc), "large").values()]).toEqual([
      cell(0, 6, 0, 10),
      cell(3, 6, 12, 5),
      cell(3, 6, 17, 5),
    ]);
  });

  test("what is dropped or pasted comes to lie where nothing is, at every breakpoint with places of its own", () => {
    const doc = new Document(fromApp(app(three())));
    toPage(doc, "s");
    setCells(doc, "s", "small", new Map([["a", cell(0, 12, 0, 4)]]));
    addWidgets(doc, "s", [widget("new", 16, 16), widget("copy", 16, 16, { cells: { large: cell(0, 1, 0, 1) } })]);
    for (const at of breakpoints) clear(record(doc), at);
    expect(record(doc).widgets.new?.cells).toHaveProperty("small");
    expect(record(doc).widgets.new?.cells).not.toHaveProperty("medium");
  });

  test("what goes into another widget has no cell, and what comes out has one", () => {
    const doc = new Document(
      fromApp(app([widget("card", 16, 16, { type: "card", w: 600, h: 300 }), widget("a", 800, 16)])),
    );
    toPage(doc, "s");
    moveInTree(doc, "s", ["a"], "card", undefined);
    expect(record(doc).widgets.a?.cells).toBeUndefined();
    expect(isPlaced(record(doc), "a")).toBe(false);
    moveInTree(doc, "s", ["a"], "", "card");
    expect(record(doc).widgets.a?.cells?.large).toBeDefined();
  });
});

describe("panes", () => {
  const tabs = () =>
    new Document(
      fromApp(
        app([
          widget("t", 0, 0, { type: "tabs", w: 600, h: 400, props: { titles: ["A", "B", "C"] } }),
          widget("a", 10, 60, { parent: "t" }),
          widget("b", 10, 60, { parent: "t", pane: 1 }),
          widget("b2", 300, 60, { parent: "t", pane: 1 }),
          widget("c", 10, 60, { parent: "t", pane: 2 }),
        ]),
      ),
    );
  const panes = (doc: Document) =>
    Object.fromEntries(
      Object.values(record(doc).widgets).flatMap((w) => (w.parent === "t" ? [[w.id, w.pane ?? 0]] : [])),
    );

  test("what is in a pane goes with it, and goes when it is deleted", () => {
    const doc = tabs();
    const before = json(doc);
    setPanes(doc, "s", "t", "titles", { count: 3, titles: ["C", "A", "B"], from: [2, 0, 1] }, "page:step.paneMove");
    expect(panes(doc)).toEqual({ a: 1, b: 2, b2: 2, c: 0 });
    setPanes(doc, "s", "t", "titles", { count: 3, titles: ["C", "A"], from: [0, 1] }, "page:step.paneRemove");
    expect(panes(doc)).toEqual({ a: 1, c: 0 });
    expect(record(doc).widgets.t?.props?.titles).toEqual(["C", "A"]);
    doc.undo();
    doc.undo();
    expect(json(doc)).toBe(before);
  });

  test("a group of widgets of a pane is in that pane, and they are again without it", () => {
    const doc = tabs();
    const group = groupWidgets(doc, "s", ["b", "b2"]) as string;
    expect(record(doc).widgets[group]).toMatchObject({ parent: "t", pane: 1 });
    expect(record(doc).widgets.b?.pane).toBeUndefined();
    ungroupWidgets(doc, "s", [group]);
    expect(panes(doc)).toEqual({ a: 0, b: 1, b2: 1, c: 2 });
    moveInTree(doc, "s", ["b"], "", undefined);
    expect(record(doc).widgets.b?.pane).toBeUndefined();
  });

  test("a larger container leaves what is in it as large as it was", () => {
    const doc = tabs();
    placeWidgets(doc, "s", new Map([["t", { x: 100, y: 0, w: 900, h: 400 }]]));
    expect(record(doc).widgets.b2).toMatchObject({ x: 300, y: 60, w: 200, h: 80 });
  });
});

test("any sequence of changes of a page: undo all is the page as it was, redo all as it became", () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = generator(seed);
    const n = (most: number) => Math.floor(random() * most);
    const pick = <T>(list: readonly T[]): T => list[n(list.length)] as T;
    const doc = new Document(
      fromApp(
        app([
          ...Array.from({ length: 8 }, (_, i) => widget(`w${i}`, n(1000), n(600))),
          widget("card", 500, 300, { type: "card", w: 400, h: 300 }),
          widget("inside", 20, 60, { parent: "card" }),
        ]),
      ),
    );
    const start = json(doc);
    let steps = 0;
    const count = (change: () => void) => {
      const before = doc.version;
      change();
      steps += doc.version > before ? 1 : 0;
    };
    for (let i = 0; i < 40; i++) {
      const screen = record(doc);
      const some = screen.order.filter(() => random() < 0.3);
      const at = pick(breakpoints);
      const changes: (() => void)[] = [
        () => toPage(doc, "s"),
        () => random() < 0.2 && toCanvas(doc, "s"),
        () =>
          setCells(doc, "s", at, new Map(some.slice(0, 1).map((id) => [id, cell(n(12), 1 + n(12), n(60), 1 + n(20))]))),
        () =>
          setCells(doc, "s", at, new Map(some.slice(0, 1).map((id) => [id, cell(n(12), 1 + n(12), n(60), 1 + n(20))]))),
        () => packPage(doc, "s", at),
        () => hideAt(doc, "s", at, some, random() < 0.5),
        () => resetCells(doc, "s", pick(["medium", "small"] as const), random() < 0.5 ? some : undefined),
        () => addWidgets(doc, "s", [widget(idSource(screen)("new"), n(1200), n(900))]),
        () => removeWidgets(doc, "s", some.slice(0, 1)),
        () => groupWidgets(doc, "s", some.slice(0, 2)),
        () => ungroupWidgets(doc, "s", some),
        () => moveInTree(doc, "s", some.slice(0, 1), random() < 0.5 && screen.widgets.card ? "card" : "", undefined),
      ];
      count(pick(changes));
      for (const [id, w] of Object.entries(record(doc).widgets)) {
        for (const c of Object.values(w.cells ?? {})) {
          expect(c.column >= 0 && c.span >= 1 && c.column + c.span <= 12 && c.row >= 0 && c.rows >= 1, id).toBe(true);
          expect([c.column, c.span, c.row, c.rows].every(Number.isInteger)).toBe(true);
        }
        expect([w.x, w.y, w.w, w.h].every(Number.isFinite)).toBe(true);
      }
      for (const width of [390, 820, 1280])
        expect(layout(toScreen(record(doc)), width).widgets.length).toBe(structureOf(record(doc)).drawn.length);
    }
    const end = json(doc);
    for (let guard = 0; doc.undo() && guard < 1000; guard++);
    expect(json(doc)).toBe(start);
    for (let guard = 0; doc.redo() && guard < 1000; guard++);
    expect(json(doc)).toBe(end);
    expect(steps).toBeGreaterThan(5);
  }
});
