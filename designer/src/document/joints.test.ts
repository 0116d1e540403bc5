import type { App, Widget } from "@lineside/client";
import { manifests } from "@lineside/widgets";
import { describe, expect, test } from "vitest";
import { generator } from "../../../test/random";
import {
  addWidgets,
  boxed,
  connectionAt,
  copy,
  Document,
  ends,
  flipWidgets,
  following,
  fromApp,
  groupWidgets,
  idSource,
  isSquare,
  level,
  paste,
  placeWidgets,
  pointsOf,
  removeWidgets,
  replaceApp,
  rotateWidgets,
  type Seen,
  seenOn,
  setProps,
  straightened,
  structureOf,
  toApp,
  ungroupWidgets,
  withEnd,
} from ".";

const kinds = (type: string) => manifests[type];

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

const pump: Widget = { id: "pump", type: "lamp", x: 100, y: 100, w: 40, h: 40 };
const tank: Widget = { id: "tank", type: "rectangle", x: 300, y: 100, w: 80, h: 200 };
const pipe = (points: number[], more: Partial<Widget> = {}): Widget => {
  const { box, fractions } = boxed(points, 2);
  return { id: "pipe", type: "pipe", ...box, props: { points: fractions }, ...more };
};
const joined = pipe([140, 120, 220, 120, 220, 200, 300, 200], {
  from: { widget: "pump", point: "e" },
  to: { widget: "tank", point: "w" },
});

const widgets = (doc: Document) => doc.state.screens.main?.widgets ?? {};
const json = (doc: Document) => JSON.stringify(toApp(doc.state));
function seen(doc: Document, id = "pipe"): number[] {
  const screen = doc.state.screens.main as never;
  const w = widgets(doc)[id] as Widget;
  return pointsOf(w, seenOn(screen, id) as Seen, kinds(w.type)).map((v) => Math.round(v));
}
const move = (doc: Document, id: string, x: number, y: number) => {
  const b = structureOf(doc.state.screens.main as never).boxes.get(id);
  placeWidgets(doc, "main", new Map([[id, { ...(b as { w: number; h: number }), x, y } as never]]));
};

/** Every end that sticks is at its point, within what rounding takes, and holds on to something that is there. */
function holds(doc: Document, log = ""): void {
  for (const screen of Object.values(doc.state.screens)) {
    for (const w of Object.values(screen.widgets)) {
      const points = w.from || w.to ? pointsOf(w, seenOn(screen, w.id) as Seen, kinds(w.type)) : [];
      for (const end of ends) {
        const joint = w[end];
        if (!joint) continue;
        const target = screen.widgets[joint.widget];
        expect(target, `${log}: ${w.id} holds on to nothing`).toBeDefined();
        const at = connectionAt(seenOn(screen, joint.widget) as Seen, kinds(target?.type ?? ""), joint.point);
        expect(at, log).toBeDefined();
        const i = end === "from" ? 0 : points.length - 2;
        expect(Math.abs((at?.x ?? 0) - (points[i] as number)), `${log}: ${w.id} ${end}`).toBeLessThan(0.2);
        expect(Math.abs((at?.y ?? 0) - (points[i + 1] as number)), `${log}: ${w.id} ${end}`).toBeLessThan(0.2);
      }
    }
  }
}

