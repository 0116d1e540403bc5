/** The samples of one pen, oldest first, in a buffer of fixed size. */
export class Ring {
  private readonly times: Float64Array;
  private readonly values: Float64Array;
  private start = 0;
  private count = 0;

  constructor(private readonly size: number) {
    this.times = new Float64Array(size);
    this.values = new Float64Array(size);
  }

  get length(): number {
    return this.count;
  }

  /** Time of the newest sample in seconds, 0 without one. */
  get last(): number {
    return this.count === 0 ? 0 : (this.times[(this.start + this.count - 1) % this.size] as number);
  }

  /** Adds a sample; NaN is a gap. A sample older than the newest is left out. */
  push(time: number, value: number): void {
    if (this.count > 0 && time < this.last) return;
    if (this.count > 0 && time === this.last) {
      this.values[(this.start + this.count - 1) % this.size] = value;
      return;
    }
    const i = (this.start + this.count) % this.size;
    this.times[i] = time;
    this.values[i] = value;
    if (this.count < this.size) this.count++;
    else this.start = (this.start + 1) % this.size;
  }

  /** Puts samples in place of all that is not newer than the last of them. */
  replace(samples: readonly { t: number; v: number }[]): void {
    const until = samples.at(-1)?.t ?? Number.NEGATIVE_INFINITY;
    const newer = Array.from({ length: this.count }, (_, i) => this.at(i)).filter((s) => s.t > until);
    this.start = 0;
    this.count = 0;
    for (const s of samples) this.push(s.t, s.v);
    for (const s of newer) this.push(s.t, s.v);
  }

  /** Drops what ended before a time, but keeps the sample that still holds at it. */
  trim(before: number): void {
    while (this.count > 1 && (this.times[(this.start + 1) % this.size] as number) <= before) {
      this.start = (this.start + 1) % this.size;
      this.count--;
    }
  }

  at(i: number): { t: number; v: number } {
    const k = (this.start + i) % this.size;
    return { t: this.times[k] as number, v: this.values[k] as number };
  }
}

/** Columns for the chart: one time axis for all pens, each pen held until its next sample; null is a gap. */
export function align(pens: readonly Ring[], from: number, to: number): [number[], ...(number | null)[][]] {
  const next = pens.map(() => 0);
  const held: (number | null)[] = pens.map(() => null);
  const columns: (number | null)[][] = pens.map(() => []);
  const times: number[] = [];
  const emit = (t: number) => {
    times.push(t);
    for (let p = 0; p < pens.length; p++) (columns[p] as (number | null)[]).push(held[p] ?? null);
  };
  for (;;) {
    let t = Number.POSITIVE_INFINITY;
    for (let p = 0; p < pens.length; p++) {
      const pen = pens[p] as Ring;
      const i = next[p] as number;
      if (i < pen.length) t = Math.min(t, pen.at(i).t);
    }
    if (t > to) break;
    for (let p = 0; p < pens.length; p++) {
      const pen = pens[p] as Ring;
      const i = next[p] as number;
      if (i < pen.length && pen.at(i).t === t) {
        const v = pen.at(i).v;
        held[p] = Number.isNaN(v) ? null : v;
        next[p] = i + 1;
      }
    }
    emit(Math.max(t, from));
  }
  // What was last known holds until now.
  if (times.length > 0 && (times[times.length - 1] as number) < to) emit(to);
  return [times, ...columns];
}
