import { type AlarmPriority, alarmPriorities } from "@lineside/client";
import { useT } from "../i18n";
import { Check } from "../ui";
import { AlarmMark } from "./AlarmMark";

/** Which priorities are shown; none chosen is all. */
export function PriorityFilter(props: { chosen: readonly AlarmPriority[]; onChange(chosen: AlarmPriority[]): void }) {
  const t = useT();
  return (
    <fieldset className="alarm-filter">
      <legend className="visually-hidden">{t("alarms:priority")}</legend>
      {alarmPriorities.map((p) => (
        <Check
          key={p}
          label={
            <>
              <AlarmMark priority={p} /> <span aria-hidden>{t(`alarms:priorities.${p}`)}</span>
            </>
          }
          checked={props.chosen.includes(p)}
          onChange={(on) => props.onChange(on ? [...props.chosen, p] : props.chosen.filter((x) => x !== p))}
        />
      ))}
    </fieldset>
  );
}

/** The part of an address that asks for what is chosen. */
export function filterQuery(filter: { q: string; area: string; priorities: readonly AlarmPriority[] }): string {
  const query = new URLSearchParams();
  if (filter.q.trim()) query.set("q", filter.q.trim());
  if (filter.area.trim()) query.set("area", filter.area.trim());
  if (filter.priorities.length) query.set("priority", filter.priorities.join(","));
  const text = query.toString();
  return text ? `&${text}` : "";
}
