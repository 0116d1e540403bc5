// What stands around a screen: header with logo, name and entries; the column at the left; breadcrumbs.
import type { ViewApp } from "@lineside/client";
import { el } from "./dialogs";
import { productLang, textIn } from "./language";
import { Nav, type NavHooks } from "./nav";
import { sign } from "./symbol";
import { say } from "./texts";
import { type Crumb, crumbsOf } from "./way";
import "./frame.css";

/** Below this width, in CSS pixels, the entries go behind a button. */
const narrowWidth = 600;

/** What the frame shows. */
export interface Framed {
  app: ViewApp | undefined;
  screen: { id: string; name: Record<string, string> } | undefined;
  /** The screens gone through; see way.ts. */
  trail: readonly string[];
  language: string;
  /** What stands as the name of the app. */
  title: string;
}

export class Frame {
  readonly element = el("div", "ls-frame");
  readonly header = el("header", "ls-header");
  /** The place of the screen. */
  readonly body = el("div", "ls-body");
  readonly nav: Nav;
  private readonly logo = el("img", "ls-logo");
  private readonly name = el("h1", "ls-app");
  private readonly crumbs = el("nav", "ls-crumbs");
  private readonly middle = el("div", "ls-middle");
  private readonly resizing: ResizeObserver;

  /** `before` stand at the beginning of the header, `after` at its end. */
  constructor(
    host: HTMLElement,
    private readonly hooks: NavHooks,
    before: readonly HTMLElement[] = [],
    after: readonly HTMLElement[] = [],
  ) {
    this.nav = new Nav(hooks);
    this.logo.alt = "";
    this.logo.hidden = true;
    this.header.append(this.nav.button, ...before, this.logo, this.name, this.nav.tabs, ...after);
    this.crumbs.hidden = true;
    this.crumbs.addEventListener("click", (e) => this.follow(e));
    this.middle.append(this.crumbs, this.body);
    this.element.append(this.header, el("div", "ls-below", this.nav.menu, this.nav.scrim, this.middle));
    host.append(this.element);
    this.resizing = new ResizeObserver(() => this.resized());
    this.resizing.observe(this.element);
    this.resized();
  }

  show(f: Framed): void {
    const { app, language } = f;
    this.name.textContent = f.title;
    this.name.title = f.title;
    this.logo.hidden = !app?.theme?.logo;
    if (app?.theme?.logo && this.logo.src !== app.theme.logo) this.logo.src = app.theme.logo;
    this.nav.show(app, f.screen?.id ?? "", language);
    this.crumbs.hidden = !app?.navigation?.breadcrumbs;
    this.crumbs.setAttribute("aria-label", say("way", productLang(language)));
    const list = app && !this.crumbs.hidden ? crumbsOf(app, f.trail) : [];
    const title = (c: Crumb) =>
      textIn(c.item?.title, language) ||
      textIn(app?.screens.find((s) => s.id === c.screen)?.name, language) ||
      (c.screen === f.screen?.id && textIn(f.screen.name, language)) ||
      c.screen;
    const ol = el("ol");
    list.forEach((c, i) => {
      const last = i === list.length - 1;
      const step = c.screen && !last ? el("a", "ls-crumb", title(c)) : el("span", "ls-crumb", title(c));
      if (step instanceof HTMLAnchorElement) {
        step.href = this.hooks.address(c.screen);
        step.dataset.screen = c.screen;
      }
      if (last) step.setAttribute("aria-current", "page");
      ol.append(el("li", "", ...(i > 0 ? [sign("right")] : []), step));
    });
    this.crumbs.replaceChildren(ol);
  }

  destroy(): void {
    this.resizing.disconnect();
    this.nav.destroy();
    this.element.remove();
  }

  private follow(e: MouseEvent): void {
    const link = (e.target as Element).closest("a");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    this.hooks.go(link.dataset.screen ?? "");
  }

  private resized(): void {
    const width = this.element.clientWidth;
    if (width === 0) return;
    this.nav.narrow = width < narrowWidth;
    this.element.classList.toggle("ls-narrow", width < narrowWidth);
  }
}
