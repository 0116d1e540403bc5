// The commands of a model: what an asset can be told to do.
import type { CommandInput, CommandWrite, ModelCommand, ModelProperty } from "@lineside/client";
import { language, textIn, useT } from "../i18n";
import { SelectField, TextField } from "../shell/form";
import { ChoiceCell, EditRows, freeId, TextCell } from "./EditRows";
import { type Inherited, SplitList } from "./SplitList";
import { clean, Section } from "./TagParts";
import { ValueCell } from "./ValueField";

/** The places of a command that have a field here, where what is wrong is said. */
export const commandFields =
  "id|property|value|writes|writes\\/\\d+(\\/(property|value))?|inputs\\/\\d+\\/(id|type|low|high|default|unit)";

/** What a command writes, in order. */
export const stepsOf = (command: Pick<ModelCommand, "property" | "value" | "writes">): CommandWrite[] =>
  command.writes?.length
    ? command.writes
    : command.property
      ? [{ property: command.property, value: command.value }]
      : [];

/** A command with the writes: one of them stands for itself. */
function withSteps(
  { property: _, value: __, writes: ___, ...rest }: ModelCommand,
  steps: CommandWrite[],
): ModelCommand {
  return steps.length === 1 && steps[0] ? { ...rest, ...steps[0] } : { ...rest, writes: steps };
}

/** The first value of a type. */
export function nothing(type: string | undefined): unknown {
  if (type === "bool") return true;
  if (type === "json") return {};
  return type === "int" || type === "float" ? 0 : "";
}

export function CommandList(props: {
  rows: ModelCommand[];
  inherited: readonly Inherited<ModelCommand>[];
  properties: readonly ModelProperty[];
  chosen: number;
  onChoose(index: number): void;
  onChange(rows: ModelCommand[]): void;
  wrong(at: string): string | undefined;
  failed(index: number): boolean;
}) {
  const t = useT();
  const { rows } = props;
  const writable = props.properties.filter((p) => p.write);
  const first = writable[0];
  return (
    <SplitList<ModelCommand>
      label={t("assets:commands")}
      rows={rows}
      inherited={props.inherited}
      chosen={props.chosen}
      onChoose={props.onChoose}
      onChange={props.onChange}
      title={(row) => textIn(row.title)}
      side={(row) => stepsOf(row)[0]?.property ?? ""}
      wrong={props.failed}
      fresh={first && (() => ({ id: freeId("command", rows), property: first.id, value: nothing(first.type) }))}
      copy={(row) => row}
      addLabel={t("assets:addCommand")}
      empty={{
        title: t("things:noOwnCommands"),
        text: writable.length ? t("things:commandText") : t("assets:commandsNone"),
      }}
      form={(row, index, set) => (
        <CommandForm
          key={index}
          command={row}
          writable={writable}
          properties={props.properties}
          onChange={set}
          wrong={(at) => props.wrong(`/commands/${index}${at}`)}
        />
      )}
    />
  );
}

function CommandForm({
  command,
  writable,
  properties,
  onChange,
  wrong,
}: {
  command: ModelCommand;
  writable: readonly ModelProperty[];
  properties: readonly ModelProperty[];
  onChange(command: ModelCommand): void;
  wrong(at: string): string | undefined;
}) {
  const t = useT();
  const lang = language();
  const steps = stepsOf(command);
  const set = (change: Partial<ModelCommand>) => onChange({ ...command, ...change });
  const first = writable[0];
  return (
    <div className="form">
      <div className="field-row">
        <TextField
          label={t("assets:id")}
          value={command.id}
          onChange={(id) => set({ id })}
          error={wrong("/id")}
          required
        />
        <TextField
          label={t("plant:title")}
          value={command.title?.[lang] ?? ""}
          onChange={(text) => set({ title: clean({ ...command.title, [lang]: text }) })}
        />
        <SelectField
          label={t("plant:confirm")}
          value={command.confirm ?? ""}
          onChange={(confirm) => set({ confirm: (confirm || undefined) as ModelCommand["confirm"] })}
          options={[
            { value: "", label: t("things:strictest") },
            ...(["none", "ask", "reason"] as const).map((value) => ({ value, label: t(`plant:confirms.${value}`) })),
          ]}
        />
      </div>
      <Section title={t("things:inputs")}>
        <InputRows
          rows={command.inputs ?? []}
          onChange={(inputs) => set({ inputs: inputs.length ? inputs : undefined })}
          wrong={wrong}
        />
      </Section>
      <Section title={t("things:steps")}>
        <StepRows
          steps={steps}
          inputs={command.inputs ?? []}
          writable={writable}
          properties={properties}
          fresh={first && (() => ({ property: first.id, value: nothing(first.type) }))}
          onChange={(next) => onChange(withSteps(command, next))}
          wrong={(i, key) => wrong(`/writes/${i}/${key}`) ?? (steps.length === 1 ? wrong(`/${key}`) : undefined)}
          none={steps.length === 0 ? (wrong("/property") ?? wrong("/writes")) : undefined}
        />
      </Section>
    </div>
  );
}

