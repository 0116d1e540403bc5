import { type Group, Readout, size, type Text } from "@lineside/scene";
import { fixed, numeric, type Scale, type Shown } from "./kit";

/** The straight range behind an analog value: track, normal band, limits, marks at both ends. */
export interface Track {
  /** The rectangle of the track in the box. */
  x: number;
  y: number;
  width: number;
  height: number;
  vertical: boolean;
  /** The coordinate along the track of a fraction of the range. */
  along(k: number): number;
}

export function drawTrack(g: Group, s: Scale, t: Omit<Track, "along">): Track {
  const along = (k: number) => (t.vertical ? t.y + t.height * (1 - k) : t.x + t.width * k);
  g.rect({ x: t.x, y: t.y, width: t.width, height: t.height, fill: "surface" });
  const part = (from: number, to: number, fill: string) => {
    const a = along(from);
    const b = along(to);
    if (t.vertical) g.rect({ x: t.x, y: Math.min(a, b), width: t.width, height: Math.abs(a - b), fill });
    else g.rect({ x: Math.min(a, b), y: t.y, width: Math.abs(a - b), height: t.height, fill });
  };
  // What lies beyond a limit is darker ground, not a colour: nothing is wrong yet.
  if (s.limitLow !== undefined) part(0, s.at(s.limitLow), "equipment");
  if (s.limitHigh !== undefined) part(s.at(s.limitHigh), 1, "equipment");
  if (s.normal) part(s.at(s.normal.from), s.at(s.normal.to), "band");
  g.rect({ x: t.x, y: t.y, width: t.width, height: t.height, stroke: "line" });
  for (const v of [s.limitLow, s.limitHigh]) {
    if (v === undefined) continue;
    const a = along(s.at(v));
    if (t.vertical) g.line({ x1: t.x, y1: a, x2: t.x + t.width, y2: a, stroke: "text", strokeWidth: 2 });
    else g.line({ x1: a, y1: t.y, x2: a, y2: t.y + t.height, stroke: "text", strokeWidth: 2 });
  }
  return { ...t, along };
}

/** Label above and value with unit below (or beside) a drawing: the frame of analog views. */
export interface Caption {
  /** What is left for the drawing. */
  top: number;
  bottom: number;
  show(value: Shown): void;
}

/** One line above a horizontal drawing: the label at the left, the value at the right. */
export function headline(g: Group, box: { width: number; height: number }, s: Scale, withValue: boolean): Caption {
  const type = Math.max(9, Math.min(box.height * 0.3, size.large));
  const line = box.height >= 40 && (withValue || s.label !== "") ? type * 1.4 : 0;
  if (line === 0) return { top: 0, bottom: box.height, show: () => {} };
  const px = Math.max(9, Math.min(size.small, type * 0.85));
  const half = withValue ? box.width * 0.5 : box.width;
  const drop = (g.textCap(type, 600) - g.textCap(px, 400)) / 2;
  g.text({ x: 0, y: drop, width: half - 8, height: line, text: s.label, size: px, color: "muted" });
  if (!withValue) return { top: line, bottom: box.height, show: () => {} };
  const readout = new ValueLine(g, { x: half, y: 0, width: box.width - half, height: line }, type, px, s.unit, "end");
  return { top: line, bottom: box.height, show: (v) => readout.set(textOfValue(v, s), v.look) };
}

/** Room at the top for the label and at the bottom for the value, as far as the box has it. */
export function caption(g: Group, box: { width: number; height: number }, s: Scale, withValue: boolean): Caption {
  const px = Math.max(8, Math.min(size.small, box.height * 0.14));
  const top = s.label !== "" && box.height >= 64 ? px * 1.45 : 0;
  if (top > 0)
    g.text({ x: 0, y: 0, width: box.width, height: top, text: s.label, size: px, color: "muted", align: "center" });
  const type = Math.max(9, Math.min(box.height * 0.14, box.width * 0.26, size.title));
  const valueHeight = withValue && box.height >= 48 ? type * 1.45 : 0;
  if (valueHeight === 0) return { top, bottom: box.height, show: () => {} };
  const small = Math.max(8, Math.min(size.small - 1, type * 0.75));
  const y = box.height - valueHeight;
  const readout = new ValueLine(g, { x: 0, y, width: box.width, height: valueHeight }, type, small, s.unit);
  return {
    top,
    bottom: y,
    show: (v) => readout.set(textOfValue(v, s), v.look),
  };
}

export function textOfValue(v: Shown, s: Scale): string {
  const n = numeric(v);
  return n === undefined ? "" : fixed(n, s.decimals);
}

/** A value and its unit together. */
export class ValueLine {
  private readonly readout: Readout;
  private readonly unit: Text | undefined;
  private readonly gap: number;

  constructor(
    g: Group,
    box: { x: number; y: number; width: number; height: number },
    type: number,
    small: number,
    unit: string,
    align: "center" | "end" = "center",
  ) {
    this.gap = small * 0.35;
    const drop = (g.textCap(type, 600) - g.textCap(small, 400)) / 2;
    this.unit =
      unit === ""
        ? undefined
        : g.text({ x: 0, y: box.y + drop, height: box.height, text: unit, size: small, color: "muted" });
    const room = this.unit ? this.unit.textWidth + this.gap : 0;
    this.readout = new Readout(g, {
      ...box,
      width: Math.max(0, box.width - room),
      size: type,
      align,
    });
    this.unit?.set({ line: this.readout.line });
  }

  set(text: string, look: Shown["look"]): void {
    this.readout.set(text, look);
    this.unit?.set({ x: this.readout.end + this.gap, visible: look !== "bad" && look !== "waiting" });
  }
}
