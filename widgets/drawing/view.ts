import type { Drawing } from "@lineside/client";
import { type Look, look } from "@lineside/scene";
import { clickable, lookText, string } from "../kit";
import type { At, DrawingView, Drawn, Env, Values } from "../view";
import { type Laid, leavesOf, lengthOf, place, type Shape } from "./parts";

/** The values that animations give to one part: what → value. */
type State = Record<string, unknown>;

/** A compiled drawing. Its named parts follow values by animations that name them. */
export default {
  live: ["fill", "stroke"],
  build(g, box, settings, env) {
    const drawing = settings.drawing as Drawing | undefined;
    if (!drawing || typeof drawing !== "object") {
      g.rect({ x: 0, y: 0, ...box, stroke: "line", fill: "surface" });
      g.path({ points: [1, 1, box.width - 1, box.height - 1], stroke: "equipment" });
      g.path({ points: [1, box.height - 1, box.width - 1, 1], stroke: "equipment" });
      return () => {};
    }
    const laid = leavesOf(drawing, box, settings.fit === "stretch");
    const shapes: Shape[] = laid.leaves.map((leaf) => ({ leaf, part: place(g, leaf) }));
    // One of the app's own says which of its parts can be clicked.
    const clicks = Array.isArray(settings.clicks) ? (settings.clicks as Click[]) : undefined;
    const mark = g.text({ x: 2, y: 1, text: "", size: 14, weight: 700, color: "text", visible: false });
    let told = "";
    let worst: Look = "good";
    const update = (values: Values) => {
      const states = new Map<string, State>();
      const all: State = { fill: settings.fill, stroke: settings.stroke };
      worst = clicks ? worstOf(values) : "good";
      for (const name in values) {
        const v = values[name]?.v;
        if (!clicks && (name === "fill" || name === "stroke")) all[name] = v ?? undefined;
        const [, id, what] = /^part:(.+):(\w+)$/.exec(name) ?? [];
        // A value that is not known leaves the part as it was drawn; a text says so.
        if (id && what) states.set(id, { ...states.get(id), [what]: v ?? (what === "text" ? "?" : undefined) });
      }
      const key = JSON.stringify([all, worst, ...states]);
      if (key === told) return;
      told = key;
      for (const shape of shapes) paint(shape, all, states, laid);
      mark.set({ visible: marks[worst] !== undefined, text: marks[worst] ?? "" } as never);
    };
    const acts = clicks?.length ? parts(clicks, laid, env) : clickable(env);
    return {
      update,
      ...acts,
      describe: () => ({
        role: acts.act ? "button" : "img",
        label: string(settings, "label") || env.name || (clicks ? env.title : drawing.name || env.title),
        ...(worst === "good" ? {} : { value: lookText(worst, env.lang) }),
      }),
    };
  },
} satisfies DrawingView;

/** A part that tells an event. */
interface Click {
  part: string;
  event: string;
}

/** What stands in the corner of a picture that does not show what is. */
const marks: Partial<Record<Look, string>> = { bad: "×", uncertain: "~" };

/** The worst that the values of a widget look like. */
function worstOf(values: Values): Look {
  let worst: Look = "good";
  for (const name in values) {
    const l = values[name];
    if (!l || name.startsWith("part:") || name.startsWith("own:")) continue;
    const k = look(l.q);
    if (order.indexOf(k) > order.indexOf(worst)) worst = k;
  }
  return worst;
}

const order: readonly Look[] = ["unset", "good", "override", "uncertain", "waiting", "bad"];

/** Parts that are clicked. By the keyboard the arrow keys choose one, the first at the beginning. */
function parts(clicks: readonly Click[], laid: Laid, env: Env): Pick<Drawn, "act" | "takes" | "key"> {
  let chosen = 0;
  const hit = (at: At): Click | undefined =>
    clicks.findLast(({ part }) => {
      const b = laid.boxes.get(part);
      return b && at.x >= b.x0 && at.x <= b.x1 && at.y >= b.y0 && at.y <= b.y1;
    });
  return {
    act: (at) => {
      const c = at ? hit(at) : clicks[chosen];
      if (c) void env.emit(c.event).catch(() => {});
    },
    takes: (at) => hit(at) !== undefined,
    key: (key) => {
      const step = key === "ArrowRight" || key === "ArrowDown" ? 1 : key === "ArrowLeft" || key === "ArrowUp" ? -1 : 0;
      if (step === 0 || clicks.length < 2) return false;
      chosen = (chosen + step + clicks.length) % clicks.length;
      return true;
    },
  };
}

