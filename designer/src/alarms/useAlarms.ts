// The alarms as the live connection tells them, and what can be done about them.
import { type AlarmsNow, request } from "@lineside/client";
import { useSyncExternalStore } from "react";
import { live } from "../shell/live";

const subscribe = (listener: () => void) => live().on("alarms", listener);
const snapshot = () => live().alarms;

/** The state as the server tells it; the component is drawn again when it changes. */
export function useAlarms(): AlarmsNow {
  return useSyncExternalStore(subscribe, snapshot);
}

/** What can be done, by the end of its address. */
export type Deed = "ack" | "reset" | "shelve" | "unshelve" | "out-of-service" | "in-service";

/** Does it for all of the alarms, or for none. */
export async function order(deed: Deed, alarms: readonly string[], more: Record<string, unknown> = {}): Promise<void> {
  await request("POST", `/alarms/${deed}`, { alarms, ...more });
}
