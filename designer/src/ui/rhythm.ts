// The usual schedules as fields, and the text of cron that stands for them (minute hour day month weekday).

/** A schedule as somebody fills it in. Times are "hh:mm"; days of the week count from Sunday, 0. */
export type Rhythm =
  | { kind: "never" }
  | { kind: "hourly"; minute: number }
  | { kind: "daily"; time: string }
  | { kind: "weekly"; time: string; days: number[] }
  | { kind: "monthly"; time: string; day: string }
  | { kind: "text"; text: string };

/** The text of a schedule. */
export function scheduleText(r: Rhythm): string {
  switch (r.kind) {
    case "never":
      return "";
    case "hourly":
      return `${r.minute} * * * *`;
    case "daily":
      return `${clock(r.time)} * * *`;
    case "weekly":
      return `${clock(r.time)} * * ${[...new Set(r.days)].sort((a, b) => a - b).join(",")}`;
    case "monthly":
      return `${clock(r.time)} ${r.day} * *`;
    case "text":
      return r.text;
  }
}

function clock(time: string): string {
  const [hour, minute] = time.split(":").map(Number);
  return `${minute} ${hour}`;
}

/** What a text means, as fields; a text of its own when none of the usual ones says the same. */
export function parseSchedule(text: string): Rhythm {
  if (text.trim() === "") return { kind: "never" };
  const own: Rhythm = { kind: "text", text };
  const [m, h, day, month, week, ...more] = text.trim().split(/\s+/);
  const minute = within(m, 59);
  if (minute === undefined || month !== "*" || more.length > 0) return own;
  if (h === "*" && day === "*" && week === "*") return { kind: "hourly", minute };
  const hour = within(h, 23);
  if (hour === undefined) return own;
  const time = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
  if (day === "*" && week === "*") return { kind: "daily", time };
  if (day === "*") {
    const days = weekdays(week);
    return days ? { kind: "weekly", time, days } : own;
  }
  if (week !== "*") return own;
  const date = within(day, 28);
  return day === "L" || date ? { kind: "monthly", time, day: date ? String(date) : "L" } : own;
}

function within(text: string | undefined, max: number): number | undefined {
  const n = /^\d{1,2}$/.test(text ?? "") ? Number(text) : Number.NaN;
  return n <= max ? n : undefined;
}

function weekdays(text: string | undefined): number[] | undefined {
  const days: number[] = [];
  for (const part of (text ?? "").split(",")) {
    const [from, to, ...rest] = part.split("-").map((d) => within(d, 7));
    if (from === undefined || rest.length > 0 || (part.includes("-") && (to === undefined || to < from)))
      return undefined;
    for (let d = from; d <= (to ?? from); d++) days.push(d % 7);
  }
  return [...new Set(days)].sort((a, b) => a - b);
}
