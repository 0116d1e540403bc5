import type { App, Widget } from "@lineside/client";
import { describe, expect, test } from "vitest";
import { generator } from "../../../test/random";
import {
  type AppState,
  addScreen,
  addWidgets,
  ancestors,
  type Clash,
  Document,
  duplicateScreen,
  equalJson,
  fromApp,
  groupWidgets,
  idSource,
  merge,
  moveInTree,
  moveScreen,
  placeWidgets,
  removeScreen,
  removeWidgets,
  reorderWidgets,
  type ScreenRecord,
  setActions,
  setApp,
  setProps,
  setScreen,
  structureOf,
  takeIn,
  toApp,
  ungroupWidgets,
} from ".";

const box = { x: 0, y: 0, w: 10, h: 10 };

function app(): App {
  return {
    format: 2,
    id: "com.example.merge",
    version: "1.0.0",
    name: { en: "Merge", zh: "合并" },
    texts: { start: { en: "Start" }, stop: { en: "Stop" } },
    inputs: [{ id: "source", kind: "tag", type: "float" }],
    navigation: { items: [{ screen: "main" }, { title: { en: "More" }, items: [{ screen: "two" }] }] },
    start: "main",
    screens: [
      {
        id: "main",
        name: { en: "Main" },
        width: 1280,
        height: 720,
        widgets: [
          { id: "g", type: "group", x: 100, y: 100, w: 210, h: 80 },
          { id: "a", type: "value", parent: "g", ...box, props: { value: { tag: "t/a" }, unit: "bar" } },
          { id: "b", type: "value", parent: "g", ...box, x: 110 },
          { id: "c", type: "button", ...box, on: { click: [{ do: "open", screen: "two" }] } },
          { id: "p", type: "pipe", ...box, from: { widget: "c", point: "e" }, to: { widget: "a", point: "w" } },
        ],
      },
      { id: "two", name: { en: "Two" }, width: 800, height: 600, widgets: [{ id: "a", type: "gauge", ...box }] },
    ],
  };
}

const start = () => fromApp(app());

/** The state after somebody has changed it. */
function edited(base: AppState, ...steps: ((doc: Document) => unknown)[]): AppState {
  const doc = new Document(base);
  for (const step of steps) step(doc);
  return doc.state;
}

const prop = (id: string, props: Record<string, never | string | number>) => (doc: Document) =>
  setProps(doc, "main", [id], props);
const add = (w: Partial<Widget> & { id: string }) => (doc: Document) =>
  addWidgets(doc, "main", [{ type: "value", ...box, ...w }]);
const main = (s: AppState) => s.screens.main as ScreenRecord;
const short = (clashes: readonly Clash[]) =>
  clashes.map((c) => [c.kind, c.screen, c.widget, ...c.path].filter(Boolean).join(" "));

