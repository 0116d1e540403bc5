// A keyboard on the screen, for panels that have none. It types into the field that has the focus and never takes it.
import type { Lang } from "@lineside/widgets";
import { button, el } from "./dialogs";
import { say } from "./texts";
import "./keyboard.css";

/** auto: where a finger touches a field and the system brings no keyboard of its own. */
export type KeyboardMode = "auto" | "always" | "never";

const stored = "lineside.keyboard";

/** What was chosen for this browser: by the address (#keyboard=always), which is remembered. */
export function keyboardMode(words: string, storage: Pick<Storage, "getItem" | "setItem"> | undefined): KeyboardMode {
  const known = (v: string | null | undefined): KeyboardMode | undefined =>
    v === "auto" || v === "always" || v === "never" ? v : undefined;
  const said = known(new URLSearchParams(words).get("keyboard"));
  try {
    if (said) storage?.setItem(stored, said);
    return said ?? known(storage?.getItem(stored)) ?? "auto";
  } catch {
    return said ?? "auto";
  }
}

/** Systems that bring a keyboard of their own when a field is touched. */
const ownKeyboard = (agent: string, points: number): boolean =>
  /Android|iPhone|iPad|iPod/i.test(agent) || (/Macintosh/.test(agent) && points > 1);

/** Is it wanted now: for a mode, the last pointer and the system. */
export const wanted = (mode: KeyboardMode, pointer: string, agent: string, points: number): boolean =>
  mode === "always" || (mode === "auto" && pointer === "touch" && !ownKeyboard(agent, points));

const letters = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const signs = ["1234567890", "-/:;()%&@", ".,?!'\"+=*_#"];
const digits = ["789", "456", "123"];

type Field = HTMLInputElement | HTMLTextAreaElement;

/** A field that takes text; dates have pickers of their own, and the number pad has its keys. */
function fieldOf(e: EventTarget | null): Field | undefined {
  if (e instanceof HTMLTextAreaElement) return e;
  if (!(e instanceof HTMLInputElement) || e.classList.contains("ls-number")) return undefined;
  return ["text", "search", "password", "email", "url", "tel"].includes(e.type) ? e : undefined;
}

export class ScreenKeyboard {
  private readonly mode: KeyboardMode;
  private readonly gone = new AbortController();
  private panel: HTMLElement | undefined;
  private field: Field | undefined;
  private inputMode = "";
  private pointer = "";
  private shift = false;
  private symbols = false;

  constructor(
    private readonly around: { readonly element: HTMLElement; readonly lang: Lang },
    mode = keyboardMode(location.hash.slice(1), globalThis.localStorage),
  ) {
    this.mode = mode;
    const { signal } = this.gone;
    const root = around.element;
    root.addEventListener("pointerdown", (e) => this.down(e), { signal, capture: true });
    root.addEventListener("focusin", (e) => this.focus(fieldOf(e.target)), { signal });
    root.addEventListener("focusout", () => setTimeout(() => this.left()), { signal });
  }

  destroy(): void {
    this.gone.abort();
    this.hide();
  }

  private down(e: PointerEvent): void {
    this.pointer = e.pointerType;
    // A field that has the focus already is touched again.
    const field = fieldOf(e.target);
    if (field && field === document.activeElement) this.focus(field);
  }

  private focus(field: Field | undefined): void {
    if (!field || field.readOnly || field.disabled) return;
    if (!wanted(this.mode, this.pointer, navigator.userAgent, navigator.maxTouchPoints)) return;
    if (field === this.field && this.panel) return;
    this.hide();
    this.field = field;
    this.inputMode = field.inputMode;
    // One keyboard is enough.
    field.inputMode = "none";
    this.shift = this.symbols = false;
    this.show();
  }

  private left(): void {
    if (this.field && document.activeElement !== this.field) this.hide();
  }

  private hide(): void {
    if (this.field) this.field.inputMode = this.inputMode;
    this.field = undefined;
    this.panel?.remove();
    this.panel = undefined;
  }

