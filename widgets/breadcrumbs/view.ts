import { make } from "../alarm";
import { string } from "../kit";
import { navigator, screenLink, word } from "../navigation";
import type { ElementView, Env, Settings } from "../view";

/** The way from the start screen to the open one. */
export default {
  live: [],
  mount(host: HTMLElement, settings: Settings, env: Env) {
    return navigator(host, env, "ls-nav-way", (root) => {
      root.setAttribute("aria-label", string(settings, "label") || word("way", env.lang));
      const trail = env.navigation?.trail ?? [];
      if (trail.length === 0) {
        root.replaceChildren(make("p", "ls-nav-note", word("alone", env.lang)));
        return;
      }
      const steps = trail.map((p, i) => {
        const last = i === trail.length - 1;
        const step = p.screen && !last ? screenLink(env, p.screen, "", [p.title]) : make("span", "", p.title);
        if (last) step.setAttribute("aria-current", "page");
        return make("li", "", step);
      });
      root.replaceChildren(make("ol", "", ...steps));
    });
  },
} satisfies ElementView;