const inputTypes = ["float", "int", "bool", "string"] as const;

function InputRows(props: {
  rows: CommandInput[];
  onChange(rows: CommandInput[]): void;
  wrong(at: string): string | undefined;
}) {
  const t = useT();
  const lang = language();
  const { rows, wrong } = props;
  const limit = (key: "low" | "high") => ({
    head: t(key === "low" ? "things:lowest" : "things:highest"),
    edit: (cell: Parameters<Parameters<typeof EditRows<CommandInput>>[0]["columns"][number]["edit"]>[0]) =>
      cell.row.type === "int" || cell.row.type === "float" ? (
        <ValueCell
          label={cell.label}
          type={cell.row.type}
          value={cell.row[key]}
          onChange={(value) => cell.set({ [key]: typeof value === "number" ? value : undefined })}
        />
      ) : null,
  });
  return (
    <EditRows<CommandInput>
      rows={rows}
      onChange={props.onChange}
      fresh={() => ({ id: freeId("input", rows), type: "float" })}
      hint={t("things:inputsHint")}
      addLabel={t("things:addInput")}
      nameOf={(row, i) => row.id || String(i + 1)}
      wrong={(i) => ["id", "type", "unit", "low", "high", "default"].map((key) => wrong(`/inputs/${i}/${key}`))}
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
              onChange={(type) =>
                cell.set({ type: type as CommandInput["type"], default: undefined, low: undefined, high: undefined })
              }
              options={inputTypes.map((value) => ({ value, label: t(`assets:kinds.${value}`) }))}
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
        limit("low"),
        limit("high"),
        {
          head: t("assets:default"),
          edit: (cell) => (
            <ValueCell
              key={cell.row.type}
              label={cell.label}
              type={cell.row.type}
              value={cell.row.default}
              onChange={(value) => cell.set({ default: value })}
            />
          ),
        },
      ]}
    />
  );
}

function StepRows(props: {
  steps: CommandWrite[];
  inputs: readonly CommandInput[];
  writable: readonly ModelProperty[];
  properties: readonly ModelProperty[];
  fresh?: () => CommandWrite;
  onChange(steps: CommandWrite[]): void;
  wrong(index: number, key: "property" | "value"): string | undefined;
  none: string | undefined;
}) {
  const t = useT();
  const typeOf = (id: string) => props.properties.find((p) => p.id === id)?.type ?? "string";
  // The value of an input stands in braces.
  const inputOf = (value: unknown) =>
    typeof value === "string" ? props.inputs.find((input) => value === `{${input.id}}`)?.id : undefined;
  return (
    <>
      {props.none && (
        <p className="wrong" role="alert">
          {props.none}
        </p>
      )}
      <EditRows<CommandWrite>
        rows={props.steps}
        onChange={props.onChange}
        fresh={props.fresh}
        addLabel={t("things:addWrite")}
        nameOf={(row) => row.property}
        wrong={(i) => [props.wrong(i, "property"), props.wrong(i, "value")]}
        columns={[
          {
            head: t("assets:writes"),
            edit: (cell) => (
              <ChoiceCell
                cell={cell}
                value={cell.row.property}
                onChange={(property) =>
                  cell.set({ property, ...(inputOf(cell.row.value) ? {} : { value: nothing(typeOf(property)) }) })
                }
                options={[...new Set([...props.writable.map((p) => p.id), cell.row.property])].map((value) => ({
                  value,
                  label: value,
                }))}
              />
            ),
          },
          ...(props.inputs.length
            ? [
                {
                  head: t("things:valueFrom"),
                  edit: (
                    cell: Parameters<Parameters<typeof EditRows<CommandWrite>>[0]["columns"][number]["edit"]>[0],
                  ) => (
                    <ChoiceCell
                      cell={cell}
                      value={inputOf(cell.row.value) ?? ""}
                      onChange={(id) => cell.set({ value: id ? `{${id}}` : nothing(typeOf(cell.row.property)) })}
                      options={[
                        { value: "", label: t("things:fixed") },
                        ...props.inputs.map((input) => ({ value: input.id, label: textIn(input.title) || input.id })),
                      ]}
                    />
                  ),
                },
              ]
            : []),
          {
            head: t("plant:value"),
            edit: (cell) =>
              inputOf(cell.row.value) ? null : (
                <ValueCell
                  key={typeOf(cell.row.property)}
                  label={cell.label}
                  type={typeOf(cell.row.property)}
                  value={cell.row.value}
                  onChange={(value) => cell.set({ value: value ?? nothing(typeOf(cell.row.property)) })}
                  error={props.wrong(cell.index, "value")}
                />
              ),
          },
        ]}
      />
    </>
  );
}
