// The stations of a board: from one list that is live, or from properties of their own.
import { type Shown, shown, usable } from "../kit";
import type { Settings, Values } from "../view";

export interface Station {
  name: string;
  state: Shown;
  text: string;
  calls: Shown;
}

/** Properties for stations one by one. */
export const slots = [1, 2, 3, 4, 5, 6] as const;

/** The most stations of a board; more cannot be read from afar. */
export const most = 60;

const none: Shown = { v: undefined, look: "unset" };

/** A list that came as JSON, or as the text of such. */
function listOf(v: unknown): unknown[] | undefined {
  if (Array.isArray(v)) return v;
  if (typeof v !== "string" || !v.trimStart().startsWith("[")) return undefined;
  try {
    const list: unknown = JSON.parse(v);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

/** The stations as they are now. What the list says has the quality of the list. */
export function stationsOf(values: Values, settings: Settings, bound: boolean): Station[] {
  const live = shown(values, settings, "value");
  if (bound || live.look !== "unset") {
    const list = usable(live) ? listOf(live.v) : undefined;
    // What is no list is the state of one station.
    if (!list) return [{ name: "", state: live, text: "", calls: none }];
    return list.slice(0, most).flatMap((row) => {
      if (typeof row !== "object" || row === null) return [];
      const r = row as Record<string, unknown>;
      const given = (v: unknown): Shown => (v === undefined || v === null ? none : { v, look: live.look });
      return [
        {
          name: String(r.name ?? ""),
          state: given(r.state),
          text: typeof r.text === "string" ? r.text : "",
          calls: given(r.calls),
        },
      ];
    });
  }
  return slots.flatMap((n) => {
    const state = shown(values, settings, `state${n}`);
    const name = shown(values, settings, `name${n}`);
    if (state.look === "unset" && name.look === "unset") return [];
    return [{ name: usable(name) ? String(name.v) : "", state, text: "", calls: shown(values, settings, `calls${n}`) }];
  });
}

/** How many columns make cells that are as near as can be to twice as wide as high. */
export function columnsOf(n: number, box: { width: number; height: number }, wanted: unknown): number {
  if (typeof wanted === "number" && wanted >= 1) return Math.min(n, Math.round(wanted), 12) || 1;
  let best = 1;
  let score = Number.POSITIVE_INFINITY;
  for (let c = 1; c <= Math.min(n, 12); c++) {
    const ratio = box.width / c / (box.height / Math.ceil(n / c));
    const s = Math.abs(Math.log(ratio / 2));
    if (s < score) {
      score = s;
      best = c;
    }
  }
  return best;
}
