import type { Bounds } from "./geometry";

const counts: Record<string, number> = { M: 2, L: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, T: 2, A: 7, Z: 0 };

/**
 * A rectangle that surely covers SVG path data (SVG 2, 9.3): control points are taken as if
 * they were on the curve and an arc as far as its radii reach.
 */
export function pathBounds(d: string): Bounds {
  const b: Bounds = { x0: 0, y0: 0, x1: 0, y1: 0 };
  let first = true;
  let x = 0;
  let y = 0;
  let startX = 0;
  let startY = 0;
  const take = (px: number, py: number) => {
    if (first) {
      b.x0 = b.x1 = px;
      b.y0 = b.y1 = py;
      first = false;
      return;
    }
    if (px < b.x0) b.x0 = px;
    if (px > b.x1) b.x1 = px;
    if (py < b.y0) b.y0 = py;
    if (py > b.y1) b.y1 = py;
  };
  for (const [, letter = "", rest = ""] of d.matchAll(/([MLHVCSQTAZ])([^MLHVCSQTAZ]*)/gi)) {
    const command = letter.toUpperCase();
    const relative = letter !== command;
    const n = counts[command] ?? 0;
    if (n === 0) {
      x = startX;
      y = startY;
      continue;
    }
    const args = (rest.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? []).map(Number);
    for (let i = 0; i + n <= args.length; i += n) {
      const at = (k: number) => args[i + k] as number;
      const ox = relative ? x : 0;
      const oy = relative ? y : 0;
      if (command === "H") x = ox + at(0);
      else if (command === "V") y = oy + at(0);
      else if (command === "A") {
        const nx = ox + at(5);
        const ny = oy + at(6);
        // An arc's ellipse holds both ends, so it lies within its diameter of either.
        const reach = 2 * Math.max(Math.abs(at(0)), Math.abs(at(1)), Math.hypot(nx - x, ny - y) / 2);
        take(Math.max(x, nx) - reach, Math.max(y, ny) - reach);
        take(Math.min(x, nx) + reach, Math.min(y, ny) + reach);
        x = nx;
        y = ny;
      } else {
        for (let k = 0; k < n; k += 2) take(ox + at(k), oy + at(k + 1));
        x = ox + at(n - 2);
        y = oy + at(n - 1);
      }
      if (command === "M" && i === 0) {
        startX = x;
        startY = y;
      }
      take(x, y);
    }
  }
  return b;
}
