import { make } from "../alarm";
import { typedField } from "../field";
import { decimalsOf, fixed, number, string, textOf } from "../kit";
import { limitsText, readNumber } from "../reading";
import type { ElementView } from "../view";

/** A number that is typed. Up and Down step it. */
export default {
  mount(host, settings, env) {
    const input = make("input");
    input.type = "text";
    input.inputMode = "decimal";
    input.setAttribute("role", "spinbutton");
    const low = number(settings, "low");
    const high = number(settings, "high");
    const decimals = decimalsOf(settings, env, low, high);
    const integer = env.meta("value")?.type === "int";
    const unit = string(settings, "unit");
    const own = number(settings, "step");
    const rules = { lang: env.lang, unit, low, high, decimals, integer, step: own };
    if (low !== undefined) input.setAttribute("aria-valuemin", String(low));
    if (high !== undefined) input.setAttribute("aria-valuemax", String(high));
    return typedField(host, settings, env, (_frame, changed) => ({
      kind: "number",
      input,
      write: (v) => (typeof v === "number" ? fixed(v, decimals) : textOf(v, decimals, env.lang)),
      read: (text) => readNumber(text, rules),
      after: [make("span", "ls-field-unit", unit)],
      hint: env.mode === "run" ? limitsText(rules) : "",
      key(e) {
        const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[e.key];
        if (steps === undefined || input.readOnly) return false;
        const r = readNumber(input.value, { lang: env.lang, unit });
        if ("problem" in r) return false;
        const step = own ?? (decimals === undefined ? 1 : 10 ** -decimals);
        const to = Number((r.value + steps * step).toPrecision(12));
        input.value = fixed(Math.max(low ?? to, Math.min(high ?? to, to)), decimals);
        changed();
        return true;
      },
    }));
  },
} satisfies ElementView;
