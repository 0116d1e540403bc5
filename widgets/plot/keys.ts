// What keys do on a plot; the pages and the trend say it the same way.

/** What a key asks for: put the cursor (undefined takes it away), move along the time, or zoom. */
export type PlotKey =
  | { do: "point"; at: number | undefined }
  | { do: "pan"; share: number }
  | { do: "zoom"; factor: number };

/** Undefined for a key that means nothing here. */
export function plotKey(
  e: { key: string; shiftKey: boolean; ctrlKey: boolean; metaKey: boolean; altKey: boolean },
  view: { from: number; to: number },
  held: number | undefined,
): PlotKey | undefined {
  if (e.ctrlKey || e.metaKey || e.altKey) return undefined;
  const step = (view.to - view.from) / 200;
  const put = (at: number): PlotKey => ({ do: "point", at: Math.min(view.to, Math.max(view.from, at)) });
  const present = held ?? view.to;
  switch (e.key) {
    case "ArrowLeft":
      return e.shiftKey ? { do: "pan", share: -0.25 } : put(present - step);
    case "ArrowRight":
      return e.shiftKey ? { do: "pan", share: 0.25 } : put(present + step);
    case "Home":
      return put(view.from);
    case "End":
      return put(view.to);
    case "+":
    case "=":
      return { do: "zoom", factor: 0.5 };
    case "-":
      return { do: "zoom", factor: 2 };
    case "Escape":
      return held === undefined ? undefined : { do: "point", at: undefined };
    default:
      return undefined;
  }
}
