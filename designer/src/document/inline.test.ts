import type { App, Manifest, Point, Widget } from "@lineside/client";
import { manifests } from "@lineside/widgets";
import { describe, expect, test } from "vitest";
import presets from "../../../widgets/symbol/presets.gen.json";
import {
  boxed,
  connectionAt,
  Document,
  ends,
  fromApp,
  groupWidgets,
  idSource,
  insertInLine,
  pointsOf,
  removeWidgets,
  rotateWidgets,
  type ScreenRecord,
  type Seen,
  seatOn,
  seenOn,
  setPreset,
  structureOf,
  toApp,
} from ".";

const symbol = { ...(manifests.symbol as Manifest), presets: presets.presets as Manifest["presets"] };
const kinds = (type: string) => (type === "symbol" ? symbol : manifests[type]);

function drawing(...widgets: Widget[]): Document {
  const app: App = {
    format: 2,
    id: "com.example.plant",
    version: "1.0.0",
    name: { en: "Plant" },
    screens: [{ id: "main", name: { en: "Main" }, width: 1280, height: 800, widgets }],
  };
  const doc = new Document(fromApp(app));
  doc.kinds = kinds;
  return doc;
}
const main = (doc: Document) => doc.state.screens.main as ScreenRecord;
const json = (doc: Document) => JSON.stringify(toApp(doc.state));
const points = (doc: Document, id: string) => {
  const w = main(doc).widgets[id] as Widget;
  return pointsOf(w, seenOn(main(doc), id) as Seen, kinds(w.type)).map((v) => Math.round(v * 10) / 10);
};
const pipe = (at: number[], more: Partial<Widget> = {}): Widget => {
  const { box, fractions } = boxed(at, 2);
  return { id: "pipe1", type: "pipe", ...box, props: { points: fractions }, ...more };
};
const tank = (id: string, x: number, y: number): Widget => ({
  id,
  type: "symbol",
  x,
  y,
  w: 96,
  h: 96,
  props: { symbol: "tank" },
});

const preset = (id: string) => presets.presets.find((p) => p.id === id) as (typeof presets.presets)[0];
function seat(doc: Document, line: string, id: string, at: { x: number; y: number }) {
  const p = preset(id);
  const through = ["w", "e"].map((n) => p.points.find((q) => q.name === n)) as [Point, Point];
  return seatOn(main(doc), kinds, line, { w: p.size.width, h: p.size.height }, through, at);
}
function insert(doc: Document, line: string, id: string, at: { x: number; y: number }): string | undefined {
  const found = seat(doc, line, id, at);
  if (!found) return undefined;
  const name = idSource(main(doc))(id);
  const { width, height } = preset(id).size;
  insertInLine(
    doc,
    "main",
    { id: name, type: "symbol", x: 0, y: 0, w: width, h: height, props: { symbol: id } },
    found,
  );
  return name;
}

/** Every end that sticks is at its point. */
function holds(doc: Document): void {
  for (const w of Object.values(main(doc).widgets))
    for (const end of ends) {
      const joint = w[end];
      if (!joint) continue;
      const target = main(doc).widgets[joint.widget];
      expect(target, `${w.id} ${end}`).toBeDefined();
      const seen = seenOn(main(doc), joint.widget) as Seen;
      const at = connectionAt(seen, kinds(target?.type ?? ""), joint.point, target?.props);
      const p = points(doc, w.id);
      const [x, y] = end === "from" ? p : p.slice(-2);
      expect(Math.hypot((at?.x ?? 0) - (x ?? 0), (at?.y ?? 0) - (y ?? 0)), `${w.id} ${end}`).toBeLessThan(0.4);
    }
}

const joined = () =>
  drawing(
    tank("a", 100, 100),
    tank("b", 600, 300),
    pipe([188, 140, 400, 140, 400, 340, 608, 340], {
      from: { widget: "a", point: "e" },
      to: { widget: "b", point: "w" },
      props: {
        points: boxed([188, 140, 400, 140, 400, 340, 608, 340], 2).fractions,
        arrow: "both",
        flow: { tag: "f" },
      },
    }),
  );

