// The seven segments of a figure, in a box of 10 by 18 that leans a little.
const lean = 0.06;
const height = 18;

const point = (x: number, y: number): string => `${(x + (height - y) * lean).toFixed(2)} ${y.toFixed(2)}`;
const shape = (corners: readonly (readonly [number, number])[]): string =>
  `M${corners.map(([x, y]) => point(x, y)).join("L")}Z`;

/** A segment between two points that lie level or plumb: a bar with pointed ends. */
function bar(x0: number, y0: number, x1: number, y1: number): string {
  const t = 0.95;
  const gap = 0.25;
  return y0 === y1
    ? shape([
        [x0 + gap, y0],
        [x0 + t + gap, y0 - t],
        [x1 - t - gap, y0 - t],
        [x1 - gap, y0],
        [x1 - t - gap, y0 + t],
        [x0 + t + gap, y0 + t],
      ])
    : shape([
        [x0, y0 + gap],
        [x0 + t, y0 + t + gap],
        [x0 + t, y1 - t - gap],
        [x0, y1 - gap],
        [x0 - t, y1 - t - gap],
        [x0 - t, y0 + t + gap],
      ]);
}

const segments: Record<string, string> = {
  a: bar(1.5, 1.5, 8.5, 1.5),
  b: bar(8.5, 1.5, 8.5, 9),
  c: bar(8.5, 9, 8.5, 16.5),
  d: bar(1.5, 16.5, 8.5, 16.5),
  e: bar(1.5, 9, 1.5, 16.5),
  f: bar(1.5, 1.5, 1.5, 9),
  g: bar(1.5, 9, 8.5, 9),
};

/** Which segments a character lights. */
const lights: Record<string, string> = {
  "0": "abcdef",
  "1": "bc",
  "2": "abged",
  "3": "abgcd",
  "4": "fgbc",
  "5": "afgcd",
  "6": "afgedc",
  "7": "abc",
  "8": "abcdefg",
  "9": "abcdfg",
  "−": "g",
  "-": "g",
  e: "adefg",
  "+": "",
  " ": "",
};

const dot = shape([
  [10.2, 15.6],
  [12, 15.6],
  [12, 17.4],
  [10.2, 17.4],
]);

/** The width of a place, its dot and gap included, and its height. */
export const cell = { width: 13.2, height };

/** A place of the display: a character, and whether a point follows. */
export interface Place {
  character: string;
  point: boolean;
}

/** The places that a number takes; undefined when it has a character that seven segments cannot show. */
export function placesOf(text: string): Place[] | undefined {
  const out: Place[] = [];
  for (const c of text) {
    const last = out.at(-1);
    if (c === "." && last) last.point = true;
    else if (c in lights) out.push({ character: c, point: false });
    else return undefined;
  }
  return out;
}

const drawn = new Map<string, string>();

/** Path data of a place; "" when it is dark. */
export function pathOf(p: Place): string {
  const key = `${p.character}${p.point ? "." : ""}`;
  let d = drawn.get(key);
  if (d === undefined) {
    d = [...(lights[p.character] ?? "")].map((s) => segments[s]).join("") + (p.point ? dot : "");
    drawn.set(key, d);
  }
  return d;
}
