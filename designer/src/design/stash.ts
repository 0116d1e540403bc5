// Work that could not be saved is kept in the browser until it can be.

/** Unsaved work and the draft that it was made on. */
export interface Stashed {
  etag: string;
  body: unknown;
  at: number;
}

const key = (installation: string) => `lineside.unsaved.${installation}`;

export const stash = {
  /** Keeps work, or forgets it. A browser that has no room keeps nothing. */
  keep(installation: string, work: { etag: string; body: unknown } | undefined): void {
    try {
      if (work) localStorage.setItem(key(installation), JSON.stringify({ ...work, at: Date.now() }));
      else localStorage.removeItem(key(installation));
    } catch {
      // Full or not allowed: the work is still in the page.
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