describe("what does not clash is merged", () => {
  const base = start();
  test.each<[string, AppState, AppState, (s: AppState) => unknown, unknown]>([
    [
      "two properties of one widget",
      edited(base, prop("a", { unit: "Pa" })),
      edited(base, prop("a", { decimals: 2 })),
      (s) => main(s).widgets.a?.props,
      { value: { tag: "t/a" }, unit: "Pa", decimals: 2 },
    ],
    [
      "two events of one widget",
      edited(base, (d) => setActions(d, "main", ["c"], "double", [{ do: "close" }])),
      edited(base, (d) => setActions(d, "main", ["c"], "click", [{ do: "close" }])),
      (s) => main(s).widgets.c?.on,
      { click: [{ do: "close" }], double: [{ do: "close" }] },
    ],
    [
      "new widgets at different places",
      edited(base, add({ id: "m" }), (d) => reorderWidgets(d, "main", ["m"], "back")),
      edited(base, add({ id: "t" })),
      (s) => main(s).order,
      ["m", "a", "b", "g", "c", "p", "t"],
    ],
    [
      "new widgets of the same name",
      edited(base, add({ id: "value1", x: 1 })),
      edited(base, add({ id: "value1", x: 2 })),
      (s) => ["value1", "value2"].map((id) => main(s).widgets[id]?.x),
      [2, 1],
    ],
    [
      "new screens of the same name",
      edited(base, (d) => addScreen(d, { en: "Mine" }, { width: 100, height: 100 })),
      edited(base, (d) => addScreen(d, { en: "Theirs" }, { width: 100, height: 100 })),
      (s) => s.order.map((id) => s.screens[id]?.screen.name.en),
      ["Main", "Two", "Mine", "Theirs"],
    ],
    [
      "texts by language",
      edited(base, (d) => setApp(d, { texts: { start: { en: "Go" }, stop: { en: "Stop" } } })),
      edited(base, (d) =>
        setApp(d, { texts: { start: { en: "Start", zh: "启动" }, stop: { en: "Stop" }, on: { en: "On" } } }),
      ),
      (s) => s.app.texts,
      { start: { en: "Go", zh: "启动" }, stop: { en: "Stop" }, on: { en: "On" } },
    ],
    [
      "entries of the navigation",
      edited(base, (d) =>
        setApp(d, {
          navigation: {
            items: [
              { screen: "main", icon: "house" },
              { title: { en: "More" }, items: [{ screen: "two" }] },
            ],
          },
        }),
      ),
      edited(base, (d) =>
        setApp(d, {
          navigation: {
            breadcrumbs: true,
            items: [{ screen: "main" }, { title: { en: "More" }, items: [{ screen: "two", icon: "x" }] }],
          },
        }),
      ),
      (s) => s.app.navigation,
      {
        breadcrumbs: true,
        items: [
          { screen: "main", icon: "house" },
          { title: { en: "More" }, items: [{ screen: "two", icon: "x" }] },
        ],
      },
    ],
    [
      "inputs by id",
      edited(base, (d) => setApp(d, { inputs: [{ id: "source", kind: "tag", type: "float", unit: "bar" }] })),
      edited(base, (d) =>
        setApp(d, {
          inputs: [
            { id: "more", kind: "tag", type: "int" },
            { id: "source", kind: "tag", type: "float" },
          ],
        }),
      ),
      (s) => s.app.inputs,
      [
        { id: "more", kind: "tag", type: "int" },
        { id: "source", kind: "tag", type: "float", unit: "bar" },
      ],
    ],
    [
      "one took out what the other left alone",
      edited(base, (d) => removeWidgets(d, "main", ["c"])),
      edited(base, prop("a", { unit: "Pa" })),
      (s) => [main(s).order, main(s).widgets.p?.from, main(s).widgets.a?.props?.unit],
      [["g", "a", "b", "p"], undefined, "Pa"],
    ],
    [
      "what was put into a group that is gone stays where it was seen",
      edited(base, (d) => removeWidgets(d, "main", ["g"])),
      edited(base, add({ id: "n", parent: "g", x: 5, y: 6 })),
      (s) => [main(s).order, main(s).widgets.n],
      [["c", "p", "n"], { id: "n", type: "value", ...box, x: 105, y: 106 }],
    ],
    [
      "each took out the screen that the other left",
      edited(base, (d) => removeScreen(d, "main")),
      edited(base, (d) => removeScreen(d, "two")),
      (s) => s.order,
      ["two"],
    ],
  ])("%s", (_, mine, theirs, look, want) => {
    const { state, clashes } = merge(base, mine, theirs);
    expect(short(clashes)).toEqual([]);
    expect(look(state)).toEqual(want);
    sound(state);
  });

  test("a field that the server leaves out is no change", () => {
    const theirs = edited(base, (d) =>
      d.change("x", (s) => {
        const w = s.screens.main?.widgets.c;
        if (w) Object.assign(w, { hidden: false, name: "", props: {} });
      }),
    );
    const mine = edited(base, (d) =>
      d.change("x", (s) => void Object.assign(s.screens.main?.widgets.c ?? {}, { hidden: true })),
    );
    const { state, clashes } = merge(theirs, mine, base);
    expect(clashes).toEqual([]);
    expect(main(state).widgets.c?.hidden).toBe(true);
  });
});

