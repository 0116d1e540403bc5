// A list that opens below a field, with a search when it is long. It lies above everything, and the page clips none of it.
import { make, ownTouch } from "./alarm";
import type { Choice } from "./choice";
import type { Env } from "./view";
import "./droplist.css";

/** From how many choices on there is a search, and how many are listed at once. */
const searched = 10;
const listed = 300;

const words = {
  search: { en: "Search", zh: "搜索" },
  none: { en: "Nothing of that name", zh: "无匹配项" },
  more: { en: "and {0} more: type to find them", zh: "另有 {0} 项，输入以查找" },
};

let ids = 0;

export class DropList {
  readonly element = make("div", "ls-list");
  readonly id = `ls-list-${++ids}`;
  private readonly list = make("ul");
  private readonly search = make("input");
  private readonly more = make("p");
  private found: number[] = [];
  private aim = -1;

  constructor(
    private readonly anchor: HTMLElement,
    private readonly env: Env,
    label: string,
    private readonly choices: () => readonly Choice[],
    private readonly chosen: () => number,
    private readonly choose: (i: number) => void,
  ) {
    const { element, list, search } = this;
    element.id = this.id;
    element.popover = "auto";
    ownTouch(element);
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", label);
    list.id = `${this.id}-l`;
    list.tabIndex = -1;
    search.type = "search";
    search.autocomplete = "off";
    search.placeholder = words.search[env.lang];
    search.setAttribute("aria-label", `${label}: ${words.search[env.lang]}`);
    search.setAttribute("aria-controls", list.id);
    search.addEventListener("input", () => this.fill());
    element.append(search, list, this.more);
    element.addEventListener("keydown", (e) => this.key(e));
    list.addEventListener("click", (e) => {
      const i = (e.target as HTMLElement).closest("li")?.dataset.i;
      if (i !== undefined) this.take(Number(i));
    });
    element.addEventListener("toggle", () => anchor.setAttribute("aria-expanded", String(this.open)));
  }

  get open(): boolean {
    return this.element.matches(":popover-open");
  }

  show(): void {
    if (this.open) return;
    this.search.value = "";
    this.search.hidden = this.choices().length <= searched;
    this.element.showPopover();
    const a = this.anchor.getBoundingClientRect();
    const { style } = this.element;
    style.minWidth = `${Math.max(120, a.width)}px`;
    style.maxWidth = `${Math.max(160, Math.min(480, innerWidth - 16))}px`;
    this.fill();
    const below = innerHeight - a.bottom - 8;
    const above = a.top - 8;
    const up = below < Math.min(this.element.offsetHeight, 240) && above > below;
    style.maxHeight = `${Math.max(96, Math.min(innerHeight * 0.6, up ? above : below))}px`;
    style.left = `${Math.max(8, Math.min(a.left, innerWidth - this.element.offsetWidth - 8))}px`;
    style.top = up ? `${a.top - this.element.offsetHeight - 2}px` : `${a.bottom + 2}px`;
    (this.search.hidden ? this.list : this.search).focus({ preventScroll: true });
  }

  hide(): void {
    if (!this.open) return;
    this.element.hidePopover();
    this.anchor.focus({ preventScroll: true });
  }

  destroy(): void {
    this.element.remove();
  }

  private fill(): void {
    const words_ = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const all = this.choices();
    const found: number[] = [];
    all.forEach((c, i) => {
      const text = c.title.toLowerCase();
      if (words_.every((w) => text.includes(w))) found.push(i);
    });
    this.found = found.slice(0, listed);
    const is = this.chosen();
    this.list.replaceChildren(
      ...this.found.map((i) => {
        const li = make("li", "", all[i]?.title ?? "");
        li.id = `${this.id}-${i}`;
        li.dataset.i = String(i);
        li.setAttribute("role", "option");
        li.setAttribute("aria-selected", String(i === is));
        return li;
      }),
    );
    const left = found.length - this.found.length;
    this.more.textContent =
      found.length === 0
        ? words.none[this.env.lang]
        : left > 0
          ? words.more[this.env.lang].replace("{0}", String(left))
          : "";
    this.more.hidden = this.more.textContent === "";
    this.point(Math.max(0, this.found.indexOf(is)));
  }

  private point(k: number): void {
    this.list.children[this.aim]?.classList.remove("aim");
    this.aim = this.found.length === 0 ? -1 : Math.max(0, Math.min(this.found.length - 1, k));
    const li = this.list.children[this.aim];
    li?.classList.add("aim");
    li?.scrollIntoView({ block: "nearest" });
    for (const e of [this.search, this.list]) {
      if (li) e.setAttribute("aria-activedescendant", li.id);
      else e.removeAttribute("aria-activedescendant");
    }
  }

  private take(i: number): void {
    this.hide();
    this.choose(i);
  }

  private key(e: KeyboardEvent): void {
    if (e.isComposing || e.keyCode === 229) return;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[e.key];
    if (by !== undefined) this.point(this.aim + by);
    else if (this.search.hidden && e.key === "Home") this.point(0);
    else if (this.search.hidden && e.key === "End") this.point(this.found.length - 1);
    else if (e.key === "Enter" || (e.key === " " && this.search.hidden)) {
      const i = this.found[this.aim];
      if (i !== undefined && !e.repeat) this.take(i);
    } else if (e.key === "Escape" || e.key === "Tab") this.hide();
    else if (this.search.hidden && e.key.length === 1 && !e.ctrlKey && !e.altKey && !e.metaKey) {
      // A letter goes to the next choice that begins with it.
      const all = this.choices();
      const n = this.found.length;
      for (let k = 1; k <= n; k++) {
        const at = (this.aim + k) % n;
        if (all[this.found[at] as number]?.title.toLowerCase().startsWith(e.key.toLowerCase())) {
          this.point(at);
          break;
        }
      }
    } else return;
    if (e.key !== "Tab") e.preventDefault();
    e.stopPropagation();
  }
}
