import type { AlarmPage } from "@lineside/client";
import { ChevronRight } from "lucide-react";
import { Fragment } from "react";
import { useT } from "../i18n";
import { AlarmMark } from "./AlarmMark";

/** How many alarms there are in each area, with the worst priority. Pressing a tile shows the area and what is below it. */
export function AreaTiles(props: { page: AlarmPage | undefined; area: string; onArea(area: string): void }) {
  const t = useT();
  const areas = props.page?.areas ?? [];
  const steps = props.area ? props.area.split("/") : [];
  if (!props.area && areas.length < 2) return null;
  return (
    <nav className="alarm-areas" aria-label={t("alarmview:areas")}>
      {props.area && (
        <span className="alarm-way">
          <button type="button" className="link" onClick={() => props.onArea("")}>
            {t("alarmview:plant")}
          </button>
          {steps.map((step, i) => (
            <Fragment key={steps.slice(0, i + 1).join("/")}>
              <ChevronRight size={14} aria-hidden />
              {i < steps.length - 1 ? (
                <button type="button" className="link" onClick={() => props.onArea(steps.slice(0, i + 1).join("/"))}>
                  {step}
                </button>
              ) : (
                <strong aria-current="true">{step}</strong>
              )}
            </Fragment>
          ))}
        </span>
      )}
      {areas
        .filter((a) => a.area !== props.area)
        .map((a) => (
          <button key={a.area} type="button" className="alarm-tile" title={a.area} onClick={() => props.onArea(a.area)}>
            <AlarmMark priority={a.waiting ?? a.priority} waits={!!a.waiting} />
            <span>{a.area.split("/").pop() || t("alarmview:plant")}</span>
            <span className="alarm-amount" title={t("alarms:countTitle", { ...a })}>
              {a.unacknowledged}/{a.active}
            </span>
          </button>
        ))}
    </nav>
  );
}
