import type { Manifest } from "@lineside/client";
import { describe, expect, test } from "vitest";
import { fromApp, type ScreenRecord } from "../document";
import { fitCamera, zoomAt, zoomStep } from "./camera";
import { fitting } from "./create";
import { cursorOf, hitHandle, hitTurnHandle, resize, scaleInto, turnHandleAt } from "./handles";
import { rulerStep } from "./rulers";
import { Snapper } from "./snap";
import { Spatial } from "./spatial";

const box = (x: number, y: number, w = 100, h = 40) => ({ x, y, w, h });

describe("snapping", () => {
  test("an edge meets the nearest edge or centre within reach", () => {
    const s = new Snapper([box(200, 300)]);
    const r = s.snap(box(204, 100), 6);
    expect(r.dx).toBe(-4);
    expect(r.dy).toBe(0);
    expect(r.guides).toContainEqual({ kind: "line", axis: "x", at: 200, from: 100, to: 340 });
    expect(r.guides).toContainEqual({ kind: "gap", axis: "y", from: 140, to: 300, at: 200 });
  });

  test("centres meet when sizes differ", () => {
    expect(new Snapper([box(200, 300)]).snap(box(228, 100, 40, 40), 6).dx).toBe(2);
  });

  test("out of reach nothing happens, with a grid it lies on the grid", () => {
    const s = new Snapper([box(200, 300)]);
    expect(s.snap(box(27, 11, 90, 33), 6)).toMatchObject({ dx: 0, dy: 0, guides: [] });
    expect(s.snap(box(27, 11, 90, 33), 6, { grid: 8 })).toMatchObject({ dx: -3, dy: -3 });
  });

  test("neighbours win over the grid", () => {
    expect(new Snapper([box(203, 300)]).snap(box(206, 100, 90), 6, { grid: 8 }).dx).toBe(2);
  });

  test("a row is continued with equal gaps, and both gaps are shown", () => {
    const s = new Snapper([box(0, 0), box(130, 0)]);
    const r = s.snap(box(264, 3), 6);
    expect(r.dx).toBe(-4);
    expect(r.guides).toContainEqual({ kind: "gap", axis: "x", from: 100, to: 130, at: 20 });
    expect(r.guides).toContainEqual({ kind: "gap", axis: "x", from: 230, to: 260, at: 20 });
  });

  test("between two neighbours it comes to lie in the middle", () => {
    const s = new Snapper([box(0, 0), box(300, 0)]);
    expect(s.snap(box(153, 12, 88, 40), 6).dx).toBe(3);
  });

  test("a line of a ruler is snapped to along its axis only, and nothing is measured to it", () => {
    const s = new Snapper([], undefined, [{ axis: "x", at: 50 }]);
    const r = s.snap(box(53, 49), 6);
    expect([r.dx, r.dy]).toEqual([-3, 0]);
    expect(r.guides).toEqual([{ kind: "line", axis: "x", at: 50, from: 49, to: 89 }]);
  });

  test("only the dragged edge snaps while sizing", () => {
    const s = new Snapper([box(200, 300)]);
    const r = s.snap({ x: 10, y: 10, w: 187, h: 50 }, 6, { edges: { x: "high", y: "none" } });
    expect(r.dx).toBe(3);
    expect(r.dy).toBe(0);
  });
});

