import type { LiveValue } from "@lineside/client";
import { Scene } from "@lineside/scene";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { Recording, RecordingPath } from "../../runtime/scene/recording";
import type { Shown } from "../kit";
import type { Env, Settings, Values } from "../view";
import { cornersOf, stretched } from "./library";
import presets from "./presets.gen.json";
import { openOf, openText, stateOf, stateText } from "./state";
import { symbols } from "./symbols.gen";
import view from "./view";

beforeAll(() => {
  Object.assign(globalThis, { Path2D: RecordingPath });
});

const env: Env = {
  lang: "en",
  theme: "light",
  mode: "run",
  connected: true,
  name: "",
  title: "Symbol",
  memory: new Map(),
  actions: [],
  t: (text) => text?.en ?? "",
  meta: () => undefined,
  bound: () => true,
  emit: async () => undefined,
  enter: async () => undefined,
  local: {},
  setLocal: () => {},
};
const live = (v: unknown, q = 0): LiveValue => ({ v, q, t: 1 });
const good = (v: unknown): Shown => ({ v, look: "good" });

async function mount(settings: Settings, values: Values = {}, size = { width: 64, height: 64 }) {
  const rec = new Recording();
  const frames: ((now: number) => void)[] = [];
  const scene = new Scene(rec.context, {
    page: { width: 200, height: 200, color: "ground", outside: "ground" },
    schedule: (f) => frames.push(f),
  });
  scene.resize(200, 200, 1);
  const layer = scene.layer("w", { x: 60, y: 60, ...size }, true);
  const drawn = view.build(layer, size, settings, env);
  drawn.update(values);
  // The symbols come by themselves.
  for (let i = 0; i < 50 && layer.parts.length === 0; i++) await new Promise((r) => setTimeout(r, 10));
  const run = () => {
    for (const f of frames.splice(0)) f(0);
  };
  run();
  return { rec, layer, drawn, run, scene };
}

describe("symbols", () => {
  test("there are at least 80, the same in the table and in the drawings", () => {
    expect(presets.presets.length).toBeGreaterThanOrEqual(80);
    expect(presets.presets.map((p) => p.id)).toEqual(Object.keys(symbols));
  });

  test.each(presets.presets.map((p) => [p.id, p] as const))("%s has points on its box and its proportions", (id, p) => {
    const s = symbols[id];
    expect(p.points.length).toBeGreaterThan(0);
    expect(new Set(p.points.map((q) => q.name)).size).toBe(p.points.length);
    for (const q of p.points) for (const v of [q.x, q.y]) expect(v >= 0 && v <= 1, q.name).toBe(true);
    expect(p.size.width / p.size.height).toBeCloseTo((s?.w ?? 0) / (s?.h ?? 1), 5);
    expect([p.size.width % 8, p.size.height % 8]).toEqual([0, 0]);
    expect(p.title.en && /[\u4e00-\u9fffA-Z]/.test(p.title.zh)).toBe(true);
    expect(s?.parts.length).toBeGreaterThan(0);
  });

  test("no two have the same name", () => {
    for (const lang of ["en", "zh"] as const) {
      const titles = presets.presets.map((p) => `${p.group} ${p.title[lang]}`);
      expect(new Set(titles).size).toBe(titles.length);
    }
  });
});

describe("state", () => {
  test.each<[unknown, ReturnType<typeof stateOf>]>([
    [true, "running"],
    [false, "stopped"],
    [0, "stopped"],
    [1, "running"],
    [2, "fault"],
    [3, "manual"],
    [4, "nocomm"],
    ["2", "fault"],
    ["Running", "running"],
    [" TRIP ", "fault"],
    ["none", "none"],
    [5, undefined],
    [1.5, undefined],
    ["who knows", undefined],
    [{}, undefined],
  ])("of %j is %s", (v, state) => {
    expect(stateOf(good(v))).toBe(state);
  });

  test("nothing is read into a bad value, and a strange one is shown as it is", () => {
    expect(stateOf({ v: 1, look: "bad" })).toBeUndefined();
    expect(stateText(good("CIP"), "en")).toBe("CIP");
    expect(stateText(good(1), "zh")).toBe("运行");
  });

  test.each<[unknown, number, string]>([
    [true, 1, "Open"],
    [false, 0, "Closed"],
    [0, 0, "Closed"],
    [45, 0.45, "45 %"],
    [100, 1, "Open"],
    [180, 1, "Open"],
    [-5, 0, "Closed"],
    ["open", 1, "Open"],
  ])("position %j is %f", (v, open, text) => {
    expect(openOf(good(v))).toBeCloseTo(open);
    expect(openText(good(v), "en")).toBe(text);
  });
});

