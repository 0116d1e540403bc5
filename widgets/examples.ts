// What a widget is shown with where there is no plant: in the gallery and in tests. All of it comes
// of the manifest; a folder may say more in examples.ts.
import type { LiveValue, Manifest, Meta, Screen, TagType, Text, Widget } from "@lineside/client";
import type { BoundMeta } from "./view";

/** One more tile of a widget. */
export interface Example {
  title: Text;
  /** Settings and live values over those of the other tiles. A text by language stands for a value of that language. */
  props?: Readonly<Record<string, unknown>>;
  values?: Readonly<Record<string, unknown>>;
  size?: { width: number; height: number };
}

/** The default of examples.ts of a widget. */
export interface Examples {
  /** Settings of all its tiles. */
  props?: Readonly<Record<string, unknown>>;
  /** Good values of bound properties; the one that a tag is dropped on has one in any case. */
  values?: Readonly<Record<string, unknown>>;
  /** What the tags behind properties say of themselves, over what the sample tag says. */
  meta?: Readonly<Record<string, Partial<Meta>>>;
  /** The size of its tiles; that of the manifest when not given. */
  size?: { width: number; height: number };
  /** What lies in a widget that holds others; places are from its corner. */
  holds?: readonly Widget[];
  /** Tiles of its own. */
  more?: readonly Example[];
}

const files = import.meta.glob<{ default: Examples }>("./*/examples.ts", { eager: true });

/** What a widget says of its examples. */
export const examplesOf = (id: string): Examples => files[`./${id}/examples.ts`]?.default ?? {};

/** One picture of a widget in one state. */
export interface Tile {
  /** Names the state: "good", "bad", …; examples of the widget are "example-1" and so on. */
  id: string;
  title: Text;
  screen: Screen;
  meta: Record<string, Record<string, BoundMeta>>;
  values: Record<string, Record<string, LiveValue>>;
  /** Without a connection the whole screen is grey. */
  connected: boolean;
  /** The widget has the focus of the keyboard. */
  focused: boolean;
}

type Words = { en: string; zh: string };

/** A state that every bound widget has: what the quality of its values is, or what else is different. */
interface State {
  title: Words;
  quality?: number;
  /** The tag may be written by whoever looks. */
  writable?: boolean;
  props?: Record<string, unknown>;
  /** In place of the sample. */
  value?: number;
  bound?: boolean;
  connected?: boolean;
  focused?: boolean;
  /** Which widgets have it; all when not given. */
  of?(m: Manifest): boolean;
}

const has = (m: Manifest, name: string): boolean => m.settings.some((f) => f.name === name);
const binds = (m: Manifest): boolean => mainOf(m) !== undefined;
const acts = (m: Manifest): boolean => m.writes !== undefined || (m.events ?? []).length > 0;

const states: Record<string, State> = {
  good: { title: { en: "Good", zh: "正常" } },
  limit: { title: { en: "Beyond a limit", zh: "越限" }, value: 97, of: (m) => binds(m) && has(m, "limitHigh") },
  override: { title: { en: "Local override", zh: "本地强制" }, quality: 0x00960000, of: binds },
  uncertain: { title: { en: "Uncertain", zh: "不确定" }, quality: 0x40930000, of: binds },
  stale: { title: { en: "Stale", zh: "过时" }, quality: 0x40900000, of: binds },
  bad: { title: { en: "Bad", zh: "坏值" }, quality: 0x80050000, of: binds },
  nocomm: { title: { en: "No communication", zh: "无通信" }, quality: 0x80310000, of: binds },
  waiting: { title: { en: "Waiting", zh: "等待数值" }, quality: 0x80320000, of: binds },
  unbound: { title: { en: "Not connected to a tag", zh: "未连接变量" }, bound: false, of: binds },
  disabled: { title: { en: "Disabled", zh: "已禁用" }, props: { enabled: false }, of: (m) => has(m, "enabled") },
  denied: { title: { en: "No permission", zh: "无权限" }, writable: false, of: (m) => m.writes !== undefined },
  focus: { title: { en: "Focus", zh: "焦点" }, focused: true, of: acts },
  lost: { title: { en: "No connection", zh: "连接中断" }, connected: false },
};

/** The ids of all states, in the order of the tiles. */
export const stateIds: readonly string[] = Object.keys(states);

/** The property that a tag is dropped on. */
const mainOf = (m: Manifest): string | undefined => m.drop ?? (has(m, "value") ? "value" : undefined);

const samples: Partial<Record<TagType, unknown>> = {
  float: 62.5,
  int: 42,
  bool: true,
  string: { en: "Ready", zh: "就绪" },
  json: { level: 42 },
};

/** The time of the samples: their source said them a few seconds ago. */
const age = 4000;

/** What the sample tag says of itself. */
const sampleMeta = (type: TagType, lang: string): BoundMeta => ({
  path: "sample/boiler/temperature",
  type,
  title: lang === "zh" ? "锅炉温度" : "Boiler temperature",
  description: "",
  ...(type === "float" || type === "int"
    ? {
        unit: "°C",
        low: 0,
        high: 100,
        normalLow: 20,
        normalHigh: 80,
        decimals: type === "int" ? 0 : 1,
        writeLow: 0,
        writeHigh: 100,
      }
    : {}),
  writable: true,
});

