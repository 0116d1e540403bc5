import type { App } from "@lineside/client";
import { describe, expect, test } from "vitest";
import {
  ancestors,
  Document,
  differences,
  fromApp,
  removeScreen,
  removeWidgets,
  renameWidget,
  reorderWidgets,
  restoreApp,
  restoreScreen,
  restoreWidget,
  setFlag,
  setProps,
  setScreen,
  structureOf,
  toApp,
} from ".";

const app = (): App => ({
  format: 2,
  id: "com.example.boiler",
  version: "1.0.0",
  name: { en: "Boiler", zh: "锅炉" },
  start: "two",
  screens: [
    {
      id: "main",
      name: { en: "Main" },
      width: 1280,
      height: 720,
      widgets: [
        { id: "g", type: "group", x: 100, y: 100, w: 210, h: 80 },
        { id: "a", type: "value", parent: "g", x: 0, y: 0, w: 100, h: 40, props: { value: { tag: "area/a" } } },
        { id: "b", type: "value", parent: "g", x: 110, y: 40, w: 100, h: 40 },
        { id: "c", type: "button", x: 400, y: 300, w: 120, h: 40, on: { click: [{ do: "open", screen: "two" }] } },
      ],
    },
    {
      id: "two",
      name: { en: "Two" },
      width: 800,
      height: 600,
      widgets: [{ id: "a", type: "gauge", x: 8, y: 8, w: 100, h: 100 }],
    },
    { id: "three", name: { en: "Three" }, width: 800, height: 600, widgets: [] },
  ],
});

const json = (doc: Document) => JSON.stringify(toApp(doc.state));
const screen = (doc: Document, id = "main") => doc.state.screens[id] as NonNullable<(typeof doc.state.screens)[string]>;

/** Restores, and proves that it is one step whose undo and redo give the same JSON. */
function oneStep(doc: Document, restore: () => boolean): void {
  const before = json(doc);
  const step = doc.undoStep;
  expect(restore()).toBe(true);
  const after = json(doc);
  expect(after).not.toBe(before);
  doc.undo();
  expect(json(doc)).toBe(before);
  expect(doc.undoStep).toBe(step);
  doc.redo();
  expect(json(doc)).toBe(after);
}

describe("differences", () => {
  const before = fromApp(app());

  test("an equal draft has none, nor one that writes out what is left out", () => {
    const doc = new Document(fromApp(app()));
    setFlag(doc, "main", ["c"], "locked", true);
    setFlag(doc, "main", ["c"], "locked", false);
    expect(differences(before, doc.state).map((d) => [d.id, d.kind, d.widgets.size])).toEqual([
      ["main", undefined, 0],
      ["two", undefined, 0],
      ["three", undefined, 0],
    ]);
  });

  test("tell what was added, removed and changed", () => {
    const doc = new Document(fromApp(app()));
    removeWidgets(doc, "main", ["c"]);
    setProps(doc, "main", ["a"], { decimals: 2 });
    doc.change("x", (d) => {
      const s = d.screens.main;
      if (s) s.widgets.n = { id: "n", type: "text", x: 0, y: 0, w: 9, h: 9 };
      s?.order.push("n");
    });
    removeScreen(doc, "two");
    setScreen(doc, "three", { width: 900 });
    const [main, three, two] = differences(before, doc.state);
    expect([...(main?.widgets ?? [])]).toEqual([
      ["a", "changed"],
      ["n", "added"],
      ["c", "removed"],
    ]);
    expect(main).toMatchObject({ kind: "changed", self: false });
    expect(three).toMatchObject({ id: "three", kind: "changed", self: true });
    expect(two).toMatchObject({ id: "two", kind: "removed" });
  });

  test("the drawing order is of the screen", () => {
    const doc = new Document(fromApp(app()));
    reorderWidgets(doc, "main", ["g"], "front");
    expect(differences(before, doc.state)[0]).toMatchObject({ kind: "changed", self: true, widgets: new Map() });
  });
});

describe("restore", () => {
  test("the whole app", () => {
    const doc = new Document(fromApp(app()));
    const first = json(doc);
    removeWidgets(doc, "main", ["g"]);
    removeScreen(doc, "two");
    setScreen(doc, "three", { name: { en: "3" } });
    oneStep(doc, () => restoreApp(doc, app()));
    expect(json(doc)).toBe(first);
    expect(restoreApp(doc, app())).toBe(false);
  });

  test("one screen, the others stay as they are", () => {
    const doc = new Document(fromApp(app()));
    removeWidgets(doc, "main", ["a", "c"]);
    setScreen(doc, "main", { width: 99 });
    setScreen(doc, "two", { width: 99 });
    oneStep(doc, () => restoreScreen(doc, fromApp(app()), "main"));
    expect(toApp(doc.state).screens[0]).toEqual(toApp(fromApp(app())).screens[0]);
    expect(screen(doc, "two").screen.width).toBe(99);
  });

  test("a screen that is gone comes back at its place", () => {
    const doc = new Document(fromApp(app()));
    removeScreen(doc, "two");
    oneStep(doc, () => restoreScreen(doc, fromApp(app()), "two"));
    expect(doc.state.order).toEqual(["main", "two", "three"]);
    expect(restoreScreen(doc, fromApp(app()), "nine")).toBe(false);
  });

  test("one widget, its neighbours stay as they are", () => {
    const doc = new Document(fromApp(app()));
    setProps(doc, "main", ["a", "b"], { decimals: 3 });
    renameWidget(doc, "main", "c", "Open");
    oneStep(doc, () => restoreWidget(doc, fromApp(app()), "main", "a"));
    expect(screen(doc).widgets.a?.props).toEqual({ value: { tag: "area/a" } });
    expect(screen(doc).widgets.b?.props).toEqual({ decimals: 3 });
    expect(screen(doc).widgets.c?.name).toBe("Open");
  });

  test("a group comes back with what was in it, in its drawing order", () => {
    const doc = new Document(fromApp(app()));
    const first = json(doc);
    removeWidgets(doc, "main", ["g"]);
    oneStep(doc, () => restoreWidget(doc, fromApp(app()), "main", "g"));
    expect(json(doc)).toBe(first);
  });

  test("a widget whose group is gone stands where it was seen", () => {
    const doc = new Document(fromApp(app()));
    removeWidgets(doc, "main", ["g"]);
    oneStep(doc, () => restoreWidget(doc, fromApp(app()), "main", "b"));
    expect(screen(doc).widgets.b).toMatchObject({ x: 210, y: 140, w: 100, h: 40 });
    expect(screen(doc).widgets.b?.parent).toBeUndefined();
  });

  test("a plain group closes around what came back into it", () => {
    const doc = new Document(fromApp(app()));
    removeWidgets(doc, "main", ["b"]);
    expect(screen(doc).widgets.g).toMatchObject({ w: 100, h: 40 });
    oneStep(doc, () => restoreWidget(doc, fromApp(app()), "main", "b"));
    expect(toApp(doc.state)).toEqual(toApp(fromApp(app())));
  });

  test("never closes a ring of groups", () => {
    const doc = new Document(fromApp(app()));
    // By now the group is in what was its widget.
    doc.change("x", (d) => {
      const w = d.screens.main?.widgets;
      if (w?.g && w.a) {
        delete w.a.parent;
        w.g.parent = "a";
      }
    });
    restoreWidget(doc, fromApp(app()), "main", "a");
    expect(screen(doc).widgets.a?.parent).toBeUndefined();
    expect(ancestors(screen(doc), "b")).toEqual(["g", "a"]);
    expect(structureOf(screen(doc)).drawn).toHaveLength(4);
  });
});
