// A plot over time, drawn by uPlot: pens over one axis of time, an axis for each unit, zones, where values were not good, and notes.
import { color, family, type Theme } from "@lineside/scene";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type Dragging, Pointer } from "./pointer";
import { blemishes, type Course, columns, type Levels, type Point } from "./series";

/** One line. */
export interface Line {
  id: string;
  name: string;
  /** What shares a scale: a unit, or a tag of texts. */
  scale: string;
  /** The words beside that scale. */
  unit: string;
  /** CSS colour and dashes. */
  tone: string;
  dash: number[];
  points: readonly Point[];
  /** It is plotted so many milliseconds later than it was. */
  moved: number;
  /** Thin and pale: of another period. */
  pale: boolean;
  /** How it goes from sample to sample. */
  course: Course;
}

/** A part of a scale with a meaning: the normal band, or beyond a limit. */
export interface Zone {
  scale: string;
  from: number;
  to: number;
  kind: "normal" | "limit";
}

/** A mark at a time. */
export interface Flag {
  id: string;
  at: number;
  until: number | undefined;
  text: string;
}

export interface Scene {
  lines: Line[];
  flags: Flag[];
  from: number;
  to: number;
  theme: Theme;
  lang: string;
  /** What dragging with the mouse does. */
  dragging: Dragging;
  selection: { from: number; to: number } | undefined;
  zones?: readonly Zone[];
  /** Scales with fixed ends; an end that is undefined follows the values. */
  ranges?: Readonly<Record<string, { low: number | undefined; high: number | undefined }>>;
}

export interface Told {
  /** The pointer stands at a time; undefined when it has left. */
  cursor(at: number | undefined): void;
  zoom(from: number, to: number): void;
  select(from: number, to: number): void;
  /** The wheel was turned: zoom by a factor around a time. */
  wheel(factor: number, around: number): void;
  /** Dragged sideways by a share of the width. */
  pan(share: number): void;
  /** Dragging has ended. */
  rest?(): void;
}

const lane = 5;
const most = 6;

/** The plot in a host; show() draws. */
export class Chart {
  private plot: uPlot | undefined;
  private scene: Scene | undefined;
  private shape = "";
  private readonly observer: ResizeObserver;
  private levels = new Map<string, Levels>();
  private held: number | undefined;
  private readonly pointer: Pointer;

  constructor(
    private readonly host: HTMLElement,
    private readonly told: Told,
  ) {
    this.observer = new ResizeObserver(() => this.plot?.setSize(this.size()));
    this.observer.observe(host);
    this.pointer = new Pointer(
      host,
      () => (this.plot && this.scene ? { plot: this.plot, scene: this.scene } : undefined),
      told,
    );
  }

  destroy(): void {
    this.observer.disconnect();
    this.pointer.destroy();
    this.plot?.destroy();
  }

  /** Draws what has changed. */
  show(scene: Scene): void {
    this.scene = scene;
    this.levels = new Map();
    const level = (l: Line) => {
      const there = this.levels.get(l.scale) ?? [];
      this.levels.set(l.scale, there);
      return there;
    };
    const data = columns(
      scene.lines.map((l) => ({ points: l.points, levels: level(l), moved: l.moved, course: l.course })),
      scene.from,
      scene.to,
    ) as uPlot.AlignedData;
    const shape = JSON.stringify([
      scene.theme,
      scene.lang,
      this.axes(),
      scene.lines.map((l) => [l.id, l.scale, l.unit, l.tone, l.dash, l.pale, l.course]),
    ]);
    if (!this.plot || shape !== this.shape) {
      this.plot?.destroy();
      this.plot = this.make(scene);
      this.shape = shape;
    }
    const { plot } = this;
    plot.batch(() => {
      plot.setData(data, false);
      plot.setScale("x", { min: scene.from / 1000, max: scene.to / 1000 });
    });
    this.mark();
    if (this.held !== undefined) this.point(this.held);
  }

