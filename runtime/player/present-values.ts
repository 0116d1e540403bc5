import type { LiveValue } from "@lineside/client";
import { sourceOf } from "./animate";

/** The newest values of the widgets of a screen, and those that stand in for them. */
export class PresentValues {
  private readonly live = new Map<string, Record<string, LiveValue>>();
  /** Values that stand in for those of animations, by widget. */
  private readonly fakes = new Map<string, Record<string, LiveValue>>();

  /** Takes values of a widget; what is not named stays. */
  take(widget: string, values: Record<string, LiveValue> | undefined): void {
    const mine = this.live.get(widget);
    if (mine) Object.assign(mine, values);
    else this.live.set(widget, { ...values });
  }

  /** Lets an animation, by its index, act as if its value were this one; undefined gives it back to the live value. */
  fake(widget: string, index: number, value: unknown): void {
    const mine = { ...this.fakes.get(widget) };
    if (value === undefined) delete mine[sourceOf(index)];
    else mine[sourceOf(index)] = { v: value, q: 0, t: Date.now() };
    if (Object.keys(mine).length > 0) this.fakes.set(widget, mine);
    else this.fakes.delete(widget);
  }

  of(widget: string): Record<string, LiveValue> {
    const mine = this.live.get(widget) ?? {};
    const faked = this.fakes.get(widget);
    return faked ? { ...mine, ...faked } : mine;
  }

  /** Forgets all of them: another screen is shown. */
  clear(): void {
    this.live.clear();
    this.fakes.clear();
  }

  /** Forgets the values of properties that are gone. */
  forget(gone: (widget: string, property: string) => boolean): void {
    for (const [id, mine] of this.live) for (const prop of Object.keys(mine)) if (gone(id, prop)) delete mine[prop];
  }
}
