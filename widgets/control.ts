import type { WriteResult } from "@lineside/client";
import { fixed } from "./kit";
import type { Env, Settings } from "./view";

/** Something an operator sets: pending until the device has confirmed. */
export class Control {
  /** A write is under way. */
  pending = false;
  /** The operator is being asked. */
  private asking = false;
  /** The last write did not end well. */
  result: WriteResult | undefined;

  constructor(
    private readonly env: Env,
    private readonly settings: Settings,
    private readonly draw: () => void,
  ) {}

  /** May it be used: enabled by the engineer, and nothing under way. */
  get free(): boolean {
    return this.settings.enabled !== false && !this.pending && !this.asking;
  }

  /** The ARIA state. */
  get state(): Record<string, string> {
    return this.pending ? { busy: "true" } : {};
  }

  /** Emits, is pending until the answer is there, and draws in between. False when it was declined or did not end well. */
  async emit(name: string, data?: unknown): Promise<boolean> {
    if (this.pending || this.asking) return false;
    let went = false;
    this.asking = true;
    this.draw();
    try {
      const r = await this.env.emit(name, data, () => {
        went = true;
        this.pending = true;
        this.result = undefined;
        this.draw();
      });
      this.result = r && r.outcome !== "good" && r.outcome !== "running" ? r : undefined;
      return went && this.result === undefined;
    } finally {
      this.asking = false;
      this.pending = false;
      this.draw();
    }
  }
}

/** May the operator set a property: it is one tag that this user may write, or the app does something at the change. */
export function settable(env: Env, prop: string): boolean {
  const meta = env.meta(prop);
  if (env.mode === "design" || meta?.writable === true) return true;
  return !meta?.path && env.actions.some((e) => e === "set" || e === "change");
}

const words = {
  refused: { en: "You may not set this, or it cannot be written.", zh: "您无权设定，或该变量不可写入。" },
  loose: {
    en: "Nothing is set here yet: bind it to a tag or give it an action.",
    zh: "尚未设定目标：请绑定变量或添加动作。",
  },
  disabled: { en: "Not available now.", zh: "当前不可用。" },
  alone: { en: "No connection.", zh: "无连接。" },
  ramp: { en: "ramping to", zh: "正在变到" },
  pending: { en: "waiting for confirmation", zh: "等待确认" },
  failed: { en: "last write failed", zh: "上次写入失败" },
  unknown: { en: "outcome of last write unknown", zh: "上次写入结果未知" },
};

/** The state of a control in words, "" when there is nothing to say. */
export function controlText(c: Control, env: Env): string {
  if (c.pending) return words.pending[env.lang];
  if (!c.result) return "";
  return c.result.outcome === "unknown" ? words.unknown[env.lang] : words.failed[env.lang];
}

/** Why the last write of a control did not end well, "" when it did. */
export const failureText = (c: Control): string =>
  c.pending || !c.result ? "" : [c.result.message, c.result.hint].filter(Boolean).join(" ");

/** Why a property cannot be set now, "" when it can. */
export function refusal(env: Env, settings: Settings, prop: string): string {
  if (env.mode === "design") return "";
  if (!settable(env, prop)) return words[env.meta(prop)?.path ? "refused" : "loose"][env.lang];
  if (settings.enabled === false) return words.disabled[env.lang];
  return env.connected ? "" : words.alone[env.lang];
}

/** Where the tag of a property is ramping to, "" when it is not. */
export function rampText(env: Env, prop: string, decimals: number | undefined): string {
  const target = env.meta(prop)?.ramp?.target;
  return typeof target === "number" ? `${words.ramp[env.lang]} ${fixed(target, decimals)}` : "";
}
