/** The colours of every page that draws a plant. This is the only place where a colour has a value. */

/** A site chooses the theme of a screen, not the operating system. */
export type Theme = "light" | "dark";

const light = {
  /** What a screen stands on. */
  ground: "#DCDCDC",
  /** What lies on the ground: panels, fields, headers. */
  surface: "#EDEDED",
  text: "#1E1E1E",
  muted: "#4A4A4A",
  /** A value that comes from the plant now. */
  live: "#0B3D78",
  line: "#6E6E6E",
  equipment: "#B9B9B9",
  /** The normal band of an analog range. */
  band: "#A9C3DC",
  interactive: "#0B5CAD",
  focus: "#0B5CAD",
  /** Text on the interactive colour. */
  contrast: "#FFFFFF",
  /** A lamp or state that is on, by brightness; and off. */
  lit: "#FFFFFF",
  unlit: "#8A8A8A",
  /** What stands on lit, or on the brighter alarm marks. */
  ink: "#1E1E1E",
  /** Alarm marks only, always with shape, digit and an outline in text colour. */
  urgent: "#B00020",
  high: "#E06C00",
  medium: "#FFE500",
  low: "#7B3FA0",
  /** Pens of a trend; told apart by dash pattern as well. */
  pen1: "#0B3D78",
  pen2: "#6B4E16",
  pen3: "#4A4A4A",
  pen4: "#2F6B60",
  pen5: "#704468",
  pen6: "#1E1E1E",
  /** Areas of charts: bars and slices, told apart by lightness first. */
  fill1: "#579CC9",
  fill2: "#353158",
  fill3: "#B79587",
  fill4: "#626E77",
  fill5: "#6C6454",
  fill6: "#423737",
};

/** The name of a colour. */
export type Token = keyof typeof light;

const dark: Record<Token, string> = {
  ground: "#2E2E2E",
  surface: "#3A3A3A",
  text: "#ECECEC",
  muted: "#BDBDBD",
  live: "#9CC7F2",
  line: "#9A9A9A",
  equipment: "#5A5A5A",
  band: "#46617C",
  interactive: "#7FB8FF",
  focus: "#7FB8FF",
  contrast: "#10202F",
  lit: "#F4F4F4",
  unlit: "#4C4C4C",
  ink: "#1E1E1E",
  urgent: "#FF5252",
  high: "#FF9326",
  medium: "#FFF27A",
  low: "#C58CFF",
  pen1: "#9CC7F2",
  pen2: "#DDBE85",
  pen3: "#BDBDBD",
  pen4: "#8FCFC2",
  pen5: "#DDB3D4",
  pen6: "#ECECEC",
  fill1: "#87A4B8",
  fill2: "#E0C29B",
  fill3: "#34739F",
  fill4: "#DDE0FF",
  fill5: "#A49B8D",
  fill6: "#7F7276",
};

/** Both themes by name. */
export const tokens: Record<Theme, Record<Token, string>> = { light, dark };

/** How light a colour is (WCAG 2.2, relative luminance); 1 for what is no #RRGGBB. */
function luminance(tone: string): number {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(tone);
  if (!hex) return 1;
  const [r, g, b] = hex.slice(1, 4).map((part) => {
    const c = Number.parseInt(part, 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const overs = new Map<string, string>();

/** Black or white, whichever has the greater contrast to a ground. */
function over(ground: string): string {
  let text = overs.get(ground);
  if (text === undefined) {
    if (overs.size > 1000) overs.clear();
    text = luminance(ground) > 0.179 ? "#000000" : light.contrast;
    overs.set(ground, text);
  }
  return text;
}

/**
 * The value of a token in a theme; anything else (a literal colour) is returned as it is. "on:" before a colour is
 * that of a text on it: black or white, whichever can be read.
 */
export function color(name: string, theme: Theme): string {
  if (name.startsWith("on:")) return over(color(name.slice(3), theme));
  return (tokens[theme] as Record<string, string>)[name] ?? name;
}

/**
 * Sans families whose figures are tabular by default, then Chinese, of the common systems.
 * A canvas cannot ask for tabular figures by CSS feature.
 */
export const family =
  '"Noto Sans", "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif';

/** The four sizes of type, in pixels. */
export const size = { small: 14, body: 16, large: 20, title: 28 } as const;

/** The grid everything is laid on, in pixels. */
export const grid = 8;

/** Sets every token as a custom property ("--ground", …, and "--sans" for the fonts) and the colour scheme on an element. */
export function applyTokens(to: HTMLElement, theme: Theme): void {
  for (const [name, value] of Object.entries(tokens[theme])) to.style.setProperty(`--${name}`, value);
  to.style.setProperty("--sans", family);
  to.style.colorScheme = theme;
}
