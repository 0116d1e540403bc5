import { type AlarmNow, alarmWaits } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { Link } from "../router";
import { sayFailure } from "../shell/form";
import { asApiError } from "../shell/resource";
import { useTime } from "../shell/time";
import { Button } from "../ui";
import { AlarmMark } from "./AlarmMark";
import { CommentDialog } from "./OrderDialogs";
import { order, useAlarms } from "./useAlarms";

/** On every page: the alarm that needs somebody most, and how many there are of each priority. */
export function AlarmBanner() {
  const t = useT();
  const time = useTime();
  const { counts = [], first = [] } = useAlarms();
  const [asked, setAsked] = useState<AlarmNow>();
  const top = first[0];
  if (!top) return null;
  const waits = alarmWaits(top.state);
  const acknowledge = async (alarm: AlarmNow) => {
    if (alarm.comment) return setAsked(alarm);
    try {
      await order("ack", [alarm.key]);
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <section className="alarm-banner" aria-label={t("alarms:title")}>
      <AlarmMark priority={top.priority} waits={waits} />
      <span className="alarm-first" role="status">
        <strong>{top.title}</strong> {top.name}: {top.message}{" "}
        <span className="muted">
          {t(`alarms:states.${top.state}`)} · {time(top.since)}
        </span>
      </span>
      {waits && top.may && <Button onClick={() => void acknowledge(top)}>{t("alarms:acknowledge")}</Button>}
      <ul className="alarm-counts" aria-label={t("alarms:counts")}>
        {counts.map((c) => (
          <li key={c.priority} title={t("alarms:countTitle", { ...c, active: c.active })}>
            <AlarmMark priority={c.priority} waits={c.unacknowledged > 0} />
            {c.unacknowledged}/{c.active}
          </li>
        ))}
      </ul>
      <Link to="/alarms">{t("alarms:all")}</Link>
      {asked && <CommentDialog deed="ack" keys={[asked.key]} onClose={() => setAsked(undefined)} />}
    </section>
  );
}
