import type { App, Manifest, Widget } from "@lineside/client";
import { describe, expect, test } from "vitest";
import { generator } from "../../../test/random";
import {
  addScreen,
  addWidgets,
  align,
  ancestors,
  type Box,
  canonical,
  copy,
  copyBindings,
  copyStyle,
  Document,
  distribute,
  duplicateScreen,
  duplicateWidgets,
  equalSize,
  flipWidgets,
  fromApp,
  groupWidgets,
  idSource,
  isPlainGroup,
  moveInTree,
  moveScreen,
  paste,
  pasteOnto,
  placeWidgets,
  removeScreen,
  removeWidgets,
  renameWidget,
  reorderWidgets,
  replaceApp,
  rotateWidgets,
  type ScreenRecord,
  setActions,
  setAngle,
  setApp,
  setFlag,
  setProps,
  setScreen,
  structureOf,
  tidy,
  toApp,
  topmost,
  ungroupWidgets,
} from ".";

function app(): App {
  return {
    format: 2,
    id: "com.example.boiler",
    version: "1.0.0",
    name: { en: "Boiler", zh: "锅炉" },
    screens: [
      {
        id: "main",
        name: { en: "Main" },
        width: 1280,
        height: 720,
        widgets: [
          { id: "g1", type: "group", x: 100, y: 100, w: 210, h: 80 },
          {
            id: "a",
            type: "value",
            parent: "g1",
            x: 0,
            y: 0,
            w: 100,
            h: 40,
            props: { value: { tag: "area/a" }, decimals: 1 },
          },
          { id: "b", type: "value", parent: "g1", x: 110, y: 40, w: 100, h: 40 },
          { id: "c", type: "button", x: 400, y: 300, w: 120, h: 40, on: { click: [{ do: "open", screen: "two" }] } },
        ],
      },
      {
        id: "two",
        name: { en: "Two" },
        width: 800,
        height: 600,
        widgets: [{ id: "a", type: "gauge", x: 8, y: 8, w: 100, h: 100 }],
      },
    ],
  };
}

/** Manifests of what the random commands put on screens. */
const kinds: ReadonlyMap<string, Manifest> = new Map(
  ["value", "gauge", "button", "group"].map((id) => [
    id,
    {
      id,
      drop: "value",
      settings: [
        { name: "value", kind: "any", title: {}, group: "data", bind: true },
        { name: "unit", kind: "string", title: {}, group: "look" },
        { name: "text", kind: "string", title: {}, group: "look" },
      ],
      events: [{ name: "click", title: {} }],
    } as unknown as Manifest,
  ]),
);

const json = (doc: Document) => JSON.stringify(toApp(doc.state));

/** Nothing hangs in the air: order and widgets name the same, every parent is there, and no group is in itself. */
function sound(doc: Document): void {
  const { order, screens, app } = doc.state;
  expect([...order].sort()).toEqual(Object.keys(screens).sort());
  expect(app.start === undefined || app.start in screens).toBe(true);
  for (const s of Object.values(screens)) {
    expect([...s.order].sort()).toEqual(Object.keys(s.widgets).sort());
    expect(structureOf(s).drawn.length).toBe(s.order.length);
    for (const [id, w] of Object.entries(s.widgets)) {
      expect(w.id).toBe(id);
      if (w.parent !== undefined) expect(s.widgets[w.parent]).toBeDefined();
      expect([w.x, w.y, w.w, w.h].every(Number.isFinite)).toBe(true);
      expect(ancestors(s, id)).not.toContain(id);
      const { rotate = 0 } = w;
      expect(rotate >= 0 && rotate < 360 && (rotate === 0 ? !("rotate" in w) : true), `${id} ${rotate}`).toBe(true);
      if (isPlainGroup(w)) expect(structureOf(s).children.get(id)?.length).toBeGreaterThan(0);
    }
  }
}

