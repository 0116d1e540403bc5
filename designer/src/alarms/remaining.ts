import { useEffect, useState } from "react";

/** How many minutes there are until a time, rounded up; it goes on counting. */
export function useMinutes(until: string | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!until) return;
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, [until]);
  return until ? Math.max(0, Math.ceil((Date.parse(until) - now) / 60_000)) : 0;
}
