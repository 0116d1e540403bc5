import { useT } from "../i18n";
import { Input, Select } from "../ui";
import { fieldOf, type Period, periodOf, type Span, spans, timeOf } from "./period";

/** Chooses a period; with `all` it may be left out. */
export function PeriodPicker(props: {
  value: Period | undefined;
  onChange(period: Period | undefined): void;
  all?: boolean;
}) {
  const t = useT();
  const { value, onChange } = props;
  const choose = (span: Span | "") => {
    if (span === "") onChange(undefined);
    else if (span === "other") onChange({ ...(value ?? periodOf("day")), span, until: value?.until });
    else onChange(periodOf(span));
  };
  return (
    <span className="alarm-period">
      <Select
        aria-label={t("alarmfigures:period")}
        value={value?.span ?? ""}
        onChange={(span) => choose(span as Span | "")}
        options={[
          ...(props.all ? [{ value: "", label: t("alarmfigures:spans.all") }] : []),
          ...spans.map((span) => ({ value: span, label: t(`alarmfigures:spans.${span}`) })),
        ]}
      />
      {value?.span === "other" && (
        <>
          <Input
            type="datetime-local"
            aria-label={t("alarmfigures:from")}
            value={fieldOf(value.from)}
            onChange={(e) => {
              const from = timeOf(e.target.value);
              if (from) onChange({ ...value, from });
            }}
          />
          <span aria-hidden>–</span>
          <Input
            type="datetime-local"
            aria-label={t("alarmfigures:until")}
            value={fieldOf(value.until)}
            onChange={(e) => onChange({ ...value, until: timeOf(e.target.value) })}
          />
        </>
      )}
    </span>
  );
}