/** One random command of an engineer. */
function act(doc: Document, random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const n = (max: number) => Math.floor(random() * max);
  const screenId = pick(doc.state.order);
  const screen = doc.state.screens[screenId] as ScreenRecord;
  const some = () => screen.order.filter(() => random() < 0.3);
  const commands: Record<string, () => void> = {
    add: () => {
      const fresh = idSource(screen);
      const widgets: Widget[] = Array.from({ length: 1 + n(3) }, () => ({
        id: fresh("value"),
        type: "value",
        x: n(1000),
        y: n(700),
        w: 10 + n(200),
        h: 10 + n(100),
      }));
      addWidgets(doc, screenId, widgets);
    },
    remove: () => removeWidgets(doc, screenId, some().slice(0, 2)),
    move: () =>
      placeWidgets(
        doc,
        screenId,
        new Map(some().map((id) => [id, { x: n(1000), y: n(700), w: 1 + n(300), h: 1 + n(300) }])),
      ),
    nudge: () => {
      const boxes = structureOf(screen).boxes;
      placeWidgets(
        doc,
        screenId,
        new Map(some().map((id) => [id, { ...(boxes.get(id) as never as { x: number }), x: n(50) } as never])),
        "design:step.move",
        "nudge",
      );
    },
    group: () => groupWidgets(doc, screenId, some()),
    ungroup: () => ungroupWidgets(doc, screenId, some()),
    order: () => reorderWidgets(doc, screenId, some(), pick(["front", "back", "forward", "backward"] as const)),
    tree: () =>
      moveInTree(
        doc,
        screenId,
        some().slice(0, 2),
        random() < 0.5 ? "" : (screen.order.find((id) => screen.widgets[id]?.type === "group") ?? ""),
        pick([undefined, ...screen.order]),
      ),
    prop: () =>
      setProps(doc, screenId, some(), {
        [pick(["value", "unit", "text"])]: pick([1, "x", true, { tag: "a/b" }, { expr: "1+1" }, undefined]),
      }),
    action: () =>
      setActions(
        doc,
        screenId,
        some(),
        "click",
        pick([[], [{ do: "toggle", tag: "a/b" }], [{ do: "write", tag: "a/c", value: { expr: "1" } }]]),
      ),
    flag: () => setFlag(doc, screenId, some(), pick(["locked", "hidden"]), random() < 0.5),
    rename: () => screen.order.length > 0 && renameWidget(doc, screenId, pick(screen.order), pick(["", "Pump", "泵"])),
    align: () => {
      const { boxes } = structureOf(screen);
      const chosen = new Map(some().map((id) => [id, boxes.get(id) as never]));
      placeWidgets(
        doc,
        screenId,
        random() < 0.5
          ? align(chosen, pick(["left", "center", "right", "top", "middle", "bottom"]))
          : distribute(chosen, pick(["x", "y"])),
      );
    },
    rotate: () => rotateWidgets(doc, screenId, some(), pick([90, -90, 15, 33, 180])),
    angle: () => setAngle(doc, screenId, some(), pick([0, 45, 270, 12.5])),
    flip: () => flipWidgets(doc, screenId, some(), pick(["x", "y"])),
    panel: () =>
      setProps(doc, screenId, screen.order.filter((id) => screen.widgets[id]?.type === "group").slice(0, 1), {
        border: pick([true, undefined]),
      }),
    sizes: () => {
      const { boxes, turns, extents } = structureOf(screen);
      const ids = topmost(screen, some());
      placeWidgets(
        doc,
        screenId,
        random() < 0.5
          ? equalSize(
              new Map(ids.map((id) => [id, boxes.get(id) as Box])),
              pick(["w", "h", "both"]),
              (id) => turns.get(id)?.angle ?? 0,
            )
          : tidy(new Map(ids.map((id) => [id, extents.get(id) as Box]))),
      );
    },
    style: () => {
      const from = screen.widgets[pick(screen.order) ?? ""];
      const manifest = from && kinds.get(from.type);
      if (from && manifest) pasteOnto(doc, screenId, some(), copyStyle(from, manifest), kinds);
    },
    bindings: () => {
      const from = screen.widgets[pick(screen.order) ?? ""];
      if (from) pasteOnto(doc, screenId, some(), copyBindings(from), kinds);
    },
    duplicate: () => duplicateWidgets(doc, screenId, some().slice(0, 3), n(40), n(40)),
    paste: () => paste(doc, pick(doc.state.order), copy(screen, some().slice(0, 4)), n(40), n(40)),
    screen: () => addScreen(doc, { en: `S${n(99)}` }, { width: 800, height: 600 }),
    copyScreen: () => doc.state.order.length < 6 && duplicateScreen(doc, screenId, { en: "Copy" }),
    removeScreen: () => removeScreen(doc, screenId),
    moveScreen: () => moveScreen(doc, screenId, n(doc.state.order.length)),
    setScreen: () => setScreen(doc, screenId, { width: 100 + n(900), ground: pick([undefined, "surface"]) }),
    setApp: () => setApp(doc, { start: pick([undefined, ...doc.state.order]) }),
    json: () => {
      const next = structuredClone(toApp(doc.state));
      next.name.en = `Name ${n(9)}`;
      const s = next.screens[0];
      if (s?.widgets[0]) s.widgets[0].x = n(500);
      replaceApp(doc, next);
    },
    aborted: () => {
      const before = json(doc);
      doc.begin("design:step.move");
      placeWidgets(doc, screenId, new Map(some().map((id) => [id, { x: 1, y: 2, w: 30, h: 40 }])));
      setProps(doc, screenId, some(), { value: n(5) });
      doc.abort();
      expect(json(doc)).toBe(before);
    },
    gesture: () => {
      doc.begin("design:step.move");
      placeWidgets(doc, screenId, new Map(some().map((id) => [id, { x: n(900), y: 2, w: 30, h: 40 }])));
      setProps(doc, screenId, some(), { value: n(5) });
      doc.commit();
    },
    undo: () => doc.undo(),
    redo: () => doc.redo(),
  };
  const name = pick(Object.keys(commands));
  commands[name]?.();
  return name;
}

