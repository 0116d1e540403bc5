// A symbol as it is drawn: its parts, its texts beside it and the mark of its state.
import { below, type Group, type Path, pathBounds, Readout, type Text } from "@lineside/scene";
import { clamp, type Shown, shown, string, usable } from "../kit";
import { levelTone } from "../shape";
import type { Env, Settings, Values } from "../view";
import { cornersOf, type Picture, stretched } from "./library";
import { Marks } from "./marks";
import { type Line, lines, openOf, type State, stateOf } from "./state";

/** What the parts of a symbol are painted with. */
export interface Paint {
  line: string;
  body: string;
  second: string;
  detail: string;
}

type Appearance = "pid" | "mimic" | "simple" | "highPerformance";

export const plain: Record<Appearance, Paint & { width: number }> = {
  pid: { line: "text", body: "surface", second: "equipment", detail: "text", width: 1 },
  mimic: { line: "line", body: "equipment", second: "equipment", detail: "muted", width: 0.75 },
  simple: { line: "muted", body: "muted", second: "muted", detail: "ground", width: 1 },
  highPerformance: { line: "line", body: "equipment", second: "equipment", detail: "line", width: 0.75 },
};

/** Brightness says what it does: bright runs or is open, dark stands or is closed. Nothing else has a colour. */
function paintOf(appearance: Appearance, bright: "lit" | "unlit" | "half" | undefined): Paint {
  const p = plain[appearance];
  if (bright === undefined || bright === "half") return bright ? { ...p, body: "equipment" } : p;
  const on = bright === "lit";
  return { ...p, body: bright, detail: on ? "ink" : "text", line: appearance === "simple" && !on ? "unlit" : p.line };
}

interface Shape {
  id: string;
  path: Path;
  fill: string;
  stroke: string;
  /** What it is turned and made larger about. */
  middle: { x: number; y: number };
}

/** What animations make of one part. */
type Change = Record<string, unknown>;

const partName = /^part:(.+):(\w+)$/;

/** The changes of parts in values, by the id of the part. */
function changesOf(values: Values): Map<string, Change> {
  const out = new Map<string, Change>();
  for (const name in values) {
    const [, id, what] = partName.exec(name) ?? [];
    if (id && what) out.set(id, { ...out.get(id), [what]: values[name]?.v });
  }
  return out;
}

const none: Change = {};
const numberOf = (v: unknown, otherwise: number): number =>
  typeof v === "number" && Number.isFinite(v) ? v : otherwise;

/** How a part is drawn otherwise than it lies. */
function moved(shape: Shape, c: Change) {
  const rotate = numberOf(c.rotate, 0);
  const scale = numberOf(c.scale, 1);
  const [dx, dy] = Array.isArray(c.move) ? (c.move as [number, number]) : [0, 0];
  const { x, y } = shape.middle;
  const cos = Math.cos((rotate * Math.PI) / 180) * scale;
  const sin = Math.sin((rotate * Math.PI) / 180) * scale;
  return {
    rotate,
    scale,
    x: x + dx - (x * cos - y * sin),
    y: y + dy - (x * sin + y * cos),
    visible: c.visible !== false,
    opacity: numberOf(c.opacity, 1),
    blink: c.blink === true,
  };
}

/** A symbol as it is drawn. */
export class Figure {
  private readonly shapes: Shape[] = [];
  private readonly texts: Text[] = [];
  private readonly shades: Path[] = [];
  private readonly hatch;
  private readonly query: Text;
  private readonly disc;
  private readonly beside: Group;
  private readonly marks: Marks;
  private readonly label: Text | undefined;
  private readonly readouts = new Map<string, Readout>();
  private readonly liquid: { path: Path; surface: Path; corners: number[]; bottom: number; top: number } | undefined;
  private readonly appearance: Appearance;
  private readonly place: string;
  private readonly px: number;
  private readonly markSize: number;
  private half: { x: number; y: number };
  private values: Values = {};
  private laid = "";
  /** Animations have changed a part once. */
  private animated = false;

  constructor(
    g: Group,
    private readonly box: { width: number; height: number },
    private readonly settings: Settings,
    private readonly env: Env,
    pic: Picture | undefined,
  ) {
    const appearance = string(settings, "appearance");
    this.appearance = appearance in plain ? (appearance as Appearance) : "pid";
    const place = string(settings, "place");
    this.place = place && place !== "auto" ? place : this.appearance === "highPerformance" ? "right" : "below";
    const least = Math.min(box.width, box.height);
    this.px = least < 24 ? 10 : clamp(least * 0.2, 12, 14);
    this.markSize = clamp(least * 0.34, 12, 20);
    this.half = { x: box.width / 2, y: box.height / 2 };
    const inside = this.draw(g, pic);
    if (inside) this.liquid = inside.liquid;
    this.hatch = g.rect({ x: 0, y: 0, ...box, hatch: "line", opacity: 0.7, visible: false });
    this.beside = g.group({ x: box.width / 2, y: box.height / 2, standing: true });
    const q = clamp(least * 0.5, 10, 40);
    this.disc = this.beside.ellipse({ x: 0, y: 0, rx: q * 0.6, fill: "ground", visible: false });
    this.query = this.beside.text({
      x: -q,
      width: 2 * q,
      y: -q / 1.5,
      height: q / 0.75,
      text: "?",
      size: q,
      weight: 700,
      align: "center",
      visible: false,
    });
    this.marks = new Marks(this.beside, this.markSize, string(settings, "priority") || "2");
    const label = string(settings, "label");
    if (label !== "" && this.place !== "none" && !inside?.labelled)
      this.label = this.beside.text({ x: 0, y: 0, text: label, size: this.px, weight: 600, color: "text" });
  }

