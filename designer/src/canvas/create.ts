// New widgets from the catalogue, and which of them fit a tag.
import type { Manifest, Preset, Prop, TagType, Widget } from "@lineside/client";

/** A tag as it is dragged onto the canvas. */
export interface DraggedTag {
  path: string;
  type: TagType | "none";
  title?: string;
  writable?: boolean;
}

/** The size of a new widget of a type, or of one of its presets. */
export const newSize = (manifest: Manifest, preset?: Preset): { width: number; height: number } =>
  preset?.size ?? manifest.size;

/** A widget of a type at a place, all its properties at their defaults but those given. */
export function newWidget(
  manifest: Manifest,
  id: string,
  x: number,
  y: number,
  props?: Record<string, Prop>,
  preset?: Preset,
): Widget {
  const { width, height } = newSize(manifest, preset);
  if (preset && manifest.variant) props = { [manifest.variant]: preset.id, ...props };
  const widget: Widget = {
    id,
    type: manifest.id,
    x: Math.round(x),
    y: Math.round(y),
    w: width,
    h: height,
  };
  if (props && Object.keys(props).length > 0) widget.props = props;
  return widget;
}

/** Whether a widget can show a tag of a type. */
export function fits(manifest: Manifest, type: DraggedTag["type"]): boolean {
  return (
    !!manifest.drop && (!manifest.fits || manifest.fits.length === 0 || (manifest.fits as string[]).includes(type))
  );
}

/** The widgets that fit all of the tags. Those that write come last when a tag cannot be written. */
export function fitting(catalogue: readonly Manifest[], tags: readonly DraggedTag[]): Manifest[] {
  const good = catalogue.filter((m) => tags.every((t) => fits(m, t.type)));
  const writable = tags.every((t) => t.writable);
  // What shows values goes before what is drawn.
  const drawn = (m: Manifest) => Number(m.category === "drawing" || m.category === "symbols");
  return good.filter((m) => writable || !m.writes).toSorted((a, b) => drawn(a) - drawn(b));
}

/** The least size of a widget. */
export function leastSize(manifest: Manifest | undefined): { w: number; h: number } {
  return { w: manifest?.size.minWidth ?? 4, h: manifest?.size.minHeight ?? 4 };
}
