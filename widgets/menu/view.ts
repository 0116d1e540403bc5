import { make } from "../alarm";
import { string } from "../kit";
import { iconOf, navigator, screenLink, word } from "../navigation";
import type { ElementView, Env, Place, Settings } from "../view";

/** Is the open screen this entry, or below it? */
const holds = (p: Place, screen: string): boolean =>
  p.screen === screen || (p.items?.some((i) => holds(i, screen)) ?? false);

/** The entries of the app: down with those below indented, or across with those below in a list that drops. */
export default {
  live: [],
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const across = settings.shape === "across";
    const icons = settings.icons !== false;
    let ids = 0;
    const draw = (root: HTMLElement) => {
      root.setAttribute("aria-label", string(settings, "label") || word("menu", env.lang));
      const screen = env.navigation?.screen ?? "";
      const sign = (p: Place) => (icons ? iconOf(p.icon) : undefined);
      const entry = (p: Place): HTMLElement => {
        if (!p.screen) return make("span", "ls-nav-heading", ...[sign(p), p.title].filter((c) => c !== undefined));
        const a = screenLink(env, p.screen, "", [sign(p), p.title]);
        if (p.screen === screen) a.setAttribute("aria-current", "page");
        return a;
      };
      const list = (places: readonly Place[]): HTMLUListElement =>
        make("ul", "", ...places.map((p) => make("li", "", entry(p), ...(p.items?.length ? [list(p.items)] : []))));
      const dropped = (p: Place): HTMLLIElement => {
        if (!p.items?.length) return make("li", "", entry(p));
        const drop = make("div", "ls-nav ls-nav-drop");
        drop.popover = "auto";
        drop.id = `ls-drop-${env.name.replace(/\W/g, "")}-${Date.now().toString(36)}-${ids++}`;
        // What has a screen and entries below is the first of its own list.
        drop.append(list(p.screen ? [{ ...p, items: [] }, ...p.items] : p.items));
        const turn = iconOf("chevron-right", 16);
        const button = make("button", "", ...[sign(p), p.title, turn].filter((c) => c !== undefined));
        button.type = "button";
        button.setAttribute("aria-expanded", "false");
        button.setAttribute("aria-haspopup", "true");
        button.popoverTargetElement = drop;
        if (holds(p, screen)) button.setAttribute("aria-current", "true");
        drop.addEventListener("beforetoggle", () => {
          const at = button.getBoundingClientRect();
          drop.style.left = `${Math.min(at.left, innerWidth - 180)}px`;
          drop.style.top = `${at.bottom}px`;
        });
        drop.addEventListener("toggle", (e) =>
          button.setAttribute("aria-expanded", String((e as ToggleEvent).newState === "open")),
        );
        drop.addEventListener("click", () => drop.hidePopover());
        return make("li", "", button, drop);
      };
      const places = env.navigation?.entries ?? [];
      if (places.length === 0) root.replaceChildren(make("p", "ls-nav-note", word("alone", env.lang)));
      else root.replaceChildren(across ? make("ul", "", ...places.map(dropped)) : list(places));
    };
    return navigator(host, env, across ? "ls-nav-across" : "ls-nav-down", draw);
  },
} satisfies ElementView;