describe("sizing", () => {
  test.each([
    ["se", 10, 20, {}, { x: 0, y: 0, w: 110, h: 60 }],
    ["nw", 10, 20, {}, { x: 10, y: 20, w: 90, h: 20 }],
    ["e", 10, 20, {}, { x: 0, y: 0, w: 110, h: 40 }],
    ["se", 100, 0, { keep: true }, { x: 0, y: 0, w: 200, h: 80 }],
    ["se", 10, 10, { centre: true }, { x: -10, y: -10, w: 120, h: 60 }],
    ["nw", 500, 500, { least: { w: 20, h: 10 } }, { x: 80, y: 30, w: 20, h: 10 }],
    ["w", 500, 0, {}, { x: 99, y: 0, w: 1, h: 40 }],
  ] as const)("%s by %i, %i", (handle, dx, dy, options, want) => {
    expect(resize(box(0, 0), handle, dx, dy, options)).toEqual(want);
  });

  test("handles of a turned box are where they are seen, with cursors to match", () => {
    const b = { ...box(100, 100, 200, 100), angle: 90 };
    // Turned by a quarter, the upper left corner is seen at the upper right.
    expect(hitHandle(b, 250, 50, 7)).toBe("nw");
    expect(hitHandle(b, 100, 100, 7)).toBeUndefined();
    expect(cursorOf("n", 90)).toBe("ew-resize");
    expect(cursorOf("nw", 350)).toBe("nwse-resize");
    const p = turnHandleAt(b);
    expect([Math.round(p.x), Math.round(p.y)]).toEqual([272, 150]);
    expect(hitTurnHandle(b, 272, 150, 7)).toBe(true);
    expect(hitTurnHandle(b, 200, 78, 7)).toBe(false);
  });

  test("several scale with the box around them", () => {
    const out = scaleInto(
      new Map([
        ["a", box(0, 0, 10, 10)],
        ["b", box(90, 30, 10, 10)],
      ]),
      box(0, 0),
      box(0, 0, 200, 80),
    );
    expect(out.get("b")).toEqual({ x: 180, y: 60, w: 20, h: 20 });
  });

  test("handles of a small box leave its middle for moving", () => {
    expect(hitHandle(box(0, 0, 12, 12), 6, 6, 7)).toBeUndefined();
    expect(hitHandle(box(0, 0, 12, 12), -3, -3, 7)).toBe("nw");
    expect(hitHandle(box(0, 0, 100, 30), 100, 15, 7)).toBe(undefined);
    expect(hitHandle(box(0, 0, 100, 100), 100, 50, 7)).toBe("e");
  });
});

describe("camera", () => {
  test("the point under the pointer stays", () => {
    const before = { x: 10, y: 20, zoom: 1 };
    const after = zoomAt(before, 2, 100, 50);
    expect(after.x + 100 / after.zoom).toBeCloseTo(before.x + 100);
    expect(after.y + 50 / after.zoom).toBeCloseTo(before.y + 50);
  });

  test("fit shows the whole box in the middle", () => {
    const c = fitCamera(box(100, 100, 200, 100), { width: 500, height: 400 }, 50);
    expect(c.zoom).toBe(2);
    expect((100 - c.x) * c.zoom).toBe(50);
    expect((100 - c.y) * c.zoom).toBe(100);
  });

  test("zoom goes by steps and stops at the ends", () => {
    expect([
      zoomStep(1, true),
      zoomStep(1, false),
      zoomStep(0.9, true),
      zoomStep(8, true),
      zoomStep(0.05, false),
    ]).toEqual([1.25, 0.75, 1, 8, 0.05]);
  });
});

