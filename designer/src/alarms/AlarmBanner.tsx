import { type AlarmNow, alarmWaits } from "@lineside/client";
import { useState } from "react";
import { useT } from "../i18n";
import { Link } from "../router";
import { sayFailure } from "../shell/form";
import { asApiError } from "../shell/resource";
import { useTime } from "../shell/time";
import { Button } from "../ui";
import { AlarmLink } from "./AlarmLink";
import { AlarmMark } from "./AlarmMark";
import { CommentDialog } from "./OrderDialogs";
import { showAlarm } from "./places";
import { SoundControl } from "./SoundControl";
import { order, useAlarms } from "./useAlarms";

/**
 * On every page, always at the same place and of the same height: the alarm that needs somebody most, and how many there are
 * of each priority and in each area.
 */
export function AlarmBanner() {
  const t = useT();
  const time = useTime();
  const { counts = [], first = [], areas = [] } = useAlarms();
  const [asked, setAsked] = useState<AlarmNow>();
  const top = first[0];
  const waits = !!top && alarmWaits(top.state);
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
      {top && <AlarmMark priority={top.priority} waits={waits} />}
      <span className="alarm-first" role="status">
        {top ? (
          <button
            type="button"
            className="link"
            title={`${top.title} ${top.name}: ${top.message}\n${t("alarmview:show")}`}
            onClick={() => void showAlarm(top.key)}
          >
            <strong>{top.title}</strong> {top.name}: {top.message}{" "}
            <span className="muted">
              {t(`alarms:states.${top.state}`)} · {time(top.since)}
            </span>
          </button>
        ) : (
          <span className="muted">{t("alarmview:none")}</span>
        )}
      </span>
      {top && waits && top.may && <Button onClick={() => void acknowledge(top)}>{t("alarms:acknowledge")}</Button>}
      <SoundControl />
      {counts.length > 0 && (
        <ul className="alarm-counts" aria-label={t("alarms:counts")}>
          {counts.map((c) => (
            <li key={c.priority} title={t("alarms:countTitle", { ...c, active: c.active })}>
              <AlarmMark priority={c.priority} waits={c.unacknowledged > 0} />
              {c.unacknowledged}/{c.active}
            </li>
          ))}
        </ul>
      )}
      {areas.length > 1 && (
        <ul className="alarm-places" aria-label={t("alarmview:areas")}>
          {areas.slice(0, 6).map((a) => (
            <li key={a.area}>
              <AlarmLink
                to={`/alarms?${new URLSearchParams({ area: a.area })}`}
                title={`${a.area || t("alarmview:plant")}: ${t("alarms:countTitle", { ...a })}`}
              >
                <AlarmMark priority={a.waiting ?? a.priority} waits={!!a.waiting} />
                {a.area.split("/").pop() || t("alarmview:plant")} {a.unacknowledged}/{a.active}
              </AlarmLink>
            </li>
          ))}
        </ul>
      )}
      <Link to="/alarms">{t("alarms:all")}</Link>
      {asked && <CommentDialog deed="ack" keys={[asked.key]} onClose={() => setAsked(undefined)} />}
    </section>
  );
}
