import type { AlarmView } from "@lineside/client";
import { Columns3, ListFilter } from "lucide-react";
import { useT } from "../i18n";
import { Button, Check, Popover, SearchInput } from "../ui";
import { columnNames, filtered, usualColumns } from "./alarmview";
import { PriorityFilter } from "./PriorityFilter";

const standing = [
  "unacknowledged",
  "acknowledged",
  "returned",
  "latched-unacknowledged",
  "latched-acknowledged",
] as const;

/** What of the list is shown, and which of its columns. */
export function AlarmFilters(props: {
  list: string;
  view: AlarmView;
  classes: readonly string[];
  onChange(change: Partial<AlarmView>): void;
}) {
  const t = useT();
  const { view, onChange } = props;
  const columns = view.columns?.length ? view.columns : usualColumns(props.list);
  const states = view.states ?? [];
  const classes = view.classes ?? [];
  const set = (list: readonly string[], one: string, on: boolean) =>
    on ? [...list.filter((x) => x !== one), one] : list.filter((x) => x !== one);
  const more = states.length + classes.length;
  return (
    <div className="page-tools">
      <SearchInput label={t("alarms:search")} value={view.query ?? ""} onChange={(query) => onChange({ query })} />
      <PriorityFilter chosen={view.priorities ?? []} onChange={(priorities) => onChange({ priorities })} />
      {(props.list === "standing" || props.classes.length > 0) && (
        <Popover
          label={t("alarmview:more")}
          trigger={
            <Button icon={<ListFilter size={16} aria-hidden />}>
              {more ? t("alarmview:moreChosen", { count: more }) : t("alarmview:more")}
            </Button>
          }
        >
          {props.list === "standing" && (
            <fieldset className="alarm-choices">
              <legend>{t("alarms:state")}</legend>
              {standing.map((s) => (
                <Check
                  key={s}
                  label={t(`alarms:states.${s}`)}
                  checked={states.includes(s)}
                  onChange={(on) => onChange({ states: set(states, s, on) })}
                />
              ))}
            </fieldset>
          )}
          {props.classes.length > 0 && (
            <fieldset className="alarm-choices">
              <legend>{t("alarmview:columns.class")}</legend>
              {props.classes.map((c) => (
                <Check
                  key={c}
                  label={c}
                  checked={classes.includes(c)}
                  onChange={(on) => onChange({ classes: set(classes, c, on) })}
                />
              ))}
            </fieldset>
          )}
        </Popover>
      )}
      {filtered(view) && (
        <Button look="quiet" onClick={() => onChange({ query: "", area: "", priorities: [], states: [], classes: [] })}>
          {t("alarmview:clear")}
        </Button>
      )}
      <span className="grow" />
      <Popover
        align="end"
        label={t("alarmview:columnsChoose")}
        trigger={<Button icon={<Columns3 size={16} aria-hidden />}>{t("alarmview:columnsChoose")}</Button>}
      >
        <fieldset className="alarm-choices">
          <legend className="visually-hidden">{t("alarmview:columnsChoose")}</legend>
          {columnNames
            .filter((name) => name !== "alarm")
            .map((name) => (
              <Check
                key={name}
                label={t(`alarmview:columns.${name}`)}
                checked={columns.includes(name)}
                onChange={(on) =>
                  onChange({ columns: columnNames.filter((c) => (c === name ? on : columns.includes(c))) })
                }
              />
            ))}
        </fieldset>
      </Popover>
    </div>
  );
}
