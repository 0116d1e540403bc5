// The part of ECharts that the charts need, loaded with the first of them (docs/decisions/echarts.md).
import {
  BarChart,
  BoxplotChart,
  FunnelChart,
  HeatmapChart,
  LineChart,
  PieChart,
  RadarChart,
  ScatterChart,
} from "echarts/charts";
import {
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  RadarComponent,
  TitleComponent,
  VisualMapComponent,
} from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([
  BarChart,
  BoxplotChart,
  FunnelChart,
  HeatmapChart,
  LineChart,
  PieChart,
  RadarChart,
  ScatterChart,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  RadarComponent,
  TitleComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

export type Option = EChartsCoreOption;

/** Where the pointer is, and what is drawn there. */
export interface Pointed {
  x: number;
  y: number;
  series: number | undefined;
  index: number | undefined;
}

/** A picture that ECharts draws: without animation, tooltip and legend, which the charts have of their own. */
export class Engine {
  private chart: ReturnType<typeof init>;
  private option: Option = {};
  private pointed: ((p: Pointed | undefined) => void) | undefined;
  private pressed: ((p: Pointed) => void) | undefined;

  constructor(
    private readonly host: HTMLElement,
    private ratio: number,
  ) {
    this.chart = this.open();
  }

  private open() {
    const { width, height } = this.size;
    const chart = init(this.host, null, { renderer: "canvas", devicePixelRatio: this.ratio, width, height });
    let item: { series: number; index: number } | undefined;
    const at = (e: { offsetX: number; offsetY: number }): Pointed => ({
      x: e.offsetX,
      y: e.offsetY,
      series: item?.series,
      index: item?.index,
    });
    chart.on("mouseover", (p) => {
      item = p.seriesIndex === undefined ? undefined : { series: p.seriesIndex, index: p.dataIndex };
    });
    chart.on("mouseout", () => {
      item = undefined;
    });
    const zr = chart.getZr();
    zr.on("mousemove", (e) => this.pointed?.(at(e)));
    zr.on("globalout", () => this.pointed?.(undefined));
    zr.on("click", (e) => this.pressed?.(at(e)));
    return chart;
  }

  get size(): { width: number; height: number } {
    return { width: Math.max(16, this.host.clientWidth), height: Math.max(16, this.host.clientHeight) };
  }

  onPoint(pointed: (p: Pointed | undefined) => void, pressed: (p: Pointed) => void): void {
    this.pointed = pointed;
    this.pressed = pressed;
  }

  draw(option: Option): void {
    this.option = option;
    this.chart.setOption(option, { notMerge: true, lazyUpdate: true, silent: true });
  }

  resize(ratio = this.ratio): void {
    if (Math.abs(ratio - this.ratio) > 0.05) {
      this.ratio = ratio;
      this.chart.dispose();
      this.chart = this.open();
      this.draw(this.option);
      return;
    }
    this.chart.resize({ ...this.size, silent: true });
  }

  /** The pixel of a place by its axes; undefined when there are none. */
  pixel(x: number, y: number): [number, number] | undefined {
    const p = this.chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, [x, y]) as unknown;
    return Array.isArray(p) && p.every(Number.isFinite) ? (p as [number, number]) : undefined;
  }

  /** The place by the axes that is at a pixel; undefined beside them. */
  place(x: number, y: number): [number, number] | undefined {
    if (!this.chart.containPixel({ gridIndex: 0 }, [x, y])) return undefined;
    const p = this.chart.convertFromPixel({ gridIndex: 0 }, [x, y]) as unknown;
    return Array.isArray(p) && p.every(Number.isFinite) ? (p as [number, number]) : undefined;
  }

  destroy(): void {
    this.chart.dispose();
  }
}