const isWords = (v: unknown): v is Words => typeof v === "object" && v !== null && "en" in v && "zh" in v;
const inLanguage = (v: unknown, lang: string): unknown => (isWords(v) ? (lang === "zh" ? v.zh : v.en) : v);
const allIn = (o: Readonly<Record<string, unknown>>, lang: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(o).map(([k, v]) => [k, inLanguage(v, lang)]));

/** Something of a list or drawing kind that a widget without it would show nothing of. */
function content(m: Manifest, lang: string): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const { width, height } = m.size;
  if (m.draw === "line")
    out.points = [
      { x: 0, y: height },
      { x: width, y: 0 },
    ];
  else if (m.draw === "polyline" || m.draw === "path")
    out.points = [
      { x: 0, y: height },
      { x: width / 3, y: 0 },
      { x: width, y: height / 2 },
    ];
  if (has(m, "limitLow")) out.limitLow = 10;
  if (has(m, "limitHigh")) out.limitHigh = 90;
  const text = m.settings.find((f) => f.name === "text" && f.kind === "text");
  if (text) out.text = lang === "zh" ? "示例文字" : "Sample text";
  return out;
}

/** Margin around a widget, for what it draws beside its box and the ring of the focus. */
const margin = 12;

/** All tiles of a widget: its states, then the examples of its own. `scale` makes its box larger or smaller. */
export function tilesOf(m: Manifest, lang: string, now: number, scale = 1): Tile[] {
  const examples = examplesOf(m.id);
  const out: Tile[] = [];
  for (const [id, s] of Object.entries(states))
    if (s.of?.(m) ?? true) out.push(tile(m, id, s, {}, examples, lang, now, scale));
  for (const [i, e] of (examples.more ?? []).entries())
    out.push(tile(m, `example-${i + 1}`, { title: e.title as Words }, e, examples, lang, now, scale));
  return out;
}

function tile(
  m: Manifest,
  id: string,
  state: State,
  example: Partial<Example>,
  examples: Examples,
  lang: string,
  now: number,
  scale: number,
): Tile {
  const main = mainOf(m);
  const type: TagType = m.fits?.[0] ?? "float";
  const given: Record<string, unknown> = {
    ...(main === undefined ? {} : { [main]: samples[type] }),
    ...examples.values,
    ...example.values,
  };
  if (state.value !== undefined && main !== undefined) given[main] = state.value;
  const quality = state.quality ?? 0;
  const values: Record<string, LiveValue> = {};
  const meta: Record<string, BoundMeta> = {};
  const props: Record<string, unknown> = allIn({ ...content(m, lang), ...examples.props, ...example.props }, lang);
  if (state.bound !== false)
    for (const [prop, v] of Object.entries(given)) {
      const own = examples.meta?.[prop];
      values[prop] = { v: quality >= 0x80000000 ? null : inLanguage(v, lang), q: quality, t: now - age };
      meta[prop] = {
        ...sampleMeta(own?.type ?? (prop === main ? type : typeNamed(v)), lang),
        ...(prop === main ? {} : { path: `sample/boiler/${prop}` }),
        ...(own && (allIn(own as Record<string, unknown>, lang) as Partial<Meta>)),
        ...(state.writable === undefined ? {} : { writable: state.writable }),
      };
      delete props[prop];
    }
  Object.assign(props, state.props);
  const size = example.size ?? examples.size ?? m.size;
  const w = Math.max(m.size.minWidth ?? 1, Math.round(size.width * scale));
  const h = Math.max(m.size.minHeight ?? 1, Math.round(size.height * scale));
  const widget: Widget = { id: "w", type: m.id, x: margin, y: margin, w, h, props: props as Widget["props"] };
  // What can act does: that is how it looks where it stands.
  if (m.events?.length && m.writes === undefined)
    widget.on = { [m.events[0]?.name ?? ""]: [{ do: "notice", text: { en: "", zh: "" } }] };
  return {
    id,
    title: state.title,
    screen: {
      id: `${m.id}-${id}`,
      name: state.title,
      width: w + 2 * margin,
      height: h + 2 * margin,
      fit: "fixed",
      widgets: [widget, ...(examples.holds ?? []).map((held) => ({ ...held, parent: "w" }))],
    } as Screen,
    meta: { w: meta },
    values: { w: values },
    connected: state.connected !== false,
    focused: state.focused === true,
  };
}

const typeNamed = (v: unknown): TagType =>
  typeof v === "number"
    ? "float"
    : typeof v === "boolean"
      ? "bool"
      : typeof v === "string" || isWords(v)
        ? "string"
        : "json";

/** A line of samples that looks like one: the same at every time of asking for the same time. */
export function sampleLine(path: string, from: number, to: number, count: number): [number, number][] {
  let seed = 0;
  for (const c of path) seed = (seed * 31 + c.charCodeAt(0)) % 997;
  const step = Math.max(1, (to - from) / Math.max(1, count));
  const minute = 60_000;
  return Array.from({ length: count + 1 }, (_, i) => {
    const t = Math.round(from + i * step);
    const slow = Math.sin((2 * Math.PI * (t + seed * minute)) / (37 * minute));
    const fast = Math.sin((2 * Math.PI * t) / (5.3 * minute) + seed);
    return [t, Math.round((55 + 22 * slow + 6 * fast) * 10) / 10];
  });
}
