import { make } from "../alarm";
import { flag, shown, string, usable } from "../kit";
import { notice, onBlocked, word } from "../media";
import type { ElementView, Env, Settings } from "../view";

/** A page of another host, in a sandbox with an opaque origin: no cookies, no way to this page, no other window. */
export default {
  live: ["address"],
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const { lang } = env;
    const root = make("section", "ls-media");
    root.setAttribute("aria-label", string(settings, "label") || env.name || word("page", lang));
    host.append(root);
    let address: string | undefined;
    let off: (() => void) | undefined;
    const open = (text: string) => {
      off?.();
      off = undefined;
      let url: URL | undefined;
      try {
        url = new URL(text.trim());
      } catch {
        // It is said below.
      }
      if (text === "") root.replaceChildren(notice(word(env.bound("address") ? "unknown" : "none", lang)));
      else if (!url || (url.protocol !== "http:" && url.protocol !== "https:"))
        root.replaceChildren(notice(word("scheme", lang)));
      else if (env.mode === "design") root.replaceChildren(notice(word("design", lang, url.host)));
      else {
        const { origin } = url;
        const frame = make("iframe");
        const may = [settings.scripts === false ? "" : "allow-scripts", flag(settings, "forms") ? "allow-forms" : ""];
        // Never allow-same-origin: what is in it has no origin, and so nothing of this server or of its own.
        frame.setAttribute("sandbox", may.filter(Boolean).join(" "));
        frame.setAttribute("allow", "");
        frame.referrerPolicy = "no-referrer";
        frame.title = string(settings, "label") || env.name || url.host;
        off = onBlocked(url, () => root.replaceChildren(notice(word("blocked", lang, origin))));
        frame.src = url.href;
        root.replaceChildren(frame);
      }
    };
    return {
      update(values) {
        const now = shown(values, settings, "address");
        const text = usable(now) && typeof now.v === "string" ? now.v : "";
        if (text === address) return;
        address = text;
        open(text);
      },
      resize() {},
      destroy() {
        off?.();
        root.remove();
      },
    };
  },
} satisfies ElementView;
