// The entries of an app: tabs with sub-menus in the header, or a column at the left that folds to
// symbols; on a narrow host both are a drawer behind a button.
import type { ViewApp, ViewItem } from "@lineside/client";
import { el } from "./dialogs";
import { productLang, textIn } from "./language";
import { sign, symbol } from "./symbol";
import { say } from "./texts";
import { entriesOf, wayTo } from "./way";

export interface NavHooks {
  /** The address of a screen, for links. */
  address(screen: string): string;
  go(screen: string): void;
  /** The column was folded or unfolded by the user. */
  onFold?(folded: boolean): void;
}

/** Is a click meant for the page, and not for a new tab? */
const plain = (e: MouseEvent): boolean => e.button === 0 && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.altKey;

export class Nav {
  /** The tabs in the header. */
  readonly tabs = el("nav", "ls-tabs");
  /** The column at the left, or the drawer. */
  readonly menu = el("nav", "ls-menu");
  /** Opens the drawer, or folds the column. */
  readonly button = el("button", "ls-tool ls-menu-button");
  /** What is behind an open drawer. */
  readonly scrim = el("div", "ls-scrim");
  private app: ViewApp | undefined;
  private screen = "";
  private language = "en";
  private isNarrow = false;
  private isOpen = false;
  private isFolded = false;
  private readonly closed = new Set<string>();
  private dropped: { button: HTMLButtonElement; list: HTMLElement } | undefined;
  private readonly outside = (e: Event) => {
    if (this.dropped && !e.composedPath().includes(this.dropped.button.parentElement as EventTarget)) this.drop();
  };

  constructor(private readonly hooks: NavHooks) {
    this.button.type = "button";
    this.button.append(sign("menu"));
    this.button.addEventListener("click", () =>
      this.isNarrow ? this.setOpen(!this.isOpen) : this.fold(!this.isFolded),
    );
    this.scrim.addEventListener("click", () => this.setOpen(false));
    for (const nav of [this.tabs, this.menu]) {
      nav.addEventListener("click", (e) => this.follow(e));
      nav.addEventListener("keydown", (e) => this.key(e));
    }
    this.tabs.addEventListener("scroll", () => this.drop());
    document.addEventListener("pointerdown", this.outside);
    document.addEventListener("focusin", this.outside);
    this.paint();
  }

  /** Shows the entries of an app, with that of the screen marked. */
  show(app: ViewApp | undefined, screen: string, language: string): void {
    this.app = app;
    this.screen = screen;
    this.language = language;
    this.paint();
  }

  /** Is there so little room that the entries go behind a button? */
  set narrow(on: boolean) {
    if (on === this.isNarrow) return;
    this.isNarrow = on;
    this.isOpen = false;
    this.paint();
  }

  get narrow(): boolean {
    return this.isNarrow;
  }

  /** Folds the column to its symbols. */
  set folded(on: boolean) {
    if (on === this.isFolded) return;
    this.isFolded = on;
    this.paint();
  }

  destroy(): void {
    document.removeEventListener("pointerdown", this.outside);
    document.removeEventListener("focusin", this.outside);
  }

  private fold(on: boolean): void {
    this.folded = on;
    this.hooks.onFold?.(on);
  }

  /** Opens or closes the drawer. */
  private setOpen(on: boolean): void {
    this.isOpen = on;
    this.paint();
    if (on)
      (
        this.menu.querySelector<HTMLElement>("[aria-current]") ?? this.menu.querySelector<HTMLElement>("a, button")
      )?.focus();
    else this.button.focus();
  }

  private follow(e: MouseEvent): void {
    const link = (e.target as Element).closest("a");
    if (!link || !plain(e)) return;
    e.preventDefault();
    this.drop();
    if (this.isOpen) this.setOpen(false);
    this.hooks.go(link.dataset.screen ?? "");
  }

