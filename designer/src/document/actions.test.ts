import type { Action, App, Variable } from "@lineside/client";
import { describe, expect, test } from "vitest";
import { generator } from "../../../test/random";
import { Document, fromApp, moveScreenActions, setActions, setScreenActions, setVariables, toApp } from ".";

const app: App = {
  format: 2,
  id: "com.example.t",
  version: "1.0.0",
  name: { en: "T" },
  screens: [
    {
      id: "s",
      name: { en: "S" },
      width: 800,
      height: 600,
      on: { load: [{ do: "close" }] },
      widgets: [{ id: "b", type: "button", x: 0, y: 0, w: 100, h: 40 }],
    },
  ],
};

const open = () => new Document(fromApp(app));
const screen = (doc: Document) => toApp(doc.state).screens[0];

describe("actions of a screen", () => {
  test("are set, given to another key, and taken out", () => {
    const doc = open();
    setScreenActions(doc, "s", "key:F2", [{ do: "notice", text: { en: "x" } }]);
    moveScreenActions(doc, "s", "key:F2", "key:F3");
    expect(Object.keys(screen(doc)?.on ?? {}).sort()).toEqual(["key:F3", "load"]);
    moveScreenActions(doc, "s", "key:F3", "load");
    expect(Object.keys(screen(doc)?.on ?? {}).sort()).toEqual(["key:F3", "load"]);
    setScreenActions(doc, "s", "key:F3", []);
    setScreenActions(doc, "s", "load", []);
    expect(screen(doc)?.on).toBeUndefined();
  });

  test("that are the same make no step", () => {
    const doc = open();
    setScreenActions(doc, "s", "load", [{ do: "close" }]);
    setVariables(doc, "s", []);
    expect(doc.undoStep).toBeUndefined();
  });
});

/** Numbers that are the same at every run. */
function random(seed: number): (below: number) => number {
  const next = generator(seed);
  return (below) => Math.floor(next() * below);
}

test("whatever is done, undo all gives the same document, redo all the same again", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const below = random(seed);
    const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
    const events = ["load", "unload", "key:F1", "key:F2"];
    const action = (): Action =>
      one<Action>([
        { do: "close" },
        { do: "write", tag: one(["a/b", "c"]), value: below(9) },
        { do: "set", variable: "v", value: below(2) === 1, if: "x > 1" },
      ]);
    const actions = () => Array.from({ length: below(4) }, action);
    const variable = (): Variable => ({ id: one(["a", "b", "c"]), type: one(["bool", "int"] as const) });
    const doc = open();
    const before = JSON.stringify(toApp(doc.state));
    for (let n = below(30); n >= 0; n--) {
      const what = below(4);
      if (what === 0) setScreenActions(doc, "s", one(events), actions());
      else if (what === 1) setActions(doc, "s", ["b"], one(["click", "long"]), actions());
      else if (what === 2) moveScreenActions(doc, "s", one(events), one(events));
      else setVariables(doc, "s", Array.from({ length: below(4) }, variable));
    }
    const after = JSON.stringify(toApp(doc.state));
    while (doc.undoStep) doc.undo();
    expect(JSON.stringify(toApp(doc.state))).toBe(before);
    while (doc.redoStep) doc.redo();
    expect(JSON.stringify(toApp(doc.state))).toBe(after);
  }
});
