import { useMemo } from "react";
import { type Translate, useLanguage } from "../i18n";

/** Seconds in the unit that fits. */
export function duration(seconds: number, t: Translate): string {
  const round = (n: number) => (n < 10 ? Math.round(n * 10) / 10 : Math.round(n));
  if (seconds < 60) return t("alarmfigures:seconds", { n: round(seconds) });
  if (seconds < 3600) return t("alarmfigures:minutes", { n: round(seconds / 60) });
  if (seconds < 48 * 3600) return t("alarmfigures:hours", { n: round(seconds / 3600) });
  return t("alarmfigures:days", { n: round(seconds / 86400) });
}

/** Formats a number with at most so many decimals. */
export function useNumber(): (n: number, decimals: number) => string {
  const lang = useLanguage();
  return useMemo(() => {
    return (n, decimals) => new Intl.NumberFormat(lang, { maximumFractionDigits: decimals }).format(n);
  }, [lang]);
}

/** Formats a share of 0 to 1. */
export function usePercent(): (share: number) => string {
  const lang = useLanguage();
  return useMemo(() => {
    const coarse = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 });
    const fine = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });
    return (share) => (share > 0 && share < 0.1 ? fine : coarse).format(share);
  }, [lang]);
}
