// What actions want of the browser: screens opened here or above, closed, and notices.
import type { Effect } from "@lineside/client";
import { textIn } from "./language";
import type { OpenScreen } from "./open-screen";

export type Params = Record<string, unknown>;

/** How many screens may open one another by themselves. */
const longest = 8;

export interface EffectHost {
  /** The language of the app's texts. */
  readonly language: string;
  here(screen: string, params: Params, chain: number, from: OpenScreen): void;
  popup(screen: string, params: Params, chain: number, from: OpenScreen): void;
  drawer(screen: string, params: Params, chain: number, from: OpenScreen): void;
  window(screen: string, params: Params, from: OpenScreen): void;
  close(from: OpenScreen): void;
  notice(text: string, level: NonNullable<Effect["level"]>): void;
  /** Screens that open one another without end were stopped. */
  endless(): void;
}

/**
 * Carries effects out in order. chain is how many screens have opened one another since a person
 * last did something, so that a screen which opens itself comes to an end.
 */
export function carryOut(effects: readonly Effect[], host: EffectHost, from: OpenScreen, chain: number): void {
  for (const e of effects) {
    if (e.do === "close") host.close(from);
    else if (e.do === "notice") host.notice(textIn(e.text, host.language), e.level ?? "info");
    else if (e.screen !== undefined) {
      if (chain > longest) {
        host.endless();
        return;
      }
      // What the screen was opened with goes on to those that it opens.
      const params = { ...from.params, ...e.params };
      if (e.as === "popup") host.popup(e.screen, params, chain, from);
      else if (e.as === "drawer") host.drawer(e.screen, params, chain, from);
      else if (e.as === "window") host.window(e.screen, params, from);
      else host.here(e.screen, params, chain, from);
    }
  }
}

/** Parameters as they stand in an address: texts as they are, anything else as JSON. */
export function queryOf(params: Params): URLSearchParams {
  const query = new URLSearchParams();
  for (const [id, v] of Object.entries(params))
    query.set(id, typeof v === "string" && parsed(v) === v ? v : JSON.stringify(v));
  return query;
}

/** The parameters of an address. */
export function paramsOf(query: URLSearchParams): Params {
  const params: Params = {};
  for (const [id, text] of query) if (id !== "draft") params[id] = parsed(text);
  return params;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
