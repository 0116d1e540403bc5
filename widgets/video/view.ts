import { make, ownTouch, press } from "../alarm";
import { numeric, plainText, shown, string, usable } from "../kit";
import { notice, onBlocked, shownAddress, word } from "../media";
import { iconOf } from "../navigation";
import type { ElementView, Env, Settings } from "../view";
import { kindOf, mjpeg, type Source, video } from "./source";

/** The picture of a camera. One that is lost is said to be so, and tried again, each time a little later. */
export default {
  live: ["address"],
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const { lang } = env;
    const root = make("section", "ls-media");
    const label = string(settings, "label") || env.name || word("video", lang);
    root.setAttribute("aria-label", label);
    host.append(root);
    let source: Source | undefined;
    let address = "";
    let url: URL | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let counting: ReturnType<typeof setInterval> | undefined;
    let offBlocked: (() => void) | undefined;
    let faults = 0;
    let muted = settings.muted !== false;
    let paused = false;
    let gone = false;
    let state: "none" | "connecting" | "on" | "lost" | "blocked" | "paused" = "none";
    const over = make("div");
    const bar = make("div", "ls-media-bar");
    ownTouch(bar);
    root.append(over, bar);

    const stop = () => {
      clearTimeout(timer);
      clearInterval(counting);
      offBlocked?.();
      source?.destroy();
      source = undefined;
    };
    const say = (next: typeof state, text = "", ...more: Node[]) => {
      state = next;
      over.replaceChildren(...(text ? [notice(text, ...more)] : []));
      buttons();
    };
    const begin = () => {
      stop();
      if (gone || !url || paused) return;
      const mine = url;
      say("connecting", word("connecting", lang));
      let blocked = false;
      offBlocked = onBlocked(mine, () => {
        blocked = true;
        stop();
        say("blocked", word("blocked", lang, mine.origin));
      });
      const tell = {
        on: () => {
          faults = 0;
          if (state === "connecting") say("on");
        },
        off: () => !blocked && lost(),
      };
      const kind = kindOf(mine, settings.kind);
      source = kind === "mjpeg" ? mjpeg(mine, tell) : video(mine, kind, muted, tell);
      source.element.className = settings.fit === "cover" ? "cover" : "contain";
      if (source.element instanceof HTMLImageElement) source.element.alt = label;
      else source.element.setAttribute("aria-label", label);
      root.prepend(source.element);
    };
    const lost = () => {
      stop();
      faults++;
      let left = Math.min(30, 2 ** faults);
      const again = press("", word("again", lang), begin);
      const tell = () => {
        const p = over.querySelector("p");
        if (p) p.textContent = word("lost", lang, left);
      };
      say("lost", word("lost", lang, left), again);
      counting = setInterval(() => {
        left = Math.max(0, left - 1);
        tell();
      }, 1000);
      timer = setTimeout(begin, left * 1000);
    };
    const buttons = () => {
      const at = [...bar.children].indexOf(document.activeElement as Element);
      bar.replaceChildren();
      if (settings.controls === false || env.mode === "design" || !url || state === "blocked" || state === "lost")
        return;
      const key = (icon: string, text: string, act: () => void) => {
        const b = press("", "", act);
        b.append(...[iconOf(icon)].filter((c) => c !== undefined));
        b.setAttribute("aria-label", `${text} · ${label}`);
        b.title = text;
        bar.append(b);
      };
      const v = source?.element;
      if (v instanceof HTMLVideoElement)
        key(v.muted ? "volume-x" : "volume-2", word(v.muted ? "sound" : "mute", lang), () => {
          v.muted = !v.muted;
          muted = v.muted;
          buttons();
        });
      key(paused ? "play" : "pause", word(paused ? "play" : "pause", lang), () => {
        paused = !paused;
        if (paused) {
          // A camera that nobody looks at sends nothing.
          stop();
          say("paused", word("paused", lang));
        } else begin();
      });
      (bar.children[at] as HTMLElement | undefined)?.focus();
    };
    return {
      update(values) {
        const now = shown(values, settings, "address");
        const text = usable(now) && numeric(now) === undefined ? plainText(now.v) : "";
        if (text === address && state !== "none") return;
        address = text;
        url = text === "" ? undefined : shownAddress(text);
        faults = 0;
        stop();
        if (text === "") say("none", word(env.bound("address") ? "unknown" : "none", lang));
        else if (!url) say("none", word("scheme", lang));
        else if (env.mode === "design") say("none", word("design", lang, url.host));
        else begin();
        if (state === "none") state = "blocked";
      },
      resize() {},
      destroy() {
        gone = true;
        stop();
        root.remove();
      },
    };
  },
} satisfies ElementView;
