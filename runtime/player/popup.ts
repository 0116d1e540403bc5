import { el } from "./dialogs";
import { textIn } from "./language";
import type { Around } from "./open-screen";
import { OpenScreen } from "./open-screen";
import { say } from "./texts";

/** Room that is left around a popup, in px. */
const margin = 16;
const bar = 44;

/** What a popup or drawer tells the player. */
export interface Raised {
  /** It was closed by the person, or is to be. */
  closed(): void;
  /** It was touched: it goes before the others. */
  raised?(): void;
}

/**
 * A screen in a window of the player. It is as large as the screen is drawn, or as the player has room,
 * can be moved by its bar with pointer and arrow keys, and lets what is behind it act.
 */
export class Popup {
  readonly element = el("section", "ls-popup");
  readonly open: OpenScreen;
  private readonly heading = el("h2", "ls-popup-title");
  private readonly shut = el("button", "ls-popup-close", "×");
  private readonly body = el("div", "ls-popup-body");
  private readonly before = document.activeElement;
  private place = { x: 0, y: 0 };
  private drawn = { width: 480, height: 320 };
  private readonly resizing: ResizeObserver;

  /** nth counts the popups, so that one does not cover the other. */
  constructor(
    private readonly host: HTMLElement,
    private readonly around: Around,
    on: Raised,
    private readonly nth: number,
  ) {
    const { lang } = around;
    this.element.setAttribute("role", "dialog");
    this.shut.type = "button";
    this.shut.setAttribute("aria-label", say("close", lang));
    this.shut.addEventListener("click", () => on.closed());
    const head = el("div", "ls-popup-bar", this.heading, this.shut);
    this.heading.tabIndex = 0;
    this.heading.title = say("moveWindow", lang);
    this.element.append(head, this.body);
    this.element.addEventListener("pointerdown", () => on.raised?.());
    this.draggable(head);
    this.heading.addEventListener("keydown", (e) => this.step(e));
    this.name("");
    host.append(this.element);
    this.open = new OpenScreen(this.body, around, {
      opened: (_view, screen) => {
        this.drawn = { width: screen.width, height: screen.height };
        this.name(textIn(screen.name, around.language) || screen.id);
        this.fit();
      },
      refused: (e) => {
        this.name(say("cannotOpen", lang));
        this.body.replaceChildren(el("p", "ls-popup-fault", [e.message, e.hint].filter(Boolean).join(" ")));
      },
    });
    this.fit();
    this.centre();
    this.resizing = new ResizeObserver(() => this.fit());
    this.resizing.observe(host);
    this.shut.focus({ preventScroll: true });
  }

  set front(z: number) {
    this.element.style.zIndex = String(z);
  }

  destroy(): void {
    this.resizing.disconnect();
    const had = this.element.contains(document.activeElement);
    this.open.destroy();
    this.element.remove();
    if (had && this.before instanceof HTMLElement) this.before.focus({ preventScroll: true });
  }

  private name(text: string): void {
    this.heading.textContent = text;
    this.element.setAttribute("aria-label", text || say("window", this.around.lang));
  }

  /** As large as drawn, smaller where there is no room, and inside the player. */
  private fit(): void {
    const room = { width: this.host.clientWidth - 2 * margin, height: this.host.clientHeight - 2 * margin - bar };
    const scale = Math.min(1, room.width / this.drawn.width, room.height / this.drawn.height);
    const first = this.body.style.width === "";
    const width = `${Math.max(120, Math.round(this.drawn.width * scale))}px`;
    const height = `${Math.max(60, Math.round(this.drawn.height * scale))}px`;
    if (this.body.style.width !== width || this.body.style.height !== height) {
      Object.assign(this.body.style, { width, height });
      if (!this.moved || first) this.centre();
    }
    this.move(this.place.x, this.place.y);
  }

  private moved = false;

  private centre(): void {
    const x = (this.host.clientWidth - this.element.offsetWidth) / 2;
    const y = (this.host.clientHeight - this.element.offsetHeight) / 2;
    const shift = (this.nth % 6) * 28;
    this.move(x + shift, y + shift);
  }

  private move(x: number, y: number): void {
    const most = (room: number, size: number) => Math.max(0, room - size);
    this.place = {
      x: Math.max(0, Math.min(x, most(this.host.clientWidth, this.element.offsetWidth))),
      y: Math.max(0, Math.min(y, most(this.host.clientHeight, this.element.offsetHeight))),
    };
    Object.assign(this.element.style, { left: `${Math.round(this.place.x)}px`, top: `${Math.round(this.place.y)}px` });
  }

  private step(e: KeyboardEvent): void {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (!by) return;
    e.preventDefault();
    e.stopPropagation();
    this.moved = true;
    this.move(this.place.x + (by[0] as number) * 16, this.place.y + (by[1] as number) * 16);
  }

  private draggable(head: HTMLElement): void {
    let from: { x: number; y: number } | undefined;
    head.addEventListener("pointerdown", (e) => {
      if (e.button !== 0 || (e.target as HTMLElement).closest("button")) return;
      from = { x: e.clientX - this.place.x, y: e.clientY - this.place.y };
      head.setPointerCapture(e.pointerId);
    });
    head.addEventListener("pointermove", (e) => {
      if (!from) return;
      this.moved = true;
      this.move(e.clientX - from.x, e.clientY - from.y);
    });
    const end = () => {
      from = undefined;
    };
    head.addEventListener("pointerup", end);
    head.addEventListener("pointercancel", end);
  }
}
