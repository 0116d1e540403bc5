import type { App, NavigationItem } from "@lineside/client";
import { describe, expect, test } from "vitest";
import { generator } from "../../../test/random";
import {
  beginNavigation,
  changeItem,
  Document,
  dropTo,
  flatItems,
  frameFor,
  fromApp,
  insertItem,
  itemAt,
  mostDepth,
  moveItem,
  removeItem,
  removeScreen,
  setNavigation,
  setTheme,
  stepTo,
  toApp,
  visibleItems,
} from ".";

const screen = (id: string) => ({ id, name: { en: id.toUpperCase() }, width: 800, height: 600, widgets: [] });

function app(navigation?: App["navigation"]): App {
  return {
    format: 2,
    id: "com.example.a",
    version: "1.0.0",
    name: { en: "A" },
    start: "a",
    ...(navigation ? { navigation } : {}),
    screens: ["a", "b", "c", "d"].map(screen),
  };
}

const tree = (): NavigationItem[] => [
  { screen: "a", icon: "gauge" },
  { title: { en: "Service" }, roles: ["engineer", "admin"], items: [{ screen: "b" }, { screen: "c" }] },
  { title: { en: "Hand" }, items: [{ screen: "d", roles: ["operator"] }] },
];

const made = (items?: NavigationItem[]) => new Document(fromApp(app(items && { items })));
const items = (doc: Document) => doc.state.app.navigation?.items ?? [];
/** "a S(b c) H(d)" */
const shape = (list: readonly NavigationItem[]): string =>
  list.map((i) => (i.screen ?? i.title?.en?.[0] ?? "?") + (i.items ? `(${shape(i.items)})` : "")).join(" ");

describe("entries", () => {
  test("begin with one for every screen", () => {
    const doc = made();
    beginNavigation(doc);
    expect(shape(items(doc))).toBe("a b c d");
    doc.undo();
    expect(doc.state.app.navigation).toBeUndefined();
  });

  test.each([
    [[1], "up", "S(b c) a H(d)"],
    [[0], "up", undefined],
    [[0], "down", "S(b c) a H(d)"],
    [[2], "down", undefined],
    [[1], "in", "a(S(b c)) H(d)"],
    [[2], "in", "a S(b c H(d))"],
    [[0], "in", undefined],
    [[1, 0], "out", "a S(c) b H(d)"],
    [[2, 0], "out", "a S(b c) H d"],
    [[1], "out", undefined],
    [[1, 1], "up", "a S(c b) H(d)"],
  ] as const)("%j goes %s", (path, step, want) => {
    const doc = made(tree());
    const to = stepTo(items(doc), path, step);
    if (want === undefined) return expect(to).toBeUndefined();
    const now = moveItem(doc, path, to as readonly number[]);
    expect(shape(items(doc))).toBe(want);
    expect(now && itemAt(items(doc), now)).toEqual(itemAt(tree(), path));
  });

  test.each([
    [[0], [1], "below", "S(b c) a H(d)"],
    [[0], [2], "above", "S(b c) a H(d)"],
    [[0], [1], "into", "S(b c a) H(d)"],
    [[0], [1, 0], "above", "S(a b c) H(d)"],
    [[1, 0], [0], "above", "b a S(c) H(d)"],
    [[1, 0], [1, 1], "below", "a S(c b) H(d)"],
    [[2, 0], [1, 1], "into", "a S(b c(d)) H"],
    [[2], [1], "into", "a S(b c H(d))"],
    [[1], [1, 0], "into", undefined],
    [[1], [1], "above", undefined],
  ] as const)("%j dropped on %j %s", (from, target, where, want) => {
    const doc = made(tree());
    const to = dropTo(items(doc), from, target, where);
    if (want === undefined) return expect(to).toBeUndefined();
    moveItem(doc, from, to as readonly number[]);
    expect(shape(items(doc))).toBe(want);
  });

  test("are not nested too deep", () => {
    const doc = made([
      {
        title: { en: "1" },
        items: [{ title: { en: "2" }, items: [{ title: { en: "3" }, items: [{ screen: "a" }] }] }],
      },
      { title: { en: "x" }, items: [{ screen: "b" }] },
    ]);
    expect(insertItem(doc, [0, 0, 0, 0, 0], { screen: "c" })).toBe(false);
    expect(moveItem(doc, [1], [0, 0, 0, 1])).toBeUndefined();
    expect(stepTo(items(doc), [1], "in")).toEqual([0, 1]);
    expect(Math.max(...flatItems(items(doc)).map((r) => r.path.length))).toBe(mostDepth);
  });

  test("lose what is empty", () => {
    const doc = made(tree());
    changeItem(doc, [0], { icon: undefined, roles: [], title: {} });
    expect(items(doc)[0]).toEqual({ screen: "a" });
    setNavigation(doc, { items: [], breadcrumbs: undefined, style: undefined });
    expect(doc.state.app.navigation).toBeUndefined();
    setTheme(doc, { scheme: "dark" });
    setTheme(doc, { scheme: undefined });
    expect(doc.state.app.theme).toBeUndefined();
  });

  test("forget a screen that goes, start screens too", () => {
    const doc = new Document(
      fromApp(
        app({
          starts: { operator: "b", admin: "c" },
          items: [{ screen: "b", items: [{ screen: "c" }] }, { screen: "b" }],
        }),
      ),
    );
    removeScreen(doc, "b");
    expect(items(doc)).toEqual([{ title: { en: "b" }, items: [{ screen: "c" }] }]);
    expect(doc.state.app.navigation?.starts).toEqual({ admin: "c" });
    removeScreen(doc, "c");
    expect(doc.state.app.navigation?.starts).toBeUndefined();
    doc.undo();
    doc.undo();
    expect(doc.state.order).toEqual(["a", "b", "c", "d"]);
    expect(items(doc)).toHaveLength(2);
  });
});

