import type { App, Manifest, Widget } from "@lineside/client";
import { describe, expect, test } from "vitest";
import {
  angleOf,
  type Box,
  copyBindings,
  copyStyle,
  corners,
  Document,
  duplicateWidgets,
  equalSize,
  extentOf,
  flipWidgets,
  fromApp,
  groupWidgets,
  moveInTree,
  normalAngle,
  pasteOnto,
  placeWidgets,
  rotateWidgets,
  type ScreenRecord,
  setAngle,
  sizedInFrame,
  structureOf,
  takesClip,
  tidy,
  touches,
  ungroupWidgets,
} from ".";

const widget = (id: string, x: number, y: number, w: number, h: number, more: Partial<Widget> = {}): Widget => ({
  id,
  type: "value",
  x,
  y,
  w,
  h,
  ...more,
});

function open(...widgets: Widget[]): Document {
  const app: App = {
    format: 2,
    id: "com.example.turned",
    version: "1.0.0",
    name: { en: "Turned" },
    screens: [{ id: "s", name: {}, width: 1000, height: 800, widgets }],
  };
  return new Document(fromApp(app));
}

const screen = (doc: Document) => doc.state.screens.s as ScreenRecord;
const of = (doc: Document, id: string) => screen(doc).widgets[id] as Widget;
const boxOf = (doc: Document, id: string) => structureOf(screen(doc)).boxes.get(id) as Box;
const near = (b: Box | undefined, want: Partial<Box>) => {
  for (const [k, v] of Object.entries(want)) expect(b?.[k as keyof Box], k).toBeCloseTo(v as number, 1);
};

/** Where the corners of every widget are seen, to a tenth of a pixel; groups that are not seen have none. */
function seen(doc: Document): Record<string, string> {
  const { boxes, turns, drawn } = structureOf(screen(doc));
  const out: Record<string, string> = {};
  for (const id of drawn) {
    if (of(doc, id).type === "group" && !of(doc, id).props) continue;
    const t = turns.get(id);
    const at = corners(boxes.get(id) as Box, t?.angle).map(
      (p) => `${Math.round(p.x * 2) / 2},${Math.round(p.y * 2) / 2}`,
    );
    out[id] = `${at.join(" ")} ${(t?.x ?? 1) * (t?.y ?? 1)}`;
  }
  return out;
}

describe("rotating", () => {
  test("one turns about its own middle and stays where it lies", () => {
    const doc = open(widget("a", 100, 100, 100, 40));
    rotateWidgets(doc, "s", ["a"], -90);
    expect(of(doc, "a")).toEqual(widget("a", 100, 100, 100, 40, { rotate: 270 }));
    near(structureOf(screen(doc)).extents.get("a"), { x: 130, y: 70, w: 40, h: 100 });
    rotateWidgets(doc, "s", ["a"], 90);
    expect(of(doc, "a")).toEqual(widget("a", 100, 100, 100, 40));
  });

  test("several turn about their common middle and change places", () => {
    const doc = open(widget("a", 0, 0, 100, 100), widget("b", 200, 0, 100, 100));
    rotateWidgets(doc, "s", ["a", "b"], 90);
    near(boxOf(doc, "a"), { x: 100, y: -100 });
    near(boxOf(doc, "b"), { x: 100, y: 100 });
    expect([of(doc, "a").rotate, of(doc, "b").rotate]).toEqual([90, 90]);
    expect(doc.undo()).toBe(true);
    expect(doc.undo()).toBe(false);
  });

  test("a group that is not seen closes around what was turned in it; a panel turns with all in it", () => {
    const inside = [widget("a", 0, 0, 100, 40, { parent: "g" }), widget("b", 120, 0, 80, 40, { parent: "g" })];
    const group = open(widget("g", 100, 100, 200, 40, { type: "group" }), ...inside);
    rotateWidgets(group, "s", ["g"], 90);
    near(boxOf(group, "g"), { x: 180, y: 20, w: 40, h: 200 });
    expect(of(group, "g").rotate).toBeUndefined();
    expect(angleOf(screen(group), "g")).toBe(90);
    const panel = open(widget("g", 100, 100, 200, 40, { type: "group", props: { border: true } }), ...inside);
    rotateWidgets(panel, "s", ["g"], 90);
    expect([of(panel, "g").rotate, of(panel, "a").rotate, of(panel, "a").x]).toEqual([90, undefined, 0]);
    expect(seen(panel).a).toBe(seen(group).a);
    expect(seen(panel).b).toBe(seen(group).b);
  });

  test("locked ones stay", () => {
    const doc = open(widget("a", 0, 0, 10, 10, { locked: true }));
    rotateWidgets(doc, "s", ["a"], 90);
    flipWidgets(doc, "s", ["a"], "x");
    expect(doc.undoStep).toBeUndefined();
  });

  test.each([30, 90, 211.5])("an angle of %d is what is written, about each middle", (angle) => {
    const doc = open(widget("a", 0, 0, 30, 10, { rotate: 12 }), widget("b", 50, 50, 10, 10));
    setAngle(doc, "s", ["a", "b"], angle);
    expect([of(doc, "a").rotate, of(doc, "b").rotate, of(doc, "a").x]).toEqual([angle, angle, 0]);
  });
});

