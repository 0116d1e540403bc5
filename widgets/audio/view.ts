import { make, ownTouch, press } from "../alarm";
import { clamp, labelOf, lookText, number, shown, string, truth } from "../kit";
import { word } from "../media";
import { iconOf } from "../navigation";
import { seconds } from "../trend/view";
import type { ElementView, Env, Settings } from "../view";
import { allowed, play, sound, speak } from "./tones";

/** Sounds as long as a condition holds. What it says it does is also written: nobody has to hear it. */
export default {
  live: ["value"],
  mount(host: HTMLElement, settings: Settings, env: Env) {
    const { lang } = env;
    const label = labelOf(settings, env) || env.name || env.title;
    const volume = clamp(number(settings, "volume") ?? 0.5, 0, 1);
    const given = seconds(string(settings, "every"));
    const every = given === undefined ? undefined : Math.max(2, given);
    const root = make("section", "ls-media ls-media-sound");
    root.setAttribute("aria-label", label);
    if (env.mode === "design") root.inert = true;
    ownTouch(root);
    const words = make("span");
    words.setAttribute("role", "status");
    let muted = env.memory.get("muted") === true;
    let on = false;
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let now = shown({}, settings, "value");
    const button = press("", "", () => {
      // The touch that browsers wait for.
      void sound()
        ?.resume()
        .then(() => !gone && draw());
      if (needs()) return;
      muted = !muted;
      env.memory.set("muted", muted);
      if (muted && typeof speechSynthesis !== "undefined") speechSynthesis.cancel();
      if (!muted && on) once();
      draw();
    });
    root.append(button, words);
    host.append(root);
    const needs = () => env.mode === "run" && !allowed();
    const draw = () => {
      const what = needs() ? "allow" : muted ? "sound" : "mute";
      button.replaceChildren(...[iconOf(needs() || muted ? "volume-x" : "volume-2")].filter((c) => c !== undefined));
      button.setAttribute("aria-label", `${word(what, lang)} · ${label}`);
      button.title = needs() ? word("allowHelp", lang) : word(what, lang);
      const quality = now.look === "unset" || now.look === "good" ? "" : lookText(now.look, lang);
      const state = needs() ? "allow" : muted ? "muted" : on ? "sounding" : "quiet";
      const text = [label, [word(state, lang), quality].filter(Boolean).join(", ")].join(" · ");
      if (words.textContent !== text) words.textContent = text;
      root.classList.toggle("on", on);
    };
    const once = () => {
      clearTimeout(timer);
      if (gone || !on) return;
      if (!muted && env.mode === "run") {
        const length = play(string(settings, "tone"), volume);
        const say = string(settings, "say");
        if (say && allowed()) setTimeout(() => !gone && on && !muted && speak(say, lang, volume), length * 1000);
      }
      if (every !== undefined) timer = setTimeout(once, every * 1000);
    };
    // The first touch of the page anywhere allows it, and what was missed is heard.
    const touched = () => {
      if (allowed()) return;
      void sound()
        ?.resume()
        .then(() => {
          if (gone) return;
          draw();
          once();
        });
    };
    if (env.mode === "run") {
      sound();
      addEventListener("pointerdown", touched, { capture: true });
      addEventListener("keydown", touched, { capture: true });
    }
    return {
      update(values) {
        now = shown(values, settings, "value");
        const next = now.look === "good" || now.look === "override" ? truth(now) === true : false;
        const began = next && !on;
        on = next;
        if (!on) clearTimeout(timer);
        if (began) once();
        draw();
      },
      lost() {
        // What it was told no longer holds: silence, and the screen says that the connection is gone.
        on = false;
        clearTimeout(timer);
        draw();
      },
      resize() {},
      destroy() {
        gone = true;
        clearTimeout(timer);
        removeEventListener("pointerdown", touched, { capture: true });
        removeEventListener("keydown", touched, { capture: true });
        root.remove();
      },
    };
  },
} satisfies ElementView;