describe("history", () => {
  test.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    "undo all is the document as it was, redo all as it became (seed %i)",
    (seed) => {
      const random = generator(seed);
      const doc = new Document(fromApp(app()));
      const first = json(doc);
      const log: string[] = [];
      for (let i = 0; i < 120; i++) {
        log.push(act(doc, random));
        sound(doc);
      }
      while (doc.redo());
      const last = json(doc);
      let steps = 0;
      while (doc.undo()) steps++;
      expect(json(doc), log.join(" ")).toBe(first);
      let again = 0;
      while (doc.redo()) again++;
      expect(json(doc), log.join(" ")).toBe(last);
      expect(again).toBe(steps);
      while (doc.undo());
      expect(json(doc)).toBe(first);
    },
  );

  test("a change of one property is one patch to one record", () => {
    const doc = new Document(fromApp(app()));
    const patches = () => doc.undoStep?.patches.map((p) => [p.op, p.path.join("/"), p.value]);
    setProps(doc, "main", ["a"], { decimals: 3 });
    expect(patches()).toEqual([["replace", "screens/main/widgets/a/props/decimals", 3]]);
    placeWidgets(doc, "main", new Map([["c", { x: 401, y: 300, w: 120, h: 40 }]]));
    expect(patches()).toEqual([["replace", "screens/main/widgets/c/x", 401]]);
    setProps(doc, "main", ["a"], { value: { expr: 'tag("a") + 1' } });
    expect(patches()).toEqual([["replace", "screens/main/widgets/a/props/value", { expr: 'tag("a") + 1' }]]);
    const next = structuredClone(toApp(doc.state));
    (next.screens[1] as { width: number }).width = 801;
    replaceApp(doc, next);
    expect(patches()).toEqual([["replace", "screens/two/screen/width", 801]]);
  });

  test("one change of a rotation, a flip or a style is one patch", () => {
    const doc = new Document(fromApp(app()));
    const patches = () => doc.undoStep?.patches.map((p) => [p.op, p.path.join("/"), p.value]);
    rotateWidgets(doc, "main", ["c"], 90);
    expect(patches()).toEqual([["add", "screens/main/widgets/c/rotate", 90]]);
    setAngle(doc, "main", ["c"], 0);
    expect(patches()).toEqual([["remove", "screens/main/widgets/c/rotate", undefined]]);
    flipWidgets(doc, "main", ["c"], "x");
    expect(patches()).toEqual([["add", "screens/main/widgets/c/flip", "x"]]);
    setProps(doc, "main", ["b"], { unit: "bar" });
    const b = doc.state.screens.main?.widgets.b as Widget;
    pasteOnto(doc, "main", ["a"], copyStyle(b, kinds.get("value") as Manifest), kinds);
    expect(patches()).toEqual([["add", "screens/main/widgets/a/props/unit", "bar"]]);
  });

  test("what changes nothing is no step", () => {
    const doc = new Document(fromApp(app()));
    setProps(doc, "main", ["a"], { decimals: 1 });
    setFlag(doc, "main", ["a"], "locked", false);
    placeWidgets(doc, "main", new Map([["c", { x: 400, y: 300, w: 120, h: 40 }]]));
    replaceApp(doc, app());
    expect(doc.undoStep).toBeUndefined();
    expect(doc.version).toBe(0);
  });

  test("nudges that follow each other are one step, until something else happens", () => {
    const doc = new Document(fromApp(app()));
    const nudge = (x: number) =>
      placeWidgets(doc, "main", new Map([["c", { x, y: 300, w: 120, h: 40 }]]), "design:step.move", "nudge");
    nudge(401);
    nudge(402);
    doc.mark();
    nudge(403);
    doc.undo();
    expect(doc.state.screens.main?.widgets.c?.x).toBe(402);
    doc.undo();
    expect(doc.state.screens.main?.widgets.c?.x).toBe(400);
  });

  test("undo says where the editor was", () => {
    const doc = new Document(fromApp(app()));
    let place = "main";
    doc.place = () => place;
    setProps(doc, "main", ["a"], { decimals: 3 });
    place = "two";
    const seen: unknown[] = [];
    doc.subscribe((e) => seen.push([e.cause, e.place]));
    doc.undo();
    doc.redo();
    expect(seen).toEqual([
      ["undo", "main"],
      ["redo", "main"],
    ]);
  });
});