describe("drawing", () => {
  const looks = ["running", "stopped", "fault", "manual", "nocomm", "none"];

  test.each(["pid", "mimic", "simple", "highPerformance"])("tells states from each other as %s", async (appearance) => {
    const seen = new Set<string>();
    const m = await mount({ symbol: "pump", label: "P-101", appearance });
    for (const v of looks) {
      m.drawn.update({ state: live(v) });
      m.run();
      seen.add(m.rec.pixels.join());
    }
    for (const q of [0x40900000, 0x80050000, 0x80320000, 0x00960000]) {
      m.drawn.update({ state: live(q >= 0x80000000 ? null : "running", q) });
      m.run();
      seen.add(m.rec.pixels.join());
    }
    expect(seen.size).toBe(looks.length + 4);
  });

  test("parts follow animations, and come back", async () => {
    const m = await mount({ symbol: "pump" });
    const plain = m.rec.pixels.join();
    const seen = new Set([plain]);
    for (const [what, v] of [
      ["rotate", 45],
      ["scale", 0.5],
      ["move", [5, 3]],
      ["visible", false],
      ["opacity", 0.3],
      ["stroke", "urgent"],
    ] as const) {
      m.drawn.update({ [`part:rotor:${what}`]: live(v) });
      m.run();
      seen.add(m.rec.pixels.join());
      m.drawn.update({});
      m.run();
      expect(m.rec.pixels.join(), what).toBe(plain);
    }
    expect(seen.size).toBe(7);
  });

  test("is told to a screen reader", async () => {
    const m = await mount({ symbol: "pump", label: "P-101" }, { state: live(2), value: live(3.5) });
    expect(m.drawn.describe?.()).toMatchObject({ role: "img", label: "P-101", value: "3.50, Fault" });
  });

  test("keeps its texts level and in sight however it is turned", async () => {
    const m = await mount({ symbol: "conveyor-belt", label: "BC-1" }, { state: live(1) }, { width: 128, height: 48 });
    const plain = { ...m.layer.extent };
    m.layer.turn = {
      matrix: [0, 1, -1, 0, 208, -40],
      flipX: false,
      flipY: false,
      opacity: 1,
      visible: true,
      blink: false,
    };
    m.drawn.turned?.(90);
    m.run();
    const turned = m.layer.extent;
    const label = m.layer.parts.find((p) => (p.props as { text?: string }).text === "BC-1");
    // Below the upright box: its middle is at 124, 84, and it is 128 high.
    expect(label?.bounds.y0).toBeGreaterThanOrEqual(84 + 64);
    expect(turned.y1).toBeGreaterThanOrEqual(label?.bounds.y1 ?? 0);
    expect(turned.y1 - turned.y0).toBeGreaterThan(plain.y1 - plain.y0);
  });

  test("leaves nothing behind when it is gone before the symbols came", async () => {
    const rec = new Recording();
    const page = { width: 9, height: 9, color: "ground", outside: "ground" };
    const scene = new Scene(rec.context, { page, schedule: () => {} });
    vi.resetModules();
    const fresh = (await import("./view")).default;
    const layer = scene.layer("w", { x: 0, y: 0, width: 9, height: 9 }, true);
    const drawn = fresh.build(layer, { width: 9, height: 9 }, { symbol: "pump" }, env);
    expect(layer.parts).toEqual([]);
    drawn.destroy?.();
    scene.remove(layer);
    await (await import("./library")).load();
    expect(layer.parts).toEqual([]);
    expect(scene.hit(4, 4)).toBeUndefined();
  });
});

describe("geometry", () => {
  test("paths are stretched and their curves broken into lines", () => {
    expect(stretched("M0 0L10 20Q1 2 3 4Z", 2, 0.5)).toBe("M0 0L20 10Q2 1 6 2Z");
    const corners = cornersOf("M0 0C0 10 10 10 10 0Z");
    expect(corners.slice(-2)).toEqual([10, 0]);
    expect(Math.max(...corners.filter((_, i) => i % 2))).toBeCloseTo(7.5);
  });

  test("a picture fits its box", async () => {
    const p = await view.picture("conveyor-belt", { width: 40, height: 40 });
    expect([p?.width, p?.height]).toEqual([40, 15]);
    expect(await view.picture("nothing like this", { width: 40, height: 40 })).toBeUndefined();
  });
});
