import type { LiveValue, Meta } from "@lineside/client";
import { Scene } from "@lineside/scene";
import { beforeAll, describe, expect, it } from "vitest";
import { Recording, RecordingPath } from "../runtime/scene/recording";
import {
  type DrawingView,
  type Drawn,
  decimalsFor,
  type Env,
  fixed,
  isElement,
  type Lang,
  manifests,
  type Settings,
  scaleOf,
  ticks,
  type Values,
  views,
} from "./index";
import { load } from "./symbol/library";
import { align, Ring } from "./trend/ring";
import { seconds } from "./trend/view";

beforeAll(async () => {
  Object.assign(globalThis, { Path2D: RecordingPath });
  await load();
});

const good: LiveValue = { v: 42.5, q: 0, t: 1 };
const qualities = {
  good: 0,
  clamped: 0x00300000,
  override: 0x00960000,
  uncertain: 0x40900000,
  bad: 0x80050000,
  waiting: 0x80320000,
};
const samples: Record<string, unknown> = {
  float: 42.5,
  "out of range": 1e9,
  negative: -0.0001,
  huge: 1.7e308,
  int: 7,
  true: true,
  false: false,
  string: "Ready",
  "long string": "x".repeat(5000),
  chinese: "运行中",
  "right to left": "مرحبا",
  emoji: "👷🏽‍♀️",
  empty: "",
  null: null,
  object: { a: [1, 2] },
};

const meta: Meta = {
  path: "area/tic101/value",
  type: "float",
  title: "Temperature",
  unit: "°C",
  low: 0,
  high: 100,
  normalLow: 20,
  normalHigh: 80,
  decimals: 1,
  writable: true,
  writeLow: 0,
  writeHigh: 90,
};

function env(over: Partial<Env> = {}): Env {
  return {
    lang: "en",
    theme: "light",
    mode: "run",
    connected: true,
    name: "",
    title: "",
    memory: new Map(),
    actions: ["click"],
    t: (text) => text?.en ?? "",
    meta: () => meta,
    bound: () => true,
    emit: async () => ({ outcome: "good" }),
    enter: async () => undefined,
    local: {},
    setLocal: () => {},
    ...over,
  };
}

function defaults(id: string): Settings {
  const out: Settings = {};
  for (const f of manifests[id]?.settings ?? []) {
    if (f.default !== undefined) out[f.name] = f.default;
    const given = f.from ? (meta as Record<string, unknown>)[f.from] : undefined;
    if (given !== undefined) out[f.name] = given;
  }
  return out;
}

function mount(id: string, width: number, height: number, e = env(), settings = defaults(id)) {
  const rec = new Recording();
  const frames: ((now: number) => void)[] = [];
  const scene = new Scene(rec.context, {
    page: { width: 340, height: 260, color: "ground", outside: "ground" },
    schedule: (f) => frames.push(f),
  });
  scene.resize(340, 260, 1);
  const layer = scene.layer("w", { x: 8.4, y: 5.7, width, height });
  const view = views[id] as DrawingView;
  const d = view.build(layer, { width, height }, settings, e);
  const drawn: Drawn = typeof d === "function" ? { update: d } : d;
  const run = () => {
    for (const f of frames.splice(0)) f(0);
  };
  run();
  return { rec, scene, drawn, run };
}

const drawings = Object.keys(views).filter((id) => !isElement(views[id] as never));

describe("catalogue", () => {
  it("has a view for every manifest and a manifest for every view", () => {
    expect(Object.keys(views).sort()).toEqual(Object.keys(manifests).sort());
    expect(Object.keys(views).length).toBeGreaterThanOrEqual(12);
  });

  it.each(Object.entries(manifests))("%s says everything in English and Chinese", (id, m) => {
    expect(m.id).toBe(id);
    const missing: string[] = [];
    const look = (at: string, v: unknown) => {
      if (Array.isArray(v)) for (const [i, x] of v.entries()) look(`${at}/${i}`, x);
      else if (typeof v === "object" && v !== null) {
        const o = v as Record<string, unknown>;
        if ("en" in o && (!o.en || !/[\u4e00-\u9fff]/.test(String(o.zh)))) missing.push(at);
        for (const [k, x] of Object.entries(o)) look(`${at}/${k}`, x);
      }
    };
    look("", m);
    expect(missing).toEqual([]);
    for (const f of m.settings) expect(Object.keys(f.title), f.name).toContain("zh");
  });

  it.each(Object.entries(manifests))("%s names properties that it has", (id, m) => {
    const names = m.settings.map((f) => f.name);
    expect(new Set(names).size).toBe(names.length);
    for (const p of [m.drop, m.writes, ...((views[id]?.live ?? []) as string[])]) if (p) expect(names).toContain(p);
    expect(m.view).toBe(isElement(views[id] as never) ? "element" : "drawing");
  });
});

