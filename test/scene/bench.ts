// Many live widgets under many changes a second, as they arrive from the server: 40 batches a second.
import type { Screen, Widget } from "@lineside/client";
import { type ScreenMeta, type ScreenValues, ScreenView } from "@lineside/player";

const query = new URLSearchParams(location.search);
const count = Number(query.get("widgets") ?? 1000);
const rate = Number(query.get("rate") ?? 10000);
const only = query.get("type");
const types = only ? [only] : ["value", "value", "bar", "lamp", "analog", "value", "bar", "gauge", "value", "lamp"];

const columns = Math.ceil(Math.sqrt((count * 16) / 9));
const rows = Math.ceil(count / columns);
const w = 1920 / columns;
const h = 1080 / rows;
const widgets: Widget[] = [];
const metas: ScreenMeta = {};
for (let i = 0; i < count; i++) {
  const type = types[i % types.length] as string;
  widgets.push({
    id: `w${i}`,
    type,
    x: (i % columns) * w + 1,
    y: Math.floor(i / columns) * h + 1,
    w: w - 3,
    h: h - 3,
    props: { label: `T${i}`, ...(type === "bar" ? { direction: "horizontal" } : {}) },
  });
  metas[`w${i}`] = {
    value: {
      path: `a/t${i}`,
      type: type === "lamp" ? "bool" : "float",
      unit: "°C",
      low: 0,
      high: 100,
      normalLow: 40,
      normalHigh: 60,
      decimals: 1,
    },
  };
}
const screen: Screen = { id: "bench", name: { en: "Bench" }, width: 1920, height: 1080, widgets };
const host = document.querySelector<HTMLElement>("#host") as HTMLElement;
Object.assign(document.body.style, { margin: "0" });
Object.assign(host.style, { width: "1920px", height: "1080px" });
const view = new ScreenView(host, { document: screen, theme: "light", lang: "en", mode: "run" });
view.setMeta(metas);

let changes = 0;
let at = 0;
const lags: number[] = [];
let sent = 0;
const batches = 40;
function batch() {
  const n = rate / batches;
  const values: ScreenValues = {};
  const t = Date.now();
  for (let k = 0; k < n; k++) {
    const i = at++ % count;
    const bool = types[i % types.length] === "lamp";
    values[`w${i}`] = { value: { v: bool ? Math.random() > 0.5 : 50 + 50 * Math.sin(at / 997 + i), q: 0, t } };
  }
  changes += n;
  sent = performance.now();
  view.setValues(values);
}
for (let i = 0; i < count; i++) view.setValues({ [`w${i}`]: { value: { v: 50, q: 0, t: Date.now() } } });
if (rate > 0) setInterval(batch, 1000 / batches);

let deltas: number[] = [];
let scene: number[] = [];
let rects: number[] = [];
let parts: number[] = [];
let last = 0;
let running = false;
let began = 0;
let painted = 0;
function tick(now: number) {
  if (!running) return;
  if (last > 0) deltas.push(now - last);
  last = now;
  if (view.scene.stats.frames !== painted) {
    painted = view.scene.stats.frames;
    scene.push(view.scene.stats.ms);
    rects.push(view.scene.stats.rects);
    parts.push(view.scene.stats.parts);
    if (sent > 0) lags.push(performance.now() - sent);
    sent = 0;
  }
  requestAnimationFrame(tick);
}
const quantile = (list: number[], k: number) => {
  const s = [...list].sort((a, b) => a - b);
  return Math.round((s[Math.min(s.length - 1, Math.floor(s.length * k))] ?? 0) * 100) / 100;
};
const mean = (list: number[]) => Math.round((list.reduce((a, b) => a + b, 0) / Math.max(1, list.length)) * 100) / 100;
Object.assign(window, {
  view,
  ready: true,
  start: () => {
    running = true;
    last = 0;
    deltas = [];
    scene = [];
    rects = [];
    parts = [];
    lags.length = 0;
    changes = 0;
    began = performance.now();
    requestAnimationFrame(tick);
    return began;
  },
  stop: () => {
    running = false;
    return {
      ms: performance.now() - began,
      frames: deltas.length,
      p50: quantile(deltas, 0.5),
      p99: quantile(deltas, 0.99),
      worst: quantile(deltas, 1),
      lagP95: quantile(lags, 0.95),
      sceneMs: mean(scene),
      rects: mean(rects),
      parts: mean(parts),
      changes,
    };
  },
});