describe("as somebody sees them", () => {
  test.each([
    ["viewer", "a"],
    ["operator", "a H(d)"],
    ["engineer", "a S(b c)"],
  ])("%s", (role, want) => {
    expect(shape(visibleItems(tree(), role) as NavigationItem[])).toBe(want);
  });

  test("the frame names only what is for them", () => {
    const state = fromApp(app({ starts: { operator: "d" }, items: tree() }));
    expect(frameFor(state, "operator").start).toBe("d");
    expect(frameFor(state, "viewer")).toMatchObject({ start: "a", screens: [{ id: "a" }] });
    expect(frameFor(fromApp(app()), "viewer").navigation).toBeUndefined();
    expect(frameFor(fromApp(app({ breadcrumbs: true })), "viewer").navigation?.items).toBeNull();
  });
});

test("any sequence of commands is undone and done again, and keeps the tree sound", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = generator(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const doc = made(tree());
    const begin = JSON.stringify(toApp(doc.state));
    for (let n = 0; n < 40; n++) {
      const rows = flatItems(items(doc));
      const path = pick(rows)?.path ?? [0];
      const count = rows.length;
      pick([
        () => insertItem(doc, path, { screen: pick(doc.state.order) }),
        () => insertItem(doc, [...path, 0], { title: { en: "H" } }),
        () => removeItem(doc, path),
        () => changeItem(doc, path, { roles: pick([[], ["admin"]]), icon: pick([undefined, "gauge"]) }),
        () => {
          const to = stepTo(items(doc), path, pick(["up", "down", "in", "out"] as const));
          if (to && moveItem(doc, path, to)) expect(flatItems(items(doc))).toHaveLength(count);
        },
        () => {
          const to = dropTo(items(doc), path, pick(rows)?.path ?? [0], pick(["above", "into", "below"] as const));
          if (to && moveItem(doc, path, to)) expect(flatItems(items(doc))).toHaveLength(count);
        },
        () => removeScreen(doc, pick(doc.state.order)),
      ])();
      for (const { item, path } of flatItems(items(doc))) {
        expect(path.length).toBeLessThanOrEqual(mostDepth);
        if (item.screen) expect(doc.state.screens[item.screen]).toBeDefined();
      }
    }
    const end = JSON.stringify(toApp(doc.state));
    while (doc.undo());
    expect(JSON.stringify(toApp(doc.state))).toBe(begin);
    while (doc.redo());
    expect(JSON.stringify(toApp(doc.state))).toBe(end);
  }
});