describe("mirroring", () => {
  test("several change places, and a turn goes the other way round", () => {
    const doc = open(widget("a", 0, 0, 100, 40, { rotate: 30 }), widget("b", 300, 100, 60, 40));
    const before = seen(doc);
    flipWidgets(doc, "s", ["a", "b"], "x");
    expect(of(doc, "a")).toMatchObject({ rotate: 330, flip: "x" });
    expect(boxOf(doc, "b").x).toBeLessThan(boxOf(doc, "a").x);
    flipWidgets(doc, "s", ["a", "b"], "x");
    expect(seen(doc)).toEqual(before);
    flipWidgets(doc, "s", ["a"], "x");
    flipWidgets(doc, "s", ["a"], "y");
    expect(of(doc, "a").flip).toBe("xy");
  });

  test("what is in a mirrored panel is seen mirrored and needs no change of its own", () => {
    const doc = open(
      widget("g", 100, 100, 200, 100, { type: "group", props: { border: true } }),
      widget("a", 10, 20, 50, 30, { parent: "g", rotate: 20 }),
    );
    const before = of(doc, "a");
    flipWidgets(doc, "s", ["g"], "x");
    expect(of(doc, "a")).toBe(before);
    near(boxOf(doc, "a"), { x: 240, y: 120 });
    expect(structureOf(screen(doc)).turns.get("a")).toEqual({ angle: 340, x: -1, y: 1 });
  });
});

describe("in something that is turned", () => {
  const turned = () =>
    open(
      widget("g", 100, 100, 200, 100, { type: "group", rotate: 30, flip: "y", props: { border: true } }),
      widget("a", 10, 20, 50, 30, { parent: "g" }),
      widget("b", 90, 20, 50, 30, { parent: "g", rotate: 45 }),
      widget("c", 500, 400, 80, 30, { rotate: 10 }),
    );

  test("moving puts a widget where it is wanted", () => {
    const doc = turned();
    const b = boxOf(doc, "a");
    placeWidgets(doc, "s", new Map([["a", { ...b, x: b.x + 40, y: b.y - 10 }]]));
    near(boxOf(doc, "a"), { x: b.x + 40, y: b.y - 10, w: 50, h: 30 });
    near(boxOf(doc, "g"), { x: 100, y: 100 });
  });

  test("grouping, ungrouping and taking out or in change nothing that is seen", () => {
    const doc = turned();
    const before = seen(doc);
    const group = groupWidgets(doc, "s", ["a", "b"]) as string;
    expect(seen(doc)).toEqual(before);
    ungroupWidgets(doc, "s", [group]);
    expect(seen(doc)).toEqual(before);
    moveInTree(doc, "s", ["a"], "", "c");
    expect(of(doc, "a").parent).toBeUndefined();
    expect(seen(doc)).toEqual(before);
    moveInTree(doc, "s", ["a", "c"], "g", undefined);
    expect(of(doc, "c").parent).toBe("g");
    expect(seen(doc)).toEqual(before);
    ungroupWidgets(doc, "s", ["g"]);
    const { g: _, ...rest } = before;
    expect(seen(doc)).toEqual(rest);
  });
});

test("copies of what is in a group stay in it, also in a turned one", () => {
  const doc = open(
    widget("g", 100, 100, 200, 100, { type: "group", rotate: 30, props: { border: true } }),
    widget("a", 10, 20, 50, 30, { parent: "g", rotate: 15 }),
  );
  const from = boxOf(doc, "a");
  const [id] = duplicateWidgets(doc, "s", ["a"], 40, 10) as [string];
  expect(of(doc, id)).toMatchObject({ parent: "g", rotate: 15 });
  near(boxOf(doc, id), { x: from.x + 40, y: from.y + 10 });
  doc.undo();
  expect(doc.undoStep).toBeUndefined();
});

