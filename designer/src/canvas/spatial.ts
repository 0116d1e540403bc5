// Finding widgets by place without looking at all of them.
import { GridIndex, type Placed } from "../../../runtime/scene/place";
import { type Box, flagged, holds, isPlainGroup, type ScreenRecord, structureOf, touches } from "../document";
import { closedIn } from "./page/shown";

interface Entry extends Placed {
  id: string;
  order: number;
  /** Of a widget that is turned: its box as if it were not, and its angle. */
  turned?: { box: Box; angle: number };
}

const known = new WeakMap<ScreenRecord, Spatial>();

/** The visible and unlocked widgets of one state of a screen by place. */
export class Spatial {
  readonly #index = new GridIndex<Entry>();

  private constructor(screen: ScreenRecord) {
    const { drawn, boxes, turns, extents } = structureOf(screen);
    const shut = closedIn(screen);
    drawn.forEach((id, order) => {
      if (shut.has(id)) return;
      // A group that is not seen is touched where its widgets are, not where it is empty.
      if (isPlainGroup(screen.widgets[id]) || flagged(screen, id, "hidden") || flagged(screen, id, "locked")) return;
      const b = extents.get(id) as Box;
      const angle = turns.get(id)?.angle;
      // What is drawn along a line reaches beyond the box of its points.
      const { points, strokeWidth } = screen.widgets[id]?.props ?? {};
      const o = Array.isArray(points) ? (typeof strokeWidth === "number" ? strokeWidth : 10) / 2 : 0;
      const extent = { x0: b.x - o, y0: b.y - o, x1: b.x + b.w + o, y1: b.y + b.h + o };
      const turned = angle ? { box: boxes.get(id) as Box, angle } : undefined;
      this.#index.put({ id, order, extent, turned, cells: [], stamp: 0 });
    });
  }

  /** Worked out once for a state of a screen. */
  static of(screen: ScreenRecord): Spatial {
    let spatial = known.get(screen);
    if (!spatial) {
      spatial = new Spatial(screen);
      known.set(screen, spatial);
    }
    return spatial;
  }

  /** Ids at a point, the topmost first; `slack` widens thin widgets. */
  at(x: number, y: number, slack: number): string[] {
    const found = this.#index
      .query({ x0: x - slack, y0: y - slack, x1: x + slack, y1: y + slack }, [])
      .filter((e) => !e.turned || holds(wider(e.turned.box, slack), e.turned.angle, { x, y }));
    const inside = (e: Entry): number =>
      (
        e.turned
          ? holds(e.turned.box, e.turned.angle, { x, y })
          : x >= e.extent.x0 && x <= e.extent.x1 && y >= e.extent.y0 && y <= e.extent.y1
      )
        ? 1
        : 0;
    return found.sort((a, b) => inside(b) - inside(a) || b.order - a.order).map((e) => e.id);
  }

  /** Ids that touch a box, or with `whole` lie within it, in drawing order. */
  within(box: Box, whole: boolean): string[] {
    const x1 = box.x + box.w;
    const y1 = box.y + box.h;
    return this.#index
      .query({ x0: box.x, y0: box.y, x1: Math.max(x1, box.x + 0.01), y1: Math.max(y1, box.y + 0.01) }, [])
      .filter((e) =>
        whole
          ? e.extent.x0 >= box.x && e.extent.y0 >= box.y && e.extent.x1 <= x1 && e.extent.y1 <= y1
          : !e.turned || touches(e.turned.box, e.turned.angle, box),
      )
      .sort((a, b) => a.order - b.order)
      .map((e) => e.id);
  }
}

const wider = (b: Box, by: number): Box => ({ x: b.x - by, y: b.y - by, w: b.w + 2 * by, h: b.h + 2 * by });
