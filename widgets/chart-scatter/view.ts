// One value over another: how they depend on each other over a time, and where the plant is now.
import type { LiveValue } from "@lineside/client";
import { look } from "@lineside/scene";
import { ends, grid, marks, valueAxis, withUnit } from "../chart/axes";
import { chartView, type Drawing, type Picture } from "../chart/chart";
import { momentText, periods } from "../chart/period";
import { listOf, plainNumber } from "../chart/table";
import { word } from "../chart/words";
import { clamp, fixed, flag, number, numeric, shown } from "../kit";
import type { Env, Recalled, Settings, Values } from "../view";

export interface Point {
  x: number;
  y: number;
  size?: number;
  name?: string;
  t?: number;
}

interface Cloud {
  sets: { name: string; points: Point[]; now?: Point }[];
  unitX: string;
  unitY: string;
  nameX: string;
  nameY: string;
  decimalsX: number | undefined;
  decimalsY: number | undefined;
  zone: string;
}

const sets = ["", "2", "3"] as const;
const most = 400;
const mostListed = 20_000;

const usedSets = (env: Env) => sets.filter((s) => env.bound(`x${s}`) && env.bound(`y${s}`));

/** The points of two columns of buckets, where both have a number. */
export function paired(r: Recalled, x: string, y: string, size: string): Point[] {
  const value = (s: LiveValue | undefined): number | null => {
    const k = s && look(s.q);
    return s && typeof s.v === "number" && Number.isFinite(s.v) && k !== "bad" && k !== "waiting" ? s.v : null;
  };
  const ys = new Map((r.series[y] ?? []).map((s) => [s.t, s]));
  const sizes = new Map((r.series[size] ?? []).map((s) => [s.t, s]));
  return (r.series[x] ?? []).flatMap((s): Point[] => {
    const a = value(s);
    const b = value(ys.get(s.t));
    const c = value(sizes.get(s.t));
    return a === null || b === null ? [] : [{ x: a, y: b, t: s.t, ...(c === null ? {} : { size: c }) }];
  });
}

/** The points of a list: [x, y, size, name] or {x, y, size, name}. */
export function listedPoints(v: unknown): Point[] | undefined {
  const list = listOf(v)?.slice(0, mostListed);
  if (!list) return undefined;
  const out = list.flatMap((item): Point[] => {
    const o = (Array.isArray(item) ? { x: item[0], y: item[1], size: item[2], name: item[3] } : item) as Record<
      string,
      unknown
    > | null;
    if (typeof o !== "object" || o === null) return [];
    const x = plainNumber(o.x);
    const y = plainNumber(o.y);
    const size = plainNumber(o.size);
    if (x === null || y === null) return [];
    return [{ x, y, ...(size === null ? {} : { size }), ...(typeof o.name === "string" ? { name: o.name } : {}) }];
  });
  return out.length > 0 || list.length === 0 ? out : undefined;
}

/** The straight line with the least squares, and how well it fits; undefined when there is none. */
export function fitOf(points: readonly Point[]): { a: number; b: number; r: number } | undefined {
  const n = points.length;
  if (n < 3) return undefined;
  let mx = 0;
  let my = 0;
  for (const p of points) {
    mx += p.x / n;
    my += p.y / n;
  }
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (const p of points) {
    xx += (p.x - mx) ** 2;
    yy += (p.y - my) ** 2;
    xy += (p.x - mx) * (p.y - my);
  }
  if (!(xx > 0) || !(yy > 0)) return undefined;
  const b = xy / xx;
  return { a: my - b * mx, b, r: xy / Math.sqrt(xx * yy) };
}

