// Every widget in several qualities and sizes on one screen, for looking at.
import type { LiveValue, Meta, Screen, Widget } from "@lineside/client";
import { type ScreenMeta, type ScreenValues, ScreenView } from "@lineside/player";
import type { Theme } from "@lineside/scene";
import { type Lang, manifests } from "@lineside/widgets";
import { putShapes } from "./shapes";
import { putSymbols } from "./symbols";

const query = new URLSearchParams(location.search);
const theme = (query.get("theme") ?? "light") as Theme;
const lang = (query.get("lang") ?? "en") as Lang;
const kind = query.get("widget") ?? "all";

const now = Date.now();
const q = { good: 0, override: 0x00960000, uncertain: 0x40900000, bad: 0x80050000, waiting: 0x80320000 };
const states = Object.keys(q) as (keyof typeof q)[];

const meta: Meta = {
  path: "area/line/tic101/value",
  type: "float",
  title: lang === "zh" ? "反应釜温度" : "Reactor temp.",
  unit: "°C",
  low: 0,
  high: 200,
  normalLow: 120,
  normalHigh: 160,
  decimals: 1,
  writable: true,
  writeLow: 0,
  writeHigh: 180,
  confirm: "ask",
};
const flagMeta: Meta = {
  path: "area/line/p101/running",
  type: "bool",
  title: lang === "zh" ? "进料泵" : "Feed pump",
  writable: true,
};

const widgets: Widget[] = [];
const values: ScreenValues = {};
const metas: ScreenMeta = {};
let x = 16;
let y = 16;
let tallest = 0;
const width = 1600;

function put(
  type: string,
  w: number,
  h: number,
  props: Widget["props"],
  live: Record<string, LiveValue>,
  m: Meta | undefined,
  extra: Partial<Widget> = {},
) {
  if (x + w > width - 16) {
    x = 16;
    y += tallest + 24;
    tallest = 0;
  }
  const id = `w${widgets.length}`;
  widgets.push({ id, type, x, y, w, h, props: { ...props }, ...extra });
  values[id] = live;
  if (m || Object.keys(live).length > 0)
    metas[id] = Object.fromEntries(
      Object.keys(live).map((p) => [
        p,
        p === "value" ? (m ?? {}) : m?.type === "float" && type === "trend" ? { ...m, title: p } : {},
      ]),
    );
  x += w + 24;
  tallest = Math.max(tallest, h);
}
function row() {
  if (x > 16) y += tallest + 24;
  x = 16;
  tallest = 0;
}

const live = (v: unknown, state: keyof typeof q = "good"): LiveValue => ({
  v: q[state] >= 0x80000000 ? null : v,
  q: q[state],
  t: now - 4000,
});
const analogs = ["value", "analog", "gauge", "bar"];