describe("widgets", () => {
  test("a group closes around what is in it, and what is in it grows with it", () => {
    const doc = new Document(fromApp(app()));
    placeWidgets(doc, "main", new Map([["a", { x: 50, y: 60, w: 100, h: 40 }]]));
    expect(structureOf(doc.state.screens.main as ScreenRecord).boxes.get("g1")).toEqual({
      x: 50,
      y: 60,
      w: 260,
      h: 120,
    });
    expect(structureOf(doc.state.screens.main as ScreenRecord).boxes.get("b")).toEqual({
      x: 210,
      y: 140,
      w: 100,
      h: 40,
    });
    placeWidgets(doc, "main", new Map([["g1", { x: 0, y: 0, w: 520, h: 240 }]]));
    expect(structureOf(doc.state.screens.main as ScreenRecord).boxes.get("b")).toEqual({
      x: 320,
      y: 160,
      w: 200,
      h: 80,
    });
  });

  test("grouping and ungrouping leave everything where it is seen", () => {
    const doc = new Document(fromApp(app()));
    const before = structureOf(doc.state.screens.main as ScreenRecord).boxes;
    const id = groupWidgets(doc, "main", ["g1", "c"]) as string;
    expect(structureOf(doc.state.screens.main as ScreenRecord).children.get(id)).toEqual(["g1", "c"]);
    for (const [w, b] of before) expect(structureOf(doc.state.screens.main as ScreenRecord).boxes.get(w), w).toEqual(b);
    expect(ungroupWidgets(doc, "main", [id])).toEqual(["g1", "c"]);
    for (const [w, b] of before) expect(structureOf(doc.state.screens.main as ScreenRecord).boxes.get(w), w).toEqual(b);
  });

  test("a group with a border is a panel: it keeps its size and stays when it is empty", () => {
    const doc = new Document(fromApp(app()));
    setProps(doc, "main", ["g1"], { border: true });
    placeWidgets(doc, "main", new Map([["a", { x: 130, y: 120, w: 20, h: 20 }]]));
    expect(structureOf(doc.state.screens.main as ScreenRecord).boxes.get("g1")).toEqual({
      x: 100,
      y: 100,
      w: 210,
      h: 80,
    });
    removeWidgets(doc, "main", ["a", "b"]);
    expect(doc.state.screens.main?.order).toEqual(["g1", "c"]);
  });

  test("only what has one parent can be grouped", () => {
    const doc = new Document(fromApp(app()));
    expect(groupWidgets(doc, "main", ["a", "c"])).toBeUndefined();
  });

  test("order among siblings", () => {
    const doc = new Document(
      fromApp({
        ...app(),
        screens: [
          {
            id: "s",
            name: {},
            width: 100,
            height: 100,
            widgets: ["a", "b", "c", "d"].map((id) => ({ id, type: "value", x: 0, y: 0, w: 1, h: 1 })),
          },
        ],
      }),
    );
    const order = () => doc.state.screens.s?.order.join("");
    reorderWidgets(doc, "s", ["a", "b"], "forward");
    expect(order()).toBe("cabd");
    reorderWidgets(doc, "s", ["d"], "backward");
    expect(order()).toBe("cadb");
    reorderWidgets(doc, "s", ["c"], "front");
    expect(order()).toBe("adbc");
    reorderWidgets(doc, "s", ["b", "c"], "back");
    expect(order()).toBe("bcad");
  });

  test("a paste never takes an id that is there", () => {
    const doc = new Document(fromApp(app()));
    const clip = copy(doc.state.screens.main as ScreenRecord, ["g1"]);
    const ids = paste(doc, "main", clip, 10, 20);
    expect(ids).toHaveLength(1);
    const boxes = structureOf(doc.state.screens.main as ScreenRecord).boxes;
    expect(boxes.get(ids[0] as string)).toEqual({ x: 110, y: 120, w: 210, h: 80 });
    expect(paste(doc, "two", clip, 0, 0)).toHaveLength(1);
    sound(doc);
  });
});

describe("form", () => {
  test("the text of a document does not depend on the order of its keys", () => {
    expect(JSON.stringify(canonical({ b: 1, id: "x", a: { z: 1, y: 2 } }))).toBe('{"id":"x","a":{"y":2,"z":1},"b":1}');
  });

  test("ids that stand twice are told apart, nothing is lost", () => {
    const doubled = app();
    doubled.screens[1]?.widgets.push({ id: "a", type: "lamp", x: 1, y: 1, w: 1, h: 1 });
    const state = fromApp(doubled);
    expect(state.screens.two?.order).toEqual(["a", "a1"]);
    expect(state.screens.two?.widgets.a1).toMatchObject({ id: "a1", type: "lamp" });
  });

  test("uses names the types that are used, by their versions", () => {
    expect(toApp(fromApp(app()), { value: 2, gauge: 1, button: 1, group: 1, lamp: 9 }).uses).toEqual({
      button: 1,
      gauge: 1,
      group: 1,
      value: 2,
    });
  });
});
