import { size } from "@lineside/scene";
import { Control, controlText } from "../control";
import { string } from "../kit";
import type { DrawingView } from "../view";

/** Does its action when pressed; shows dots until the device has confirmed. */
export default {
  live: [],
  build(g, box, settings, env) {
    const clicks = env.actions.includes("click");
    const able = clicks || env.actions.some((e) => ["double", "long", "down", "up"].includes(e));
    const label = string(settings, "label");
    const frame = g.rect({ x: 0, y: 0, ...box, fill: "surface", stroke: "line", radius: 4 });
    const px = Math.max(9, Math.min(size.large, Math.max(size.body, box.height * 0.3), box.height * 0.6));
    const pad = Math.min(8, box.width * 0.06);
    const fit = (box.width - 2 * pad) / Math.max(1, g.textWidth(label, px, 600));
    const text = g.text({
      x: pad,
      y: 0,
      width: box.width - 2 * pad,
      height: box.height,
      text: label,
      size: fit < 1 && fit > 0.6 ? px * fit : px,
      weight: 600,
      align: "center",
    });
    const dots = g.text({
      x: 0,
      y: box.height - 14,
      width: box.width,
      height: 12,
      text: "• • •",
      size: 10,
      color: "text",
      align: "center",
      visible: false,
    });
    const fault = g.text({
      x: box.width - 18,
      y: 2,
      width: 14,
      height: 16,
      text: "!",
      size: 14,
      weight: 700,
      color: "text",
      align: "center",
      visible: false,
    });
    let down = false;
    const draw = () => {
      const free = able && control.free;
      frame.set({
        fill: down ? "equipment" : "surface",
        stroke: free ? "interactive" : "line",
        strokeWidth: free ? 2 : 1,
      });
      text.set({ color: free ? "interactive" : "muted" });
      dots.set({ visible: control.pending });
      fault.set({ visible: control.result !== undefined });
    };
    const control: Control = new Control(env, settings, draw);
    draw();
    return {
      update: () => {},
      ...(able ? { act: () => void (clicks && control.emit("click")) } : {}),
      active: () => control.free,
      press(on) {
        down = on;
        draw();
      },
      describe: () => ({
        role: "button",
        label: label || env.name,
        value: controlText(control, env),
        state: control.state,
      }),
    };
  },
} satisfies DrawingView;
