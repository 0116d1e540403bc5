// What a tag was before: asked of the runtime, as far as the person may view it.
import { type HistoryAnswer, type LiveValue, request } from "@lineside/client";

/** The samples of a tag between two times in milliseconds, as many as a line of so many pixels needs. */
export async function history(path: string, from: number, to: number, pixels: number): Promise<LiveValue[]> {
  const query = new URLSearchParams({
    tag: path,
    from: String(Math.floor(from)),
    to: String(Math.ceil(to)),
    pixels: String(Math.max(1, Math.min(10000, Math.round(pixels)))),
  });
  const { data } = await request<HistoryAnswer>("GET", `/history?${query}`);
  const points = (data.series[0]?.points ?? []) as [number, LiveValue["v"], number?][];
  return points.map(([t, v, q]) => ({ v, q: q ?? 0, t }));
}
