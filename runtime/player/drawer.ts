import { el } from "./dialogs";
import { textIn } from "./language";
import { type Around, OpenScreen } from "./open-screen";
import type { Raised } from "./popup";
import { say } from "./texts";

/** A screen that comes in from the right, as wide as it is drawn and as high as the player. */
export class Drawer {
  readonly element = el("div", "ls-side");
  readonly open: OpenScreen;
  private readonly heading = el("h2", "ls-popup-title");
  private readonly before = document.activeElement;

  constructor(
    private readonly host: HTMLElement,
    around: Around,
    on: Raised,
  ) {
    const { lang } = around;
    this.element.setAttribute("role", "dialog");
    this.element.setAttribute("aria-label", say("drawer", lang));
    const shut = el("button", "ls-popup-close", "×");
    shut.type = "button";
    shut.setAttribute("aria-label", say("close", lang));
    shut.addEventListener("click", () => on.closed());
    const body = el("div", "ls-side-body");
    this.element.append(el("div", "ls-popup-bar", this.heading, shut), body);
    this.element.addEventListener("pointerdown", () => on.raised?.());
    host.append(this.element);
    this.open = new OpenScreen(body, around, {
      opened: (_view, screen) => {
        const name = textIn(screen.name, around.language) || screen.id;
        this.heading.textContent = name;
        this.element.setAttribute("aria-label", name);
        this.element.style.width = `${screen.width}px`;
        // At the top, and as high as drawn; a page or a longer screen takes all there is.
        const scale = Math.min(1, this.element.clientWidth / screen.width);
        body.style.height = screen.layout === "page" ? "100%" : `${Math.ceil(screen.height * scale)}px`;
      },
      refused: (e) => {
        this.heading.textContent = say("cannotOpen", lang);
        body.replaceChildren(el("p", "ls-popup-fault", [e.message, e.hint].filter(Boolean).join(" ")));
      },
    });
    // It must be painted outside once before it can come in.
    void this.element.offsetWidth;
    this.element.classList.add("ls-in");
    shut.focus({ preventScroll: true });
  }

  set front(z: number) {
    this.element.style.zIndex = String(z);
  }

  destroy(): void {
    const had = this.element.contains(document.activeElement);
    this.open.destroy();
    this.element.remove();
    if (had && this.before instanceof HTMLElement && this.host.isConnected) this.before.focus({ preventScroll: true });
  }
}
