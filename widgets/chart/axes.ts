// The axes, zones and limits that the charts with axes have in common.
import { clamp, fixed, number } from "../kit";
import type { Settings } from "../view";
import { font, type Palette } from "./palette";

export interface Box {
  width: number;
  height: number;
}

/** The room around the plot; the labels of the axes are added to it. */
export const grid = (top = 10, right = 14): object => ({
  left: 2,
  right,
  top,
  bottom: 2,
  outerBoundsMode: "same",
  outerBoundsContain: "axisLabel",
});

/** An axis of names. */
export function categoryAxis(names: readonly string[], p: Palette, more: object = {}, length = 0): object {
  // A few names are all shown, each cut to its own room; of many as many as there is room for.
  const room = names.length > 0 && names.length <= 12 ? Math.floor((length - 48) / names.length) - 6 : 0;
  return {
    type: "category",
    data: names,
    axisLine: { lineStyle: { color: p.line } },
    axisTick: { show: false },
    axisLabel: {
      color: p.muted,
      ...font(),
      ...(room > 24 ? { interval: 0, width: room } : { hideOverlap: true, width: 110 }),
      overflow: "truncate",
      formatter: axisName,
    },
    ...more,
  };
}

/** The name of a category below an axis: of a day and a clock the clock, and at midnight the day. */
export function axisName(name: string): string {
  const m = /^(.+) (\d\d:\d\d)( GMT.*)?$/.exec(name);
  return m ? ((m[2] === "00:00" ? m[1] : m[2]) as string) : name;
}

/** An axis of numbers, with the unit at its end. */
export function valueAxis(p: Palette, unit: string, more: object = {}): object {
  return {
    type: "value",
    scale: false,
    name: unit,
    nameLocation: "end",
    nameGap: 6,
    nameTextStyle: { color: p.muted, ...font(), align: "left" },
    axisLine: { show: false },
    splitLine: { lineStyle: { color: p.grid, width: 1 } },
    axisLabel: { color: p.muted, ...font(), hideOverlap: true, formatter: short },
    ...more,
  };
}

/** A number of an axis: 12500000 is 12.5 M. */
export function short(n: number): string {
  const a = Math.abs(n);
  const [k, suffix] = a >= 1e9 ? [1e9, "G"] : a >= 1e6 ? [1e6, "M"] : a >= 1e5 ? [1e3, "k"] : [1, ""];
  const v = Number((n / k).toPrecision(6));
  const text = a !== 0 && a < 1e-4 ? v.toExponential(1) : String(v);
  return `${text.replace("-", "−")}${suffix ? ` ${suffix}` : ""}`;
}

/** The ends of an axis of numbers, as far as they are given. */
export function ends(settings: Settings): { min?: number; max?: number } {
  const low = number(settings, "low");
  const high = number(settings, "high");
  if (low !== undefined && high !== undefined && high <= low) return {};
  return { ...(low === undefined ? {} : { min: low }), ...(high === undefined ? {} : { max: high }) };
}

/** The normal band and the limits of a chart, as marks on its first series. */
export function marks(
  settings: Settings,
  p: Palette,
  axis: "x" | "y",
  more: readonly { at: number; text: string }[] = [],
): object {
  const key = axis === "y" ? "yAxis" : "xAxis";
  const from = number(settings, "normalLow");
  const to = number(settings, "normalHigh");
  const lines = [
    ...["limitLow", "limitHigh"].flatMap((n) => {
      const at = number(settings, n);
      return at === undefined ? [] : [{ at, text: "", width: 2 }];
    }),
    ...more.map((m) => ({ ...m, width: 1 })),
  ];
  return {
    ...(from !== undefined || to !== undefined
      ? {
          markArea: {
            silent: true,
            itemStyle: { color: p.band, opacity: 0.45 },
            data: [[{ [key]: from ?? "min" }, { [key]: to ?? "max" }]],
          },
        }
      : {}),
    ...(lines.length > 0
      ? {
          markLine: {
            silent: true,
            symbol: "none",
            label: {
              color: p.text,
              ...font(),
              position: axis === "y" ? "insideEndTop" : "end",
              distance: 2,
              rotate: 0,
            },
            data: lines.map((l) => ({
              [key]: l.at,
              label: { show: l.text !== "", formatter: l.text },
              lineStyle: { color: p.text, width: l.width, type: l.width === 2 ? "solid" : [6, 4] },
            })),
          },
        }
      : {}),
  };
}

/** A number with its unit. */
export function withUnit(n: number | null, decimals: number | undefined, unit: string): string {
  if (n === null) return "– –";
  const text = fixed(n, decimals ?? guess(n));
  return unit ? `${text} ${unit}` : text;
}

/** Decimals for a number of which nothing is known: about four digits that count. */
function guess(n: number): number | undefined {
  if (n === 0 || Number.isInteger(n)) return undefined;
  return clamp(3 - Math.floor(Math.log10(Math.abs(n))), 0, 6);
}
