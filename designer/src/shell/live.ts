// One live connection for all pages of the designer, opened when first needed.
import { Live, type LiveValue } from "@lineside/client";
import { useEffect, useState } from "react";
import { language, onLanguage } from "../i18n";

let connection: Live | undefined;

export function live(): Live {
  if (!connection) {
    const made = new Live();
    const speak = () => made.speak(language());
    connection = made;
    speak();
    onLanguage(speak);
  }
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
