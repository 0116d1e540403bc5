import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { generator as random } from "../../test/random";
import type { Box } from "./geometry";
import { Readout } from "./quality";
import { RecordingPath } from "./recording";
import { stage } from "./stage";
import { compose, invert, type Matrix, mapBounds, mapPoint, multiply, type Transform, turnOf } from "./transform";

beforeAll(() => {
  Object.assign(globalThis, { Path2D: RecordingPath });
});
afterEach(() => {
  vi.useRealTimers();
});

const box: Box = { x: 100, y: 50, width: 40, height: 20 };
const at = (t: Transform, x: number, y: number) => mapPoint(turnOf(box, t)?.matrix as Matrix, x, y);

describe("turnOf", () => {
  it.each<[string, Transform, number, number]>([
    ["a quarter turn clockwise", { rotate: 90 }, 130, 40],
    ["half a turn", { rotate: 180 }, 140, 70],
    ["three quarters", { rotate: 270 }, 110, 80],
    ["a turn and a quarter", { rotate: 450 }, 130, 40],
    ["mirrored left and right", { flip: "x" }, 140, 50],
    ["mirrored top and bottom", { flip: "y" }, 100, 70],
    ["mirrored both ways", { flip: "xy" }, 140, 70],
    ["mirrored, then turned", { flip: "x", rotate: 90 }, 130, 80],
    ["twice as large", { scale: 2 }, 80, 40],
    ["moved", { dx: 5, dy: -7 }, 105, 43],
    ["turned and moved", { rotate: 90, dx: 5, dy: -7 }, 135, 33],
  ])("%s: where the upper left corner goes", (_name, t, x, y) => {
    expect(at(t, 100, 50)).toEqual({ x, y });
  });

  it.each<[string, Transform]>([
    ["nothing", {}],
    ["zeros and ones", { rotate: 0, scale: 1, dx: 0, dy: 0, opacity: 1, visible: true, blink: false, flip: "" }],
    ["a full turn", { rotate: 360 }],
  ])("%s is no turn", (_name, t) => {
    expect(turnOf(box, t)).toBeUndefined();
  });

  it("needs no matrix to fade, hide or blink", () => {
    expect(turnOf(box, { opacity: 0.5 })).toMatchObject({ matrix: undefined, opacity: 0.5 });
    expect(turnOf(box, { visible: false })).toMatchObject({ matrix: undefined, visible: false });
  });

  it("leads there and back, and bounds hold all corners", () => {
    const next = random(11);
    for (let i = 0; i < 200; i++) {
      const m = turnOf(box, {
        rotate: next() * 720 - 360,
        scale: 0.1 + next() * 3,
        flip: (["", "x", "y", "xy"] as const)[Math.floor(next() * 4)],
        dx: next() * 100,
      })?.matrix as Matrix;
      const x = next() * 400;
      const y = next() * 400;
      const p = mapPoint(m, x, y);
      const q = mapPoint(invert(m) as Matrix, p.x, p.y);
      expect(q.x).toBeCloseTo(x, 6);
      expect(q.y).toBeCloseTo(y, 6);
      const b = mapBounds(m, { x0: x, y0: y, x1: x + 30, y1: y + 10 }, { x0: 0, y0: 0, x1: 0, y1: 0 });
      for (const [cx, cy] of [
        [x, y],
        [x + 30, y],
        [x + 30, y + 10],
        [x, y + 10],
      ] as const) {
        const c = mapPoint(m, cx, cy);
        expect(c.x).toBeGreaterThanOrEqual(b.x0 - 1e-9);
        expect(c.x).toBeLessThanOrEqual(b.x1 + 1e-9);
        expect(c.y).toBeGreaterThanOrEqual(b.y0 - 1e-9);
        expect(c.y).toBeLessThanOrEqual(b.y1 + 1e-9);
      }
    }
  });

  it("has no way back from nothing", () => {
    expect(invert(turnOf(box, { scale: 0 })?.matrix as Matrix)).toBeUndefined();
  });
});

