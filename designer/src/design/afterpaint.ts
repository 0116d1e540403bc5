// What may wait until the drawing has been painted.
const waiting = new Set<() => void>();
let asked = false;

/** Calls a function once after the next frame has been painted, together with all others that wait. */
export function afterPaint(fn: () => void): void {
  waiting.add(fn);
  if (asked) return;
  asked = true;
  let late: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    if (!asked) return;
    asked = false;
    clearTimeout(late);
    const list = [...waiting];
    waiting.clear();
    for (const fn of list) fn();
  };
  requestAnimationFrame(() => setTimeout(run, 0));
  // A page that is not seen paints nothing.
  late = setTimeout(run, 200);
}

/** Forgets a function that waits. */
export function forget(fn: () => void): void {
  waiting.delete(fn);
}
