import { Recording } from "./recording";
import { Scene, type SceneOptions } from "./scene";

/** A generator of numbers in [0, 1) that is the same in every run (mulberry32). For tests. */
export function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A scene on a recording whose frames come when asked for. For tests. */
export function stage(width = 300, height = 200, dpr = 1, options: Partial<SceneOptions> = {}) {
  const rec = new Recording();
  const frames: ((now: number) => void)[] = [];
  const scene = new Scene(rec.context, {
    page: { width, height, color: "ground", outside: "surface" },
    schedule: (f) => frames.push(f),
    ...options,
  });
  scene.resize(width, height, dpr);
  const run = () => {
    for (const f of frames.splice(0)) f(0);
  };
  return { rec, scene, frames, run };
}
