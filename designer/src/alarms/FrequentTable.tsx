import type { AlarmFigures, Frequent } from "@lineside/client";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { Link } from "../router";
import { useTime } from "../shell/time";
import { Segmented } from "../ui";
import { AlarmLink } from "./AlarmLink";
import { AlarmMark } from "./AlarmMark";
import { duration, usePercent } from "./format";

const lists = ["top", "chattering", "fleeting", "standing"] as const;
type List = (typeof lists)[number];

/** The alarms that make the most trouble, the worst first, with how much of all they are together (Pareto). */
export function FrequentTable({ figures: f }: { figures: AlarmFigures }) {
  const t = useT();
  const percent = usePercent();
  const time = useTime();
  const [list, setList] = useState<List>("top");
  const rows: readonly Frequent[] = f[list];
  const counted: Record<List, (a: Frequent) => number> = {
    top: (a) => a.raised,
    chattering: (a) => a.chatter ?? 0,
    fleeting: (a) => a.fleeting ?? 0,
    standing: (a) => a.longest ?? 0,
  };
  const amount = counted[list];
  const most = Math.max(1, ...rows.map(amount));
  let sum = 0;
  return (
    <section aria-label={t("alarmfigures:worst")}>
      <h2>{t("alarmfigures:worst")}</h2>
      <Segmented
        label={t("alarmfigures:worst")}
        value={list}
        onChange={(value) => setList(value as List)}
        options={lists.map((value) => ({ value, label: t(`alarmfigures:lists.${value}`) }))}
      />
      <p className="muted">{t(`alarmfigures:listText.${list}`, { seconds: f.fleetingSeconds })}</p>
      {rows.length === 0 && <p>{t("alarmfigures:noneSuch")}</p>}
      {rows.length > 0 && (
        <table className="table figure-table">
          <thead>
            <tr>
              <th>{t("alarms:alarm")}</th>
              <th className="number">{t(`alarmfigures:amount.${list}`)}</th>
              {list === "standing" ? (
                <th>{t("alarms:since")}</th>
              ) : (
                <>
                  <th className="number">{t("alarmfigures:share")}</th>
                  <th className="number">{t("alarmfigures:together")}</th>
                </>
              )}
              <th>
                <span className="visually-hidden">{t("alarmfigures:share")}</span>
              </th>
              <th>
                <span className="visually-hidden">{t("alarmfigures:setUp")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((a) => {
              const name = f.names[a.key];
              const n = amount(a);
              sum += n;
              return (
                <tr key={a.key}>
                  <td>
                    <AlarmMark priority={a.priority} />{" "}
                    <AlarmLink to={`/alarms?${new URLSearchParams({ alarm: a.key })}`}>
                      {name ? `${textIn(name.title)} · ${textIn(name.name)}` : a.key}
                    </AlarmLink>
                    <div className="muted selectable">{a.key.split("#")[0]}</div>
                  </td>
                  <td className="number">{list === "standing" ? duration(n, t) : n}</td>
                  {list === "standing" ? (
                    <td>{a.since ? time(a.since) : t("alarmfigures:returned")}</td>
                  ) : (
                    <>
                      <td className="number">{percent(n / Math.max(1, f.alarms))}</td>
                      <td className="number">{percent(sum / Math.max(1, f.alarms))}</td>
                    </>
                  )}
                  <td className="figure-bar-cell">
                    <span className="figure-bar" style={{ width: `${(n / most) * 100}%` }} />
                  </td>
                  <td className="row-actions no-print">
                    {name?.link && <Link to={name.link}>{t("alarmfigures:setUp")}</Link>}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
