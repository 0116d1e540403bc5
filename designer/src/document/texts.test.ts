import type { App, Field } from "@lineside/client";
import { describe, expect, test } from "vitest";
import { generator } from "../../../test/random";
import {
  addLanguage,
  addText,
  applyTexts,
  copy,
  Document,
  extractTexts,
  findConstants,
  fromApp,
  isKey,
  keyFrom,
  languagesOf,
  makeText,
  missingTexts,
  paste,
  removeLanguage,
  removeTexts,
  renameText,
  type ScreenRecord,
  setProps,
  setText,
  sideBySide,
  textFrom,
  textUses,
  toApp,
  unusedKeys,
} from ".";
import { parseCsv, readTexts, textsToCsv } from "./texts-csv";

function app(): App {
  return {
    format: 2,
    id: "com.example.a",
    version: "1.0.0",
    name: { en: "A" },
    texts: {
      "pump.start": { en: "Start", zh: "启动" },
      "pump.stop": { en: "Stop" },
      unused: { en: "Nobody, reads\nthis", zh: '"无"' },
    },
    screens: [
      {
        id: "main",
        name: { en: "Main" },
        width: 800,
        height: 600,
        widgets: [
          { id: "a", type: "button", x: 0, y: 0, w: 10, h: 10, props: { label: { text: "pump.start" } } },
          { id: "b", type: "button", x: 0, y: 0, w: 10, h: 10, props: { label: "Pump  泵", unit: "bar", value: "x1" } },
          {
            id: "c",
            type: "tabs",
            x: 0,
            y: 0,
            w: 10,
            h: 10,
            props: { tabs: [{ title: { text: "pump.stop" } }, { text: "pump.start" }], label: { tag: "a/b" } },
          },
        ],
      },
      {
        id: "two",
        name: { en: "Two" },
        width: 800,
        height: 600,
        widgets: [
          { id: "a", type: "text", x: 0, y: 0, w: 10, h: 10, props: { text: "Pump" } },
          { id: "b", type: "text", x: 0, y: 0, w: 10, h: 10, props: { text: "泵" } },
          { id: "c", type: "text", x: 0, y: 0, w: 10, h: 10, props: { text: "42 – 50" } },
        ],
      },
    ],
  };
}

const field = (name: string, kind: Field["kind"], more: Partial<Field> = {}): Field => ({
  name,
  kind,
  title: { en: name },
  ...more,
});
const fields = (type: string): Field[] =>
  type === "button"
    ? [
        field("label", "string", { bind: true }),
        field("unit", "string", { from: "unit", bind: true }),
        field("value", "string"),
      ]
    : [field("text", "text", { bind: true })];

const json = (doc: Document) => JSON.stringify(toApp(doc.state));
const props = (doc: Document, screen: string, id: string) => doc.state.screens[screen]?.widgets[id]?.props;
const made = () => new Document(fromApp(app()));

describe("keys", () => {
  test.each([
    ["Start pump", "start.pump"],
    ["The state of the pump", "state.pump"],
    ["Füllstand (%)", "fullstand"],
    ["One two three four five six", "one.two.three.four"],
    ["泵", "text.text"],
    ["42", "text.text"],
  ])("of %s is %s", (words, key) => expect(keyFrom(words, "text.text")).toBe(key));

  test("that is taken gets a number", () => {
    expect(keyFrom("Start", "x", (k) => ["start", "start.2"].includes(k))).toBe("start.3");
  });

  test.each(["pump.start", "泵", "a/b", "a~1"])("%s can be one", (key) => expect(isKey(key)).toBe(true));
  test.each(["", "a b", 'a"b', "a\\b", "a\nb", "x".repeat(129), "泵".repeat(43)])("%j cannot", (key) =>
    expect(isKey(key)).toBe(false),
  );

  test.each([
    ["Pump  泵", { en: "Pump", zh: "泵" }],
    ["停 3 号泵 / Stop pump 3", { en: "Stop pump 3", zh: "停 3 号泵" }],
    ["PLC 控制器", undefined],
    ["Two  words", undefined],
    ["Pump", undefined],
    ["A  泵  B", undefined],
  ])("%s is taken apart to %j", (text, both) => expect(sideBySide(text)).toEqual(both));

  test("the words keep their language, with English beside", () => {
    expect(textFrom("泵", "zh")).toEqual({ en: "泵", zh: "泵" });
    expect(textFrom("泵", "en")).toEqual({ en: "泵", zh: "泵" });
    expect(textFrom("Pump", "en")).toEqual({ en: "Pump" });
    expect(textFrom("Pump", "zh")).toEqual({ en: "Pump" });
    expect(textFrom("Pumpe", "de")).toEqual({ en: "Pumpe", de: "Pumpe" });
  });
});

