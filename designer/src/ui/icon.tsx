import * as lucide from "./icons";

/** The symbol of a manifest or app by its name in the icon set ("gauge", "toggle-left"); a box when it is not known. */
export function Icon(props: { name?: string; size?: number }) {
  const Mark = lucide.symbols[props.name ?? ""] ?? lucide.symbols.box;
  return Mark ? <Mark size={props.size ?? 16} aria-hidden /> : null;
}
