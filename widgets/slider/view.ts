import { Readout, size } from "@lineside/scene";
import { Adjust, everyOf, stepOf } from "../adjust";
import { rampText } from "../control";
import { InputFrame } from "../inputframe";
import { fixed, flag, numeric, scaleOf, ticks } from "../kit";
import { drawTrack } from "../scale";
import type { At, DrawingView } from "../view";

/** A handle on a range. Dragging shows what it will be; letting go sets it. */
export default {
  build(g, box, settings, env) {
    const s = scaleOf(settings, env);
    let draw = () => {};
    const frame = new InputFrame(g, box, settings, env, () => draw(), "value", true);
    const down = settings.direction === "vertical";
    const step = stepOf(settings, s.decimals, s.low, s.high);
    const handle = Math.max(8, Math.min(24, (down ? box.width : frame.height) * 0.45));
    const type = Math.max(9, Math.min(size.large, frame.height * 0.32));
    const small = Math.max(8, Math.min(size.small - 2, type * 0.8));
    // The value stands above the track, the marks of its range beside it.
    const line = frame.height >= 44 ? type * 1.3 : 0;
    const marks = flag(settings, "scale") && (down ? box.width >= 64 : frame.height >= 60) ? small * 1.5 : 0;
    const readout = line
      ? new Readout(g, {
          x: 0,
          y: frame.top,
          width: box.width,
          height: line,
          size: type,
          align: down ? "center" : "start",
        })
      : undefined;
    const from = frame.top + line;
    const room = box.height - from;
    const thick = 8;
    const track = drawTrack(
      g,
      s,
      down
        ? {
            x: (box.width - marks * 2 - thick) / 2,
            y: from + handle / 2,
            width: thick,
            height: Math.max(1, room - handle),
            vertical: true,
          }
        : {
            x: handle / 2,
            y: from + (room - marks - thick) / 2,
            width: Math.max(1, box.width - handle),
            height: thick,
            vertical: false,
          },
    );
    const middle = down ? track.x + thick / 2 : track.y + thick / 2;
    if (marks)
      for (const v of ticks(s.low, s.high, Math.max(2, (down ? track.height : track.width) / 70))) {
        const a = track.along(s.at(v));
        if (down) {
          g.line({ x1: middle + handle / 2, y1: a, x2: middle + handle / 2 + 5, y2: a, stroke: "line" });
          g.text({
            x: middle + handle / 2 + 8,
            y: a - 8,
            height: 16,
            text: fixed(v, undefined),
            size: small,
            color: "muted",
          });
        } else {
          g.line({ x1: a, y1: middle + handle / 2, x2: a, y2: middle + handle / 2 + 4, stroke: "line" });
          const w = 56;
          const x = Math.max(0, Math.min(box.width - w, a - w / 2));
          const align = a - w / 2 < 0 ? "start" : a + w / 2 > box.width ? "end" : "center";
          g.text({
            x,
            y: box.height - small * 1.2,
            width: w,
            height: small * 1.2,
            text: fixed(v, undefined),
            size: small,
            color: "muted",
            align,
          });
        }
      }
    // Where it is: a bar on the track. Where it is to be: the handle.
    const bar = g.rect({ x: 0, y: 0, width: 0, height: 0, fill: "live", visible: false });
    const knob = g.rect({
      x: 0,
      y: 0,
      width: handle,
      height: handle,
      radius: handle / 2,
      fill: "lit",
      stroke: "line",
      strokeWidth: 2,
    });
    let held = false;
    const present = () => numeric(frame.now);
    const adjust = new Adjust({
      low: s.low,
      high: s.high,
      step,
      control: frame.control,
      present,
      draw: () => draw(),
      every: everyOf(settings, env),
    });
    draw = () => {
      const n = present();
      const to = adjust.wanted;
      const at = to ?? n;
      const k = track.along(s.at(at ?? s.low));
      const zero = track.along(0);
      const end = track.along(s.at(n ?? s.low));
      bar.set(
        down
          ? { x: track.x, y: Math.min(zero, end), width: thick, height: Math.abs(zero - end), visible: n !== undefined }
          : {
              x: Math.min(zero, end),
              y: track.y,
              width: Math.abs(zero - end),
              height: thick,
              visible: n !== undefined,
            },
      );
      knob.set({
        ...(down ? { x: middle - handle / 2, y: k - handle / 2 } : { x: k - handle / 2, y: middle - handle / 2 }),
        visible: at !== undefined || frame.open,
        fill: held ? "equipment" : at === undefined ? "ground" : "lit",
        stroke: frame.open ? "interactive" : "line",
        strokeWidth: frame.open ? 3 : 1,
      });
      const unit = s.unit === "" ? "" : ` ${s.unit}`;
      const said = n === undefined ? "" : fixed(n, s.decimals);
      const text =
        to !== undefined && to !== n
          ? `${said} → ${fixed(to, s.decimals)}${unit}${frame.control.pending ? " …" : ""}`
          : said + (said ? unit : "");
      readout?.set(text, frame.now.look);
      frame.show(readout ? "" : text || " ");
    };
    draw();
    const valueAt = (p: At) => {
      const k = down ? (track.y + track.height - p.y) / track.height : (p.x - track.x) / track.width;
      return s.low + k * (s.high - s.low);
    };
    return {
      update(values) {
        frame.take(values);
        draw();
      },
      ...(frame.writable
        ? {
            cursor: down ? "ns-resize" : "ew-resize",
            takes: (p: At) => p.y >= from,
            active: () => frame.free || held,
            act(p?: At) {
              // Enter on the handle sets what the keys have chosen, or asks for a number.
              if (p) adjust.move(valueAt(p));
              else if (adjust.wanted === undefined) {
                void adjust.ask(env, s, present());
                return;
              }
              void adjust.commit();
            },
            drag: (p: At) => adjust.move(valueAt(p)),
            press(on: boolean, kept = true) {
              const moved = held && !on && adjust.wanted !== undefined;
              held = on;
              if (moved && kept) void adjust.commit();
              else if (moved) adjust.revert();
              draw();
            },
            key: (key: string) => adjust.key(key),
          }
        : {}),
      destroy: () => adjust.destroy(),
      describe: () => {
        const n = present();
        const to = adjust.wanted;
        const said = [
          n === undefined ? "" : `${fixed(n, s.decimals)} ${s.unit}`.trim(),
          to === undefined || to === n ? "" : `→ ${fixed(to, s.decimals)}`,
          rampText(env, "value", s.decimals),
        ];
        return frame.describe("slider", said.filter(Boolean).join(" "), {
          valuenow: String(to ?? n ?? s.low),
          valuemin: String(s.low),
          valuemax: String(s.high),
          valuetext: said.filter(Boolean).join(" ") || "– –",
          orientation: down ? "vertical" : "horizontal",
        });
      },
    };
  },
} satisfies DrawingView;
