// What the server does for the app's own widget types: compiling them, trying them, and how their scripts fare.
import {
  request,
  type ScriptedWidget,
  type ScriptList,
  type ScriptLog,
  type ScriptTrial,
  type ScriptTrialResult,
} from "@lineside/client";
import type { Compiled } from "./catalogue";

/** Compiles a widget type and tries its script with sample data; nothing is kept or written. */
export async function tryWidget(trial: ScriptTrial, signal?: AbortSignal): Promise<ScriptTrialResult> {
  return (await request<ScriptTrialResult>("POST", "/scripts/try", trial, { signal })).data;
}

/** Compiles a widget type. */
export async function compileWidget(widget: ScriptedWidget): Promise<Compiled> {
  const { manifest, drawing, parts, problems, types } = await tryWidget({ widget });
  return { manifest: manifest as Compiled["manifest"], ...(drawing ? { drawing } : {}), parts, problems, types };
}

/** How the scripts of all apps fare. */
export const scriptsPath = "/scripts";

/** Lines of the log of scripts behind one that was read. */
export async function readScriptLog(
  of: { installation?: string; widget?: string },
  after: number,
  signal?: AbortSignal,
): Promise<ScriptLog> {
  const query = new URLSearchParams({ after: String(after) });
  for (const [key, value] of Object.entries(of)) if (value) query.set(key, value);
  return (await request<ScriptLog>("GET", `/scripts/log?${query}`, undefined, { signal })).data;
}

export type { ScriptList };
