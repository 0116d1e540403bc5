// Which state equipment was in, from when to when and for how long: a row of bars for each tag.
import type { LiveValue } from "@lineside/client";
import { chartView, type Drawing, type Picture, type Spot } from "../chart/chart";
import type { Option } from "../chart/engine";
import { type LaneOption, lanePainter, lanesOf, paintBar, paintFrame, setFont } from "../chart/lanes";
import { isPeriod, lengthText, momentText, periods } from "../chart/period";
import { runsOf, type Span, spanAt } from "../chart/spans";
import { paintOf, States, spansOf } from "../chart/states";
import { namesOf, usedProps, valueProps } from "../chart/table";
import { word } from "../chart/words";
import { fixed, flag } from "../kit";
import type { Env, Lasted, Settings, Values } from "../view";

interface Row {
  prop: string;
  name: string;
  samples: readonly LiveValue[];
  /** How long each value lasted, where the samples do not tell all changes. */
  lasted?: Lasted;
}

interface Timeline {
  rows: Row[];
  from: number;
  to: number;
  zone: string;
  /** When it was read, by the clock of this page. */
  at: number;
}

/** As many pixels as can be asked for: four changes in each are told. */
const pixels = 10_000;

/** The time in each state of a row, by its place in the list; the last is the time without data. */
export function timesOf(
  row: Pick<Row, "lasted">,
  spans: readonly Span[],
  states: States,
): Map<number, { ms: number; times: number }> {
  const out = new Map<number, { ms: number; times: number }>();
  const add = (state: number, ms: number, times: number) => {
    const t = out.get(state) ?? { ms: 0, times: 0 };
    t.ms += ms;
    t.times += times;
    out.set(state, t);
  };
  if (row.lasted) {
    for (const s of row.lasted.states)
      add(states.of({ v: s.value as LiveValue["v"], q: 0, t: 1 }), s.seconds * 1000, s.times);
    if (row.lasted.bad > 0) add(-1, row.lasted.bad * 1000, 1);
  } else for (const s of spans) add(s.state, s.to - s.from, 1);
  return out;
}

function draw(data: Timeline, { settings, env, palette: p, box }: Drawing): Picture {
  const { lang } = env;
  const states = new States(settings, env);
  const { from, to, zone } = data;
  const rows = data.rows.map((r) => ({ ...r, spans: spansOf(r.samples, from, to, states) }));
  const times = rows.map((r) => timesOf(r, r.spans, states));
  // The share that is told beside each row is that of running, else of the first state.
  const main = Math.max(
    0,
    states.list.findIndex((s) => s.look === "running"),
  );
  const shares = flag(settings, "shares") && states.list.length > 0 && rows.length > 0;
  const known = (i: number): number => [...(times[i] ?? [])].reduce((sum, [s, t]) => sum + (s < 0 ? 0 : t.ms), 0);
  const share = (i: number): string => {
    const all = known(i);
    return all > 0 ? `${fixed((100 * (times[i]?.get(main)?.ms ?? 0)) / all, 1)} %` : "– –";
  };
  const l = lanesOf(
    box,
    Math.max(1, rows.length),
    rows.map((r) => r.name),
    shares ? 56 : 0,
    from,
    to,
  );
  const first: number[] = [];
  let count = 0;
  for (const r of rows) {
    first.push(count);
    count += r.spans.length;
  }
  const rowOf = (i: number): number => {
    let r = first.length - 1;
    while (r > 0 && (first[r] as number) > i) r--;
    return r;
  };
  const spot = (i: number): Spot | undefined => {
    const r = rowOf(i);
    const row = rows[r];
    const s = row?.spans[i - (first[r] ?? 0)];
    if (!row || !s) return undefined;
    return {
      name: `${row.name}: ${states.name(s.state)}`,
      value: states.name(s.state),
      lines: [
        `${momentText(s.from, lang, zone, true)} – ${momentText(s.to, lang, zone, true)}`,
        `${word("duration", lang)} ${lengthText(s.to - s.from, lang)}`,
      ],
      pixel: [(l.x(s.from) + l.x(s.to)) / 2, l.top + (r + 0.5) * l.row],
    };
  };
  const option: LaneOption = {
    paint(c) {
      paintFrame(
        c,
        l,
        rows.map((r) => r.name),
        p,
        lang,
        zone,
      );
      const gap = Math.min(6, l.row * 0.15);
      rows.forEach((r, k) => {
        const y = l.top + k * l.row + gap;
        const h = l.row - 2 * gap;
        for (const run of runsOf(r.spans, from, to, Math.max(1, Math.round(l.right - l.left)))) {
          const paint = paintOf(states.list[run.state], p);
          const x = l.left + run.x0;
          const w = run.x1 - run.x0;
          paintBar(c, x, y, w, h, paint.fill, paint.hatch, paint.pattern === "back");
          // A name where there is room for it.
          const name = states.list[run.state]?.name;
          if (name && w > 40 && h >= 14 && !paint.hatch) {
            setFont(c, 11);
            c.textAlign = "center";
            c.fillStyle = paint.ink;
            if (c.measureText(name).width < w - 8) c.fillText(name, x + w / 2, y + h / 2);
          }
        }
        c.strokeStyle = p.line;
        c.lineWidth = 1;
        c.strokeRect(l.left + 0.5, Math.round(y) + 0.5, l.right - l.left - 1, Math.round(h) - 1);
        if (shares) {
          setFont(c);
          c.textAlign = "right";
          c.fillStyle = p.text;
          c.fillText(share(k), box.width - 2, l.top + (k + 0.5) * l.row);
        }
      });
    },
  };
  const all = new Map<number, number>();
  for (const t of times) for (const [s, { ms }] of t) all.set(s, (all.get(s) ?? 0) + ms);
  return {
    option: option as unknown as Option,
    spots: { length: count, at: spot },
    legend: [...all.keys()]
      .sort((a, b) => (a < 0 ? 1 : b < 0 ? -1 : a - b))
      .map((s) => {
        const paint = paintOf(states.list[s], p);
        return {
          name: states.name(s),
          color: paint.fill,
          pattern: paint.pattern ?? "",
          text: lengthText(all.get(s) ?? 0, lang),
        };
      }),
    summary: rows
      .map(
        (r, i) =>
          `${r.name}: ${states.name(r.spans.at(-1)?.state ?? -1)}${shares ? `, ${states.name(main)} ${share(i)}` : ""}`,
      )
      .join(". "),
    find: (_hit, at) => {
      if (!at) return -1;
      const r = Math.floor((at[1] - l.top) / l.row);
      const row = rows[r];
      if (!row || at[0] < l.left || at[0] > l.right) return -1;
      const i = spanAt(row.spans, from + ((at[0] - l.left) / (l.right - l.left)) * (to - from));
      return i < 0 ? -1 : (first[r] ?? 0) + i;
    },
    move(i, key) {
      if (i < 0 || (key !== "ArrowUp" && key !== "ArrowDown")) return undefined;
      const r = rowOf(i);
      const next = r + (key === "ArrowDown" ? 1 : -1);
      const s = rows[r]?.spans[i - (first[r] ?? 0)];
      const other = rows[next];
      if (!s || !other) return i;
      const at = spanAt(other.spans, (s.from + s.to) / 2);
      return at < 0 ? i : (first[next] ?? 0) + at;
    },
    rows: () => [
      [word("name", lang), word("state", lang), word("from", lang), word("to", lang), `${word("duration", lang)} (s)`],
      ...rows.flatMap((r) =>
        r.spans.map((s) => [
          r.name,
          states.name(s.state),
          new Date(s.from).toISOString(),
          new Date(s.to).toISOString(),
          (s.to - s.from) / 1000,
        ]),
      ),
    ],
  };
}

