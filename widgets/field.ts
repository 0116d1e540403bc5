// What inputs that are typed into have in common: label, field, unit, state of the write, and a line that says why not.
import { make, ownTouch, press } from "./alarm";
import { Control, controlText, failureText, rampText, refusal } from "./control";
import { labelOf, lookText, type Shown, shown, string } from "./kit";
import type { Env, Mounted, Settings, Values } from "./view";
import "./field.css";

export const words = {
  set: { en: "Set", zh: "设定" },
  revert: { en: "Revert", zh: "还原" },
  notSet: { en: "Not set yet: Enter sets, Escape reverts", zh: "尚未设定：按 Enter 设定，Esc 还原" },
  now: { en: "Now", zh: "当前" },
  required: { en: "Fill this in.", zh: "请填写。" },
} as const;

/** What a text that was typed is: a value, or why it is none. */
export type Read = { value: unknown } | { problem: string };

let ids = 0;

/** The frame around a field of the page. */
export class FieldFrame {
  readonly root: HTMLDivElement;
  readonly box = make("div", "ls-field-box");
  readonly row = make("div", "ls-field-row", this.box);
  readonly control: Control;
  readonly label: string;
  /** Names the field and what is said of it, for assistive technology. */
  readonly id = `ls-field-${++ids}`;
  now: Shown;
  private readonly mark = make("span", "ls-field-mark");
  private readonly note = make("div", "ls-field-note");
  private readonly title: HTMLLabelElement;

  constructor(
    host: HTMLElement,
    readonly settings: Settings,
    readonly env: Env,
    draw: () => void,
    kind: string,
    readonly prop = "value",
  ) {
    this.control = new Control(env, settings, draw);
    this.label = labelOf(settings, env, prop);
    this.now = shown({}, settings, prop);
    this.title = make("label", "", this.label || env.name || env.title);
    this.title.htmlFor = this.id;
    this.note.id = `${this.id}-note`;
    this.note.setAttribute("role", "status");
    const head = make("div", "ls-field-label", this.title);
    head.append(this.mark);
    this.root = make("div", `ls-field ${kind}`, head, this.row, this.note);
    ownTouch(this.root);
    host.append(this.root);
  }

  /** Ties what is focused to its label and its note. */
  name(e: HTMLElement): void {
    e.id = this.id;
    e.setAttribute("aria-describedby", this.note.id);
  }

  /** Why nothing can be entered, "" when it can. */
  get refused(): string {
    return refusal(this.env, this.settings, this.prop);
  }

  /** Can be entered into now. */
  get open(): boolean {
    return this.refused === "" && !this.control.pending && this.env.mode === "run";
  }

  take(values: Values): void {
    this.now = shown(values, this.settings, this.prop);
  }

  /** Shows quality, the state of the write, and a line about it; a problem goes before all else. */
  show(problem: string, dirty: boolean, hint = ""): void {
    const { env, control, now, root } = this;
    const { lang } = env;
    const failed = control.result ? [controlText(control, env), failureText(control)].filter(Boolean).join(": ") : "";
    const wrong = problem || (dirty ? "" : failed);
    const text =
      wrong ||
      (control.pending
        ? controlText(control, env)
        : dirty
          ? hint || words.notSet[lang]
          : [
              lookText(now.look === "unset" ? "good" : now.look, lang),
              rampText(env, this.prop, undefined),
              this.refused,
            ]
              .filter(Boolean)
              .join(" · ") || hint);
    if (this.note.textContent !== text) this.note.textContent = text;
    this.note.title = text;
    this.note.classList.toggle("wrong", wrong !== "");
    this.mark.textContent = control.pending
      ? "…"
      : control.result
        ? "!"
        : now.look === "uncertain"
          ? "?"
          : now.look === "override"
            ? "☝"
            : "";
    root.classList.toggle("closed", !this.open && env.mode === "run");
    root.classList.toggle("dirty", dirty);
    root.classList.toggle("invalid", problem !== "");
    root.classList.toggle("live", !dirty && env.bound(this.prop));
    for (const look of ["bad", "uncertain", "waiting"] as const) root.classList.toggle(look, now.look === look);
    root.setAttribute("aria-busy", String(control.pending));
  }
}

export interface Typed {
  kind: string;
  input: HTMLInputElement | HTMLTextAreaElement;
  /** The text of a value. */
  write(v: unknown): string;
  /** The value of a text. */
  read(text: string): Read;
  /** After the input: a unit, a button. */
  after?: readonly Node[];
  /** Said below while nothing else is: limits, format. */
  hint?: string;
  /** The event that tells the value; "set" when not given. */
  event?: string;
  /** What was typed is not kept, nor shown again. */
  secret?: boolean;
  /** What a key does before the field takes it: true when it was taken. */
  key?(e: KeyboardEvent): boolean;
}

