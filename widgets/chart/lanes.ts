// Rows of bars over time on a canvas: what state timelines and plans are drawn with. Ten thousand changes of state are as many
// rectangles as there are pixels.
import { clamp } from "../kit";
import type { Lang } from "../view";
import type { Painter } from "./chart";
import type { Option, Pointed } from "./engine";
import { font, type Palette } from "./palette";
import { clockText, dayText, steps } from "./period";

/** What a picture of lanes is: it paints itself. */
export interface LaneOption {
  paint(c: CanvasRenderingContext2D, width: number, height: number): void;
}

export const lanePainter = (host: HTMLElement, ratio: number): Promise<Painter> =>
  Promise.resolve(new LanePainter(host, ratio));

class LanePainter implements Painter {
  private readonly canvas = document.createElement("canvas");
  private option: LaneOption | undefined;
  private frame = 0;
  private readonly gone = new AbortController();

  constructor(
    private readonly host: HTMLElement,
    private ratio: number,
  ) {
    host.append(this.canvas);
  }

  onPoint(pointed: (p: Pointed | undefined) => void, pressed: (p: Pointed) => void): void {
    const { signal } = this.gone;
    const at = (e: MouseEvent): Pointed => ({ x: e.offsetX, y: e.offsetY, series: undefined, index: undefined });
    this.canvas.addEventListener("pointermove", (e) => pointed(at(e)), { signal });
    this.canvas.addEventListener("pointerleave", () => pointed(undefined), { signal });
    this.canvas.addEventListener("click", (e) => pressed(at(e)), { signal });
  }

  draw(option: Option): void {
    this.option = option as unknown as LaneOption;
    this.frame ||= requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    this.frame = 0;
    const width = Math.max(16, this.host.clientWidth);
    const height = Math.max(16, this.host.clientHeight);
    const ratio = clamp(this.ratio, 0.5, 4);
    const { canvas } = this;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const c = canvas.getContext("2d");
    if (!c || !this.option) return;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    this.option.paint(c, width, height);
  }

  resize(ratio = this.ratio): void {
    this.ratio = ratio;
    if (this.option) this.draw(this.option as unknown as Option);
  }

  pixel(x: number, y: number): [number, number] {
    return [x, y];
  }

  place(x: number, y: number): [number, number] {
    return [x, y];
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.gone.abort();
    this.canvas.remove();
  }
}

/** Where the rows and the time are in a plot. */
export interface Lanes {
  left: number;
  right: number;
  top: number;
  row: number;
  height: number;
  from: number;
  to: number;
  x(t: number): number;
}

const axis = 20;

/** Cuts a plot into as many rows, with room for their names at the left and something at the right. */
export function lanesOf(
  box: { width: number; height: number },
  rows: number,
  names: readonly string[],
  aside: number,
  from: number,
  to: number,
): Lanes {
  const longest = names.reduce((n, s) => Math.max(n, widthOf(s)), 0);
  const left = Math.round(Math.min(box.width * 0.3, longest + 10));
  const right = Math.max(left + 10, box.width - aside - 4);
  const row = clamp((box.height - axis) / Math.max(1, rows), 6, 56);
  const span = Math.max(1, to - from);
  return {
    left,
    right,
    top: 0,
    row,
    height: row * rows,
    from,
    to: from + span,
    x: (t) => left + ((t - from) / span) * (right - left),
  };
}

/** About how wide a text is: Chinese signs are square. */
const widthOf = (s: string): number => [...s].reduce((n, c) => n + ((c.codePointAt(0) ?? 0) > 0x2e80 ? 12 : 6.6), 0);

export const setFont = (c: CanvasRenderingContext2D, size = 12, weight = ""): void => {
  c.font = `${weight} ${size}px ${font().fontFamily}`.trim();
};

/** A text cut to a width. */
export function cut(c: CanvasRenderingContext2D, text: string, width: number): string {
  if (c.measureText(text).width <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (c.measureText(`${text.slice(0, mid)}…`).width <= width) low = mid;
    else high = mid - 1;
  }
  return low === 0 ? "" : `${text.slice(0, low)}…`;
}

