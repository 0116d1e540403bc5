// What the browser remembers of the board: aids for drawing in this browser, lines from the rulers in this window.
import type { Kept, SessionStore } from "../canvas";

const aids = "lineside.board";
const lines = (installation: string) => `lineside.guides.${installation}`;

function read(store: () => Storage, key: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(store().getItem(key) ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function write(store: () => Storage, key: string, value: unknown): void {
  try {
    store().setItem(key, JSON.stringify(value));
  } catch {
    // Full or not allowed: it is only not remembered.
  }
}

const local = () => localStorage;
const tab = () => sessionStorage;

/** What was remembered. */
export function keptSession(installation: string): Partial<Kept> {
  const all = read(local, aids);
  const flag = (name: string) => (typeof all[name] === "boolean" ? (all[name] as boolean) : undefined);
  const size = Number(all.gridSize);
  const guides: Record<string, { axis: "x" | "y"; at: number }[]> = {};
  for (const [screen, list] of Object.entries(read(tab, lines(installation))))
    if (Array.isArray(list))
      guides[screen] = list.filter((g) => (g?.axis === "x" || g?.axis === "y") && Number.isFinite(g.at));
  return {
    snap: flag("snap"),
    grid: flag("grid"),
    rulers: flag("rulers"),
    minimap: flag("minimap"),
    gridSize: size >= 1 && size <= 200 ? size : undefined,
    guides,
  };
}

/** Remembers what changes in a session until the returned function is called. */
export function keepSession(installation: string, session: SessionStore): () => void {
  return session.subscribe((now, before) => {
    if (now.guides !== before.guides) write(tab, lines(installation), now.guides);
    const { snap, grid, gridSize, rulers, minimap } = now;
    if (
      snap !== before.snap ||
      grid !== before.grid ||
      gridSize !== before.gridSize ||
      rulers !== before.rulers ||
      minimap !== before.minimap
    )
      write(local, aids, { snap, grid, gridSize, rulers, minimap });
  });
}
