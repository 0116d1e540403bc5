// The lists of an alarm: when it is watched for, what suppresses it, what it writes.
import type { AlarmPeriod, AlarmWrite } from "@lineside/client";
import { useT } from "../../i18n";
import { Input } from "../../ui";
import { ChoiceCell, EditRows, TextCell } from "../EditRows";
import { parse } from "../TagParts";

type Wrong = (at: string) => string | undefined;

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** The periods of a schedule: days and times of the day. */
export function PeriodRows(props: { rows: readonly AlarmPeriod[]; onChange(rows: AlarmPeriod[]): void; wrong: Wrong }) {
  const t = useT();
  return (
    <EditRows<AlarmPeriod>
      rows={props.rows}
      onChange={props.onChange}
      fresh={() => ({ days: ["mon", "tue", "wed", "thu", "fri"], from: "06:00", to: "22:00" })}
      addLabel={t("alarmset:addPeriod")}
      hint={t("alarmset:scheduleHint")}
      nameOf={(row) => `${row.from}–${row.to}`}
      wrong={(i) => [props.wrong(`/schedule/${i}/from`), props.wrong(`/schedule/${i}/to`)]}
      columns={[
        {
          head: t("alarmset:days"),
          edit: ({ row, set, index }) => (
            <fieldset className="day-boxes" aria-label={`${t("alarmset:days")} ${index + 1}`}>
              {days.map((day) => {
                const on = !row.days?.length || row.days.includes(day);
                return (
                  <label key={day}>
                    <input
                      type="checkbox"
                      checked={on}
                      onChange={() => {
                        const now = row.days?.length ? row.days : [...days];
                        const next = days.filter((d) => (d === day ? !on : now.includes(d)));
                        if (next.length > 0) set({ days: next.length === days.length ? undefined : next });
                      }}
                    />
                    {t(`alarmset:dayNames.${day}`)}
                  </label>
                );
              })}
            </fieldset>
          ),
        },
        ...(["from", "to"] as const).map((key) => ({
          head: t(`alarmset:${key}`),
          edit: (cell: { row: AlarmPeriod; set(change: Partial<AlarmPeriod>): void; label: string }) => (
            <Input
              className="input clock-input"
              aria-label={cell.label}
              value={cell.row[key]}
              placeholder="06:00"
              onChange={(e) => cell.set({ [key]: e.target.value })}
            />
          ),
        })),
      ]}
    />
  );
}

/** The alarms that suppress an alarm. */
export function SuppressedByRows(props: { rows: readonly string[]; onChange(rows: string[]): void; wrong: Wrong }) {
  const t = useT();
  return (
    <EditRows<{ key: string }>
      rows={props.rows.map((key) => ({ key }))}
      onChange={(rows) => props.onChange(rows.map((row) => row.key))}
      fresh={() => ({ key: "" })}
      addLabel={t("alarmset:addParent")}
      hint={t("alarmset:suppressedByHint")}
      nameOf={(row) => row.key}
      wrong={(i) => [props.wrong(`/suppressedBy/${i}`)]}
      columns={[
        {
          head: t("alarmset:suppressedBy"),
          edit: (cell) => <TextCell cell={cell} value={cell.row.key} onChange={(key) => cell.set({ key })} />,
        },
      ]}
    />
  );
}

const occasions = ["raise", "return", "acknowledge", "shelve"] as const;

const shown = (value: unknown) =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

/** The values that are written when something becomes of an alarm. */
export function WriteRows(props: { rows: readonly AlarmWrite[]; onChange(rows: AlarmWrite[]): void; wrong: Wrong }) {
  const t = useT();
  return (
    <EditRows<AlarmWrite>
      rows={props.rows}
      onChange={props.onChange}
      fresh={() => ({ on: "raise", tag: "", value: true as AlarmWrite["value"] })}
      addLabel={t("alarmset:addWrite")}
      hint={t("alarmset:writesHint")}
      nameOf={(row) => row.tag}
      wrong={(i) => [
        props.wrong(`/writes/${i}/on`),
        props.wrong(`/writes/${i}/tag`),
        props.wrong(`/writes/${i}/value`),
      ]}
      columns={[
        {
          head: t("alarmset:on"),
          edit: (cell) => (
            <ChoiceCell
              cell={cell}
              value={cell.row.on}
              onChange={(on) => cell.set({ on: on as AlarmWrite["on"] })}
              options={occasions.map((value) => ({ value, label: t(`alarmset:occasions.${value}`) }))}
            />
          ),
        },
        {
          head: t("alarmset:tag"),
          edit: (cell) => <TextCell cell={cell} value={cell.row.tag} onChange={(tag) => cell.set({ tag })} />,
        },
        {
          head: t("alarms:edit.value"),
          edit: (cell) => (
            <TextCell
              cell={cell}
              value={shown(cell.row.value)}
              onChange={(s) => cell.set({ value: parse(s) as AlarmWrite["value"] })}
            />
          ),
        },
      ]}
    />
  );
}
