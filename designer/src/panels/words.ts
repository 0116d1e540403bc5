// Places and values of the document in words.
import type { Action } from "@lineside/client";
import type { Editor } from "../design/editor";
import { type AppState, isBinding, type RecordPlace } from "../document";
import { type Language, type Translate, textIn } from "../i18n";

/** The names of languages by their tags, for the parts of a text. */
const fields = new Set(
  "x y w h width height name description rotate flip locked hidden parent pane type ground level fit layout animate on cells from to version texts start theme navigation inputs tags drawings languages icon publisher license id variables props uses items starts style breadcrumbs logo scheme".split(
    " ",
  ),
);

/** What a screen or widget of one of the states is called. */
export function recordWords(
  states: readonly AppState[],
  place: Pick<RecordPlace, "screen" | "widget">,
  editor: Editor,
  lang: Language,
): string {
  if (place.screen === undefined) return "";
  const record = states.map((s) => s.screens[place.screen as string]).find((s) => s);
  const screen = textIn(record?.screen.name, lang) || place.screen;
  if (place.widget === undefined) return screen;
  const w = states.map((s) => s.screens[place.screen as string]?.widgets[place.widget as string]).find((o) => o);
  const kind = textIn(editor.manifests.get(w?.type ?? "")?.title, lang) || w?.type || "";
  return w?.name || `${kind} ${place.widget}`.trim();
}

/** What a property of a record is called. */
export function propertyWords(
  states: readonly AppState[],
  place: RecordPlace,
  editor: Editor,
  lang: Language,
  t: Translate,
): string {
  const [first = "", second, ...rest] = place.path;
  const field = (key: string) => (fields.has(key) ? t(`merge:field.${key}`) : key);
  if (first === "props" && second !== undefined) {
    const w = states.map((s) => s.screens[place.screen ?? ""]?.widgets[place.widget ?? ""]).find((o) => o);
    const setting = editor.manifests.get(w?.type ?? "")?.settings.find((f) => f.name === second);
    return textIn(setting?.title, lang) || second;
  }
  if (first === "on" && second !== undefined) return t("merge:event", { event: second });
  return [field(first), second, ...rest].filter((p) => p !== undefined && p !== "").join(" › ");
}

/** A value in words; long ones are cut. */
export function valueWords(value: unknown, t: Translate, lang: Language): string {
  const text = whole(value, t, lang);
  return text.length > 90 ? `${text.slice(0, 88)}…` : text;
}

function whole(value: unknown, t: Translate, lang: Language): string {
  if (value === undefined || value === null) return t("merge:none");
  if (value === "") return t("merge:empty");
  if (value === true) return t("merge:yes");
  if (value === false) return t("merge:no");
  if (typeof value === "number") return String(Math.round(value * 1000) / 1000);
  if (typeof value === "string") return value.startsWith("data:") ? t("merge:image") : value;
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((a) => typeof a === "object" && a && "do" in a))
      return value.map((a: Action) => [a.do, a.tag ?? a.screen ?? a.variable].filter(Boolean).join(" ")).join(", ");
    return value.every((v) => typeof v !== "object") ? value.join(", ") : t("merge:entries", { count: value.length });
  }
  if (isBinding(value)) {
    const { tag, expr } = value as { tag?: string; expr?: string };
    if (tag) return `→ ${tag}`;
    if (expr) return `= ${expr}`;
    const key = (value as { text?: string }).text;
    if (typeof key === "string") return t("merge:textKey", { key });
  }
  const entries = Object.entries(value as object);
  if (entries.length > 0 && entries.every(([k, v]) => /^[a-z]{2}(-|$)/.test(k) && typeof v === "string"))
    return textIn(value as Record<string, string>, lang);
  return entries.map(([k, v]) => `${k}: ${typeof v === "object" ? JSON.stringify(v) : v}`).join(", ");
}

/** The items by a key, in the order in which the keys come first. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const out = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const list = out.get(key);
    if (list) list.push(item);
    else out.set(key, [item]);
  }
  return out;
}
