/** Handles only the newest of many events, once a frame. */
export class Newest<E> {
  #waiting: { event: E; handle: (event: E) => void } | undefined;

  /** Handles this event in the next frame, unless a newer one comes before. */
  later(event: E, handle: (event: E) => void): void {
    const asked = this.#waiting !== undefined;
    this.#waiting = { event, handle };
    if (!asked) requestAnimationFrame(() => this.flush());
  }

  /** Handles what waits, now. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.handle(waiting.event);
  }

  /** Forgets what waits. */
  drop(): void {
    this.#waiting = undefined;
  }
}
