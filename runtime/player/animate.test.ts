import type { Animation, LiveValue, Step, Widget } from "@lineside/client";
import { describe, expect, it } from "vitest";
import { along, animate, apply, fits } from "./animate";
import { around, cssMatrix, turnOfWidget } from "./turning";

const good = (v: unknown): LiveValue => ({ v, q: 0, t: 1 });
const by = { tag: "a/b" };
const range = { in: [0, 10], out: [0, 100] };

describe("apply", () => {
  it.each<[string, Omit<Animation, "by">, unknown, unknown]>([
    ["the value itself", { what: "visible" }, true, true],
    ["a number as truth", { what: "visible" }, 0, false],
    ["a text as truth", { what: "blink" }, "On", true],
    ["another text", { what: "blink" }, "off", false],
    ["the value itself, held to what can be", { what: "opacity" }, 7, 1],
    ["no negative scale", { what: "scale" }, -2, 0],
    ["a text is no number", { what: "rotate" }, "much", undefined],
    ["the value itself for a property", { what: "fill" }, "line", "line"],
    ["linear", { what: "rotate", ...range }, 5, 50],
    ["linear, held below", { what: "rotate", ...range }, -5, 0],
    ["linear, held above", { what: "rotate", ...range }, 50, 100],
    ["linear and falling", { what: "rotate", in: [10, 0], out: [0, 100] }, 2.5, 75],
    ["linear of a boolean", { what: "opacity", in: [0, 1], out: [0.2, 0.8] }, true, 0.8],
    ["linear of a property", { what: "level", ...range }, 2, 20],
    ["an empty range is a step", { what: "rotate", in: [5, 5], out: [1, 2] }, 5, 2],
    ["a range without a result", { what: "rotate", in: [0, 1] }, 1, undefined],
    ["a range and a text", { what: "rotate", ...range, else: 7 }, "x", 7],
    ["a way", { what: "move", in: [0, 10], out: [0, 0, 10, 0, 10, 30] }, 5, [10, 10]],
    ["a way without a range takes the value as the fraction", { what: "move", out: [0, 0, 10, 0] }, 0.5, [5, 0]],
    ["no way", { what: "move", in: [0, 1] }, 1, undefined],
    ["the first step that fits", { what: "fill", steps: [{ from: 5, set: "a" }, { set: "b" }] }, 7, "a"],
    ["the next", { what: "fill", steps: [{ from: 5, set: "a" }, { set: "b" }] }, 3, "b"],
    ["no step fits", { what: "fill", steps: [{ from: 5, set: "a" }] }, 3, undefined],
    ["no step fits, so else", { what: "fill", steps: [{ from: 5, set: "a" }], else: "c" }, 3, "c"],
    ["no step fits, so the range", { what: "rotate", steps: [{ is: 9, set: 0 }], ...range, else: 3 }, 3, 30],
    ["a step before the range", { what: "rotate", steps: [{ is: 3, set: -1 }], ...range }, 3, -1],
    ["else alone", { what: "rotate", else: 4 }, 3, 4],
    ["a step along a way", { what: "move", out: [0, 0, 10, 0], steps: [{ is: true, set: 1 }], else: 0 }, true, [10, 0]],
    ["false is something", { what: "visible", steps: [{ is: 1, set: false }] }, 1, false],
  ])("%s", (_name, a, v, wanted) => {
    expect(apply({ ...a, by }, good(v))).toEqual(wanted);
  });

  it.each<[string, LiveValue | undefined]>([
    ["no value yet", undefined],
    ["null", good(null)],
    ["bad", { v: 5, q: 0x80050000, t: 1 }],
    ["bad as a signed number", { v: 5, q: 0x80050000 | 0, t: 1 }],
    ["waiting", { v: null, q: 0x80320000, t: 1 }],
  ])("does nothing: %s", (_name, live) => {
    expect(apply({ what: "rotate", by, ...range, else: 3 }, live)).toBeUndefined();
    expect(apply({ what: "visible", by, steps: [{ set: true }], else: false }, live)).toBeUndefined();
  });

  it("acts on what is uncertain or overridden", () => {
    expect(apply({ what: "rotate", by, ...range }, { v: 5, q: 0x40900000, t: 1 })).toBe(50);
    expect(apply({ what: "rotate", by, ...range }, { v: 5, q: 0x00960000, t: 1 })).toBe(50);
  });
});

