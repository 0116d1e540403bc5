// What the widgets that lead elsewhere have in common.
import { make, ownTouch } from "./alarm";
import { symbols } from "./icons.gen";
import type { Env, Lang, Mounted, Where } from "./view";
import "./navigation.css";

export type Inputs = Readonly<Record<string, unknown>>;

/** A symbol of the icon set as an element; nothing when it is not known. */
export function iconOf(name: string | undefined, size = 20): SVGSVGElement | undefined {
  const d = name ? symbols[name] : undefined;
  if (!d) return undefined;
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const path = document.createElementNS(ns, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": true }))
    svg.setAttribute(key, String(value));
  svg.setAttribute("class", "ls-icon");
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}

/** Is a click meant for the page, and not for a new tab? */
const plain = (e: MouseEvent): boolean => e.button === 0 && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.altKey;

/** A link to a screen of the app. In the editor it leads nowhere. */
export function screenLink(
  env: Env,
  screen: string,
  name: string,
  children: readonly (Node | string | undefined)[],
  inputs?: Inputs,
  where: Where = "here",
): HTMLAnchorElement {
  const a = make("a", name, ...children.filter((c) => c !== undefined));
  const nav = env.navigation;
  if (!nav?.go || env.mode === "design") {
    a.setAttribute("role", "link");
    if (env.mode !== "design") a.setAttribute("aria-disabled", "true");
    return a;
  }
  a.href = nav.address(screen, inputs);
  a.addEventListener("click", (e) => {
    if (!plain(e)) return;
    e.preventDefault();
    nav.go?.(screen, inputs, where);
  });
  return a;
}

/** A frame for such a widget, drawn again whenever something around the screen changes. */
export function navigator(host: HTMLElement, env: Env, name: string, draw: (root: HTMLElement) => void): Mounted {
  const root = make("nav", `ls-nav ${name}`);
  if (env.mode === "design") root.inert = true;
  ownTouch(root);
  host.append(root);
  const again = () => {
    // Who is on an entry stays on the one in its place.
    const at = [...root.querySelectorAll<HTMLElement>("a, button, select")].indexOf(
      document.activeElement as HTMLElement,
    );
    draw(root);
    if (at >= 0) [...root.querySelectorAll<HTMLElement>("a, button, select")][at]?.focus();
  };
  again();
  const off = env.navigation?.watch(again);
  return {
    update() {},
    resize() {},
    destroy() {
      off?.();
      root.remove();
    },
  };
}

const words = {
  menu: { en: "Menu", zh: "菜单" },
  way: { en: "You are here", zh: "当前位置" },
  language: { en: "Language", zh: "语言" },
  light: { en: "Light", zh: "浅色" },
  dark: { en: "Dark", zh: "深色" },
  theme: { en: "Colours", zh: "配色" },
  themed: { en: "The app decides the colours", zh: "配色由应用决定" },
  alone: { en: "Shown within an app", zh: "在应用中显示" },
  scheme: { en: "Only http and https addresses are opened.", zh: "只能打开 http 和 https 地址。" },
  nowhere: { en: "Choose a screen or an address.", zh: "请选择画面或填写地址。" },
  areas: { en: "Plant", zh: "工厂" },
  filter: { en: "Find", zh: "查找" },
  nothing: { en: "Nothing found", zh: "没有找到" },
  none: { en: "There are no assets.", zh: "没有资产。" },
  refused: { en: "The assets cannot be read.", zh: "无法读取资产。" },
  more: { en: "Show {0} more", zh: "再显示 {0} 个" },
  cut: { en: "{0} of {1}: write what you look for.", zh: "显示 {1} 个中的 {0} 个：请输入要查找的内容。" },
  waiting: { en: "Loading…", zh: "正在加载…" },
} as const;

/** A text of these widgets, with {0}, {1} filled in. */
export const word = (key: keyof typeof words, lang: Lang, ...args: (string | number)[]): string =>
  words[key][lang].replace(/\{(\d)\}/g, (_m, i) => String(args[Number(i)] ?? ""));
