// What tags were before: asked of the runtime, as far as the person may view it.
import {
  type HistoryAnswer,
  type HistoryNote,
  type LiveValue,
  type PenSetList,
  request,
  type TagPage,
} from "@lineside/client";
import { type Past, type PastQuestion, type Track, tracksOf } from "@lineside/widgets";

const bounded = (pixels: number): number => Math.max(1, Math.min(10000, Math.round(pixels)));

/** The past as the runtime has kept it. */
export const servedPast: Past = {
  async tracks({ tags, from, to, pixels, shift }: PastQuestion, signal?: AbortSignal): Promise<Track[]> {
    const { data } = await request<HistoryAnswer>(
      "POST",
      "/history/query",
      {
        tags,
        from: String(Math.floor(from)),
        to: String(Math.ceil(to)),
        // The runtime answers up to four samples a pixel: the first, the lowest, the highest and the last.
        pixels: bounded(pixels / 2),
        ...(shift && { shift }),
      },
      { signal },
    );
    return [...tracksOf(data).values()];
  },
  async find(text, signal) {
    const { data } = await request<TagPage>("GET", `/tags?limit=60&q=${encodeURIComponent(text)}`, undefined, {
      signal,
    });
    return data.tags.filter((t) => t.type !== "bytes");
  },
  async notes(tags, from, to) {
    const query = new URLSearchParams({ from: String(Math.floor(from)), to: String(Math.ceil(to)) });
    for (const tag of tags) query.append("tag", tag);
    return (await request<HistoryNote[]>("GET", `/history/notes?${query}`)).data;
  },
  sets: {
    list: async () => (await request<PenSetList>("GET", "/history/pens")).data.sets,
    async save(set, id) {
      await request(id === undefined ? "POST" : "PUT", id === undefined ? "/history/pens" : `/history/pens/${id}`, set);
    },
    async remove(id) {
      await request("DELETE", `/history/pens/${id}`);
    },
  },
};

/** The samples of a tag between two times in milliseconds, as many as a line of so many pixels needs. */
export async function history(
  past: Past,
  path: string,
  from: number,
  to: number,
  pixels: number,
  shift?: string,
): Promise<LiveValue[]> {
  const [track] = await past.tracks({ tags: [path], from, to, pixels: 2 * pixels, shift });
  return (track?.points ?? []).map(([t, v, q]) => ({ v, q: q ?? 0, t }));
}
