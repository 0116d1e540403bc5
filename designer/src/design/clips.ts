// The clipboards for style and for bindings. They are kept by the browser, so that all windows of this server share them,
// also where the system's clipboard is not open to pages.
import { type BindingsClip, hasBindings, readAs, type StyleClip } from "../document";

const place = { style: "lineside.clip.style", bindings: "lineside.clip.bindings", widgets: "lineside.clip.widgets" };
const memory = new Map<string, string>();

/** Keeps a clip as JSON text. */
export function keep(kind: keyof typeof place, text: string): void {
  memory.set(kind, text);
  try {
    localStorage.setItem(place[kind], text);
  } catch {
    // Too large or not allowed: this page still has it.
  }
}

/** The text of the last clip of a kind. */
export function kept(kind: keyof typeof place): string | undefined {
  try {
    return localStorage.getItem(place[kind]) ?? memory.get(kind);
  } catch {
    return memory.get(kind);
  }
}

/** The style that was copied last in any window. */
export function keptStyle(): StyleClip | undefined {
  return readAs<StyleClip>(kept("style") ?? "", "style");
}

/** The bindings that were copied last in any window. */
export function keptBindings(): BindingsClip | undefined {
  const clip = readAs<BindingsClip>(kept("bindings") ?? "", "bindings");
  return clip && hasBindings(clip) ? clip : undefined;
}