  private key(e: KeyboardEvent): void {
    if (e.key === "Escape" && this.dropped) {
      const { button } = this.dropped;
      this.drop();
      button.focus();
    } else if (e.key === "Escape" && this.isOpen) this.setOpen(false);
    else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      const list = [...(this.dropped?.list ?? this.menu).querySelectorAll<HTMLElement>("a, button")].filter(
        (n) => n.offsetParent !== null || n.getClientRects().length > 0,
      );
      const at = list.indexOf(document.activeElement as HTMLElement);
      if (list.length === 0 || (at < 0 && !this.dropped)) return;
      list[(at + (e.key === "ArrowDown" ? 1 : list.length - (at < 0 ? 0 : 1))) % list.length]?.focus();
    } else return;
    e.preventDefault();
  }

  private title(item: ViewItem): string {
    const name = this.app?.screens.find((s) => s.id === item.screen)?.name;
    return textIn(item.title, this.language) || textIn(name, this.language) || item.screen || "";
  }

  private paint(): void {
    const { app } = this;
    const lang = productLang(this.language);
    const style = app?.navigation?.style ?? "header";
    const items = app && style !== "none" ? entriesOf(app) : [];
    const column = style === "menu" || this.isNarrow;
    this.drop();
    this.tabs.hidden = column || items.length === 0;
    this.menu.hidden = !column || items.length === 0 || (this.isNarrow && !this.isOpen);
    this.button.hidden = !column || items.length === 0;
    this.scrim.hidden = !this.isNarrow || !this.isOpen || this.menu.hidden;
    this.menu.classList.toggle("ls-drawer", this.isNarrow);
    this.menu.classList.toggle("ls-folded", this.isFolded && !this.isNarrow);
    const label = say("screens", lang);
    this.tabs.setAttribute("aria-label", label);
    this.menu.setAttribute("aria-label", label);
    const does = this.isNarrow
      ? say(this.isOpen ? "closeMenu" : "openMenu", lang)
      : say(this.isFolded ? "unfold" : "fold", lang);
    this.button.setAttribute("aria-label", does);
    this.button.title = does;
    this.button.setAttribute("aria-expanded", String(this.isNarrow ? this.isOpen : !this.isFolded));
    const way = new Set(wayTo(items, this.screen));
    this.tabs.replaceChildren(...(this.tabs.hidden ? [] : items.map((i) => this.tab(i, way))));
    const list = this.menu.hidden ? el("ul") : this.list(items, way, 0);
    const at = this.menu.scrollTop;
    this.menu.replaceChildren(list);
    this.menu.scrollTop = at;
    this.tabs.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  private link(item: ViewItem, name = "", mark = false): HTMLAnchorElement {
    const title = this.title(item);
    const a = el("a", name);
    a.href = this.hooks.address(item.screen ?? "");
    a.dataset.screen = item.screen ?? "";
    if (item.icon) a.append(symbol(item.icon));
    else if (mark) a.append(el("span", "ls-letter", [...title][0] ?? ""));
    a.append(el("span", "ls-entry", title));
    if (mark) a.title = title;
    if (item.screen === this.screen) a.setAttribute("aria-current", "page");
    return a;
  }

  /** A tab, or a heading that drops its entries. */
  private tab(item: ViewItem, way: ReadonlySet<ViewItem>): HTMLElement {
    if (!item.items?.length) return this.link(item);
    const button = el("button", "ls-tab");
    button.type = "button";
    if (item.icon) button.append(symbol(item.icon));
    button.append(el("span", "ls-entry", this.title(item)), sign("down", "ls-fold-mark"));
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-haspopup", "true");
    if (way.has(item)) button.dataset.current = "";
    const list = el("div", "ls-submenu");
    list.hidden = true;
    const add = (entries: readonly ViewItem[], depth: number) => {
      for (const entry of entries) {
        const row = entry.screen ? this.link(entry, "ls-sublink") : el("span", "ls-subheading", this.title(entry));
        row.style.paddingInlineStart = `${14 + depth * 16}px`;
        list.append(row);
        add(entry.items ?? [], depth + 1);
      }
    };
    // A screen with entries below it stands first among them.
    if (item.screen) list.append(this.link(item, "ls-sublink"));
    add(item.items, item.screen ? 1 : 0);
    button.addEventListener("click", () => {
      const open = this.dropped?.button === button;
      this.drop();
      if (open) return;
      list.hidden = false;
      button.setAttribute("aria-expanded", "true");
      this.dropped = { button, list };
      // Placed in the frame, because the row of tabs scrolls and would cut it off; the frame may be drawn smaller.
      const frame = this.tabs.closest<HTMLElement>(".ls-frame") ?? document.body;
      const [r, f] = [button.getBoundingClientRect(), frame.getBoundingClientRect()];
      const scale = f.width / frame.offsetWidth || 1;
      const room = frame.clientWidth - list.offsetWidth - 4;
      Object.assign(list.style, {
        left: `${Math.max(4, Math.min((r.left - f.left) / scale, room))}px`,
        top: `${(r.bottom - f.top) / scale}px`,
      });
    });
    return el("div", "ls-drop", button, list);
  }

  private drop(): void {
    if (!this.dropped) return;
    this.dropped.list.hidden = true;
    this.dropped.button.setAttribute("aria-expanded", "false");
    this.dropped = undefined;
  }

  private list(items: readonly ViewItem[], way: ReadonlySet<ViewItem>, depth: number, path = ""): HTMLUListElement {
    const ul = el("ul");
    items.forEach((item, i) => {
      const li = el("li");
      const key = `${path}/${i}`;
      const below = item.items ?? [];
      const open = !this.closed.has(key) || (way.has(item) && item.screen !== this.screen);
      const head = item.screen ? this.link(item, "ls-item", true) : this.heading(item, below.length > 0, open, key);
      head.style.paddingInlineStart = this.isFolded && !this.isNarrow ? "" : `${12 + depth * 16}px`;
      if (way.has(item)) head.dataset.current = "";
      li.append(head);
      if (below.length > 0) {
        if (item.screen) {
          const twist = this.twist(item, open, key);
          li.append(el("div", "ls-line", head, twist));
        }
        if (open && (!this.isFolded || this.isNarrow)) li.append(this.list(below, way, depth + 1, key));
      }
      ul.append(li);
    });
    return ul;
  }

  private toggle(key: string, open: boolean): void {
    if (this.isFolded && !this.isNarrow) {
      this.closed.delete(key);
      this.fold(false);
      return;
    }
    if (open) this.closed.add(key);
    else this.closed.delete(key);
    this.paint();
    this.menu.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus();
  }

  private heading(item: ViewItem, has: boolean, open: boolean, key: string): HTMLElement {
    const title = this.title(item);
    const b = el("button", "ls-item");
    b.type = "button";
    b.dataset.key = key;
    b.append(
      item.icon ? symbol(item.icon) : el("span", "ls-letter", [...title][0] ?? ""),
      el("span", "ls-entry", title),
    );
    b.title = title;
    if (has) {
      b.setAttribute("aria-expanded", String(open && (!this.isFolded || this.isNarrow)));
      b.append(sign(open ? "down" : "right", "ls-fold-mark"));
      b.addEventListener("click", () => this.toggle(key, open));
    }
    return b;
  }

  private twist(item: ViewItem, open: boolean, key: string): HTMLButtonElement {
    const b = el("button", "ls-twist", sign(open ? "down" : "right", "ls-fold-mark"));
    b.type = "button";
    b.dataset.key = key;
    b.setAttribute("aria-expanded", String(open));
    b.setAttribute("aria-label", this.title(item));
    b.addEventListener("click", () => this.toggle(key, open));
    return b;
  }
}
