import { Recording } from "./recording";
import { Scene, type SceneOptions } from "./scene";

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
