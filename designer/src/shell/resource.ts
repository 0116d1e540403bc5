// Reading the API from a page: one hook, with reload and polling; it never shows stale data as fresh.
import { ApiError, request } from "@lineside/client";
import { useCallback, useEffect, useRef, useState } from "react";

export interface Resource<T> {
  data?: T;
  etag?: string;
  error?: ApiError;
  loading: boolean;
  reload(): Promise<void>;
}

/** Makes any failure an ApiError, so that a page has one thing to show. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, { code: "network", message: String(error), hint: "" });
}

/** GETs path and keeps it; with poll it asks again every so many milliseconds while the page is visible. */
export function useResource<T>(path: string | undefined, poll = 0): Resource<T> {
  const [state, setState] = useState<{ path?: string; data?: T; etag?: string; error?: ApiError }>({});
  const current = useRef(path);
  current.current = path;

  const reload = useCallback(async () => {
    if (!path) return;
    try {
      const answer = await request<T>("GET", path);
      if (current.current === path) setState({ path, data: answer.data, etag: answer.etag });
    } catch (error) {
      if (current.current === path)
        setState((old) => ({ path, data: old.path === path ? old.data : undefined, error: asApiError(error) }));
    }
  }, [path]);

  useEffect(() => {
    void reload();
    if (!poll) return;
    const timer = setInterval(() => document.visibilityState === "visible" && void reload(), poll);
    return () => clearInterval(timer);
  }, [reload, poll]);

  const fresh = state.path === path;
  return {
    data: fresh ? state.data : undefined,
    etag: fresh ? state.etag : undefined,
    error: fresh ? state.error : undefined,
    loading: !fresh,
    reload,
  };
}
