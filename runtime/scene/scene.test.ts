import { beforeAll, describe, expect, it } from "vitest";
import { generator as random } from "../../test/random";
import { DirtyRects } from "./dirty";
import type { Bounds } from "./geometry";
import { area, contains, intersects } from "./geometry";
import { pathBounds } from "./path";
import { GridIndex } from "./place";
import { look, Readout } from "./quality";
import { Recording, RecordingPath } from "./recording";
import { stage } from "./stage";
import { Type } from "./type";

beforeAll(() => {
  Object.assign(globalThis, { Path2D: RecordingPath });
});

describe("DirtyRects", () => {
  it("rounds outwards and cuts to the canvas", () => {
    const d = new DirtyRects();
    d.resize(100, 50);
    d.add(-3.5, 10.2, 20.1, 60);
    expect(d.rects).toEqual([{ x0: 0, y0: 10, x1: 21, y1: 50 }]);
  });

  it("leaves out what is empty or outside", () => {
    const d = new DirtyRects();
    d.resize(100, 50);
    d.add(10, 10, 10, 20);
    d.add(200, 0, 300, 50);
    d.add(Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY, 0);
    expect(d.rects).toEqual([]);
  });

  it("joins neighbours and keeps apart what is far", () => {
    const d = new DirtyRects();
    d.resize(1000, 1000);
    d.add(0, 0, 10, 10);
    d.add(10, 0, 20, 10);
    d.add(500, 500, 510, 510);
    expect(d.rects.length).toBe(2);
  });

  it("covers everything that was added, whatever the order and number", () => {
    const next = random(7);
    for (let round = 0; round < 20; round++) {
      const d = new DirtyRects();
      d.resize(1920, 1080);
      const added: Bounds[] = [];
      const n = round < 10 ? 30 : 900;
      for (let i = 0; i < n; i++) {
        const x0 = Math.floor(next() * 1900);
        const y0 = Math.floor(next() * 1060);
        const r = {
          x0,
          y0,
          x1: Math.min(1920, x0 + 1 + Math.floor(next() * 90)),
          y1: Math.min(1080, y0 + 1 + Math.floor(next() * 60)),
        };
        added.push(r);
        d.add(r.x0, r.y0, r.x1, r.y1);
      }
      expect(d.rects.length).toBeLessThanOrEqual(401);
      for (const a of added) {
        const covered = d.rects.reduce((s, r) => {
          if (contains(r, a)) return Number.POSITIVE_INFINITY;
          return intersects(r, a)
            ? s +
                area({
                  x0: Math.max(r.x0, a.x0),
                  y0: Math.max(r.y0, a.y0),
                  x1: Math.min(r.x1, a.x1),
                  y1: Math.min(r.y1, a.y1),
                })
            : s;
        }, 0);
        expect(covered).toBeGreaterThanOrEqual(area(a));
      }
    }
  });
});

describe("GridIndex", () => {
  it("finds exactly what a look at everything finds", () => {
    const next = random(3);
    const grid = new GridIndex<{ extent: Bounds; cells: number[]; stamp: number }>();
    const items = Array.from({ length: 300 }, () => {
      const x0 = next() * 4000 - 500;
      const y0 = next() * 4000 - 500;
      return { extent: { x0, y0, x1: x0 + next() * 400, y1: y0 + next() * 400 }, cells: [] as number[], stamp: 0 };
    });
    for (const i of items) grid.put(i);
    for (const i of items.slice(0, 100)) {
      i.extent = { x0: i.extent.x0 + 300, y0: i.extent.y0, x1: i.extent.x1 + 300, y1: i.extent.y1 };
      grid.put(i);
    }
    for (const i of items.slice(250)) grid.remove(i);
    const present = items.slice(0, 250);
    for (let k = 0; k < 100; k++) {
      const x0 = next() * 4000 - 500;
      const y0 = next() * 4000 - 500;
      const q = { x0, y0, x1: x0 + 200, y1: y0 + 200 };
      const found = grid.query(q, []);
      expect(new Set(found)).toEqual(new Set(present.filter((i) => intersects(i.extent, q))));
      expect(found.length).toBe(new Set(found).size);
    }
  });
});

