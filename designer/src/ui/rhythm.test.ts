import { expect, test } from "vitest";
import { parseSchedule, scheduleText } from "./rhythm";

test.each([
  ["", { kind: "never" }],
  ["5 * * * *", { kind: "hourly", minute: 5 }],
  ["30 6 * * *", { kind: "daily", time: "06:30" }],
  ["0 22 * * 1-5", { kind: "weekly", time: "22:00", days: [1, 2, 3, 4, 5] }],
  ["0 22 * * 6,7", { kind: "weekly", time: "22:00", days: [0, 6] }],
  ["0 0 L * *", { kind: "monthly", time: "00:00", day: "L" }],
  ["0 0 01 * *", { kind: "monthly", time: "00:00", day: "1" }],
])("%s is one of the usual schedules", (text, rhythm) => {
  const read = parseSchedule(text);
  expect(read).toEqual(rhythm);
  expect(parseSchedule(scheduleText(read))).toEqual(read);
});

// What the fields cannot say stays as it was written.
test.each([
  "*/5 * * * *",
  "0 6,18 * * *",
  "0 6 1 * 1",
  "0 6 * 1 *",
  "0 6 * * 1#2",
  "0 6 31 * *",
  "0 6 * * 5-1",
  "60 6 * * *",
  "@daily",
  "x",
])("%s is kept as text", (text) => {
  expect(parseSchedule(text)).toEqual({ kind: "text", text });
  expect(scheduleText(parseSchedule(text))).toBe(text);
});
