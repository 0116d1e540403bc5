import { make } from "../alarm";
import { typedField } from "../field";
import { number, textOf } from "../kit";
import { readText } from "../reading";
import type { ElementView } from "../view";

const hint = { en: "Ctrl+Enter sets, Escape reverts", zh: "按 Ctrl+Enter 设定，Esc 还原" };

/** Several lines of text. */
export default {
  mount(host, settings, env) {
    const input = make("textarea");
    input.maxLength = Math.max(1, Math.min(20000, number(settings, "most") ?? 2000));
    return typedField(host, settings, env, () => ({
      kind: "area",
      input,
      write: (v) => textOf(v, undefined, env.lang),
      read: (text) => readText(text, { lang: env.lang, required: settings.required === true }),
      hint: env.mode === "run" ? hint[env.lang] : "",
    }));
  },
} satisfies ElementView;
