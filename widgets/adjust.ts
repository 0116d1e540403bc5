// A number that is moved before it is set: by dragging, by keys or by steps.
import type { Control } from "./control";
import { clamp, number, type Scale } from "./kit";
import type { Env, Settings } from "./view";

/** How long after the last step or key the number is set. */
const pause = 800;

/** The step of an input: its setting, or what its decimals can tell. */
export function stepOf(settings: Settings, decimals: number | undefined, low: number, high: number): number {
  const own = number(settings, "step");
  if (own !== undefined && own > 0) return own;
  return decimals === undefined ? (high - low) / 100 : 10 ** -decimals;
}

/** How often it may be written while it is moved: only where nobody is asked about it; see Adjusted.every. */
export function everyOf(settings: Settings, env: Env): number {
  const meta = env.meta("value");
  return settings.whileMoving === true && (!meta?.path || meta.confirm === "none") ? 250 : 0;
}

export interface Adjusted {
  low: number;
  high: number;
  step: number;
  control: Control;
  /** The value that the plant has. */
  present(): number | undefined;
  draw(): void;
  /** Milliseconds between writes while it is moved; 0 writes when it is let go. */
  every?: number;
}

export class Adjust {
  /** What it is to be, not confirmed yet. */
  wanted: number | undefined;
  private busy = false;
  private again = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = 0;

  constructor(private readonly o: Adjusted) {}

  /** The nearest that can be set: in the range and on a step. */
  near(v: number): number {
    const { low, high, step } = this.o;
    const on = low + Math.round((v - low) / step) * step;
    // The highest is reached even where it is on no step.
    return Number(clamp(v >= high ? high : on, low, high).toPrecision(12));
  }

  /** Moves it; what is told while moving goes out now and then only. */
  move(v: number): void {
    clearTimeout(this.timer);
    this.wanted = this.near(v);
    const { every = 0 } = this.o;
    if (every > 0 && !this.busy) {
      const wait = this.last + every - Date.now();
      if (wait <= 0) void this.commit();
      else this.timer = setTimeout(() => void this.commit(), wait);
    }
    this.o.draw();
  }

  /** Moves it by so many steps from where it is to be; it is set a moment after the last. */
  nudge(steps: number): void {
    const from = this.wanted ?? this.o.present();
    if (from === undefined) return;
    this.wanted = this.near(from + steps * this.o.step);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.commit(), pause);
    this.o.draw();
  }

  /** Forgets what it was to be. */
  revert(): boolean {
    clearTimeout(this.timer);
    if (this.wanted === undefined || this.busy) return false;
    this.wanted = undefined;
    this.o.draw();
    return true;
  }

  /** Sets it. */
  async commit(): Promise<void> {
    clearTimeout(this.timer);
    const v = this.wanted;
    if (v === undefined) return;
    if (this.busy) {
      this.again = true;
      return;
    }
    if (v === this.o.present()) {
      this.wanted = undefined;
      this.o.draw();
      return;
    }
    this.busy = true;
    this.last = Date.now();
    try {
      await this.o.control.emit("set", v);
    } finally {
      this.busy = false;
    }
    // What failed or was not wanted after all goes back to what is.
    if (this.wanted === v || this.o.control.result) this.wanted = undefined;
    const again = this.again;
    this.again = false;
    this.o.draw();
    if (again) await this.commit();
  }

  /** What a key does: steps, ends of the range, Escape; false when it is none of these. */
  key(key: string): boolean {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 10, PageDown: -10 }[key];
    if (steps !== undefined) this.nudge(steps);
    else if (key === "Home" || key === "End") {
      this.wanted = key === "Home" ? this.o.low : this.o.high;
      this.nudge(0);
    } else if (key === "Escape") return this.revert();
    else return false;
    return true;
  }

  /** Sets a number that the operator is asked for. */
  async ask(env: Env, s: Scale, value: number | undefined): Promise<void> {
    const integer = env.meta("value")?.type === "int";
    const { unit, low, high, decimals } = s;
    const n = await env.enter({ title: s.label || env.name || env.title, unit, value, low, high, decimals, integer });
    if (n === undefined) return;
    this.wanted = n;
    await this.commit();
  }

  /** What was not set yet never is. */
  destroy(): void {
    clearTimeout(this.timer);
    this.wanted = undefined;
  }
}
