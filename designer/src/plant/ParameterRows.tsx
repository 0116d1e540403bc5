import type { Device, ModelParameter } from "@lineside/client";
import { language, textIn, useT } from "../i18n";
import { CheckCell, ChoiceCell, EditRows, freeId, TextCell } from "./EditRows";
import { clean } from "./TagParts";
import { ValueCell } from "./ValueField";

const kinds = ["string", "int", "float", "bool", "device"] as const;

/** What differs from one asset to the next. */
export function ParameterRows(props: {
  rows: ModelParameter[];
  inherited: readonly ModelParameter[];
  devices: readonly Device[];
  onChange(rows: ModelParameter[]): void;
  wrong(at: string): string | undefined;
}) {
  const t = useT();
  const lang = language();
  const { rows, wrong } = props;
  return (
    <EditRows<ModelParameter>
      rows={rows}
      inherited={props.inherited.filter((p) => !rows.some((row) => row.id === p.id))}
      onChange={props.onChange}
      fresh={() => ({ id: freeId("parameter", rows), type: "int" })}
      hint={t("assets:parametersHint")}
      addLabel={t("assets:addParameter")}
      nameOf={(row, i) => row.id || String(i + 1)}
      wrong={(i) => ["id", "type", "default"].map((key) => wrong(`/parameters/${i}/${key}`))}
      columns={[
        {
          head: t("assets:id"),
          edit: (cell) => (
            <TextCell
              cell={cell}
              value={cell.row.id}
              onChange={(id) => cell.set({ id })}
              wrong={wrong(`/parameters/${cell.index}/id`)}
            />
          ),
          show: (row) => <span className="mono">{row.id}</span>,
        },
        {
          head: t("plant:type"),
          edit: (cell) => (
            <ChoiceCell
              cell={cell}
              value={cell.row.type}
              onChange={(type) => cell.set({ type: type as ModelParameter["type"], default: undefined })}
              options={kinds.map((value) => ({ value, label: t(`assets:kinds.${value}`) }))}
            />
          ),
          show: (row) => t(`assets:kinds.${row.type}`),
        },
        {
          head: t("plant:title"),
          edit: (cell) => (
            <TextCell
              cell={cell}
              value={cell.row.title?.[lang]}
              onChange={(text) => cell.set({ title: clean({ ...cell.row.title, [lang]: text }) })}
            />
          ),
          show: (row) => textIn(row.title),
        },
        {
          head: t("assets:default"),
          edit: (cell) => (
            <ValueCell
              key={cell.row.type}
              label={cell.label}
              type={cell.row.type}
              value={cell.row.default}
              devices={props.devices}
              onChange={(value) => cell.set({ default: value })}
              error={wrong(`/parameters/${cell.index}/default`)}
            />
          ),
          show: (row) => (row.default === undefined ? "" : String(row.default)),
        },
        {
          head: t("assets:required"),
          edit: (cell) => (
            <CheckCell
              cell={cell}
              value={cell.row.required}
              onChange={(on) => cell.set({ required: on || undefined })}
            />
          ),
          show: (row) => (row.required ? t("common:yes") : ""),
        },
      ]}
    />
  );
}
