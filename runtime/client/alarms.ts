// How alarms look everywhere: a shape and a digit for each priority, beside the colour.

/** The priorities, the most urgent first. */
export const alarmPriorities = ["urgent", "high", "medium", "low"] as const;
export type AlarmPriority = (typeof alarmPriorities)[number];

/** The outline of a mark in a square of 24 by 24, and where its digit stands. */
export const alarmMarks: Record<AlarmPriority, { digit: string; path: string; y: number }> = {
  urgent: { digit: "1", path: "M12 1.5 22.5 12 12 22.5 1.5 12Z", y: 16 },
  high: { digit: "2", path: "M3 3H21V21H3Z", y: 16 },
  medium: { digit: "3", path: "M12 2 23 22H1Z", y: 19 },
  low: { digit: "4", path: "M12 22 1 2H23Z", y: 13 },
};

/** Whether an alarm in a state waits for an acknowledgement; only then its mark blinks. */
export const alarmWaits = (state: string) =>
  state === "unacknowledged" || state === "returned" || state === "latched-unacknowledged";