function draw(data: Cloud, { settings, env, palette: p, hidden }: Drawing): Picture {
  const { lang } = env;
  const shownSets = data.sets.map((s, i) => ({ ...s, i })).filter((s) => !hidden.has(s.name));
  const points = shownSets.flatMap((s) => s.points.map((q) => ({ q, s })));
  const lines = flag(settings, "fit")
    ? shownSets.flatMap((s) => ((f) => (f ? [{ ...f, s }] : []))(fitOf(s.points)))
    : [];
  let large = 0;
  for (const { q } of points) large = Math.max(large, Math.abs(q.size ?? 0));
  const radius = (q: Point) => (q.size === undefined || large === 0 ? 7 : 5 + 27 * Math.sqrt(Math.abs(q.size) / large));
  const lowX = number(settings, "lowX");
  const highX = number(settings, "highX");
  const empty = points.length === 0;
  const x = (v: number) => withUnit(v, data.decimalsX, data.unitX);
  const y = (v: number) => withUnit(v, data.decimalsY, data.unitY);
  const titleX = [data.nameX, data.unitX && `(${data.unitX})`].filter(Boolean).join(" ");
  const titleY = [data.nameY, data.unitY && `(${data.unitY})`].filter(Boolean).join(" ");
  const first: number[] = [];
  let index = 0;
  for (const s of shownSets) {
    first.push(index);
    index += s.points.length;
  }
  return {
    option: {
      animation: false,
      grid: { ...grid(26, 18), bottom: 20, outerBounds: { left: 2, right: 2, top: 2, bottom: 18 } },
      xAxis: {
        ...valueAxis(p, titleX, {
          scale: true,
          nameLocation: "middle",
          nameGap: 24,
          splitLine: { show: true, lineStyle: { color: p.grid } },
        }),
        ...(empty ? { min: 0, max: 100 } : {}),
        ...(lowX !== undefined && (highX === undefined || highX > lowX) ? { min: lowX } : {}),
        ...(highX !== undefined && (lowX === undefined || highX > lowX) ? { max: highX } : {}),
        nameTextStyle: { color: p.muted, align: "center" },
      },
      yAxis: valueAxis(p, titleY, { scale: true, ...(empty ? { min: 0, max: 100 } : {}), ...ends(settings) }),
      series: [
        ...shownSets.map((s, k) => ({
          type: "scatter",
          data: s.points.map((q) => ({ value: [q.x, q.y], symbolSize: radius(q) })),
          symbol: ["circle", "diamond", "triangle"][s.i % 3],
          itemStyle: { color: p.fill(s.i).color, opacity: 0.6 },
          emphasis: { disabled: true },
          large: s.points.length > 3000,
          ...(k === 0 ? marks(settings, p, "y") : {}),
        })),
        // Where the plant is now: a ring that the cloud does not hide.
        ...shownSets.flatMap((s) =>
          s.now
            ? [
                {
                  type: "scatter",
                  silent: true,
                  z: 5,
                  data: [[s.now.x, s.now.y]],
                  symbolSize: 16,
                  itemStyle: { color: p.surface, borderColor: p.live, borderWidth: 3 },
                },
              ]
            : [],
        ),
        ...lines.map((l) => {
          const xs = l.s.points.map((q) => q.x);
          const from = xs.reduce((a, b) => Math.min(a, b));
          const to = xs.reduce((a, b) => Math.max(a, b));
          return {
            type: "line",
            silent: true,
            symbol: "none",
            lineStyle: { color: p.text, width: 1.5, type: "dashed" },
            data: [
              [from, l.a + l.b * from],
              [to, l.a + l.b * to],
            ],
          };
        }),
      ],
    },
    spots: points.map(({ q, s }) => ({
      name: q.name || (q.t === undefined ? s.name || word("value", lang) : momentText(q.t, lang, data.zone)),
      value: [q.x, q.y],
      lines: [
        `${data.nameX || "X"} ${x(q.x)}`,
        `${data.nameY || "Y"} ${y(q.y)}`,
        ...(q.size === undefined ? [] : [withUnit(q.size, undefined, "")]),
      ],
      at: [q.x, q.y] as const,
    })),
    legend: [
      ...(data.sets.length > 1
        ? data.sets.map((s, i) => ({ name: s.name, color: p.fill(i).color, hidden: hidden.has(s.name) }))
        : []),
      ...lines.map((l) => ({
        name: word("fit", lang),
        color: p.text,
        pattern: "line",
        text: word("correlation", lang, fixed(l.r, 2)),
      })),
    ],
    summary: empty
      ? ""
      : [
          `${points.length}: ${titleX} – ${titleY}`,
          ...shownSets.flatMap((s) => (s.now ? [`${word("now", lang)} ${x(s.now.x)}, ${y(s.now.y)}`] : [])),
          ...lines.map((l) => word("correlation", lang, fixed(l.r, 2))),
        ].join(". "),
    find: (hit) =>
      hit.series !== undefined && hit.series < first.length && hit.index !== undefined
        ? (first[hit.series] as number) + hit.index
        : -1,
    rows: [
      [word("time", lang), titleX || "X", titleY || "Y", ...(large > 0 ? [word("value", lang)] : [])],
      ...points.map(({ q }) => [
        q.t === undefined ? (q.name ?? "") : new Date(q.t).toISOString(),
        q.x,
        q.y,
        ...(large > 0 ? [q.size ?? null] : []),
      ]),
    ],
  };
}

