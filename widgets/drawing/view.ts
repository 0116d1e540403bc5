import type { Drawing } from "@lineside/client";
import { clickable, string } from "../kit";
import type { DrawingView, Values } from "../view";
import { leavesOf, place, type Shape } from "./parts";

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
    const { leaves, middles } = leavesOf(drawing, box, settings.fit === "stretch");
    const shapes: Shape[] = leaves.map((leaf) => ({ leaf, part: place(g, leaf) }));
    let told = "";
    const update = (values: Values) => {
      const states = new Map<string, State>();
      const all: State = { fill: settings.fill, stroke: settings.stroke };
      for (const name in values) {
        const v = values[name]?.v;
        if (name === "fill" || name === "stroke") all[name] = v ?? undefined;
        const [, id, what] = /^part:(.+):(\w+)$/.exec(name) ?? [];
        if (id && what) states.set(id, { ...states.get(id), [what]: v });
      }
      const key = JSON.stringify([all, ...states]);
      if (key === told) return;
      told = key;
      for (const shape of shapes) paint(shape, all, states, middles);
    };
    return {
      update,
      ...clickable(env),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "img",
        label: string(settings, "label") || env.name || drawing.name || env.title,
      }),
    };
  },
} satisfies DrawingView;

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

/** Sets what one leaf looks like by the states of the parts that it is in, from the outermost. */
function paint(
  { leaf, part }: Shape,
  all: State,
  states: ReadonlyMap<string, State>,
  middles: ReadonlyMap<string, { x: number; y: number }>,
): void {
  let t = still;
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
    const [dx, dy] = Array.isArray(s.move) ? (s.move as [number, number]) : [0, 0];
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
    } as never);
  else if (leaf.kind === "text") {
    const p = put(t, leaf.x, leaf.baseline);
    const size = leaf.size * t.scale;
    part.set({ ...common, color: fill, x: p.x, y: leaf.top(p.y, size), size } as never);
  } else {
    const p = put(t, leaf.x + leaf.width / 2, leaf.y + leaf.height / 2);
    const [w, h] = [leaf.width * t.scale, leaf.height * t.scale];
    part.set({ ...common, x: p.x - w / 2, y: p.y - h / 2, width: w, height: h } as never);
  }
}