for (const m of Object.values(manifests)) {
  if (kind !== "all" && kind !== m.id) continue;
  const { width: w, height: h, minWidth = 16, minHeight = 16 } = m.size;
  row();
  if (analogs.includes(m.id)) {
    for (const s of states)
      put(
        m.id,
        w,
        h,
        { limitLow: 40, limitHigh: 180 },
        { value: live(142.74, s), ...(m.id === "value" ? {} : { setpoint: live(150) }) },
        meta,
      );
    put(m.id, w, h, {}, {}, undefined);
    put(m.id, minWidth, minHeight, {}, { value: live(142.74) }, meta);
    put(m.id, w * 0.7, h * 0.7, {}, { value: live(12.3) }, meta);
    put(
      m.id,
      w * 1.8,
      h * 1.6,
      { limitHigh: 180 },
      { value: live(187.2), ...(m.id === "value" ? {} : { setpoint: live(150) }) },
      meta,
    );
    if (m.id === "value") {
      put(m.id, 200, 28, {}, { value: live(142.74) }, meta);
      put(m.id, 160, 48, { align: "start" }, { value: live(true) }, flagMeta);
      put(
        m.id,
        160,
        48,
        { align: "center", label: lang === "zh" ? "状态" : "State" },
        { value: live(lang === "zh" ? "运行中" : "Running") },
        undefined,
      );
      put(
        m.id,
        160,
        48,
        {},
        { value: live(-1234567.891) },
        { ...meta, title: "A very long title that cannot fit here" },
      );
    }
    if (m.id === "bar" || m.id === "analog") {
      for (const s of states)
        put(
          m.id,
          240,
          72,
          { direction: "horizontal", limitHigh: 180 },
          { value: live(142.74, s), setpoint: live(150) },
          meta,
        );
      put(
        m.id,
        400,
        120,
        { direction: "horizontal", limitHigh: 180, limitLow: 20 },
        { value: live(52.74), setpoint: live(150) },
        meta,
      );
      put(m.id, 160, 24, { direction: "horizontal", showValue: false }, { value: live(52.74) }, { ...meta, title: "" });
    }
    continue;
  }
  switch (m.id) {
    case "text":
      put("text", 160, 32, { text: lang === "zh" ? "反应釜 R-101" : "Reactor R-101" }, {}, undefined);
      put(
        "text",
        240,
        48,
        { text: lang === "zh" ? "一号反应釜" : "Reactor 1", size: 28, weight: "bold" },
        {},
        undefined,
      );
      put(
        "text",
        200,
        80,
        {
          text:
            lang === "zh"
              ? "较长的说明文字会自动换行，并在放不下时以省略号结束。较长的说明文字会自动换行。较长的说明文字会自动换行。"
              : "A longer text breaks into several lines and ends with dots when it does not fit into the box that it was given.",
          size: 14,
        },
        {},
        undefined,
      );
      for (const s of states) put("text", 160, 32, {}, { text: live("Batch 4711", s) }, undefined);
      break;
    case "lamp":
      for (const s of states) put("lamp", w, h, {}, { value: live(true, s) }, flagMeta);
      put("lamp", w, h, {}, { value: live(false) }, flagMeta);
      put(
        "lamp",
        160,
        56,
        { onText: lang === "zh" ? "运行" : "Running", offText: lang === "zh" ? "停止" : "Stopped" },
        { value: live(true) },
        flagMeta,
      );
      put(
        "lamp",
        160,
        56,
        { onText: "Running", offText: lang === "zh" ? "停止" : "Stopped", shape: "square" },
        { value: live(false) },
        flagMeta,
      );
      for (const s of states) put("lamp", 32, 32, {}, { value: live(false, s) }, flagMeta);
      put("lamp", 16, 16, {}, { value: live(true) }, flagMeta);
      put("lamp", 16, 16, {}, { value: live(false) }, flagMeta);
      break;
    case "button":
      put("button", w, h, { label: lang === "zh" ? "启动" : "Start" }, {}, undefined, {
        on: { click: [{ do: "write", tag: "a/b", value: true }] },
      });
      put("button", w, h, { label: lang === "zh" ? "停止" : "Stop", enabled: false }, {}, undefined, {
        on: { click: [{ do: "write", tag: "a/b", value: true }] },
      });
      put("button", 44, 24, { label: lang === "zh" ? "确认" : "OK" }, {}, undefined, {
        on: { click: [{ do: "open", screen: "b" }] },
      });
      put("button", 280, 80, { label: lang === "zh" ? "打开二号产线" : "Open line 2 overview" }, {}, undefined, {
        on: { click: [{ do: "open", screen: "b" }] },
      });
      put("button", 144, 48, { label: "No action on it" }, {}, undefined);
      break;
    case "switch":
      for (const s of states) put("switch", w, h, {}, { value: live(true, s) }, flagMeta);
      put("switch", w, h, {}, { value: live(false) }, flagMeta);
      put(
        "switch",
        w,
        h,
        {
          onText: lang === "zh" ? "自动" : "Auto",
          offText: lang === "zh" ? "手动" : "Manual",
          label: lang === "zh" ? "模式" : "Mode",
        },
        { value: live(true) },
        flagMeta,
      );
      put("switch", 72, 24, {}, { value: live(true) }, flagMeta);
      put("switch", 320, 72, {}, { value: live(false) }, { ...flagMeta, writable: false });
      break;
    case "setpoint":
      for (const s of states)
        put(
          "setpoint",
          w,
          h,
          {},
          { value: live(150, s) },
          { ...meta, title: lang === "zh" ? "温度设定" : "TIC-101 setpoint" },
        );
      put("setpoint", 80, 24, {}, { value: live(150) }, meta);
      put("setpoint", 260, 96, {}, { value: live(150) }, meta);
      put("setpoint", w, h, {}, { value: live(150) }, { ...meta, writable: false });
      break;
    case "image": {
      const svg = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 80"><rect width="160" height="80" fill="#b9b9b9"/><circle cx="80" cy="40" r="30" fill="#6e6e6e"/></svg>')}`;
      for (const fit of ["contain", "cover", "stretch"])
        put("image", 160, 120, { src: svg, fit, label: "Pump" }, {}, undefined);
      put("image", 160, 120, {}, {}, undefined);
      put("image", 160, 120, { src: "/missing.png" }, {}, undefined);
      break;
    }
    case "trend":
      put(
        "trend",
        400,
        200,
        { label: lang === "zh" ? "温度" : "Temperature" },
        { value: live(142), value2: live(120) },
        meta,
      );
      put(
        "trend",
        640,
        280,
        { label: lang === "zh" ? "温度" : "Temperature", low: 0, high: 200 },
        { value: live(142), value2: live(120), value3: live(100) },
        meta,
      );
      put("trend", 160, 90, { legend: false }, { value: live(142) }, meta);
      break;
    case "group":
      put("group", 320, 120, { title: lang === "zh" ? "反应釜" : "Reactor", border: true }, {}, undefined);
      put("group", 320, 120, { border: true, fill: "surface" }, {}, undefined);
      break;
    case "symbol":
      putSymbols(put, row, query.get("part") ?? "states");
      break;
    default:
      if (!putShapes(m.id, put, live)) put(m.id, w, h, {}, {}, undefined);
  }
}
if (kind === "all") {
  row();
  put("nonsense", 240, 64, {}, {}, undefined);
}
if (kind === "all" || kind === "turned") {
  const words = lang === "zh" ? "进料泵 P-101" : "Feed pump P-101";
  // What is wider than high stands upright in a square.
  for (const turn of [{ rotate: 90 }, { rotate: 30 }, { flip: "x" }, { flip: "xy", rotate: 45 }] as const) {
    row();
    put("value", 160, 48, {}, { value: live(142.74) }, meta, turn);
    put("bar", 72, 160, { limitHigh: 180 }, { value: live(142.74), setpoint: live(150) }, meta, turn);
    put("gauge", 160, 160, {}, { value: live(142.74) }, meta, turn);
    put("lamp", 160, 56, { onText: words, offText: words }, { value: live(true, "uncertain") }, flagMeta, turn);
    put("button", 144, 48, { label: words }, {}, undefined, { on: { click: [{ do: "open", screen: "b" }] }, ...turn });
    put("trend", 240, 140, { label: words }, { value: live(142) }, meta, turn);
    // A group turns with all that is in it.
    put("group", 240, 140, { title: words, border: true }, {}, undefined, turn);
    const parent = widgets.at(-1)?.id ?? "";
    for (const [id, x, over] of [
      ["a", 16, {}],
      ["b", 128, { rotate: 45 }],
    ] as const) {
      widgets.push({ id: `${parent}${id}`, type: "value", parent, x, y: 64, w: 96, h: 48, props: {}, ...over });
      values[`${parent}${id}`] = { value: live(12.3) };
      metas[`${parent}${id}`] = { value: meta };
    }
  }
  row();
  // What animations do, by the values 0, 0.5 and 1.
  for (const what of ["opacity", "rotate", "scale", "move", "visible", "blink"])
    for (const v of [0, 0.5, 1]) {
      const out = { opacity: [0, 1], rotate: [0, 90], scale: [0.5, 1.25], move: [0, 0, 24, 0, 24, 24] }[what];
      const mapped = out ? { in: [0, 1], out } : { steps: [{ from: 0.5, set: true }], else: false };
      put("value", 160, 48, { label: `${what} ${v}` }, { value: live(12.3), "animate/0": live(v) }, meta, {
        animate: [{ what, by: {}, ...mapped }],
      });
    }
}

const screen: Screen = {
  id: "gallery",
  name: { en: "Widgets", zh: "控件" },
  width,
  height: y + tallest + 16,
  fit: "fixed",
  widgets,
};
const host = document.querySelector<HTMLElement>("#host") as HTMLElement;
Object.assign(document.body.style, { margin: "0" });
Object.assign(host.style, { width: `${width}px`, height: `${screen.height}px` });
const view = new ScreenView(host, {
  document: screen,
  theme,
  lang,
  meta: metas,
  mode: query.get("mode") === "design" ? "design" : "run",
});
for (const w of widgets.filter((w) => w.type === "trend"))
  for (let i = 0; i < 600; i++)
    view.setValues({
      [w.id]: Object.fromEntries(
        Object.keys(values[w.id] ?? {}).map((p, k) => [
          p,
          {
            v: i > 300 && i < 330 && k === 0 ? null : 140 - k * 30 + 20 * Math.sin(i / (30 + k * 11)),
            q: i > 300 && i < 330 && k === 0 ? q.bad : 0,
            t: now - (600 - i) * 500,
          },
        ]),
      ),
    });
view.setValues(values);
document.documentElement.lang = lang;
Object.assign(window, { view, ready: true });