  private show(): void {
    const { field } = this;
    if (!field) return;
    const numeric = this.inputMode === "decimal" || this.inputMode === "numeric";
    const panel = el("div", `ls-keys${numeric ? " digits" : ""}`);
    panel.popover = "manual";
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", say("keyboard", this.around.lang));
    // The field keeps the focus, and what lies below does not feel the touch.
    panel.addEventListener("pointerdown", (e) => {
      e.preventDefault();
      e.stopPropagation();
    });
    panel.append(...(numeric ? this.digitRows() : this.letterRows()));
    this.panel?.remove();
    this.panel = panel;
    // What is modal lets nothing beside it be touched.
    (field.closest("dialog") ?? this.around.element).append(panel);
    panel.showPopover();
    panel.classList.toggle("above", field.getBoundingClientRect().bottom > innerHeight - panel.offsetHeight - 8);
  }

  private key(text: string, act: () => void, name = "", label = ""): HTMLButtonElement {
    const b = button(name, text, act);
    b.tabIndex = -1;
    if (label) b.setAttribute("aria-label", label);
    return b;
  }

  private row(...keys: HTMLElement[]): HTMLElement {
    return el("div", "", ...keys);
  }

  private types(text: string): HTMLButtonElement {
    return this.key(text, () => this.type(text));
  }

  private get erase(): HTMLButtonElement {
    return this.key("⌫", () => this.back(), "wide", say("erase", this.around.lang));
  }

  private get enter(): HTMLButtonElement {
    return this.key("↵", () => this.press("Enter"), "wide", say("enterKey", this.around.lang));
  }

  private get close(): HTMLButtonElement {
    return this.key("▾", () => this.hide(), "", say("hideKeyboard", this.around.lang));
  }

  private digitRows(): HTMLElement[] {
    return [
      ...digits.map((d) => this.row(...[...d].map((k) => this.types(k)))),
      this.row(this.types("-"), this.types("0"), this.types(".")),
      this.row(this.close, this.erase, this.enter),
    ];
  }

  private letterRows(): HTMLElement[] {
    const { lang } = this.around;
    const rows = this.symbols ? signs : letters;
    const typed = (row: string) => [...row].map((k) => this.types(this.shift && !this.symbols ? k.toUpperCase() : k));
    const shift = this.key(
      "⇧",
      () => {
        this.shift = !this.shift;
        this.show();
      },
      "wide",
      say("shiftKey", lang),
    );
    shift.setAttribute("aria-pressed", String(this.shift));
    const other = this.key(this.symbols ? "abc" : "?123", () => {
      this.symbols = !this.symbols;
      this.show();
    });
    return [
      ...(this.symbols ? [] : [this.row(...typed("1234567890"))]),
      this.row(...typed(rows[0] as string)),
      this.row(...typed(rows[1] as string)),
      this.row(...(this.symbols ? [] : [shift]), ...typed(rows[2] as string), this.erase),
      this.row(
        this.close,
        other,
        this.key(" ", () => this.type(" "), "space", say("spaceKey", lang)),
        this.enter,
      ),
    ];
  }

  private changed(): void {
    this.field?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private type(text: string): void {
    const { field } = this;
    if (!field) return;
    const from = field.selectionStart ?? field.value.length;
    const to = field.selectionEnd ?? from;
    if (field.maxLength >= 0 && field.value.length - (to - from) + text.length > field.maxLength) return;
    field.setRangeText(text, from, to, "end");
    this.changed();
    if (!this.shift) return;
    this.shift = false;
    this.show();
  }

  private back(): void {
    const { field } = this;
    if (!field) return;
    const from = field.selectionStart ?? field.value.length;
    const to = field.selectionEnd ?? from;
    // Not half a character.
    const before = from === to ? ([...field.value.slice(0, from)].at(-1)?.length ?? 0) : 0;
    field.setRangeText("", from - before, to, "end");
    this.changed();
  }

  private press(key: string): void {
    const { field } = this;
    if (!field) return;
    if (field instanceof HTMLTextAreaElement) {
      this.type("\n");
      return;
    }
    const taken = !field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    if (!taken) field.form?.requestSubmit();
    // What was entered is done with, unless it was refused.
    if (field.getAttribute("aria-invalid") !== "true") this.hide();
  }
}
