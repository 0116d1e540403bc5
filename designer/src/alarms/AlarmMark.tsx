import { type AlarmPriority, alarmMarks } from "@lineside/client";
import { useT } from "../i18n";
import "./alarms.css";

/** The mark of a priority: shape, digit and colour with an outline. It blinks only while nobody has acknowledged. */
export function AlarmMark({ priority, waits }: { priority: AlarmPriority; waits?: boolean }) {
  const t = useT();
  const { digit, path, y } = alarmMarks[priority];
  return (
    <svg
      className={`alarm-mark ${priority}${waits ? " waits" : ""}`}
      viewBox="0 0 24 24"
      width="24"
      height="24"
      role="img"
      aria-label={t(`alarms:priorities.${priority}`)}
    >
      <path d={path} />
      <text x="12" y={y} textAnchor="middle" aria-hidden>
        {digit}
      </text>
    </svg>
  );
}
