import { make, press } from "../alarm";
import { string } from "../kit";
import { navigator, word } from "../navigation";
import type { ElementView, Env, Settings } from "../view";

/** The languages of the app, each by what it calls itself. */
export default {
  live: [],
  mount(host: HTMLElement, settings: Settings, env: Env) {
    return navigator(host, env, "ls-nav-choice", (root) => {
      const nav = env.navigation;
      const label = string(settings, "label") || word("language", env.lang);
      root.setAttribute("role", "group");
      root.setAttribute("aria-label", label);
      if (!nav) {
        root.replaceChildren(make("p", "ls-nav-note", word("alone", env.lang)));
        return;
      }
      const set = (id: string) => nav.setLanguage?.(id);
      if (settings.look === "list") {
        const list = make("select");
        list.setAttribute("aria-label", label);
        list.disabled = !nav.setLanguage;
        list.append(
          ...nav.languages.map((l) => new Option(l.name, l.id, l.id === nav.language, l.id === nav.language)),
        );
        list.addEventListener("change", () => set(list.value));
        root.replaceChildren(list);
        return;
      }
      root.replaceChildren(
        ...nav.languages.map((l) => {
          const b = press("", l.name, () => set(l.id));
          b.lang = l.id;
          b.disabled = !nav.setLanguage;
          b.setAttribute("aria-pressed", String(l.id === nav.language));
          return b;
        }),
      );
    });
  },
} satisfies ElementView;
