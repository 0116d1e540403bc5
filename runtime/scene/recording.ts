import type { Context } from "./paint";
import { pathBounds } from "./path";
import { invert, type Matrix, mapBounds, mapPoint, multiply } from "./transform";

interface State {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  globalAlpha: number;
  font: string;
  clip: [number, number, number, number];
  matrix: Matrix;
}

/**
 * A 2D context for tests without a browser. It keeps one colour a pixel; every shape paints the
 * rectangle around it or its edge, cut to the clip. So what one frame leaves can be compared with another.
 */
export class Recording {
  readonly canvas = { width: 0, height: 0 };
  textBaseline = "alphabetic";
  textAlign = "left";
  textRendering = "auto";
  fontKerning = "auto";
  lineJoin = "miter";
  /** Calls by name. */
  readonly calls = new Map<string, number>();
  readonly texts: string[] = [];
  pixels: string[] = [];
  private s: State = {
    fillStyle: "",
    strokeStyle: "",
    lineWidth: 1,
    globalAlpha: 1,
    font: "400 16px x",
    clip: [0, 0, 1e9, 1e9],
    matrix: [1, 0, 0, 1, 0, 0],
  };
  private readonly stack: State[] = [];
  private box: [number, number, number, number] | undefined;
  private size = "";

  /** The matrix under which each text was drawn. */
  readonly textMatrices: Matrix[] = [];

  /** As a context for a scene. */
  get context(): Context {
    return this as unknown as Context;
  }

  get fillStyle(): string {
    return this.s.fillStyle;
  }
  set fillStyle(v: string) {
    this.s.fillStyle = v;
  }
  get strokeStyle(): string {
    return this.s.strokeStyle;
  }
  set strokeStyle(v: string) {
    this.s.strokeStyle = v;
  }
  get lineWidth(): number {
    return this.s.lineWidth;
  }
  set lineWidth(v: number) {
    this.s.lineWidth = v;
  }
  get globalAlpha(): number {
    return this.s.globalAlpha;
  }
  set globalAlpha(v: number) {
    this.s.globalAlpha = v;
  }
  get font(): string {
    return this.s.font;
  }
  set font(v: string) {
    this.s.font = v;
  }

  measureText(text: string): TextMetrics {
    const px = this.px();
    let w = 0;
    for (const c of text) w += c.charCodeAt(0) > 0x2e7f ? px : px * 0.55;
    return { width: w, actualBoundingBoxAscent: px * 0.72 } as TextMetrics;
  }

  private px(): number {
    return Number(/([\d.]+)px/.exec(this.s.font)?.[1] ?? 16);
  }

  private count(name: string): void {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
  }