describe("texts", () => {
  test("where they stand, which are missing and unused", () => {
    const { state } = made();
    expect(textUses(state).get("pump.start")).toEqual([
      { screen: "main", widget: "a", prop: "label" },
      { screen: "main", widget: "c", prop: "tabs" },
    ]);
    expect(unusedKeys(state)).toEqual(["unused"]);
    expect(missingTexts(state)).toEqual([{ key: "pump.stop", language: "zh" }]);
    expect(languagesOf(state.app)).toEqual(["en", "zh"]);
  });

  test("a key follows its new name everywhere, and nothing else changes", () => {
    const doc = made();
    expect(renameText(doc, "pump.start", "pump.stop")).toBe(false);
    expect(renameText(doc, "pump.start", "a b")).toBe(false);
    expect(renameText(doc, "pump.start", "p1.go")).toBe(true);
    expect(props(doc, "main", "a")).toEqual({ label: { text: "p1.go" } });
    expect(props(doc, "main", "c")?.tabs).toEqual([{ title: { text: "pump.stop" } }, { text: "p1.go" }]);
    expect(doc.state.app.texts?.["pump.start"]).toBeUndefined();
    doc.undo();
    expect(json(doc)).toBe(JSON.stringify(toApp(fromApp(app()))));
  });

  test("what showed a deleted text keeps the words", () => {
    const doc = made();
    removeTexts(doc, ["pump.start", "unused"], "zh");
    expect(props(doc, "main", "a")?.label).toBe("启动");
    expect(props(doc, "main", "c")?.tabs).toEqual([{ title: { text: "pump.stop" } }, "启动"]);
    expect(Object.keys(doc.state.app.texts ?? {})).toEqual(["pump.stop"]);
    removeTexts(doc, ["pump.stop"], "zh");
    expect(props(doc, "main", "c")?.tabs).toEqual([{ title: "Stop" }, "启动"]);
    expect(doc.state.app.texts).toBeUndefined();
  });

  test("constants become texts in one step, equal words one key", () => {
    const doc = made();
    const found = findConstants(doc.state, fields);
    expect(found.map((f) => [f.screen, f.widget, f.prop, f.key])).toEqual([
      ["main", "b", "label", "pump"],
      ["two", "a", "text", "pump"],
      ["two", "b", "text", "text.text"],
    ]);
    extractTexts(doc, found, "zh");
    expect(doc.state.app.texts?.pump).toEqual({ en: "Pump", zh: "泵" });
    expect(doc.state.app.texts?.["text.text"]).toEqual({ en: "泵", zh: "泵" });
    expect(props(doc, "main", "b")).toEqual({ label: { text: "pump" }, unit: "bar", value: "x1" });
    expect(findConstants(doc.state, fields)).toEqual([]);
    doc.undo();
    expect(json(doc)).toBe(JSON.stringify(toApp(fromApp(app()))));
  });

  test("a language goes with its texts, English stays", () => {
    const doc = made();
    expect(addLanguage(doc, "de")).toBe(true);
    expect(addLanguage(doc, "de")).toBe(false);
    expect(addLanguage(doc, "no such")).toBe(false);
    expect(doc.state.app.languages).toEqual(["en", "zh", "de"]);
    expect(removeLanguage(doc, "en")).toBe(false);
    expect(removeLanguage(doc, "zh")).toBe(true);
    expect(doc.state.app.languages).toEqual(["en", "de"]);
    expect(doc.state.app.texts?.["pump.start"]).toEqual({ en: "Start" });
    expect(setText(doc, "pump.start", "en", "")).toBe(false);
    expect(setText(doc, "pump.start", "de", "Ein")).toBe(true);
    expect(setText(doc, "pump.start", "de", "")).toBe(true);
    expect(doc.state.app.texts?.["pump.start"]).toEqual({ en: "Start" });
  });
});

