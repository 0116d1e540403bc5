// When something is done: a choice of the usual times, or the text of a cron schedule, and when it is due next.
import { request } from "@lineside/client";
import { useEffect, useId, useState } from "react";
import { useLanguage, useT } from "../i18n";
import { Check, Input, Row, Select } from "./field";
import { parseSchedule, type Rhythm, scheduleText } from "./rhythm";
import "./schedule.css";

const kinds = ["never", "hourly", "daily", "weekly", "monthly", "text"] as const;

interface Due {
  text: string;
  zone?: string;
  next?: string[];
  wrong?: string;
}

/** When a schedule is due, or what is wrong with it; asked of the server a moment after the last change. */
function useDue(text: string): Due | undefined {
  const [due, setDue] = useState<Due>();
  useEffect(() => {
    if (!text) return;
    const stop = new AbortController();
    const timer = setTimeout(
      () =>
        request<{ zone: string; next: string[] }>("POST", "/schedule/next", { text }, { signal: stop.signal }).then(
          ({ data }) => setDue({ text, ...data }),
          (error: Error) => !stop.signal.aborted && setDue({ text, wrong: error.message }),
        ),
      250,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return due?.text === text ? due : undefined;
}

/** A schedule (minute, hour, day, month, day of the week) as fields; "" is never. */
export function ScheduleField(props: {
  label: string;
  value: string;
  onChange(value: string): void;
  /** Whether "never" is offered, which is to do it by hand only. */
  optional?: boolean;
  error?: string;
}) {
  const t = useT();
  const lang = useLanguage();
  const name = useId();
  // Whoever writes the text goes on doing so although it has become a usual one.
  const [writes, setWrites] = useState(false);
  const rhythm: Rhythm = writes ? { kind: "text", text: props.value } : parseSchedule(props.value);
  const set = (next: Rhythm) => props.onChange(scheduleText(next));
  const due = useDue(props.value);
  const weekday = new Intl.DateTimeFormat(lang, { weekday: "short", timeZone: "UTC" });
  const time = "time" in rhythm ? rhythm.time : "06:00";
  return (
    <fieldset className="schedule-field">
      <Row label={props.label} wrong={props.error ?? due?.wrong}>
        {(id) => (
          <Select
            id={id}
            value={rhythm.kind}
            onChange={(kind) => {
              setWrites(kind === "text");
              if (kind === "never") set({ kind });
              if (kind === "hourly") set({ kind, minute: 0 });
              if (kind === "daily") set({ kind, time });
              if (kind === "weekly") set({ kind, time, days: [1] });
              if (kind === "monthly") set({ kind, time, day: "1" });
            }}
            options={kinds
              .filter((kind) => kind !== "never" || props.optional || rhythm.kind === "never")
              .map((value) => ({ value, label: t(`schedule:${value}`) }))}
          />
        )}
      </Row>
      {rhythm.kind === "hourly" && (
        <Row label={t("schedule:minute")}>
          {(id) => (
            <Select
              id={id}
              value={String(rhythm.minute)}
              onChange={(minute) => set({ kind: "hourly", minute: Number(minute) })}
              options={Array.from({ length: 60 }, (_, m) => ({
                value: String(m),
                label: `:${String(m).padStart(2, "0")}`,
              }))}
            />
          )}
        </Row>
      )}
      {rhythm.kind === "weekly" && (
        <fieldset className="schedule-days" aria-label={t("schedule:days")}>
          {[1, 2, 3, 4, 5, 6, 0].map((day) => (
            <Check
              key={day}
              label={weekday.format(Date.UTC(2023, 0, 1 + day))}
              checked={rhythm.days.includes(day)}
              onChange={(on) => {
                const days = on ? [...rhythm.days, day] : rhythm.days.filter((d) => d !== day);
                if (days.length > 0) set({ ...rhythm, days });
              }}
            />
          ))}
        </fieldset>
      )}
      {rhythm.kind === "monthly" && (
        <Row label={t("schedule:day")}>
          {(id) => (
            <Select
              id={id}
              value={rhythm.day}
              onChange={(day) => set({ ...rhythm, day })}
              options={[
                ...Array.from({ length: 28 }, (_, d) => ({ value: String(d + 1), label: String(d + 1) })),
                { value: "L", label: t("schedule:last") },
              ]}
            />
          )}
        </Row>
      )}
      {"time" in rhythm && (
        <Row label={t("schedule:time")}>
          {(id) => (
            <Input
              id={id}
              type="time"
              value={rhythm.time}
              onChange={(event) => event.target.value && set({ ...rhythm, time: event.target.value })}
            />
          )}
        </Row>
      )}
      {rhythm.kind === "text" && (
        <Row label={t("schedule:cron")} help={t("schedule:cronHint")}>
          {(id) => (
            <Input
              id={id}
              aria-invalid={due?.wrong ? true : undefined}
              aria-describedby={name}
              value={props.value}
              onChange={(event) => props.onChange(event.target.value)}
            />
          )}
        </Row>
      )}
      <output id={name} className="hint">
        {due?.next?.[0] &&
          t("schedule:next", {
            zone: due.zone,
            times: due.next
              .map((at) =>
                new Date(at).toLocaleString(lang, {
                  timeZone: zoneOf(due.zone),
                  dateStyle: "medium",
                  timeStyle: "short",
                }),
              )
              .join(" · "),
          })}
      </output>
    </fieldset>
  );
}

/** A zone as browsers know it; that of the browser for one that has no name. */
function zoneOf(zone: string | undefined): string | undefined {
  return zone === "Local" ? undefined : zone;
}
