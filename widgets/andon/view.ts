import { type Group, Readout } from "@lineside/scene";
import { symbols } from "../icons.gen";
import { clickable, fixed, lookText, numeric, saidOf, string, usable } from "../kit";
import { on, stateOf, statesOf } from "../states";
import type { DrawingView } from "../view";
import { columnsOf, type Station, slots, stationsOf } from "./stations";

const live = ["value", ...slots.flatMap((n) => [`name${n}`, `state${n}`, `calls${n}`])];

/** A board of stations: light, name, state in words, and calls. Every cell is as large as the board lets it be. */
export default {
  live,
  build(g, box, settings, env) {
    const states = statesOf(settings);
    const title = string(settings, "title");
    const head = title !== "" && box.height >= 120 ? Math.min(48, box.height * 0.14) : 0;
    if (head > 0)
      g.text({
        x: 0,
        y: 0,
        width: box.width,
        height: head,
        text: title,
        size: head * 0.66,
        weight: 600,
        align: "center",
      });
    const field = { width: box.width, height: Math.max(1, box.height - head) };
    const board = g.group({ y: head });
    let stations: Station[] = [];
    let cells: ReturnType<typeof cell>[] = [];
    let layout = "";

    function cell(at: Group, w: number, h: number) {
      const ground = at.rect({ x: 0, y: 0, width: w, height: h, radius: 4, fill: "surface" });
      const frame = at.rect({ x: 0, y: 0, width: w, height: h, radius: 4, stroke: "line" });
      const pad = Math.min(12, w * 0.05, h * 0.08);
      const nameSize = Math.max(8, Math.min(h * 0.26, w * 0.14, 64));
      const textSize = Math.max(8, Math.min(h * 0.3, w * 0.16, 80));
      const d = Math.max(4, Math.min(h * 0.4, w * 0.22));
      const callSize = Math.max(8, Math.min(h * 0.22, 40));
      const name = at.text({
        x: pad,
        y: pad,
        width: Math.max(1, w - 2 * pad - callSize * 2),
        height: nameSize * 1.3,
        text: "",
        size: nameSize,
        weight: 600,
      });
      const calls = at.text({
        x: w - pad - callSize * 3,
        y: pad,
        width: callSize * 3,
        height: nameSize * 1.3,
        text: "",
        size: callSize,
        weight: 700,
        align: "end",
      });
      const low = { y: h - pad - Math.max(d, textSize * 1.3), height: Math.max(d, textSize * 1.3) };
      const mark = at.path({
        x: pad,
        y: low.y + (low.height - d) / 2,
        d: "M0 0",
        scale: d / 24,
        stroke: "text",
        strokeWidth: 2.5,
        visible: false,
      });
      const place = { x: pad * 2 + d, width: Math.max(1, w - 3 * pad - d), ...low };
      const words = at.text({ ...place, text: "", size: textSize, weight: 700, visible: false });
      const plain = new Readout(at, { ...place, size: textSize, align: "start", color: "text" });
      return (s: Station) => {
        const known = usable(s.state);
        const state = known ? stateOf(states, s.state.v) : undefined;
        const sure = s.state.look === "good" && state !== undefined;
        const tone = sure ? state.color || undefined : undefined;
        const over = tone ? on(tone) : "text";
        const said = known ? s.text || state?.text || saidOf(s.state.v, undefined, env) : "";
        ground.set({ fill: tone ?? "surface" });
        frame.set({
          stroke: state?.blink || tone ? "text" : "line",
          strokeWidth: state?.blink ? 4 : tone ? 2 : 1,
          blink: state?.blink === true,
        });
        name.set({ text: s.name, color: over });
        const n = numeric(s.calls);
        calls.set({ text: n === undefined ? "" : `${fixed(n, 0)}×`, color: over });
        const d = state?.icon ? symbols[state.icon] : undefined;
        mark.set({ visible: d !== undefined, d: d ?? "M0 0", stroke: over });
        words.set({ visible: sure, text: sure ? said : "", color: over });
        plain.set(sure ? "" : said, sure ? "good" : s.state.look);
      };
    }

    return {
      update(values) {
        stations = stationsOf(values, settings, env.bound("value"));
        const columns = columnsOf(stations.length, field, settings.columns);
        const rows = Math.max(1, Math.ceil(stations.length / columns));
        const next = `${stations.length} ${columns}`;
        if (next !== layout) {
          layout = next;
          board.clear();
          const gap = Math.min(8, field.width / columns / 10);
          const w = Math.max(1, (field.width - gap * (columns - 1)) / columns);
          const h = Math.max(1, (field.height - gap * (rows - 1)) / rows);
          cells = stations.map((_s, i) =>
            cell(board.group({ x: (i % columns) * (w + gap), y: Math.floor(i / columns) * (h + gap) }), w, h),
          );
        }
        for (const [i, s] of stations.entries()) cells[i]?.(s);
      },
      ...clickable(env),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "img",
        label: title || env.name || env.title,
        value: stations
          .map((s) => {
            const state = usable(s.state)
              ? s.text || stateOf(states, s.state.v)?.text || saidOf(s.state.v, undefined, env)
              : "";
            const calls = numeric(s.calls);
            return [s.name, state, calls === undefined ? "" : `${fixed(calls, 0)}×`, lookText(s.state.look, env.lang)]
              .filter(Boolean)
              .join(" ");
          })
          .join(", "),
      }),
    };
  },
} satisfies DrawingView;
