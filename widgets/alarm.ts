// What the widgets that show alarms have in common.
import { type AlarmPriority, alarmMarks, alarmPriorities } from "@lineside/client";
import { string } from "./kit";
import type { Env, Lang, Settings } from "./view";
import "./alarm.css";

const svg = "http://www.w3.org/2000/svg";

const priorityNames: Record<AlarmPriority, Record<Lang, string>> = {
  urgent: { en: "Urgent", zh: "紧急" },
  high: { en: "High", zh: "高" },
  medium: { en: "Medium", zh: "中" },
  low: { en: "Low", zh: "低" },
};

const stateNames: Record<string, Record<Lang, string>> = {
  normal: { en: "Normal", zh: "正常" },
  unacknowledged: { en: "Unacknowledged", zh: "未确认" },
  acknowledged: { en: "Acknowledged", zh: "已确认" },
  returned: { en: "Returned, unacknowledged", zh: "已恢复，未确认" },
  "latched-unacknowledged": { en: "Latched, unacknowledged", zh: "已锁存，未确认" },
  "latched-acknowledged": { en: "Latched, waits for reset", zh: "已锁存，待复位" },
  shelved: { en: "Shelved", zh: "已搁置" },
  suppressed: { en: "Suppressed", zh: "已抑制" },
  "out-of-service": { en: "Out of service", zh: "已停用" },
};

const eventNames: Record<string, Record<Lang, string>> = {
  raise: { en: "Raised", zh: "触发" },
  return: { en: "Returned", zh: "恢复" },
  acknowledge: { en: "Acknowledged", zh: "确认" },
  reset: { en: "Reset", zh: "复位" },
  shelve: { en: "Shelved", zh: "搁置" },
  unshelve: { en: "Brought back", zh: "取消搁置" },
  suppress: { en: "Suppressed", zh: "抑制" },
  unsuppress: { en: "No longer suppressed", zh: "解除抑制" },
  "out-of-service": { en: "Out of service", zh: "停用" },
  "in-service": { en: "In service", zh: "投用" },
  removed: { en: "Removed from the plant", zh: "已从工厂移除" },
  comment: { en: "Comment", zh: "说明" },
};

export const words = {
  none: { en: "No alarm", zh: "无报警" },
  nothing: { en: "Nothing has happened", zh: "没有记录" },
  acknowledge: { en: "Acknowledge", zh: "确认" },
  acknowledgeOf: { en: "Acknowledge {0}", zh: "确认 {0}" },
  more: { en: "and {0} more", zh: "另有 {0} 个" },
  counts: { en: "{0} unacknowledged, {1} active", zh: "{0} 个未确认，{1} 个活动" },
  refused: { en: "The alarms cannot be read.", zh: "无法读取报警。" },
  alarms: { en: "Alarms", zh: "报警" },
  journal: { en: "Alarm history", zh: "报警历史" },
} as const;

/** A text with {0}, {1} filled in. */
export const word = (key: keyof typeof words, lang: Lang, ...args: (string | number)[]): string =>
  words[key][lang].replace(/\{(\d)\}/g, (_m, i) => String(args[Number(i)] ?? ""));

export const stateName = (state: string, lang: Lang): string => stateNames[state]?.[lang] ?? state;
export const eventName = (event: string, lang: Lang): string => eventNames[event]?.[lang] ?? event;

/** The mark of a priority: shape, digit and colour with an outline. It blinks while nobody has acknowledged. */
export function markOf(priority: AlarmPriority, waits: boolean, lang: Lang): SVGElement {
  const { digit, path, y } = alarmMarks[priority];
  const e = document.createElementNS(svg, "svg");
  e.setAttribute("class", `ls-almark ${priority}${waits ? " waits" : ""}`);
  e.setAttribute("viewBox", "0 0 24 24");
  e.setAttribute("role", "img");
  e.setAttribute("aria-label", priorityNames[priority][lang]);
  const shape = document.createElementNS(svg, "path");
  shape.setAttribute("d", path);
  const text = document.createElementNS(svg, "text");
  text.setAttribute("x", "12");
  text.setAttribute("y", String(y));
  text.setAttribute("text-anchor", "middle");
  text.textContent = digit;
  e.append(shape, text);
  return e;
}

/** What a widget asks for: its area and its priorities. */
export function queryOf(settings: Settings): URLSearchParams {
  const query = new URLSearchParams();
  const area = string(settings, "area").trim();
  if (area) query.set("area", area);
  const chosen = alarmPriorities.filter((p) => settings[p] !== false);
  if (chosen.length > 0 && chosen.length < alarmPriorities.length) query.set("priority", chosen.join(","));
  return query;
}

/** A time of today, or a day and a time. */
export function timeText(at: string | number, lang: Lang, seconds = true): string {
  const t = new Date(at);
  const clock = t.toLocaleTimeString("en-GB", { hour12: false, ...(seconds ? {} : { timeStyle: "short" }) });
  if (t.toDateString() === new Date().toDateString()) return clock;
  return `${t.toLocaleDateString(lang, { month: "2-digit", day: "2-digit" })} ${clock}`;
}

/** Makes an element. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  name = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  if (name) e.className = name;
  e.append(...children);
  return e;
}

/** A button of a widget. */
export function press(name: string, text: string, act: () => void): HTMLButtonElement {
  const b = make("button", name, text);
  b.type = "button";
  b.addEventListener("click", act);
  return b;
}

/** What is touched in a list scrolls it, and not the screen below. */
export function ownTouch(root: HTMLElement): void {
  for (const type of ["wheel", "pointerdown", "touchstart"])
    root.addEventListener(type, (e) => e.stopPropagation(), { passive: true });
}

/**
 * Calls load at once and whenever the alarms have changed, one at a time and twice a second at most. What it gives back ends
 * that.
 */
export function follow(env: Env, load: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let again = false;
  let gone = false;
  const run = async () => {
    timer = undefined;
    if (gone) return;
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await load();
    } finally {
      running = false;
      if (again) {
        again = false;
        changed();
      }
    }
  };
  const changed = () => {
    if (!gone) timer ??= setTimeout(() => void run(), 500);
  };
  const off = env.alarms?.watch(changed);
  void run();
  return () => {
    gone = true;
    off?.();
    clearTimeout(timer);
  };
}
