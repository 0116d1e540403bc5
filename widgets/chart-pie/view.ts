// Shares of a whole: a pie, a ring with the total in it, or a funnel.
import { withUnit } from "../chart/axes";
import { chartView, choice, type Drawing, type Picture, qualityText } from "../chart/chart";
import { font } from "../chart/palette";
import { rowsOf, summaryOf, tables } from "../chart/source";
import { decimalsAt, type Table, unitAt } from "../chart/table";
import { word } from "../chart/words";
import { fixed, flag } from "../kit";

const most = 24;

/** A slice: a category with more than nothing. */
export interface Slice {
  name: string;
  v: number;
  i: number;
}

/** The slices of the first series. What is beyond the most is one slice, with -1 for its place. */
export function slicesOf(t: Table, hidden: ReadonlySet<string>, others: (n: number) => string): Slice[] {
  const all = t.categories.flatMap((name, i): Slice[] => {
    const v = t.series[0]?.cells[i]?.v ?? null;
    return v === null || v <= 0 || hidden.has(name) ? [] : [{ name, v, i }];
  });
  if (all.length <= most) return all;
  const sorted = [...all].sort((a, b) => b.v - a.v);
  const rest = sorted.slice(most - 1);
  return [...sorted.slice(0, most - 1), { name: others(rest.length), v: rest.reduce((sum, s) => sum + s.v, 0), i: -1 }];
}

export function draw(t: Table, { settings, env, palette: p, box, hidden }: Drawing): Picture {
  const style = choice(settings, "style", "ring", "pie", "funnel");
  const slices = slicesOf(t, hidden, (n) => word("others", env.lang, n));
  const total = slices.reduce((sum, s) => sum + s.v, 0);
  const unit = t.series[0]?.unit ?? "";
  const decimals = t.series[0]?.decimals;
  const said = (s: Slice) =>
    withUnit(s.v, s.i < 0 ? decimals : decimalsAt(t, 0, s.i), s.i < 0 ? unit : unitAt(t, 0, s.i));
  const share = (s: Slice) => `${fixed((100 * s.v) / total, 1)} %`;
  const radius = Math.min(box.width, box.height) / 2;
  const labels = flag(settings, "showValues");
  const fill = (s: Slice) => p.fill(s.i < 0 ? most : s.i);
  const roomy = box.width > box.height * 1.5;
  // The legend names them already.
  const named = !flag(settings, "legend") && (roomy || style === "funnel");
  let angle = -Math.PI / 2;
  return {
    option: {
      animation: false,
      series: [
        {
          type: style === "funnel" ? "funnel" : "pie",
          ...(style === "funnel"
            ? { left: "8%", right: labels ? "30%" : "8%", top: 6, bottom: 6, sort: "descending", gap: 2, minSize: "4%" }
            : {
                radius:
                  style === "ring" ? ["52%", labels && roomy ? "84%" : "94%"] : ["0%", labels && roomy ? "84%" : "94%"],
              }),
          startAngle: 90,
          emphasis: { disabled: true },
          silent: false,
          // Without any slice the place of the chart is shown.
          ...(slices.length === 0 ? { itemStyle: { color: p.grid, opacity: 0.4 } } : {}),
          data:
            slices.length === 0
              ? [{ value: 1, name: "" }]
              : slices.map((s) => ({
                  name: s.name,
                  value: s.v,
                  itemStyle: { color: fill(s).color, decal: fill(s).decal, borderColor: p.surface, borderWidth: 2 },
                  label: {
                    color: roomy || style === "funnel" ? p.text : p.on(fill(s).color),
                    // A narrow slice has no room for its number.
                    show: labels && (roomy || s.v / total > 0.06),
                  },
                })),
          label: {
            show: labels && slices.length > 0,
            ...font(),
            position: style === "funnel" ? "right" : roomy ? "outside" : "inside",
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const s = slices[dataIndex];
              return s ? (named ? `${s.name} ${share(s)}` : share(s)) : "";
            },
            ...(named ? { width: Math.max(30, box.width / 2 - radius - 16) } : {}),
            overflow: "truncate",
          },
          labelLine: {
            show: labels && slices.length > 0 && (roomy || style === "funnel"),
            length: 6,
            length2: 6,
            lineStyle: { color: p.line },
          },
        },
      ],
      ...(style === "ring" && slices.length > 0
        ? { title: totalText(withUnit(total, decimals, unit), word("total", env.lang), radius, p.text, p.muted) }
        : {}),
    },
    spots: slices.map((s) => {
      const half = (Math.PI * s.v) / total;
      const mid = angle + half;
      angle += 2 * half;
      const cell = s.i < 0 ? undefined : t.series[0]?.cells[s.i];
      return {
        name: s.name,
        value: s.v,
        lines: [`${said(s)}${cell ? qualityText(cell.look, env) : ""}`, `${word("share", env.lang)} ${share(s)}`],
        ...(style === "funnel"
          ? { pixel: [box.width / 2, box.height / 2] as const }
          : {
              pixel: [
                box.width / 2 + radius * 0.7 * Math.cos(mid),
                box.height / 2 + radius * 0.7 * Math.sin(mid),
              ] as const,
            }),
      };
    }),
    legend: t.categories.map((name, i) => {
      const v = t.series[0]?.cells[i]?.v ?? null;
      return {
        name,
        color: p.fill(i).color,
        pattern: p.fill(i).pattern,
        hidden: hidden.has(name),
        text: withUnit(v, decimalsAt(t, 0, i), unitAt(t, 0, i)),
      };
    }),
    summary: summaryOf(t, env),
    find: (hit) => (slices.length > 0 ? (hit.index ?? -1) : -1),
    rows: rowsOf(t, env),
  };
}

function totalText(text: string, name: string, radius: number, color: string, muted: string): object {
  const size = Math.max(11, Math.min(26, (radius * 1.5) / Math.max(4, text.length)));
  return {
    text,
    subtext: radius > 70 ? name : "",
    left: "center",
    top: "middle",
    itemGap: 2,
    textStyle: { color, ...font(size), fontWeight: 600 },
    subtextStyle: { color: muted, ...font() },
  };
}

export default chartView<Table>({ ...tables, draw });
