import { type AlarmFigureSettings, type AlarmFigures, request } from "@lineside/client";
import { Check as CheckIcon, Download, Printer, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n";
import { NumberField, ProblemList, SelectField, sayFailure } from "../shell/form";
import { useMay } from "../shell/me";
import { asApiError, useResource } from "../shell/resource";
import { useTime } from "../shell/time";
import { Busy, Button, Empty, Input, Popover } from "../ui";
import { Advice } from "./Advice";
import { useLater } from "./AlarmList";
import { AlarmMark } from "./AlarmMark";
import { FrequentTable } from "./FrequentTable";
import { duration, useNumber, usePercent } from "./format";
import { PeriodPicker } from "./PeriodPicker";
import { type Period, periodOf } from "./period";
import { RateChart } from "./RateChart";
import "./figures.css";

/** The figures of the alarm system by EEMUA 191 and ISA-18.2, and what can be done. */
export function Figures() {
  const t = useT();
  const time = useTime();
  const [period, setPeriod] = useState<Period>(() => periodOf("week"));
  const [area, setArea] = useState("");
  const query = new URLSearchParams({ from: period.from });
  if (period.until) query.set("until", period.until);
  if (area.trim()) query.set("area", area.trim());
  const wanted = useLater(query.toString());
  const { data: f, error, reload } = useResource<AlarmFigures>(`/alarms/figures?${wanted}`);
  return (
    <section className="page-section alarm-figures" aria-label={t("alarmfigures:title")}>
      <div className="page-tools no-print">
        <PeriodPicker value={period} onChange={(p) => p && setPeriod(p)} />
        <Input
          className="alarm-area"
          aria-label={t("alarms:area")}
          placeholder={t("alarms:area")}
          value={area}
          onChange={(e) => setArea(e.target.value)}
        />
        <Settings onSaved={reload} />
        <span className="grow" />
        <a className="button" href={`/api/v1/alarms/figures.xlsx?${wanted}`} download>
          <Download size={16} aria-hidden /> {t("alarmfigures:workbook")}
        </a>
        <Button icon={<Printer size={16} aria-hidden />} onClick={() => window.print()}>
          {t("alarmfigures:print")}
        </Button>
      </div>
      {error && <ProblemList problems={[error]} />}
      {!f && !error && <Busy />}
      {f && f.alarms === 0 && f.standing.length === 0 && (
        <Empty title={t("alarmfigures:empty")} text={t("alarmfigures:emptyText")} />
      )}
      {f && (f.alarms > 0 || f.standing.length > 0) && (
        <>
          <p className="muted">
            {time(f.from)} – {time(f.until)} · {t("alarmfigures:judged", { count: f.operators })}
          </p>
          <Tiles figures={f} />
          <Advice figures={f} />
          <RateChart figures={f} />
          <FrequentTable figures={f} />
          <Priorities figures={f} />
          <Floods figures={f} />
        </>
      )}
    </section>
  );
}

/** The figures in short, each with what it should be and whether it is. */
function Tiles({ figures: f }: { figures: AlarmFigures }) {
  const t = useT();
  const number = useNumber();
  const percent = usePercent();
  const tiles: { id: string; value: string; good?: boolean }[] = [
    { id: "average", value: number(f.average, 2), good: f.average <= 1 },
    { id: "peak", value: number(f.peak, 1), good: f.peak <= 10 },
    { id: "target", value: percent(f.target), good: f.target >= 0.99 || (f.average <= 1 && f.manageable >= 0.95) },
    { id: "over", value: percent(f.over), good: f.over < 0.01 },
    { id: "floods", value: `${f.floodCount} · ${percent(f.floodShare)}`, good: f.floodShare < 0.01 },
    { id: "top", value: percent(f.topShare), good: f.topShare < 0.05 || f.alarms < 50 },
    { id: "chattering", value: String(f.chatterCount), good: f.chatterCount === 0 },
    { id: "fleeting", value: `${f.fleetingCount} · ${percent(f.fleetingShare)}`, good: f.fleetingCount === 0 },
    { id: "standing", value: String(f.standingCount), good: f.standingCount < 5 },
    { id: "ack", value: f.acknowledged ? `${duration(f.ackHalf, t)} · ${duration(f.ackMost, t)}` : "–" },
    { id: "alarms", value: number(f.alarms, 0) },
    { id: "away", value: `${f.shelvedNow} · ${f.suppressedNow} · ${f.outOfServiceNow}` },
  ];
  return (
    <dl className="figure-tiles">
      {tiles.map(({ id, value, good }) => (
        <div key={id} className={good === false ? "wrong" : undefined}>
          <dt>{t(`alarmfigures:tiles.${id}`)}</dt>
          <dd>
            <b>{value}</b>
            <span className="muted">
              {good !== undefined &&
                (good ? (
                  <CheckIcon size={14} className="figure-sign" aria-label={t("alarmfigures:good")} />
                ) : (
                  <TriangleAlert size={14} className="figure-sign" aria-label={t("alarmfigures:bad")} />
                ))}{" "}
              {t(`alarmfigures:aims.${id}`, {
                seconds: f.fleetingSeconds,
                shelved: f.shelved,
                suppressed: f.suppressed,
                out: f.outOfService,
                waiting: f.waiting,
              })}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Priorities({ figures: f }: { figures: AlarmFigures }) {
  const t = useT();
  const percent = usePercent();
  return (
    <section aria-label={t("alarmfigures:priorities")}>
      <h2>{t("alarmfigures:priorities")}</h2>
      <p className="muted">{t("alarmfigures:prioritiesText")}</p>
      <table className="table figure-table">
        <thead>
          <tr>
            <th>{t("alarms:priority")}</th>
            <th className="number">{t("alarmfigures:raised")}</th>
            <th className="number">{t("alarmfigures:share")}</th>
            <th className="number">{t("alarmfigures:aim")}</th>
            <th>
              <span className="visually-hidden">{t("alarmfigures:share")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {f.priorities.map((p) => (
            <tr key={p.priority}>
              <td>
                <AlarmMark priority={p.priority} /> {t(`alarms:priorities.${p.priority}`)}
              </td>
              <td className="number">{p.alarms}</td>
              <td className="number">{percent(p.share)}</td>
              <td className="number">{p.priority === "urgent" ? `< ${percent(p.aim)}` : `≈ ${percent(p.aim)}`}</td>
              <td className="figure-bar-cell">
                <span className="figure-bar" style={{ width: `${p.share * 100}%` }} />
                <span className="figure-aim" style={{ left: `${p.aim * 100}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Floods({ figures: f }: { figures: AlarmFigures }) {
  const t = useT();
  const time = useTime();
  if (f.floods.length === 0) return null;
  return (
    <section aria-label={t("alarmfigures:tiles.floods")}>
      <h2>{t("alarmfigures:tiles.floods")}</h2>
      <p className="muted">{t("alarmfigures:floodsText")}</p>
      <table className="table figure-table">
        <thead>
          <tr>
            <th>{t("alarmfigures:from")}</th>
            <th className="number">{t("alarmfigures:lasted")}</th>
            <th className="number">{t("alarmfigures:raised")}</th>
            <th className="number">{t("alarmfigures:most")}</th>
          </tr>
        </thead>
        <tbody>
          {f.floods.map((flood) => (
            <tr key={flood.from}>
              <td>{time(flood.from)}</td>
              <td className="number">{duration(flood.seconds, t)}</td>
              <td className="number">{flood.alarms}</td>
              <td className="number">{flood.peak}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {f.people.length > 0 && (
        <p className="muted">
          {t("alarmfigures:people")}: {f.people.map((p) => `${p.name} ${p.times}`).join(", ")}
        </p>
      )}
    </section>
  );
}

/** For how many operators the alarms are, and what is fleeting. */
function Settings({ onSaved }: { onSaved(): Promise<void> }) {
  const t = useT();
  const may = useMay("design");
  const { data, reload } = useResource<AlarmFigureSettings>("/alarms/figures/settings");
  if (!data || !may) return null;
  const save = async (change: Partial<AlarmFigureSettings>) => {
    try {
      await request("PUT", "/alarms/figures/settings", { ...data, ...change });
      await Promise.all([reload(), onSaved()]);
    } catch (error) {
      sayFailure(asApiError(error));
    }
  };
  return (
    <Popover
      label={t("alarmfigures:settings")}
      className="alarm-choices"
      trigger={<Button>{t("alarmfigures:operators", { count: data.operators })}</Button>}
    >
      <NumberField
        label={t("alarmfigures:operatorsLabel")}
        hint={t("alarmfigures:operatorsHint")}
        value={data.operators}
        onChange={(operators) => {
          if (operators && operators >= 1 && operators <= 100) void save({ operators: Math.round(operators) });
        }}
      />
      <SelectField
        label={t("alarmfigures:fleetingLabel")}
        value={String(data.fleetingSeconds)}
        onChange={(s) => void save({ fleetingSeconds: Number(s) as AlarmFigureSettings["fleetingSeconds"] })}
        options={[1, 2, 3, 5, 10, 15, 20, 30, 60].map((s) => ({ value: String(s), label: duration(s, t) }))}
      />
    </Popover>
  );
}
