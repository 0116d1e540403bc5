// Gives every widget, through the player itself, every value and quality that can come, and settings of wrong types.
import type { LiveValue, Manifest, Screen, Widget } from "@lineside/client";
import { ScreenView } from "@lineside/player";
import { manifests, views } from "@lineside/widgets";
import { tilesOf } from "../../../widgets/examples";

const hostile = '<img src=x onerror="window.injected = true"><script>window.injected = true</scr' + "ipt>";

/** One of every type, and what has broken such programs before. */
export const values: Record<string, unknown> = {
  true: true,
  false: false,
  int: 7,
  float: 42.5,
  "not a number": Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  "minus infinity": Number.NEGATIVE_INFINITY,
  "2^63": 2 ** 63,
  "-2^63": -(2 ** 63),
  tiny: 5e-324,
  huge: 1.7e308,
  text: "Ready",
  empty: "",
  markup: hostile,
  "right to left": "مرحبا بالعالم",
  emoji: "👷🏽‍♀️🏭",
  "control characters": "a\u0000b\u202Ec\nd\te",
  "a number in words": "12.5 bar",
  "not a date": "2026-99-99",
  array: [1, "two", null, [3]],
  "empty array": [],
  object: { a: { b: [1, 2] }, "<b>": hostile },
  "array of objects": [{ value: 1, title: hostile, label: null }, null, 5, "x"],
  prototype: JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": "x"}'),
  null: null,
};
const long = "x<b>".repeat(262_144);

const qualities = [0, 0x00960000, 0x40900000, 0x80050000, 0x80310000, 0x80320000];

declare global {
  interface Window {
    injected?: boolean;
    matrix(id: string): Promise<{ given: number; faults: string[] }>;
    ids(): string[];
  }
}

const faults: string[] = [];
const note = (text: string) => {
  // The first of each kind is enough to find it.
  const kind = text.slice(text.indexOf(": "));
  if (faults.length < 20 && !faults.some((f) => f.endsWith(kind))) faults.push(text);
};
window.addEventListener("error", (e) => note(`exception: ${e.message} ${e.error?.stack?.split("\n")[1] ?? ""}`));
window.addEventListener("unhandledrejection", (e) => note(`rejection: ${String(e.reason)}`));

const host = document.getElementById("host") as HTMLElement;
Object.assign(host.style, { width: "900px", height: "700px", position: "relative" });

function open(screen: Screen, meta: Record<string, Record<string, object>>): ScreenView {
  return new ScreenView(host, {
    document: screen,
    meta,
    theme: "light",
    lang: "en",
    drawings: {},
    mode: "run",
    past: { tracks: async () => [] },
    recaller: {
      recall: async (paths, ask) => ({
        from: Number(ask.from) || 0,
        to: ask.to ?? 1,
        zone: "",
        series: Object.fromEntries(paths.map((p) => [p, []])),
      }),
      lasted: async () => ({}),
    },
    alarms: {
      now: {},
      watch: () => () => {},
      list: async () => ({ alarms: [], total: 0, unacknowledged: 0, active: 0, offset: 0 }) as never,
      journal: async () => ({ entries: [] }),
    },
    emit: async () => undefined,
  });
}

/** What is wrong with a screen now. */
function look(view: ScreenView, what: string): void {
  view.scene.frame(performance.now());
  const tile = host.querySelector(".ls-fault");
  if (tile) note(`${what}: ${tile.textContent}`);
  if (host.querySelector("img[onerror], script")) note(`${what}: markup was taken for markup`);
  if (window.injected) {
    note(`${what}: it was carried out`);
    window.injected = false;
  }
  if (({} as { polluted?: boolean }).polluted) note(`${what}: the prototype was changed`);
}

const pause = () => new Promise((resolve) => setTimeout(resolve));

async function matrix(id: string): Promise<{ given: number; faults: string[] }> {
  faults.length = 0;
  let given = 0;
  const m = manifests[id] as Manifest;
  const tile = tilesOf(m, "en", Date.now())[0];
  if (!tile) throw new Error(`${id} has no tile`);
  const widget = tile.screen.widgets[0] as Widget;
  const bound = m.settings.filter((f) => f.bind).map((f) => f.name);

  // Every value and quality into every property that can be bound.
  const props = Object.fromEntries(Object.entries(widget.props ?? {}).filter(([k]) => !bound.includes(k)));
  const main = tile.meta.w?.[m.drop ?? "value"] ?? { path: "a/b", type: "float", title: "T" };
  const meta = { w: Object.fromEntries(bound.map((p) => [p, tile.meta.w?.[p] ?? { ...main, path: `a/${p}` }])) };
  const view = open({ ...tile.screen, widgets: [{ ...widget, props }] }, meta as never);
  try {
    for (const p of bound) {
      for (const [name, v] of Object.entries(values))
        for (const q of qualities) {
          const live: LiveValue = { v: q >= 0x80000000 ? null : v, q, t: Date.now() };
          view.setValues({ w: { [p]: live } });
          look(view, `${p} = ${name}, quality ${q.toString(16)}`);
          given++;
        }
      view.setValues({ w: { [p]: { v: long, q: 0, t: Date.now() } } });
      look(view, `${p} = a text of 1 MB`);
      view.setValues({ w: { [p]: { v: 1, q: 0, t: Date.now() } } });
      given++;
      await pause();
      look(view, `after ${p}`);
    }
    for (const [name, v] of Object.entries(values)) {
      view.setValues({ w: Object.fromEntries(bound.map((p) => [p, { v, q: 0, t: Date.now() }])) });
      look(view, `all = ${name}`);
    }
    view.connected = false;
    view.connected = true;
    view.theme = "dark";
    view.lang = "zh";
    look(view, "another theme and language");
  } finally {
    view.destroy();
  }
  if (host.childElementCount > 0) note("something was left after it was destroyed");

  // Settings of wrong types: the document was written by hand, or by something else.
  const settings = open({ ...tile.screen, widgets: [widget] }, tile.meta as never);
  try {
    for (const f of m.settings)
      for (const [name, v] of Object.entries({
        ...values,
        "a text of 1 MB": f.kind === "text" || f.kind === "string" ? long : 1,
      })) {
        settings.patchWidget("w", { ...widget, props: { ...widget.props, [f.name]: v } as Widget["props"] });
        settings.setValues(tile.values);
        look(settings, `the setting ${f.name} = ${name}`);
        given++;
      }
    await pause();
    look(settings, "after all settings");
    // What is no size.
    for (const size of [0, 1, 3, 5000]) {
      settings.patchWidget("w", { ...widget, w: size, h: size });
      look(settings, `a size of ${size}`);
    }
  } finally {
    settings.destroy();
  }
  await pause();
  return { given, faults: [...faults] };
}

window.matrix = matrix;
window.ids = () => Object.keys(views);
document.title = "ready";