/** A field that is typed into. Nothing is set on the way: Enter or the button sets, Escape reverts. */
export function typedField(
  host: HTMLElement,
  settings: Settings,
  env: Env,
  make_: (frame: FieldFrame, changed: () => void) => Typed,
): Mounted {
  let draw = () => {};
  let dirty = false;
  let problem = "";
  const frame = new FieldFrame(host, settings, env, () => draw(), "");
  const changed = () => {
    dirty = secret ? input.value !== "" : input.value !== written();
    problem = "";
    draw();
  };
  const o = make_(frame, changed);
  const { input, secret = false } = o;
  frame.root.classList.add(o.kind);
  frame.name(input);
  input.autocomplete = "off";
  input.spellcheck = false;
  const set = press("ls-field-act primary", words.set[env.lang], () => void commit());
  const revert = press("ls-field-act", "✕", () => {
    restore();
    input.focus();
  });
  revert.setAttribute("aria-label", words.revert[env.lang]);
  frame.box.append(input, ...(o.after ?? []));
  frame.row.append(set, revert);
  const written = () => {
    const { v, look } = frame.now;
    return secret || v === undefined || v === null || look === "bad" || look === "waiting" ? "" : o.write(v);
  };
  draw = () => {
    const open = frame.open || env.mode === "design";
    input.readOnly = !open;
    input.setAttribute("aria-disabled", String(!frame.open));
    input.setAttribute("aria-invalid", String(problem !== ""));
    if (!dirty) {
      const text = written();
      if (input.value !== text) input.value = text;
    }
    input.placeholder =
      frame.now.look === "bad" ? "– –" : frame.now.look === "waiting" ? "" : string(settings, "placeholder");
    set.hidden = !dirty;
    revert.hidden = !dirty;
    set.disabled = !frame.open;
    const present = dirty && !secret ? written() : "";
    const hint = [present ? `${words.now[env.lang]} ${present}` : "", o.hint ?? ""].filter(Boolean).join(" · ");
    frame.show(problem, dirty, hint);
  };
  const restore = () => {
    dirty = false;
    problem = "";
    draw();
  };
  const commit = async () => {
    if (!frame.open) return;
    const r = o.read(input.value);
    if ("problem" in r) {
      problem = r.problem;
      draw();
      input.focus();
      return;
    }
    if (!dirty && !secret) return;
    await frame.control.emit(o.event ?? "set", r.value);
    // What failed or was not wanted after all goes back to what is; the line says why.
    dirty = false;
    problem = "";
    draw();
  };
  input.addEventListener("input", changed);
  input.addEventListener("keydown", (event) => {
    const e = event as KeyboardEvent;
    // While an input method composes, Enter and Escape are its own.
    if (e.isComposing || e.keyCode === 229) return;
    if (o.key?.(e)) {
      e.preventDefault();
    } else if (e.key === "Enter" && (input instanceof HTMLInputElement || e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      if (!e.repeat) void commit();
    } else if (e.key === "Escape" && dirty) {
      e.preventDefault();
      e.stopPropagation();
      restore();
    } else if (e.key === "Escape" && document.activeElement === input) input.blur();
  });
  frame.root.addEventListener("focusout", (e) => {
    if (!dirty || frame.root.contains(e.relatedTarget as Node | null)) return;
    if (settings.leave === "set") void commit();
    else if (settings.leave === "revert") restore();
  });
  // A view that is built again, as for new limits, takes up what was being typed.
  const before = env.memory.get("typing") as { text: string; focus: boolean; at: number } | undefined;
  env.memory.delete("typing");
  if (before && !secret) {
    input.value = before.text;
    dirty = true;
    if (before.focus)
      queueMicrotask(() => {
        input.focus();
        if (input.type === "text" || input instanceof HTMLTextAreaElement)
          input.setSelectionRange(before.at, before.at);
      });
  }
  draw();
  return {
    update(values) {
      frame.take(values);
      draw();
    },
    resize() {},
    lost: () => draw(),
    describe: () => ({ role: "none", label: "" }),
    destroy() {
      if (dirty && !secret)
        env.memory.set("typing", {
          text: input.value,
          focus: document.activeElement === input,
          at: input.type === "text" || input instanceof HTMLTextAreaElement ? (input.selectionStart ?? 0) : 0,
        });
      frame.root.remove();
    },
  };
}
