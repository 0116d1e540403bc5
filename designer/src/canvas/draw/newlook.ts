// What a new pipe looks like: as the last one of the screen, and a thin line where it ends at a symbol drawn in lines.
import type { Joint, Manifest, Widget } from "@lineside/client";
import { isBinding, isTextKey, type ScreenRecord } from "../../document";
import { goesSquare } from "./trace";

const thin: Widget["props"] = { strokeWidth: 2, stroke: "text", radius: 0 };

/** The look of a new pipe; nothing for what is no pipe. */
export function newLook(
  screen: ScreenRecord,
  m: Manifest,
  joints: { from?: Joint; to?: Joint },
): NonNullable<Widget["props"]> {
  if (!goesSquare(m)) return {};
  const look = m.settings.filter((f) => f.group === "look" && f.name !== "points").map((f) => f.name);
  for (let i = screen.order.length - 1; i >= 0; i--) {
    const w = screen.widgets[screen.order[i] as string];
    if (w?.type !== m.id) continue;
    const own = Object.entries(w.props ?? {}).filter(
      ([name, v]) => look.includes(name) && v !== null && !isBinding(v) && !isTextKey(v),
    );
    return Object.fromEntries(own);
  }
  const lines = [joints.from, joints.to].some((j) => {
    const w = j && screen.widgets[j.widget];
    return w?.type === "symbol" && (w.props?.appearance ?? "pid") === "pid";
  });
  return lines ? { ...thin } : {};
}
