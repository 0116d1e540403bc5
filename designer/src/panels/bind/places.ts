// What places are called, and going there.
import type { Editor } from "../../design/editor";
import { wholes } from "../../document";
import type { Hit } from "../../document/find";
import { type Language, t, textIn } from "../../i18n";

/** Goes to a widget or screen and focuses the property. */
export function show(editor: Editor, screen: string, widget: string, prop?: string): void {
  if (!editor.doc.state.screens[screen]) return;
  if (screen !== editor.screen()) editor.session.setState({ screen, selection: [], scope: "" });
  if (widget) editor.board?.reveal([widget]);
  else editor.session.setState({ selection: [], scope: "" });
  if (prop) editor.focusProp(prop);
}

/** An event of a widget or screen in words. */
export function eventName(editor: Editor, lang: Language, type: string | undefined, event: string): string {
  const own = editor.manifests.get(type ?? "")?.events?.find((e) => e.name === event)?.title;
  const { events } = editor.catalogue;
  const title = own ?? [...events.widget, ...events.input, ...events.screen].find((e) => e.value === event)?.title;
  if (title) return textIn(title, lang);
  return event.startsWith("key:") ? t("actions:key", { chord: event.slice(4) }) : event;
}

/** What an animation changes, in words. */
export function animatedName(editor: Editor, lang: Language, type: string | undefined, what: string): string {
  const own = propName(editor, lang, type, what);
  return own === what && (wholes as readonly string[]).includes(what) ? t(`animation:what.${what}`) : own;
}

/** A property of a widget in words; "on.click" is an event, "animate.0" an animation. */
export function propName(editor: Editor, lang: Language, type: string | undefined, prop: string): string {
  const [kind, ...rest] = prop.split(".");
  if (kind === "on" && rest.length > 0)
    return t("bind:list.action", { event: eventName(editor, lang, type, rest.join(".")) });
  if (kind === "animate")
    return rest.length > 0 ? t("bind:list.animation", { n: Number(rest[0]) + 1 }) : t("animation:title");
  const field = editor.manifests.get(type ?? "")?.settings.find((f) => f.name === prop);
  return field ? textIn(field.title, lang) || prop : prop;
}

/** The place of a find below its screen, in words. */
export function placeName(editor: Editor, lang: Language, hit: Pick<Hit, "screen" | "widget" | "prop">): string {
  const w = editor.doc.state.screens[hit.screen]?.widgets[hit.widget];
  return [w ? w.name || w.id : hit.widget, propName(editor, lang, w?.type, hit.prop)].filter(Boolean).join(" › ");
}

/** What a screen is called. */
export function screenName(editor: Editor, lang: Language, id: string): string {
  return textIn(editor.doc.state.screens[id]?.screen.name, lang) || id;
}
