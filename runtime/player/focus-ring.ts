import type { Layer, Scene } from "@lineside/scene";

/** The ring around what has the keyboard's focus. */
export class FocusRing {
  private layer: Layer | undefined;

  constructor(private readonly scene: Scene) {}

  /** Draws it around what has these bounds and is turned like this, or nowhere. */
  draw(b: { x: number; y: number; width: number; height: number } | undefined, seen: Layer["turn"]): void {
    if (this.layer) this.scene.remove(this.layer);
    this.layer = undefined;
    if (!b) return;
    const size = { width: b.width + 8, height: b.height + 8 };
    this.layer = this.scene.layer(" focus", { x: b.x - 4, y: b.y - 4, ...size }, false);
    this.layer.rect({ x: 0, y: 0, ...size, stroke: "focus", strokeWidth: 2, radius: 4 });
    this.layer.turn = seen?.matrix && { ...seen, opacity: 1, visible: true, blink: false };
  }
}
