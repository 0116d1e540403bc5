import type { HistoryStorage } from "@lineside/client";
import { useId } from "react";
import { useLanguage, useT } from "../i18n";
import { amount } from "./amount";

const width = 720;
const height = 220;
const left = 76;
const right = 16;
const top = 26;
const bottom = 28;

/** A step that makes about n rows up to a size, in whole powers of 1024 and their halves, fifths and tenths. */
function step(size: number, n: number): number {
  const unit = 1024 ** Math.max(0, Math.floor(Math.log(Math.max(size / n, 1)) / Math.log(1024)));
  const wanted = size / n / unit;
  const nice = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((m) => m >= wanted) ?? 1000;
  return nice * unit;
}

/** The room that history will take: a line from today on, and all the room there is. */
export function ForecastPlot({ storage, says }: { storage: HistoryStorage; says: string }) {
  const t = useT();
  const lang = useLanguage();
  const title = useId();
  const points = storage.forecast.map((p) => [Date.parse(p.time), p.bytes] as const);
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length < 2) return null;
  const limit = storage.limit ?? 0;
  const largest = Math.max(...points.map((p) => p[1]));
  // The limit is shown when it is near; far above it would press the line onto the ground.
  const withLimit = limit > 0 && limit < largest * 4;
  const most = Math.max(largest, withLimit ? limit : 0, 1) * 1.08;
  const x = (time: number) => left + ((time - first[0]) / (last[0] - first[0])) * (width - left - right);
  const y = (bytes: number) => height - bottom - (bytes / most) * (height - top - bottom);
  const rows: number[] = [];
  for (let at = 0; at <= most; at += step(most, 4)) rows.push(at);
  const years = last[0] - first[0] > 2 * 365 * 86400e3;
  const date = new Intl.DateTimeFormat(
    lang,
    years ? { year: "numeric", month: "short" } : { month: "short", day: "numeric" },
  );
  const columns = [0, 0.25, 0.5, 0.75, 1].map((part) => first[0] + part * (last[0] - first[0]));
  const full = storage.days === undefined ? undefined : first[0] + storage.days * 86400e3;
  const line = points.map((p) => `${x(p[0]).toFixed(1)},${y(p[1]).toFixed(1)}`).join(" ");
  return (
    <svg className="forecast" viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={title}>
      <title id={title}>{`${t("storage:plot")}. ${says}`}</title>
      {rows.map((at) => (
        <g key={at}>
          <line className="forecast-grid" x1={left} x2={width - right} y1={y(at)} y2={y(at)} />
          <text className="forecast-text end" x={left - 8} y={y(at) + 4}>
            {amount(at, lang)}
          </text>
        </g>
      ))}
      {columns.map((at, i) => (
        <text
          key={at}
          className={`forecast-text ${i === 0 ? "" : i === 4 ? "end" : "middle"}`}
          x={x(at)}
          y={height - 8}
        >
          {i === 0 ? t("storage:plotToday") : date.format(at)}
        </text>
      ))}
      <polygon className="forecast-area" points={`${x(first[0])},${y(0)} ${line} ${x(last[0])},${y(0)}`} />
      <polyline className="forecast-line" points={line} />
      {withLimit && (
        <>
          <line className="forecast-limit" x1={left} x2={width - right} y1={y(limit)} y2={y(limit)} />
          <text className="forecast-text" x={left + 4} y={y(limit) - 6}>
            {t("storage:plotLimit", { size: amount(limit, lang) })}
          </text>
        </>
      )}
      {full !== undefined && full <= last[0] && (
        <>
          <line className="forecast-limit" x1={x(full)} x2={x(full)} y1={top} y2={height - bottom} />
          <text
            className={`forecast-text ${x(full) > width / 2 ? "end" : ""}`}
            x={x(full) + (x(full) > width / 2 ? -6 : 6)}
            y={top - 10}
          >
            {t("storage:plotEnds", { date: new Intl.DateTimeFormat(lang, { dateStyle: "medium" }).format(full) })}
          </text>
        </>
      )}
    </svg>
  );
}
