// All commands, and the keys that run them.
import type { Editor } from "../design/editor";
import type { Command } from "./command";

export type { Command, CommandGroup, Label } from "./command";

const modules = import.meta.glob<{ default: Command[] }>("./*.command.ts", { eager: true });

/** Every command, in the order of its files. */
export const commands: readonly Command[] = Object.values(modules).flatMap((m) => m.default);

const byId = new Map(commands.map((c) => [c.id, c]));

/** A command by its id; a wrong id is a mistake in the program. */
export function command(id: string): Command {
  const found = byId.get(id);
  if (!found) throw new Error(`there is no command ${id}`);
  return found;
}

interface Chord {
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
  key: string;
}

/** Takes a text like "Ctrl+Shift+Z" apart. */
export function chordOf(keys: string): Chord {
  const parts = keys.split("+");
  // "Ctrl++" ends with the key "+".
  const key = keys.endsWith("++") ? "+" : (parts.at(-1) as string);
  return {
    ctrl: parts.includes("Ctrl"),
    shift: parts.includes("Shift"),
    alt: parts.includes("Alt"),
    key: key.toLowerCase(),
  };
}

interface KeyPress {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

/** Whether a key press is a chord. Digits and letters go by their place when a layout or Shift changes the sign. */
export function presses(e: KeyPress, chord: Chord): boolean {
  if ((e.ctrlKey || e.metaKey) !== chord.ctrl || e.altKey !== chord.alt) return false;
  if (e.key.toLowerCase() === chord.key && (e.shiftKey === chord.shift || !/^[a-z0-9]$|^.{2,}$/.test(chord.key)))
    return true;
  if (e.shiftKey !== chord.shift) return false;
  return e.code === `Digit${chord.key}` || e.code === `Key${chord.key.toUpperCase()}`;
}

const chords = commands.flatMap((c) =>
  c.native ? [] : (c.keys ?? []).map((k) => ({ command: c, chord: chordOf(k) })),
);

/** The command of a key press. */
export function commandFor(e: KeyPress): Command | undefined {
  return chords.find(({ chord }) => presses(e, chord))?.command;
}

/** Runs a command if it can be run now. */
export function run(editor: Editor, c: Command, event?: { repeat: boolean }): boolean {
  if (c.reason?.(editor)) return false;
  c.run(editor, event);
  return true;
}

const mac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** The first keys of a command as they are shown. */
export function keysOf(c: Command): string | undefined {
  return c.keys?.[0] && shownKeys(c.keys[0]);
}

/** Keys as they are shown on this machine. */
export function shownKeys(keys: string): string {
  const names: Record<string, string> = {
    ArrowUp: "↑",
    ArrowDown: "↓",
    ArrowLeft: "←",
    ArrowRight: "→",
    Delete: "Del",
    Escape: "Esc",
  };
  const { ctrl, shift, alt } = keys.includes("+") ? chordOf(keys) : { ctrl: false, shift: false, alt: false };
  const raw = keys.endsWith("++") ? "+" : (keys.split("+").at(-1) as string);
  const key = names[raw] ?? raw;
  return mac
    ? `${ctrl ? "⌘" : ""}${alt ? "⌥" : ""}${shift ? "⇧" : ""}${key}`
    : [ctrl && "Ctrl", alt && "Alt", shift && "Shift", key].filter(Boolean).join("+");
}
