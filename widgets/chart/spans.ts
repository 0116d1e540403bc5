// States over time: what each row was from when to when, cut to what a picture can tell.

export interface Span {
  from: number;
  to: number;
  /** Which state, by its place in the legend; -1 is no data. */
  state: number;
}

/** A column of a row as it is drawn: one state, or several in one pixel. */
export interface Run {
  x0: number;
  x1: number;
  state: number;
  several: boolean;
}

/**
 * Spans as runs of pixels: what is narrower than a pixel is laid together, and the state that lasted longest in a pixel is its
 * colour. As many runs come out as there are pixels at most, however many spans go in.
 */
export function runsOf(spans: readonly Span[], from: number, to: number, width: number): Run[] {
  const out: Run[] = [];
  const scale = width / (to - from);
  if (!(scale > 0)) return out;
  // The time of each state in the pixel that is being filled.
  let pixel = -1;
  let times = new Map<number, number>();
  const push = (x0: number, x1: number, state: number, several: boolean) => {
    const last = out.at(-1);
    if (last && last.state === state && last.several === several && last.x1 >= x0) last.x1 = Math.max(last.x1, x1);
    else if (x1 > x0) out.push({ x0, x1, state, several });
  };
  const flush = () => {
    if (pixel < 0 || times.size === 0) return;
    let best = -1;
    let most = -1;
    for (const [state, time] of times)
      if (time > most) {
        most = time;
        best = state;
      }
    push(pixel, pixel + 1, best, times.size > 1);
    times = new Map();
  };
  for (const s of spans) {
    const a = (Math.max(s.from, from) - from) * scale;
    const b = (Math.min(s.to, to) - from) * scale;
    if (!(b > a)) continue;
    const first = Math.min(width - 1, Math.floor(a));
    const last = Math.min(width - 1, Math.ceil(b) - 1);
    const add = (x: number, time: number) => {
      if (x !== pixel) {
        flush();
        pixel = x;
      }
      times.set(s.state, (times.get(s.state) ?? 0) + time);
    };
    add(first, Math.min(b, first + 1) - a);
    if (last > first) {
      if (last > first + 1) {
        flush();
        pixel = -1;
        push(first + 1, last, s.state, false);
      }
      add(last, b - last);
    }
  }
  flush();
  return out;
}

/** The span at a time, by halving; -1 without one. */
export function spanAt(spans: readonly Span[], t: number): number {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const mid = (low + high) >> 1;
    const s = spans[mid] as Span;
    if (t < s.from) high = mid - 1;
    else if (t >= s.to) low = mid + 1;
    else return mid;
  }
  return -1;
}