describe("what clashes is told, and mine holds unless chosen otherwise", () => {
  const base = start();
  test.each<[string, AppState, AppState, string[], (s: AppState) => unknown, unknown, unknown]>([
    [
      "a property",
      edited(base, prop("a", { unit: "Pa" })),
      edited(base, prop("a", { unit: "kPa" })),
      ["value main a props unit"],
      (s) => main(s).widgets.a?.props?.unit,
      "Pa",
      "kPa",
    ],
    [
      "a binding is one thing",
      edited(base, (d) => setProps(d, "main", ["a"], { value: { expr: "1" } as never })),
      edited(base, (d) => setProps(d, "main", ["a"], { value: { tag: "t/b" } as never })),
      ["value main a props value"],
      (s) => main(s).widgets.a?.props?.value,
      { expr: "1" },
      { tag: "t/b" },
    ],
    [
      "taken out and changed",
      edited(base, (d) => removeWidgets(d, "main", ["c"])),
      edited(base, prop("c", { label: "Go" })),
      ["removed main c"],
      (s) => [main(s).widgets.c?.props?.label, main(s).order.includes("c")],
      [undefined, false],
      ["Go", true],
    ],
    [
      "changed and taken out",
      edited(base, prop("c", { label: "Go" })),
      edited(base, (d) => removeWidgets(d, "main", ["c"])),
      ["removed main c"],
      (s) => main(s).widgets.c?.props?.label,
      "Go",
      undefined,
    ],
    [
      "the drawing order",
      edited(base, (d) => reorderWidgets(d, "main", ["c"], "back")),
      edited(base, (d) => reorderWidgets(d, "main", ["p"], "back")),
      ["order main"],
      (s) => main(s).order[0],
      "c",
      "p",
    ],
    [
      "into two groups",
      edited(base, add({ id: "h", type: "group" }), (d) => moveInTree(d, "main", ["c"], "h", undefined)),
      edited(base, (d) => moveInTree(d, "main", ["c"], "g", "a")),
      ["place main c", "order main"],
      (s) => main(s).widgets.c?.parent,
      "h",
      "g",
    ],
    [
      "the name in one language",
      edited(base, (d) => setScreen(d, "two", { name: { en: "Pumps" } })),
      edited(base, (d) => setScreen(d, "two", { name: { en: "Valves", zh: "阀门" } })),
      ["value two name en"],
      (s) => s.screens.two?.screen.name,
      { en: "Pumps", zh: "阀门" },
      { en: "Valves", zh: "阀门" },
    ],
  ])("%s", (_, mine, theirs, want, look, kept, other) => {
    const found = merge(base, mine, theirs);
    expect(short(found.clashes)).toEqual(want);
    expect(look(found.state)).toEqual(kept);
    sound(found.state);
    const chosen = merge(base, mine, theirs, () => "theirs");
    expect(chosen.clashes.map((c) => c.key)).toEqual(found.clashes.map((c) => c.key));
    expect(look(chosen.state)).toEqual(other);
    sound(chosen.state);
  });

  test("groups that each put into the other's", () => {
    const doc = (parent: string, child: string) =>
      edited(two, (d) =>
        d.change("x", (s) => {
          const w = s.screens.main?.widgets[child];
          if (w) w.parent = parent;
        }),
      );
    const two = edited(base, add({ id: "h", type: "group" }), add({ id: "k", parent: "h" }));
    for (const side of ["mine", "theirs"] as const) {
      const { state, clashes } = merge(two, doc("h", "g"), doc("g", "h"), () => side);
      expect(short(clashes)).toEqual(["place main g circle"]);
      sound(state);
      expect([main(state).widgets.g?.parent, main(state).widgets.h?.parent]).toEqual(
        side === "mine" ? ["h", undefined] : [undefined, "g"],
      );
    }
  });
});

/** Nothing hangs in the air. */
function sound({ order, screens, app }: AppState): void {
  expect([...order].sort()).toEqual(Object.keys(screens).sort());
  expect(order.length).toBeGreaterThan(0);
  expect(app.start === undefined || app.start in screens).toBe(true);
  for (const [key, s] of Object.entries(screens)) {
    expect(s.screen.id).toBe(key);
    expect([...s.order].sort()).toEqual(Object.keys(s.widgets).sort());
    expect(structureOf(s).drawn.length).toBe(s.order.length);
    for (const [id, w] of Object.entries(s.widgets)) {
      expect(w.id).toBe(id);
      if (w.parent !== undefined) expect(s.widgets[w.parent]).toBeDefined();
      for (const end of [w.from, w.to]) if (end) expect(s.widgets[end.widget]).toBeDefined();
      expect(ancestors(s, id)).not.toContain(id);
    }
  }
}