describe("ends of lines", () => {
  test.each<[string, (doc: Document) => void, number[]]>([
    ["moved", (d) => move(d, "pump", 100, 50), [140, 70, 220, 70, 220, 200, 300, 200]],
    ["moved along", (d) => move(d, "pump", 60, 100), [100, 120, 220, 120, 220, 200, 300, 200]],
    ["the other moved", (d) => move(d, "tank", 320, 200), [140, 120, 220, 120, 220, 300, 320, 300]],
    [
      "sized",
      (d) => placeWidgets(d, "main", new Map([["tank", { x: 300, y: 100, w: 80, h: 100 }]])),
      [140, 120, 220, 120, 220, 150, 300, 150],
    ],
    ["turned", (d) => rotateWidgets(d, "main", ["pump"], 90), [120, 140, 220, 140, 220, 200, 300, 200]],
    [
      "turned with its group",
      (d) => {
        d.change("x", (a) => {
          const w = a.screens.main?.widgets;
          if (!w?.pump) return;
          w.frame = { id: "frame", type: "group", x: 90, y: 90, w: 60, h: 60, rotate: 90, props: { border: true } };
          w.pump.parent = "frame";
          w.pump.x = 10;
          w.pump.y = 10;
          if (a.screens.main) a.screens.main.order = ["frame", ...a.screens.main.order];
        });
      },
      [120, 140, 220, 140, 220, 200, 300, 200],
    ],
    ["mirrored", (d) => flipWidgets(d, "main", ["pump"], "x"), [100, 120, 220, 120, 220, 200, 300, 200]],
    ["the corner beside is straightened away", (d) => move(d, "pump", 100, 180), [140, 200, 300, 200]],
  ])("follow what is %s, in one step", (_, act, points) => {
    const doc = drawing(pump, tank, joined);
    const before = json(doc);
    act(doc);
    expect(seen(doc)).toEqual(points);
    holds(doc);
    const after = json(doc);
    doc.undo();
    expect(json(doc)).toBe(before);
    doc.redo();
    expect(json(doc)).toBe(after);
    doc.undo();
    expect(doc.undoStep).toBeUndefined();
  });

  test("a straight pipe gets two corners when its end goes aside, and loses them again", () => {
    const doc = drawing(
      pump,
      { ...tank, y: 20 },
      pipe([140, 120, 300, 120], { from: { widget: "pump", point: "e" }, to: { widget: "tank", point: "w" } }),
    );
    move(doc, "pump", 100, 140);
    expect(seen(doc)).toEqual([140, 160, 220, 160, 220, 120, 300, 120]);
    move(doc, "pump", 100, 100);
    expect(seen(doc)).toEqual([140, 120, 300, 120]);
    holds(doc);
  });

  test("a line that is dragged away alone lets go, with its ends it does not", () => {
    const doc = drawing(pump, tank, joined);
    placeWidgets(doc, "main", new Map([["pipe", { x: 500, y: 500, w: 160, h: 80 }]]));
    expect([widgets(doc).pipe?.from, widgets(doc).pipe?.to]).toEqual([undefined, undefined]);
    doc.undo();
    expect(widgets(doc).pipe?.from).toEqual({ widget: "pump", point: "e" });
    const { boxes } = structureOf(doc.state.screens.main as never);
    placeWidgets(doc, "main", new Map([...boxes].map(([id, b]) => [id, { ...b, x: b.x + 30, y: b.y + 10 }])));
    expect(widgets(doc).pipe?.to).toEqual({ widget: "tank", point: "w" });
    expect(seen(doc)).toEqual([170, 130, 250, 130, 250, 210, 330, 210]);
    // With one of the two, the other end stays where it holds.
    doc.undo();
    const b = structureOf(doc.state.screens.main as never).boxes;
    const to = (id: string, dx: number) => [
      id,
      { ...(b.get(id) as never as { x: number }), x: (b.get(id)?.x ?? 0) + dx },
    ];
    placeWidgets(doc, "main", new Map([to("pipe", -20), to("pump", -20)] as never));
    expect(seen(doc)).toEqual([120, 120, 200, 120, 200, 200, 300, 200]);
    holds(doc);
  });

  test("what is deleted is let go of in the same step", () => {
    const doc = drawing(pump, tank, joined);
    removeWidgets(doc, "main", ["tank"]);
    expect(widgets(doc).pipe?.to).toBeUndefined();
    expect(widgets(doc).pipe?.from).toBeDefined();
    doc.undo();
    expect(widgets(doc).pipe?.to).toBeDefined();
  });

  test("copies of both hold on to each other, a copy of one to nothing", () => {
    const doc = drawing(pump, tank, joined);
    const screen = doc.state.screens.main as never;
    const [copyOfPump, , copyOfPipe] = paste(doc, "main", copy(screen, ["pump", "tank", "pipe"]), 16, 16);
    expect(widgets(doc)[copyOfPipe as string]?.from).toEqual({ widget: copyOfPump, point: "e" });
    const [lone] = paste(doc, "main", copy(screen, ["pipe"]), 40, 40);
    expect(widgets(doc)[lone as string]?.from).toBeUndefined();
    holds(doc);
  });

  test("a point or widget that is gone from the document is let go of", () => {
    const doc = drawing(pump, tank, joined);
    const app = structuredClone(toApp(doc.state));
    const to = app.screens[0]?.widgets.find((w) => w.id === "pipe")?.to;
    if (to) to.point = "nowhere";
    replaceApp(doc, app);
    expect(widgets(doc).pipe?.to).toBeUndefined();
  });

  test("lines are shown to follow while something is dragged, without a change", () => {
    const doc = drawing(pump, tank, joined);
    const shown = following(widgets(doc), new Map([["pump", { ...pump, y: 50 }]]), kinds);
    const w = shown.get("pipe") as Widget;
    expect(pointsOf(w, { box: w, turn: level }, kinds("pipe")).map(Math.round)).toEqual([
      140, 70, 220, 70, 220, 200, 300, 200,
    ]);
    expect(following(widgets(doc), new Map([["pipe", { ...joined, x: 0 }]]), kinds).size).toBe(0);
  });

  test("a change elsewhere is one patch still", () => {
    const doc = drawing(pump, tank, joined);
    setProps(doc, "main", ["tank"], { radius: 4 });
    expect(doc.undoStep?.patches.length).toBe(1);
  });
});

