import { size } from "@lineside/scene";
import { clamp, clickable, number, numeric, sayAnalog, scaleOf, shown, string } from "../kit";
import { textOfValue, ValueLine } from "../scale";
import { Ring } from "../trend/ring";
import { seconds } from "../trend/view";
import type { DrawingView } from "../view";

/** Samples kept at most: more than one for each pixel says nothing. */
const most = 600;

/** A value, and the line of its last minutes; the normal band lies behind it. */
export default {
  live: ["value"],
  build(g, box, settings, env) {
    const s = scaleOf(settings, env);
    const span = clamp(seconds(string(settings, "span")) ?? 600, 10, 24 * 3600);
    const wide = box.width >= box.height * 2;
    const px = Math.max(9, Math.min(size.small, box.height * 0.26));
    const head = s.label !== "" && box.height >= 40 ? px * 1.4 : 0;
    if (head > 0) g.text({ x: 0, y: 0, width: box.width, height: head, text: s.label, size: px, color: "muted" });
    const type = Math.max(10, Math.min(size.title, (box.height - head) * (wide ? 0.6 : 0.35)));
    const valueBox = wide
      ? { x: 0, y: head, width: box.width * 0.45, height: box.height - head }
      : { x: 0, y: head, width: box.width, height: type * 1.4 };
    const value = new ValueLine(g, valueBox, type, Math.max(9, type * 0.6), s.unit, "end");
    const plot = wide
      ? { x: box.width * 0.45 + 10, y: head + 3, width: box.width * 0.55 - 14, height: box.height - head - 6 }
      : { x: 2, y: head + type * 1.4 + 2, width: box.width - 6, height: box.height - head - type * 1.4 - 6 };
    plot.width = Math.max(1, plot.width);
    plot.height = Math.max(1, plot.height);
    const fixedRange = number(settings, "low") !== undefined && number(settings, "high") !== undefined;
    const band = g.rect({ x: plot.x, y: 0, width: plot.width, height: 0, fill: "band", opacity: 0.6 });
    g.line({
      x1: plot.x,
      y1: plot.y + plot.height,
      x2: plot.x + plot.width,
      y2: plot.y + plot.height,
      stroke: "line",
    });
    const line = g.path({ d: "M0 0", stroke: "live", strokeWidth: 1.5, visible: false });
    const dot = g.ellipse({ x: 0, y: 0, rx: 2.5, fill: "live", visible: false });
    // Kept while the widget is built again, as for another language.
    const key = `sparkline ${env.meta("value")?.path ?? ""} ${span}`;
    let ring = env.memory.get(key) as Ring | undefined;
    let gone = false;
    let now = shown({}, settings, "value");
    if (!ring) {
      ring = new Ring(most);
      env.memory.set(key, ring);
      const until = Date.now();
      void env.history?.("value", until - span * 1000, until, Math.round(plot.width)).then(
        (samples) => {
          ring?.replace(
            samples.map((x) => ({ t: x.t / 1000, v: numeric(shown({ value: x }, {}, "value")) ?? Number.NaN })),
          );
          if (!gone) draw();
        },
        () => {}, // without a history the line begins now
      );
    }
    const samples = ring;

    function draw() {
      const end = Math.max(samples.last, 0);
      const begin = end - span;
      let low = s.low;
      let high = s.high;
      if (!fixedRange && samples.length > 0) {
        low = Number.POSITIVE_INFINITY;
        high = Number.NEGATIVE_INFINITY;
        for (let i = 0; i < samples.length; i++) {
          const { v } = samples.at(i);
          if (Number.isNaN(v)) continue;
          low = Math.min(low, v);
          high = Math.max(high, v);
        }
        if (!(high > low)) {
          const middle = Number.isFinite(low) ? low : 0;
          low = middle - 1;
          high = middle + 1;
        }
      }
      const y = (v: number) => plot.y + plot.height * (1 - clamp((v - low) / (high - low), 0, 1));
      const x = (t: number) => plot.x + plot.width * clamp((t - begin) / span, 0, 1);
      const inBand = s.normal && fixedRange;
      band.set(
        inBand && s.normal
          ? { visible: true, y: y(s.normal.to), height: Math.max(0, y(s.normal.from) - y(s.normal.to)) }
          : { visible: false },
      );
      let d = "";
      let pen = false;
      let last = 0;
      for (let i = 0; i < samples.length; i++) {
        const { t, v } = samples.at(i);
        if (Number.isNaN(v)) {
          if (pen) d += `H${x(t).toFixed(1)}`;
          pen = false;
          continue;
        }
        // A value holds until the next: steps, as it was.
        d += pen ? `H${x(t).toFixed(1)}V${y(v).toFixed(1)}` : `M${x(t).toFixed(1)} ${y(v).toFixed(1)}`;
        pen = true;
        last = v;
      }
      const soft = now.look === "uncertain";
      line.set({ visible: d !== "", d: d || "M0 0", opacity: soft ? 0.5 : 1 });
      dot.set({ visible: pen && numeric(now) !== undefined, x: x(end), y: y(last), opacity: soft ? 0.5 : 1 });
    }

    let told = "";
    return {
      update(values) {
        now = shown(values, settings, "value");
        value.set(textOfValue(now, s), now.look);
        const l = values.value;
        const n = numeric(now);
        const is = `${n} ${now.look}`;
        if (is === told) return; // the line has it already
        told = is;
        if (l) {
          samples.push(l.t / 1000, n ?? Number.NaN);
          samples.trim(samples.last - span);
        }
        draw();
      },
      ...clickable(env),
      describe: () => sayAnalog(s, env, now, env.actions.includes("click") ? "button" : "img"),
      destroy() {
        gone = true;
      },
    };
  },
} satisfies DrawingView;
