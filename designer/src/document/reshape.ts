// Changing the points that a line is drawn through.
import type { Joint } from "@lineside/client";
import type { Document } from "./document";
import { type Box, level } from "./geometry";
import { type End, ends } from "./joints";
import { flagged, writeBoxes } from "./layout";
import { boxed, fractionsOf, seenOn, strideOf } from "./points";
import type { ScreenRecord } from "./state";

/** Draws a line through other points, given on the screen, as one step; a joint that is named is set, or with undefined let go of. */
export function reshape(
  doc: Document,
  screenId: string,
  id: string,
  points: readonly number[],
  joints: { [end in End]?: Joint | undefined } = {},
  merge?: string,
): void {
  const w = doc.state.screens[screenId]?.widgets[id];
  if (!w) return;
  const m = doc.kinds(w.type);
  const { box, fractions } = boxed(points, strideOf(m), w.props?.closed === true);
  doc.change(
    "draw:step.points",
    (d) => {
      const target = d.screens[screenId]?.widgets[id];
      if (!target) return;
      writeBoxes(d, doc.state, screenId, new Map<string, Box>([[id, box]]));
      if (JSON.stringify(fractionsOf(w, m)) !== JSON.stringify(fractions))
        target.props = { ...target.props, points: fractions } as typeof target.props;
      for (const end of ends) {
        if (!(end in joints)) continue;
        const joint = joints[end];
        if (joint && (w[end]?.widget !== joint.widget || w[end]?.point !== joint.point)) target[end] = { ...joint };
        else if (!joint) delete target[end];
      }
    },
    { merge },
  );
}

/** Why the points of a widget cannot be edited, as the key of a text; undefined when they can. */
export function fixedPoints(screen: ScreenRecord, id: string): string | undefined {
  if (flagged(screen, id, "locked")) return "draw:say.locked";
  return seenOn(screen, id)?.turn === level ? undefined : "draw:say.turned";
}
