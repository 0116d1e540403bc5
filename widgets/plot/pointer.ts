// What mouse, wheel and fingers do on a plot.
import type uPlot from "uplot";
import type { Scene, Told } from "./chart";

/** What dragging with the mouse does; with Shift or the middle button it always pans. */
export type Dragging = "zoom" | "select" | "pan";

/** How far something must be dragged until it is no press, in CSS pixels. */
const slop = 4;

/** Turns pointers on a plot into what they ask for. A plot may be drawn larger or smaller than it is. */
export class Pointer {
  /** Down now, by id: where they are, in fractions of the width of the plot. */
  private readonly down = new Map<number, number>();
  private doing: "none" | "pan" | "mark" = "none";
  private begin = 0;
  private at = 0;

  constructor(
    private readonly host: HTMLElement,
    private readonly now: () => { plot: uPlot; scene: Scene } | undefined,
    private readonly told: Told,
  ) {
    host.addEventListener("wheel", this.wheel, { passive: false });
    host.addEventListener("pointerdown", this.press);
    host.addEventListener("pointermove", this.move);
    host.addEventListener("pointerup", this.lift);
    host.addEventListener("pointercancel", this.lift);
    host.addEventListener("pointerleave", this.leave);
  }

  /** A part is being marked now. */
  get selecting(): boolean {
    return this.doing === "mark";
  }

  destroy(): void {
    this.host.removeEventListener("wheel", this.wheel);
    this.host.removeEventListener("pointerdown", this.press);
    this.host.removeEventListener("pointermove", this.move);
    this.host.removeEventListener("pointerup", this.lift);
    this.host.removeEventListener("pointercancel", this.lift);
    this.host.removeEventListener("pointerleave", this.leave);
  }

  /** Where something is on the plot: its share of the width, and whether it is within. */
  private place(e: MouseEvent): { share: number; inside: boolean; width: number } | undefined {
    const plot = this.now()?.plot;
    if (!plot) return undefined;
    const box = plot.over.getBoundingClientRect();
    const share = (e.clientX - box.left) / Math.max(1, box.width);
    return {
      share,
      inside: share >= 0 && share <= 1 && e.clientY >= box.top && e.clientY <= box.bottom,
      width: box.width,
    };
  }

  private time(share: number): number {
    const scene = this.now()?.scene;
    return scene ? scene.from + share * (scene.to - scene.from) : 0;
  }

  private point(share: number): void {
    const plot = this.now()?.plot;
    plot?.setCursor({ left: Math.max(0, Math.min(1, share)) * plot.over.clientWidth, top: plot.over.clientHeight / 2 });
  }

  private readonly wheel = (e: WheelEvent) => {
    const p = this.place(e);
    if (!p?.inside) return;
    e.preventDefault();
    e.stopPropagation();
    const sideways = e.shiftKey ? e.deltaY || e.deltaX : Math.abs(e.deltaX) > Math.abs(e.deltaY) ? e.deltaX : 0;
    if (sideways) this.told.pan(sideways / p.width);
    else this.told.wheel(Math.exp(Math.max(-200, Math.min(200, e.deltaY)) * 0.002), this.time(p.share));
  };

  private readonly press = (e: PointerEvent) => {
    const p = this.place(e);
    if (!p?.inside || e.button > 1) return;
    // Text is not selected, and a middle button does not scroll.
    if (e.pointerType === "mouse") e.preventDefault();
    this.host.focus({ preventScroll: true });
    this.host.setPointerCapture?.(e.pointerId);
    this.down.set(e.pointerId, p.share);
    this.begin = this.at = p.share;
    const pans = e.pointerType !== "mouse" || e.button === 1 || e.shiftKey || this.now()?.scene.dragging === "pan";
    this.doing = pans ? "pan" : "mark";
    this.point(p.share);
  };

  private readonly move = (e: PointerEvent) => {
    const p = this.place(e);
    if (!p) return;
    const before = this.down.get(e.pointerId);
    if (before === undefined) {
      if (this.down.size === 0 && p.inside) this.point(p.share);
      return;
    }
    this.down.set(e.pointerId, p.share);
    if (this.down.size === 2) return this.pinch(e.pointerId, before, p.share);
    if (this.doing === "pan") {
      if (Math.abs(p.share - this.begin) * p.width < slop && this.at === this.begin) return;
      this.told.pan(before - p.share);
      this.at = p.share;
      return;
    }
    this.at = p.share;
    this.mark();
    this.point(p.share);
  };

  /** Two fingers: what lies under each stays under it. */
  private pinch(moved: number, before: number, after: number): void {
    const other = [...this.down].find(([id]) => id !== moved)?.[1] ?? 0.5;
    const wide = Math.abs(after - other);
    this.at = Number.NaN;
    if (wide < 0.02) return;
    this.told.wheel(Math.max(0.2, Math.min(5, Math.abs(before - other) / wide)), this.time(other));
  }

  private mark(): void {
    const plot = this.now()?.plot;
    if (!plot) return;
    const [a, b] = [Math.max(0, Math.min(this.begin, this.at)), Math.min(1, Math.max(this.begin, this.at))];
    const w = plot.over.clientWidth;
    plot.setSelect({ left: a * w, width: (b - a) * w, top: 0, height: plot.over.clientHeight }, false);
  }

  private readonly lift = (e: PointerEvent) => {
    if (!this.down.delete(e.pointerId) || this.down.size > 0) return;
    const { doing } = this;
    this.doing = "none";
    const now = this.now();
    if (doing === "mark" && now) {
      const wide = Math.abs(this.at - this.begin) * now.plot.over.clientWidth;
      const [a, b] = [Math.max(0, Math.min(this.begin, this.at)), Math.min(1, Math.max(this.begin, this.at))];
      const [from, to] = [this.time(a), this.time(b)];
      if (now.scene.dragging !== "select" || wide < slop)
        now.plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      if (wide >= slop && e.type === "pointerup")
        now.scene.dragging === "select" ? this.told.select(from, to) : this.told.zoom(from, to);
    }
    this.told.rest?.();
  };

  private readonly leave = (e: PointerEvent) => {
    if (this.down.size > 0 || e.pointerType !== "mouse") return;
    this.now()?.plot.setCursor({ left: -10, top: -10 });
  };
}
