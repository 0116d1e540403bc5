import type { App } from "@lineside/client";
import { describe, expect, test } from "vitest";
import { Document, fromApp, toApp } from ".";
import { bindingsOf, bindMany, inOrder, rebind } from "./bindings";
import { find, findKinds, pathsIn, replaced, replaceHits, type Search } from "./find";
import { fill, isConstant, isExpression, patternOf, wildcard, withCounter } from "./pattern";

function app(): App {
  return {
    format: 2,
    id: "com.example.find",
    version: "1.0.0",
    name: { en: "Line 1", zh: "线 1" },
    inputs: [{ id: "speed", kind: "tag", type: "float", default: "line1/speed" }],
    tags: [{ id: "double", expr: 'tag("line1/speed") * line1' }],
    texts: { stop: { en: "Stop line1", zh: "停止" } },
    screens: [
      {
        id: "main",
        name: { en: "Line1 overview" },
        width: 800,
        height: 600,
        on: { load: [{ do: "notice", text: { en: "line1 is shown" } }] },
        widgets: [
          {
            id: "line1",
            type: "value",
            name: "line1 speed",
            x: 0,
            y: 0,
            w: 100,
            h: 40,
            props: { value: { tag: "line1/speed" }, label: "Speed of line1", align: "line1", text: { text: "line1" } },
            animate: [{ what: "opacity", by: { expr: 'tag("line1/speed") / 10' } }],
            on: { click: [{ do: "write", tag: "line1/stop", value: { expr: '"line1" == tag("line12/x")' } }] },
          },
          { id: "b", type: "value", x: 200, y: 4, w: 100, h: 40, props: { value: { tag: "line2/speed" } } },
          { id: "c", type: "value", x: 0, y: 100, w: 100, h: 40, props: { value: { expr: "speed" } } },
        ],
      },
      { id: "two", name: { en: "Two" }, width: 800, height: 600, widgets: [] },
    ],
  };
}

const documentOf = () => new Document(fromApp(app()));
const json = (doc: Document) => JSON.stringify(toApp(doc.state));
const isText = (_: string, prop: string) => prop !== "align";

describe("find", () => {
  test("names, texts, tags and expressions of screens and app, no ids and no choices", () => {
    const hits = find(documentOf().state, { query: "line1", isText });
    expect(hits.map((h) => `${h.kind} ${h.path.join("/")}`).sort()).toEqual([
      "expression app/tags/0/expr",
      "expression screens/main/widgets/line1/animate/0/by/expr",
      "expression screens/main/widgets/line1/on/click/0/value/expr",
      "name screens/main/screen/name/en",
      "name screens/main/widgets/line1/name",
      "tag app/inputs/0/default",
      "tag screens/main/widgets/line1/on/click/0/tag",
      "tag screens/main/widgets/line1/props/value/tag",
      "text app/texts/stop/en",
      "text screens/main/screen/on/load/0/text/en",
      "text screens/main/widgets/line1/props/label",
    ]);
    expect(new Set(hits.map((h) => h.key)).size).toBe(hits.length);
  });

  test.each<[string, Partial<Search>, number]>([
    ["line1", { screen: "main" }, 8],
    ["line1", { screen: "two" }, 0],
    ["line1", { kinds: ["tag"] }, 3],
    ["Line1", { matchCase: true }, 1],
    ["line1", { word: true, kinds: ["expression"] }, 3],
    ["line", { word: true, kinds: ["tag"] }, 0],
    ["line\\d+/speed", { regex: true, kinds: ["tag"] }, 3],
    ["x*", { regex: true }, 1],
    ["", {}, 0],
  ])("%s %o", (query, more, count) => {
    expect(find(documentOf().state, { query, isText, ...more }).length).toBe(count);
  });

  test("a wrong regular expression is an error", () => {
    expect(() => find(documentOf().state, { query: "(", regex: true })).toThrow();
  });

  test("within tag(…) only", () => {
    const expression = { kind: "expression" as const, text: `"line1" == tag("line12/x") + tag( 'line1/y' ) * line1` };
    expect(pathsIn(expression.text).map(([a, b]) => expression.text.slice(a, b))).toEqual(["line12/x", "line1/y"]);
    expect(replaced(expression, { query: "line1", tagsOnly: true }, "L")).toBe(
      `"line1" == tag("L2/x") + tag( 'L/y' ) * line1`,
    );
    expect(replaced(expression, { query: "line1", word: true }, "L")).toBe(`"L" == tag("line12/x") + tag( 'L/y' ) * L`);
  });

  test("groups of a regular expression; a plain replacement is taken as it is", () => {
    const hit = { kind: "tag" as const, text: "line1/speed" };
    expect(replaced(hit, { query: "line(\\d)/(?<what>\\w+)", regex: true }, "$<what>/$1/$&/$$")).toBe(
      "speed/1/line1/speed/$",
    );
    expect(replaced(hit, { query: "line1" }, "$&")).toBe("$&/speed");
    expect(replaced({ kind: "text", text: "泵1 泵10" }, { query: "泵1", word: true }, "泵2")).toBe("泵2 泵10");
  });
});

