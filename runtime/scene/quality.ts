import type { Group } from "./group";
import type { Rect } from "./part";
import type { Path } from "./part-path";
import type { Text, TextProps } from "./part-text";

/** How a value may be trusted, for the eye. */
export type Look = "good" | "override" | "uncertain" | "bad" | "waiting" | "unset";

const waiting = 0x80320000;
const override = 0x00960000;

/** The look of an OPC UA StatusCode (OPC 10000-4, 7.39): its two top bits are the severity. */
export function look(code: number): Look {
  const q = code >>> 0;
  if (q >= 0x80000000) return (q & 0xffff0000) >>> 0 === waiting ? "waiting" : "bad";
  if (q >= 0x40000000) return "uncertain";
  return (q & 0xffff0000) >>> 0 === override ? "override" : "good";
}

/** Stands in place of a bad value. */
export const nothing = "– –";

// A hand with the index finger up: local override.
const hand =
  "M4 15V9.5a1 1 0 0 1 1-1h.5V3a1 1 0 0 1 2 0v4.5h.7V6.8a1 1 0 0 1 1.9 0v1h.6a1 1 0 0 1 1.8 0v.8h.5a1 1 0 0 1 1 1V12a4 4 0 0 1-4 4H7a3 3 0 0 1-3-1z";

/**
 * A text that shows a live value and never looks more alive than it is: good plain, uncertain
 * with `?` and dots below, bad as `– –` on hatch, override with a hand, waiting as a skeleton.
 * A value that nothing is bound to is a plain `– –`.
 */
export class Readout {
  private readonly ground: Rect;
  private readonly bone: Rect;
  private readonly words: Text;
  private readonly mark: Text;
  private readonly hand: Path;
  private place: Required<Pick<TextProps, "x" | "y" | "width" | "height">>;
  private state: Look | undefined;
  private value = "";
  /** The line that it is written on, for a unit behind it. */
  readonly line = {};

  constructor(
    private readonly g: Group,
    private readonly style: Omit<TextProps, "text" | "width" | "height"> & { width: number; height: number },
  ) {
    this.place = { x: style.x, y: style.y, width: style.width, height: style.height };
    this.ground = g.rect({ ...this.place, hatch: "line", opacity: 0.55, visible: false });
    this.bone = g.rect({ ...this.place, fill: "equipment", radius: 4, visible: false });
    this.words = g.text({ weight: 600, color: "live", ...style, text: "", line: this.line });
    this.mark = g.text({
      x: 0,
      y: style.y,
      height: style.height,
      text: "?",
      size: style.size ?? 16,
      weight: 700,
      color: "text",
      visible: false,
      line: this.line,
    });
    this.hand = g.path({ d: hand, fill: "text", x: 0, y: 0, visible: false, line: this.line });
  }

  /** Takes it out of its group. */
  remove(): void {
    for (const part of [this.ground, this.bone, this.words, this.mark, this.hand]) this.g.remove(part);
  }

  /** Width of the text as drawn, with its mark. */
  get textWidth(): number {
    const marked = this.state === "uncertain" || this.state === "override";
    return this.words.textWidth + (marked ? (this.style.size ?? 16) * 0.85 : 0);
  }

  /** Right end of the text, relative to the group. */
  get end(): number {
    return this.words.textLeft + this.textWidth;
  }

  /** The size at which a text fits, not below 60 % of the wanted one; 0 when it does not fit at all. */
  private fitting(text: string, width: number): number {
    const size = this.style.size ?? 16;
    const w = this.words.measured(text, size);
    if (w <= width + 0.5) return size;
    const smaller = (size * width) / w;
    return smaller >= size * 0.6 ? smaller : 0;
  }

  set(value: string, state: Look): void {
    if (value === this.value && state === this.state) return;
    const same = state === "good" && this.state === "good";
    this.value = value;
    this.state = state;
    const size = this.style.size ?? 16;
    const p = this.place;
    const marked = state === "uncertain" || state === "override";
    const room = Math.max(0, p.width - (marked ? size * 0.85 : 0));
    let text = state === "bad" || state === "unset" ? nothing : state === "waiting" ? "" : value;
    let fit = this.fitting(text, room);
    if (fit === 0) {
      // Half a number is a wrong number: show that it does not fit.
      fit = Math.max(6, size * 0.7);
      const one = this.words.measured("#", fit);
      text = "#".repeat(Math.max(0, Math.min(3, Math.floor(room / one))));
    }
    if (same) {
      this.words.set(fit === this.words.props.size ? { text } : { text, size: fit });
      return;
    }
    this.words.set({
      text,
      size: fit,
      width: room,
      color: state === "bad" || state === "unset" ? "muted" : (this.style.color ?? "live"),
      dotted: state === "uncertain" ? "text" : undefined,
    });
    const end = this.words.textLeft + this.words.textWidth;
    const h = Math.min(p.height, size * 1.4);
    const w = Math.min(p.width, size * 3);
    const left =
      this.style.align === "end" ? p.x + p.width - w : this.style.align === "center" ? p.x + (p.width - w) / 2 : p.x;
    // The hatch lies around the dashes with some room at both sides.
    const inset = Math.max(0, (w - this.words.textWidth) / 2);
    const shift = this.style.align === "end" ? -inset : this.style.align === "center" ? 0 : inset;
    if (state === "bad") this.words.set({ x: p.x + shift });
    else this.words.set({ x: p.x });
    this.ground.set({ visible: state === "bad", x: left, width: w, y: p.y + (p.height - h) / 2, height: h });
    this.bone.set({
      visible: state === "waiting",
      x: left,
      width: w,
      y: p.y + (p.height - size * 0.8) / 2,
      height: size * 0.8,
    });
    this.mark.set({ visible: state === "uncertain", x: end + size * 0.12 });
    this.hand.set({
      visible: state === "override",
      x: end + size * 0.02,
      y: p.y + (p.height - size) / 2,
      scale: size / 19,
    });
  }
}
