import type { Animation, Manifest } from "@lineside/client";
import { expect, test } from "vitest";
import { animated, Document, fromApp, linear, newAnimation, setAnimations, span, toApp } from ".";

const manifest = {
  id: "shape",
  version: 1,
  title: { en: "Shape" },
  view: "drawing",
  size: { width: 10, height: 10 },
  drop: "value",
  settings: [
    { name: "value", kind: "float", title: { en: "Value" }, bind: true },
    { name: "fill", kind: "color", title: { en: "Fill" }, bind: true },
    { name: "level", kind: "float", title: { en: "Level" }, bind: true, min: 0, max: 1 },
    { name: "mode", kind: "enum", title: { en: "Mode" }, bind: true, options: [{ value: "a", title: { en: "A" } }] },
    { name: "fixed", kind: "float", title: { en: "Fixed" } },
  ],
} as unknown as Manifest;

const app = () => ({
  format: 2,
  id: "com.example.a",
  version: "1.0.0",
  name: { en: "A" },
  screens: [
    {
      id: "main",
      name: { en: "Main" },
      width: 800,
      height: 600,
      widgets: [
        { id: "a", type: "shape", x: 0, y: 0, w: 10, h: 10 },
        { id: "b", type: "shape", x: 20, y: 0, w: 10, h: 10 },
      ],
    },
  ],
});

test("only what may be bound, and not the main value, can be animated", () => {
  expect(animated(manifest).map((f) => f.name)).toEqual(["fill", "level", "mode"]);
  expect(animated({ ...manifest, group: true } as Manifest)).toEqual([]);
  expect(["visible", "fill", "opacity", "level"].map((w) => linear(w, manifest))).toEqual([false, false, true, true]);
});

test("a new animation fits the type of its tag and what it changes", () => {
  const by = { tag: "a/b" };
  expect(newAnimation("visible", by, { type: "bool" }, manifest)).toEqual({
    what: "visible",
    by,
    steps: [{ is: true, set: true }],
    else: false,
  });
  expect(newAnimation("level", by, { type: "float" }, manifest)).toEqual({
    what: "level",
    by,
    in: [0, 100],
    out: [0, 1],
  });
  expect(newAnimation("level", by, { type: "float", low: -20, high: 60 }, manifest).in).toEqual([-20, 60]);
  expect(newAnimation("fill", by, { type: "float" }, manifest).steps).toEqual([{ from: 1, set: "urgent" }]);
  expect(newAnimation("opacity", by, { type: "bool" }, manifest).steps).toEqual([{ is: true, set: 0.4 }]);
});

test("setting animations of several widgets is one step that undo takes back", () => {
  const doc = new Document(fromApp(app()));
  const before = toApp(doc.state);
  const list: Animation[] = [newAnimation("rotate", { tag: "a/b" }, { type: "float" }, manifest)];
  setAnimations(doc, "main", ["a", "b"], list);
  expect(doc.state.screens.main?.widgets.b?.animate).toEqual(list);
  setAnimations(doc, "main", ["a"], []);
  expect(doc.state.screens.main?.widgets.a).not.toHaveProperty("animate");
  doc.undo();
  doc.undo();
  expect(toApp(doc.state)).toEqual(before);
  expect(doc.undo()).toBe(false);
});

test("the slider reaches every edge of the table", () => {
  const steps = [
    { from: 10, below: 20, set: 1 },
    { is: 42, set: 2 },
  ] as Animation["steps"];
  const [low, high] = span({ what: "opacity", by: { tag: "a" }, steps }, undefined);
  expect(low).toBeLessThan(10);
  expect(high).toBeGreaterThan(42);
  expect(span({ what: "opacity", by: { tag: "a" } }, { low: -5, high: 5 })).toEqual([-5, 5]);
});