describe("fits", () => {
  it.each<[string, Omit<Step, "set">, unknown, boolean]>([
    ["nothing is named", {}, "anything", true],
    ["at the lower limit", { from: 5 }, 5, true],
    ["below it", { from: 5 }, 4.999, false],
    ["at the upper limit", { below: 5 }, 5, false],
    ["below it", { below: 5 }, 4.999, true],
    ["between", { from: -1, below: 1 }, 0, true],
    ["limits of a text", { from: 0 }, "7", false],
    ["limits of a boolean", { from: 1 }, true, true],
    ["all bits", { mask: 0b110 }, 0b111, true],
    ["not all bits", { mask: 0b110 }, 0b101, false],
    ["the highest bit", { mask: 0x80000000 }, 0x80000000, true],
    ["the highest bit of a negative", { mask: 0x80000000 }, -1, true],
    ["bits beyond 32", { mask: 1 }, 2 ** 40 + 1, true],
    ["bits of a fraction", { mask: 1 }, 1.5, false],
    ["bits of a text", { mask: 1 }, "1", false],
    ["equal", { is: 3 }, 3, true],
    ["equal text", { is: "open" }, "open", true],
    ["other text", { is: "open" }, "Open", false],
    ["a text is no number", { is: "3" }, 3, false],
    ["true is 1", { is: true }, 1, true],
    ["1 is true", { is: 1 }, true, true],
    ["false is not 1", { is: false }, 1, false],
    ["empty text", { is: "" }, "", true],
    ["all of several", { from: 0, mask: 1, is: 3 }, 3, true],
    ["not all of several", { from: 4, mask: 1, is: 3 }, 3, false],
  ])("%s", (_name, step, v, wanted) => {
    expect(fits({ ...step, set: 0 }, v)).toBe(wanted);
  });
});

describe("along", () => {
  it.each<[string, number[], number, [number, number] | undefined]>([
    ["begins", [1, 2, 11, 2, 11, 12], 0, [1, 2]],
    ["goes by length", [1, 2, 11, 2, 11, 12], 0.75, [11, 7]],
    ["ends", [1, 2, 11, 2, 11, 12], 1, [11, 12]],
    ["is held", [1, 2, 11, 2], 3, [11, 2]],
    ["passes a point twice", [0, 0, 0, 0, 10, 0], 0.5, [5, 0]],
    ["one point", [4, 5], 0.3, [4, 5]],
    ["all the same point", [4, 5, 4, 5], 0.3, [4, 5]],
    ["half a point is none", [0, 0, 10, 0, 3], 1, [10, 0]],
    ["none", [], 0.5, undefined],
  ])("%s", (_name, way, k, wanted) => {
    expect(along(way, k)).toEqual(wanted);
  });
});

describe("animate", () => {
  const widget = (animate: Widget["animate"]): Widget => ({ id: "w", type: "value", x: 0, y: 0, w: 9, h: 9, animate });

  it("gives the view properties and parts, and keeps the rest for the layer", () => {
    const live = {
      value: good(1),
      "animate/0": good(5),
      "animate/1": good(1),
      "animate/2": { v: 2, q: 0x40000000, t: 7 },
      "animate/3": good(true),
    };
    const out = animate(
      widget([
        { what: "rotate", by, ...range },
        { what: "move", by, in: [0, 1], out: [0, 0, 3, 4] },
        { what: "level", by, ...range },
        { what: "fill", part: "rotor", by, steps: [{ is: true, set: "line" }] },
      ]),
      live,
    );
    expect(out.whole).toEqual({ rotate: 50, dx: 3, dy: 4 });
    expect(out.values).toEqual({
      value: good(1),
      level: { v: 20, q: 0x40000000, t: 7 },
      "part:rotor:fill": good("line"),
    });
  });

  it("lets a later one win, and one that does nothing not", () => {
    const live = { "animate/0": good(1), "animate/1": good(0), "animate/2": good(null) };
    const out = animate(
      widget([
        { what: "visible", by },
        { what: "visible", by },
        { what: "visible", by, else: true },
      ]),
      live,
    );
    expect(out.whole).toEqual({ visible: false });
  });

  it("puts what it makes of a bound property in the place of its value", () => {
    const live = { value: good(1), "animate/0": good(3) };
    const a = widget([{ what: "value", by, steps: [{ from: 2, set: 99 }] }]);
    expect(animate(a, live).values).toEqual({ value: good(99) });
    expect(animate(a, { ...live, "animate/0": good(1) }).values).toEqual({ value: good(1) });
    expect(animate(a, live).whole).toBeUndefined();
  });
});

