// The events that every widget has: what fingers, mouse and keyboard do to it becomes click, double,
// long, down, up, enter and leave. Only what has actions is told.
import type { Instance } from "./instance";

const longPress = 500;
const doubleClick = 300;

/** Finds the widget at a place, and what holds it. */
export interface GestureHost {
  instance(id: string): Instance | undefined;
}

export class Gestures {
  private over: Instance[] = [];
  private down: Instance | undefined;
  private held: ReturnType<typeof setTimeout> | undefined;
  private waiting: { on: Instance; timer: ReturnType<typeof setTimeout> } | undefined;
  private long = false;
  private readonly gone = new AbortController();

  constructor(private readonly host: GestureHost) {
    // Whatever takes the pointer away: what was pressed is let go.
    const release = () => this.release();
    window.addEventListener("blur", release, { signal: this.gone.signal });
    document.addEventListener("visibilitychange", release, { signal: this.gone.signal });
  }

  destroy(): void {
    this.release();
    clearTimeout(this.waiting?.timer);
    this.gone.abort();
  }

  /** The widget that takes an event at an instance: itself, or the nearest of what holds it. */
  taker(i: Instance | undefined, ...events: string[]): Instance | undefined {
    let at = i;
    for (let depth = 0; at && depth < 32; depth++) {
      const now: Instance = at;
      if (events.some((e) => now.takes(e))) return now;
      at = now.widget.parent ? this.host.instance(now.widget.parent) : undefined;
    }
    return undefined;
  }

  /** Would a click at an instance do something? */
  clickable(i: Instance | undefined): boolean {
    return this.taker(i, "click", "double", "long", "down", "up") !== undefined;
  }

  press(i: Instance | undefined): void {
    this.release();
    this.long = false;
    this.down = i;
    this.taker(i, "down")?.tell("down");
    const long = this.taker(i, "long");
    if (long)
      this.held = setTimeout(() => {
        this.long = true;
        long.tell("long");
      }, longPress);
  }

  /** The pointer has moved so far that this is no click any more. */
  move(): void {
    clearTimeout(this.held);
  }

  /** The pointer went up or away. */
  release(): void {
    clearTimeout(this.held);
    const was = this.down;
    this.down = undefined;
    this.taker(was, "up")?.tell("up");
  }

  /** The pointer went up where it went down; act is what the widget does by itself. */
  click(i: Instance | undefined, act?: () => void): void {
    if (this.long) {
      this.long = false;
      return;
    }
    const double = this.taker(i, "double");
    const single = () => {
      act?.();
      const on = this.taker(i, "click");
      // A widget that acts by itself tells its own click, if it may be used at all.
      if (on && !(on === i && on.tellsClick)) on.tell("click");
    };
    if (!double) {
      single();
      return;
    }
    if (this.waiting?.on === double) {
      clearTimeout(this.waiting.timer);
      this.waiting = undefined;
      double.tell("double");
      return;
    }
    const timer = setTimeout(() => {
      this.waiting = undefined;
      single();
    }, doubleClick);
    this.waiting = { on: double, timer };
  }

  /** The mouse rests on an instance, or on nothing. */
  hover(i: Instance | undefined): void {
    const now: Instance[] = [];
    for (let at = i; at && now.length < 32; at = at.widget.parent ? this.host.instance(at.widget.parent) : undefined)
      now.push(at);
    for (const o of this.over) if (!now.includes(o) && o.takes("leave")) o.tell("leave");
    for (const o of now) if (!this.over.includes(o) && o.takes("enter")) o.tell("enter");
    this.over = now;
  }
}

/** What Enter, Space and assistive technology do to a widget with actions: the first that it has. */
export function keyEvents(takes: (event: string) => boolean): string[] {
  for (const e of ["click", "double", "long"]) if (takes(e)) return [e];
  return ["down", "up"].filter(takes);
}
