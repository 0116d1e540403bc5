// Values of parameters and commands, by their type.
import type { Device, ModelParameter } from "@lineside/client";
import { useState } from "react";
import { textIn, useT } from "../i18n";
import { NumberField, SelectField, TextField } from "../shell/form";
import { Input, NumberInput, Select } from "../ui";
import { parse } from "./TagParts";

export type Scalar = string | number | boolean;

interface Props {
  type: string;
  value: unknown;
  onChange(value: Scalar | undefined): void;
  devices?: readonly Device[];
  /** What holds when nothing is given. */
  fallback?: unknown;
  error?: string;
  /** The value may be a text with the placeholder {n}. */
  template?: boolean;
}

const shown = (value: unknown) => (value === undefined || value === null ? "" : String(value));

/** Numbers that are typed as text because a placeholder could stand there as well. */
function typed(text: string, type: string): Scalar | undefined {
  if (text === "") return undefined;
  const number = Number(text);
  return (type === "int" || type === "float") && text.trim() !== "" && String(number) === text ? number : text;
}

function useChoices({ type, devices, fallback }: Props): { value: string; label: string }[] | undefined {
  const t = useT();
  const none = { value: "", label: fallback === undefined ? "–" : t("assets:defaultIs", { value: String(fallback) }) };
  if (type === "bool")
    return [none, { value: "true", label: t("common:yes") }, { value: "false", label: t("common:no") }];
  if (type === "device") return [none, ...(devices ?? []).map((d) => ({ value: d.id, label: d.name || d.id }))];
  return undefined;
}

function chosen(text: string, type: string): Scalar | undefined {
  if (text === "") return undefined;
  return type === "bool" ? text === "true" : text;
}

const isNumber = (type: string) => type === "int" || type === "float";

/** A value with its label above it. */
export function ValueField(props: Props & { label: string; required?: boolean }) {
  const { label, type, value, onChange, error } = props;
  const t = useT();
  const choices = useChoices(props);
  const hint = props.fallback === undefined ? undefined : t("assets:defaultIs", { value: String(props.fallback) });
  if (choices && !(props.template && typeof value === "string" && value.includes("{")))
    return (
      <SelectField
        label={label}
        value={shown(value)}
        onChange={(text) => onChange(chosen(text, type))}
        options={choices}
        error={error}
      />
    );
  if (isNumber(type) && !props.template)
    return (
      <NumberField
        label={label}
        value={typeof value === "number" ? value : undefined}
        onChange={onChange}
        integer={type === "int"}
        hint={hint}
        error={error}
      />
    );
  return (
    <TextField
      label={label}
      value={shown(value)}
      onChange={(text) => onChange(props.template ? typed(text, type) : text === "" ? undefined : text)}
      hint={hint}
      error={error}
      required={props.required}
    />
  );
}

/** A value in a row of a table; its label is only said. */
export function ValueCell(props: Props & { label: string }) {
  const { label, type, value, onChange, error } = props;
  const choices = useChoices(props);
  if (choices)
    return (
      <Select
        aria-label={label}
        value={shown(value)}
        onChange={(text) => onChange(chosen(text, type))}
        options={choices}
      />
    );
  if (type === "json") return <JsonCell {...props} />;
  if (isNumber(type))
    return (
      <NumberInput
        label={label}
        optional
        integer={type === "int"}
        invalid={!!error}
        value={typeof value === "number" ? value : undefined}
        onChange={onChange}
      />
    );
  return (
    <Input
      aria-label={label}
      aria-invalid={error ? true : undefined}
      value={shown(value)}
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
    />
  );
}

/** A JSON value in a row. What cannot be read yet is given on as the text it is, and refused when it is saved. */
function JsonCell({ label, value, onChange, error }: Props & { label: string }) {
  const [text, setText] = useState(() => (value === undefined || value === "" ? "" : JSON.stringify(value)));
  return (
    <Input
      className="mono"
      aria-label={label}
      aria-invalid={error ? true : undefined}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        onChange(event.target.value === "" ? undefined : (parse(event.target.value) as Scalar));
      }}
    />
  );
}

/** A form over the parameters of a model. */
export function ParamsForm(props: {
  parameters: readonly ModelParameter[];
  devices: readonly Device[];
  value: Record<string, Scalar>;
  onChange(value: Record<string, Scalar>): void;
  wrong(id: string): string | undefined;
  template?: boolean;
}) {
  return (
    <div className="form-grid">
      {props.parameters.map((p) => (
        <ValueField
          key={p.id}
          label={textIn(p.title) || p.id}
          type={p.type}
          value={props.value[p.id]}
          fallback={p.default}
          required={p.required}
          devices={props.devices}
          error={props.wrong(p.id)}
          template={props.template}
          onChange={(value) => {
            const { [p.id]: _, ...rest } = props.value;
            props.onChange(value === undefined ? rest : { ...rest, [p.id]: value });
          }}
        />
      ))}
    </div>
  );
}
