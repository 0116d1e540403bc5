// The symbols as they were compiled. They are loaded when the first is shown: most screens have none.

/** A part of a symbol: a path, or a text with its baseline at x, y, its middle there. */
export interface PicturePart {
  id?: string;
  d?: string;
  fill?: string;
  stroke?: string;
  dash?: number[];
  text?: string;
  x?: number;
  y?: number;
  size?: number;
}

export interface Picture {
  w: number;
  h: number;
  parts: PicturePart[];
}

export type Library = Readonly<Record<string, Picture>>;

/** What is loaded: the symbols by id, and what draws them. */
export type Symbols = { library: Library } & typeof import("./figure");

let loaded: Symbols | undefined;
let loading: Promise<Symbols> | undefined;

/** The symbols, once they are there. */
export const symbolsNow = (): Symbols | undefined => loaded;

export function load(): Promise<Symbols> {
  loading ??= Promise.all([import("./symbols.gen"), import("./figure")]).then(
    ([m, figure]) => {
      loaded = { library: m.symbols, ...figure };
      return loaded;
    },
    (e) => {
      // Another try when the next one is shown.
      loading = undefined;
      throw e;
    },
  );
  return loading;
}

const pair = /(-?[\d.]+) (-?[\d.]+)/g;

/** Path data stretched to another size. */
export function stretched(d: string, sx: number, sy: number): string {
  if (sx === 1 && sy === 1) return d;
  const n = (v: number) => String(Math.round(v * 100) / 100);
  return d.replace(pair, (_, x: string, y: string) => `${n(Number(x) * sx)} ${n(Number(y) * sy)}`);
}

/** The corners of one closed outline, its curves broken into lines. */
export function cornersOf(d: string): number[] {
  const out: number[] = [];
  for (const [, op = "", rest = ""] of d.matchAll(/([MLQCZ])([^MLQCZ]*)/g)) {
    const v = rest.match(/-?[\d.]+/g)?.map(Number) ?? [];
    const [x0, y0] = [out.at(-2) ?? 0, out.at(-1) ?? 0];
    if (op === "M" || op === "L") out.push(v[0] as number, v[1] as number);
    else if (op === "Q" || op === "C") {
      const [ax, ay, bx, by] = v as [number, number, number, number];
      const [cx, cy] = op === "C" ? [v[4] as number, v[5] as number] : [bx, by];
      for (let k = 1; k <= 16; k++) {
        const t = k / 16;
        const s = 1 - t;
        if (op === "Q") out.push(s * s * x0 + 2 * s * t * ax + t * t * cx, s * s * y0 + 2 * s * t * ay + t * t * cy);
        else
          out.push(
            s ** 3 * x0 + 3 * s * s * t * ax + 3 * s * t * t * bx + t ** 3 * cx,
            s ** 3 * y0 + 3 * s * s * t * ay + 3 * s * t * t * by + t ** 3 * cy,
          );
      }
    }
  }
  return out;
}
