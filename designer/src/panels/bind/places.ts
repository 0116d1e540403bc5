// What places are called, and going there.
import type { Editor } from "../../design/editor";
import type { Hit } from "../../document/find";
import { type Language, textIn } from "../../i18n";

/** Goes to a widget or screen and focuses the property. */
export function show(editor: Editor, screen: string, widget: string, prop?: string): void {
  if (!editor.doc.state.screens[screen]) return;
  if (screen !== editor.screen()) editor.session.setState({ screen, selection: [], scope: "" });
  if (widget) editor.board?.reveal([widget]);
  else editor.session.setState({ selection: [], scope: "" });
  if (prop) editor.focusProp(prop);
}

/** A property of a widget in words. */
export function propName(editor: Editor, lang: Language, type: string | undefined, prop: string): string {
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
