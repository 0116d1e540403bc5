// What the server has of the pens over the time that is looked at.
import type { HistoryAnswer, HistorySummary, TagSummary } from "@lineside/client";
import { type ApiError, request } from "@lineside/client";
import { useEffect, useRef, useState } from "react";
import { type Track, tracksOf } from "../../../widgets/plot/series";
import { beat, bounds, isLive, type Span } from "../../../widgets/plot/span";
import { asApiError } from "../shell/resource";

export interface Tracks {
  from: number;
  to: number;
  tracks: ReadonlyMap<string, Track>;
  /** Of the period before, as if it were now. */
  before: ReadonlyMap<string, Track>;
  summaries: ReadonlyMap<string, TagSummary>;
  beforeSummaries: ReadonlyMap<string, TagSummary>;
}

const none: ReadonlyMap<string, never> = new Map<string, never>();

function summariesOf(answer: HistorySummary): Map<string, TagSummary> {
  return new Map(answer.series.map((s) => [s.path, s]));
}

/** Reads the tracks of pens, again as the time goes on. `version` is another one when they have changed. */
export function useTracks(
  paths: readonly string[],
  span: Span,
  shift: string,
  pixels: number,
  original: boolean,
  version: number,
): { data: Tracks | undefined; error: ApiError | undefined; busy: boolean } {
  const [data, setData] = useState<Tracks>();
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const asked = useRef(0);
  const key = JSON.stringify([paths, span, shift, pixels, original, version]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key holds all of it
  useEffect(() => {
    if (!paths.length || !pixels) {
      setData(undefined);
      setError(undefined);
      return;
    }
    const mine = ++asked.current;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const abort = new AbortController();
    const read = async () => {
      const { from, to } = bounds(span, Date.now());
      const ask = {
        tags: paths,
        from: String(Math.floor(from)),
        to: String(Math.ceil(to)),
        pixels,
        ...(original && { original }),
      };
      const list = new URLSearchParams({ from: ask.from, to: ask.to });
      for (const path of paths) list.append("tag", path);
      const earlier = new URLSearchParams(list);
      if (shift) earlier.set("shift", shift);
      const options = { signal: abort.signal };
      try {
        const [tracks, summary, before, summaryBefore] = await Promise.all([
          request<HistoryAnswer>("POST", "/history/query", ask, options),
          request<HistorySummary>("GET", `/history/summary?${list}`, undefined, options),
          shift ? request<HistoryAnswer>("POST", "/history/query", { ...ask, shift }, options) : undefined,
          shift ? request<HistorySummary>("GET", `/history/summary?${earlier}`, undefined, options) : undefined,
        ]);
        if (mine !== asked.current) return;
        setData({
          from,
          to,
          tracks: tracksOf(tracks.data),
          before: before ? tracksOf(before.data) : none,
          summaries: summariesOf(summary.data),
          beforeSummaries: summaryBefore ? summariesOf(summaryBefore.data) : none,
        });
        setError(undefined);
      } catch (e) {
        if (mine !== asked.current || abort.signal.aborted) return;
        setError(asApiError(e));
      }
      setBusy(false);
      if (isLive(span) && mine === asked.current) timer = setTimeout(follow, beat(span.last));
    };
    const follow = () => {
      if (document.visibilityState === "visible") void read();
      else timer = setTimeout(follow, 1000);
    };
    setBusy(true);
    // Zooming and panning ask for the last of it only.
    timer = setTimeout(() => void read(), 60);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key]);
  return { data, error, busy };
}
