// The newest values of a view, by slot.
import type { Row } from "./types.gen.ts";

/** A live value in the browser. */
export interface LiveValue {
  /** The value; null when the quality is bad. */
  v: unknown;
  /** OPC UA StatusCode, 0 is good. */
  q: number;
  /** Source time in ms since 1970. */
  t: number;
}

/** Whether the value of this quality must not be used. */
export const isBad = (quality: number): boolean => quality >= 0x80000000;

/** Whether the value is doubtful but may be used. */
export const isUncertain = (quality: number): boolean => quality >= 0x40000000 && quality < 0x80000000;

export class Values {
  readonly #bySlot = new Map<number, LiveValue>();

  get(slot: number): LiveValue | undefined {
    return this.#bySlot.get(slot);
  }

  get size(): number {
    return this.#bySlot.size;
  }

  [Symbol.iterator](): IterableIterator<[number, LiveValue]> {
    return this.#bySlot[Symbol.iterator]();
  }

  /** Takes the rows of a frame of time t in and returns what they change. */
  apply(rows: Row[], t: number): Map<number, LiveValue> {
    const changed = new Map<number, LiveValue>();
    for (const [slot, v, q = 0, time = t] of rows) {
      const value = { v, q, t: time };
      this.#bySlot.set(slot, value);
      changed.set(slot, value);
    }
    return changed;
  }

  clear(): void {
    this.#bySlot.clear();
  }
}
