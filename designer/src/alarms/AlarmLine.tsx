import { type AlarmRow, alarmWaits } from "@lineside/client";
import { memo, type ReactNode } from "react";
import { textIn, useT } from "../i18n";
import { useTime } from "../shell/time";
import { Button } from "../ui";
import { AlarmMark } from "./AlarmMark";
import type { ColumnName } from "./alarmview";
import { useMinutes } from "./remaining";

/** A value as the journal and the list show it. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** One alarm of a list; it is drawn again only when something of it is another. */
export const AlarmLine = memo(function AlarmLine(props: {
  alarm: AlarmRow;
  index: number;
  columns: readonly ColumnName[];
  chosen: boolean;
  open: boolean;
  onChoose(alarm: AlarmRow, on: boolean): void;
  onOpen(alarm: AlarmRow): void;
  onAcknowledge?: (alarm: AlarmRow) => void;
}) {
  const t = useT();
  const time = useTime();
  const a = props.alarm;
  const left = useMinutes(a.shelved?.until);
  const waits = alarmWaits(a.state);
  const title = textIn(a.title);
  const name = textIn(a.name);
  const unit = a.unit ? ` ${a.unit}` : "";
  const deed = a.outOfService ?? a.acknowledged;
  const cells: Record<ColumnName, () => ReactNode> = {
    since: () => (
      <time dateTime={a.since} title={a.since}>
        {time(a.since)}
      </time>
    ),
    alarm: () => (
      <>
        <button
          type="button"
          className="link alarm-open alarm-words"
          aria-expanded={props.open}
          onClick={() => props.onOpen(a)}
        >
          {title} · {name}
        </button>
        <div className="alarm-message" title={textIn(a.message)}>
          {textIn(a.message)}
        </div>
      </>
    ),
    area: () => <span title={a.path}>{a.path}</span>,
    state: () => (
      <>
        <div>
          {t(`alarms:states.${a.state}`)}
          {["shelved", "suppressed", "out-of-service"].includes(a.state) && a.active && ` · ${t("alarms:stillActive")}`}
        </div>
        {a.shelved ? (
          <div className="muted" title={a.shelved.text}>
            {t("alarmview:byWhy", { by: a.shelved.by, text: a.shelved.text ?? "" })}
          </div>
        ) : (
          deed && (
            <div className="muted" title={`${time(deed.time)} ${deed.text ?? ""}`}>
              {deed.text ? t("alarmview:byWhy", { by: deed.by, text: deed.text }) : `${deed.by} · ${time(deed.time)}`}
            </div>
          )
        )}
      </>
    ),
    value: () => (
      <>
        <div>
          {valueText(a.value)}
          {unit}
        </div>
        {a.limit !== undefined && (
          <div className="muted">
            {t("alarmview:limit")} {valueText(a.limit)}
            {unit}
          </div>
        )}
      </>
    ),
    class: () => a.class,
    times: () => a.times,
    until: () =>
      a.shelved && (
        <>
          <div>{t("alarmview:left", { minutes: left })}</div>
          <div className="muted">
            {t(a.shelved.once ? "alarmview:untilOnce" : "alarmview:until", { time: time(a.shelved.until) })}
          </div>
        </>
      ),
  };
  return (
    <tr
      className={[waits && "waits", props.open && "current"].filter(Boolean).join(" ") || undefined}
      aria-rowindex={props.index}
      aria-selected={props.chosen}
    >
      <td className="select-cell">
        <input
          type="checkbox"
          aria-label={t("alarms:choose", { alarm: `${title} ${name}` })}
          checked={props.chosen}
          onChange={(e) => props.onChoose(a, e.target.checked)}
        />
      </td>
      <td>
        <AlarmMark priority={a.priority} waits={waits} />
      </td>
      {props.columns.map((column) => (
        <td key={column} className={`col-${column}`}>
          {cells[column]()}
        </td>
      ))}
      {props.onAcknowledge && (
        <td className="row-actions">
          {waits && a.mayAcknowledge && (
            <Button
              aria-label={t("alarmview:ackOf", { alarm: `${title} ${name}` })}
              onClick={() => props.onAcknowledge?.(a)}
            >
              {t("alarms:acknowledge")}
            </Button>
          )}
        </td>
      )}
    </tr>
  );
});
