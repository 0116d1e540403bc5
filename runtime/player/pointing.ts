import { Quality } from "@lineside/client";
import { look } from "@lineside/scene";
import { fixed, lookText, textOf } from "@lineside/widgets";
import { Gestures } from "./gestures";
import type { Instance } from "./instance";
import type { ScreenView } from "./screen-view";
import { say } from "./texts";

const rest = 400;
const slop = 8;

const names = new Map<number, string>(Object.entries(Quality).map(([name, code]) => [code, name]));

/** The screen that all others lie in. */
function outermost(element: HTMLElement): HTMLElement {
  const around = element.parentElement?.closest<HTMLElement>(".ls-screen");
  return around ? outermost(around) : element;
}

/** Mouse, touch and pen on a running screen: press and act, pan what does not fit, quality and age when resting. */
export class Pointing {
  /** The last input came from a pointer: no focus ring. */
  byPointer = false;
  private pressed: Instance | undefined;
  private from: { x: number; y: number; id: number } | undefined;
  private panning = false;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private tip: HTMLElement | undefined;
  private refresh: ReturnType<typeof setInterval> | undefined;
  private readonly gone = new AbortController();
  private readonly gestures: Gestures;
  private touched: Instance | undefined;

  constructor(private readonly view: ScreenView) {
    this.gestures = new Gestures(view);
    const el = view.element;
    const { signal } = this.gone;
    el.addEventListener("pointerdown", (e) => this.down(e), { signal });
    el.addEventListener("pointermove", (e) => this.move(e), { signal });
    el.addEventListener("pointerup", (e) => this.up(e), { signal });
    el.addEventListener("pointercancel", () => this.release(false), { signal });
    el.addEventListener("pointerleave", () => this.out(), { signal });
    el.addEventListener(
      "wheel",
      (e) => {
        this.hide();
        const { x, y } = this.view.camera;
        this.view.pan(e.shiftKey ? e.deltaY : e.deltaX, e.shiftKey ? 0 : e.deltaY);
        const { camera } = this.view;
        // What lies within another leaves the wheel to that one when it is at its end.
        if (!this.view.nested) e.preventDefault();
        else if (camera.x !== x || camera.y !== y) {
          e.preventDefault();
          e.stopPropagation();
        }
      },
      { signal, passive: false },
    );
    window.addEventListener("keydown", () => this.setByPointer(false), { signal, capture: true });
  }

  destroy(): void {
    this.gone.abort();
    this.gestures.destroy();
    this.hide();
  }

  private out(): void {
    this.hide();
    this.gestures.hover(undefined);
  }

  private setByPointer(on: boolean): void {
    this.byPointer = on;
  }

  private at(e: PointerEvent): { x: number; y: number } {
    const r = this.view.element.getBoundingClientRect();
    return { x: e.clientX - r.left, y: e.clientY - r.top };
  }

  private instanceAt(x: number, y: number): Instance | undefined {
    const id = this.view.hit(x, y);
    return id === undefined ? undefined : this.view.instance(id);
  }

  private down(e: PointerEvent): void {
    this.byPointer = true;
    this.hide();
    if (e.button !== 0) return;
    const p = this.at(e);
    // A finger on an element of its own may still scroll the screen; to press is the element's.
    const element = (e.target as HTMLElement).closest(".ls-elements");
    const i = this.instanceAt(p.x, p.y);
    this.touched = i;
    this.gestures.press(i);
    if (element && e.pointerType === "mouse") return;
    this.from = { ...p, id: e.pointerId };
    this.panning = false;
    if (element) return;
    const w = this.view.scene.toWorld(p.x, p.y);
    if (i?.activeAt(w.x, w.y)) {
      this.pressed = i;
      i.press(true);
    }
    // A finger that stays asks what it is on, as the mouse does by resting.
    if (e.pointerType !== "mouse" && !this.gestures.taker(i, "long"))
      this.resting = setTimeout(() => this.show(p.x, p.y), rest * 1.5);
    try {
      this.view.element.setPointerCapture(e.pointerId);
    } catch {
      // The pointer is already gone.
    }
  }

