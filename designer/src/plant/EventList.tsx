// The events of a model: what is worth keeping when it happens.
import type { ModelEvent, ModelProperty } from "@lineside/client";
import { language, textIn, useT } from "../i18n";
import { SelectField, TextField } from "../shell/form";
import { ChoiceCell, EditRows, freeId } from "./EditRows";
import { type Inherited, SplitList } from "./SplitList";
import { clean, Section } from "./TagParts";
import { TemplateField } from "./TemplateField";

/** The places of an event that have a field here, where what is wrong is said. */
export const eventFields = "id|title(\\/.+)?|when|delay|message(\\/.+)?|fields\\/\\d+";

export function EventList(props: {
  rows: ModelEvent[];
  inherited: readonly Inherited<ModelEvent>[];
  properties: readonly ModelProperty[];
  chosen: number;
  onChoose(index: number): void;
  onChange(rows: ModelEvent[]): void;
  wrong(at: string): string | undefined;
  failed(index: number): boolean;
}) {
  const t = useT();
  const { rows, properties } = props;
  return (
    <SplitList<ModelEvent>
      label={t("things:events")}
      rows={rows}
      inherited={props.inherited}
      chosen={props.chosen}
      onChoose={props.onChoose}
      onChange={props.onChange}
      title={(row) => textIn(row.title)}
      side={(row) => t(`things:levels.${row.level ?? "info"}`)}
      wrong={props.failed}
      fresh={() => ({ id: freeId("event", rows), when: begin(properties) })}
      copy={(row) => row}
      addLabel={t("things:addEvent")}
      empty={{ title: t("things:noOwnEvents"), text: t("things:eventsHint") }}
      form={(row, index, set) => (
        <EventForm
          key={index}
          event={row}
          properties={properties}
          onChange={set}
          wrong={(at) => props.wrong(`/events/${index}${at}`)}
        />
      )}
    />
  );
}

/** A first condition: over the first property that can have one. */
function begin(properties: readonly ModelProperty[]): string {
  const flag = properties.find((p) => p.type === "bool");
  if (flag) return `tag("./${flag.id}")`;
  const number = properties.find((p) => p.type === "float" || p.type === "int");
  return number ? `tag("./${number.id}") > ${number.range?.high ?? 0}` : "";
}

function EventForm({
  event,
  properties,
  onChange,
  wrong,
}: {
  event: ModelEvent;
  properties: readonly ModelProperty[];
  onChange(event: ModelEvent): void;
  wrong(at: string): string | undefined;
}) {
  const t = useT();
  const lang = language();
  const set = (change: Partial<ModelEvent>) => onChange({ ...event, ...change });
  const fields = event.fields ?? [];
  const left = properties.find((p) => !fields.includes(p.id));
  return (
    <div className="form">
      <div className="field-row">
        <TextField
          label={t("assets:id")}
          value={event.id}
          onChange={(id) => set({ id })}
          error={wrong("/id")}
          required
        />
        <TextField
          label={t("plant:title")}
          value={event.title?.[lang] ?? ""}
          onChange={(text) => set({ title: clean({ ...event.title, [lang]: text }) })}
          error={wrong("/title/en")}
        />
        <SelectField
          label={t("things:level")}
          value={event.level ?? "info"}
          onChange={(level) => set({ level: level === "info" ? undefined : (level as ModelEvent["level"]) })}
          options={(["info", "warning", "error"] as const).map((value) => ({
            value,
            label: t(`things:levels.${value}`),
          }))}
        />
        <TextField
          label={t("things:delay")}
          value={event.delay ?? ""}
          onChange={(delay) => set({ delay: delay || undefined })}
          hint={t("things:delayHint")}
          error={wrong("/delay")}
        />
      </div>
      <TemplateField
        label={t("things:when")}
        value={event.when}
        onChange={(when) => set({ when })}
        hint={t("things:whenHint")}
        error={wrong("/when")}
      />
      <TextField
        label={t("things:message")}
        value={event.message?.[lang] ?? ""}
        onChange={(text) => set({ message: clean({ ...event.message, [lang]: text }) })}
        hint={t("things:messageHint")}
        error={wrong(`/message/${lang}`) ?? wrong("/message/en")}
      />
      <Section title={t("things:kept")}>
        <EditRows<{ id: string }>
          rows={fields.map((id) => ({ id }))}
          onChange={(rows) => set({ fields: rows.length ? rows.map((row) => row.id) : undefined })}
          fresh={left && (() => ({ id: left.id }))}
          addLabel={t("things:addKept")}
          nameOf={(row) => row.id}
          wrong={(i) => [wrong(`/fields/${i}`)]}
          columns={[
            {
              head: t("assets:property"),
              edit: (cell) => (
                <ChoiceCell
                  cell={cell}
                  value={cell.row.id}
                  onChange={(id) => cell.set({ id })}
                  options={[...new Set([...properties.map((p) => p.id), cell.row.id])].map((value) => ({
                    value,
                    label: value,
                  }))}
                />
              ),
            },
          ]}
        />
      </Section>
    </div>
  );
}