describe("pathBounds", () => {
  it.each([
    ["M0 0L10 20", { x0: 0, y0: 0, x1: 10, y1: 20 }],
    ["m5 5 l10 0 v-20 h-3 z", { x0: 5, y0: -15, x1: 15, y1: 5 }],
    ["M1-1.5.5.25", { x0: 0.5, y0: -1.5, x1: 1, y1: 0.25 }],
    ["M0,0C10,-10 20,10 30,0S50,5 60,0", { x0: 0, y0: -10, x1: 60, y1: 10 }],
    ["", { x0: 0, y0: 0, x1: 0, y1: 0 }],
  ])("%s", (d, b) => {
    expect(pathBounds(d)).toEqual(b);
  });

  it("covers a half circle", () => {
    const b = pathBounds("M0 0A10 10 0 0 1 20 0");
    expect(b.y0).toBeLessThanOrEqual(-10);
    expect(b.x1).toBeGreaterThanOrEqual(20);
  });
});

describe("Type", () => {
  const type = new Type(new Recording());
  it("ends with dots what does not fit", () => {
    expect(type.ellipsis("Temperature", 10, 400, 1000)).toBe("Temperature");
    const cut = type.ellipsis("Temperature", 10, 400, 33);
    expect(cut).toMatch(/^Temp.*…$/);
    expect(type.width(cut, 10, 400)).toBeLessThanOrEqual(33);
    expect(type.ellipsis("Temperature", 10, 400, 2)).toBe("");
  });
  it("breaks English at spaces and Chinese anywhere", () => {
    expect(type.wrap("aaa bbb ccc", 10, 400, 40)).toEqual(["aaa bbb", "ccc"]);
    expect(type.wrap("反应釜温度", 10, 400, 30)).toEqual(["反应釜", "温度"]);
    expect(type.wrap("a\nb", 10, 400, 100)).toEqual(["a", "b"]);
  });
});