describe("replace", () => {
  test("is one step, and only what was ticked", () => {
    const doc = documentOf();
    const before = json(doc);
    const search: Search = { query: "line1", isText };
    const hits = find(doc.state, search);
    expect(
      replaceHits(
        doc,
        hits.filter((h) => h.kind === "tag"),
        search,
        "line7",
      ),
    ).toBe(3);
    expect(doc.state.screens.main?.widgets.line1?.props?.value).toEqual({ tag: "line7/speed" });
    expect(doc.state.screens.main?.widgets.line1?.name).toBe("line1 speed");
    doc.undo();
    expect(json(doc)).toBe(before);
    expect(doc.undoStep).toBeUndefined();
  });

  test("what changed since is left", () => {
    const doc = documentOf();
    const search: Search = { query: "line1", isText };
    const hits = find(doc.state, search);
    bindMany(doc, "main", "value", new Map([["line1", { tag: "other" }]]));
    expect(replaceHits(doc, hits, search, "x")).toBe(hits.length - 1);
    expect(doc.state.screens.main?.widgets.line1?.props?.value).toEqual({ tag: "other" });
  });

  test("any sequence of replacements and bindings, undone and redone, gives the same documents", () => {
    let seed = 7;
    const random = (n: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % n;
    };
    for (let round = 0; round < 30; round++) {
      const doc = documentOf();
      const seen = [json(doc)];
      for (let i = 0; i < 12; i++) {
        const query = ["line1", "speed", "e", "line", "1", "o"][random(6)] as string;
        const by = ["line2", "", "泵", "$1", "speed"][random(5)] as string;
        const search: Search = {
          query,
          isText,
          matchCase: random(2) === 0,
          word: random(3) === 0,
          tagsOnly: random(2) === 0,
          kinds: random(2) === 0 ? undefined : [findKinds[random(4)] as never],
          screen: random(3) === 0 ? "main" : undefined,
        };
        const rows = doc.state.screens.main ? bindingsOf(doc.state.screens.main) : [];
        if (random(3) > 0)
          replaceHits(
            doc,
            find(doc.state, search).filter(() => random(3) > 0),
            search,
            by,
          );
        else if (random(2) === 0)
          bindMany(
            doc,
            "main",
            "value",
            new Map([[["line1", "b", "c"][random(3)] as string, { tag: `t${random(9)}` }]]),
          );
        else
          rebind(
            doc,
            "main",
            rows.filter(() => random(2) === 0).map((row) => ({ row, binding: { tag: `r${random(9)}` } })),
          );
        const now = json(doc);
        if (now !== seen.at(-1)) seen.push(now);
      }
      for (let i = seen.length - 2; i >= 0; i--) {
        expect(doc.undo()).toBe(true);
        expect(json(doc)).toBe(seen[i]);
      }
      expect(doc.undo()).toBe(false);
      for (const want of seen.slice(1)) {
        doc.redo();
        expect(json(doc)).toBe(want);
      }
    }
  });
});

