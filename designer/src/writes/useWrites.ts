// What stands between people and devices now: the master switch, the two-person rule, ramps.
import { type AskedWrite, request, type WritesNow } from "@lineside/client";
import { useSyncExternalStore } from "react";
import { sayFailure } from "../shell/form";
import { live } from "../shell/live";
import { asApiError } from "../shell/resource";

const subscribe = (listener: () => void) => live().on("writes", listener);
const snapshot = () => live().writes;

/** The state as the server tells it; the component is drawn again when it changes. */
export function useWrites(): WritesNow {
  return useSyncExternalStore(subscribe, snapshot);
}

/** The value that is asked for, with its unit. */
export function valueText(a: AskedWrite): string {
  const text = typeof a.value === "string" ? a.value : JSON.stringify(a.value);
  return a.unit ? `${text} ${a.unit}` : text;
}

/** Releases a write that waits, refuses it or, as who has asked, withdraws it. */
export async function decide(a: AskedWrite, release: boolean): Promise<void> {
  try {
    await request("POST", `/writes/asked/${encodeURIComponent(a.id)}`, { release });
  } catch (error) {
    sayFailure(asApiError(error));
  }
}
