// Work that could not be saved is kept in the browser until it can be.

/** Unsaved work and the draft that it was made on. */
export interface Stashed {
  etag: string;
  body: unknown;
  /** The document that it was made on; none when there was no room for it. */
  base?: unknown;
  at: number;
}

const key = (installation: string) => `lineside.unsaved.${installation}`;

export const stash = {
  /** Keeps work, or forgets it. A browser that has no room keeps nothing. */
  keep(installation: string, work: { etag: string; body: unknown; base?: unknown } | undefined): void {
    for (const parts of work ? [work, { etag: work.etag, body: work.body }] : [undefined])
      try {
        if (parts) localStorage.setItem(key(installation), JSON.stringify({ ...parts, at: Date.now() }));
        else localStorage.removeItem(key(installation));
        return;
      } catch {
        // Full or not allowed: without what it was made on there may be room. Else the work is still in the page.
      }
  },

  /** What was kept, if anything readable was. */
  read(installation: string): Stashed | undefined {
    try {
      const text = localStorage.getItem(key(installation));
      const work = text ? (JSON.parse(text) as Stashed) : undefined;
      return work?.body ? work : undefined;
    } catch {
      return undefined;
    }
  },
};
