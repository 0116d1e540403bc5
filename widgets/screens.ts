// What the widgets that draw screens within themselves have in common.
import { inputOf, isInput } from "./embed";
import { shown, string, usable } from "./kit";
import type { Lang, Settings, Values } from "./view";
import "./screens.css";

const texts = {
  choose: { en: "Choose a screen.", zh: "请选择画面。" },
  none: { en: "Nothing is chosen.", zh: "未选择任何内容。" },
  noValue: { en: "No value for {0}.", zh: "{0} 没有值。" },
  loading: { en: "Opening…", zh: "正在打开…" },
  alone: { en: "A screen is shown here when the app runs.", zh: "应用运行时此处显示画面。" },
  noItems: { en: "There are none.", zh: "没有内容。" },
  noneFound: { en: "None fits the filter.", zh: "没有符合筛选条件的项。" },
  chooseInput: { en: "Choose the input that takes the asset.", zh: "请选择接收资产的输入。" },
  tooMany: {
    en: "The first {0} of {1} are shown. Choose a smaller area.",
    zh: "仅显示 {1} 项中的前 {0} 项，请选择更小的区域。",
  },
  items: { en: "Items", zh: "项目" },
} satisfies Record<string, Record<Lang, string>>;

export const tell = (key: keyof typeof texts, lang: Lang, ...args: (string | number)[]): string =>
  texts[key][lang].replace(/\{(\d)\}/g, (_m, i) => String(args[Number(i)] ?? ""));

/** What stands in for the inputs of a screen; an input that has no value now says so by missing. */
export function paramsOf(settings: Settings, values: Values): { params: Record<string, unknown>; missing?: string } {
  const params: Record<string, unknown> = {};
  let missing: string | undefined;
  for (const [name, v] of Object.entries(settings)) if (isInput(name)) params[inputOf(name)] = v;
  for (const name in values) {
    if (!isInput(name)) continue;
    const now = shown(values, {}, name);
    if (usable(now)) params[inputOf(name)] = now.v;
    else missing ??= inputOf(name);
  }
  return { params, missing };
}

/** The waiting value of a property is none yet. */
export const waits = (values: Values): boolean =>
  Object.keys(values).some((name) => isInput(name) && shown(values, {}, name).look === "waiting");

/** Says something in place of a screen. */
export function note(text: string, kind: "" | "bad" = ""): HTMLElement {
  const p = document.createElement("p");
  p.className = kind === "bad" ? "ls-embed-note ls-embed-bad" : "ls-embed-note";
  p.textContent = text;
  return p;
}

export const appOf = (settings: Settings): string => string(settings, "app");

/**
 * An element within a host that is drawn in pixels of the window, whatever the zoom of the screen around: what
 * lies in it is as sharp, and is pressed at the same places, as if it lay in no other.
 */
export class Upright {
  readonly element = document.createElement("div");
  zoom = 1;

  constructor(host: HTMLElement, name: string) {
    this.element.className = name;
    host.append(this.element);
  }

  /** Takes the size in pixels of the drawing, and how many pixels of the screen each of them is. */
  resize(box: { width: number; height: number }, ratio: number): void {
    this.zoom = Math.max(0.05, ratio / (window.devicePixelRatio || 1));
    const { style } = this.element;
    style.width = `${box.width * this.zoom}px`;
    style.height = `${box.height * this.zoom}px`;
    style.transform = `scale(${1 / this.zoom})`;
  }
}