describe("sizes", () => {
  test.each([0, 30, 90, 200])("a box turned by %d keeps the corner that is not dragged", (angle) => {
    const b = { x: 100, y: 100, w: 80, h: 40 };
    // The lower right corner is dragged: the upper left one stays.
    const next = sizedInFrame(b, angle, { ...b, w: 130, h: 25 });
    const [before] = corners(b, angle);
    const [after] = corners(next, angle);
    expect(after.x).toBeCloseTo(before.x, 6);
    expect(after.y).toBeCloseTo(before.y, 6);
  });

  test("equal to the first, tidy in rows and columns", () => {
    const boxes = new Map([
      ["a", { x: 0, y: 3, w: 100, h: 40 }],
      ["b", { x: 130, y: 0, w: 50, h: 60 }],
      ["c", { x: 10, y: 90, w: 70, h: 20 }],
    ]);
    expect(equalSize(boxes, "w").get("b")).toEqual({ x: 130, y: 0, w: 100, h: 60 });
    expect(equalSize(boxes, "both").get("c")).toEqual({ x: 10, y: 90, w: 100, h: 40 });
    const out = tidy(boxes, 10);
    expect([...out].map(([id, b]) => [id, b.x, b.y])).toEqual([
      ["a", 0, 0],
      ["b", 110, 0],
      ["c", 0, 70],
    ]);
  });

  test("touching goes by the turned box, not by what is around it", () => {
    const b = { x: 0, y: 0, w: 100, h: 10 };
    expect(extentOf(b, 45).w).toBeCloseTo(77.8, 1);
    expect(touches(b, 45, { x: 75, y: -30, w: 10, h: 10 })).toBe(false);
    expect(touches(b, 45, { x: 70, y: 20, w: 10, h: 10 })).toBe(true);
    expect(touches(b, 0, { x: 95, y: 5, w: 10, h: 10 })).toBe(true);
  });

  test("angles are from 0 to below 360", () => {
    expect([-90, 360, 719.999, 0.004, -0].map(normalAngle)).toEqual([270, 0, 0, 0, 0]);
  });
});

describe("style and bindings", () => {
  const manifest = (id: string, drop: string, ...look: string[]): Manifest =>
    ({
      id,
      drop,
      settings: [
        { name: drop, kind: "any", title: {}, group: "data", bind: true },
        ...look.map((name) => ({ name, kind: "string", title: {}, group: "look", bind: true })),
      ],
      events: [{ name: "set", title: {} }],
    }) as unknown as Manifest;
  const kinds = new Map([
    ["value", manifest("value", "value", "fill", "size")],
    ["bar", manifest("bar", "level", "fill")],
  ]);

  test("only looks that both have go over; what is bound stays bound", () => {
    const doc = open(
      widget("a", 0, 0, 9, 9, { props: { value: { tag: "t" }, fill: "live", size: "9" } }),
      widget("b", 0, 0, 9, 9, { type: "bar", props: { level: 3 } }),
      widget("c", 0, 0, 9, 9, { props: { fill: { tag: "x" }, size: "1" } }),
    );
    const clip = copyStyle(of(doc, "a"), kinds.get("value") as Manifest);
    expect(pasteOnto(doc, "s", ["b", "c"], clip, kinds)).toBe(2);
    expect(of(doc, "b").props).toEqual({ level: 3, fill: "live" });
    expect(of(doc, "c").props).toEqual({ fill: { tag: "x" }, size: "9" });
    expect(takesClip([of(doc, "b"), of(doc, "c")], clip, kinds)).toBe(false);
    const plain = copyStyle(widget("p", 0, 0, 1, 1), kinds.get("value") as Manifest);
    pasteOnto(doc, "s", ["b"], plain, kinds);
    expect(of(doc, "b").props).toEqual({ level: 3 });
  });

  test("what a tag is dropped on is the same thing in two widgets; events that the other has not stay behind", () => {
    const doc = open(
      widget("a", 0, 0, 9, 9, {
        props: { value: { tag: "t" }, fill: "live" },
        on: { click: [{ do: "toggle", tag: "t" }], odd: [{ do: "toggle", tag: "t" }] },
        animate: [{ what: "rotate", by: { tag: "t" } }],
      }),
      widget("b", 0, 0, 9, 9, { type: "bar" }),
    );
    const clip = copyBindings(of(doc, "a"));
    expect(pasteOnto(doc, "s", ["b"], clip, kinds)).toBe(1);
    expect(of(doc, "b")).toMatchObject({
      props: { level: { tag: "t" } },
      on: { click: [{ do: "toggle", tag: "t" }] },
      animate: [{ what: "rotate", by: { tag: "t" } }],
    });
    expect(of(doc, "b").props).not.toHaveProperty("fill");
    expect(of(doc, "b").on).not.toHaveProperty("odd");
    doc.undo();
    expect(of(doc, "b")).toEqual(widget("b", 0, 0, 9, 9, { type: "bar" }));
  });
});
