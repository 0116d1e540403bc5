// The grid of the page, fine lines and stronger ones at every eighth.
import type { Camera } from "@lineside/scene";

/** The least distance of fine lines in CSS pixels; nearer ones are not drawn. */
const least = 8;

/** Paints the lines of a grid as far as they are seen on the page. */
export function paintGrid(
  ctx: CanvasRenderingContext2D,
  page: { width: number; height: number },
  step: number,
  camera: Camera,
  width: number,
  height: number,
  ink: string,
): void {
  const { zoom } = camera;
  const x0 = Math.max(0, -camera.x * zoom);
  const y0 = Math.max(0, -camera.y * zoom);
  const x1 = Math.min(width, (page.width - camera.x) * zoom);
  const y1 = Math.min(height, (page.height - camera.y) * zoom);
  if (x1 <= x0 || y1 <= y0) return;
  ctx.fillStyle = ink;
  for (const [every, alpha] of [
    [1, 0.05],
    [8, 0.09],
  ] as const) {
    const d = step * every;
    if (d * zoom < least) continue;
    ctx.globalAlpha = alpha;
    for (let x = Math.max(d, Math.ceil((camera.x + x0 / zoom) / d) * d); (x - camera.x) * zoom < x1; x += d)
      ctx.fillRect(Math.round((x - camera.x) * zoom), y0, 1, y1 - y0);
    for (let y = Math.max(d, Math.ceil((camera.y + y0 / zoom) / d) * d); (y - camera.y) * zoom < y1; y += d)
      ctx.fillRect(x0, Math.round((y - camera.y) * zoom), x1 - x0, 1);
  }
  ctx.globalAlpha = 1;
}
