// An action in words, from the phrase of the catalogue.
import type { Action, ActionType } from "@lineside/client";
import { isBinding } from "../../document";
import { type Language, textIn } from "../../i18n";

/** What stands where a setting is not given yet. */
const open = "…";

export function summary(
  type: ActionType | undefined,
  action: Action,
  lang: Language,
  screenName: (id: string) => string,
): string {
  if (!type) return action.do;
  const words: Record<string, string> = {
    tag: action.tag ?? "",
    variable: action.variable ?? "",
    value: isBinding(action.value)
      ? (action.value.expr ?? "")
      : action.value === undefined
        ? ""
        : JSON.stringify(action.value),
    screen: action.screen ? screenName(action.screen) : "",
    as: textIn(
      type.settings.find((f) => f.name === "as")?.options?.find((o) => o.value === (action.as ?? "here"))?.title,
      lang,
    ),
    text: textIn(action.text, lang),
  };
  return textIn(type.phrase, lang).replace(/\{(\w+)\}/g, (_m, name: string) => words[name] || open);
}
