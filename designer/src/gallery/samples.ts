// What the widgets of the gallery are given in place of a plant.
import type { AlarmPage, AlarmRow, AlarmsNow, JournalPage } from "@lineside/client";
import type { Recaller } from "@lineside/player";
import type { AlarmSource, Past } from "@lineside/widgets";
import { sampleLine } from "../../../widgets/examples";

/** Samples of any tag: the same line for the same time. */
export const samplePast: Past = {
  tracks: async ({ tags, from, to, pixels, shift }) =>
    tags.map((path) => ({
      path,
      type: "float",
      unit: "°C",
      title: path.split("/").pop() ?? path,
      points: sampleLine(shift ? `${path} ${shift}` : path, from, to, Math.min(200, pixels)),
      cut: false,
      corrected: 0,
    })),
};

const lengths: Record<string, number> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  mo: 30 * 86_400_000,
};

function length(step: string): number {
  const [, n = "1", unit = "h"] = /^(\d+)(s|mo|m|h|d|w)$/.exec(step) ?? [];
  return Number(n) * (lengths[unit] ?? 3_600_000);
}

/** Buckets and states of any tag. */
export const sampleRecaller: Recaller = {
  async recall(paths, ask) {
    const to = ask.to ?? Date.now();
    const from = typeof ask.from === "number" ? ask.from : to - 8 * 3_600_000;
    const count = ask.step ? Math.min(400, Math.round((to - from) / length(ask.step))) : 120;
    const series = paths.map((path) => [path, sampleLine(path, from, to, count).map(([t, v]) => ({ t, v, q: 0 }))]);
    return { from, to, zone: "", series: Object.fromEntries(series) };
  },
  async lasted(paths, from, to) {
    const whole = (to - from) / 1000;
    const states = [
      { value: 1, seconds: whole * 0.62, times: 4 },
      { value: 0, seconds: whole * 0.3, times: 5 },
    ];
    return Object.fromEntries(paths.map((path) => [path, { states, other: 0, bad: whole * 0.08 }]));
  },
};

const words = [
  {
    en: "Level too high",
    zh: "液位过高",
    title: { en: "Tank 12", zh: "12 号罐" },
    message: { en: "93 % is above 90 %", zh: "93 % 高于 90 %" },
  },
  {
    en: "No flow",
    zh: "无流量",
    title: { en: "Pump 3", zh: "3 号泵" },
    message: { en: "Running for 30 s without flow", zh: "已运行 30 秒但无流量" },
  },
  {
    en: "Filter dirty",
    zh: "滤网脏",
    title: { en: "Fan 1", zh: "1 号风机" },
    message: { en: "Pressure drop 240 Pa", zh: "压降 240 Pa" },
  },
];
const priorities = ["urgent", "high", "low"] as const;
const alarmStates = ["unacknowledged", "acknowledged", "returned"] as const;

/** Three alarms, as somebody would see them in a language. */
export function sampleAlarms(lang: "en" | "zh", now: number): AlarmSource {
  const since = (i: number) => now - (i + 1) * 11 * 60_000;
  const rows = words.map(
    (w, i): AlarmRow =>
      ({
        key: `sample/alarm${i}#a`,
        path: `sample/alarm${i}`,
        id: "a",
        kind: "high",
        priority: priorities[i],
        title: w.title,
        name: { en: w.en, zh: w.zh },
        message: w.message,
        state: alarmStates[i],
        active: i < 2,
        since: new Date(since(i)).toISOString(),
        raised: new Date(since(i)).toISOString(),
        times: 1,
        mayAcknowledge: true,
      }) as AlarmRow,
  );
  const page = {
    alarms: rows,
    total: 3,
    unacknowledged: 2,
    active: 2,
    worst: "urgent",
    waiting: "urgent",
    offset: 0,
    areas: [],
  };
  const journal = {
    entries: rows.map((r, i) => ({
      id: i + 1,
      time: r.since,
      key: r.key,
      path: r.path,
      priority: r.priority,
      event: i === 1 ? "acknowledge" : "raise",
      state: r.state,
      title: r.title,
      name: r.name,
      message: r.message,
    })),
  };
  const current = {
    seq: 1,
    counts: priorities.map((priority, i) => ({ priority, unacknowledged: i === 1 ? 0 : 1, active: i < 2 ? 1 : 0 })),
    first: words.map((w, i) => ({
      key: `sample/alarm${i}#a`,
      path: `sample/alarm${i}`,
      priority: priorities[i],
      state: alarmStates[i],
      title: w.title[lang],
      name: w[lang],
      message: w.message[lang],
      since: since(i),
    })),
    areas: [
      { area: "sample/north", unacknowledged: 1, active: 1, priority: "urgent", waiting: "urgent" },
      { area: "sample/south", unacknowledged: 1, active: 1, priority: "high" },
    ],
  };
  return {
    now: current as AlarmsNow,
    watch: () => () => {},
    list: async () => page as unknown as AlarmPage,
    journal: async () => journal as JournalPage,
    show: async () => {},
  };
}