  /** Puts the cursor at a time, as the keyboard does. */
  point(at: number | undefined): void {
    this.held = at;
    if (!this.plot) return;
    if (at === undefined) this.plot.setCursor({ left: -10, top: -10 });
    else this.plot.setCursor({ left: this.plot.valToPos(at / 1000, "x"), top: this.plot.over.clientHeight / 2 });
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(40, this.host.clientWidth), height: Math.max(30, this.host.clientHeight) };
  }

  /** How many axes of values there is room for; with none there is none of time either. */
  private axes(): number {
    const { width, height } = this.size();
    return width > 220 && height > 90 ? Math.max(1, Math.min(most, Math.floor(width / 150))) : 0;
  }

  private mark(): void {
    const { plot, scene } = this;
    if (!plot || !scene) return;
    const s = scene.dragging === "select" ? scene.selection : undefined;
    if (!s && this.pointer.selecting) return;
    const left = s ? plot.valToPos(s.from / 1000, "x") : 0;
    const width = s ? plot.valToPos(s.to / 1000, "x") - left : 0;
    plot.setSelect({ left, width, top: 0, height: s ? plot.over.clientHeight : 0 }, false);
  }

  private make(scene: Scene): uPlot {
    const ink = color("muted", scene.theme);
    const grid = color("equipment", scene.theme);
    const units = [...new Map(scene.lines.map((l) => [l.scale, l])).values()];
    const axes = this.axes();
    const axis: uPlot.Axis = {
      show: axes > 0,
      stroke: ink,
      font: `12px ${family}`,
      ticks: { stroke: grid, width: 1, size: 4 },
    };
    const clock = clocks(scene.lang);
    const texts = (scale: string) => (this.levels.get(scale)?.length ? this.levels.get(scale) : undefined);
    return new uPlot(
      {
        ...this.size(),
        ms: 1e-3,
        legend: { show: false },
        padding: [12, units.length < 2 || axes < 2 ? 16 : 0, axes ? 0 : 4, axes ? 0 : 4],
        cursor: {
          y: false,
          // The pointer is our own: it knows touch, and plots that are drawn larger or smaller.
          bind: {
            dblclick: () => null,
            mousedown: () => null,
            mouseup: () => null,
            mousemove: () => null,
            mouseenter: () => null,
            mouseleave: () => null,
          },
          drag: { x: false, y: false },
          points: { size: 7 },
          dataIdx: (u, _series, closest) => {
            // The sample that holds, not the one that is nearest.
            const t = u.posToVal(u.cursor.left ?? -1, "x");
            const times = u.data[0];
            if ((times[closest] as number) <= t) return closest;
            return closest > 0 ? closest - 1 : null;
          },
        },
        select: { show: true, left: 0, top: 0, width: 0, height: 0 },
        scales: {
          x: { time: true, auto: false },
          ...Object.fromEntries(
            units.map((l) => [
              l.scale,
              {
                range: (_u: uPlot, min: number | null, max: number | null): [number, number] => {
                  const levels = texts(l.scale);
                  if (levels) return [-0.5, Math.max(0.5, levels.length - 0.5)];
                  if (l.scale === "bool") return [-0.15, 1.15];
                  const fixed = this.scene?.ranges?.[l.scale];
                  const low = fixed?.low ?? min ?? 0;
                  const high = fixed?.high ?? max ?? low + 1;
                  const room = (high - low || Math.abs(high) * 0.2 || 1) * 0.06;
                  return [
                    fixed?.low === undefined ? low - room : low,
                    fixed?.high === undefined || high <= low ? high + room : high,
                  ];
                },
              },
            ]),
          ),
        },
        axes: [
          {
            ...axis,
            grid: { stroke: grid, width: 1 },
            size: 40,
            space: 90,
            values: (u, at) => clock(at, (u.scales.x?.max ?? 0) - (u.scales.x?.min ?? 0)),
          },
          ...units.slice(0, Math.max(1, axes)).map((l, i) => ({
            ...axis,
            scale: l.scale,
            side: i % 2 ? 1 : 3,
            grid: i === 0 ? { stroke: grid, width: 1 } : { show: false },
            label: l.unit || undefined,
            labelFont: `600 12px ${family}`,
            labelSize: 18,
            labelGap: 2,
            size: texts(l.scale) ? 96 : 58,
            gap: 4,
            space: 32,
            stroke: scene.lines.filter((x) => x.scale === l.scale).length === 1 ? l.tone : ink,
            splits: (u: uPlot, index: number, min: number, max: number, incr: number, space: number) => {
              const levels = texts(l.scale);
              if (levels) return levels.map((_, k) => k);
              if (l.scale === "bool") return [0, 1];
              void space;
              const out: number[] = [];
              void u;
              void index;
              for (let v = Math.ceil(min / incr) * incr; v <= max + incr * 1e-6; v += incr)
                out.push(Math.round(v / incr) * incr);
              return out;
            },
            values: (_u: uPlot, at: number[], _i: number, _s: number, incr: number) => {
              const levels = texts(l.scale);
              if (levels) return at.map((v) => shortened(levels[v] ?? ""));
              if (l.scale === "bool") return at.map(String);
              return at.map((v) => v.toFixed(Math.max(0, Math.min(6, -Math.floor(Math.log10(incr) + 1e-9)))));
            },
          })),
        ],
        series: [
          {},
          ...scene.lines.map((l) => ({
            scale: l.scale,
            stroke: l.tone,
            width: l.pale ? 1 : 2,
            alpha: l.pale ? 0.75 : 1,
            dash: l.pale ? [2, 4] : l.dash,
            points: { show: false },
            spanGaps: false,
            paths: pathOf(l.course),
          })),
        ],
        hooks: {
          drawClear: [(u) => this.drawZones(u)],
          setCursor: [
            (u) => {
              const { left = -1 } = u.cursor;
              this.told.cursor(left < 0 ? undefined : u.posToVal(left, "x") * 1000);
            },
          ],
          draw: [(u) => this.drawMarks(u)],
        },
      },
      [[], ...scene.lines.map(() => [])] as unknown as uPlot.AlignedData,
      this.host,
    );
  }

  /** Where values were not good, a lane for each pen at the bottom; and flags at the top. */
  private drawMarks(u: uPlot): void {
    const { scene } = this;
    if (!scene) return;
    const { ctx } = u;
    const ratio = window.devicePixelRatio || 1;
    const { left, top, width, height } = u.bbox;
    const x = (t: number) => Math.min(left + width, Math.max(left, u.valToPos(t / 1000, "x", true)));
    ctx.save();
    const now = Math.min(scene.to, Date.now());
    scene.lines
      .filter((l) => !l.pale)
      .forEach((l, i, all) => {
        const y = top + height - (all.length - i) * lane * ratio;
        for (const b of blemishes(l.points, scene.from, now)) {
          const from = x(b.from);
          const to = Math.max(from + ratio, x(b.to));
          ctx.strokeStyle = l.tone;
          ctx.lineWidth = (lane - 2) * ratio;
          ctx.globalAlpha = b.bad ? 0.9 : 0.55;
          // Bad: bars; uncertain: dots. Not a colour alone.
          ctx.setLineDash(b.bad ? [3 * ratio, 2 * ratio] : [ratio, 3 * ratio]);
          ctx.beginPath();
          ctx.moveTo(from, y + (lane / 2) * ratio);
          ctx.lineTo(to, y + (lane / 2) * ratio);
          ctx.stroke();
        }
      });
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
    ctx.font = `${12 * ratio}px ${family}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    const ink = color("text", scene.theme);
    for (const f of scene.flags) {
      if (f.at > scene.to || (f.until ?? f.at) < scene.from) continue;
      const at = x(f.at);
      if (f.until !== undefined) {
        ctx.fillStyle = ink;
        ctx.globalAlpha = 0.07;
        ctx.fillRect(at, top, x(f.until) - at, height);
        ctx.globalAlpha = 1;
      }
      if (f.at < scene.from) continue;
      ctx.strokeStyle = ink;
      ctx.lineWidth = ratio;
      ctx.beginPath();
      ctx.moveTo(at, top);
      ctx.lineTo(at, top + height);
      ctx.stroke();
      const words = shortened(f.text, 24);
      const wide = ctx.measureText(words).width + 8 * ratio;
      const begin = Math.min(at, left + width - wide);
      ctx.fillStyle = color("surface", scene.theme);
      ctx.fillRect(begin, top, wide, 18 * ratio);
      ctx.strokeRect(begin, top, wide, 18 * ratio);
      ctx.fillStyle = ink;
      ctx.fillText(words, begin + 4 * ratio, top + 13 * ratio);
    }
    ctx.restore();
  }

  /** The normal band as a ground, what is beyond a limit with its edge. */
  private drawZones(u: uPlot): void {
    const { scene } = this;
    if (!scene?.zones?.length) return;
    const { ctx } = u;
    const ratio = window.devicePixelRatio || 1;
    const { left, top, width, height } = u.bbox;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    for (const z of scene.zones) {
      if (!u.scales[z.scale]) continue;
      const y = (v: number) => Math.min(top + height, Math.max(top, u.valToPos(v, z.scale, true)));
      const high = y(Math.max(z.from, z.to));
      const low = y(Math.min(z.from, z.to));
      ctx.fillStyle = color(z.kind === "normal" ? "band" : "equipment", scene.theme);
      ctx.globalAlpha = z.kind === "normal" ? 0.45 : 0.35;
      ctx.fillRect(left, high, width, Math.max(0, low - high));
      if (z.kind !== "limit") continue;
      // The limit itself is the end of the zone that is a value of the scale.
      const at = Number.isFinite(z.from) ? z.from : z.to;
      const { min = 0, max = 0 } = u.scales[z.scale] ?? {};
      if (at < (min ?? 0) || at > (max ?? 0)) continue;
      const edge = Number.isFinite(z.from) ? low : high;
      ctx.globalAlpha = 1;
      ctx.strokeStyle = color("text", scene.theme);
      ctx.lineWidth = ratio;
      ctx.setLineDash([6 * ratio, 4 * ratio]);
      ctx.beginPath();
      ctx.moveTo(left, edge);
      ctx.lineTo(left + width, edge);
      ctx.stroke();
    }
    ctx.restore();
  }
}

function pathOf(course: Course): uPlot.Series.PathBuilder {
  const { linear, stepped, spline } = uPlot.paths;
  const made = course === "line" ? linear?.() : course === "spline" ? spline?.() : stepped?.({ align: 1 });
  if (!made) throw new Error("plot: uPlot was built without this course of a line");
  return made;
}

function shortened(text: string, length = 14): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** Writes the times of an axis in the language of the page; the date stands where the day begins, and at the first. */
function clocks(lang: string): (at: number[], span: number) => string[] {
  const date = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short" });
  const year = new Intl.DateTimeFormat(lang, { year: "numeric", month: "short" });
  const time = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hour12: false });
  const exact = new Intl.DateTimeFormat(lang, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  });
  return (at, span) => {
    let before = "";
    return at.map((seconds) => {
      const d = new Date(seconds * 1000);
      if (span > 300 * 86400) return year.format(d);
      const day = date.format(d);
      if (span > 6 * 86400) return day;
      const clock = (span <= 900 ? exact : time).format(d);
      const words = day === before ? clock : `${clock}\n${day}`;
      before = day;
      return words;
    });
  };
}
