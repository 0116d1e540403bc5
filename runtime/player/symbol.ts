import { symbols } from "@lineside/widgets";

const ns = "http://www.w3.org/2000/svg";

/** A symbol of the icon set by its name, as an element; a box when it is not known. */
export function symbol(name: string, size = 20): SVGSVGElement {
  const svg = document.createElementNS(ns, "svg");
  const path = document.createElementNS(ns, "path");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24",
    width: size,
    height: size,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 2,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": true,
    class: "ls-symbol",
  }))
    svg.setAttribute(key, String(value));
  path.setAttribute("d", symbols[name] ?? symbols.box ?? "");
  svg.append(path);
  return svg;
}

/** Signs of the frame itself, which no document names. */
export function sign(name: "menu" | "down" | "right" | "home", more = ""): SVGSVGElement {
  const svg = symbol("box");
  if (more) svg.classList.add(more);
  svg.firstElementChild?.setAttribute(
    "d",
    {
      menu: "M4 6h16M4 12h16M4 18h16",
      down: "M6 9l6 6 6-6",
      right: "M9 6l6 6-6 6",
      home: "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
    }[name],
  );
  return svg;
}
