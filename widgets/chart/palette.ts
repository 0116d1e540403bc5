// The colours of charts, by tokens only.
import { color, family, type Theme } from "@lineside/scene";

export interface Palette {
  theme: Theme;
  surface: string;
  text: string;
  muted: string;
  line: string;
  grid: string;
  band: string;
  live: string;
  /** Of the series or slice at an index: six colours, then the same with a pattern. */
  fill(i: number): { color: string; decal?: object; pattern?: string };
  of(token: string): string;
  /** A text colour that can be read on a colour. */
  on(color: string): string;
}

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const n = Number.parseInt(hex.slice(1), 16);
  const part = (c: number) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part((n >> 16) & 255) + 0.7152 * part((n >> 8) & 255) + 0.0722 * part(n & 255);
}

const fills = 6;

export function paletteOf(theme: Theme): Palette {
  const of = (token: string) => color(token, theme);
  const surface = of("surface");
  const stripes = (angle: number) => ({
    symbol: "rect",
    dashArrayX: [1, 0],
    dashArrayY: [2, 4],
    rotation: angle,
    color: surface,
  });
  return {
    theme,
    surface,
    text: of("text"),
    muted: of("muted"),
    line: of("line"),
    grid: of("equipment"),
    band: of("band"),
    live: of("live"),
    fill: (i) => {
      const round = Math.floor(i / fills) % 3;
      return {
        color: of(`fill${(i % fills) + 1}`),
        ...(round === 1 ? { decal: stripes(Math.PI / 4), pattern: "stripes" } : {}),
        ...(round === 2 ? { decal: stripes(-Math.PI / 4), pattern: "back" } : {}),
      };
    },
    of,
    // Where black and white are read as well as each other.
    on: (hex) => (luminance(hex) > 0.18 ? of("ink") : of("lit")),
  };
}

export const font = (size = 12): { fontFamily: string; fontSize: number } => ({ fontFamily: family, fontSize: size });
