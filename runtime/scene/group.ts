import type { Bounds } from "./geometry";
import type { Painter } from "./paint";
import {
  Ellipse,
  type EllipseProps,
  Line,
  type LineProps,
  type Owner,
  Part,
  type PartProps,
  Rect,
  type RectProps,
} from "./part";
import { Image, type ImageProps, Path, type PathProps } from "./part-path";
import { Text, type TextProps } from "./part-text";

export interface GroupProps extends PartProps {
  x?: number;
  y?: number;
  /** However its layer is turned and mirrored, what is in it is drawn level, about its origin. */
  standing?: boolean;
}

/** Parts with an origin of their own, in drawing order. It draws nothing itself. */
export class Group extends Part<GroupProps> {
  readonly children: Part[] = [];

  rect(p: RectProps): Rect {
    return this.add(new Rect(p));
  }

  ellipse(p: EllipseProps): Ellipse {
    return this.add(new Ellipse(p));
  }

  line(p: LineProps): Line {
    return this.add(new Line(p));
  }

  path(p: PathProps): Path {
    return this.add(new Path(p));
  }

  text(p: TextProps): Text {
    return this.add(new Text(p));
  }

  image(p: ImageProps): Image {
    return this.add(new Image(p));
  }

  group(p: GroupProps = {}): Group {
    return this.add(new Group(p));
  }

  /** Height of a capital letter in pixels, for setting texts of two sizes on one baseline. */
  textCap(size: number, weight: number): number {
    return this.owner?.type.cap(size, weight) ?? size * 0.72;
  }

  /** Width of one line of text in pixels. */
  textWidth(text: string, size: number, weight: number): number {
    return this.owner?.type.width(text, size, weight) ?? 0;
  }

  /** Puts a part on top of the others. */
  add<T extends Part>(part: T): T {
    this.children.push(part);
    this.place(part);
    this.owner?.restructure();
    return part;
  }

  /** Takes a part out. */
  remove(part: Part): void {
    const i = this.children.indexOf(part);
    if (i < 0) return;
    this.children.splice(i, 1);
    if (this.owner) for (const leaf of leaves(part)) this.owner.touch(leaf.bounds);
    this.owner?.restructure();
  }

  /** Takes all parts out. */
  clear(): void {
    for (const part of [...this.children]) this.remove(part);
  }

  override set(patch: Partial<GroupProps>): void {
    let changed = false;
    for (const k in patch) if (this.props[k as keyof GroupProps] !== patch[k as keyof GroupProps]) changed = true;
    if (!changed) return;
    const owner = this.owner;
    if (owner) for (const leaf of leaves(this)) owner.touch(leaf.bounds);
    Object.assign(this.props, patch);
    this.spread();
    if (owner) for (const leaf of leaves(this)) owner.touch(leaf.bounds);
  }

  /** Gives children their owner, origin and visibility. */
  spread(): void {
    for (const part of this.children) this.place(part);
  }

  private place(part: Part): void {
    part.owner = this.owner;
    part.ox = this.ox + (this.props.x ?? 0);
    part.oy = this.oy + (this.props.y ?? 0);
    part.shown = this.shown && this.props.visible !== false;
    part.stand = this.stand ?? (this.props.standing ? { x: part.ox, y: part.oy } : undefined);
    if (part instanceof Group) part.spread();
    else {
      part.measure();
      this.owner?.touch(part.bounds);
    }
  }

  override measure(): void {}
  protected cover(_b: Bounds): void {}
  draw(_q: Painter): void {}
}

/** The parts below, groups opened, in drawing order. */
export function leaves(part: Part, out: Part[] = []): Part[] {
  if (part instanceof Group) for (const child of part.children) leaves(child, out);
  else out.push(part);
  return out;
}

export type { Owner };