describe("something put into a line", () => {
  test("parts it in two that hold on to it, in one step", () => {
    const doc = joined();
    const before = json(doc);
    const id = insert(doc, "pipe1", "valve", { x: 300, y: 138 }) as string;
    const w = main(doc).widgets;
    expect(points(doc, "pipe1")).toEqual([188, 140, 276, 140]);
    expect(points(doc, "pipe2")).toEqual([324, 140, 400, 140, 400, 340, 608, 340]);
    expect(w.pipe1?.to).toEqual({ widget: id, point: "w" });
    expect(w.pipe2?.from).toEqual({ widget: id, point: "e" });
    expect([w.pipe1?.from?.widget, w.pipe2?.to?.widget]).toEqual(["a", "b"]);
    expect([w.pipe1?.props?.arrow, w.pipe2?.props?.arrow]).toEqual(["start", "end"]);
    expect(w.pipe2?.props?.flow).toEqual({ tag: "f" });
    expect(main(doc).order).toEqual(["a", "b", "pipe1", "pipe2", id]);
    holds(doc);
    const after = json(doc);
    doc.undo();
    expect(json(doc)).toBe(before);
    expect(doc.undoStep).toBeUndefined();
    doc.redo();
    expect(json(doc)).toBe(after);
  });

  test.each([
    ["down", { x: 404, y: 230 }, 90, undefined],
    ["to the right", { x: 500, y: 330 }, undefined, undefined],
  ])("is turned along it: %s", (_, at, rotate, flip) => {
    const doc = joined();
    const id = insert(doc, "pipe1", "valve-check", at) as string;
    const w = main(doc).widgets[id];
    expect([w?.rotate, w?.flip]).toEqual([rotate, flip]);
    holds(doc);
  });

  test("is mirrored, not turned over, in a line that goes to the left, and what is above stays above", () => {
    const doc = drawing(pipe([500, 200, 100, 200]));
    const id = insert(doc, "pipe1", "valve-control", { x: 300, y: 200 }) as string;
    const w = main(doc).widgets[id];
    expect([w?.rotate, w?.flip]).toEqual([undefined, "x"]);
    // Its points lie below its middle.
    expect(w?.y).toBeCloseTo(200 - (46 / 64) * 48, 1);
    holds(doc);
  });

  test("goes up and aslant as well", () => {
    for (const line of [
      [100, 500, 100, 100],
      [100, 100, 300, 300],
      [300, 100, 120, 420],
    ]) {
      const doc = drawing(pipe(line));
      const [x0, y0, x1, y1] = line as [number, number, number, number];
      expect(insert(doc, "pipe1", "valve-control", { x: (x0 + x1) / 2, y: (y0 + y1) / 2 })).toBeDefined();
      holds(doc);
    }
  });

  test("does not go where there is no room, into curves, or into what is turned", () => {
    expect(seat(drawing(pipe([100, 100, 150, 100])), "pipe1", "valve", { x: 125, y: 100 })).toBeUndefined();
    expect(
      seat(drawing(pipe([100, 100, 300, 100], { rotate: 45 })), "pipe1", "valve", { x: 200, y: 100 }),
    ).toBeUndefined();
    expect(seat(joined(), "a", "valve", { x: 120, y: 120 })).toBeUndefined();
    expect(seat(joined(), "nothing", "valve", { x: 120, y: 120 })).toBeUndefined();
  });

  test("stays within the line at its ends", () => {
    const doc = drawing(pipe([100, 100, 300, 100]));
    insert(doc, "pipe1", "valve", { x: 90, y: 100 });
    expect(points(doc, "pipe1")).toEqual([100, 100, 104, 100]);
  });

  test("is in the group that the line is in", () => {
    const doc = joined();
    groupWidgets(doc, "main", ["a", "pipe1"]);
    const group = main(doc).widgets.pipe1?.parent;
    const before = json(doc);
    const id = insert(doc, "pipe1", "valve-control", { x: 300, y: 140 }) as string;
    expect(main(doc).widgets[id]?.parent).toBe(group);
    expect(structureOf(main(doc)).boxes.get(id)).toMatchObject({ x: 276, w: 48 });
    holds(doc);
    doc.undo();
    expect(json(doc)).toBe(before);
  });
});

describe("another preset", () => {
  test("keeps bindings, place and the ends that it has points for", () => {
    const doc = joined();
    const id = insert(doc, "pipe1", "valve", { x: 300, y: 140 }) as string;
    const before = json(doc);
    setPreset(doc, "main", [id], "valve-motor");
    const w = main(doc).widgets;
    expect(w[id]).toMatchObject({ w: 48, h: 48, props: { symbol: "valve-motor" } });
    expect(w.pipe1?.to).toEqual({ widget: id, point: "w" });
    holds(doc);
    setPreset(doc, "main", [id], "valve-angle");
    expect(w.pipe2?.from).toBeDefined();
    expect(main(doc).widgets.pipe2?.from).toBeUndefined();
    doc.undo();
    doc.undo();
    expect(json(doc)).toBe(before);
  });

  test("gets its proportions about its middle", () => {
    const doc = drawing({ ...tank("a", 100, 100), w: 48, h: 48, props: { symbol: "tank", level: { tag: "l" } } });
    setPreset(doc, "main", ["a"], "conveyor-belt");
    expect(main(doc).widgets.a).toMatchObject({
      x: 92,
      y: 112,
      w: 64,
      h: 24,
      props: { symbol: "conveyor-belt", level: { tag: "l" } },
    });
    setPreset(doc, "main", ["a"], "no such thing");
    expect(main(doc).widgets.a?.props?.symbol).toBe("conveyor-belt");
  });
});

/** mulberry32. */
function generator(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test.each(Array.from({ length: 20 }, (_, i) => i + 1))(
  "any number of symbols in any lines keep their ends, and undo takes all back (seed %i)",
  (seed) => {
    const random = generator(seed);
    const n = (max: number) => Math.floor(random() * max);
    const doc = joined();
    const first = json(doc);
    const inlines = presets.presets.filter((p) => p.inline).map((p) => p.id);
    for (let step = 0; step < 40; step++) {
      const all = Object.values(main(doc).widgets);
      const some = all[n(all.length)] as Widget;
      const line = all.filter((w) => w.type === "pipe")[n(3)];
      const p = line ? points(doc, line.id) : [];
      const at = { x: (p[0] ?? 0) + n(300) - 20, y: (p[1] ?? 0) + n(60) - 30 };
      const act = n(8);
      if (act < 4 && line) insert(doc, line.id, inlines[n(inlines.length)] as string, at);
      else if (act === 4) setPreset(doc, "main", [some.id], presets.presets[n(presets.presets.length)]?.id as string);
      else if (act === 5) rotateWidgets(doc, "main", [some.id], [90, 45, 180][n(3)] as number);
      else if (act === 6 && all.length > 6) removeWidgets(doc, "main", [some.id]);
      else if (act === 7) doc.undo();
      holds(doc);
    }
    while (doc.redo());
    const last = json(doc);
    while (doc.undo());
    expect(json(doc)).toBe(first);
    while (doc.redo());
    expect(json(doc)).toBe(last);
  },
);
