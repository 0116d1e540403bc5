// The part of a long list that is looked at. It keeps its place while alarms come and go above it.
import { type AlarmPage, type AlarmRow, type ApiError, request } from "@lineside/client";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { asApiError } from "../shell/resource";

/** The height of a row in pixels; all are alike. */
export const rowHeight = 56;
/** How many rows are loaded before what is seen, and in all. */
const before = 30;
const size = 100;
/** The least time between two loads because of changes, in ms; the first change is loaded at once. */
const pause = 1000;

export interface AlarmWindow {
  page?: AlarmPage;
  error?: ApiError;
  row(index: number): AlarmRow | undefined;
  /** The rows that are to be drawn. */
  first: number;
  count: number;
  onScroll(): void;
  reload(): Promise<void>;
}

/** Rows that are as before are the same objects, so that they are not drawn again. */
function reuse(page: AlarmPage, old: AlarmPage | undefined): AlarmPage {
  if (!old) return page;
  const known = new Map(old.alarms.map((a) => [a.key, a]));
  const alarms = page.alarms.map((a) => {
    const was = known.get(a.key);
    return was && JSON.stringify(was) === JSON.stringify(a) ? was : a;
  });
  return { ...page, alarms };
}

/** The list that a query asks for, around what the element shows; read again whenever seq is another. */
export function useWindow(
  query: string | undefined,
  seq: number | undefined,
  scroller: RefObject<HTMLElement | null>,
): AlarmWindow {
  const [page, setPage] = useState<{ query: string; data?: AlarmPage; error?: ApiError }>();
  const [seen, setSeen] = useState({ first: 0, count: 20 });
  const now = useRef({ page, query, loading: false, again: false, shift: 0, ended: 0, gone: false });
  now.current.page = page;
  now.current.query = query;

  const reload = useCallback(async () => {
    const n = now.current;
    if (n.loading) {
      n.again = true;
      return;
    }
    n.loading = true;
    do {
      n.again = false;
      const asked = n.query;
      if (asked === undefined) break;
      const top = Math.floor((scroller.current?.scrollTop ?? 0) / rowHeight);
      const offset = Math.max(0, top - before);
      const old = n.page?.query === asked ? n.page.data : undefined;
      // Who looks at the top wants to see what is new.
      const anchor = top > 0 ? old?.alarms[top - old.offset]?.key : undefined;
      const place = anchor ? `&anchor=${encodeURIComponent(anchor)}&back=${top - offset}` : "";
      try {
        const { data } = await request<AlarmPage>("GET", `/alarms?limit=${size}&offset=${offset}${place}${asked}`);
        if (asked === n.query) {
          n.shift += anchor && data.alarms[top - offset]?.key === anchor ? data.offset - offset : 0;
          setPage({ query: asked, data: reuse(data, old) });
        }
      } catch (error) {
        if (asked === n.query) setPage({ query: asked, data: old, error: asApiError(error) });
      }
    } while (n.again && !n.gone);
    n.loading = false;
    n.ended = performance.now();
  }, [scroller]);

  const look = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const first = Math.floor(element.scrollTop / rowHeight);
    const count = Math.ceil(element.clientHeight / rowHeight) + 1;
    setSeen((old) => (old.first === first && old.count === count ? old : { first, count }));
    const data = now.current.page?.data;
    if (!data || now.current.loading) return;
    const end = Math.min(first + count, data.total);
    if (first < data.offset || end > data.offset + data.alarms.length) void reload();
  }, [scroller, reload]);

  // What came above moves what is looked at: the view goes with it.
  useLayoutEffect(() => {
    const { shift } = now.current;
    if (shift && scroller.current) {
      now.current.shift = 0;
      scroller.current.scrollTop += shift * rowHeight;
    }
    if (page) look();
  }, [page, scroller, look]);

  useEffect(() => {
    now.current.gone = false;
    return () => {
      now.current.gone = true;
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at the top
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    void reload();
  }, [query, reload, scroller]);
  useEffect(() => {
    if (seq === undefined) return;
    const timer = setTimeout(reload, Math.max(60, pause - (performance.now() - now.current.ended)));
    return () => clearTimeout(timer);
  }, [seq, reload]);
  useEffect(() => {
    window.addEventListener("resize", look);
    return () => window.removeEventListener("resize", look);
  }, [look]);

  const data = page?.query === query ? page?.data : undefined;
  return {
    page: data,
    error: page?.query === query ? page?.error : undefined,
    row: (index) => data?.alarms[index - data.offset],
    first: Math.max(0, seen.first - 4),
    count: seen.count + 8,
    onScroll: look,
    reload,
  };
}
