import { family } from "@lineside/scene";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { align, type Ring } from "./ring";

export interface ChartOptions {
  pens: { ring: Ring; color: string; dash: string }[];
  /** Seconds shown. */
  span: number;
  low: number | undefined;
  high: number | undefined;
  decimals: number | undefined;
  text: string;
  line: string;
  /** Device pixels per drawing pixel. */
  ratio: number;
  /** Time stands still: there is no connection. */
  still(): boolean;
}

const idle = 1000;

/** A live trend drawn by uPlot: at most ten times a second when values come, once a second when only time passes. */
export class Chart {
  private readonly plot: uPlot;
  private readonly observer: ResizeObserver;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly beat: ReturnType<typeof setInterval>;
  private until = Date.now() / 1000;

  constructor(
    private readonly host: HTMLElement,
    private readonly options: ChartOptions,
  ) {
    const { width, height } = this.size();
    const axis: uPlot.Axis = {
      stroke: options.text,
      font: `12px ${family}`,
      grid: { stroke: options.line, width: 1 },
      ticks: { stroke: options.line, width: 1, size: 4 },
    };
    const roomy = width > 220 && height > 90;
    this.plot = new uPlot(
      {
        width,
        height,
        cursor: { show: false },
        legend: { show: false },
        select: { show: false, left: 0, top: 0, width: 0, height: 0 },
        padding: [8, roomy ? 28 : 8, roomy ? 0 : 4, roomy ? 0 : 4],
        scales: {
          x: { time: true },
          y: { range: (_u, min, max) => this.range(min, max) },
        },
        axes: [
          {
            ...axis,
            show: roomy,
            size: 26,
            gap: 2,
            space: 70,
            values: (_u, at) => at.map((t) => clock(t, options.span)),
          },
          {
            ...axis,
            show: roomy,
            size: 56,
            gap: 4,
            space: 28,
            values: (_u, at, _i, _s, incr) =>
              at.map((v) => v.toFixed(Math.max(0, Math.min(6, -Math.floor(Math.log10(incr) + 1e-9))))),
          },
        ],
        series: [
          {},
          ...options.pens.map((p) => ({
            stroke: p.color,
            width: 2,
            dash: p.dash === "" ? [] : p.dash.split(" ").map(Number),
            points: { show: false },
            spanGaps: false,
            ...(uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
          })),
        ],
      },
      [[], ...options.pens.map(() => [])] as unknown as uPlot.AlignedData,
      host,
    );
    this.observer = new ResizeObserver(() => {
      const s = this.size();
      this.plot.setSize(s);
    });
    this.observer.observe(host);
    this.beat = setInterval(() => this.draw(), idle);
    this.draw();
  }

  /** Values have come. */
  changed(): void {
    this.timer ??= setTimeout(() => this.draw(), 100);
  }

  resize(ratio: number): void {
    if (Math.abs(ratio - this.options.ratio) < 0.01) return;
    this.options.ratio = ratio;
    this.plot.setSize(this.size());
  }

  destroy(): void {
    clearTimeout(this.timer);
    clearInterval(this.beat);
    this.observer.disconnect();
    this.plot.destroy();
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(40, this.host.clientWidth), height: Math.max(30, this.host.clientHeight) };
  }

  private range(min: number, max: number): [number, number] {
    const { low, high } = this.options;
    const lo = low ?? min ?? 0;
    const hi = high ?? max ?? 1;
    if (low !== undefined && high !== undefined && high > low) return [low, high];
    const span = hi - lo || Math.abs(hi) * 0.1 || 1;
    return [low ?? lo - span * 0.08, high ?? hi + span * 0.08];
  }

  private draw(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (document.hidden) return;
    if (!this.options.still()) this.until = Date.now() / 1000;
    const to = this.until;
    const from = to - this.options.span;
    for (const p of this.options.pens) p.ring.trim(from);
    const data = align(
      this.options.pens.map((p) => p.ring),
      from,
      to,
    ) as uPlot.AlignedData;
    this.plot.batch(() => {
      this.plot.setData(data, true);
      this.plot.setScale("x", { min: from, max: to });
    });
  }
}

function clock(t: number, span: number): string {
  const d = new Date(t * 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const hm = `${two(d.getHours())}:${two(d.getMinutes())}`;
  return span <= 900 ? `${hm}:${two(d.getSeconds())}` : hm;
}