/** One random command of an engineer. */
function act(doc: Document, random: () => number): void {
  const n = (max: number) => Math.floor(random() * max);
  const pick = <T>(list: readonly T[]): T => list[n(list.length)] as T;
  const id = pick(doc.state.order);
  const screen = doc.state.screens[id] as ScreenRecord;
  const some = () => screen.order.filter(() => random() < 0.3);
  pick([
    () => {
      const fresh = idSource(screen);
      addWidgets(doc, id, [{ id: fresh("value"), type: "value", x: n(500), y: n(500), w: 50, h: 20 }]);
    },
    () => removeWidgets(doc, id, some().slice(0, 1)),
    () => setProps(doc, id, some(), { unit: pick(["bar", "Pa", undefined]), decimals: n(3) }),
    () => setProps(doc, id, some(), { [pick(["label", "low", "high"])]: n(9) }),
    () => placeWidgets(doc, id, new Map(some().map((w) => [w, { x: n(500), y: n(500), w: 50, h: 20 }]))),
    () => setActions(doc, id, some(), pick(["click", "double"]), [{ do: "open", screen: pick(doc.state.order) }]),
    () => reorderWidgets(doc, id, some(), pick(["front", "back", "forward", "backward"])),
    () => groupWidgets(doc, id, some()),
    () => ungroupWidgets(doc, id, screen.order),
    () =>
      moveInTree(
        doc,
        id,
        some(),
        pick(["", ...screen.order.filter((w) => screen.widgets[w]?.type === "group")]),
        undefined,
      ),
    () => setScreen(doc, id, { name: { en: `S${n(5)}`, zh: `画面${n(5)}` }, ground: pick(["ground", "surface"]) }),
    () =>
      setApp(doc, {
        version: `1.0.${n(4)}`,
        texts: { ...doc.state.app.texts, [pick(["start", "on"])]: { en: `T${n(4)}` } },
      }),
    () => addScreen(doc, { en: `N${n(9)}` }, { width: 300, height: 200 }),
    () => duplicateScreen(doc, id, { en: "Copy" }),
    () => removeScreen(doc, id),
    () => moveScreen(doc, id, n(3)),
  ])();
}

/** Every property of every record, by its place. Places of widgets and sequences follow other rules and are left out. */
function leaves(state: AppState): Map<string, unknown> {
  const out = new Map<string, unknown>();
  const put = (at: string[], value: unknown, deep: number) => {
    if (deep > 0 && typeof value === "object" && value && !Array.isArray(value))
      for (const [key, v] of Object.entries(value)) put([...at, key], v, deep - 1);
    else out.set(JSON.stringify(at), value);
  };
  for (const key of ["version", "name", "description"] as const) put(["", "", key], state.app[key], 1);
  put(["", "", "texts"], state.app.texts ?? {}, 2);
  for (const [id, { screen, widgets }] of Object.entries(state.screens)) {
    for (const [key, value] of Object.entries(screen)) put([id, "", key], value, key === "name" ? 1 : 0);
    for (const [w, { x, y, parent, props, on, from, to, ...rest }] of Object.entries(widgets)) {
      for (const [key, value] of Object.entries(rest)) put([id, w, key], value, 0);
      put([id, w, "props"], props ?? {}, 1);
      put([id, w, "on"], on ?? {}, 1);
    }
  }
  return out;
}

describe("random edits of two engineers", () => {
  test.each(Array.from({ length: 150 }, (_, seed) => seed + 1))("seed %i", (seed) => {
    const random = generator(seed);
    const edit = (base: AppState, count: number) =>
      edited(base, ...Array.from({ length: count }, () => (doc: Document) => act(doc, random)));
    const base = edit(start(), 12);
    const mine = edit(base, 1 + Math.floor(random() * 8));
    const theirs = edit(base, 1 + Math.floor(random() * 8));
    const copy = fromApp(JSON.parse(JSON.stringify(toApp(theirs))) as App);
    const whole = (s: AppState) => JSON.stringify(toApp(s));

    expect(whole(merge(base, mine, mine).state)).toBe(whole(mine));
    expect(whole(merge(base, theirs, copy).state)).toBe(whole(theirs));
    expect(whole(merge(base, base, theirs).state)).toBe(whole(theirs));
    expect(whole(merge(base, mine, base).state)).toBe(whole(mine));

    const { state, clashes, renamed } = merge(base, mine, theirs);
    sound(state);
    const [b, m, t, got] = [base, mine, theirs, state].map(leaves) as [
      Map<string, unknown>,
      Map<string, unknown>,
      Map<string, unknown>,
      Map<string, unknown>,
    ];
    const record = (s: AppState, screen: string, widget: string) =>
      !screen ? s.app : widget ? s.screens[screen]?.widgets[widget] : s.screens[screen];
    const told = new Set(
      clashes
        .filter((c) => c.kind === "value" && !["x", "y", "pane"].includes(c.path[0] ?? ""))
        .map((c) => JSON.stringify([c.screen ?? "", c.widget ?? "", ...c.path])),
    );
    const expected = new Set<string>();
    for (const key of new Set([...b.keys(), ...m.keys(), ...t.keys()])) {
      const [screen, widget] = JSON.parse(key) as [string, string];
      if (renamed.screens[screen] || renamed.widgets[screen]?.[widget]) continue;
      // An action that opens a screen with a new name follows it.
      if (Object.keys(renamed.screens).length > 0 && key.includes('"on"')) continue;
      const [rb, rm, rt] = [base, mine, theirs].map((s) => record(s, screen, widget));
      // What one took out is told as a whole.
      if (rb && (!rm || !rt)) continue;
      if (rb && screen && widget && !(mine.screens[screen] && theirs.screens[screen])) continue;
      const [vb, vm, vt] = [b.get(key), m.get(key), t.get(key)];
      const want = equalJson(vm, vt) || equalJson(vb, vt) ? vm : equalJson(vb, vm) ? vt : undefined;
      if (!equalJson(vm, vt) && !equalJson(vb, vt) && !equalJson(vb, vm)) expected.add(key);
      // A group that each took a part out of is gone.
      else if (record(state, screen, widget)) expect([key, got.get(key)]).toEqual([key, want]);
    }
    expect(told).toEqual(expected);

    // Everything that either has added is there, unless it was taken out again as an empty group.
    for (const [s, names] of [
      [mine, renamed],
      [theirs, undefined],
    ] as const)
      for (const [id, { widgets }] of Object.entries(s.screens)) {
        const there = state.screens[names?.screens[id] ?? id];
        if (!base.screens[id]) expect(there).toBeDefined();
        if (!there) continue;
        for (const w of Object.keys(widgets))
          if (!base.screens[id]?.widgets[w] && widgets[w]?.type !== "group")
            expect(there.widgets[names?.widgets[id]?.[w] ?? w]).toBeDefined();
      }

    const chosen = merge(base, mine, theirs, () => "theirs");
    sound(chosen.state);
    const other = leaves(chosen.state);
    for (const key of expected) {
      const [screen, widget] = JSON.parse(key) as [string, string];
      if (record(chosen.state, screen, widget)) expect([key, other.get(key)]).toEqual([key, t.get(key)]);
    }
  });
});