/** The round times along an axis by the clock of the plant, and whether they are days. */
export function timeTicks(from: number, to: number, most: number, zone: string): { at: number[]; days: boolean } {
  const lengths = [...Object.values(steps).filter((s) => s <= 3_600_000), 2, 3, 4, 6, 8, 12]
    .map((s) => (s < 100 ? s * 3_600_000 : s))
    .sort((a, b) => a - b);
  const step = lengths.find((s) => (to - from) / s <= most);
  const day = 24 * 3_600_000;
  const length = step ?? day * Math.max(1, Math.ceil((to - from) / day / most));
  // The clock of the zone beside that of the world, so that the hours are round there.
  const shift = offset(from, zone);
  const at: number[] = [];
  for (let t = Math.ceil((from + shift) / length) * length; t <= to + shift + day; t += length) {
    const real = t - offset(t - shift, zone);
    if (real >= from && real <= to && real !== at.at(-1)) at.push(real);
  }
  return { at, days: step === undefined };
}

function offset(t: number, zone: string): number {
  if (!zone) return -new Date(t).getTimezoneOffset() * 60_000;
  try {
    const parts = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    }).formatToParts(t);
    const of = (type: string) => Number(parts.find((p) => p.type === type)?.value);
    return (
      Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) -
      Math.floor(t / 1000) * 1000
    );
  } catch {
    return -new Date(t).getTimezoneOffset() * 60_000;
  }
}

/** Names of rows, lines between them and the time below. */
export function paintFrame(
  c: CanvasRenderingContext2D,
  l: Lanes,
  rows: readonly string[],
  p: Palette,
  lang: Lang,
  zone: string,
): void {
  setFont(c);
  c.textBaseline = "middle";
  c.lineWidth = 1;
  const { at, days } = timeTicks(l.from, l.to, Math.max(3, Math.floor((l.right - l.left) / 80)), zone);
  c.strokeStyle = p.grid;
  c.fillStyle = p.muted;
  c.textAlign = "center";
  let free = Number.NEGATIVE_INFINITY;
  for (const t of at) {
    const x = Math.round(l.x(t)) + 0.5;
    c.beginPath();
    c.moveTo(x, l.top);
    c.lineTo(x, l.top + l.height + 4);
    c.stroke();
    const midnight = clockText(t, "en", zone) === "00:00";
    const text = days || midnight ? dayText(t, lang, zone) : clockText(t, lang, zone);
    const half = c.measureText(text).width / 2;
    // What would lie on the one before is left out.
    if (x - half < free) continue;
    c.fillText(text, x, l.top + l.height + 12);
    free = x + half + 6;
  }
  c.textAlign = "right";
  c.fillStyle = p.text;
  rows.forEach((name, i) => {
    c.fillText(cut(c, name, l.left - 8), l.left - 6, l.top + (i + 0.5) * l.row);
  });
  c.strokeStyle = p.line;
  c.beginPath();
  c.moveTo(l.left, Math.round(l.top + l.height) + 0.5);
  c.lineTo(l.right, Math.round(l.top + l.height) + 0.5);
  c.stroke();
}

/** Fills a rectangle, with lines over it where a state has some. */
export function paintBar(
  c: CanvasRenderingContext2D,
  x: number,
  y: number,
  w: number,
  h: number,
  fill: string,
  hatch: string | undefined,
  back: boolean,
): void {
  c.fillStyle = fill;
  c.fillRect(x, y, w, h);
  if (!hatch || w < 3) return;
  c.save();
  c.beginPath();
  c.rect(x, y, w, h);
  c.clip();
  c.strokeStyle = hatch;
  c.lineWidth = 1.5;
  c.beginPath();
  // From the same place everywhere, so that bars side by side are one.
  const start = Math.floor((x - h) / 7) * 7;
  for (let k = start; k < x + w + h; k += 7) {
    c.moveTo(k, back ? y : y + h);
    c.lineTo(k + h, back ? y + h : y);
  }
  c.stroke();
  c.restore();
}
