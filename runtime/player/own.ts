import type { LiveValue, Manifest } from "@lineside/client";
import { type Lang, type Settings, type Values, type View, views } from "@lineside/widgets";
import { isPart } from "./animate";

/** The name under which the server says what is wrong with the script of a widget of the app's own. */
export const faultProp = "own:fault";

/** The view of a widget; one of the app's own is a drawing. */
export const viewOf = (type: string, manifest: Manifest | undefined): View | undefined =>
  manifest?.drawing ? views.drawing : views[type];

/** What of a widget's values is no property: parts of a drawing, and what is wrong. */
export const isInner = (prop: string): boolean => isPart(prop) || prop === faultProp;

/** The live values that the view of a widget of the app's own takes: all, since the server works out what its parts show. */
export const ownLive = (manifest: Manifest): readonly string[] => [...manifest.settings.map((f) => f.name), faultProp];

/** What the view of drawings is given for a widget of the app's own. */
export const ownSettings = (manifest: Manifest, drawings: Readonly<Record<string, unknown>> | undefined): Settings => ({
  drawing: drawings?.[manifest.drawing as string],
  fit: manifest.fit ?? "contain",
  clicks: manifest.clicks ?? [],
});

/** Why the script of a widget does not work, undefined while it does. */
export function faultOf(values: Values, lang: Lang): { code: string; text: string } | undefined {
  const live: LiveValue | undefined = values[faultProp];
  const fault = live?.v as { code?: unknown; text?: Record<string, string>; line?: number } | "" | null | undefined;
  if (!fault || typeof fault !== "object" || typeof fault.code !== "string") return undefined;
  const text = fault.text?.[lang] ?? fault.text?.en ?? "";
  const line = typeof fault.line === "number" ? (lang === "zh" ? `第 ${fault.line} 行：` : `Line ${fault.line}: `) : "";
  return { code: fault.code, text: line + text };
}
