import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Recording } from "./recording";
import { Scene } from "./scene";

function pipe(reducedMotion: boolean) {
  const frames: ((now: number) => void)[] = [];
  const scene = new Scene(new Recording().context, {
    page: { width: 400, height: 300, color: "ground", outside: "ground" },
    schedule: (f) => frames.push(f),
    reducedMotion,
  });
  scene.resize(400, 300, 1);
  const path = scene
    .layer("p", { x: 10, y: 10, width: 300, height: 200 })
    .path({ points: [0, 0, 300, 0, 300, 200], stroke: "text", strokeWidth: 4, dash: [8, 8], flow: 24 });
  const run = () => {
    for (const f of frames.splice(0)) f(0);
  };
  run();
  return { scene, path, run };
}

describe("dashes that move", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are painted again along the line only, and no more when they stand", () => {
    const { scene, path, run } = pipe(false);
    const before = scene.stats.frames;
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(50);
      run();
    }
    expect(scene.stats.frames).toBe(before + 10);
    // The box around it has 60,000 pixels.
    expect(scene.stats.pixels).toBeLessThan(6000);
    path.set({ flow: undefined });
    run();
    vi.advanceTimersByTime(200);
    run();
    const after = scene.stats.frames;
    vi.advanceTimersByTime(500);
    run();
    expect(scene.stats.frames).toBe(after);
    scene.destroy();
  });

  it("stand still where less motion is asked for", () => {
    const { scene, run } = pipe(true);
    const before = scene.stats.frames;
    vi.advanceTimersByTime(500);
    run();
    expect(scene.stats.frames).toBe(before);
  });
});
