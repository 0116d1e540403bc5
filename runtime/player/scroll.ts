// A screen that is higher than its window: a scrollbar beside it, and the keys that scroll.
import type { ScreenView } from "./screen-view";

const least = 32;

/** The scrollbar of a running screen. It is there only while something lies below or above. */
export class Scroll {
  private readonly bar = document.createElement("div");
  private readonly thumb = document.createElement("div");
  private readonly gone = new AbortController();
  private held: number | undefined;

  constructor(private readonly view: ScreenView) {
    this.bar.className = "ls-scroll";
    // For the eye and the pointer; screen readers and keyboards go by the contents.
    this.bar.setAttribute("aria-hidden", "true");
    this.thumb.className = "ls-thumb";
    this.bar.append(this.thumb);
    this.bar.hidden = true;
    view.element.append(this.bar);
    const { signal } = this.gone;
    this.bar.addEventListener("pointerdown", (e) => this.down(e), { signal });
    this.bar.addEventListener("pointermove", (e) => this.held !== undefined && this.to(e.clientY - this.held), {
      signal,
    });
    for (const name of ["pointerup", "pointercancel"] as const)
      this.bar.addEventListener(
        name,
        () => {
          this.held = undefined;
        },
        { signal },
      );
    window.addEventListener("keydown", (e) => this.key(e), { signal });
    view.onCamera(() => this.show());
  }

  destroy(): void {
    this.gone.abort();
    this.bar.remove();
  }

  /** Heights in CSS pixels: of the screen, of the window on it, and what lies above. */
  private get heights(): { page: number; window: number; above: number } {
    const { camera, viewport, pageHeight } = this.view;
    return { page: pageHeight * camera.zoom, window: viewport.height, above: camera.y * camera.zoom };
  }

  private get thumbHeight(): number {
    const { page, window } = this.heights;
    return Math.max(least, (window * window) / Math.max(1, page));
  }

  private show(): void {
    const { page, window, above } = this.heights;
    this.bar.hidden = page <= window + 1;
    this.view.element.classList.toggle("ls-scrolls", !this.bar.hidden);
    if (this.bar.hidden) return;
    const height = this.thumbHeight;
    this.thumb.style.height = `${height}px`;
    this.thumb.style.transform = `translateY(${(above / (page - window)) * (window - height)}px)`;
  }

  private down(e: PointerEvent): void {
    e.stopPropagation();
    e.preventDefault();
    const r = this.thumb.getBoundingClientRect();
    // Beside the thumb: it comes to the pointer, and goes with it.
    const on = e.clientY >= r.top && e.clientY < r.bottom;
    this.held = on ? e.clientY - r.top : r.height / 2;
    this.bar.setPointerCapture(e.pointerId);
    if (!on) this.to(e.clientY - this.held);
  }

  /** Puts the top of the thumb to a place of the browser's window. */
  private to(clientY: number): void {
    const { page, window, above } = this.heights;
    const room = Math.max(1, window - this.thumbHeight);
    const at = clientY - this.bar.getBoundingClientRect().top;
    this.view.pan(0, (at / room) * (page - window) - above);
  }

  private key(e: KeyboardEvent): void {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || this.bar.hidden) return;
    const target = e.target as HTMLElement;
    const { element } = this.view;
    // The innermost that scrolls takes the keys; without a focus the last of those that lie in no other.
    const within = target.closest(".ls-scroller, .ls-screen.ls-scrolls");
    const last = () => [...document.querySelectorAll(".ls-screen:not(.ls-nested)")].at(-1) === element;
    if (!(within === element || (target === document.body && !this.view.nested && last()))) return;
    if (target.closest("input, textarea, select, [contenteditable]")) return;
    const { window, page } = this.heights;
    const by = {
      ArrowDown: 48,
      ArrowUp: -48,
      PageDown: window * 0.9,
      PageUp: -window * 0.9,
      Home: -page,
      End: page,
    }[e.key];
    if (by === undefined) return;
    e.preventDefault();
    this.view.pan(0, by);
  }
}
