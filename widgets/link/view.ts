import { make } from "../alarm";
import { string } from "../kit";
import { type Inputs, iconOf, navigator, screenLink, word } from "../navigation";
import type { ElementView, Env, Place, Settings, Where } from "../view";

/** An address that may be opened: http and https, and nothing that runs here. */
export function safeAddress(text: string): URL | undefined {
  try {
    const url = new URL(text.trim());
    return (url.protocol === "http:" || url.protocol === "https:") && url.host !== "" ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The inputs of the setting: a path stands for a tag or asset, anything else is read as JSON where it is such. */
export function inputsOf(settings: Settings): Inputs | undefined {
  const rows = Array.isArray(settings.inputs) ? settings.inputs : [];
  const out: Record<string, unknown> = {};
  for (const row of rows as { input?: unknown; as?: unknown; value?: unknown }[]) {
    if (typeof row?.input !== "string" || row.input === "") continue;
    const text = typeof row.value === "string" ? row.value : String(row.value ?? "");
    if (row.as === "tag") out[row.input] = { tag: text };
    else {
      try {
        const v = JSON.parse(text);
        out[row.input] = typeof v === "object" ? text : v;
      } catch {
        out[row.input] = text;
      }
    }
  }
  return Object.keys(out).length > 0 ? out : undefined;
}

const find = (places: readonly Place[], screen: string): Place | undefined => {
  for (const p of places) {
    const found = p.screen === screen ? p : find(p.items ?? [], screen);
    if (found) return found;
  }
  return undefined;
};

/** Goes to a screen of the app, or to an address outside. */
export default {
  live: [],
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const look = settings.look === "text" || settings.look === "tile" ? settings.look : "button";
    const own = string(settings, "text");
    const icon = () => iconOf(string(settings, "icon"), look === "tile" ? 32 : 20);
    const draw = (root: HTMLElement) => {
      // One link is no landmark.
      root.setAttribute("role", "none");
      let a: HTMLAnchorElement;
      let why = "";
      if (settings.to === "address") {
        const text = string(settings, "address");
        const url = safeAddress(text);
        a = make(
          "a",
          "",
          ...[icon(), own || url?.host || text || word("nowhere", env.lang)].filter((c) => c !== undefined),
        );
        if (url && env.mode !== "design") {
          a.href = url.href;
          if (settings.newWindow !== false) a.target = "_blank";
          a.rel = "noopener noreferrer";
        }
        if (!url) why = word(text ? "scheme" : "nowhere", env.lang);
      } else {
        const screen = string(settings, "screen");
        const name = own || find(env.navigation?.entries ?? [], screen)?.title || screen || word("nowhere", env.lang);
        const where = ["popup", "drawer", "window"].includes(String(settings.where))
          ? (settings.where as Where)
          : "here";
        if (screen) a = screenLink(env, screen, "", [icon(), name], inputsOf(settings), where);
        else {
          a = make("a", "", ...[icon(), name].filter((c) => c !== undefined));
          why = word("nowhere", env.lang);
        }
      }
      if (why) {
        a.setAttribute("role", "link");
        a.setAttribute("aria-disabled", "true");
        a.title = why;
      }
      root.replaceChildren(a);
    };
    return navigator(host, env, `ls-nav-link ${look}`, draw);
  },
} satisfies ElementView;
