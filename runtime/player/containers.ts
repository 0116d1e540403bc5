// What widgets that hold others do to what they hold: which pane is open, where it stands and what of it is seen.
import type { Widget } from "@lineside/client";
import type { Bounds } from "@lineside/scene";
import type { Local, Pane } from "@lineside/widgets";
import type { Instance } from "./instance";

/** What containers need of their screen. */
export interface ContainerHost {
  widget(id: string): Widget | undefined;
  instance(id: string): Instance | undefined;
  /** Begins the names of what is remembered in the browser; undefined remembers nothing. */
  readonly remember: string | undefined;
  /** In the editor nothing is folded away. */
  readonly design: boolean;
}

const deepest = 32;

/** The panes of a screen, and how its viewer has them. */
export class Containers {
  private readonly locals = new Map<string, Local>();

  constructor(private readonly host: ContainerHost) {}

  /** How the viewer has a widget before them. */
  local(id: string): Local {
    let l = this.locals.get(id);
    if (!l) {
      l = this.read(id);
      this.locals.set(id, l);
    }
    return l;
  }

  /** Changes it; `keep` remembers it in the browser. Answers whether anything changed. */
  set(id: string, change: Local, keep: boolean): boolean {
    const before = this.local(id);
    if (Object.keys(change).every((k) => change[k] === before[k])) return false;
    const next = { ...before, ...change };
    this.locals.set(id, next);
    if (keep) this.write(id, next);
    return true;
  }

  /** Another screen: nothing is known of its widgets. */
  clear(): void {
    this.locals.clear();
  }

  /** The pane of its parent that a widget lies in. */
  private paneOf(w: Widget, parent: Widget): Pane | undefined {
    const panes = this.host.instance(parent.id)?.panes;
    return panes?.[Math.min(w.pane ?? 0, panes.length - 1)];
  }

  /** The ancestors of a widget from the inside out, each with the pane that leads inwards. */
  private *way(w: Widget): Generator<{ parent: Widget; pane: Pane | undefined }> {
    let at = w;
    for (let depth = 0; at.parent && depth < deepest; depth++) {
      const parent = this.host.widget(at.parent);
      if (!parent) return;
      yield { parent, pane: this.paneOf(at, parent) };
      at = parent;
    }
  }

  /** The place of what a widget is in. */
  origin(w: Widget): { x: number; y: number } {
    let x = 0;
    let y = 0;
    for (const { parent, pane } of this.way(w)) {
      x += parent.x + (pane?.dx ?? 0);
      y += parent.y + (pane?.dy ?? 0);
    }
    return { x, y };
  }

  /** Is it, or something it is in, hidden, or in a pane that is not open? */
  hidden(w: Widget): boolean {
    if (w.hidden) return true;
    for (const { parent, pane } of this.way(w)) if (parent.hidden || pane?.open === false) return true;
    return false;
  }

  /** What of the screen it is seen within; undefined is all. */
  clip(w: Widget): Bounds | undefined {
    let out: Bounds | undefined;
    for (const { parent, pane } of this.way(w)) {
      if (!pane) continue;
      // A pane that is turned has no upright rectangle; nothing is lost by showing all of it.
      if (this.host.instance(parent.id)?.seen?.matrix) return undefined;
      const o = this.origin(parent);
      const x = o.x + parent.x + pane.x;
      const y = o.y + parent.y + pane.y;
      const b = { x0: x, y0: y, x1: x + pane.width, y1: y + pane.height };
      out = out
        ? {
            x0: Math.max(out.x0, b.x0),
            y0: Math.max(out.y0, b.y0),
            x1: Math.min(out.x1, b.x1),
            y1: Math.min(out.y1, b.y1),
          }
        : b;
    }
    return out;
  }

  private key(id: string): string | undefined {
    return this.host.remember === undefined ? undefined : `lineside.local.${this.host.remember}/${id}`;
  }

  private read(id: string): Local {
    if (this.host.design) return { folded: false };
    const key = this.key(id);
    if (key === undefined) return {};
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
      return typeof kept === "object" && kept !== null && !Array.isArray(kept) ? (kept as Local) : {};
    } catch {
      return {};
    }
  }

  private write(id: string, local: Local): void {
    const key = this.key(id);
    if (key === undefined) return;
    try {
      localStorage.setItem(key, JSON.stringify(local));
    } catch {
      // A browser that keeps nothing only forgets it.
    }
  }
}
