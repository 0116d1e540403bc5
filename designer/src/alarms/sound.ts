// The sound of alarms in pages: one for all of them.
import { AlarmSounder } from "@lineside/client";
import { useSyncExternalStore } from "react";
import { live } from "../shell/live";

let sounder: AlarmSounder | undefined;
let version = 0;
const listeners = new Set<() => void>();

function get(): AlarmSounder {
  if (!sounder) {
    sounder = new AlarmSounder(live());
    sounder.on(() => {
      version++;
      for (const listener of [...listeners]) listener();
    });
  }
  return sounder;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The sound; the component is drawn again when it changes. */
export function useSound(): AlarmSounder {
  const sound = get();
  useSyncExternalStore(subscribe, () => version);
  return sound;
}
