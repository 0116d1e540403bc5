// What a tag and a property of a model have alike, in one form.
import type { ModelParameter, Plant, Problem, StructField } from "@lineside/client";
import { type ReactNode, useState } from "react";
import { language, textIn, useT } from "../i18n";
import { useCatalogue } from "../shell/catalogue";
import { SelectField, TextField } from "../shell/form";
import { Button, SpecForm } from "../ui";
import { AlarmsFold } from "./AlarmsField";
import { below, said } from "./DeviceDialog";
import { CheckCell, ChoiceCell, EditRows, freeId, TextCell } from "./EditRows";
import { ExpressionField } from "./ExpressionField";
import { HistoryFold } from "./HistoryFold";
import { MarksFold } from "./MarksFields";
import {
  AdvancedSection,
  clean,
  type Kind,
  MeaningSection,
  parse,
  Section,
  type TagLike,
  types,
  WritingSection,
} from "./TagParts";
import { JsonField, TemplateField } from "./TemplateField";

const holed = (value: unknown) => /\{[A-Za-z]/.test(JSON.stringify(value ?? null));

/** The places of a definition that have a field here, where what is wrong is said. */
export const definitionFields =
  "type|format|of|fields(\\/\\d+\\/(id|unit))?|expr|every|initial|range|normal|device|address(\\/.+)?|alarms\\/[^/]+(\\/(kind|class|limit|lower|limitFrom|lowerFrom|priority|value|when|setpoint|suppressWhen|onDelay|offDelay|window|total|slack|every|group|(title|message|cause|consequence|action)\\/en|tune(\\/(low|high))?|suppressedBy\\/\\d+|schedule\\/\\d+\\/(from|to)|writes\\/\\d+\\/(on|tag|value)|deadband\\/(absolute|percent)))?|history\\/(keep|interval|deadband|heartbeat|when)|write(\\/(low|high|interlock))?|labels(\\/\\d+)?|attributes\\/.+";

/** How types and formats are chosen: by one name. */
const choices: { id: string; type: TagLike["type"]; format?: TagLike["format"] }[] = [
  ...types.map((type) => ({ id: type, type })),
  { id: "datetime", type: "string", format: "datetime" },
  { id: "datetimeMs", type: "int", format: "datetime" },
  { id: "image", type: "string", format: "image" },
  { id: "reference", type: "string", format: "reference" },
  { id: "location", type: "json", format: "location" },
  { id: "vec2", type: "json", format: "vec2" },
  { id: "vec3", type: "json", format: "vec3" },
  { id: "struct", type: "json", format: "struct" },
];

const choiceOf = (draft: Partial<TagLike>) =>
  choices.find((c) => c.type === draft.type && c.format === draft.format) ?? choices.find((c) => c.type === draft.type);

/** The name of what a definition holds: "Float", "Date and time". */
export function typeName(t: (key: string) => string, tag: Pick<TagLike, "type" | "format">): string {
  const choice = choiceOf(tag);
  if (!choice) return tag.type;
  return choice.format ? t(`things:formats.${choice.id}`) : t(`plant:types.${choice.id}`);
}

const initialText = (value: unknown) =>
  value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

const fieldTypes = ["float", "int", "bool", "string", "json"] as const;

export function DefinitionForm({
  plant,
  draft,
  set,
  kind,
  onKind,
  problems,
  parameters,
  children,
}: {
  plant: Plant;
  draft: Partial<TagLike>;
  set(change: Partial<TagLike>): void;
  kind: Kind;
  onKind(kind: Kind): void;
  /** With places as the definition sees them. */
  problems: Problem[];
  /** Those of the model: texts may hold placeholders for them, and addresses too. */
  parameters?: readonly ModelParameter[];
  /** Fields before the type. */
  children?: ReactNode;
}) {
  const t = useT();
  const template = !!parameters;
  const wrong = (at: string) => said(problems, at);
  const Expression = template ? TemplateField : ExpressionField;
  return (
    <div className="form">
      <div className="field-row">
        {children}
        <SelectField
          label={t("plant:type")}
          value={choiceOf(draft)?.id ?? "float"}
          onChange={(id) => {
            const choice = choices.find((c) => c.id === id);
            if (!choice) return;
            set({
              type: choice.type,
              format: choice.format,
              of: choice.format === "reference" ? draft.of : undefined,
              fields: choice.format === "struct" ? (draft.fields ?? [{ id: "field", type: "float" }]) : undefined,
            });
          }}
          options={choices.map((c) => ({
            value: c.id,
            label: c.format ? t(`things:formats.${c.id}`) : t(`plant:types.${c.id}`),
          }))}
          error={wrong("/type") ?? wrong("/format")}
        />
        {draft.format === "reference" && (
          <SelectField
            label={t("things:of")}
            value={draft.of ?? ""}
            onChange={(of) => set({ of: of || undefined })}
            options={[
              { value: "", label: t("things:any") },
              ...(plant.models ?? []).map((m) => ({ value: m.id, label: textIn(m.name) || m.id })),
            ]}
            error={wrong("/of")}
          />
        )}
      </div>
      {draft.format === "struct" && (
        <Section title={t("things:fields")}>
          <FieldRows rows={draft.fields ?? []} onChange={(fields) => set({ fields })} wrong={wrong} />
        </Section>
      )}
      <Section title={t("plant:sections.source")}>
        <SourceFields {...{ plant, draft, set, kind, onKind, parameters, wrong }} />
        {kind === "computed" && (
          <>
            <Expression
              label={t("plant:expression")}
              value={draft.expr ?? ""}
              onChange={(expr) => set({ expr })}
              {...(template ? { hint: t("assets:expressionHint") } : {})}
              error={wrong("/expr")}
            />
            <div className="field-row">
              <SelectField
                label={t("things:compute")}
                value={draft.every === undefined ? "change" : "every"}
                onChange={(how) => set({ every: how === "every" ? "10s" : undefined })}
                options={[
                  { value: "change", label: t("things:onChange") },
                  { value: "every", label: t("things:every") },
                ]}
              />
              {draft.every !== undefined && (
                <TextField
                  label={t("things:interval")}
                  value={draft.every}
                  onChange={(every) => set({ every })}
                  hint={t("things:intervalHint")}
                  error={wrong("/every")}
                />
              )}
            </div>
          </>
        )}
        {kind === "memory" && (
          <TextField
            label={t("plant:initial")}
            value={initialText(draft.initial)}
            onChange={(text) => set({ initial: text === "" ? undefined : parse(text) })}
            error={wrong("/initial")}
          />
        )}
        {kind === "device" && <AddressFields {...{ plant, draft, set, problems, parameters }} />}
      </Section>
      <MeaningSection draft={draft} set={set} wrong={wrong} />
      {kind !== "computed" && <WritingSection draft={draft} set={set} wrong={wrong} />}
      <AlarmsFold
        draft={draft}
        set={set}
        wrong={wrong}
        problems={problems}
        classes={plant.alarmClasses}
        template={template}
      />
      <HistoryFold draft={draft} set={set} wrong={wrong} Expression={Expression} />
      <MarksFold value={draft} onChange={set} wrong={wrong} />
      <AdvancedSection draft={draft} set={set} wrong={wrong} kind={kind} template={template} />
    </div>
  );
}

interface PartProps {
  plant: Plant;
  draft: Partial<TagLike>;
  set(change: Partial<TagLike>): void;
  parameters?: readonly ModelParameter[];
}

/** Where the value comes from, and for a device which and how often. */
function SourceFields({
  plant,
  draft,
  set,
  kind,
  onKind,
  parameters,
  wrong,
}: PartProps & { kind: Kind; onKind(kind: Kind): void; wrong(at: string): string | undefined }) {
  const t = useT();
  const catalogue = useCatalogue();
  const devices = plant.devices ?? [];
  const device = devices.find((d) => d.id === draft.device);
  const connector = catalogue?.connectors.find((c) => c.id === device?.connector);
  const byParameter = (parameters ?? []).filter((p) => p.type === "device").map((p) => `{${p.id}}`);
  return (
    <div className="field-row">
      <SelectField
        label={t("plant:source")}
        value={kind}
        onChange={(value) => onKind(value as Kind)}
        options={(["device", "computed", "memory"] as const)
          .filter((value) => value !== "device" || devices.length > 0 || byParameter.length > 0)
          .map((value) => ({ value, label: t(`plant:kinds.${value}`) }))}
      />
      {kind === "device" && (
        <SelectField
          label={t("plant:device")}
          value={draft.device ?? ""}
          // The address of a tag is of its device; that of a model may hold for another one just as well.
          onChange={(id) => set({ device: id, scan: undefined, ...(parameters ? {} : { address: undefined }) })}
          options={[
            ...byParameter.map((value) => ({ value, label: t("assets:byParameter", { id: value }) })),
            ...devices.map((d) => ({ value: d.id, label: d.name || d.id })),
          ]}
          error={wrong("/device")}
        />
      )}
      {kind === "device" && connector && !connector.push && (device?.scans?.length ?? 0) > 1 && (
        <SelectField
          label={t("plant:scan")}
          value={draft.scan || device?.scans?.[0]?.id || ""}
          onChange={(scan) => set({ scan })}
          options={(device?.scans ?? []).map((s) => ({ value: s.id, label: `${s.id} (${s.interval})` }))}
        />
      )}
    </div>
  );
}

/** The address in the device: the form of its connector, or for a model JSON, in which placeholders can stand. */
function AddressFields({ plant, draft, set, problems, parameters }: PartProps & { problems: Problem[] }) {
  const t = useT();
  const catalogue = useCatalogue();
  const devices = plant.devices ?? [];
  const device = devices.find((d) => d.id === draft.device);
  const connector = catalogue?.connectors.find((c) => c.id === device?.connector);
  // A form has no place for a placeholder where a number is expected.
  const [json, setJson] = useState(() => !!parameters && holed(draft.address));
  if (!connector && !parameters) return null;
  const placeholders = [...(parameters ?? []).map((p) => p.id), "path", "name"].map((id) => `{${id}}`).join(" ");
  // Which fields an address has, of all connectors that the device may be of.
  const used = new Set(device ? [device.connector] : devices.map((d) => d.connector));
  const fields = (catalogue?.connectors ?? [])
    .filter((c) => used.has(c.id))
    .map((c) => `${textIn(c.title)}: ${c.address.map((f) => f.name).join(", ")}`)
    .join(" · ");
  return (
    <div className="two address">
      <div className="address-head">
        <p className="field-label grow">
          {connector
            ? t("plant:addressIn", { device: device?.name || device?.id })
            : t("assets:addressBy", { device: draft.device ?? "" })}
        </p>
        {connector && parameters && (
          <Button look="quiet" onClick={() => setJson(!json)}>
            {json ? t("assets:asForm") : t("assets:asJson")}
          </Button>
        )}
      </div>
      {connector && !json ? (
        <SpecForm
          fields={connector.address}
          value={(draft.address as Record<string, unknown>) ?? {}}
          onChange={(address) => set({ address })}
          problems={below(problems, "/address")}
        />
      ) : (
        <JsonField
          label={t("assets:addressJson")}
          value={draft.address}
          onChange={(address) => set({ address: address as TagLike["address"] })}
          error={problems.find((p) => p.at === "/address" || p.at?.startsWith("/address/"))?.message}
          hint={t("assets:addressHint", { placeholders, fields })}
        />
      )}
    </div>
  );
}

/** The fields of a structure. */
function FieldRows(props: {
  rows: StructField[];
  onChange(rows: StructField[]): void;
  wrong(at: string): string | undefined;
}) {
  const t = useT();
  const lang = language();
  const { rows, wrong } = props;
  return (
    <EditRows<StructField>
      rows={rows}
      onChange={props.onChange}
      fresh={() => ({ id: freeId("field", rows), type: "float" })}
      addLabel={t("things:addField")}
      nameOf={(row, i) => row.id || String(i + 1)}
      wrong={(i) => [wrong(`/fields/${i}/id`), wrong(`/fields/${i}/unit`)]}
      columns={[
        {
          head: t("assets:id"),
          edit: (cell) => <TextCell cell={cell} value={cell.row.id} onChange={(id) => cell.set({ id })} />,
        },
        {
          head: t("plant:type"),
          edit: (cell) => (
            <ChoiceCell
              cell={cell}
              value={cell.row.type}
              onChange={(type) => cell.set({ type: type as StructField["type"] })}
              options={fieldTypes.map((value) => ({ value, label: t(`plant:types.${value}`) }))}
            />
          ),
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
        },
        {
          head: t("plant:unit"),
          edit: (cell) => (
            <TextCell cell={cell} value={cell.row.unit} onChange={(unit) => cell.set({ unit: unit || undefined })} />
          ),
        },
        {
          head: t("things:optional"),
          edit: (cell) => (
            <CheckCell
              cell={cell}
              value={cell.row.optional}
              onChange={(on) => cell.set({ optional: on || undefined })}
            />
          ),
        },
      ]}
    />
  );
}
