// One live connection for all pages of the designer, opened when first needed.
import { isBad, Live, type LiveValue } from "@lineside/client";
import { useEffect, useState } from "react";

let connection: Live | undefined;

export function live(): Live {
  connection ??= new Live();
  return connection;
}

const nothing: ReadonlyMap<string, LiveValue> = new Map();

/** The present values of tags by path, at most ten times a second; tags that the user may not see are left out. */
export function useTagValues(paths: readonly string[]): ReadonlyMap<string, LiveValue> {
  const [values, setValues] = useState(nothing);
  const key = paths.join("\n");
  useEffect(() => {
    if (!key) return setValues(nothing);
    let pending: number | undefined;
    const view = live().watch(key.split("\n"));
    const off = view.on("values", () => {
      pending ??= window.setTimeout(() => {
        pending = undefined;
        const now = new Map<string, LiveValue>();
        for (const [slot, path] of view.slots) {
          const value = view.values.get(slot);
          if (value) now.set(path, value);
        }
        setValues(now);
      }, 100);
    });
    return () => {
      off();
      clearTimeout(pending);
      view.close();
    };
  }, [key]);
  return values;
}

/** A watch of more would cost the server more than the answer is worth. */
const mostWatched = 5000;

/** Which tags have a bad value, looked at once a second; undefined as long as that is not known, or they are too many. */
export function useBadTags(paths: readonly string[]): ReadonlySet<string> | undefined {
  const [bad, setBad] = useState<ReadonlySet<string>>();
  const key = paths.length > mostWatched ? "" : paths.join("\n");
  useEffect(() => {
    setBad(undefined);
    if (!key) return;
    const view = live().watch(key.split("\n"));
    const look = () => {
      if (!view.slots.size) return;
      const now = new Set<string>();
      for (const [slot, path] of view.slots) {
        const value = view.values.get(slot);
        if (value && isBad(value.q)) now.add(path);
      }
      setBad((old) => (old?.size === now.size && [...now].every((path) => old.has(path)) ? old : now));
    };
    const first = setTimeout(look, 300);
    const timer = setInterval(look, 1000);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
      view.close();
    };
  }, [key]);
  return bad;
}
