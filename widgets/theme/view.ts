import { make, press } from "../alarm";
import { string } from "../kit";
import { iconOf, navigator, word } from "../navigation";
import type { ElementView, Env, Settings } from "../view";

/** Light or dark, as the person wants it; where the app decides it for everybody, that is said. */
export default {
  live: [],
  mount(host: HTMLElement, settings: Settings, env: Env) {
    return navigator(host, env, "ls-nav-choice", (root) => {
      root.setAttribute("role", "group");
      root.setAttribute("aria-label", string(settings, "label") || word("theme", env.lang));
      const nav = env.navigation;
      if (nav?.themed) {
        root.replaceChildren(make("p", "ls-nav-note", word("themed", env.lang)));
        return;
      }
      root.replaceChildren(
        ...(["light", "dark"] as const).map((theme) => {
          const b = press("", word(theme, env.lang), () => nav?.setTheme?.(theme));
          b.prepend(...[iconOf(theme === "light" ? "sun" : "moon")].filter((c) => c !== undefined));
          b.disabled = !nav?.setTheme;
          b.setAttribute("aria-pressed", String(theme === env.theme));
          return b;
        }),
      );
    });
  },
} satisfies ElementView;
