// Where one can look at what an alarm is about.
import { type AlarmPlace, request } from "@lineside/client";
import { navigate } from "../router";
import { showArea } from "./alarmview";

/** The screens, the history and the tag of an alarm, the best first. */
export async function placesOf(key: string, at?: string): Promise<AlarmPlace[]> {
  const query = new URLSearchParams({ alarm: key });
  if (at) query.set("at", String(Date.parse(at)));
  return (await request<AlarmPlace[]>("GET", `/alarms/places?${query}`)).data;
}

/** The page of one alarm in the list. */
export const alarmPage = (key: string) => `/alarms?${new URLSearchParams({ alarm: key })}`;

const asked = new EventTarget();

/** Calls when the page of the alarms is asked for another alarm or area, also while it is shown. */
export function onAsked(listener: () => void): () => void {
  asked.addEventListener("asked", listener);
  return () => asked.removeEventListener("asked", listener);
}

/** Goes to where a place is. */
export function go(link: string): void {
  if (link.startsWith("/run/")) {
    location.assign(link);
    return;
  }
  navigate(link);
  if (link.startsWith("/alarms?")) {
    const area = new URL(link, location.href).searchParams.get("area");
    if (area !== null) showArea(area);
    asked.dispatchEvent(new Event("asked"));
  }
}

/** Goes to the screen of an alarm, or to its line in the list when no screen shows it. */
export async function showAlarm(key: string): Promise<void> {
  let best: AlarmPlace | undefined;
  try {
    best = (await placesOf(key))[0];
  } catch {
    // The list says what is wrong.
  }
  go(best && best.kind !== "history" && best.kind !== "tag" ? best.link : alarmPage(key));
}
