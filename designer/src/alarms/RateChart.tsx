import { type AlarmFigures, alarmPriorities } from "@lineside/client";
import { useT } from "../i18n";
import { useTime } from "../shell/time";
import { duration } from "./format";

const width = 1000;
const height = 180;
const left = 36;
const bottom = 20;

/** A round whole number that is not below n: 3, 40, 800. */
export function wholeStep(n: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, n)));
  return power * ([1, 2, 3, 4, 5, 6, 8].find((m) => m * power >= n) ?? 10);
}

/** How many alarms were raised from time to time, by priority, with the rate that one can follow; as a table, too. */
export function RateChart({ figures: f }: { figures: AlarmFigures }) {
  const t = useT();
  const time = useTime();
  const { bars } = f;
  const sums = bars.map((b) => (b.counts ?? []).reduce((a, n) => a + n, 0));
  // One alarm in 10 minutes for each operator is the aim, ten are a flood.
  const aim = (f.barSeconds / 600) * f.operators;
  const unit = wholeStep(Math.max(aim * 1.2, ...sums, 1) / 2);
  const top = 2 * unit;
  const y = (n: number) => height - bottom - (n / top) * (height - bottom - 8);
  const step = (width - left) / Math.max(1, bars.length);
  const ticks = [0, unit, top];
  const marks = [0, Math.floor(bars.length / 2), bars.length - 1].filter(
    (i, at, all) => all.indexOf(i) === at && i >= 0,
  );
  return (
    <section aria-label={t("alarmfigures:rate")}>
      <h2>{t("alarmfigures:rate")}</h2>
      <figure className="figure-chart">
        <svg
          className="figure-plot"
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={t("alarmfigures:rateLabel", { length: duration(f.barSeconds, t), peak: Math.max(0, ...sums) })}
        >
          {ticks.map((n) => (
            <g key={n}>
              <path className="figure-grid" d={`M${left} ${y(n)}H${width}`} />
              <text className="figure-text" x={left - 6} y={y(n) + 4} textAnchor="end">
                {n}
              </text>
            </g>
          ))}
          {bars.map((b, i) => {
            let from = 0;
            return (b.counts ?? [])
              .map((n, rank) => ({ n, priority: alarmPriorities[rank] }))
              .reverse()
              .map(({ n, priority }) => {
                if (!n) return null;
                const low = from;
                from += n;
                return (
                  <rect
                    key={`${b.at} ${priority}`}
                    className={`figure-part ${priority}`}
                    x={left + i * step + Math.min(1, step * 0.1)}
                    width={Math.max(0.8, step - Math.min(2, step * 0.2))}
                    y={y(from)}
                    height={Math.max(0, y(low) - y(from))}
                  >
                    <title>{`${time(b.at)}: ${t(`alarms:priorities.${priority}`)} ${n}`}</title>
                  </rect>
                );
              });
          })}
          {aim <= top && <path className="figure-target" d={`M${left} ${y(aim)}H${width}`} />}
          {marks.map((i) => (
            <text
              className="figure-text"
              key={i}
              x={left + (i + 0.5) * step}
              y={height - 4}
              textAnchor={i === 0 ? "start" : i === bars.length - 1 ? "end" : "middle"}
            >
              {time(bars[i]?.at ?? "")}
            </text>
          ))}
        </svg>
        <figcaption className="muted">
          {t("alarmfigures:rateText", { length: duration(f.barSeconds, t), aim })}
        </figcaption>
      </figure>
      <details>
        <summary>{t("alarmfigures:asTable")}</summary>
        <div className="figure-scroll">
          <table className="table figure-table compact">
            <thead>
              <tr>
                <th>{t("alarmfigures:from")}</th>
                {alarmPriorities.map((p) => (
                  <th key={p} className="number">
                    {t(`alarms:priorities.${p}`)}
                  </th>
                ))}
                <th className="number">{t("alarmfigures:sum")}</th>
              </tr>
            </thead>
            <tbody>
              {bars.map((b, i) => (
                <tr key={b.at}>
                  <td>{time(b.at)}</td>
                  {(b.counts ?? []).map((n, rank) => (
                    <td key={alarmPriorities[rank]} className="number">
                      {n}
                    </td>
                  ))}
                  <td className="number">{sums[i]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}
