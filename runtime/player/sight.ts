// Where the camera points: how a screen lies in the window, and how far it can be moved.
import type { Screen } from "@lineside/client";
import type { Camera } from "@lineside/scene";

interface Size {
  width: number;
  height: number;
}

/** Keeps the page in sight: centred where it is smaller than the host, at its edge where larger. */
export function inSight(page: Size, host: Size, c: Camera): Camera {
  const axis = (at: number, page: number, view: number) =>
    view >= page ? (page - view) / 2 : Math.max(0, Math.min(at, page - view));
  return {
    zoom: c.zoom,
    x: axis(c.x, page.width, host.width / c.zoom),
    y: axis(c.y, page.height, host.height / c.zoom),
  };
}

/** The camera as the document's `fit` says; a page keeps its height unless it shall begin at its top. */
export function fitted(page: Screen, host: Size, now: Camera, fromTop: boolean): Camera {
  if (page.layout === "page") return inSight(page, host, { x: 0, y: fromTop ? 0 : now.y, zoom: 1 });
  const { width, height, fit } = page;
  const zoom =
    fit === "fixed" ? 1 : fit === "width" ? host.width / width : Math.min(host.width / width, host.height / height);
  return inSight(page, host, { x: 0, y: 0, zoom });
}

/** How far to go down, in CSS pixels, until what has these bounds is in sight; 0 when it is. */
export function wayTo(b: { y: number; height: number }, host: Size, camera: Camera): number {
  const low = Math.min(b.y, b.y + b.height - host.height / camera.zoom);
  const y = Math.max(Math.min(camera.y, b.y - 8), b.y + b.height - host.height / camera.zoom + 8);
  return camera.y > b.y || camera.y < low ? (y - camera.y) * camera.zoom : 0;
}
