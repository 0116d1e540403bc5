import { useCallback } from "react";
import { useLanguage } from "../i18n";

/** Writes times as people read them. */
export function useTime(): (at: string | undefined) => string {
  const lang = useLanguage();
  return useCallback(
    (at) =>
      at
        ? new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short", hour12: false }).format(new Date(at))
        : "",
    [lang],
  );
}

/** Writes a size in bytes. */
export function size(bytes: number | undefined): string {
  if (!bytes) return "";
  return bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
