// Changing which choice of its variant a widget is, such as its symbol.
import type { Widget } from "@lineside/client";
import type { Document } from "./document";
import type { Box } from "./geometry";
import { presetOf } from "./joints";
import { structureOf, writeBoxes } from "./layout";

/**
 * Gives widgets another preset, as one step. Bindings and places stay, ends of lines too that hold on
 * to a point which the new one has by the same name. A box gets the proportions of the new one about
 * its middle, as much larger or smaller as it was before.
 */
export function setPreset(doc: Document, screenId: string, ids: readonly string[], preset: string): void {
  const screen = doc.state.screens[screenId];
  if (!screen) return;
  const boxes = new Map<string, Box>();
  const named = new Map<string, string>();
  for (const id of ids) {
    const w = screen.widgets[id] as Widget | undefined;
    const m = doc.kinds(w?.type ?? "");
    const before = presetOf(m, w?.props);
    const next = m?.presets?.find((p) => p.id === preset);
    const box = structureOf(screen).boxes.get(id);
    if (!w || !m?.variant || !next || !box || before?.id === preset) continue;
    named.set(id, m.variant);
    const scale = before ? Math.min(box.w / before.size.width, box.h / before.size.height) : 1;
    const [width, height] = [Math.round(next.size.width * scale), Math.round(next.size.height * scale)];
    const same = before && before.size.width * next.size.height === next.size.width * before.size.height;
    if (!same) boxes.set(id, { x: box.x + (box.w - width) / 2, y: box.y + (box.h - height) / 2, w: width, h: height });
  }
  if (named.size === 0) return;
  doc.change("symbols:step", (d) => {
    const s = d.screens[screenId];
    for (const [id, variant] of named) {
      const w = s?.widgets[id];
      if (w) w.props = { ...w.props, [variant]: preset };
    }
    writeBoxes(d, doc.state, screenId, boxes);
  });
}
