import { Readout, size } from "@lineside/scene";
import { encode } from "uqr";
import { symbols } from "../icons.gen";
import { clickable, labelOf, lookText, saidOf, shown, string, usable } from "../kit";
import { word } from "../media";
import type { DrawingView } from "../view";

/** The most characters of a code; more cannot be read from a screen. */
const most = 1200;
const levels = ["L", "M", "Q", "H"] as const;

/** A code, black on white in every theme: that is what cameras read. What is not known is no code. */
export default {
  build(g, box, settings, env) {
    const label = string(settings, "label") && labelOf(settings, env);
    const px = Math.max(9, Math.min(size.small, box.height * 0.12));
    const foot = label !== "" && box.height >= 64 ? px * 1.5 : 0;
    if (foot > 0)
      g.text({ x: 0, y: box.height - foot, width: box.width, height: foot, text: label, size: px, align: "center" });
    const d = Math.max(1, Math.min(box.width, box.height - foot));
    const at = { x: (box.width - d) / 2, y: (box.height - foot - d) / 2 };
    const paper = g.rect({ ...at, width: d, height: d, fill: "#FFFFFF", visible: false });
    const code = g.path({ ...at, d: "M0 0", fill: "#000000", visible: false });
    const readout = new Readout(g, { ...at, width: d, height: d, size: px, align: "center", color: "text" });
    const mark = Math.max(8, d * 0.16);
    const query = g.text({
      x: at.x + d - mark,
      y: at.y,
      height: mark,
      text: "?",
      size: mark,
      weight: 700,
      color: "#000000",
      visible: false,
    });
    const hand = g.path({
      x: at.x + d - mark,
      y: at.y,
      d: symbols.hand ?? "M0 0",
      scale: mark / 24,
      stroke: "#000000",
      strokeWidth: 3,
      visible: false,
    });
    const ecc = levels.find((l) => l === settings.level) ?? "M";
    let now = shown({}, settings, "value");
    const text = () => (usable(now) ? saidOf(now.v, undefined, env) : "");
    let drawn: string | undefined;
    let made = false;
    /** Path data of the modules of a code, a row of black ones as one; "" when it is too much for a code. */
    const pathOf = (said: string): { path: string; size: number } => {
      try {
        const { data, size } = encode(said, { ecc, border: 2 });
        let path = "";
        for (const [y, row] of data.entries())
          for (let x = 0; x < row.length; x++) {
            if (!row[x]) continue;
            let end = x;
            while (row[end + 1]) end++;
            path += `M${x} ${y}H${end + 1}V${y + 1}H${x}Z`;
            x = end;
          }
        return { path, size };
      } catch {
        return { path: "", size: 1 };
      }
    };
    return {
      update(values) {
        now = shown(values, settings, "value");
        const said = text();
        if (said !== drawn) {
          drawn = said;
          const { path, size } = said !== "" && said.length <= most ? pathOf(said) : { path: "", size: 1 };
          made = path !== "";
          code.set({ d: path || "M0 0", scale: d / size });
        }
        paper.set({ visible: made });
        code.set({ visible: made });
        query.set({ visible: made && now.look === "uncertain" });
        hand.set({ visible: made && now.look === "override" });
        readout.set(made || said === "" ? "" : word("long", env.lang), made || said !== "" ? "good" : now.look);
      },
      ...clickable(env),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "img",
        label: label || env.name || env.title,
        value: [text().slice(0, 300), now.look === "unset" ? "" : lookText(now.look, env.lang)]
          .filter(Boolean)
          .join(" "),
      }),
    };
  },
} satisfies DrawingView;
