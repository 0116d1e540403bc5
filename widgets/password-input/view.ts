import { make, press } from "../alarm";
import { typedField } from "../field";
import { number } from "../kit";
import { readText } from "../reading";
import type { ElementView } from "../view";

const words = {
  show: { en: "Show", zh: "显示" },
  hide: { en: "Hide", zh: "隐藏" },
};

/** A text that is not to be read over the shoulder. What is set is never shown again. */
export default {
  mount(host, settings, env) {
    const input = make("input");
    input.type = "password";
    input.maxLength = Math.max(1, Math.min(4000, number(settings, "most") ?? 200));
    const eye = press("ls-field-act", words.show[env.lang], () => {
      const hidden = input.type === "password";
      input.type = hidden ? "text" : "password";
      eye.textContent = words[hidden ? "hide" : "show"][env.lang];
      eye.setAttribute("aria-pressed", String(hidden));
      input.focus();
    });
    return typedField(host, settings, env, (frame) => {
      if (settings.reveal !== false) frame.row.append(eye);
      return {
        kind: "password",
        input,
        secret: true,
        write: () => "",
        read: (text) => readText(text, { lang: env.lang, required: true }),
      };
    });
  },
} satisfies ElementView;