describe.each(drawings)("%s", (id) => {
  const { width = 100, height = 40, minWidth = 16, minHeight = 16 } = manifests[id]?.size ?? {};
  const props = (manifests[id]?.settings ?? []).filter((f) => f.bind).map((f) => f.name);

  for (const [quality, q] of Object.entries(qualities))
    it(`draws every type as ${quality}, in every size, without throwing`, () => {
      for (const lang of ["en", "zh"] as Lang[])
        for (const [w, h] of [
          [width, height],
          [minWidth, minHeight],
          [290, 190],
          [1, 1],
        ] as const) {
          const m = mount(id, w, h, env({ lang }));
          for (const v of Object.values(samples)) {
            const live: LiveValue = { v: q >= 0x80000000 ? null : v, q, t: 1 };
            m.drawn.update(Object.fromEntries(props.map((p) => [p, live])));
            m.run();
            m.drawn.describe?.();
          }
        }
    });

  it("does not look live when it is not", () => {
    if (!props.includes("value")) return;
    const m = mount(id, width, height);
    m.drawn.update({ value: good });
    m.run();
    const live = m.rec.pixels.slice();
    const looks = new Set([live.join()]);
    for (const q of [qualities.uncertain, qualities.bad, qualities.waiting, qualities.override]) {
      m.drawn.update({ value: { v: q >= 0x80000000 ? null : 42.5, q, t: 1 } });
      m.run();
      looks.add(m.rec.pixels.join());
    }
    expect(looks.size).toBe(5);
  });

  it("leaves after changes what one whole frame leaves", () => {
    const m = mount(id, width, height);
    const values = [42.5, 0, 99.9, 1e6, -3, 12.25, true, false];
    let n = 0;
    for (const q of [0, 0, qualities.bad, 0, qualities.uncertain, 0, qualities.waiting, qualities.override, 0])
      for (const v of values) {
        const all: Values = {};
        for (const p of props) all[p] = { v: q >= 0x80000000 ? null : v, q, t: ++n };
        m.drawn.update(all);
        m.run();
        const before = m.rec.pixels.slice();
        m.scene.invalidate();
        m.run();
        expect(before.findIndex((x, i) => x !== m.rec.pixels[i])).toBe(-1);
      }
  });

  it("keeps quiet when the value stays", () => {
    const m = mount(id, width, height);
    m.drawn.update({ value: good });
    m.run();
    const frames = m.scene.stats.frames;
    m.drawn.update({ value: { ...good, t: 2 } });
    m.run();
    expect(m.scene.stats.frames).toBe(frames);
  });
});

describe("controls", () => {
  it("a switch asks for the other state and waits for the device", async () => {
    const sent: unknown[] = [];
    let done: (r: { outcome: "good" }) => void = () => {};
    const m = mount(
      "switch",
      200,
      48,
      env({
        emit: (name, data, onSent) => {
          sent.push([name, data]);
          onSent?.();
          return new Promise((resolve) => {
            done = resolve;
          });
        },
      }),
    );
    m.drawn.update({ value: { v: false, q: 0, t: 1 } });
    m.drawn.act?.();
    m.drawn.act?.();
    expect(sent).toEqual([["set", true]]);
    expect(m.drawn.active?.()).toBe(false);
    expect(m.drawn.describe?.().state).toMatchObject({ checked: "false", busy: "true" });
    done({ outcome: "good" });
    await Promise.resolve();
    await Promise.resolve();
    expect(m.drawn.active?.()).toBe(true);
    // Still off: only the device's own value moves it.
    expect(m.drawn.describe?.().state).toMatchObject({ checked: "false" });
  });

  it("a switch whose state is not known does nothing", () => {
    let sent = 0;
    const m = mount(
      "switch",
      200,
      48,
      env({
        emit: async () => {
          sent++;
          return undefined;
        },
      }),
    );
    m.drawn.update({ value: { v: null, q: 0x80050000, t: 1 } });
    m.drawn.act?.();
    expect(sent).toBe(0);
    expect(m.drawn.active?.()).toBe(false);
  });

  it("a setpoint writes what was entered, and nothing when the entry was cancelled", async () => {
    const sent: unknown[] = [];
    let answer: number | undefined = 50;
    const m = mount(
      "setpoint",
      168,
      64,
      env({
        enter: async (e) => {
          expect(e).toMatchObject({ low: 0, high: 90, unit: "°C", value: 42.5 });
          return answer;
        },
        emit: async (name, data) => {
          sent.push([name, data]);
          return { outcome: "failed", message: "no" };
        },
      }),
    );
    m.drawn.update({ value: good });
    m.drawn.act?.();
    await new Promise((r) => setTimeout(r));
    expect(sent).toEqual([["set", 50]]);
    expect(m.drawn.describe?.().value).toContain("last write failed");
    answer = undefined;
    m.drawn.act?.();
    await new Promise((r) => setTimeout(r));
    expect(sent.length).toBe(1);
  });

  it.each(["switch", "setpoint"])("a %s on a tag that may not be written only shows it", (id) => {
    const m = mount(id, 168, 64, env({ meta: () => ({ ...meta, writable: false }) }));
    expect(m.drawn.act).toBeUndefined();
  });

  it("a button without an action is not one", () => {
    expect(mount("button", 100, 40, env({ actions: [] })).drawn.act).toBeUndefined();
    expect(mount("button", 100, 40, env(), { label: "x", enabled: false }).drawn.active?.()).toBe(false);
  });
});

