import type { App, PatchOp } from "@lineside/client";
import { describe, expect, test } from "vitest";
import { applyFixes, Document, fixable, fixChanges, fromApp, placeOfPointer, reorderWidgets, setProps, toApp } from ".";

const app: App = {
  format: 2,
  id: "com.example.fix",
  version: "1.0.0",
  name: { en: "Fix" },
  screens: [
    { id: "first", name: { en: "First" }, width: 800, height: 600, widgets: [] },
    {
      id: "second",
      name: { en: "Second" },
      width: 800,
      height: 600,
      ground: "#dddddd",
      widgets: [
        { id: "a", type: "button", x: 0, y: 0, w: 20, h: 20, props: { label: "A" } },
        {
          id: "b",
          type: "text",
          x: 0,
          y: 0,
          w: 20,
          h: 20,
          animate: [
            { what: "blink", by: { tag: "t" } },
            { what: "visible", by: { tag: "t" } },
          ],
        },
        { id: "c", type: "text", x: 0, y: 0, w: 20, h: 20 },
      ],
    },
  ],
};
const make = () => new Document(fromApp(app));
const widget = (doc: Document, id: string) => doc.state.screens.second?.widgets[id];
const grow: PatchOp[] = [
  { op: "replace", path: "/screens/1/widgets/0/w", value: 44 },
  { op: "replace", path: "/screens/1/widgets/0/h", value: 44 },
];
const still: PatchOp[] = [{ op: "remove", path: "/screens/1/widgets/1/animate/0" }];
const front: PatchOp[] = [{ op: "move", from: "/screens/1/widgets/0", path: "/screens/1/widgets/2" }];

describe("fixes of the check", () => {
  test("a fix is one patch to each property of one record, and one step of undo", () => {
    const doc = make();
    const before = doc.state;
    expect(applyFixes(doc, before, [grow])).toBe(1);
    expect(doc.undoStep?.patches.map((p) => p.path.join("/"))).toEqual([
      "screens/second/widgets/a/w",
      "screens/second/widgets/a/h",
    ]);
    doc.undo();
    expect(doc.state).toEqual(before);
  });

  test("several fixes are one step", () => {
    const doc = make();
    const before = doc.state;
    const ground: PatchOp[] = [{ op: "replace", path: "/screens/1/ground", value: "ground" }];
    const color: PatchOp[] = [{ op: "add", path: "/screens/1/widgets/2/props", value: { color: "text" } }];
    const version: PatchOp[] = [{ op: "replace", path: "/version", value: "1.0.1" }];
    expect(applyFixes(doc, before, [grow, ground, still, color, version, front])).toBe(6);
    const after = toApp(doc.state);
    expect(after.version).toBe("1.0.1");
    expect(after.screens[1]?.ground).toBe("ground");
    expect(after.screens[1]?.widgets.map((w) => w.id)).toEqual(["b", "c", "a"]);
    expect(widget(doc, "b")?.animate).toEqual([{ what: "visible", by: { tag: "t" } }]);
    expect(widget(doc, "c")?.props).toEqual({ color: "text" });
    doc.undo();
    expect(doc.state).toEqual(before);
    expect(doc.undoStep).toBeUndefined();
  });

  test("widgets are found by their ids after the order has changed", () => {
    const doc = make();
    const checked = doc.state;
    reorderWidgets(doc, "second", ["a"], "front");
    expect(applyFixes(doc, checked, [grow])).toBe(1);
    expect([widget(doc, "a")?.w, widget(doc, "b")?.w]).toEqual([44, 20]);
  });

  test("what was changed since the check is left alone", () => {
    const doc = make();
    const checked = doc.state;
    expect(fixable(checked, doc.state, grow)).toBe(true);
    doc.change("x", (d) => {
      const w = d.screens.second?.widgets.a;
      if (w) w.w = 30;
    });
    expect(fixable(checked, doc.state, grow)).toBe(false);
    expect(applyFixes(doc, checked, [grow])).toBe(0);
    setProps(doc, "second", ["a"], { label: "B" });
    const label: PatchOp[] = [{ op: "add", path: "/screens/1/widgets/0/props/label", value: "C" }];
    expect(fixable(checked, doc.state, label)).toBe(false);
    // The numbers of a list mean something else once one was taken out.
    const second: PatchOp[] = [{ op: "remove", path: "/screens/1/widgets/1/animate/1" }];
    expect(applyFixes(doc, checked, [still, second])).toBe(1);
    doc.change("x", (d) => {
      delete d.screens.second?.widgets.c;
    });
    expect(fixable(checked, doc.state, [{ op: "replace", path: "/screens/1/widgets/2/x", value: 1 }])).toBe(false);
  });

  test("a patch that is not understood is not done", () => {
    const doc = make();
    for (const op of [
      { op: "replace", path: "/screens/9/ground", value: "x" },
      { op: "remove", path: "/screens/1/widgets/0" },
      { op: "replace", path: "", value: {} },
      { op: "move", from: "/screens/1/widgets/0/x", path: "/screens/1/widgets/0/y" },
    ] as PatchOp[]) {
      expect(fixable(doc.state, doc.state, [op])).toBe(false);
      expect(applyFixes(doc, doc.state, [[op]])).toBe(0);
    }
    expect(doc.undoStep).toBeUndefined();
  });

  test("what a fix changes is told", () => {
    const doc = make();
    expect(fixChanges(doc.state, grow)).toEqual([
      { screen: "second", widget: "a", path: ["w"], before: 20, after: 44 },
      { screen: "second", widget: "a", path: ["h"], before: 20, after: 44 },
    ]);
    expect(fixChanges(doc.state, front)[0]?.order).toBe(true);
    expect(placeOfPointer(doc.state, "/screens/1/widgets/0/props/a~1b")).toEqual({
      screen: "second",
      widget: "a",
      path: ["props", "a/b"],
    });
  });
});
