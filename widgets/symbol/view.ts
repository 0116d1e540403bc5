import { clamp, clickable, labelOf, string } from "../kit";
import type { DrawingView, Drawn, Values } from "../view";
import type { Figure } from "./figure";
import { load, type Symbols, stretched, symbolsNow } from "./library";
import { said } from "./state";

const live = ["state", "open", "level", "value"];

export default {
  live,
  async picture(variant, box) {
    const { library, plain } = await load();
    const pic = library[variant];
    if (!pic) return undefined;
    const s = Math.min(box.width / pic.w, box.height / pic.h);
    const tone = (name: string | undefined) =>
      name ? (plain.pid as unknown as Record<string, string>)[name] : undefined;
    return {
      width: pic.w * s,
      height: pic.h * s,
      strokes: pic.parts
        .filter((p) => p.id !== "liquid")
        .map((p) =>
          p.text
            ? {
                text: { text: p.text, x: (p.x ?? 0) * s, y: (p.y ?? 0) * s, size: (p.size ?? 16) * s },
                fill: tone(p.fill),
              }
            : {
                d: stretched(p.d ?? "", s, s),
                fill: tone(p.fill),
                stroke: tone(p.stroke),
                strokeWidth: clamp(2 * s, 1, 2),
              },
        ),
    };
  },
  build(g, box, settings, env) {
    let drawn: Figure | undefined;
    let gone = false;
    let values: Values = {};
    let degrees = 0;
    const draw = ({ library, Figure }: Symbols) => {
      drawn = new Figure(g, box, settings, env, library[string(settings, "symbol")]);
      drawn.turn(degrees);
      drawn.update(values);
    };
    const now = symbolsNow();
    if (now) draw(now);
    else
      load().then(
        (symbols) => !gone && draw(symbols),
        (e: unknown) => console.error("symbols:", e),
      );
    const out: Drawn = {
      update(v) {
        values = v;
        drawn?.update(v);
      },
      turned(a) {
        degrees = a;
        drawn?.turn(a);
      },
      destroy() {
        gone = true;
      },
      ...clickable(env),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "img",
        label: string(settings, "label") || env.name || labelOf(settings, env, "state") || env.title,
        value: said(values, settings, env),
      }),
    };
    return out;
  },
} satisfies DrawingView;
