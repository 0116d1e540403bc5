import type { Manifest, Meta, Widget } from "@lineside/client";
import { Scene } from "@lineside/scene";
import { manifests, type NumberEntry, views } from "@lineside/widgets";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Recording, RecordingPath } from "../scene/recording";
import { readNumber } from "./dialogs";
import { Instance, type InstanceHost } from "./instance";
import { planOf } from "./policy";
import { say } from "./texts";

beforeAll(() => {
  Object.assign(globalThis, { Path2D: RecordingPath });
});

const entry: NumberEntry = { title: "T", unit: "°C", value: 1, low: -10, high: 150, decimals: 1, integer: false };

describe("readNumber", () => {
  it.each([
    ["150", 150],
    [" -3.5 ", -3.5],
    ["−3,5", -3.5],
    [".5", 0.5],
    ["1e2", 100],
  ])("%s is %d", (text, n) => {
    expect(readNumber(text, entry, "en")).toBe(n);
  });

  it.each([
    ["", "Enter a number."],
    ["abc", "Enter a number."],
    ["1.2.3", "Enter a number."],
    ["0x10", "Enter a number."],
    ["1e999", "Enter a number."],
    ["151", "Allowed −10 °C to 150 °C"],
    ["-11", "Allowed −10 °C to 150 °C"],
  ])("%s is refused", (text, why) => {
    expect(readNumber(text, entry, "en")).toBe(why);
  });

  it("takes whole numbers only for an int", () => {
    expect(readNumber("1.5", { ...entry, integer: true }, "zh")).toBe("请输入整数。");
    expect(readNumber("5", { ...entry, low: undefined, high: 4 }, "en")).toBe("At most 4 °C");
  });
});

describe("planOf", () => {
  const tic: Meta = {
    path: "a/tic101/sp",
    type: "float",
    title: "TIC-101 setpoint",
    unit: "°C",
    decimals: 0,
    confirm: "ask",
  };
  const widget = (over: Partial<Widget>): Widget => ({ id: "w", type: "setpoint", x: 0, y: 0, w: 1, h: 1, ...over });
  const plan = (w: Widget, name: string, data: unknown, meta?: Meta, lang: "en" | "zh" = "en") =>
    planOf(
      w,
      manifests[w.type] as Manifest,
      name,
      data,
      () => meta,
      (p) => (p === tic.path ? tic : undefined),
      lang,
    );

  it("names thing and value", () => {
    expect(plan(widget({}), "set", 150, tic).question).toBe("Set TIC-101 setpoint to 150 °C?");
    expect(plan(widget({}), "set", 150, tic, "zh").question).toBe("将 TIC-101 setpoint 设为 150 °C？");
  });
  it("never asks for less than it writes: all decimals are said", () => {
    expect(plan(widget({}), "set", 150.25, tic).question).toBe("Set TIC-101 setpoint to 150.25 °C?");
  });
  it("follows the policy of the tag, and asks when there is none", () => {
    expect(plan(widget({}), "set", 1, { ...tic, confirm: "none" }).confirm).toBe("none");
    expect(plan(widget({}), "set", 1, { ...tic, confirm: "reason" }).confirm).toBe("reason");
    expect(plan(widget({}), "set", 1, {}).confirm).toBe("ask");
  });
  it("takes the strictest of several actions and lists them", () => {
    const w = widget({
      type: "button",
      on: {
        click: [
          { do: "write", tag: "a/tic101/sp", value: 80 },
          { do: "toggle", tag: "a/pump", confirm: "reason" },
          { do: "open", screen: "b" },
        ],
      },
    });
    const p = plan(w, "click", undefined);
    expect(p.confirm).toBe("reason");
    expect(p.question).toBe("Set TIC-101 setpoint to 80 °C?\nSwitch a/pump over?");
    expect(p.thing).toBe("");
  });
  it("does not ask before opening a screen", () => {
    const w = widget({ type: "button", on: { click: [{ do: "open", screen: "b" }] } });
    expect(plan(w, "click", undefined)).toMatchObject({ confirm: "none", writes: false });
  });
  it("does not pretend to know a computed value", () => {
    const w = widget({ type: "button", on: { click: [{ do: "write", tag: "a/x", value: { expr: "1+1" } }] } });
    expect(plan(w, "click", undefined).question).toBe("Set a/x to its computed value?");
  });
});