  save(): void {
    this.stack.push({ ...this.s, clip: [...this.s.clip], matrix: this.s.matrix });
  }
  restore(): void {
    const s = this.stack.pop();
    if (s) this.s = s;
  }
  setTransform(...m: [number, number, number, number, number, number]): void {
    this.s.matrix = m;
  }
  translate(x: number, y: number): void {
    this.s.matrix = multiply(this.s.matrix, [1, 0, 0, 1, x, y]);
  }
  scale(x: number, y: number): void {
    this.s.matrix = multiply(this.s.matrix, [x, 0, 0, y, 0, 0]);
  }
  rotate(angle: number): void {
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    this.s.matrix = multiply(this.s.matrix, [cos, sin, -sin, cos, 0, 0]);
  }
  setLineDash(): void {}
  beginPath(): void {
    this.box = undefined;
  }
  closePath(): void {}
  private grow(x0: number, y0: number, x1: number, y1: number): void {
    const b = this.box;
    this.box = b ? [Math.min(b[0], x0), Math.min(b[1], y0), Math.max(b[2], x1), Math.max(b[3], y1)] : [x0, y0, x1, y1];
  }
  moveTo(x: number, y: number): void {
    this.grow(x, y, x, y);
  }
  lineTo(x: number, y: number): void {
    this.grow(x, y, x, y);
  }
  rect(x: number, y: number, w: number, h: number): void {
    this.grow(x, y, x + w, y + h);
  }
  roundRect(x: number, y: number, w: number, h: number): void {
    this.grow(x, y, x + w, y + h);
  }
  ellipse(x: number, y: number, rx: number, ry: number): void {
    this.grow(x - rx, y - ry, x + rx, y + ry);
  }
  clip(): void {
    const b = this.box;
    const c = this.s.clip;
    if (b) this.s.clip = [Math.max(b[0], c[0]), Math.max(b[1], c[1]), Math.min(b[2], c[2]), Math.min(b[3], c[3])];
  }
  fill(path?: { d: string }): void {
    this.count("fill");
    this.paintShape(this.s.fillStyle, 0, path);
  }
  stroke(path?: { d: string }): void {
    this.count("stroke");
    this.paintShape(this.s.strokeStyle, this.s.lineWidth / 2, path);
  }
  fillRect(x: number, y: number, w: number, h: number): void {
    this.count("fillRect");
    this.paint(this.s.fillStyle, x, y, x + w, y + h);
  }
  fillText(text: string, x: number, y: number): void {
    this.count("fillText");
    this.texts.push(text);
    this.textMatrices.push(this.s.matrix);
    const px = this.px();
    this.paint(`${this.s.fillStyle}/${text}`, x, y - px * 0.75, x + this.measureText(text).width, y + px * 0.22);
  }
  drawImage(): void {
    this.count("drawImage");
  }

  private paintShape(tone: string, pad: number, path?: { d: string }): void {
    let b = this.box;
    const o = pad;
    if (path) {
      const p = pathBounds(path.d);
      b = [p.x0, p.y0, p.x1, p.y1];
    }
    if (!b) return;
    const [x0, y0, x1, y1] = b;
    if (o === 0) this.paint(tone, x0, y0, x1, y1);
    else {
      // A line is drawn around the rectangle, not over it.
      this.paint(tone, x0 - o, y0 - o, x1 + o, y0 + o);
      this.paint(tone, x0 - o, y1 - o, x1 + o, y1 + o);
      this.paint(tone, x0 - o, y0 + o, x0 + o, y1 - o);
      this.paint(tone, x1 - o, y0 + o, x1 + o, y1 - o);
    }
  }

  private paint(tone: string, left: number, top: number, right: number, bottom: number): void {
    const { width, height } = this.canvas;
    const size = `${width}x${height}`;
    if (size !== this.size) {
      this.size = size;
      this.pixels = new Array(width * height).fill("");
    }
    const m = this.s.matrix;
    const at = { x0: left, y0: top, x1: right, y1: bottom };
    const b = mapBounds(m, at, { ...at });
    const c = this.s.clip;
    // A pixel counts as painted when a shape reaches its middle.
    const x0 = Math.max(0, Math.round(Math.max(b.x0, c[0])));
    const x1 = Math.min(width, Math.round(Math.min(b.x1, c[2])));
    const y0 = Math.max(0, Math.round(Math.max(b.y0, c[1])));
    const y1 = Math.min(height, Math.round(Math.min(b.y1, c[3])));
    const value = this.s.globalAlpha === 1 ? tone : `${tone}@${this.s.globalAlpha}`;
    if ((m[1] === 0 && m[2] === 0) || (m[0] === 0 && m[3] === 0)) {
      for (let y = y0; y < y1; y++) this.pixels.fill(value, y * width + x0, y * width + Math.max(x0, x1));
      return;
    }
    const back = invert(m);
    if (!back) return;
    for (let y = y0; y < y1; y++)
      for (let x = x0; x < x1; x++) {
        const p = mapPoint(back, x + 0.5, y + 0.5);
        if (p.x >= left && p.x < right && p.y >= top && p.y < bottom) this.pixels[y * width + x] = value;
      }
  }
}

/** Path2D for tests; install it where there is none. */
export class RecordingPath {
  constructor(readonly d: string) {}
}