describe("compose", () => {
  const group = turnOf({ x: 0, y: 0, width: 200, height: 100 }, { rotate: 90, opacity: 0.5, flip: "x" });
  const child = turnOf(box, { rotate: 90, opacity: 0.5, flip: "x", blink: true });

  it("does what is inside first", () => {
    const both = compose(group, child);
    expect(both?.matrix).toEqual(multiply(group?.matrix as Matrix, child?.matrix as Matrix));
    expect(both).toMatchObject({ opacity: 0.25, flipX: false, flipY: false, visible: true, blink: true });
    // The corner goes to 130, 80 by itself, is mirrored with the group to 70, 80 and turned about 100, 50.
    expect(mapPoint(both?.matrix as Matrix, 100, 50)).toEqual({ x: 70, y: 20 });
  });

  it("is the other one when one is nothing", () => {
    expect(compose(undefined, child)).toBe(child);
    expect(compose(group, undefined)).toBe(group);
    expect(compose(undefined, undefined)).toBeUndefined();
  });
});

describe("a layer with a turn", () => {
  function one(t: Transform, options = {}) {
    const s = stage(300, 200, 1, options);
    const layer = s.scene.layer("a", { x: 100, y: 50, width: 40, height: 20 });
    layer.rect({ x: 0, y: 0, width: 40, height: 20, fill: "#000001" });
    layer.rect({ x: 0, y: 0, width: 10, height: 20, fill: "#000002" });
    layer.turn = turnOf(layer.box, t);
    s.run();
    const painted = (x: number, y: number) => s.rec.pixels[y * 300 + x];
    return { ...s, layer, painted };
  }

  it("is painted turned", () => {
    const { painted } = one({ rotate: 90 });
    // The box is 20 wide and 40 high now, about 120, 60; what was left is on top.
    expect([painted(111, 41), painted(129, 41), painted(111, 51), painted(129, 79)]).toEqual([
      "#000002",
      "#000002",
      "#000001",
      "#000001",
    ]);
    expect(painted(102, 60)).not.toMatch(/^#00000/);
  });

  it("is painted mirrored", () => {
    const { painted } = one({ flip: "x" });
    expect([painted(102, 60), painted(138, 60)]).toEqual(["#000001", "#000002"]);
  });

  it("is painted larger, moved and faded", () => {
    const { painted } = one({ scale: 2, dx: 50, opacity: 0.5 });
    expect([painted(132, 42), painted(168, 42), painted(208, 78)]).toEqual([
      "#000002@0.5",
      "#000001@0.5",
      "#000001@0.5",
    ]);
    expect(painted(129, 60)).not.toMatch(/^#00000/);
  });

  it("is neither painted nor hit while it is hidden", () => {
    const { scene, painted, layer, run } = one({ visible: false });
    expect(painted(120, 60)).not.toMatch(/^#00000/);
    expect(scene.hit(120, 60)).toBeUndefined();
    layer.turn = undefined;
    run();
    expect(painted(120, 60)).toBe("#000001");
    expect(scene.hit(120, 60)?.id).toBe("a");
  });

  it("is hit where it is seen", () => {
    const { scene, layer } = one({ rotate: 90 });
    expect(scene.hit(120, 42)?.id).toBe("a");
    expect(scene.hit(102, 60)).toBeUndefined();
    layer.turn = turnOf(layer.box, { rotate: 45 });
    // Beyond the right side, but within the box around the turned one.
    expect(scene.hit(132, 47)).toBeUndefined();
    expect(scene.hit(132, 72)?.id).toBe("a");
    expect(scene.within({ x0: 130, y0: 70, x1: 134, y1: 74 }).map((l) => l.id)).toEqual(["a"]);
  });

  it.each<[Transform["flip"], number, number]>([
    ["x", 1, 0],
    ["y", 0, 1],
    ["xy", 1, 1],
  ])("draws the texts of one mirrored %s the right way round, at their mirrored place", (flip, across, down) => {
    const { scene, rec, run } = stage();
    const layer = scene.layer("a", { x: 100, y: 50, width: 40, height: 40 });
    // 11 wide, from 5 to 16 of 40: mirrored it stands 19 further right. It is above the middle.
    layer.text({ x: 5, y: 2, text: "ab", size: 10 });
    layer.turn = turnOf(layer.box, { flip });
    run();
    const [a, b, c, d, e, f] = rec.textMatrices.at(-1) as Matrix;
    expect([a, Math.abs(b), Math.abs(c), d]).toEqual([1, 0, 0, 1]);
    expect(e).toBeCloseTo(19 * across, 0);
    expect(f > 10).toBe(down === 1);
  });

  it("keeps a number before its unit when it is mirrored", () => {
    const { scene, rec, run } = stage();
    const layer = scene.layer("a", { x: 100, y: 50, width: 80, height: 40 });
    const number = new Readout(layer, { x: 0, y: 10, width: 40, height: 20, size: 10 });
    const unit = layer.text({ x: 0, y: 10, text: "bar", size: 10, line: number.line });
    const left = () => {
      const [n, u] = ["12.5", "bar"].map((text) => rec.textMatrices[rec.texts.lastIndexOf(text)]?.[4] ?? Number.NaN);
      return { number: n, unit: u };
    };
    number.set("12.5", "uncertain");
    unit.set({ x: number.end + 4 });
    layer.turn = turnOf(layer.box, { flip: "x" });
    run();
    expect(left().number).toBeGreaterThan(0);
    expect(left().unit).toBe(left().number);
    expect(rec.texts.at(-1)).toBe("bar");
  });

  it("never mirrors a text, however deep it is mirrored and turned", () => {
    const next = random(5);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    for (let i = 0; i < 60; i++) {
      const { scene, rec, run } = stage();
      const layer = scene.layer("a", { x: 100, y: 50, width: 40, height: 40 });
      layer.text({ x: 5, y: 10, text: "ab", size: 10 });
      const turn = () =>
        turnOf(
          { x: next() * 100, y: 50, width: 80, height: 80 },
          { flip: pick(["", "x", "y", "xy"]), rotate: pick([0, 30, 90, 200]) },
        );
      layer.turn = compose(turn(), compose(turn(), turn()));
      scene.camera = { x: -100, y: -100, zoom: 0.5 };
      run();
      for (const [a, b, c, d] of rec.textMatrices) expect(a * d - b * c).toBeCloseTo(1, 6);
    }
  });

  it("leaves the picture as it was when the turn has gone", () => {
    const next = random(9);
    for (const [zoom, dpr] of [
      [1, 1],
      [1.37, 1],
      [0.4, 2],
    ] as const) {
      const { scene, rec, run } = stage(240, 160, dpr);
      scene.camera = { x: -5.5, y: 3, zoom };
      const layers = Array.from({ length: 10 }, (_, i) => {
        const l = scene.layer(`l${i}`, { x: next() * 180, y: next() * 120, width: 50, height: 30 });
        l.rect({ x: 0, y: 0, width: 50, height: 30, fill: `#${i}`, radius: i % 2 ? 5 : 0, stroke: "line" });
        l.text({ x: 4, y: 2, width: 40, height: 20, text: "12.5" });
        l.path({ d: "M0 0L10 5L0 10Z", fill: "text", x: 20, y: 8 });
        return l;
      });
      run();
      const before = rec.pixels.slice();
      for (let round = 0; round < 30; round++) {
        for (let k = 0; k < 4; k++) {
          const l = layers[Math.floor(next() * layers.length)];
          if (l) l.turn = turnOf(l.box, transform(next));
          if (next() < 0.5) run();
        }
        for (const l of layers) l.turn = undefined;
        run();
        expect(rec.pixels.findIndex((v, i) => v !== before[i])).toBe(-1);
      }
    }
  }, 60_000);

  it("leaves after many small frames what one whole frame leaves", () => {
    for (const [seed, zoom, dpr] of [
      [1, 1, 1],
      [2, 1.37, 1],
      [3, 0.31, 2],
      [4, 1, 1.25],
    ] as const) {
      const next = random(seed);
      const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
      const { scene, rec, run } = stage(240, 160, dpr);
      scene.camera = { x: -7.3, y: 4.1, zoom };
      run();
      const tones = ["line", "text", "live", "band", "#FF0000"];
      const changes: (() => void)[] = [];
      for (let i = 0; i < 14; i++) {
        const l = scene.layer(`l${i}`, { x: next() * 200, y: next() * 120, width: 60, height: 40 });
        const r = l.rect({ x: 0, y: 0, width: 50, height: 30, fill: pick(tones), radius: pick([0, 6]) });
        const t = l.text({ x: 2, y: 2, width: 46, height: 20, text: "12.5", align: "end" });
        const n = l.line({ x1: 0, y1: 10, x2: 30, y2: 10, stroke: "text", strokeWidth: 2 });
        const p = l.path({ points: [0, 0, 10, 5, 0, 10], closed: true, fill: pick(tones), x: 10, y: 10 });
        const d = l.path({ d: "M0 0L20 0L20 10Z", fill: pick(tones), stroke: "line", x: 5, y: 25 });
        const q = new Readout(l, { x: 0, y: 20, width: 30, height: 16, size: 12, align: "end" });
        const u = l.text({ x: 30, y: 20, height: 16, text: "bar", size: 10, line: q.line });
        changes.push(
          () => u.set({ x: q.end + 3, visible: next() > 0.2 }),
          () => r.set({ width: 10 + next() * 50, fill: pick(tones) }),
          () => r.set({ stroke: pick(["text", undefined]), hatch: pick(["line", undefined]) }),
          () => t.set({ text: (next() * 1000).toFixed(2), dotted: pick(["text", undefined]) }),
          () => n.set({ y1: next() * 30, y2: next() * 30 }),
          () => p.set({ rotate: next() * 360, x: next() * 40 }),
          () => d.set({ scale: 0.5 + next() * 2, rotate: next() * 90 }),
          () => q.set((next() * 100).toFixed(1), pick(["good", "bad", "uncertain", "waiting", "override", "unset"])),
          () => {
            l.turn = turnOf(l.box, transform(next));
          },
          () => {
            l.turn = undefined;
          },
          () => {
            l.box = { x: next() * 200, y: next() * 120, width: 60, height: 40 };
          },
          () => {
            l.clip = pick([undefined, { x0: 20, y0: 20, x1: 150, y1: 90 }]);
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

  it("is dimmed and shown once a second while it blinks, then stays", () => {
    vi.useFakeTimers();
    const { painted, run, layer, scene } = one({ blink: true });
    expect(painted(120, 60)).toBe("#000001");
    vi.advanceTimersByTime(500);
    run();
    expect(painted(120, 60)).toBe("#000001@0.25");
    vi.advanceTimersByTime(500);
    run();
    expect(painted(120, 60)).toBe("#000001");
    vi.advanceTimersByTime(500);
    layer.turn = undefined;
    run();
    expect(painted(120, 60)).toBe("#000001");
    vi.advanceTimersByTime(1000);
    expect(vi.getTimerCount()).toBe(0);
    scene.destroy();
  });

  it("is outlined instead of blinking where nothing may move", () => {
    vi.useFakeTimers();
    const { painted } = one({ blink: true }, { reducedMotion: true });
    expect(vi.getTimerCount()).toBe(0);
    expect(painted(120, 60)).toBe("#000001");
    expect(painted(120, 51)).toBe("#1E1E1E");
  });
});

/** Any transform, quarter turns as often as others. */
function transform(next: () => number): Transform {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  return {
    rotate: pick([0, 90, 180, 270, next() * 360]),
    flip: pick(["", "x", "y", "xy"]),
    scale: pick([1, 1, 0, 0.3, 2.5]),
    dx: pick([0, next() * 60 - 30]),
    dy: pick([0, next() * 60 - 30]),
    opacity: pick([1, 1, 0, 0.5]),
    visible: next() > 0.1,
  };
}