describe("points", () => {
  test.each([
    ["nothing to do", [0, 0, 10, 0, 10, 10], [0, 0, 10, 0, 10, 10]],
    ["a point on a line", [0, 0, 5, 0, 10, 0, 10, 10], [0, 0, 10, 0, 10, 10]],
    ["a point twice", [0, 0, 10, 0, 10, 0, 10, 10], [0, 0, 10, 0, 10, 10]],
    ["an end twice", [0, 0, 10, 0, 10, 10, 10, 10], [0, 0, 10, 0, 10, 10]],
    ["a way there and back", [0, 0, 10, 0, 5, 0], [0, 0, 5, 0]],
    ["no length at all", [3, 3, 3, 3], [3, 3, 3, 3]],
  ])("straightened: %s", (_, points, out) => {
    expect(straightened(points)).toEqual(out);
  });

  test("handles of a curve go with its end", () => {
    const curve = [0, 0, 0, 0, 5, 0, 10, 10, 5, 10, 10, 10];
    expect(withEnd(curve, 6, "to", { x: 20, y: 30 }, false)).toEqual([0, 0, 0, 0, 5, 0, 20, 30, 15, 30, 20, 30]);
  });

  test("a level line is a pixel high, and its points are exact", () => {
    expect(boxed([10, 20, 110, 20], 2)).toEqual({ box: { x: 10, y: 20, w: 100, h: 1 }, fractions: [0, 0, 1, 0] });
  });
});

describe("any sequence", () => {
  test.each(Array.from({ length: 30 }, (_, i) => i + 1))(
    "keeps ends where they stick, and undo takes all back (seed %i)",
    (seed) => {
      const random = generator(seed);
      const n = (max: number) => Math.floor(random() * max);
      const pick = <T>(list: readonly T[]): T => list[n(list.length)] as T;
      const doc = drawing(pump, tank, joined, { id: "third", type: "ellipse", x: 500, y: 300, w: 90, h: 60 });
      const first = json(doc);
      const log: string[] = [];
      for (let step = 0; step < 80; step++) {
        const screen = doc.state.screens.main as never as { widgets: Record<string, Widget>; order: string[] };
        const ids = Object.keys(screen.widgets);
        const some = () => ids.filter(() => random() < 0.4);
        const { boxes } = structureOf(screen as never);
        const acts: Record<string, () => void> = {
          move: () => {
            const [dx, dy] = [n(200) - 100, n(200) - 100];
            placeWidgets(
              doc,
              "main",
              new Map(
                some().map((id) => [
                  id,
                  {
                    ...(boxes.get(id) as never as { x: number; y: number }),
                    x: (boxes.get(id)?.x ?? 0) + dx,
                    y: (boxes.get(id)?.y ?? 0) + dy,
                  } as never,
                ]),
              ),
            );
          },
          size: () =>
            placeWidgets(
              doc,
              "main",
              new Map(some().map((id) => [id, { x: n(900), y: n(700), w: 1 + n(300), h: 1 + n(300) }])),
            ),
          turn: () => rotateWidgets(doc, "main", some(), pick([15, 90, 180, 33.3])),
          flip: () => flipWidgets(doc, "main", some(), pick(["x", "y"])),
          group: () => groupWidgets(doc, "main", some()),
          ungroup: () => ungroupWidgets(doc, "main", some()),
          remove: () => ids.length > 4 && removeWidgets(doc, "main", some().slice(0, 1)),
          paste: () => ids.length < 20 && paste(doc, "main", copy(screen as never, some()), n(60), n(60)),
          pipe: () => {
            const free = ids.filter((id) => !["pipe", "line", "group"].includes(screen.widgets[id]?.type ?? ""));
            const [a, b] = [pick(free), pick(free)];
            if (!a || !b || a === b || ids.length > 20) return;
            const p = connectionAt(seenOn(screen as never, a) as Seen, kinds(screen.widgets[a]?.type ?? ""), "e");
            const q = connectionAt(seenOn(screen as never, b) as Seen, kinds(screen.widgets[b]?.type ?? ""), "n");
            if (!p || !q) return;
            const id = idSource(screen as never)("pipe");
            addWidgets(doc, "main", [
              pipe([p.x, p.y, q.x, p.y, q.x, q.y], {
                id,
                from: { widget: a, point: "e" },
                to: { widget: b, point: "n" },
              }),
            ]);
          },
          undo: () => doc.undo(),
          redo: () => doc.redo(),
        };
        const name = pick(Object.keys(acts));
        log.push(name);
        acts[name]?.();
        holds(doc, log.join(" "));
      }
      while (doc.redo());
      const last = json(doc);
      while (doc.undo());
      expect(json(doc)).toBe(first);
      while (doc.redo());
      expect(json(doc)).toBe(last);
    },
  );

  test("level and upright pipes stay so, whatever moves", () => {
    const random = generator(7);
    const n = (max: number) => Math.floor(random() * max);
    const doc = drawing(pump, tank, joined);
    for (let i = 0; i < 300; i++) {
      move(doc, i % 2 ? "pump" : "tank", n(900), n(700));
      const w = widgets(doc).pipe as Widget;
      expect(isSquare(pointsOf(w, { box: w, turn: level }, kinds("pipe")))).toBe(true);
      holds(doc);
    }
  });
});