export default chartView<Timeline>({
  live: valueProps,
  past: () => true,
  async read(period, settings, env) {
    const used = usedProps(settings, env);
    const r = await env.recall?.(used, { from: periods[period].from, pixels });
    if (!r) throw new Error(word("noHistory", env.lang));
    const called = namesOf(used, settings, env);
    const rows: Row[] = used.flatMap((prop, i) =>
      r.series[prop] ? [{ prop, name: called[i] ?? "", samples: r.series[prop] ?? [] }] : [],
    );
    // So many that some were left out: how long each state lasted is asked for by itself.
    const many = rows.filter((row) => row.samples.length > pixels);
    if (many.length > 0 && env.lasted) {
      const lasted = await env.lasted(
        many.map((row) => row.prop),
        r.from,
        r.to,
      );
      for (const row of many) {
        const own = lasted[row.prop];
        if (own) row.lasted = own;
      }
    }
    return { rows, from: r.from, to: r.to, zone: r.zone, at: Date.now() };
  },
  beside(data: Timeline, values: Values, settings: Settings, env: Env) {
    const period = env.local.period ?? settings.period;
    // A time that is over does not go on.
    if (period === "yesterday" || period === "lastWeek" || period === "lastMonth" || !env.connected) return data;
    const moved = Math.max(0, Date.now() - data.at);
    const to = data.to + moved;
    // A moving time goes on at both ends.
    const from = isPeriod(period) && !periods[period].rolling ? data.from : data.from + moved;
    return {
      ...data,
      from,
      to,
      rows: data.rows.map((r) => {
        const l = values[r.prop];
        const last = r.samples.at(-1);
        return l && l.t > 0 && l.t > (last?.t ?? 0) && l.t <= to ? { ...r, samples: [...r.samples, l] } : r;
      }),
    };
  },
  bound: (settings, env) => usedProps(settings, env).length > 0,
  bind: "bindStates",
  none: () => ({ rows: [], from: Date.now() - 8 * 3_600_000, to: Date.now(), zone: "", at: Date.now() }),
  any: (d) => d.rows.some((r) => r.samples.length > 0),
  draw,
  painter: lanePainter,
});
