import type { AlarmFigures } from "@lineside/client";
import { Lightbulb } from "lucide-react";
import { textIn, useT } from "../i18n";
import { Link } from "../router";
import { duration, useNumber, usePercent } from "./format";

/** What can be done about what the figures say, what helps most first; each with the way to where it is done. */
export function Advice({ figures: f }: { figures: AlarmFigures }) {
  const t = useT();
  const number = useNumber();
  const percent = usePercent();
  if (f.advice.length === 0) return null;
  return (
    <section aria-label={t("alarmfigures:advice")}>
      <h2>{t("alarmfigures:advice")}</h2>
      <ul className="figure-advice">
        {f.advice.map((a) => {
          const name = a.key ? f.names[a.key] : undefined;
          return (
            <li key={`${a.kind} ${a.key ?? a.priority ?? ""}`}>
              <Lightbulb size={16} className="figure-hint" aria-hidden />
              <span>
                {t(`alarmfigures:do.${a.kind}`, {
                  alarm: name ? `${textIn(name.title)} · ${textIn(name.name)}` : "",
                  time: duration(a.seconds ?? 0, t),
                  now: duration((a.kind === "off-delay" ? name?.offDelay : name?.onDelay) ?? 0, t),
                  amount: `${number(a.amount ?? 0, 6)} ${name?.unit ?? ""}`.trim(),
                  band: `${number(name?.deadband ?? 0, 6)} ${name?.unit ?? ""}`.trim(),
                  rate: number(a.amount ?? 0, 2),
                  saved: a.saved ?? 0,
                  share: percent(a.share ?? 0),
                  priority: a.priority ? t(`alarms:priorities.${a.priority}`) : "",
                })}
                {a.key && <span className="muted selectable"> {a.key.split("#")[0]}</span>}
              </span>
              {name?.link && (
                <Link className="no-print" to={name.link}>
                  {t("alarmfigures:setUp")}
                </Link>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
