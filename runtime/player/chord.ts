// The name of a key with its modifiers, as the events of a screen have it: "F2", "Ctrl+Shift+S".

/** Keys whose names differ from those of the browser. */
const names: Record<string, string> = { " ": "Space", Esc: "Escape" };

const known =
  /^(F([1-9]|1\d|2[0-4])|[A-Z0-9]|[-=[\];',./\\`]|Space|Enter|Escape|Tab|Backspace|Insert|Delete|Home|End|PageUp|PageDown|Arrow(Up|Down|Left|Right))$/;

/** The key that a keyboard has where a letter or sign of another script is: "KeyA" → "A". */
const places: Record<string, string> = {
  Minus: "-",
  Equal: "=",
  BracketLeft: "[",
  BracketRight: "]",
  Semicolon: ";",
  Quote: "'",
  Comma: ",",
  Period: ".",
  Slash: "/",
  Backslash: "\\",
  Backquote: "`",
};

interface Key {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  metaKey: boolean;
}

/** The chord of a key event, undefined when it is none: a modifier by itself, or a key that screens do not have. */
export function chordOf(e: Key): string | undefined {
  const upper = e.key.length === 1 ? e.key.toUpperCase() : e.key;
  const byPlace = places[e.code] ?? /^(?:Key|Digit)([A-Z0-9])$/.exec(e.code)?.[1];
  // With modifiers a key gives another sign than the one on it: what counts is the key.
  const key = names[e.key] ?? (known.test(upper) && !(e.shiftKey && e.key.length === 1) ? upper : (byPlace ?? upper));
  if (!known.test(key)) return undefined;
  return [e.ctrlKey && "Ctrl", e.altKey && "Alt", e.shiftKey && "Shift", e.metaKey && "Meta", key]
    .filter(Boolean)
    .join("+");
}
