import type { AppDialogKind } from "./editor";

/** The part of the app's settings that a JSON pointer leads to; undefined when it leads to a screen or a drawing. */
export function settingsOf(at: string): AppDialogKind | undefined {
  const head = at.split("/")[1] ?? "";
  if (!head || head === "screens" || head === "drawings") return undefined;
  if (head === "languages" || head === "texts") return "app.texts";
  if (head === "theme") return "app.look";
  if (head === "navigation" || head === "start") return "app.navigation";
  if (head === "widgets") return "app.widgets";
  return head === "inputs" ? "app.inputs" : head === "tags" ? "app.tags" : head === "alarms" ? "app.alarms" : "app";
}
