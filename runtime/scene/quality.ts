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
  private state: Look = "good";
  private value = "";

  constructor(
    g: Group,
    private readonly style: Omit<TextProps, "text" | "width" | "height"> & { width: number; height: number },
  ) {
    this.place = { x: style.x, y: style.y, width: style.width, height: style.height };
    this.ground = g.rect({ ...this.place, hatch: "line", opacity: 0.55, visible: false });
    this.bone = g.rect({ ...this.place, fill: "equipment", radius: 4, visible: false });
    this.words = g.text({ weight: 600, color: "live", ...style, text: "" });
    this.mark = g.text({
      x: 0,
      y: style.y,
      height: style.height,
      text: "?",
      size: style.size ?? 16,
      weight: 700,
      color: "text",
      visible: false,
    });
    this.hand = g.path({ d: hand, fill: "text", x: 0, y: 0, visible: false });
  }

  /** Width of the text as drawn, with its mark. */
  get textWidth(): number {
    return (
      this.words.textWidth + (this.state === "uncertain" || this.state === "override" ? (this.style.size ?? 16) : 0)
    );
  }

  /** Right end of the text, relative to the group. */
  get end(): number {
    return this.words.textLeft + this.textWidth;
  }

  set(value: string, state: Look): void {
    if (state === "good" && this.state === "good") {
      if (value !== this.value) this.words.set({ text: value });
      this.value = value;
      return;
    }
    this.value = value;
    this.state = state;
    const size = this.style.size ?? 16;
    const p = this.place;
    this.words.set({
      text: state === "bad" || state === "unset" ? nothing : state === "waiting" ? "" : value,
      color: state === "bad" || state === "unset" ? "muted" : (this.style.color ?? "live"),
      dotted: state === "uncertain" ? "text" : undefined,
    });
    const h = Math.min(p.height, size * 1.5);
    const at = p.y + (p.height - h) / 2;
    this.ground.set({ visible: state === "bad", y: at, height: h });
    const w = Math.min(p.width, size * 3);
    const left =
      this.style.align === "end" ? p.x + p.width - w : this.style.align === "center" ? p.x + (p.width - w) / 2 : p.x;
    this.bone.set({
      visible: state === "waiting",
      x: left,
      width: w,
      y: p.y + (p.height - size * 0.8) / 2,
      height: size * 0.8,
    });
    this.mark.set({ visible: state === "uncertain", x: this.words.textLeft + this.words.textWidth + size * 0.15 });
    this.hand.set({
      visible: state === "override",
      x: this.words.textLeft + this.words.textWidth + size * 0.1,
      y: p.y + (p.height - size) / 2,
      scale: size / 18,
    });
  }
}
