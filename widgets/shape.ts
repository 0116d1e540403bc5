// What the drawn shapes share: live colours and sizes, points, arrow heads, dashes, and the fill to a level.
import { type Group, type Path, reversed, shortened } from "@lineside/scene";
import { clickable, lookText, numeric, shown, string, usable } from "./kit";
import type { Drawn, Env, Settings, Values } from "./view";

/** A colour that may be live. "transparent", an empty text and nothing are no colour; `otherwise` stands in for a value that is not known. */
export function tone(values: Values, settings: Settings, name: string, otherwise?: string): string | undefined {
  const s = shown(values, settings, name);
  const own = usable(s) && typeof s.v === "string" && s.v !== "" ? s.v : values[name] ? otherwise : undefined;
  return own === "transparent" ? undefined : own;
}

/** A size that may be live, within bounds. */
export function measure(
  values: Values,
  settings: Settings,
  name: string,
  otherwise: number,
  least = 0,
  most = 200,
): number {
  const n = numeric(shown(values, settings, name));
  return Math.max(least, Math.min(most, n ?? otherwise));
}

/** The setting "points" in pixels of the box: fractions of it, `stride` numbers each. */
export function pointsOf(settings: Settings, box: { width: number; height: number }, stride = 2): number[] {
  const raw = settings.points;
  const list = Array.isArray(raw) ? raw : [];
  const out: number[] = [];
  for (let i = 0; i + stride <= list.length; i += stride)
    for (let k = 0; k < stride; k++) {
      const v = list[i + k];
      if (typeof v !== "number" || !Number.isFinite(v)) return [];
      out.push(v * (k % 2 ? box.height : box.width));
    }
  return out;
}

/** Lengths of dash and gap for the setting "dash" of a line so wide. */
export function dashOf(settings: Settings, width: number): readonly number[] | undefined {
  const w = Math.max(1, width);
  if (settings.dash === "dashed") return [w * 4, w * 3];
  if (settings.dash === "dotted") return [w, w * 2];
  if (settings.dash === "dashdot") return [w * 5, w * 2, w, w * 2];
  return undefined;
}

/** A line cut short for the arrow heads at its ends, and the corners of the heads. */
export function withHeads(
  corners: readonly number[],
  arrow: unknown,
  length: number,
): { line: readonly number[]; heads: number[][] } {
  const start = arrow === "start" || arrow === "both";
  const end = arrow === "end" || arrow === "both";
  if (corners.length < 4 || (!start && !end)) return { line: corners, heads: [] };
  const heads: number[][] = [];
  let line = corners;
  // The line ends within its head, so that it does not stand out beside the tip.
  if (start) {
    heads.push(head(corners, length));
    line = shortened(line, length * 0.7);
  }
  if (end) {
    const back = reversed(corners);
    heads.push(head(back, length));
    line = reversed(shortened(reversed(line), length * 0.7));
  }
  return { line, heads };
}

/** A head whose tip is where a line begins, looking from where the line is one head shorter. */
function head(line: readonly number[], length: number): number[] {
  const [tx, ty] = line as unknown as [number, number];
  const [bx, by] = shortened(line, length) as unknown as [number, number];
  const l = Math.hypot(tx - bx, ty - by) || 1;
  const ux = (tx - bx) / l;
  const uy = (ty - by) / l;
  const half = length * 0.4;
  const cx = tx - ux * length;
  const cy = ty - uy * length;
  return [tx, ty, cx - uy * half, cy + ux * half, cx + uy * half, cy - ux * half];
}

/** A line, polygon or curve with arrow heads where the setting "arrow" wants them. */
export class Arrowed {
  private readonly line: Path;
  private readonly heads: Path[];
  private width = -1;

  constructor(
    g: Group,
    private readonly corners: readonly number[],
    private readonly arrow: unknown,
    private readonly closed = false,
  ) {
    this.line = g.path({ points: corners, closed });
    this.heads = (closed ? [] : withHeads(corners, arrow, 1).heads).map(() => g.path({ points: [0, 0], closed: true }));
  }

  set(stroke: string | undefined, width: number, dash: readonly number[] | undefined, fill?: string): void {
    if (width !== this.width) {
      this.width = width;
      const { line, heads } = withHeads(this.corners, this.closed ? "" : this.arrow, Math.max(8, width * 3.5));
      this.heads.forEach((h, i) => {
        h.set({ points: heads[i] ?? [0, 0] });
      });
      this.line.set({ points: line, strokeWidth: width, dash });
    }
    for (const h of this.heads) h.set({ fill: stroke });
    this.line.set({ stroke, fill });
  }
}

/** What every shape answers besides its drawing. Without a name, an action and a value it is decoration, and not read aloud. */
export function shape(env: Env, update: (values: Values) => void, says?: () => string): Drawn {
  let value = "";
  return {
    update(values) {
      update(values);
      value = says?.() ?? "";
    },
    ...clickable(env),
    describe: () => {
      const acts = env.actions.includes("click");
      if (!acts && env.name === "" && value === "") return { role: "none", label: "" };
      return { role: acts ? "button" : "img", label: env.name, value };
    },
  };
}

/** The level of a vessel as a fraction, how it is spoken, and whether it is bound but not known. */
export function levelOf(
  values: Values,
  settings: Settings,
  env: Env,
): { level: number | undefined; unknown: boolean; uncertain: boolean; text: string } {
  const now = shown(values, settings, "level");
  const n = numeric(now);
  const bound = values.level !== undefined;
  return {
    level: n === undefined ? undefined : Math.max(0, Math.min(1, n / 100)),
    unknown: bound && n === undefined,
    uncertain: bound && now.look === "uncertain",
    text:
      bound || n !== undefined
        ? [n === undefined ? "" : `${Math.round(n)} %`, lookText(now.look, env.lang)].filter(Boolean).join(" ")
        : "",
  };
}

/** The colour of the level when nothing else is said. */
export const levelTone = "band";

/** A colour as the document says it, live or not, for shapes whose outline is always seen. */
export const strokeOf = (values: Values, settings: Settings): string | undefined =>
  tone(values, settings, "stroke", "line");

/** A fixed colour of the document. */
export const fixedTone = (settings: Settings, name: string, otherwise: string): string =>
  string(settings, name) || otherwise;
