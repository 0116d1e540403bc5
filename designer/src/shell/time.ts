// Times as the language of the page writes them.
import { useMemo } from "react";
import { useLanguage } from "../i18n";

/** Formats an ISO 8601 time, or ms since 1970, with seconds. */
export function useTime(): (time: string | number) => string {
  const lang = useLanguage();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium" });
    return (time) => format.format(new Date(time));
  }, [lang]);
}
