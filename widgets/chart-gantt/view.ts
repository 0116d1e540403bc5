// A plan as bars over time: orders, batches, maintenance; what overlaps in a row lies below each other.
import { look } from "@lineside/scene";
import { chartView, choice, type Drawing, type Picture } from "../chart/chart";
import type { Option } from "../chart/engine";
import { cut, type LaneOption, lanePainter, lanesOf, paintBar, paintFrame, setFont } from "../chart/lanes";
import { lengthText, momentText } from "../chart/period";
import { paintOf, States } from "../chart/states";
import { listOf, plainNumber } from "../chart/table";
import { word } from "../chart/words";
import { clamp, fixed, flag } from "../kit";

export interface Task {
  row: string;
  name: string;
  from: number;
  to: number;
  /** 0 to 100. */
  progress: number | undefined;
  state: string;
}

const most = 2000;
const hour = 3_600_000;

/** A time that stands in a plan: milliseconds, or a text of RFC 3339. */
export function timeOf(v: unknown): number | undefined {
  const t =
    typeof v === "number" ? v : typeof v === "string" && v !== "" ? (plainNumber(v) ?? Date.parse(v)) : Number.NaN;
  return Number.isFinite(t) && Math.abs(t) < 8.64e15 ? t : undefined;
}

const text = (v: unknown): string => (typeof v === "string" ? v.slice(0, 200) : typeof v === "number" ? String(v) : "");

/** The tasks of a list; what has no times that make sense is left out. Undefined when it is no list of tasks. */
export function tasksOf(v: unknown): Task[] | undefined {
  const list = listOf(v)?.slice(0, most);
  if (!list) return undefined;
  const out = list.flatMap((item): Task[] => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) return [];
    const o = item as Record<string, unknown>;
    const from = timeOf(o.start ?? o.from);
    const to = timeOf(o.end ?? o.to);
    if (from === undefined || to === undefined || to <= from) return [];
    const progress = plainNumber(o.progress);
    const name = text(o.name) || text(o.title) || text(o.id);
    return [
      {
        row: text(o.row) || text(o.resource) || text(o.asset) || name,
        name,
        from,
        to,
        progress: progress === null ? undefined : clamp(progress, 0, 100),
        state: text(o.state),
      },
    ];
  });
  return out.length > 0 || list.length === 0 ? out : undefined;
}

/** The rows of a plan in the order in which they first stand there; tasks at the same time get lanes of their own. */
export function rowsOf(tasks: readonly Task[]): { name: string; lanes: number; tasks: (Task & { lane: number })[] }[] {
  const rows = new Map<string, { name: string; ends: number[]; tasks: (Task & { lane: number })[] }>();
  for (const t of [...tasks].sort((a, b) => a.from - b.from || a.to - b.to)) {
    let row = rows.get(t.row);
    if (!row) {
      row = { name: t.row, ends: [], tasks: [] };
      rows.set(t.row, row);
    }
    let lane = row.ends.findIndex((end) => end <= t.from);
    if (lane < 0) lane = row.ends.length;
    row.ends[lane] = t.to;
    row.tasks.push({ ...t, lane });
  }
  const order = [...new Set(tasks.map((t) => t.row))];
  return order.map((name) => {
    const r = rows.get(name);
    return { name, lanes: Math.max(1, r?.ends.length ?? 1), tasks: r?.tasks ?? [] };
  });
}

const windows = { "8h": 8 * hour, "24h": 24 * hour, "7d": 168 * hour } as const;

