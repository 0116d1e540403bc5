import { make } from "../alarm";
import { typedField } from "../field";
import { number, string, textOf } from "../kit";
import { readText } from "../reading";
import type { ElementView } from "../view";

/** One line of text. */
export default {
  mount(host, settings, env) {
    const input = make("input");
    input.type = "text";
    input.maxLength = Math.max(1, Math.min(4000, number(settings, "most") ?? 200));
    return typedField(host, settings, env, () => ({
      kind: "text",
      input,
      write: (v) => textOf(v, undefined, env.lang),
      read: (text) =>
        readText(text, {
          lang: env.lang,
          required: settings.required === true,
          pattern: string(settings, "pattern"),
          says: string(settings, "patternText"),
        }),
    }));
  },
} satisfies ElementView;
