import type { Drawing } from "@lineside/client";
import { expect, test } from "vitest";
import {
  addDrawing,
  copy,
  Document,
  fromApp,
  namePart,
  paste,
  removeUnusedDrawings,
  removeWidgets,
  setAnimations,
  toApp,
  unusedDrawings,
} from ".";

const drawing = (name = "Fan"): Omit<Drawing, "id"> => ({
  name,
  width: 200,
  height: 100,
  parts: [
    { id: "hub", kind: "path", path: "M0 0L9 9Z", fill: "#112233" },
    { kind: "group", parts: [{ kind: "path", path: "M1 1L2 2", stroke: "line" }] },
  ],
});

const open = () =>
  new Document(
    fromApp({
      format: 2,
      id: "com.example.a",
      version: "1.0.0",
      name: { en: "A" },
      screens: [
        { id: "main", name: { en: "Main" }, width: 800, height: 600, widgets: [] },
        { id: "other", name: { en: "Other" }, width: 800, height: 600, widgets: [] },
      ],
    }),
  );

const room = { w: 400, h: 400 };

test("a drawing is kept once, however often it is put on screens, and is one step of undo", () => {
  const doc = open();
  const before = toApp(doc.state);
  const a = addDrawing(doc, "main", drawing(), { x: 100, y: 100 }, room);
  addDrawing(doc, "other", drawing(), { x: 0, y: 0 }, { w: 100, h: 100 });
  addDrawing(doc, "main", drawing("Other"), { x: 0, y: 0 }, room);
  expect(doc.state.app.drawings?.map((d) => d.id)).toEqual(["Fan1", "Other1"]);
  expect(doc.state.screens.main?.widgets[a as string]).toMatchObject({ x: 0, y: 50, w: 200, h: 100, name: "Fan" });
  expect(doc.state.screens.other?.widgets[doc.state.screens.other.order[0] as string]).toMatchObject({ w: 100, h: 50 });
  for (let i = 0; i < 3; i++) doc.undo();
  expect(toApp(doc.state)).toEqual(before);
  expect(doc.undo()).toBe(false);
});

test("a part takes a name that is free, and animations follow a new name", () => {
  const doc = open();
  const id = addDrawing(doc, "main", drawing(), { x: 100, y: 100 }, room) as string;
  expect(namePart(doc, "Fan1", [1, 0], "hub")).toBe(false);
  expect(namePart(doc, "Fan1", [1, 0], "a b")).toBe(false);
  expect(namePart(doc, "Fan1", [1, 0], "blade")).toBe(true);
  setAnimations(doc, "main", [id], [{ what: "rotate", part: "blade", by: { tag: "a" } }]);
  expect(namePart(doc, "Fan1", [1, 0], "rotor")).toBe(true);
  expect(doc.state.screens.main?.widgets[id]?.animate?.[0]?.part).toBe("rotor");
  namePart(doc, "Fan1", [1, 0], "");
  expect(doc.state.screens.main?.widgets[id]).not.toHaveProperty("animate");
  doc.undo();
  expect(doc.state.screens.main?.widgets[id]?.animate?.[0]?.part).toBe("rotor");
});

test("a drawing goes with its widget to another app", () => {
  const doc = open();
  const id = addDrawing(doc, "main", drawing(), { x: 100, y: 100 }, room) as string;
  const record = doc.state.screens.main;
  if (!record) throw new Error("no screen");
  const clip = copy(record, [id], doc.state.app);
  expect(clip.drawings).toHaveLength(1);
  const other = open();
  addDrawing(other, "main", { ...drawing(), width: 300 }, { x: 0, y: 0 }, room);
  const before = toApp(other.state);
  const [pasted] = paste(other, "other", clip, 0, 0);
  expect(other.state.app.drawings?.map((d) => d.id)).toEqual(["Fan1", "Fan2"]);
  expect(other.state.screens.other?.widgets[pasted as string]?.props?.drawing).toBe("Fan2");
  other.undo();
  expect(toApp(other.state)).toEqual(before);
});

test("drawings that nothing shows can be taken out", () => {
  const doc = open();
  const id = addDrawing(doc, "main", drawing(), { x: 100, y: 100 }, room) as string;
  expect(removeUnusedDrawings(doc)).toBe(0);
  removeWidgets(doc, "main", [id]);
  expect(unusedDrawings(doc.state)).toEqual(["Fan1"]);
  expect(removeUnusedDrawings(doc)).toBe(1);
  expect(doc.state.app).not.toHaveProperty("drawings");
});
