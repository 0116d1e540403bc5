import type { ScriptedWidget, Widget } from "@lineside/client";
import { expect, test } from "vitest";
import {
  addOwn,
  addWidgets,
  changeOwn,
  copy,
  Document,
  duplicateOwn,
  fromApp,
  merge,
  ownOf,
  ownUses,
  paste,
  removeOwn,
  renameOwn,
  toApp,
} from ".";

const made = (svg = "<svg/>"): Omit<ScriptedWidget, "id"> => ({
  version: 1,
  title: { en: "Dial" },
  size: { width: 100, height: 100 },
  svg,
});

const open = (widgets?: ScriptedWidget[]) =>
  new Document(
    fromApp({
      format: 2,
      id: "com.example.a",
      version: "1.0.0",
      name: { en: "A" },
      ...(widgets ? { widgets } : {}),
      screens: [
        { id: "main", name: { en: "Main" }, width: 800, height: 600, widgets: [] },
        { id: "other", name: { en: "Other" }, width: 800, height: 600, widgets: [] },
      ],
    }),
  );

const on = (id: string, type: string): Widget => ({ id, type, x: 10, y: 10, w: 100, h: 100 });

test("a type is renamed with what is of it, and goes with what is of it; undo brings everything back", () => {
  const doc = open();
  const before = toApp(doc.state);
  const id = addOwn(doc, made(), "dial");
  expect(id).toBe("dial1");
  addWidgets(doc, "main", [on("a", "own:dial1"), on("b", "text")]);
  addWidgets(doc, "other", [on("a", "own:dial1")]);
  expect(ownUses(doc.state, "dial1")).toBe(2);
  expect(renameOwn(doc, "dial1", "no space")).toBe(false);
  expect(duplicateOwn(doc, "dial1")).toBe("dial2");
  expect(renameOwn(doc, "dial1", "dial2")).toBe(false);
  expect(renameOwn(doc, "dial1", "needle")).toBe(true);
  expect(doc.state.screens.other?.widgets.a?.type).toBe("own:needle");
  removeOwn(doc, "needle");
  expect(doc.state.screens.main?.order).toEqual(["b"]);
  expect(doc.state.screens.other?.order).toEqual([]);
  expect(doc.state.app.widgets?.map((w) => w.id)).toEqual(["dial2"]);
  doc.undo();
  expect(ownUses(doc.state, "needle")).toBe(2);
  while (doc.undo());
  expect(toApp(doc.state)).toEqual(before);
});

test("typing is one step, and what is taken out is gone from the document", () => {
  const doc = open([{ id: "d", ...made(), script: "x" }]);
  for (const svg of ["<svg>", "<svg><", "<svg><g/></svg>"]) changeOwn(doc, "d", { svg }, "picture");
  changeOwn(doc, "d", { script: undefined });
  expect("script" in (ownOf(doc.state, "d") ?? {})).toBe(false);
  doc.undo();
  doc.undo();
  expect(ownOf(doc.state, "d")?.svg).toBe("<svg/>");
  expect(doc.undo()).toBe(false);
});

test("a copied widget takes its type along to another app, under a free id where another type has it", () => {
  const from = open([{ id: "d", ...made("<svg>mine</svg>") }]);
  addWidgets(from, "main", [on("a", "own:d")]);
  const screen = from.state.screens.main;
  if (!screen) throw new Error("no screen");
  const clip = copy(screen, ["a"], from.state.app);
  expect(clip.own?.map((w) => w.id)).toEqual(["d"]);
  const same = open([{ id: "d", ...made("<svg>mine</svg>") }]);
  paste(same, "main", clip, 0, 0);
  expect(same.state.app.widgets).toHaveLength(1);
  const other = open([{ id: "d", ...made("<svg>other</svg>") }]);
  const [pasted] = paste(other, "main", clip, 0, 0);
  expect(other.state.screens.main?.widgets[pasted as string]?.type).toBe("own:d1");
  expect(ownOf(other.state, "d1")?.svg).toBe("<svg>mine</svg>");
  other.undo();
  expect(other.state.app.widgets?.map((w) => w.id)).toEqual(["d"]);
});

test("two who edit different things of one type both keep their work", () => {
  const base = open([{ id: "d", ...made() }]).state;
  const mine = new Document(base);
  changeOwn(mine, "d", { script: "mine" });
  const theirs = new Document(base);
  changeOwn(theirs, "d", { svg: "<svg>theirs</svg>", title: { en: "Dial", zh: "表" } });
  const { state, clashes } = merge(base, mine.state, theirs.state);
  expect(clashes).toEqual([]);
  expect(ownOf(state, "d")).toMatchObject({ script: "mine", svg: "<svg>theirs</svg>", title: { zh: "表" } });
});