const listed = (settings: Settings, env: Env): boolean => env.bound("points") || settings.points !== undefined;

const about = (env: Env): Omit<Cloud, "sets" | "zone"> => {
  const x = env.meta("x");
  const y = env.meta("y");
  return {
    unitX: x?.unit ?? "",
    unitY: y?.unit ?? "",
    nameX: x?.title ?? x?.path?.split("/").pop() ?? "",
    nameY: y?.title ?? y?.path?.split("/").pop() ?? "",
    decimalsX: x?.decimals,
    decimalsY: y?.decimals,
  };
};

const named = (s: string, env: Env): string => {
  const m = env.meta(`y${s}`);
  return m?.title || m?.path?.split("/").pop() || `Y${s ? ` ${s}` : ""}`;
};

export default chartView<Cloud>({
  live: [...sets.flatMap((s) => [`x${s}`, `y${s}`]), "size", "points"],
  past: (settings, env) => !listed(settings, env),
  async read(period, _settings, env) {
    const used = usedSets(env);
    const step = `${Math.max(1, clamp(Math.round(periods[period].length / most / 1000), 1, 1e7))}s`;
    const props = [...used.flatMap((s) => [`x${s}`, `y${s}`]), ...(env.bound("size") ? ["size"] : [])];
    const r = (await env.recall?.(props, { from: periods[period].from, step, fn: "avg" })) ?? {
      from: 0,
      to: 0,
      zone: "",
      series: {},
    };
    return {
      ...about(env),
      zone: r.zone,
      sets: used.map((s) => ({ name: named(s, env), points: paired(r, `x${s}`, `y${s}`, "size") })),
    };
  },
  now(values, settings, env) {
    const l = values.points;
    const points = listedPoints(l ? (look(l.q) === "bad" ? undefined : l.v) : settings.points);
    return points && { ...about(env), zone: "", sets: [{ name: "", points }] };
  },
  beside(data: Cloud, values: Values, settings: Settings, env: Env) {
    const used = usedSets(env);
    return {
      ...data,
      sets: data.sets.map((s, i) => {
        const x = numeric(shown(values, settings, `x${used[i]}`));
        const y = numeric(shown(values, settings, `y${used[i]}`));
        return x === undefined || y === undefined ? { name: s.name, points: s.points } : { ...s, now: { x, y } };
      }),
    };
  },
  bound: (settings, env) => listed(settings, env) || usedSets(env).length > 0,
  bind: "bindPair",
  none: () => ({
    sets: [],
    unitX: "",
    unitY: "",
    nameX: "",
    nameY: "",
    decimalsX: undefined,
    decimalsY: undefined,
    zone: "",
  }),
  any: (d) => d.sets.some((s) => s.points.length > 0),
  draw,
});
