import { type Bounds, setBounds } from "./geometry";
import type { Painter } from "./paint";
import { Part, type PartProps } from "./part";

export interface TextProps extends PartProps {
  /** The box the text stands in. Without width it begins (align start), ends or is centred at x. */
  x: number;
  y: number;
  width?: number;
  height?: number;
  text: string;
  /** Pixels; default 16. */
  size?: number;
  weight?: number;
  color?: string;
  align?: "start" | "center" | "end";
  /** Where it stands in the height; default middle. */
  valign?: "top" | "middle" | "bottom";
  /** Breaks it into lines instead of ending it with "…". */
  wrap?: boolean;
  /** Dots below: the look of an uncertain value. */
  dotted?: string | undefined;
}

/** The height of a line of text by its size. */
export const leading = 1.35;

export class Text extends Part<TextProps> {
  private lines: string[] = [];
  private widths: number[] = [];
  /** Left edges and baselines, relative to the origin. */
  private lefts: number[] = [];
  private base = 0;

  /** Width of the widest line as drawn. */
  get textWidth(): number {
    return this.widths.length ? Math.max(...this.widths) : 0;
  }

  /** Left edge of the first line, relative to the group. */
  get textLeft(): number {
    return this.lefts[0] ?? this.props.x;
  }

  /** The width this text would have at a size, on one line. */
  measured(text: string, size: number): number {
    return this.owner?.type.width(text, size, this.props.weight ?? 400) ?? 0;
  }

  protected cover(b: Bounds): void {
    const p = this.props;
    const type = this.owner?.type;
    this.lines.length = 0;
    this.widths.length = 0;
    this.lefts.length = 0;
    if (!type || p.text === "") return;
    const size = p.size ?? 16;
    const weight = p.weight ?? 400;
    if (p.wrap && p.width !== undefined) {
      this.lines = type.wrap(p.text, size, weight, p.width);
      const fit =
        p.height === undefined ? this.lines.length : Math.max(1, Math.floor(p.height / (size * leading) + 0.3));
      if (this.lines.length > fit) {
        const rest = this.lines.slice(fit - 1).join(" ");
        this.lines.length = fit;
        this.lines[fit - 1] = type.ellipsis(rest, size, weight, p.width);
      }
    } else this.lines.push(p.width === undefined ? p.text : type.ellipsis(p.text, size, weight, p.width));
    let x0 = Number.POSITIVE_INFINITY;
    let x1 = Number.NEGATIVE_INFINITY;
    for (const line of this.lines) {
      const w = type.width(line, size, weight);
      const room = (p.width ?? 0) - w;
      const left = p.x + (p.align === "end" ? room : p.align === "center" ? room / 2 : 0);
      this.widths.push(w);
      this.lefts.push(left);
      if (left < x0) x0 = left;
      if (left + w > x1) x1 = left + w;
    }
    const cap = type.cap(size, weight);
    const block = cap + (this.lines.length - 1) * size * leading;
    const room = (p.height ?? size * leading) - block;
    const inset = (size * leading - cap) / 2;
    this.base =
      p.y +
      cap +
      (p.valign === "top"
        ? Math.min(inset, Math.max(0, room))
        : p.valign === "bottom"
          ? room - Math.min(inset, Math.max(0, room))
          : room / 2);
    const pad = size * 0.12 + 1;
    if (x1 > x0)
      setBounds(
        b,
        this.ox + x0 - pad,
        this.oy + this.base - cap - size * 0.32 - 1,
        this.ox + x1 + pad,
        this.oy + this.base + block - cap + size * 0.34 + 1,
      );
  }

  draw(q: Painter): void {
    if (!q.mirrored) {
      this.write(q);
      return;
    }
    q.upright(this);
    this.write(q);
    q.home();
  }

  private write(q: Painter): void {
    const p = this.props;
    const size = p.size ?? 16;
    const weight = p.weight ?? 400;
    const px = size * q.scale;
    const ctx = q.ctx;
    q.alpha(p.opacity ?? 1);
    if (px < 3) {
      // Too small to read: a bar of the text's weight, as page thumbnails do.
      q.fill("line");
      for (let i = 0; i < this.lines.length; i++) {
        const x = q.px(this.ox + (this.lefts[i] as number));
        const y = q.py(this.oy + this.base + i * size * leading - size * 0.4);
        q.fillWithin(x, y, x + (this.widths[i] as number) * q.scale, y + 1);
      }
      return;
    }
    q.font(weight, px);
    q.fill(p.color ?? "text");
    const cell = q.type.cellOf(size, weight);
    for (let i = 0; i < this.lines.length; i++) {
      const x = (this.ox + (this.lefts[i] as number)) * q.scale + q.dx;
      const y = q.py(this.oy + this.base + i * size * leading);
      const line = this.lines[i] as string;
      if (cell > 0 && /^[0-9.,:+\-−–% ]+$/.test(line)) this.drawCells(q, line, x, y, cell);
      else ctx.fillText(line, x, y);
      if (p.dotted) {
        q.fill(p.dotted);
        const dot = q.length(Math.max(1, size / 12));
        const top = y + Math.round(px * 0.16);
        const end = x + (this.widths[i] as number) * q.scale;
        for (let at = Math.round(x); at < end; at += dot * 2) ctx.fillRect(at, top, dot, dot);
        q.fill(p.color ?? "text");
      }
    }
  }

  /** Sets figures one by one in cells of equal width: this font has none of its own. */
  private drawCells(q: Painter, line: string, x: number, y: number, cell: number): void {
    const p = this.props;
    for (const c of line) {
      const digit = c >= "0" && c <= "9";
      const own = q.type.width(c, p.size ?? 16, p.weight ?? 400);
      q.ctx.fillText(c, x, y);
      x += (digit ? cell : own) * q.scale;
    }
  }
}