describe("bindings of a screen", () => {
  test("properties, animations and the tags of actions", () => {
    const doc = documentOf();
    const rows = bindingsOf(doc.state.screens.main as never);
    expect(rows.map((r) => `${r.widget} ${r.kind} ${r.prop} ${r.binding.tag ?? r.binding.expr}`)).toEqual([
      "line1 prop value line1/speed",
      'line1 animate opacity tag("line1/speed") / 10',
      "line1 action click line1/stop",
      'line1 action click "line1" == tag("line12/x")',
      "b prop value line2/speed",
      "c prop value speed",
    ]);
    expect(
      rebind(
        doc,
        "main",
        rows.map((row) => ({ row, binding: { tag: "x/y" } })),
      ),
    ).toBe(6);
    expect(new Set(bindingsOf(doc.state.screens.main as never).map((r) => r.binding.tag))).toEqual(new Set(["x/y"]));
    expect(rebind(doc, "main", [{ row: rows[2] as never, binding: { expr: "1" } }])).toBe(0);
  });

  test("widgets are counted along the lines or down the columns", () => {
    const record = documentOf().state.screens.main as never;
    expect(inOrder(record, ["c", "b", "line1"], "rows")).toEqual(["line1", "b", "c"]);
    expect(inOrder(record, ["c", "b", "line1"], "columns")).toEqual(["line1", "c", "b"]);
    expect(inOrder(record, ["c", "line1"], "drawn")).toEqual(["line1", "c"]);
  });
});

describe("patterns", () => {
  const w = { n: 7, name: "Pump 7", id: "p7" };
  test.each([
    ["a/line{n}/speed", "a/line7/speed"],
    ["a/line{n:01}/speed", "a/line07/speed"],
    ["a/line{n:001}/{n}", "a/line007/7"],
    ["{name}/{id}", "Pump 7/p7"],
    ['tag("l{n}/a") + tag("l{n}/b")', 'tag("l7/a") + tag("l7/b")'],
    ["{x} {} {n", "{x} {} {n"],
  ])("%s", (pattern, want) => expect(fill(pattern, w)).toBe(want));

  test("a counter below zero and one that outgrows its width", () => {
    expect(fill("{n:01}", { ...w, n: -3 })).toBe("-03");
    expect(fill("{n:01}", { ...w, n: 123 })).toBe("123");
  });

  test.each<[string[], ReturnType<typeof patternOf>]>([
    [["line1/speed", "line2/speed"], { pattern: "line{n}/speed", from: 1, step: 1 }],
    [["line01/p3", "line05/p3"], { pattern: "line{n:01}/p3", from: 1, step: 4 }],
    [["line1/speed1", "line2/speed2"], { pattern: "line{n}/speed{n}", from: 1, step: 1 }],
    [["hall2/line1/speed"], { pattern: "hall{n}/line1/speed", from: 2, step: 1 }],
    [["a/b", "c/d"], undefined],
    [["a1/b2", "a2/b9"], undefined],
    [["speed"], undefined],
    [[], undefined],
  ])("%o", (texts, want) => expect(patternOf(texts)).toEqual(want));

  test("a part is replaced by a counter", () => {
    expect(withCounter("hall2/line10/speed", 6, 12)).toEqual({ pattern: "hall2/line{n}/speed", from: 10, step: 1 });
    expect(withCounter("hall/line/speed", 5, 9)?.pattern).toBe("hall/{name}/speed");
    expect(withCounter("hall", 2, 2)).toBeUndefined();
  });

  test("what a pattern is", () => {
    expect([isConstant("a/b"), isConstant("a/{n}")]).toEqual([true, false]);
    expect([isExpression("a/{n}"), isExpression('tag("a/{n}") * 2'), isExpression("area 1/x-y/z")]).toEqual([
      false,
      true,
      false,
    ]);
    expect(wildcard("a{n:01}/{name}/b")).toBe("a*/*/b");
  });
});
