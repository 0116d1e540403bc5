import { type AlarmPlace, type AlarmRow, alarmWaits, type JournalPage, request } from "@lineside/client";
import { ChartLine, Monitor, Settings2, X } from "lucide-react";
import { useEffect, useState } from "react";
import { textIn, useT } from "../i18n";
import { sayFailure, TextField } from "../shell/form";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { Button, IconButton } from "../ui";
import { valueText } from "./AlarmLine";
import { useFollow } from "./AlarmList";
import { AlarmMark } from "./AlarmMark";
import { AlarmTrend } from "./AlarmTrend";
import { AlarmLimitLine } from "./LimitDialog";
import { go, placesOf } from "./places";
import { useAlarms } from "./useAlarms";

const icons = { faceplate: Monitor, screen: Monitor, near: Monitor, history: ChartLine, tag: Settings2 };

/** All about one alarm: what it says, what to do, how the value was, what has become of it, and where it can be looked at. */
export function AlarmDetail(props: {
  /** As it is now; left out when it is in no list any more. */
  alarm: AlarmRow | undefined;
  name: string;
  onClose(): void;
  onAcknowledge(alarm: AlarmRow): void;
}) {
  const t = useT();
  const time = useTime();
  const { seq } = useAlarms();
  const [comment, setComment] = useState("");
  const [places, setPlaces] = useState<AlarmPlace[]>([]);
  const [before, setBefore] = useState(props.alarm);
  if (props.alarm && props.alarm !== before) setBefore(props.alarm);
  const a = props.alarm ?? before;
  const journal = useResource<JournalPage>(`/alarms/journal?limit=20&alarm=${encodeURIComponent(props.name)}`);
  useFollow(seq, journal.reload);
  const lines = journal.data?.entries ?? [];
  const last = lines.find((l) => l.event === "raise") ?? lines[0];
  const raised = a?.raised ?? last?.time;
  useEffect(() => {
    let gone = false;
    placesOf(props.name, raised)
      .then((found) => !gone && setPlaces(found))
      .catch(() => {});
    return () => {
      gone = true;
    };
  }, [props.name, raised]);
  const path = props.name.split("#")[0] as string;
  const title = a ?? last;
  const unit = a?.unit ? ` ${a.unit}` : "";
  const say = async () => {
    if (!comment.trim()) return;
    try {
      await request("POST", "/alarms/comment", { alarms: [props.name], comment: comment.trim() });
      setComment("");
      await journal.reload();
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <aside className="alarm-detail" aria-label={t("alarmview:detail")}>
      <div className="alarm-detail-head">
        {title && <AlarmMark priority={title.priority} waits={!!a && alarmWaits(a.state)} />}
        <h2>{title ? `${textIn(title.title)} · ${textIn(title.name)}` : props.name}</h2>
        <IconButton label={t("common:close")} onClick={props.onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      <p className="selectable">{textIn(title?.message)}</p>
      <p className="muted selectable">
        {path} · {t(props.alarm ? `alarms:states.${props.alarm.state}` : "alarmview:gone")}
        {raised && ` · ${t("alarmview:raised", { time: time(raised) })}`}
      </p>
      <div className="page-tools">
        {a && alarmWaits(a.state) && a.mayAcknowledge && props.alarm && (
          <Button look="primary" onClick={() => props.onAcknowledge(a)}>
            {t("alarms:acknowledge")}
          </Button>
        )}
        {places.map((p) => {
          const Icon = icons[p.kind];
          return (
            <Button key={p.link} icon={<Icon size={16} aria-hidden />} onClick={() => go(p.link)}>
              {t(`alarmview:places.${p.kind}`, { title: textIn(p.title) })}
            </Button>
          );
        })}
      </div>
      {a && (a.value !== undefined || a.limit !== undefined) && (
        <dl className="alarm-facts">
          {a.value !== undefined && (
            <div>
              <dt>{t("alarmview:valueThen")}</dt>
              <dd>
                {valueText(a.value)}
                {unit}
              </dd>
            </div>
          )}
          {a.limit !== undefined && (
            <div>
              <dt>{t("alarmview:limit")}</dt>
              <dd>
                {valueText(a.limit)}
                {unit}
              </dd>
            </div>
          )}
          <div>
            <dt>{t("alarmview:columns.times")}</dt>
            <dd>{a.times}</dd>
          </div>
        </dl>
      )}
      <AlarmLimitLine alarm={props.name} name={title ? `${textIn(title.title)} · ${textIn(title.name)}` : props.name} />
      {(["cause", "consequence", "action"] as const).map(
        (key) =>
          textIn(a?.[key]) && (
            <p key={key} className="selectable">
              <strong>{t(`alarms:${key}`)}:</strong> {textIn(a?.[key])}
            </p>
          ),
      )}
      {raised && <AlarmTrend path={path} raised={raised} limit={a?.limit} unit={a?.unit} />}
      <h3>{t("alarms:journal")}</h3>
      <ol className="alarm-story">
        {lines.map((l) => (
          <li key={l.id}>
            <time dateTime={l.time}>{time(l.time)}</time> {t(`alarms:events.${l.event}`)}
            {l.by && ` · ${l.by}`}
            {l.comment && <div className="selectable">{l.comment}</div>}
          </li>
        ))}
      </ol>
      <div className="alarm-say">
        <TextField
          label={t("alarms:comment")}
          value={comment}
          onChange={setComment}
          onEnter={() => void say()}
          maxLength={1000}
        />
        <Button disabled={!comment.trim()} onClick={() => void say()}>
          {t("alarmview:write")}
        </Button>
      </div>
    </aside>
  );
}