describe("Instance", () => {
  function host(over: Partial<InstanceHost> = {}) {
    const rec = new Recording();
    const scene = new Scene(rec.context, { schedule: () => {} });
    scene.resize(200, 200, 1);
    const said = new Map<string, { label: string; value?: string; role: string }>();
    const tiles: { textContent: string }[] = [];
    vi.stubGlobal("document", {
      createElement: () => {
        const e = {
          style: {},
          classList: { toggle() {} },
          className: "",
          textContent: "",
          append() {},
          remove() {},
        };
        tiles.push(e);
        return e;
      },
    });
    const h: InstanceHost = {
      scene,
      elements: { append() {} } as unknown as HTMLElement,
      mirror: {
        set: (id: string, e: { label: string; role: string }) => said.set(id, e),
        remove: (id: string) => said.delete(id),
      } as unknown as InstanceHost["mirror"],
      lang: "en",
      theme: "light",
      mode: "run",
      connected: true,
      ratio: 1,
      meta: () => ({}),
      values: () => ({}),
      emit: async () => undefined,
      enter: async () => undefined,
      ordered: () => {},
      local: () => ({}),
      setLocal: () => {},
      around: () => undefined,
      turned: () => {},
      ...over,
    };
    return { h, rec, scene, said, tiles };
  }
  const widget = (props: Widget["props"] = {}, type = "value"): Widget => ({
    id: "w",
    type,
    x: 0,
    y: 0,
    w: 160,
    h: 48,
    props,
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("shows defaults, then the tag's own, then the document's", () => {
    const meta = { value: { unit: "bar", decimals: 3, title: "P1" } };
    const a = host({ meta: () => meta });
    const i = new Instance(a.h, widget(), 0, 0, manifests.value);
    i.deliver({ value: { v: 1.5, q: 0, t: 1 } });
    expect(a.said.get("w")).toMatchObject({ label: "P1", value: "1.500 bar" });
    const b = host({ meta: () => meta });
    const j = new Instance(b.h, widget({ unit: "kPa", decimals: 0, label: "Own" }), 0, 0, manifests.value);
    j.deliver({ value: { v: 1.5, q: 0, t: 1 } });
    expect(b.said.get("w")).toMatchObject({ label: "Own", value: "2 kPa" });
  });

  it("waits for what is bound and has no value yet", () => {
    const a = host({ meta: () => ({ value: {} }) });
    const i = new Instance(a.h, widget(), 0, 0, manifests.value);
    i.deliver({});
    expect(a.said.get("w")?.value).toBe("waiting for the first value");
    const b = host();
    new Instance(b.h, widget({ value: { tag: "a/b" } }), 0, 0, manifests.value).deliver({});
    expect(b.said.get("w")?.value).toBe("waiting for the first value");
    const c = host();
    new Instance(c.h, widget(), 0, 0, manifests.value).deliver({});
    expect(c.said.get("w")?.value).toBe("not connected to a tag");
  });

  it("builds again when a bound setting changes", () => {
    const a = host({ meta: () => ({ value: {}, label: {} }) });
    const i = new Instance(a.h, widget(), 0, 0, manifests.value);
    const values = { value: { v: 1, q: 0, t: 1 }, label: { v: "One", q: 0, t: 1 } };
    Object.assign(a.h, { values: () => values });
    i.deliver(values);
    expect(a.said.get("w")?.label).toBe("One");
    values.label = { v: "Two", q: 0, t: 2 };
    i.deliver(values);
    expect(a.said.get("w")?.label).toBe("Two");
  });

  it("becomes a tile with the error when its view throws, and recovers when changed", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    let broken = true;
    views.broken = {
      build: () => () => {
        if (broken) throw new Error("division by cucumber");
      },
    };
    const a = host();
    const w = widget({}, "broken");
    const i = new Instance(a.h, w, 0, 0, undefined);
    expect(a.tiles.at(-1)?.textContent).toContain("division by cucumber");
    expect(a.said.get("w")?.label).toContain("division by cucumber");
    expect(a.scene.hit(10, 10)?.id).toBe("w");
    i.deliver({ value: { v: 1, q: 0, t: 1 } });
    broken = false;
    i.change({ ...w, props: { a: 1 } }, 0, 0);
    expect(a.said.get("w")?.label).not.toContain("cucumber");
    delete views.broken;
  });

  it("turns and mirrors without building again", () => {
    const a = host();
    const w = widget({ value: 3 });
    const i = new Instance(a.h, w, 0, 0, manifests.value);
    const layer = a.scene.get("w");
    i.change({ ...w, rotate: 90 }, 0, 0);
    expect(a.scene.get("w")).toBe(layer);
    // 160 wide and 48 high about 80, 24: it stands upright now.
    expect(a.scene.hit(80, 100)?.id).toBe("w");
    expect(a.scene.hit(10, 10)).toBeUndefined();
    i.change({ ...w, rotate: 90, flip: "x" }, 0, 0);
    expect(layer?.turn).toMatchObject({ flipX: true, flipY: false });
    i.change(w, 0, 0);
    expect(layer?.turn).toBeUndefined();
  });

  it("turns with what is around it, and says when what is in it must turn", () => {
    const turned: string[] = [];
    const outer = { matrix: [1, 0, 0, 1, 500, 0] as const, flipX: false, flipY: false };
    const a = host({
      around: () => ({ ...outer, opacity: 0.5, visible: true, blink: false }),
      turned: (id) => turned.push(id),
    });
    const w = widget({}, "group");
    const i = new Instance(a.h, w, 0, 0, manifests.group);
    expect(a.scene.get("w")?.turn).toMatchObject({ opacity: 0.5 });
    expect(i.own).toBeUndefined();
    expect(turned).toEqual([]);
    i.change({ ...w, rotate: 45 }, 0, 0);
    expect(turned).toEqual(["w"]);
    expect(i.own?.matrix).toBeDefined();
    i.change({ ...w, rotate: 45, x: 1 }, 1, 0);
    expect(turned).toEqual(["w", "w"]);
  });

  it("follows its animations, and lies as drawn while their values are bad", () => {
    const a = host({ meta: () => ({ value: {}, "animate/0": {}, "animate/1": {} }) });
    const w: Widget = {
      ...widget(),
      animate: [
        { what: "opacity", by: {}, in: [0, 10], out: [0, 1] },
        { what: "label", by: {}, steps: [{ from: 5, set: "High" }], else: "Low" },
      ],
    };
    const i = new Instance(a.h, w, 0, 0, manifests.value);
    const give = (n: number, q = 0) => {
      const values = { value: { v: 1, q: 0, t: 1 }, "animate/0": { v: n, q, t: 1 }, "animate/1": { v: n, q, t: 1 } };
      Object.assign(a.h, { values: () => values });
      i.deliver(values);
      return a.scene.get("w")?.turn?.opacity;
    };
    expect(a.scene.get("w")?.turn).toBeUndefined();
    expect(give(5)).toBe(0.5);
    expect(a.said.get("w")?.label).toBe("High");
    expect(give(2)).toBe(0.2);
    expect(a.said.get("w")?.label).toBe("Low");
    expect(give(2, 0x80050000)).toBeUndefined();
    expect(i.tags.map((t) => t.title)).toEqual(["Value", "Label"]);
  });

  it("cannot be acted on or read while a value hides it", () => {
    const a = host({ meta: () => ({ "animate/0": {} }) });
    const w: Widget = {
      ...widget({ label: "Go" }, "button"),
      on: { click: [{ do: "open", screen: "b" }] },
      animate: [{ what: "visible", by: {} }],
    };
    const i = new Instance(a.h, w, 0, 0, manifests.button);
    expect(i.active).toBe(true);
    i.deliver({ "animate/0": { v: false, q: 0, t: 1 } });
    expect(i.active).toBe(false);
    expect(a.scene.hit(10, 10)).toBeUndefined();
    expect(a.said.get("w")).toMatchObject({ state: { hidden: "true" }, act: undefined });
    i.deliver({ "animate/0": { v: true, q: 0, t: 2 } });
    expect(i.active).toBe(true);
    expect(a.said.get("w")).not.toMatchObject({ state: { hidden: "true" } });
  });

  it("gives a view what animations make of parts, without building again", () => {
    const seen: unknown[] = [];
    let built = 0;
    views.parts = {
      build: () => {
        built++;
        return (values) => seen.push(values["part:rotor:rotate"]?.v);
      },
    };
    const a = host({ meta: () => ({ "animate/0": {} }) });
    const w: Widget = {
      ...widget({}, "parts"),
      animate: [{ what: "rotate", part: "rotor", by: {}, in: [0, 1], out: [0, 90] }],
    };
    const i = new Instance(a.h, w, 0, 0, undefined);
    i.deliver({ "animate/0": { v: 1, q: 0, t: 1 } });
    i.deliver({ "animate/0": { v: 0.5, q: 0, t: 2 } });
    expect(seen).toEqual([undefined, 90, 45]);
    expect(built).toBe(1);
    expect(a.scene.get("w")?.turn).toBeUndefined();
    delete views.parts;
  });

  it("leaves the others as they are when one throws", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    views.broken = {
      build: () => () => {
        throw new Error("division by cucumber");
      },
    };
    const a = host();
    const good = new Instance(a.h, widget({ value: 3 }), 0, 0, manifests.value);
    new Instance(a.h, { ...widget({}, "broken"), id: "x", rotate: 90 }, 0, 100, undefined);
    expect(a.said.get("x")?.label).toContain("division by cucumber");
    expect(a.scene.get("x")?.turn?.matrix).toBeDefined();
    good.deliver({ value: { v: 7, q: 0, t: 1 } });
    expect(a.said.get("w")?.value).toBe("7");
    delete views.broken;
  });

  it.each(["describe", "active", "takes", "turned", "act", "press", "peek"])(
    "becomes a tile, and no exception, when %s of its view throws",
    (name) => {
      vi.spyOn(console, "error").mockImplementation(() => {});
      views.broken = {
        build: () => ({
          update: () => {},
          act: () => {},
          [name]: () => {
            throw new Error("division by cucumber");
          },
        }),
      };
      const a = host();
      const i = new Instance(a.h, { ...widget({}, "broken"), id: "x", rotate: 90 }, 0, 100, undefined);
      i.deliver({ value: { v: 7, q: 0, t: 1 } });
      i.activeAt(1, 1);
      i.peek(1, 1);
      i.press(true);
      i.act(1, 1);
      expect(a.said.get("x")?.label).toContain("division by cucumber");
      expect(a.said.get("x")?.label).toContain("(widget_threw)");
      delete views.broken;
    },
  );

  it("says so when its settings are of a version that could not be brought over, and shows them when they fit", () => {
    const a = host();
    const newer = { ...(manifests.value as Manifest), version: 3 };
    const i = new Instance(a.h, { ...widget({ value: 3 }), version: 1 }, 0, 0, newer);
    expect(a.said.get("w")?.label).toContain("(widget_migration)");
    i.change(widget({ value: 3 }), 0, 0);
    i.rebuild();
    expect(a.said.get("w")?.value).toBe("3");
  });

  it("says so when there is no such widget", () => {
    const a = host();
    new Instance(a.h, widget({}, "hologram"), 0, 0, undefined);
    expect(a.tiles.at(-1)?.textContent).toContain("hologram");
  });

  it("moves without building again", () => {
    const a = host();
    const w = widget({ value: 3 });
    const i = new Instance(a.h, w, 0, 0, manifests.value);
    const layer = a.scene.get("w");
    i.change({ ...w, x: 30 }, 30, 0);
    expect(a.scene.get("w")).toBe(layer);
    expect(a.scene.hit(185, 10)?.id).toBe("w");
    i.change({ ...w, x: 30, w: 20 }, 30, 0);
    expect(a.scene.hit(185, 10)).toBeUndefined();
  });
});

it("fills texts in both languages", () => {
  expect(say("set", "en", "A", "$1")).toBe("Set A to $1?");
  expect(say("lostSince", "zh", "12:03:11")).toBe("自 12:03:11 起无连接");
});