describe("formats", () => {
  const place = { lat: 48.1, lon: 11.5 };
  it.each([
    ["value", "value", "value"],
    ["text", "text", "label"],
  ] as const)("a %s shows a place as its two numbers", (id, prop, said) => {
    const m = mount(id, 168, 64, env({ meta: () => ({ path: "a/place", type: "json", format: "location" }) }), {});
    m.drawn.update?.({ [prop]: { v: place, q: 0, t: 1 } });
    expect(m.drawn.describe?.()[said]).toContain("48.1°, 11.5°");
  });
});

describe("numbers", () => {
  it.each([
    [12.345, 1, "12.3"],
    [-12.345, 1, "−12.3"],
    [-0.04, 1, "0.0"],
    [5, undefined, "5"],
    [5.5, undefined, "5.50"],
    [1e21, 0, "1.000e+21"],
  ])("%d with %s decimals is %s", (n, d, text) => {
    expect(fixed(n, d)).toBe(text);
  });

  it("takes decimals from the range", () => {
    expect([decimalsFor(0, 100), decimalsFor(0, 1), decimalsFor(0, 5000), decimalsFor(5, 5)]).toEqual([
      1,
      3,
      0,
      undefined,
    ]);
  });

  it("marks scales at round numbers", () => {
    expect(ticks(0, 100, 5)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticks(-1, 1, 4)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(ticks(0.3, 0.7, 4)).toEqual([0.3, 0.4, 0.5, 0.6, 0.7]);
  });

  it("cuts the normal band to the range and drops limits outside", () => {
    const s = scaleOf({ low: 0, high: 10, normalLow: -5, normalHigh: 4, limitLow: -1, limitHigh: 8 }, env());
    expect(s).toMatchObject({ normal: { from: 0, to: 4 }, limitLow: undefined, limitHigh: 8 });
    expect([s.at(-5), s.at(5), s.at(50)]).toEqual([0, 0.5, 1]);
  });
});

describe("trend", () => {
  it("takes the past in place of what it knows of it, and keeps what came since", () => {
    const r = new Ring(10);
    r.push(5, 50);
    r.push(9, 90);
    r.replace([
      { t: 1, v: 1 },
      { t: 5, v: 5 },
      { t: 6, v: 6 },
    ]);
    expect(Array.from({ length: r.length }, (_, i) => r.at(i))).toEqual([
      { t: 1, v: 1 },
      { t: 5, v: 5 },
      { t: 6, v: 6 },
      { t: 9, v: 90 },
    ]);
    r.replace([]);
    expect(r.length).toBe(4);
  });

  it("keeps the newest in a full ring and what still holds when trimmed", () => {
    const r = new Ring(4);
    for (let i = 1; i <= 6; i++) r.push(i, i * 10);
    r.push(2, 99);
    expect(Array.from({ length: r.length }, (_, i) => r.at(i).v)).toEqual([30, 40, 50, 60]);
    r.trim(4.5);
    expect(r.at(0)).toEqual({ t: 4, v: 40 });
  });

  it("puts pens on one time axis and shows a gap where there is no value", () => {
    const a = new Ring(10);
    const b = new Ring(10);
    a.push(1, 10);
    a.push(3, Number.NaN);
    a.push(5, 30);
    b.push(2, 7);
    expect(align([a, b], 0, 6)).toEqual([
      [1, 2, 3, 5, 6],
      [10, 10, null, 30, 30],
      [null, 7, 7, 7, 7],
    ]);
  });

  it.each([
    ["5m", 300],
    ["1h30m", 5400],
    ["90s", 90],
    ["250ms", 0.25],
    ["", undefined],
    ["5", undefined],
    ["5x", undefined],
  ])("%s is %s seconds", (text, s) => {
    expect(seconds(text)).toBe(s);
  });
});
