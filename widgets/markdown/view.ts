import { nothing } from "@lineside/scene";
import { make, ownTouch } from "../alarm";
import { decimalsOf, lookText, plainText, saidOf, shown, usable } from "../kit";
import { word } from "../media";
import type { ElementView, Env, Settings, Values } from "../view";

const props = ["value1", "value2", "value3", "value4"];

/** The longest text. */
const most = 100_000;

/** A text with values in it. Nothing in it acts but links; values are never read as Markdown. */
export default {
  live: ["text", ...props],
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const root = make("article", "ls-media ls-media-words");
    if (env.name) root.setAttribute("aria-label", env.name);
    if (env.mode === "design") root.inert = true;
    // Long texts are scrolled, by keyboard too.
    root.tabIndex = 0;
    ownTouch(root);
    host.append(root);
    let said: string | undefined;
    let spots = new Map<number, HTMLElement[]>();
    let last: Values = {};
    let gone = false;

    const fill = () => {
      for (const [i, prop] of props.entries())
        for (const span of spots.get(i + 1) ?? []) {
          const now = shown(last, settings, prop);
          const meta = env.meta(prop);
          const text = saidOf(now.v, decimalsOf({}, env, meta?.low, meta?.high, prop) ?? meta?.decimals, env, prop);
          const live = usable(now);
          span.textContent = live
            ? [text, meta?.unit, now.look === "uncertain" ? "?" : ""].filter(Boolean).join(" ")
            : now.look === "waiting"
              ? "…"
              : nothing;
          span.className = now.look === "bad" ? "bad" : now.look === "uncertain" ? "live unsure" : live ? "live" : "";
          span.title = lookText(now.look, env.lang);
        }
    };
    const draw = (text: string) => {
      if (text === said) return;
      said = text;
      void import("./render").then(
        ({ render, places }) => {
          if (gone || text !== said) return;
          const words = render(text.slice(0, most));
          spots = places(words);
          root.replaceChildren(words);
          fill();
        },
        () => {
          // Without the library the words are shown as they are written.
          if (!gone && text === said) root.textContent = text.slice(0, most);
        },
      );
    };
    return {
      update(values) {
        last = values;
        const now = shown(values, settings, "text");
        draw(usable(now) ? plainText(now.v) : env.bound("text") ? word("unknown", env.lang) : "");
        fill();
      },
      resize() {},
      destroy() {
        gone = true;
        root.remove();
      },
    };
  },
} satisfies ElementView;
