import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { chordOf } from "./chord";
import { carryOut, type EffectHost, paramsOf, queryOf } from "./effects";
import { Gestures, keyEvents } from "./gestures";
import type { Instance } from "./instance";
import type { OpenScreen } from "./open-screen";

const told: string[] = [];

function widget(id: string, events: string[], parent = "", tellsClick = false): Instance {
  return {
    widget: { id, parent },
    takes: (e: string) => events.includes(e),
    tell: (e: string) => told.push(`${id} ${e}`),
    tellsClick,
  } as unknown as Instance;
}

let all: Record<string, Instance>;
let gestures: Gestures;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("document", new EventTarget());
  told.length = 0;
  all = {
    plain: widget("plain", ["click", "down", "up"]),
    twice: widget("twice", ["click", "double"]),
    long: widget("long", ["click", "long", "enter", "leave"]),
    group: widget("group", ["click", "enter", "leave"]),
    inside: widget("inside", ["down"], "group"),
    button: widget("button", ["click"], "", true),
  };
  gestures = new Gestures({ instance: (id) => all[id] });
});

afterEach(() => {
  gestures.destroy();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const press = (id: string, held = 50) => {
  gestures.press(all[id]);
  vi.advanceTimersByTime(held);
  gestures.release();
  gestures.click(all[id]);
};

describe("gestures", () => {
  test("a click goes at once where nothing waits for a second", () => {
    press("plain");
    expect(told).toEqual(["plain down", "plain up", "plain click"]);
  });

  test("a click waits where a double click has actions, and is none after it", () => {
    press("twice");
    expect(told).toEqual([]);
    vi.advanceTimersByTime(400);
    expect(told).toEqual(["twice click"]);
    press("twice");
    press("twice");
    vi.advanceTimersByTime(400);
    expect(told).toEqual(["twice click", "twice double"]);
  });

  test("a long press is no click, a moved one is none", () => {
    press("long", 600);
    expect(told).toEqual(["long long"]);
    press("long");
    expect(told).toEqual(["long long", "long click"]);
    gestures.press(all.long);
    gestures.move();
    vi.advanceTimersByTime(600);
    gestures.release();
    expect(told).toEqual(["long long", "long click"]);
  });

  test("what a widget leaves goes to its group", () => {
    press("inside");
    expect(told).toEqual(["inside down", "group click"]);
  });

  test("a widget that tells its click by itself is not told twice", () => {
    const act = vi.fn();
    gestures.press(all.button);
    gestures.release();
    gestures.click(all.button, act);
    expect(act).toHaveBeenCalledOnce();
    expect(told).toEqual([]);
  });

  test("what is pressed is let go when the window loses the pointer", () => {
    gestures.press(all.plain);
    window.dispatchEvent(new Event("blur"));
    gestures.release();
    expect(told).toEqual(["plain down", "plain up"]);
  });

  test("the pointer enters and leaves once, groups included", () => {
    gestures.hover(all.long);
    gestures.hover(all.long);
    gestures.hover(all.inside);
    gestures.hover(all.group);
    gestures.hover(undefined);
    expect(told).toEqual(["long enter", "long leave", "group enter", "group leave"]);
  });

  test("keys do the first that there is", () => {
    expect(keyEvents((e) => ["double", "long"].includes(e))).toEqual(["double"]);
    expect(keyEvents((e) => ["down", "up", "enter"].includes(e))).toEqual(["down", "up"]);
    expect(keyEvents(() => false)).toEqual([]);
  });
});

test.each([
  [{ key: "F2", code: "F2" }, "F2"],
  [{ key: "s", code: "KeyS", ctrlKey: true }, "Ctrl+S"],
  [{ key: "S", code: "KeyS", ctrlKey: true, shiftKey: true }, "Ctrl+Shift+S"],
  [{ key: "!", code: "Digit1", shiftKey: true }, "Shift+1"],
  [{ key: " ", code: "Space" }, "Space"],
  [{ key: "ы", code: "KeyS", altKey: true }, "Alt+S"],
  [{ key: "Shift", code: "ShiftLeft", shiftKey: true }, undefined],
  [{ key: "ArrowUp", code: "ArrowUp", metaKey: true }, "Meta+ArrowUp"],
])("%o is %s", (key, chord) => {
  expect(chordOf({ ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...key })).toBe(chord);
});

describe("effects", () => {
  const done: string[] = [];
  const host = {
    language: "zh",
    here: (s: string, p: object, n: number) => done.push(`here ${s} ${JSON.stringify(p)} ${n}`),
    popup: (s: string, p: object) => done.push(`popup ${s} ${JSON.stringify(p)}`),
    drawer: (s: string) => done.push(`drawer ${s}`),
    window: (s: string) => done.push(`window ${s}`),
    close: () => done.push("close"),
    notice: (text: string, level: string) => done.push(`${level} ${text}`),
    endless: () => done.push("endless"),
  } as unknown as EffectHost;
  const from = { params: { line: 1 } } as unknown as OpenScreen;

  test("come in order, with what the screen was opened with", () => {
    done.length = 0;
    carryOut(
      [
        { do: "notice", text: { en: "Hello", zh: "你好" }, level: "success" },
        { do: "open", screen: "a", as: "popup", params: { machine: { tag: "m/1" } } },
        { do: "close" },
        { do: "open", screen: "b", params: { line: 2 } },
      ],
      host,
      from,
      1,
    );
    expect(done).toEqual([
      "success 你好",
      'popup a {"line":1,"machine":{"tag":"m/1"}}',
      "close",
      'here b {"line":2} 1',
    ]);
  });

  test("end when screens open one another", () => {
    done.length = 0;
    carryOut([{ do: "open", screen: "a" }], host, from, 9);
    expect(done).toEqual(["endless"]);
  });

  test.each([
    { machine: { tag: "a/b" }, n: 5, text: "plain" },
    { five: "5", yes: "true", on: true, odd: 'a&b="c"', none: "null" },
    {},
  ])("parameters %o stand in an address", (params) => {
    expect(paramsOf(new URLSearchParams(queryOf(params).toString()))).toEqual(params);
  });
});
