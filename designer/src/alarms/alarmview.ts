// How a person wants to see the list of alarms. It is kept on the server, so that it is the same at every station.
import { type AlarmView, request } from "@lineside/client";
import { useCallback, useEffect, useRef, useState } from "react";

export const columnNames = ["since", "alarm", "area", "state", "value", "class", "times", "until"] as const;
export type ColumnName = (typeof columnNames)[number];

/** What is shown as long as nothing was chosen. */
export const usualColumns = (list: string): ColumnName[] =>
  list === "shelved" ? ["since", "alarm", "state", "until"] : ["since", "alarm", "state", "value"];

let kept: AlarmView | undefined;

/** The view, once it is known; changes are kept a moment later. */
export function useAlarmView(): [AlarmView | undefined, (change: Partial<AlarmView>) => void] {
  const [view, setView] = useState(kept);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (kept) return;
    const here = new URLSearchParams(location.search);
    request<AlarmView>("GET", "/alarms/view")
      .then(({ data }) => data)
      .catch(() => ({}))
      .then((data: AlarmView) => {
        kept = here.has("area") || here.has("alarm") ? { ...data, area: here.get("area") ?? "" } : data;
        setView(kept);
      });
  }, []);
  const change = useCallback((part: Partial<AlarmView>) => {
    kept = { ...kept, ...part };
    setView(kept);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      // What cannot be kept now is kept with the next change.
      void request("PUT", "/alarms/view", kept).catch(() => {});
    }, 600);
  }, []);
  return [view, change];
}

/** Shows an area, from a link on a page that may show the list already. */
export function showArea(area: string): void {
  if (kept) kept = { ...kept, area };
}

/** The part of an address that asks for what is chosen. */
export function viewQuery(view: AlarmView): string {
  const query = new URLSearchParams();
  if (view.query?.trim()) query.set("q", view.query.trim());
  if (view.area?.trim()) query.set("area", view.area.trim());
  if (view.priorities?.length) query.set("priority", view.priorities.join(","));
  if (view.states?.length) query.set("state", view.states.join(","));
  if (view.classes?.length) query.set("class", view.classes.join(","));
  if (view.sort) query.set("sort", view.sort);
  const text = query.toString();
  return text ? `&${text}` : "";
}

/** Whether anything is left out by a filter. */
export const filtered = (view: AlarmView) =>
  !!(view.query?.trim() || view.area?.trim() || view.priorities?.length || view.states?.length || view.classes?.length);
