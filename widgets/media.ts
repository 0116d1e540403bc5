// What widgets that show something of elsewhere have in common: addresses, and saying what is wrong.
import { make } from "./alarm";
import type { Lang } from "./view";
import "./media.css";

const words = {
  none: { en: "No address", zh: "没有地址" },
  scheme: { en: "Only http and https addresses are shown.", zh: "只能显示 http 和 https 地址。" },
  blocked: {
    en: "{0} is not allowed. An administrator names the hosts that may be shown when the server is started: --show {0}",
    zh: "{0} 未被允许。管理员在启动服务器时指定可显示的主机：--show {0}",
  },
  connecting: { en: "Connecting…", zh: "正在连接…" },
  lost: { en: "No picture. Trying again in {0} s", zh: "没有画面，{0} 秒后重试" },
  again: { en: "Try now", zh: "立即重试" },
  play: { en: "Play", zh: "播放" },
  pause: { en: "Pause", zh: "暂停" },
  mute: { en: "Mute", zh: "静音" },
  sound: { en: "Sound on", zh: "打开声音" },
  paused: { en: "Paused", zh: "已暂停" },
  video: { en: "Video", zh: "视频" },
  page: { en: "Page", zh: "网页" },
  allow: { en: "Touch to allow sound", zh: "点按以允许声音" },
  allowHelp: {
    en: "Browsers play no sound before somebody has touched the page.",
    zh: "浏览器在页面被点按之前不播放声音。",
  },
  quiet: { en: "Quiet", zh: "安静" },
  sounding: { en: "Sounding", zh: "正在发声" },
  muted: { en: "Muted", zh: "已静音" },
  design: { en: "Shown when the screen runs: {0}", zh: "运行时显示：{0}" },
  unknown: { en: "No value", zh: "没有数值" },
  long: { en: "Too long for a code", zh: "内容过长，无法生成二维码" },
} as const;

/** A text of these widgets, with {0} filled in. */
export const word = (key: keyof typeof words, lang: Lang, ...args: (string | number)[]): string =>
  words[key][lang].replace(/\{(\d)\}/g, (_m, i) => String(args[Number(i)] ?? ""));

/** An address that may be shown: http and https, also of this server itself ("/…"). */
export function shownAddress(text: string): URL | undefined {
  try {
    const url = new URL(text.trim(), location.origin);
    return url.protocol === "http:" || url.protocol === "https:" ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Calls when the page was not allowed to load something of an address' host. What it gives back ends that. */
export function onBlocked(url: URL, tell: () => void): () => void {
  const seen = (e: SecurityPolicyViolationEvent) => {
    if (e.disposition === "enforce" && e.blockedURI.startsWith(url.origin)) tell();
  };
  document.addEventListener("securitypolicyviolation", seen);
  return () => document.removeEventListener("securitypolicyviolation", seen);
}

/** A notice in place of what cannot be shown. */
export function notice(text: string, ...more: Node[]): HTMLElement {
  const p = make("div", "ls-media-note", make("p", "", text), ...more);
  p.setAttribute("role", "status");
  // A long one is scrolled, by keyboard too.
  p.tabIndex = 0;
  return p;
}