  /** Draws the parts of the symbol; answers where its level is, and whether it has the label in it. */
  private draw(g: Group, pic: Picture | undefined) {
    const { box, appearance } = this;
    if (!pic) {
      g.rect({ x: 0, y: 0, ...box, stroke: "line", strokeWidth: 1 });
      g.path({ points: [0, 0, box.width, box.height], stroke: "line" });
      return undefined;
    }
    const sx = box.width / pic.w;
    const sy = box.height / pic.h;
    const s = Math.min(sx, sy);
    // Thinner in a small one, but less than in proportion: lines of one drawing look alike.
    const width = clamp(2 * (sx * sy) ** 0.25, 1.25, 3) * plain[appearance].width;
    let labelled = false;
    let liquid: Figure["liquid"];
    for (const p of pic.parts) {
      if (p.text !== undefined) {
        const own = p.id === "label" ? string(this.settings, "label") : "";
        labelled ||= p.id === "label";
        const at = { x: (p.x ?? 0) * sx, y: ((p.y ?? 0) - (p.size ?? 16) * 0.36) * sy };
        if (own === "") this.write(g, p.text, at, (p.size ?? 16) * s);
        else this.tag(g, own, pic, { sx, sy, s });
        continue;
      }
      const d = stretched(p.d ?? "", sx, sy);
      if (p.id === "liquid") {
        const corners = cornersOf(d);
        const ys = corners.filter((_, i) => i % 2 === 1);
        liquid = {
          corners,
          top: Math.min(...ys),
          bottom: Math.max(...ys),
          path: g.path({ points: [0, 0], closed: true, fill: levelTone, visible: false }),
          surface: g.path({ points: [0, 0], stroke: "text", strokeWidth: 1.5, visible: false }),
        };
        // The wall of the vessel lies over what is in it.
        const body = pic.parts.find((b) => b.id === "body");
        if (body?.d) this.keep("body", g.path({ d: stretched(body.d, sx, sy), strokeWidth: width }), "", "line");
        continue;
      }
      const solid = p.fill === "body" || p.fill === "second";
      if (solid && appearance === "mimic")
        this.shades.push(g.path({ d, x: 1.5, y: 1.5, fill: "unlit", stroke: "unlit", strokeWidth: width }));
      const dash = p.dash?.map((v) => v * s);
      this.keep(p.id ?? "", g.path({ d, strokeWidth: width, ...(dash ? { dash } : {}) }), p.fill ?? "", p.stroke ?? "");
    }
    return { labelled, liquid };
  }

  private keep(id: string, path: Path, fill: string, stroke: string): void {
    const b = pathBounds(path.props.d ?? "");
    this.shapes.push({ id, path, fill, stroke, middle: { x: (b.x0 + b.x1) / 2, y: (b.y0 + b.y1) / 2 } });
  }

  /** A text of the symbol itself, which stays upright. */
  private write(g: Group, text: string, at: { x: number; y: number }, px: number): void {
    this.line(g.group({ ...at, standing: true }), text, 0, px, Number.POSITIVE_INFINITY);
  }

  /** A line of text in the middle of what stands upright, so much below its origin. */
  private line(stand: Group, text: string, y: number, px: number, room: number): void {
    const w = stand.textWidth(text, px, 600);
    const size = w > room ? Math.max(6, (px * room) / w) : px;
    const place = { x: -200, width: 400, y: y - size, height: 2 * size };
    this.texts.push(stand.text({ ...place, text, size, weight: 600, align: "center" }));
  }

  /** The tag name in an instrument: its letters above, its number below. In a flag it is one line. */
  private tag(g: Group, label: string, pic: Picture, k: { sx: number; sy: number; s: number }): void {
    const flag = pic.w > pic.h * 1.5;
    const stand = g.group({ x: (pic.w / 2) * k.sx, y: (pic.h / 2) * k.sy, standing: true });
    const room = pic.w * k.sx * (flag ? 0.72 : 0.8);
    const [, letters = "", digits = ""] = flag ? [] : (/^([^\d\s_-]+)[\s_-]*(.+)$/.exec(label) ?? []);
    if (digits === "") {
      this.line(stand, label, 0, (flag ? 15 : 20) * k.s, room);
      return;
    }
    const size = (pic.h > 56 ? 18 : 14) * k.s;
    this.line(stand, letters, -pic.h * 0.18 * k.sy, size, room);
    this.line(stand, digits, pic.h * 0.18 * k.sy, size, room);
  }

