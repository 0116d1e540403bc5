// Where a new widget comes to lie when nobody pointed at a place.
import type { Box } from "../document";
import { gridSize } from "./gesture";

/** How far apart the places are that are tried. */
const step = 4 * gridSize;

/** What is seen of the page, when a box has room there; else what is seen. */
export function freeRoom(seen: Box, page: Box, width: number, height: number): Box {
  const x = Math.max(seen.x, page.x);
  const y = Math.max(seen.y, page.y);
  const w = Math.min(seen.x + seen.w, page.x + page.w) - x;
  const h = Math.min(seen.y + seen.h, page.y + page.h) - y;
  return w >= width && h >= height ? { x, y, w, h } : seen;
}

/** The free place next to the middle of a room, with some air around it; the middle itself when there is none. */
export function nearestFree(
  room: Box,
  width: number,
  height: number,
  free: (box: Box) => boolean,
): { x: number; y: number } {
  const x0 = Math.round((room.x + room.w / 2 - width / 2) / gridSize) * gridSize;
  const y0 = Math.round((room.y + room.h / 2 - height / 2) / gridSize) * gridSize;
  const fits = (x: number, y: number) =>
    free({ x: x - gridSize, y: y - gridSize, w: width + 2 * gridSize, h: height + 2 * gridSize });
  if (fits(x0, y0)) return { x: x0, y: y0 };
  const across = Math.ceil(room.w / 2 / step);
  const down = Math.ceil(room.h / 2 / step);
  const places: { x: number; y: number; far: number }[] = [];
  for (let row = -down; row <= down; row++)
    for (let column = -across; column <= across; column++) {
      const x = x0 + column * step;
      const y = y0 + row * step;
      if (x >= room.x && y >= room.y && x + width <= room.x + room.w && y + height <= room.y + room.h)
        places.push({ x, y, far: Math.max(Math.abs(row), Math.abs(column)) });
    }
  places.sort((a, b) => a.far - b.far);
  return places.find((place) => fits(place.x, place.y)) ?? { x: x0, y: y0 };
}
