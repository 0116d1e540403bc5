import { Readout, size } from "@lineside/scene";
import { symbols } from "../icons.gen";
import { clickable, lookText, saidOf, shown, string, usable } from "../kit";
import { shownAddress } from "../media";
import { means } from "../states";
import { seconds } from "../trend/view";
import type { DrawingView, Settings } from "../view";

/** The most characters of a picture in a tag. */
const most = 8 << 20;

interface Row {
  is: string;
  text: string;
  src: string;
}

function rowsOf(settings: Settings): Row[] {
  const rows = Array.isArray(settings.states) ? settings.states : [];
  const textOf = (v: unknown) =>
    typeof v === "string" ? v : typeof v === "number" || typeof v === "boolean" ? String(v) : "";
  return rows.flatMap((r: unknown) =>
    typeof r === "object" && r !== null
      ? [{ is: textOf((r as Row).is).trim(), text: textOf((r as Row).text), src: textOf((r as Row).src) }]
      : [],
  );
}

/** The picture that a value is: itself, or under an address. */
export function pictureOf(v: unknown): { src: string; fetched: boolean } | undefined {
  if (typeof v !== "string" || v.length > most) return undefined;
  if (/^data:image\/(png|jpeg|webp|gif|svg\+xml)[;,]/i.test(v)) return { src: v, fetched: false };
  // Bare base64, as cameras and PLCs write it, told by how the files begin.
  const kind = /^iVBORw0KGgo/.test(v)
    ? "png"
    : v.startsWith("/9j/")
      ? "jpeg"
      : v.startsWith("R0lGOD")
        ? "gif"
        : v.startsWith("UklGR")
          ? "webp"
          : "";
  if (kind) return { src: `data:image/${kind};base64,${v}`, fetched: false };
  if (!/^(https?:\/\/|\/(?!\/))/i.test(v)) return undefined;
  const url = shownAddress(v);
  return url && { src: url.href, fetched: true };
}

/** A picture by a value. One that has a doubtful value carries a mark; without a value there is none. */
export default {
  build(g, box, settings, env) {
    const rows = rowsOf(settings);
    const fit = settings.fit === "cover" || settings.fit === "stretch" ? settings.fit : "contain";
    const every = seconds(string(settings, "refresh"));
    const frame = g.group({ visible: false });
    frame.rect({ x: 0, y: 0, ...box, stroke: "line", fill: "surface" });
    frame.path({ points: [1, 1, box.width - 1, box.height - 1], stroke: "equipment" });
    frame.path({ points: [1, box.height - 1, box.width - 1, 1], stroke: "equipment" });
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    let base = "";
    let turn = 0;
    const again = (failed: boolean) => {
      clearTimeout(timer);
      if (gone || base === "" || !(every || failed)) return;
      timer = setTimeout(
        () => {
          const url = new URL(base);
          url.searchParams.set("_", `${Date.now().toString(36)}${turn++}`);
          picture.set({ src: url.href });
        },
        Math.max(200, (failed ? Math.max(5, every ?? 0) : (every ?? 5)) * 1000),
      );
    };
    const picture = g.image({
      x: 0,
      y: 0,
      ...box,
      src: "",
      fit,
      onState: (ok) => {
        if (gone) return;
        frame.set({ visible: !ok });
        again(!ok);
      },
    });
    const px = Math.max(9, Math.min(size.body, box.height * 0.2));
    const readout = new Readout(g, { x: 0, y: 0, ...box, size: px, align: "center", color: "text" });
    const mark = { x: Math.max(0, box.width - px * 1.3), y: 0, width: px * 1.3, height: px * 1.3 };
    const ground = g.rect({ ...mark, fill: "surface", visible: false });
    const query = g.text({ ...mark, text: "?", size: px, weight: 700, align: "center", visible: false });
    const hand = g.path({
      ...mark,
      d: symbols.hand ?? "M0 0",
      scale: (px * 1.3) / 24,
      stroke: "text",
      strokeWidth: 2.5,
      visible: false,
    });
    let now = shown({}, settings, "value");
    const row = () => (usable(now) ? rows.find((r) => means(r.is, now.v)) : undefined);
    return {
      update(values) {
        now = shown(values, settings, "value");
        const r = row();
        const own = r?.src ? { src: r.src, fetched: false } : usable(now) ? pictureOf(now.v) : undefined;
        if (own?.fetched) {
          if (base !== own.src) {
            clearTimeout(timer);
            base = own.src;
            picture.set({ src: base });
          }
        } else {
          clearTimeout(timer);
          base = "";
          picture.set({ src: own?.src ?? "" });
        }
        picture.set({ visible: own !== undefined, opacity: now.look === "uncertain" ? 0.6 : 1 });
        if (!own) frame.set({ visible: now.look !== "waiting" });
        else if (!own.fetched) frame.set({ visible: false });
        // A value without a picture is said as it is.
        readout.set(
          own ? "" : r?.text || (usable(now) ? saidOf(now.v, undefined, env).slice(0, 100) : ""),
          own ? "good" : now.look,
        );
        ground.set({ visible: own !== undefined && (now.look === "uncertain" || now.look === "override") });
        query.set({ visible: own !== undefined && now.look === "uncertain" });
        hand.set({ visible: own !== undefined && now.look === "override" });
      },
      ...clickable(env),
      describe: () => ({
        role: env.actions.includes("click") ? "button" : "img",
        label: string(settings, "label") || env.name || env.title,
        value: [row()?.text ?? "", now.look === "unset" ? "" : lookText(now.look, env.lang)].filter(Boolean).join(" "),
      }),
      destroy() {
        gone = true;
        clearTimeout(timer);
      },
    };
  },
} satisfies DrawingView;
