import { describe, expect, it } from "vitest";
import { color, type Theme, type Token, tokens } from "./tokens";

const channels = (hex: string) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255);
const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);

/** WCAG 2.2, relative luminance and contrast ratio. */
const luminance = (hex: string) => {
  const [r = 0, g = 0, b = 0] = channels(hex).map(linear);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string) => {
  const [hi = 0, lo = 0] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (hi + 0.05) / (lo + 0.05);
};

/** Machado, Oliveira, Fernandes 2009, severity 1, over linear RGB. */
const vision = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

function lab(hex: string, kind: keyof typeof vision): [number, number, number] {
  const rgb = channels(hex).map(linear);
  const m = vision[kind];
  const [r = 0, g = 0, b = 0] = [0, 1, 2].map((i) =>
    Math.min(
      1,
      Math.max(
        0,
        [0, 1, 2].reduce((s, j) => s + (m[i * 3 + j] ?? 0) * (rgb[j] ?? 0), 0),
      ),
    ),
  );
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * (t / 116) + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIEDE2000 (CIE 142-2001), as Sharma, Wu, Dalal 2005 write it. */
function ciede2000(p: [number, number, number], q: [number, number, number]): number {
  const deg = Math.PI / 180;
  const [l1, a1, b1] = p;
  const [l2, a2, b2] = q;
  const mean = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = 0.5 * (1 - Math.sqrt(mean ** 7 / (mean ** 7 + 25 ** 7)));
  const c1 = Math.hypot((1 + g) * a1, b1);
  const c2 = Math.hypot((1 + g) * a2, b2);
  const angle = (a: number, b: number) => (a === 0 && b === 0 ? 0 : (Math.atan2(b, a) / deg + 360) % 360);
  const h1 = angle((1 + g) * a1, b1);
  const h2 = angle((1 + g) * a2, b2);
  let dh = c1 * c2 === 0 ? 0 : h2 - h1;
  if (dh > 180) dh -= 360;
  else if (dh < -180) dh += 360;
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin((dh / 2) * deg);
  const l = (l1 + l2) / 2;
  const c = (c1 + c2) / 2;
  const h = c1 * c2 === 0 ? h1 + h2 : Math.abs(h1 - h2) <= 180 ? (h1 + h2) / 2 : ((h1 + h2 + 360) / 2) % 360;
  const t =
    1 -
    0.17 * Math.cos((h - 30) * deg) +
    0.24 * Math.cos(2 * h * deg) +
    0.32 * Math.cos((3 * h + 6) * deg) -
    0.2 * Math.cos((4 * h - 63) * deg);
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const sc = 1 + 0.045 * c;
  const sh = 1 + 0.015 * c * t;
  const rt = -Math.sin(2 * 30 * Math.exp(-(((h - 275) / 25) ** 2)) * deg) * 2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  const x = (l2 - l1) / sl;
  const y = (c2 - c1) / sc;
  const z = dH / sh;
  return Math.sqrt(x * x + y * y + z * z + rt * y * z);
}

const themes: Theme[] = ["light", "dark"];

describe("tokens", () => {
  it("can be read on any ground", () => {
    for (const theme of ["light", "dark"] as const)
      for (const ground of [...Object.keys(tokens[theme]), "#777777", "#FF0000"])
        expect(contrast(color(`on:${ground}`, theme), color(ground, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it("computes CIEDE2000 as its authors published it", () => {
    // Rows 1, 7, 17 and 25 of the test data of Sharma, Wu, Dalal 2005.
    expect(ciede2000([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
    expect(ciede2000([50, 0, 0], [50, -1, 2])).toBeCloseTo(2.3669, 4);
    expect(ciede2000([50, 2.5, 0], [73, 25, -18])).toBeCloseTo(27.1492, 4);
    expect(ciede2000([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387])).toBeCloseTo(1.2644, 4);
  });

  const pairs: [Token, Token, number][] = [
    ["text", "ground", 7],
    ["text", "surface", 7],
    ["muted", "ground", 4.5],
    ["muted", "surface", 4.5],
    ["live", "ground", 4.5],
    ["live", "surface", 4.5],
    ["interactive", "ground", 4.5],
    ["interactive", "surface", 4.5],
    ["contrast", "interactive", 4.5],
    ["focus", "ground", 3],
    ["line", "ground", 3],
    ["line", "surface", 3],
    ["live", "band", 3],
    ["text", "equipment", 4.5],
    ["pen1", "surface", 4.5],
    ["pen2", "surface", 4.5],
    ["pen3", "surface", 4.5],
    ["pen4", "surface", 4.5],
    ["pen5", "surface", 4.5],
    ["pen6", "surface", 4.5],
    // An alarm mark is told from the ground by its outline in text colour, and that from its fill by this.
    ["text", "medium", 1],
  ];
  for (const theme of themes)
    it.each(pairs)(`${theme}: %s on %s has a contrast of at least %d`, (a, b, least) => {
      expect(contrast(tokens[theme][a], tokens[theme][b])).toBeGreaterThanOrEqual(least);
    });

  for (const theme of themes)
    it(`${theme}: on and off differ by brightness alone`, () => {
      expect(contrast(tokens[theme].lit, tokens[theme].unlit)).toBeGreaterThanOrEqual(3);
    });

  const abnormal: Token[] = ["urgent", "high", "medium", "low"];
  // Interactive is left out: violet and blue are one to deutan eyes (3.0), so priority 4 rests on its
  // shape and digit beside a button. Values, equipment and ground are never taken for an alarm.
  const normal: Token[] = ["live", "band", "equipment", "ground", "surface"];
  for (const theme of themes)
    for (const kind of Object.keys(vision) as (keyof typeof vision)[]) {
      it(`${theme}, ${kind}: alarm colours are told from each other and from normal colours`, () => {
        const distance = (a: Token, b: Token) => ciede2000(lab(tokens[theme][a], kind), lab(tokens[theme][b], kind));
        const close: string[] = [];
        abnormal.forEach((a, i) => {
          for (const b of abnormal.slice(i + 1))
            if (distance(a, b) < 8) close.push(`${a}–${b} ${distance(a, b).toFixed(1)}`);
          for (const b of normal) if (distance(a, b) < 8) close.push(`${a}–${b} ${distance(a, b).toFixed(1)}`);
        });
        expect(close).toEqual([]);
      });
    }

  const fills: Token[] = ["fill1", "fill2", "fill3", "fill4", "fill5", "fill6"];
  for (const theme of themes)
    for (const kind of Object.keys(vision) as (keyof typeof vision)[])
      it(`${theme}, ${kind}: the areas of charts are told from each other and from alarms`, () => {
        const distance = (a: Token, b: Token) => ciede2000(lab(tokens[theme][a], kind), lab(tokens[theme][b], kind));
        const close = fills.flatMap((a, i) =>
          [...fills.slice(i + 1), ...abnormal].filter((b) => distance(a, b) < 12).map((b) => `${a}–${b}`),
        );
        expect(close).toEqual([]);
        for (const f of fills) expect(contrast(tokens[theme][f], tokens[theme].surface)).toBeGreaterThanOrEqual(2.2);
      });

  it("has the same names in both themes, all as #RRGGBB", () => {
    expect(Object.keys(tokens.dark).sort()).toEqual(Object.keys(tokens.light).sort());
    for (const theme of themes) for (const v of Object.values(tokens[theme])) expect(v).toMatch(/^#[0-9A-F]{6}$/);
  });
});
