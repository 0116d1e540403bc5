// A small picture of what an alarm watches for: a value over time, its limits, and when it holds.
import type { TagAlarm } from "@lineside/client";
import { useT } from "../../i18n";
import type { TagLike } from "../TagParts";
import type { Kind } from "./kinds";

const width = 240;
const height = 72;

/** Heights of the lines that are drawn, 0 below and 1 above, and where the condition holds, from 0 to 1 in time. */
interface Drawing {
  value: readonly number[];
  lines?: readonly number[];
  /** Filled between two heights: where the value must not be. */
  bad?: readonly [number, number][];
  dashed?: readonly number[];
  /** The value goes in steps. */
  steps?: boolean;
  holds: readonly [number, number][];
}

const wave = [0.3, 0.35, 0.5, 0.72, 0.82, 0.78, 0.6, 0.42, 0.35, 0.3];
const dip = wave.map((v) => 1 - v);

const drawings: Record<Kind, Drawing> = {
  "high-high": { value: wave, lines: [0.75], bad: [[0.75, 1]], holds: [[0.37, 0.6]] },
  high: { value: wave, lines: [0.65], bad: [[0.65, 1]], holds: [[0.29, 0.64]] },
  low: { value: dip, lines: [0.35], bad: [[0, 0.35]], holds: [[0.29, 0.64]] },
  "low-low": { value: dip, lines: [0.25], bad: [[0, 0.25]], holds: [[0.37, 0.6]] },
  outside: {
    value: [0.5, 0.7, 0.9, 0.7, 0.5, 0.3, 0.1, 0.3, 0.5, 0.5],
    lines: [0.22, 0.78],
    bad: [
      [0, 0.22],
      [0.78, 1],
    ],
    holds: [
      [0.16, 0.29],
      [0.6, 0.73],
    ],
  },
  inside: {
    value: [0.9, 0.85, 0.7, 0.5, 0.45, 0.5, 0.6, 0.8, 0.9, 0.9],
    lines: [0.35, 0.65],
    bad: [[0.35, 0.65]],
    holds: [[0.25, 0.7]],
  },
  deviation: {
    value: [0.5, 0.52, 0.6, 0.78, 0.85, 0.8, 0.6, 0.5, 0.48, 0.5],
    lines: [0.28, 0.72],
    dashed: [0.5],
    bad: [
      [0, 0.28],
      [0.72, 1],
    ],
    holds: [[0.28, 0.6]],
  },
  rate: { value: [0.2, 0.22, 0.25, 0.28, 0.8, 0.85, 0.85, 0.86, 0.87, 0.88], holds: [[0.34, 0.55]] },
  cusum: {
    value: [0.5, 0.45, 0.52, 0.48, 0.6, 0.58, 0.63, 0.6, 0.64, 0.62],
    dashed: [0.5],
    holds: [[0.75, 1]],
  },
  on: { value: [0.15, 0.15, 0.15, 0.85, 0.85, 0.85, 0.15, 0.15, 0.15, 0.15], steps: true, holds: [[0.33, 0.67]] },
  off: { value: [0.85, 0.85, 0.85, 0.15, 0.15, 0.15, 0.85, 0.85, 0.85, 0.85], steps: true, holds: [[0.33, 0.67]] },
  equals: {
    value: [0.2, 0.2, 0.5, 0.5, 0.8, 0.8, 0.2, 0.2, 0.5, 0.5],
    steps: true,
    dashed: [0.8],
    holds: [[0.44, 0.67]],
  },
  change: {
    value: [0.2, 0.2, 0.2, 0.5, 0.5, 0.5, 0.8, 0.8, 0.8, 0.8],
    steps: true,
    holds: [
      [0.32, 0.35],
      [0.65, 0.68],
    ],
  },
  "no-change": { value: [0.3, 0.5, 0.4, 0.6, 0.55, 0.55, 0.55, 0.55, 0.55, 0.55], holds: [[0.75, 1]] },
  "no-update": { value: [0.3, 0.5, 0.4, 0.6], holds: [[0.66, 1]] },
  count: {
    value: [0.15, 0.15, 0.15, 0.85, 0.15, 0.85, 0.15, 0.85, 0.15, 0.85],
    steps: true,
    holds: [[0.78, 1]],
  },
  duration: { value: [0.15, 0.85, 0.85, 0.15, 0.85, 0.85, 0.15, 0.85, 0.85, 0.85], steps: true, holds: [[0.8, 1]] },
  bad: { value: [0.5, 0.55, 0.5, 0.55], holds: [[0.4, 1]] },
  expression: { value: wave, holds: [[0.3, 0.6]] },
};

export function AlarmPicture({ alarm, draft }: { alarm: TagAlarm; draft: Partial<TagLike> }) {
  const t = useT();
  const d = drawings[alarm.kind];
  const x = (part: number) => part * width;
  const y = (part: number) => 4 + (1 - part) * (height - 16);
  const step = 1 / 9;
  const path = d.value
    .map((v, i) => (i === 0 ? `M0 ${y(v)}` : d.steps ? `H${x(i * step)} V${y(v)}` : `L${x(i * step)} ${y(v)}`))
    .join(" ");
  const said = [alarm.lower !== undefined && `${alarm.lower}`, alarm.limit !== undefined && `${alarm.limit}`].filter(
    Boolean,
  );
  const unit = draft.unit ? ` ${draft.unit}` : "";
  const texts = said.length === (d.lines?.length ?? 0) ? said : [];
  return (
    <svg
      className="alarm-picture"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={t(`alarmset:pictures.${alarm.kind}`)}
    >
      {d.bad?.map(([low, high]) => (
        <rect key={low} className="bad" x={0} width={width} y={y(high)} height={y(low) - y(high)} />
      ))}
      {d.dashed?.map((v) => (
        <line key={v} className="target" x1={0} x2={width} y1={y(v)} y2={y(v)} />
      ))}
      {d.lines?.map((v) => (
        <line key={v} className="limit" x1={0} x2={width} y1={y(v)} y2={y(v)} />
      ))}
      <path className="value" d={path} />
      {d.lines?.map(
        (v, i) =>
          texts[i] && (
            <text key={v} x={width - 4} y={y(v) - 3} textAnchor="end">
              {texts[i]}
              {unit}
            </text>
          ),
      )}
      {d.holds.map(([from, to]) => (
        <rect
          key={from}
          className="holds"
          x={x(from)}
          width={Math.max(x(to) - x(from), 4)}
          y={height - 8}
          height={6}
          rx={2}
        />
      ))}
    </svg>
  );
}
