// What is exported, as fields: tags, time, steps, form of the file.
import type { ExportQuery, Problem } from "@lineside/client";
import { useT } from "../i18n";
import { SelectField, TextField } from "../shell/form";
import { Check, Row, TextArea } from "../ui";
import "./backup.css";

export const formats = ["csv", "xlsx", "parquet"] as const;
const periods = ["today", "yesterday", "thisWeek", "lastWeek", "thisMonth", "lastMonth", "thisYear", "lastYear"];
const functions = [
  "avg",
  "min",
  "max",
  "sum",
  "count",
  "first",
  "last",
  "delta",
  "rate",
  "integral",
  "duration",
  "percentGood",
];
const steps = ["", "1m", "5m", "15m", "1h", "8h", "1d", "1w", "1mo"];

/** The fields of a query. `free` lets a time be given by its beginning and end. */
export function ExportFields(props: {
  query: ExportQuery;
  onChange(query: ExportQuery): void;
  problems: readonly Problem[];
  /** Where in the problems the query stands. */
  at?: string;
  free?: { label: string };
}) {
  const t = useT();
  const { query, onChange } = props;
  const put = (change: Partial<ExportQuery>) => onChange({ ...query, ...change });
  const wrong = (at: string) => props.problems.find((p) => p.at?.startsWith((props.at ?? "") + at))?.message;
  const chosen = query.functions ?? ["avg"];
  return (
    <>
      <Row label={t("export:tags")} help={t("export:tagsHint")} wrong={wrong("/tags")}>
        {(id) => (
          <TextArea
            id={id}
            rows={4}
            aria-invalid={wrong("/tags") ? true : undefined}
            value={(query.tags ?? []).join("\n")}
            onChange={(event) => put({ tags: event.target.value.split("\n") })}
          />
        )}
      </Row>
      <div className="export-fields">
        <SelectField
          label={t("export:period")}
          value={query.period ?? ""}
          onChange={(period) => put({ period: period || undefined })}
          options={[
            ...(props.free ? [{ value: "", label: props.free.label }] : []),
            ...periods.map((value) => ({ value, label: t(`export:periods.${value}`) })),
          ]}
          error={wrong("/period") ?? wrong("/from") ?? wrong("/to")}
        />
        <SelectField
          label={t("export:format")}
          hint={t(`export:formatHints.${query.format}`)}
          value={query.format}
          onChange={(format) => put({ format: format as ExportQuery["format"] })}
          options={formats.map((value) => ({ value, label: t(`export:formats.${value}`) }))}
        />
        <SelectField
          label={t("export:step")}
          value={query.step ?? ""}
          onChange={(step) => put({ step: step || undefined, functions: step ? chosen : undefined })}
          options={[...new Set([...steps, query.step ?? ""])].map((value) => ({
            value,
            label: t(steps.includes(value) ? `export:steps.${value || "none"}` : "export:otherStep", { step: value }),
          }))}
          error={wrong("/step")}
        />
        <SelectField
          label={t("export:layout")}
          hint={t(`export:layoutHints.${query.layout ?? "long"}`)}
          value={query.layout ?? "long"}
          onChange={(layout) => put({ layout: layout as ExportQuery["layout"] })}
          options={(["long", "wide"] as const).map((value) => ({ value, label: t(`export:layouts.${value}`) }))}
        />
      </div>
      {query.step ? (
        <fieldset className="export-functions">
          <legend className="label">{t("export:functions")}</legend>
          {functions.map((name) => (
            <Check
              key={name}
              label={t(`export:fn.${name}`)}
              checked={chosen.includes(name)}
              onChange={(on) => {
                const next = on ? [...chosen, name] : chosen.filter((f) => f !== name);
                if (next.length > 0) put({ functions: next });
              }}
            />
          ))}
        </fieldset>
      ) : (
        query.layout === "wide" && (
          <Check
            label={t("export:fill")}
            checked={!!query.fill}
            onChange={(fill) => put({ fill: fill || undefined })}
          />
        )
      )}
    </>
  );
}

/** The query without empty lines. */
export function clean(query: ExportQuery): ExportQuery {
  return { ...query, tags: (query.tags ?? []).map((tag) => tag.trim()).filter(Boolean) };
}

/** Fields that the problems of a query stand at. */
export const queryPlaces = ["/tags", "/period", "/from", "/to", "/step"];

/** A one-line field for addresses of e-mail. */
export function AddressField(props: {
  label: string;
  hint: string;
  value: string[];
  onChange(value: string[]): void;
  error?: string;
}) {
  return (
    <TextField
      label={props.label}
      hint={props.hint}
      value={props.value.join(", ")}
      onChange={(text) => props.onChange(text.split(/[,;]\s*/))}
      error={props.error}
    />
  );
}