function draw(tasks: readonly Task[], { settings, env, palette: p, box }: Drawing): Picture {
  const { lang } = env;
  const now = Date.now();
  const seen = choice(settings, "window", "plan", "8h", "24h", "7d");
  let from = now - 4 * hour;
  let to = now + 4 * hour;
  if (seen !== "plan") {
    from = now - windows[seen] / 2;
    to = now + windows[seen] / 2;
  } else if (tasks.length > 0) {
    from = tasks.reduce((t, x) => Math.min(t, x.from), Number.POSITIVE_INFINITY);
    to = tasks.reduce((t, x) => Math.max(t, x.to), Number.NEGATIVE_INFINITY);
    const edge = (to - from) * 0.02;
    from -= edge;
    to += edge;
  }
  const states = new States({}, env);
  const plan = rowsOf(tasks.filter((t) => t.to > from && t.from < to));
  const names = plan.map((r) => r.name);
  const l = lanesOf(box, Math.max(1, plan.length), names, 8, from, to);
  const bars = plan.flatMap((r, k) =>
    r.tasks.map((t) => {
      const gap = Math.min(4, l.row * 0.1);
      const h = (l.row - 2 * gap) / r.lanes;
      const x = Math.max(l.left, l.x(t.from));
      return {
        t,
        x,
        w: Math.max(2, Math.min(l.right, l.x(t.to)) - x),
        y: l.top + k * l.row + gap + t.lane * h,
        h: Math.max(3, h - 1),
        state: t.state ? states.named(t.state) : -1,
      };
    }),
  );
  const paintFor = (state: number) =>
    state < 0 ? { fill: p.of("fill1"), ink: p.on(p.of("fill1")) } : paintOf(states.list[state], p);
  const option: LaneOption = {
    paint(c) {
      paintFrame(c, l, names, p, lang, "");
      for (const b of bars) {
        const paint: { fill: string; ink: string; hatch?: string; pattern?: string } = paintFor(b.state);
        paintBar(c, b.x, b.y, b.w, b.h, paint.fill, paint.hatch, paint.pattern === "back");
        c.strokeStyle = p.text;
        c.lineWidth = 1;
        c.strokeRect(
          Math.round(b.x) + 0.5,
          Math.round(b.y) + 0.5,
          Math.max(1, Math.round(b.w) - 1),
          Math.round(b.h) - 1,
        );
        if (b.t.progress !== undefined && b.t.progress > 0) {
          // What is done, as a line along the foot of the bar.
          c.fillStyle = p.text;
          c.fillRect(b.x + 1, b.y + b.h - 4, ((b.w - 2) * b.t.progress) / 100, 3);
        }
        if (b.h >= 12 && b.w > 18) {
          setFont(c, 11);
          c.textAlign = "left";
          const name = cut(c, b.t.name, b.w - 8);
          if (paint.hatch && name) {
            c.fillStyle = paint.fill;
            c.fillRect(b.x + 2, b.y + 2, c.measureText(name).width + 5, b.h - 6);
          }
          c.fillStyle = paint.ink;
          c.fillText(name, b.x + 4, b.y + b.h / 2);
        }
      }
      if (flag(settings, "nowLine") && now > from && now < to) {
        const x = Math.round(l.x(now)) + 0.5;
        c.strokeStyle = p.live;
        c.lineWidth = 2;
        c.setLineDash([5, 3]);
        c.beginPath();
        c.moveTo(x, l.top);
        c.lineTo(x, l.top + l.height);
        c.stroke();
        c.setLineDash([]);
      }
    },
  };
  return {
    option: option as unknown as Option,
    spots: bars.map(({ t, x, y, w, h, state }) => ({
      name: t.row === t.name ? t.name : `${t.row}: ${t.name}`,
      value: { row: t.row, name: t.name, start: new Date(t.from).toISOString(), end: new Date(t.to).toISOString() },
      lines: [
        `${momentText(t.from, lang, "")} – ${momentText(t.to, lang, "")}`,
        `${word("duration", lang)} ${lengthText(t.to - t.from, lang)}`,
        ...(state >= 0 ? [`${word("state", lang)} ${states.name(state)}`] : []),
        ...(t.progress === undefined ? [] : [`${word("progress", lang)} ${fixed(t.progress, 0)} %`]),
      ],
      pixel: [x + w / 2, y + h / 2] as const,
    })),
    legend: [...new Set(bars.map((b) => b.state))]
      .filter((s) => s >= 0)
      .map((s) => ({
        name: states.name(s),
        color: paintOf(states.list[s], p).fill,
        pattern: paintOf(states.list[s], p).pattern ?? "",
      })),
    summary: tasks
      .slice(0, 6)
      .map((t) => `${t.row} ${t.name} ${momentText(t.from, lang, "")}`)
      .join(", "),
    find: (_hit, at) =>
      at ? bars.findLastIndex((b) => at[0] >= b.x && at[0] <= b.x + b.w && at[1] >= b.y && at[1] <= b.y + b.h) : -1,
    rows: [
      [
        word("name", lang),
        word("name", lang),
        word("from", lang),
        word("to", lang),
        word("state", lang),
        `${word("progress", lang)} (%)`,
      ],
      ...tasks.map((t) => [
        t.row,
        t.name,
        new Date(t.from).toISOString(),
        new Date(t.to).toISOString(),
        t.state,
        t.progress ?? null,
      ]),
    ],
  };
}

export default chartView<readonly Task[]>({
  live: ["tasks"],
  past: () => false,
  now(values, settings) {
    const l = values.tasks;
    return tasksOf(l ? (look(l.q) === "bad" ? undefined : l.v) : settings.tasks);
  },
  bound: (settings, env) => env.bound("tasks") || settings.tasks !== undefined,
  bind: "bindPlan",
  none: () => [],
  any: (d) => d.length > 0,
  draw,
  painter: lanePainter,
});
