import { family } from "./tokens";

/** The part of a 2D context that text needs. */
export type Measuring = Pick<CanvasRenderingContext2D, "measureText"> & { font: string };

const reference = 100;
const figures = "0123456789.,:+-−–% ";

interface Face {
  /** Width of each figure character at the reference size, by char code. */
  figure: Map<number, number>;
  /** Digits do not all have the same width in this font. */
  uneven: boolean;
  digit: number;
  cap: number;
  widths: Map<string, number>;
}

/**
 * Measures text. Widths are taken once at a reference size and scaled: the canvas draws with
 * geometric precision, so that a text keeps its proportions at every zoom.
 */
export class Type {
  private faces = new Map<number, Face>();

  constructor(private readonly ctx: Measuring) {}

  /** The font of a canvas. */
  static font(weight: number, px: number): string {
    return `${weight} ${px}px ${family}`;
  }

  private face(weight: number): Face {
    let f = this.faces.get(weight);
    if (f) return f;
    this.ctx.font = Type.font(weight, reference);
    const figure = new Map<number, number>();
    for (const c of figures) figure.set(c.charCodeAt(0), this.ctx.measureText(c).width);
    const digits = [..."0123456789"].map((c) => figure.get(c.charCodeAt(0)) as number);
    const digit = Math.max(...digits);
    const uneven = digit - Math.min(...digits) > 0.5;
    if (uneven) for (const c of "0123456789") figure.set(c.charCodeAt(0), digit);
    const cap = this.ctx.measureText("H").actualBoundingBoxAscent || 72;
    f = { figure, uneven, digit, cap, widths: new Map() };
    this.faces.set(weight, f);
    return f;
  }

  /** Drops what was measured: a web font has arrived. */
  forget(): void {
    this.faces.clear();
  }

  /** The width of one line of text in pixels. */
  width(text: string, size: number, weight: number): number {
    const f = this.face(weight);
    let sum = 0;
    let i = 0;
    for (; i < text.length; i++) {
      const w = f.figure.get(text.charCodeAt(i));
      if (w === undefined) break;
      sum += w;
    }
    if (i < text.length) {
      let w = f.widths.get(text);
      if (w === undefined) {
        if (f.widths.size > 4000) f.widths.clear();
        this.ctx.font = Type.font(weight, reference);
        w = this.ctx.measureText(text).width;
        f.widths.set(text, w);
      }
      sum = w;
    }
    return (sum * size) / reference;
  }

  /** Height of a capital letter. */
  cap(size: number, weight: number): number {
    return (this.face(weight).cap * size) / reference;
  }

  /** The width of a digit cell when this font's digits are uneven and must be set one by one; else 0. */
  cellOf(size: number, weight: number): number {
    const f = this.face(weight);
    return f.uneven ? (f.digit * size) / reference : 0;
  }

  /** The text, or as much of it as fits with "…" behind. */
  ellipsis(text: string, size: number, weight: number, width: number): string {
    if (this.width(text, size, weight) <= width + 0.01) return text;
    const dots = this.width("…", size, weight);
    if (dots > width) return "";
    const chars = [...text];
    let lo = 0;
    let hi = chars.length;
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1;
      if (this.width(chars.slice(0, mid).join(""), size, weight) + dots <= width) lo = mid;
      else hi = mid - 1;
    }
    return `${chars.slice(0, lo).join("").trimEnd()}…`;
  }

  /** Breaks text into lines that fit: at spaces, and anywhere between Chinese characters. */
  wrap(text: string, size: number, weight: number, width: number): string[] {
    const lines: string[] = [];
    for (const paragraph of text.split("\n")) {
      let line = "";
      for (const word of paragraph.match(
        /[\u2E80-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF]|[^\s\u2E80-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF]+|\s+/gu,
      ) ?? []) {
        if (line !== "" && this.width(line + word.trimEnd(), size, weight) > width) {
          lines.push(line.trimEnd());
          line = word.trimStart();
        } else line += word;
      }
      lines.push(line.trimEnd());
    }
    return lines;
  }
}
