import { make } from "../alarm";
import { typedField } from "../field";
import { string } from "../kit";
import { type DateKind, dateText, readDate, readingWord } from "../reading";
import type { ElementView } from "../view";

/** A date, a time of day or both, in the time of the browser. */
export default {
  mount(host, settings, env) {
    const kind: DateKind = settings.kind === "date" || settings.kind === "time" ? settings.kind : "datetime";
    const input = make("input");
    input.type = kind === "datetime" ? "datetime-local" : kind;
    // The browser knows how the person writes dates.
    input.lang = env.lang;
    if (kind !== "date") input.step = settings.seconds === false ? "60" : "1";
    if (kind !== "time") {
      input.min = string(settings, "earliest");
      input.max = string(settings, "latest") || (kind === "date" ? "9999-12-31" : "9999-12-31T23:59");
    }
    const type = env.meta("value")?.type;
    let numeric = type === "int" || type === "float" || settings.as === "number";
    return typedField(host, settings, env, () => ({
      kind: "date",
      input,
      write(v) {
        // What is not of a tag is kept as it was found.
        if (!type && typeof v === "number") numeric = true;
        const text = dateText(v, kind);
        return kind !== "date" && settings.seconds === false ? text.replace(/(\d\d:\d\d):\d\d$/, "$1") : text;
      },
      read(text) {
        const { rangeUnderflow = false, rangeOverflow = false } = input.validity ?? {};
        if (rangeUnderflow || rangeOverflow)
          return { problem: readingWord("between", env.lang, input.min || "…", input.max || "…") };
        return readDate(text, kind, numeric ? "number" : "text", env.lang);
      },
    }));
  },
} satisfies ElementView;