  turn(degrees: number): void {
    const r = (degrees * Math.PI) / 180;
    const [c, s] = [Math.abs(Math.cos(r)), Math.abs(Math.sin(r))];
    const { width, height } = this.box;
    this.half = { x: (width * c + height * s) / 2, y: (width * s + height * c) / 2 };
    this.update(this.values);
  }

  update(values: Values): void {
    this.values = values;
    const { settings, env } = this;
    const state = shown(values, settings, "state");
    const open = shown(values, settings, "open");
    const now = stateOf(state);
    const far = openOf(open);
    const bad = [state, open].some((s) => s.look === "bad" || s.look === "waiting");
    const bright =
      now === "nocomm"
        ? undefined
        : far !== undefined
          ? far >= 0.995
            ? "lit"
            : far <= 0.005
              ? "unlit"
              : "half"
          : now === "running"
            ? "lit"
            : now === "stopped"
              ? "unlit"
              : undefined;
    const paint = paintOf(this.appearance, bright);
    const tone = (name: string) => (name === "" ? undefined : ((paint as never)[name] as string));
    const changes = changesOf(values);
    this.animated ||= changes.size > 0;
    for (const shape of this.shapes) {
      const { id, path, fill, stroke } = shape;
      const over = fill === "body" && this.appearance === "simple" && bright !== "lit";
      const own = changes.get(id) ?? none;
      const colors = {
        fill: fill && typeof own.fill === "string" ? own.fill : tone(fill),
        stroke: stroke && typeof own.stroke === "string" ? own.stroke : over ? paint.body : tone(stroke),
      };
      path.set(this.animated && id !== "" ? { ...colors, ...moved(shape, own) } : colors);
    }
    // Letters stand out from what they stand on, also where lines need not.
    const ink = bright === "lit" ? "ink" : this.appearance === "simple" && bright === undefined ? "ground" : "text";
    for (const text of this.texts) text.set({ color: ink });
    this.hatch.set({ visible: bad || now === "nocomm" });
    this.query.set({ visible: now === "nocomm" });
    this.disc.set({ visible: now === "nocomm" });
    this.fill(shown(values, settings, "level"));
    this.say(lines(values, settings, env));
    this.mark(now);
  }

  private mark(now: State | undefined): void {
    const m = this.markSize;
    const side = this.place === "right" ? -1 : 1;
    this.marks.set(now, side * (this.half.x + m / 2 + 2), Math.min(-this.half.y + m / 2, -m / 2 - 2));
  }

  private fill(level: Shown): void {
    const l = this.liquid;
    if (!l) return;
    const n = usable(level) ? Number(level.v) : Number.NaN;
    const known = Number.isFinite(n);
    const part = known ? clamp(n / 100, 0, 1) : 0;
    const y = l.bottom - (l.bottom - l.top) * part;
    const cut = part > 0 ? below(l.corners, y) : [];
    l.path.set({
      visible: cut.length > 4,
      points: cut.length > 4 ? cut : [0, 0],
      opacity: level.look === "uncertain" ? 0.5 : 1,
    });
    const xs = cut.filter((_, i) => i % 2 === 0 && Math.abs((cut[i + 1] as number) - y) < 0.01);
    l.surface.set({
      visible: part > 0 && part < 1 && xs.length > 1,
      points: xs.length > 1 ? [Math.min(...xs), y, Math.max(...xs), y] : [0, 0],
      dash: level.look === "uncertain" ? [3, 3] : undefined,
    });
    if (level.look === "bad" || level.look === "waiting") this.hatch.set({ visible: true });
  }

  /** Sets the texts beside the symbol, one below the other. */
  private say(list: readonly Line[]): void {
    if (this.place === "none") return;
    const { px, half, beside, place } = this;
    const height = px * 1.3;
    const count = list.length + (this.label ? 1 : 0);
    const width = Math.max(2 * half.x, 12 * px);
    const side = place === "right" || place === "left";
    const x = place === "right" ? half.x + 6 : place === "left" ? -half.x - 6 - width : -width / 2;
    const top =
      place === "below" ? half.y + 3 : place === "above" ? -half.y - 3 - count * height : (-count * height) / 2;
    const align = place === "right" ? "start" : place === "left" ? "end" : "center";
    const key = `${list.map((l) => l.name).join()} ${half.x} ${half.y}`;
    if (key !== this.laid) {
      this.laid = key;
      for (const r of this.readouts.values()) r.remove();
      this.readouts.clear();
      let y = top;
      if (this.label) {
        this.label.set({ x, width, y, height, align });
        y += height;
      }
      for (const l of list) {
        const color = l.name === "state" || l.name === "open" ? "text" : "live";
        const weight = color === "text" ? 400 : 600;
        this.readouts.set(
          l.name,
          new Readout(beside, { x, y, width, height, size: side ? px : px * 0.95, align, color, weight }),
        );
        y += height;
      }
    }
    for (const l of list) this.readouts.get(l.name)?.set(l.text, l.shown.look);
  }
}