describe("pasted into another app", () => {
  const other = () => new Document(fromApp({ ...app(), texts: { "pump.start": { en: "Begin" } } }));
  test("texts come along, and a key that says something else gets a new name", () => {
    const from = made();
    const clip = copy(from.state.screens.main as ScreenRecord, ["a", "c"], from.state.app);
    expect(Object.keys(clip.texts ?? {})).toEqual(["pump.start", "pump.stop"]);
    const doc = other();
    const begin = json(doc);
    const [a, c] = paste(doc, "two", clip, 0, 0);
    expect(props(doc, "two", a ?? "")?.label).toEqual({ text: "pump.start.2" });
    expect(props(doc, "two", c ?? "")?.tabs).toEqual([{ title: { text: "pump.stop" } }, { text: "pump.start.2" }]);
    expect(doc.state.app.texts?.["pump.start.2"]).toEqual({ en: "Start", zh: "启动" });
    doc.undo();
    expect(json(doc)).toBe(begin);
  });

  test("a constant named text is no key", () => {
    const doc = made();
    const clip = copy(doc.state.screens.two as ScreenRecord, ["a"], doc.state.app);
    expect(clip.texts).toBeUndefined();
    const [id] = paste(other(), "two", { ...clip, texts: { Pump: { en: "x" } } }, 0, 0);
    expect(id).toBeDefined();
    expect(clip.widgets[0]?.props).toEqual({ text: "Pump" });
  });

  test("within an app nothing is added", () => {
    const doc = made();
    const clip = copy(doc.state.screens.main as ScreenRecord, ["a"], doc.state.app);
    paste(doc, "main", { ...clip, texts: { ...clip.texts, bad: 5 as never, "no key": { en: "x" } } }, 8, 8);
    expect(Object.keys(doc.state.app.texts ?? {})).toHaveLength(3);
  });
});

describe("as CSV", () => {
  test("comes back as it went", () => {
    const doc = made();
    const text = textsToCsv(doc.state);
    expect(text.startsWith("\uFEFFkey,en,zh\r\n")).toBe(true);
    expect(readTexts(doc.state, text)).toEqual({ changes: [], problems: [] });
    expect(readTexts(fromApp({ ...app(), texts: {} }), text).changes).toHaveLength(5);
  });

  test.each([
    [
      "a;b\r\nc;d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a\tb\nc\td\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      'a,"b ""x"", y"\n"c\nd",e',
      [
        ["a", 'b "x", y'],
        ["c\nd", "e"],
      ],
    ],
    [
      "\uFEFFa,b\n\n,\n",
      [
        ["a", "b"],
        ["", ""],
      ],
    ],
  ])("%j is read", (text, rows) => expect(parseCsv(text)).toEqual(rows));

  test("what it would change, and what is left out", () => {
    const doc = made();
    const file =
      "key,en,zh,de\npump.start,Go,,Los\nfresh,New,新,\nnothing,,无,\npump.start,x,,\na b,x,,\npump.stop,Stop,停,Halt";
    const { changes, problems } = readTexts(doc.state, file);
    expect(changes.map((c) => `${c.key}/${c.language}=${c.before}>${c.after}`)).toEqual([
      "pump.start/en=Start>Go",
      "pump.start/de=>Los",
      "fresh/en=>New",
      "fresh/zh=>新",
      "pump.stop/zh=>停",
      "pump.stop/de=>Halt",
    ]);
    expect(problems.map((p) => `${p.line} ${p.code}`)).toEqual(["4 english", "5 twice", "6 key"]);
    applyTexts(doc, changes);
    expect(doc.state.app.languages).toEqual(["en", "zh", "de"]);
    expect(doc.state.app.texts?.["pump.start"]).toEqual({ en: "Go", zh: "启动", de: "Los" });
    expect(doc.state.app.texts?.fresh).toEqual({ en: "New", zh: "新" });
  });

  test.each(["", "name,en\na,b", "key,e n\na,b", "key,en,en\na,b,c"])("%j is refused", (file) => {
    expect(readTexts(made().state, file).problems.length).toBeGreaterThan(0);
  });
});

test("any sequence of commands on texts is undone and done again", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = generator(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const doc = made();
    const begin = json(doc);
    for (let n = 0; n < 40; n++) {
      const keys = Object.keys(doc.state.app.texts ?? {});
      const key = pick([...keys, "k1", "k2", "k3"]);
      const screen = pick(["main", "two"]);
      const language = pick(["en", "zh", "de"]);
      pick([
        () => addText(doc, key, { en: "Words" }),
        () => setText(doc, key, language, pick(["", "words", "字"])),
        () => renameText(doc, key, pick(["k1", "k2", "k3"])),
        () => removeTexts(doc, [key], language),
        () => addLanguage(doc, "de"),
        () => removeLanguage(doc, language),
        () => makeText(doc, screen, [pick(["a", "b", "c"])], "label", key, { en: "Made" }),
        () => setProps(doc, screen, ["a"], { text: pick(["Plain", { text: key }, { tag: "a/b" }]) }),
        () => extractTexts(doc, findConstants(doc.state, fields, [screen]), language),
        () => applyTexts(doc, [{ key, language, before: "", after: "read" }]),
      ])();
    }
    const end = json(doc);
    while (doc.undo());
    expect(json(doc)).toBe(begin);
    while (doc.redo());
    expect(json(doc)).toBe(end);
  }
});
