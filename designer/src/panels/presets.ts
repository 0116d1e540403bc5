// Finding presets by their names and words in both languages, and those that were used last.
import type { Manifest, Preset } from "@lineside/client";

/** Whether a preset is called by all of the words; its group and the widget's title count too. */
export function presetFits(m: Manifest, p: Preset, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const group = m.presetGroups?.find((g) => g.id === p.group);
  const texts = [m.title, p.title, p.words ?? {}, group?.title ?? {}].flatMap((t) => Object.values(t));
  const text = [p.id, ...texts].join(" ").toLowerCase();
  return words.every((w) => text.includes(w));
}

/** The presets of a widget by group, only those that fit. A word in the title comes before one elsewhere. */
export function groupsOf(m: Manifest, words: readonly string[]): { id: string; list: Preset[] }[] {
  const first = (p: Preset) =>
    words.every((w) => Object.values(p.title).some((t) => t.toLowerCase().includes(w))) ? 0 : 1;
  return (m.presetGroups ?? []).flatMap((g) => {
    const list = (m.presets ?? []).filter((p) => p.group === g.id && presetFits(m, p, words));
    if (words.length > 0) list.sort((a, b) => first(a) - first(b));
    return list.length > 0 ? [{ id: g.id, list }] : [];
  });
}

const key = "lineside.presets";
const most = 8;
let recent: readonly string[] | undefined;

/** The presets that were used last, newest first, as "widget/preset". */
export function recentPresets(): readonly string[] {
  if (!recent) {
    try {
      const list = JSON.parse(localStorage.getItem(key) ?? "[]") as unknown;
      recent = Array.isArray(list) ? list.filter((v) => typeof v === "string") : [];
    } catch {
      recent = [];
    }
  }
  return recent;
}

/** Remembers that a preset was used. */
export function usedPreset(m: Manifest, p: Preset): readonly string[] {
  const id = `${m.id}/${p.id}`;
  recent = [id, ...recentPresets().filter((r) => r !== id)].slice(0, most);
  try {
    localStorage.setItem(key, JSON.stringify(recent));
  } catch {
    // A browser that keeps nothing forgets them.
  }
  return recent;
}
