import { fixed, type Lang, type NumberEntry } from "@lineside/widgets";
import { say } from "./texts";

/** Makes an element: classes after the tag by dots, text, children. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  name = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  if (name !== "") e.className = name;
  e.append(...children);
  return e;
}

export function button(name: string, text: string, act: () => void): HTMLButtonElement {
  const b = el("button", name, text);
  b.type = "button";
  b.addEventListener("click", act);
  // A held key must not run through one question after another.
  b.addEventListener("keydown", (e) => {
    if (e.repeat && (e.key === "Enter" || e.key === " ")) e.preventDefault();
  });
  return b;
}

/** Shows a modal dialog until it is answered; Escape and Cancel answer undefined. */
export function ask<T>(
  host: HTMLElement,
  label: string,
  fill: (d: HTMLDialogElement, done: (answer: T | undefined) => void) => void,
) {
  return new Promise<T | undefined>((resolve) => {
    const before = document.activeElement;
    const d = el("dialog", "ls-dialog");
    d.setAttribute("aria-label", label);
    let answer: T | undefined;
    d.addEventListener("close", () => {
      d.remove();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
      resolve(answer);
    });
    fill(d, (a) => {
      answer = a;
      d.close();
    });
    host.append(d);
    d.showModal();
  });
}

export interface Question {
  text: string;
  yes: string;
  /** Asks for a reason too; it may not be empty. */
  reason: boolean;
}

/** Asks before something is written. Answers the reason ("" when none was asked for), or undefined for no. */
export function confirm(host: HTMLElement, lang: Lang, q: Question): Promise<string | undefined> {
  return ask<string>(host, q.text, (d, done) => {
    const yes = button("ls-primary", q.yes, () => done(reason ? reason.value.trim() : ""));
    const reason = q.reason ? el("textarea") : undefined;
    d.append(el("p", "ls-question", q.text));
    if (reason) {
      reason.rows = 3;
      reason.maxLength = 500;
      const help = el("small", "", say("reasonHelp", lang));
      d.append(el("label", "", say("reason", lang), reason), help);
      yes.disabled = true;
      reason.addEventListener("input", () => {
        yes.disabled = reason.value.trim() === "";
      });
    }
    d.append(
      el(
        "div",
        "ls-actions",
        button("", say("cancel", lang), () => done(undefined)),
        yes,
      ),
    );
    (reason ?? yes).autofocus = true;
  });
}

/** The number in what was typed, or why it is none. */
export function readNumber(typed: string, e: NumberEntry, lang: Lang): number | string {
  const text = typed.trim().replace(/[−–]/g, "-").replace(",", ".");
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return say("notNumber", lang);
  const n = Number(text);
  if (!Number.isFinite(n)) return say("notNumber", lang);
  if (e.integer && !Number.isInteger(n)) return say("notWhole", lang);
  if ((e.low !== undefined && n < e.low) || (e.high !== undefined && n > e.high)) return limits(e, lang);
  return n;
}

function limits(e: NumberEntry, lang: Lang): string {
  const unit = e.unit === "" ? "" : ` ${e.unit}`;
  const text = (n: number) => fixed(n, Number.isInteger(n) ? 0 : e.decimals) + unit;
  if (e.low !== undefined && e.high !== undefined) return say("allowed", lang, text(e.low), text(e.high));
  if (e.low !== undefined) return say("atLeast", lang, text(e.low));
  if (e.high !== undefined) return say("atMost", lang, text(e.high));
  return "";
}

/** Number pad and field: select, then act. Enter accepts. */
export function enterNumber(host: HTMLElement, lang: Lang, e: NumberEntry): Promise<number | undefined> {
  return ask<number>(host, e.title, (d, done) => {
    const input = el("input", "ls-number");
    input.inputMode = "decimal";
    input.autocomplete = "off";
    input.autofocus = true;
    input.setAttribute("aria-label", `${e.title}: ${say("newValue", lang)}`);
    const problem = el("p", "ls-problem");
    problem.setAttribute("role", "alert");
    const accept = () => {
      const n = readNumber(input.value, e, lang);
      if (typeof n === "number") {
        done(n);
        return;
      }
      problem.textContent = n;
      input.setAttribute("aria-invalid", "true");
      input.focus();
    };
    input.addEventListener("input", () => {
      problem.textContent = "";
      input.removeAttribute("aria-invalid");
    });
    input.addEventListener("keydown", (k) => {
      if (k.key === "Enter" && !k.repeat) accept();
    });
    const unit = e.unit === "" ? "" : ` ${e.unit}`;
    const facts = [
      e.value === undefined ? "" : say("present", lang, fixed(e.value, e.decimals) + unit),
      limits(e, lang),
    ].filter((t) => t !== "");
    const type = (what: string) => {
      if (what === "±") input.value = /^[-−]/.test(input.value) ? input.value.slice(1) : `-${input.value}`;
      else if (what === "⌫") input.value = input.value.slice(0, -1);
      else if (what !== "." || !input.value.includes(".")) input.value += what;
      input.dispatchEvent(new Event("input"));
    };
    const pad = el("div", "ls-pad");
    for (const key of ["7", "8", "9", "4", "5", "6", "1", "2", "3", "±", "0", ".", "⌫"]) {
      if (key === "." && e.integer) {
        pad.append(el("span"));
        continue;
      }
      const b = button(key === "⌫" ? "ls-wide" : "", key, () => type(key));
      // The pad is for fingers; the keyboard has the field itself.
      b.tabIndex = -1;
      if (key === "⌫") b.setAttribute("aria-label", say("erase", lang));
      pad.append(b);
    }
    d.append(
      el("h2", "", e.title),
      el("p", "ls-facts", facts.join(" · ")),
      el("div", "ls-entry", input, el("span", "", e.unit)),
      problem,
      pad,
      el(
        "div",
        "ls-actions",
        button("", say("cancel", lang), () => done(undefined)),
        button("ls-primary", say("next", lang), accept),
      ),
    );
  });
}