  private move(e: PointerEvent): void {
    const p = this.at(e);
    if (this.from && this.from.id === e.pointerId) {
      if (this.pressed?.draggable) {
        this.hide();
        this.panning = true;
        const w = this.view.scene.toWorld(p.x, p.y);
        this.pressed.drag(w.x, w.y);
        return;
      }
      const dx = p.x - this.from.x;
      const dy = p.y - this.from.y;
      if (this.panning || Math.hypot(dx, dy) > slop) {
        this.hide();
        if (!this.panning) this.lift();
        this.panning = true;
        this.gestures.move();
        if (e.pointerType !== "mouse") {
          this.view.pan(-dx, -dy);
          this.from = { ...p, id: e.pointerId };
        }
      }
      return;
    }
    if (e.pointerType !== "mouse") return;
    this.hide();
    const i = this.instanceAt(p.x, p.y);
    this.gestures.hover(i);
    if ((e.target as HTMLElement).closest(".ls-elements")) return;
    const w = this.view.scene.toWorld(p.x, p.y);
    this.view.element.style.cursor = i?.activeAt(w.x, w.y) ? i.cursor : this.gestures.clickable(i) ? "pointer" : "";
    if (i) this.resting = setTimeout(() => this.show(p.x, p.y), rest);
  }

  private up(e: PointerEvent): void {
    const p = this.at(e);
    const was = this.pressed;
    const moved = this.panning;
    const touched = this.touched;
    this.release();
    if (moved || !touched || this.instanceAt(p.x, p.y) !== touched) return;
    const w = this.view.scene.toWorld(p.x, p.y);
    const acts = was === touched && was.activeAt(w.x, w.y);
    this.gestures.click(touched, acts ? () => was.act(w.x, w.y) : undefined);
  }

  /** Lets go of what is pressed: the screen is being left. */
  letGo(): void {
    this.release(false);
  }

  private lift(kept = true): void {
    this.pressed?.press(false, kept);
    this.pressed = undefined;
  }

  private release(kept = true): void {
    this.lift(kept);
    this.gestures.release();
    this.touched = undefined;
    this.from = undefined;
    this.panning = false;
    clearTimeout(this.resting);
  }

  private hide(): void {
    clearTimeout(this.resting);
    clearInterval(this.refresh);
    this.tip?.remove();
    this.tip = undefined;
  }

  /** Value, quality in full and age of every tag of the widget below. */
  private show(x: number, y: number): void {
    const i = this.instanceAt(x, y);
    if (!i || i.tags.length === 0) return;
    const tip = document.createElement("div");
    tip.className = "ls-tip";
    tip.setAttribute("role", "tooltip");
    const write = () => {
      tip.textContent = i.tags.map((t) => this.line(t)).join("\n");
    };
    write();
    // What lies within another has no room of its own for it.
    const root = outermost(this.view.element);
    root.append(tip);
    const { left, top } = this.view.element.getBoundingClientRect();
    const box = root.getBoundingClientRect();
    const px = x + left - box.left;
    const py = y + top - box.top;
    tip.style.left = `${Math.max(0, Math.min(px + 12, box.width - tip.offsetWidth - 4))}px`;
    const below = py + 20;
    tip.style.top = `${below + tip.offsetHeight > box.height ? Math.max(0, py - tip.offsetHeight - 12) : below}px`;
    this.tip = tip;
    this.refresh = setInterval(write, 1000);
  }

  private line(t: Instance["tags"][number]): string {
    const zh = this.view.lang === "zh";
    const q = t.live.q >>> 0;
    const k = look(q);
    const reason =
      names.get(q) ?? names.get((q & 0xffff0000) >>> 0) ?? `0x${q.toString(16).toUpperCase().padStart(8, "0")}`;
    const value =
      t.live.v === null
        ? "– –"
        : `${textOf(t.live.v, t.meta?.decimals, this.view.lang)}${t.meta?.unit ? ` ${t.meta.unit}` : ""}`;
    const words = k === "good" ? "" : ` · ${lookText(k, this.view.lang)} (${reason})`;
    const age = t.live.t > 0 ? Math.max(0, (Date.now() - t.live.t) / 1000) : undefined;
    const old =
      age === undefined
        ? ""
        : age < 90
          ? ` · ${say("seconds", this.view.lang, fixed(age, 0))}`
          : ` · ${new Date(t.live.t).toLocaleString(zh ? "zh-CN" : "en-GB", { hour12: false })}`;
    return `${t.title}: ${value}${words}${old}`;
  }
}