describe("the history after a merge", () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed + 1))("seed %i", (seed) => {
    const random = generator(seed * 7919);
    const run = (doc: Document, count: number) => {
      for (let i = 0; i < count; i++) act(doc, random);
    };
    const first = new Document(start());
    run(first, 10);
    const base = first.state;
    const doc = new Document(base);
    run(doc, 2 + Math.floor(random() * 6));
    if (random() < 0.5) doc.undo();
    const other = new Document(base);
    run(other, 2);
    const mine = doc.state;
    const slow = merge(base, mine, other.state);
    const { state } = takeIn(doc, base, other.state);
    expect(doc.state).toBe(state);
    expect(state).toEqual(slow.state);
    const whole = () => JSON.stringify(toApp(doc.state));
    const seen = [whole()];
    while (doc.undo()) {
      sound(doc.state);
      seen.push(whole());
    }
    // What only the other has done is still there: nobody's undo takes it back.
    for (const id of other.state.order)
      if (!base.screens[id] && !mine.screens[id]) expect(doc.state.screens[id]).toEqual(other.state.screens[id]);
    for (const expected of seen.reverse().slice(1)) {
      expect(doc.redo()).toBe(true);
      expect(whole()).toBe(expected);
    }
    while (doc.redo()) sound(doc.state);
  });

  test("undo takes back one's own steps only", () => {
    const base = edited(start(), (d) => removeWidgets(d, "main", ["p"]));
    const doc = new Document(base);
    prop("a", { unit: "Pa" })(doc);
    prop("a", { decimals: 1 })(doc);
    const theirs = edited(base, prop("b", { unit: "m" }), add({ id: "n" }));
    const merged = takeIn(doc, base, theirs).state;
    expect(main(doc.state).order).toContain("n");
    doc.undo();
    doc.undo();
    expect(doc.undo()).toBe(false);
    expect(JSON.stringify(toApp(doc.state))).toBe(JSON.stringify(toApp(theirs)));
    doc.redo();
    doc.redo();
    expect(doc.state).toEqual(merged);
  });

  test("a merge of 2,000 widgets with 200 steps to carry over carries over what the other left alone as it is", () => {
    const doc = new Document(start());
    addWidgets(
      doc,
      "main",
      Array.from({ length: 2000 }, (_, i) => ({ id: `w${i}`, type: "value", ...box, x: i, props: { unit: "bar" } })),
    );
    const base = doc.state;
    for (let i = 0; i < 200; i++) setProps(doc, "main", [`w${i}`], { unit: "Pa" });
    takeIn(doc, base, edited(base, prop("w1999", { unit: "m" }), add({ id: "n" })));
    while (doc.undo());
    expect(main(doc.state).widgets.w0).toBeUndefined();
    expect(main(doc.state).widgets.n).toBeDefined();
  });
});