describe("turnOfWidget", () => {
  const box = { x: 0, y: 0, width: 20, height: 10 };
  const w: Widget = { id: "w", type: "value", x: 0, y: 0, w: 20, h: 10 };

  it("is nothing for most widgets", () => {
    expect(turnOfWidget(w, box, undefined, "run")).toBeUndefined();
    expect(turnOfWidget({ ...w, rotate: 0 }, box, {}, "run")).toBeUndefined();
  });

  it("adds a turn by value to that of the document", () => {
    expect(turnOfWidget({ ...w, rotate: 30 }, box, { rotate: 60 }, "run")?.matrix).toEqual(
      turnOfWidget({ ...w, rotate: 90 }, box, undefined, "run")?.matrix,
    );
  });

  it("hides in a running screen and shows a ghost in the editor", () => {
    expect(turnOfWidget(w, box, { visible: false }, "run")?.visible).toBe(false);
    expect(turnOfWidget(w, box, { visible: false }, "design")).toMatchObject({ visible: true, opacity: 0.15 });
  });

  it("turns with what is around it, the outermost last", () => {
    const inner = turnOfWidget({ ...w, rotate: 90 }, box, undefined, "run");
    const outer = turnOfWidget(w, { x: 0, y: 0, width: 100, height: 100 }, { dx: 7 }, "run");
    const widgets = new Map<string, Widget>([
      ["in", { ...w, id: "in", parent: "out" }],
      ["out", { ...w, id: "out" }],
    ]);
    const turns = (id: string) => ({ in: inner, out: outer })[id];
    expect(around({ ...w, parent: "in" }, widgets, turns)?.matrix?.[4]).toBe((inner?.matrix?.[4] ?? 0) + 7);
    expect(around({ ...w, parent: "out" }, widgets, turns)).toBe(outer);
    expect(around(w, widgets, turns)).toBeUndefined();
    widgets.set("out", { ...w, id: "out", parent: "in" });
    // A circle, as a document half done may have, ends.
    expect(around({ ...w, parent: "in" }, widgets, () => undefined)).toBeUndefined();
  });
});

describe("cssMatrix", () => {
  const box = { x: 100, y: 50, width: 40, height: 20 };
  const css = (over: Partial<Widget>, of = box) =>
    cssMatrix(
      turnOfWidget({ id: "w", type: "trend", x: 0, y: 0, w: 1, h: 1, ...over }, of, undefined, "run") as never,
      box,
    );

  it.each<[string, Partial<Widget>, string]>([
    ["turned about its middle", { rotate: 90 }, "matrix(0, 1, -1, 0, 30, -10)"],
    ["never mirrored", { flip: "x" }, "matrix(1, 0, 0, 1, 0, 0)"],
    ["half a turn is not two mirrors", { rotate: 180 }, "matrix(-1, 0, 0, -1, 40, 20)"],
  ])("%s", (_name, over, wanted) => {
    expect(css(over)).toBe(wanted);
  });

  it("stands where its picture in a mirrored group would stand", () => {
    expect(css({ flip: "x" }, { x: 0, y: 0, width: 400, height: 100 })).toBe("matrix(1, 0, 0, 1, 160, 0)");
  });
});
