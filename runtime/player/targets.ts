// Outlines what is too small to be hit: for a mouse, a finger or a glove.
import type { ScreenView } from "./screen-view";

const every = 500;

/** Outlines of the targets of a page that are smaller than they should be. */
export class Targets {
  private leastNow = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly layer = document.createElement("div");
  private drawn = "";

  /** `tell` is told how many are too small, whenever that changes. */
  constructor(
    private readonly view: () => ScreenView | undefined,
    private readonly tell: (small: number) => void,
  ) {
    this.layer.className = "ls-targets";
    this.layer.setAttribute("aria-hidden", "true");
  }

  /** The least width and height in CSS pixels; 0 marks none. */
  set least(px: number) {
    this.leastNow = px;
    this.drawn = "";
    clearInterval(this.timer);
    if (px > 0) {
      document.body.append(this.layer);
      // Widgets come and go with values and panes; twice a second is soon enough for who looks on.
      this.timer = setInterval(() => this.draw(), every);
    } else this.layer.remove();
    this.draw();
  }

  private draw(): void {
    const least = this.leastNow;
    const small =
      least > 0
        ? [...this.widgets(), ...this.controls()].filter((r) => r.width < least - 0.5 || r.height < least - 0.5)
        : [];
    const now = small.map((r) => [r.left, r.top, r.width, r.height].map(Math.round).join()).join(";");
    if (now === this.drawn && least > 0) return;
    this.drawn = now;
    this.layer.replaceChildren(
      ...small.map((r) => {
        const box = document.createElement("div");
        box.className = "ls-small";
        box.dataset.size = `${Math.round(r.width)} × ${Math.round(r.height)}`;
        Object.assign(box.style, {
          left: `${r.left}px`,
          top: `${r.top}px`,
          width: `${r.width}px`,
          height: `${r.height}px`,
        });
        return box;
      }),
    );
    if (least > 0) this.tell(small.length);
  }

  /** What of the screen answers to a touch, as far as it is in sight. */
  private widgets(): DOMRect[] {
    const view = this.view();
    if (!view) return [];
    const frame = view.element.getBoundingClientRect();
    return view.operable().flatMap((id) => {
      const b = view.bounds(id);
      if (!b) return [];
      const p = view.scene.toView(b.x, b.y);
      const { zoom } = view.camera;
      const r = new DOMRect(frame.left + p.x, frame.top + p.y, b.width * zoom, b.height * zoom);
      const seen = r.right > frame.left && r.left < frame.right && r.bottom > frame.top && r.top < frame.bottom;
      return seen ? [r] : [];
    });
  }

  /** The controls of the page around the screen. */
  private controls(): DOMRect[] {
    return [...document.querySelectorAll("a, button, select")]
      .map((e) => e.getBoundingClientRect())
      .filter((r) => r.width > 0 && r.height > 0);
  }
}