/** Turned, scaled and moved: p → turn(p) · scale + (x, y); degrees clockwise. */
interface Similar {
  turn: number;
  scale: number;
  x: number;
  y: number;
}

/** First b, then a. */
function after(a: Similar, b: Similar): Similar {
  const p = put(a, b.x, b.y);
  return { turn: a.turn + b.turn, scale: a.scale * b.scale, ...p };
}

function put(t: Similar, x: number, y: number): { x: number; y: number } {
  const angle = (t.turn * Math.PI) / 180;
  const cos = Math.cos(angle) * t.scale;
  const sin = Math.sin(angle) * t.scale;
  return { x: x * cos - y * sin + t.x, y: x * sin + y * cos + t.y };
}

const still: Similar = { turn: 0, scale: 1, x: 0, y: 0 };

const numberOf = (v: unknown, otherwise: number): number =>
  typeof v === "number" && Number.isFinite(v) ? v : otherwise;

/** A value as the text of a part: numbers without the noise of their last digits. */
const textOf = (v: unknown): string =>
  typeof v === "number" ? String(Number(v.toPrecision(12))) : typeof v === "object" ? JSON.stringify(v) : String(v);

/** The dashes of a line of which a part is drawn. */
function drawnTo(leaf: Shape["leaf"], progress: number): { dash?: readonly number[] | undefined } {
  if (leaf.kind !== "path") return {};
  if (progress >= 1) return { dash: leaf.dash };
  const length = lengthOf(leaf.data);
  return { dash: [Math.max(0.001, length * progress), length + 1] };
}

/** Sets what one leaf looks like by the states of the parts that it is in, from the outermost. */
function paint({ leaf, part }: Shape, all: State, states: ReadonlyMap<string, State>, { middles, unit }: Laid): void {
  let t = still;
  let text: string | undefined;
  let progress = 1;
  let visible = !leaf.hidden;
  let opacity = leaf.opacity;
  let blink = false;
  let fill = leaf.fill && ((all.fill as string | undefined) ?? leaf.fill);
  let stroke = leaf.stroke && ((all.stroke as string | undefined) ?? leaf.stroke);
  for (const id of leaf.chain) {
    const s = states.get(id);
    if (!s) continue;
    if (s.visible !== undefined) visible = s.visible === true;
    opacity *= numberOf(s.opacity, 1);
    blink ||= s.blink === true;
    if (typeof s.fill === "string" && leaf.fill) fill = s.fill;
    if (typeof s.stroke === "string" && leaf.stroke) stroke = s.stroke;
    const turn = numberOf(s.rotate, 0);
    const scale = numberOf(s.scale, 1);
    if (s.text !== undefined) text = textOf(s.text);
    progress = Math.min(progress, Math.max(0, numberOf(s.progress, 1)));
    const [mx, my] = Array.isArray(s.move) ? (s.move as [number, number]) : [0, 0];
    const [dx, dy] = [mx + numberOf(s.x, 0) * unit.x, my + numberOf(s.y, 0) * unit.y];
    if (turn === 0 && scale === 1 && dx === 0 && dy === 0) continue;
    const c = middles.get(id) ?? { x: 0, y: 0 };
    const about = put({ turn, scale, x: 0, y: 0 }, -c.x, -c.y);
    t = after(t, { turn, scale, x: c.x + dx + about.x, y: c.y + dy + about.y });
  }
  const common = { visible, opacity, blink };
  if (leaf.kind === "path")
    part.set({
      ...common,
      fill,
      stroke,
      x: t.x,
      y: t.y,
      rotate: t.turn,
      scale: t.scale,
      ...drawnTo(leaf, progress),
    } as never);
  else if (leaf.kind === "text") {
    const p = put(t, leaf.x, leaf.baseline);
    const size = leaf.size * t.scale;
    part.set({ ...common, text: text ?? leaf.text, color: fill, x: p.x, y: leaf.top(p.y, size), size } as never);
  } else {
    const p = put(t, leaf.x + leaf.width / 2, leaf.y + leaf.height / 2);
    const [w, h] = [leaf.width * t.scale, leaf.height * t.scale];
    part.set({ ...common, x: p.x - w / 2, y: p.y - h / 2, width: w, height: h } as never);
  }
}