describe("Scene", () => {
  it("asks for a frame only when something changed", () => {
    const { scene, frames, run } = stage();
    run();
    const layer = scene.layer("a", { x: 10, y: 10, width: 50, height: 50 });
    const r = layer.rect({ x: 0, y: 0, width: 10, height: 10, fill: "line" });
    run();
    expect(frames.length).toBe(0);
    r.set({ width: 10 });
    expect(frames.length).toBe(0);
    r.set({ width: 11 });
    expect(frames.length).toBe(1);
  });

  it("paints only what changed", () => {
    const { scene, run } = stage(1000, 1000);
    const parts = Array.from({ length: 100 }, (_, i) =>
      scene
        .layer(`l${i}`, { x: (i % 10) * 100, y: Math.floor(i / 10) * 100, width: 90, height: 90 })
        .rect({ x: 0, y: 0, width: 90, height: 90, fill: "line" }),
    );
    run();
    expect(scene.stats.pixels).toBe(1_000_000);
    parts[55]?.set({ fill: "equipment" });
    run();
    expect(scene.stats.parts).toBe(1);
    expect(scene.stats.pixels).toBeLessThanOrEqual(93 * 93);
  });

  it("hits the topmost and hears of moves", () => {
    const { scene } = stage();
    const a = scene.layer("a", { x: 0, y: 0, width: 100, height: 100 });
    scene.layer("b", { x: 50, y: 50, width: 100, height: 100 });
    const frame = scene.layer("c", { x: 0, y: 0, width: 300, height: 200 }, false);
    frame.line({ x1: 0, y1: 10, x2: 300, y2: 10, stroke: "line" });
    expect(scene.hit(60, 60)?.id).toBe("b");
    expect(scene.hit(20, 20)?.id).toBe("a");
    expect(scene.hit(200, 10)?.id).toBe("c");
    expect(scene.hit(200, 20)).toBeUndefined();
    scene.order(["b", "a", "c"]);
    expect(scene.hit(60, 60)?.id).toBe("a");
    a.box = { x: 200, y: 150, width: 20, height: 20 };
    expect(scene.hit(20, 20)).toBeUndefined();
    expect(scene.hit(205, 155)?.id).toBe("a");
    scene.remove(a);
    expect(scene.hit(205, 155)).toBeUndefined();
  });

  it("goes from view to world and back", () => {
    const { scene } = stage();
    scene.camera = { x: 30, y: -20, zoom: 2.5 };
    const p = scene.toWorld(100, 50);
    expect(p).toEqual({ x: 70, y: 0 });
    expect(scene.toView(p.x, p.y)).toEqual({ x: 100, y: 50 });
  });

  it("leaves after many small frames what one whole frame leaves", () => {
    for (const [seed, zoom, dpr] of [
      [1, 1, 1],
      [2, 1.37, 1],
      [3, 0.61, 2],
      [4, 1, 1.25],
    ] as const) {
      const next = random(seed);
      const { scene, rec, run } = stage(240, 160, dpr);
      scene.camera = { x: -7.3, y: 4.1, zoom };
      run();
      const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
      const tones = ["line", "text", "live", "band", "#FF0000"];
      const changes: (() => void)[] = [];
      for (let i = 0; i < 14; i++) {
        const l = scene.layer(`l${i}`, { x: next() * 200, y: next() * 120, width: 60, height: 40 });
        const g = l.group({ x: 3 });
        const r = g.rect({ x: 0, y: 0, width: 50, height: 30, fill: pick(tones), radius: pick([0, 6]) });
        const t = g.text({ x: 2, y: 2, width: 46, height: 20, text: "12.5", align: "end" });
        const e = g.ellipse({ x: 20, y: 20, rx: 9, stroke: "text", strokeWidth: 3 });
        const n = g.line({ x1: 0, y1: 10, x2: 30, y2: 10, stroke: "text", strokeWidth: 2 });
        const p = g.path({ points: [0, 0, 10, 5, 0, 10], closed: true, fill: pick(tones), x: 10, y: 10 });
        const q = new Readout(g, { x: 0, y: 20, width: 50, height: 16, size: 12, align: "end" });
        changes.push(
          () => r.set({ width: 10 + next() * 50, fill: pick(tones) }),
          () => r.set({ stroke: pick(["text", undefined]), hatch: pick(["line", undefined]) }),
          () => t.set({ text: (next() * 1000).toFixed(2), dotted: pick(["text", undefined]) }),
          () => e.set({ x: next() * 40, rx: 3 + next() * 12 }),
          () => n.set({ y1: next() * 30, y2: next() * 30 }),
          () => n.set({ y1: 8, y2: 8 }),
          () => p.set({ rotate: next() * 360, x: next() * 40 }),
          () => q.set((next() * 100).toFixed(1), pick(["good", "bad", "uncertain", "waiting", "override", "unset"])),
          () => g.set({ visible: next() > 0.3 }),
          () => g.set({ x: next() * 10 }),
          () => {
            l.box = { x: next() * 200, y: next() * 120, width: 60, height: 40 };
          },
        );
      }
      run();
      for (let step = 0; step < 120; step++) {
        for (let k = 0; k < 3; k++) pick(changes)();
        run();
        const piecewise = rec.pixels.slice();
        scene.invalidate();
        run();
        const differ = piecewise.findIndex((v, i) => v !== rec.pixels[i]);
        expect(
          differ === -1
            ? ""
            : `seed ${seed} step ${step} pixel ${differ}: ${piecewise[differ]} instead of ${rec.pixels[differ]}`,
        ).toBe("");
      }
    }
  }, 60_000);
});

describe("quality", () => {
  it.each([
    [0x00000000, "good"],
    [0x00300000, "good"],
    [0x00960000, "override"],
    [0x40000000, "uncertain"],
    [0x40900000, "uncertain"],
    [0x80000000, "bad"],
    [0x80050000, "bad"],
    [0x80320000, "waiting"],
    [0x80320001, "waiting"],
    [0xc0000000, "bad"],
    // As a signed 32-bit number, as bit operations make it.
    [0x80050000 | 0, "bad"],
  ])("%i looks %s", (code, wanted) => {
    expect(look(code)).toBe(wanted);
  });

  it("never shows half a number", () => {
    const { scene, rec, run } = stage();
    const l = scene.layer("a", { x: 0, y: 0, width: 30, height: 20 });
    const r = new Readout(l, { x: 0, y: 0, width: 30, height: 20, size: 16 });
    r.set("1234567.8", "good");
    run();
    expect(rec.texts.join("")).toMatch(/^#+$/);
    rec.texts.length = 0;
    r.set("12", "good");
    run();
    expect(rec.texts).toEqual(["12"]);
  });
});
