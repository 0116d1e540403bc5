// Where the drawing is looked at from.
import type { Camera } from "@lineside/scene";
import type { Box } from "../document";

export const minZoom = 0.05;
export const maxZoom = 8;

/** Another zoom with the point (x, y) of the view, in CSS pixels, staying where it is. */
export function zoomAt(camera: Camera, zoom: number, x: number, y: number): Camera {
  const next = Math.min(maxZoom, Math.max(minZoom, zoom));
  return { zoom: next, x: camera.x + x / camera.zoom - x / next, y: camera.y + y / camera.zoom - y / next };
}

/** A camera that shows a box whole in a view, with a margin in CSS pixels. */
export function fitCamera(box: Box, view: { width: number; height: number }, margin = 48, most = maxZoom): Camera {
  const w = Math.max(1, view.width - 2 * margin);
  const h = Math.max(1, view.height - 2 * margin);
  const zoom = Math.min(most, Math.max(minZoom, Math.min(w / Math.max(1, box.w), h / Math.max(1, box.h))));
  return { zoom, x: box.x + box.w / 2 - view.width / 2 / zoom, y: box.y + box.h / 2 - view.height / 2 / zoom };
}

/** Steps of the zoom commands. */
const steps = [0.05, 0.1, 0.25, 0.33, 0.5, 0.67, 0.75, 1, 1.25, 1.5, 2, 3, 4, 6, 8];

/** The next step of zoom up or down. */
export function zoomStep(zoom: number, up: boolean): number {
  return up ? (steps.find((s) => s > zoom + 0.001) ?? maxZoom) : (steps.findLast((s) => s < zoom - 0.001) ?? minZoom);
}
