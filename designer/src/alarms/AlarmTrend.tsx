import type { HistoryAnswer } from "@lineside/client";
import { useT } from "../i18n";
import { useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { valueText } from "./AlarmLine";

const width = 360;
const height = 90;
/** How long before and after it was raised the value is shown, in ms. */
const before = 10 * 60_000;
const after = 10 * 60_000;

/** How the value was around the time an alarm was raised; nothing when no history of it is kept. */
export function AlarmTrend(props: {
  path: string;
  raised: string;
  limit: number | undefined;
  unit: string | undefined;
}) {
  const t = useT();
  const time = useTime();
  const at = Date.parse(props.raised);
  const query = new URLSearchParams({
    tag: props.path,
    from: String(at - before),
    to: String(Math.min(at + after, Math.max(at + 60_000, Math.floor(Date.now() / 60_000) * 60_000))),
    pixels: String(width),
  });
  const { data } = useResource<HistoryAnswer>(`/history?${query}`);
  const points = ((data?.series[0]?.points ?? []) as unknown as [number, unknown, number?][]).map(
    ([ms, v]) => [ms, typeof v === "boolean" ? Number(v) : typeof v === "number" ? v : undefined] as const,
  );
  const values = points.map(([, v]) => v).filter((v) => v !== undefined);
  if (values.length < 2) return null;
  const all = props.limit === undefined ? values : [...values, props.limit];
  const low = Math.min(...all);
  const high = Math.max(...all);
  const span = high - low || 1;
  const end = Number(query.get("to"));
  const x = (ms: number) => (((ms - (at - before)) / (end - at + before)) * width).toFixed(1);
  const y = (v: number) => (height - 6 - ((v - low) / span) * (height - 12)).toFixed(1);
  let path = "";
  let pen = false;
  for (const [ms, v] of points) {
    if (v === undefined) {
      pen = false;
      continue;
    }
    path += `${pen ? "L" : "M"}${x(ms)} ${y(v)}`;
    pen = true;
  }
  return (
    <figure className="alarm-trend">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={t("alarmview:trend", { low: valueText(low), high: valueText(high), unit: props.unit ?? "" })}
      >
        {props.limit !== undefined && <path className="alarm-limit" d={`M0 ${y(props.limit)}H${width}`} />}
        <path className="alarm-raised" d={`M${x(at)} 0V${height}`} />
        <path className="alarm-curve" d={path} />
      </svg>
      <figcaption className="muted">
        {time(at - before)} – {time(end)} · {valueText(low)} … {valueText(high)} {props.unit}
      </figcaption>
    </figure>
  );
}