describe("places", () => {
  const widget = (id: string, x: number, y: number, more: object = {}) => ({
    id,
    type: "value",
    x,
    y,
    w: 50,
    h: 20,
    ...more,
  });
  const screen = (widgets: object[]) =>
    fromApp({
      format: 2,
      id: "a.b",
      version: "1.0.0",
      name: {},
      screens: [{ id: "s", name: {}, width: 1000, height: 1000, widgets: widgets as never }],
    }).screens.s as ScreenRecord;

  test("the topmost comes first; hidden, locked and groups are not touched", () => {
    const s = Spatial.of(
      screen([
        widget("a", 0, 0),
        widget("b", 10, 0),
        widget("c", 10, 0, { hidden: true }),
        widget("d", 10, 0, { locked: true }),
        { ...widget("g", 0, 0), type: "group" },
        widget("e", 300, 300),
      ]),
    );
    expect(s.at(20, 10, 2)).toEqual(["b", "a"]);
    expect(s.at(52, 10, 3)).toEqual(["b", "a"]);
    expect(s.at(61, 10, 2)).toEqual(["b"]);
    expect(s.at(200, 200, 2)).toEqual([]);
  });

  test("a box finds what it touches or holds", () => {
    const s = Spatial.of(
      screen([
        widget("a", 0, 0),
        widget("b", 100, 0),
        { ...widget("g", 200, 0), type: "group" },
        widget("c", 5, 5, { parent: "g" }),
      ]),
    );
    expect(s.within(box(0, 0, 120, 100), false)).toEqual(["a", "b"]);
    expect(s.within(box(0, 0, 120, 100), true)).toEqual(["a"]);
    expect(s.within(box(204, 4, 60, 60), true)).toEqual(["c"]);
  });

  test("among two thousand the same is found as by looking at all", () => {
    const many = Array.from({ length: 2000 }, (_, i) => widget(`w${i}`, (i * 37) % 950, (i * 91) % 970));
    const s = Spatial.of(screen(many));
    for (const [x, y] of [
      [100, 100],
      [500, 20],
      [949, 969],
    ] as const) {
      const area = box(x, y, 80, 60);
      const slow = many
        .filter((w) => w.x < area.x + area.w && w.x + w.w > area.x && w.y < area.y + area.h && w.y + w.h > area.y)
        .map((w) => w.id);
      expect(s.within(area, false)).toEqual(slow);
    }
  });
});

describe("catalogue", () => {
  const manifest = (id: string, more: Partial<Manifest>): Manifest => ({
    id,
    version: 1,
    title: {},
    settings: [],
    view: "drawing",
    size: { width: 10, height: 10 },
    ...more,
  });
  test("a tag is offered what fits its type; what writes only for a tag that can be written", () => {
    const list = [
      manifest("text", {}),
      manifest("gauge", { drop: "value", fits: ["float", "int"] }),
      manifest("switch", { drop: "value", fits: ["bool"], writes: "value" }),
      manifest("any", { drop: "value" }),
    ];
    const ids = (type: "float" | "bool", writable: boolean) =>
      fitting(list, [{ path: "a/b", type, writable }]).map((m) => m.id);
    expect(ids("float", false)).toEqual(["gauge", "any"]);
    expect(ids("bool", false)).toEqual(["any"]);
    expect(ids("bool", true)).toEqual(["switch", "any"]);
  });
});

describe("turned widgets", () => {
  const record = fromApp({
    format: 2,
    id: "com.example.t",
    version: "1.0.0",
    name: { en: "T" },
    screens: [
      {
        id: "s",
        name: {},
        width: 400,
        height: 400,
        widgets: [{ id: "a", type: "value", x: 100, y: 180, w: 200, h: 40, rotate: 45 }],
      },
    ],
  }).screens.s as ScreenRecord;

  test("are hit and touched where they are seen", () => {
    const spatial = Spatial.of(record);
    expect(spatial.at(200, 200, 2)).toEqual(["a"]);
    expect(spatial.at(260, 260, 2)).toEqual(["a"]);
    expect(spatial.at(110, 190, 2)).toEqual([]);
    expect(spatial.within({ x: 240, y: 110, w: 30, h: 30 }, false)).toEqual([]);
    expect(spatial.within({ x: 240, y: 240, w: 30, h: 30 }, false)).toEqual(["a"]);
    expect(spatial.within({ x: 100, y: 180, w: 200, h: 40 }, true)).toEqual([]);
    expect(spatial.within({ x: 110, y: 110, w: 180, h: 180 }, true)).toEqual(["a"]);
  });
});

test("numbers of a ruler are round and far enough apart", () => {
  expect([0.05, 0.5, 1, 3, 8].map(rulerStep)).toEqual([2000, 200, 100, 20, 10]);
});
