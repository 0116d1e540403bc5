// What a picture looks like, in a few bytes of text: the brightness of 16 × 12 cells and the colour of
// 8 × 6, each a mean. Edges of letters that another machine rasters otherwise hardly change a mean; a part
// that is missing, another colour or a label elsewhere does.
import type { Picture } from "./png.ts";

const columns = 16;
const rows = 12;

/** By how much a cell may differ, of 255; more than letters of another rasterizer, less than a missing part. */
export const tolerance = { brightness: 15, color: 10 };

/** Means of brightness (Y), then of the two colours (Cb and Cr of BT.601, 0 is grey). */
export interface Look {
  y: number[];
  c: number[];
}

export function lookOf(p: Picture): Look {
  const y = new Float64Array(columns * rows);
  const cb = new Float64Array((columns * rows) / 4);
  const cr = new Float64Array((columns * rows) / 4);
  const ny = new Float64Array(y.length);
  const nc = new Float64Array(cb.length);
  for (let py = 0; py < p.height; py++) {
    const row = Math.floor((py * rows) / p.height);
    for (let px = 0; px < p.width; px++) {
      const column = Math.floor((px * columns) / p.width);
      const i = (py * p.width + px) * 3;
      const [r, g, b] = [p.rgb[i] as number, p.rgb[i + 1] as number, p.rgb[i + 2] as number];
      const light = 0.299 * r + 0.587 * g + 0.114 * b;
      const cell = row * columns + column;
      const block = (row >> 1) * (columns / 2) + (column >> 1);
      y[cell] = (y[cell] as number) + light;
      ny[cell] = (ny[cell] as number) + 1;
      cb[block] = (cb[block] as number) + 0.564 * (b - light);
      cr[block] = (cr[block] as number) + 0.713 * (r - light);
      nc[block] = (nc[block] as number) + 1;
    }
  }
  const mean = (sum: Float64Array, n: Float64Array) => Array.from(sum, (v, i) => v / Math.max(1, n[i] as number));
  return { y: mean(y, ny), c: [...mean(cb, nc), ...mean(cr, nc)] };
}

const clampTo = (v: number, low: number, high: number) => Math.max(low, Math.min(high, v));

/** Brightness in steps of 4 and colour in steps of 2, a byte each, in base64. */
export function written(l: Look): string {
  const bytes = [...l.y.map((v) => Math.round(v / 4)), ...l.c.map((v) => Math.round(clampTo(v, -127, 127) / 2) + 64)];
  // Six bits of brightness and seven of colour: most cells are as the one before, so that runs are short.
  const runs: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    let n = 1;
    while (i + n < bytes.length && bytes[i + n] === bytes[i] && n < 128) n++;
    if (n > 1) runs.push(127 + n, bytes[i] as number);
    else runs.push(bytes[i] as number);
    i += n;
  }
  return Buffer.from(runs).toString("base64");
}

export function read(text: string): Look {
  const runs = Buffer.from(text, "base64");
  const bytes: number[] = [];
  for (let i = 0; i < runs.length; i++) {
    const b = runs[i] as number;
    if (b > 127) {
      i++;
      for (let n = 0; n < b - 127; n++) bytes.push(runs[i] as number);
    } else bytes.push(b);
  }
  const cells = columns * rows;
  return { y: bytes.slice(0, cells).map((v) => v * 4), c: bytes.slice(cells).map((v) => (v - 64) * 2) };
}

/** Where two looks differ too much, in words; "" when they are the same. */
export function difference(was: Look, is: Look): string {
  let worst = { over: 0, text: "" };
  const look = (kind: string, a: number[], b: number[], limit: number, wide: number) =>
    a.forEach((v, i) => {
      const by = Math.abs(v - (b[i] ?? 0));
      if (by - limit > worst.over)
        worst = {
          over: by - limit,
          text: `${kind} differs by ${by.toFixed(0)} (at most ${limit}) in column ${(i % wide) + 1} of ${wide}, row ${Math.floor(i / wide) + 1}`,
        };
    });
  if (was.y.length !== is.y.length || was.c.length !== is.c.length) return "the reference is of another size";
  look("brightness", was.y, is.y, tolerance.brightness, columns);
  const half = was.c.length / 2;
  look("blue", was.c.slice(0, half), is.c.slice(0, half), tolerance.color, columns / 2);
  look("red", was.c.slice(half), is.c.slice(half), tolerance.color, columns / 2);
  return worst.text;
}
