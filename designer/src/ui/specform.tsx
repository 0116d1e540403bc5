// Forms from what a component says of itself (runtime/spec): the settings of a device and the properties of a widget.
import type { Field } from "@lineside/client";
import { Eye, EyeOff, ImagePlus, Plus, Trash2, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { textIn, useLanguage, useT } from "../i18n";
import { Button, IconButton } from "./button";
import { ColorInput } from "./color";
import { Input, NumberInput, Row, Select, Switch, TextArea } from "./field";
import { IconPicker } from "./iconpicker";

/** One setting, as spec.Field in Go says it. */
export type SpecField = Field;

/** What a field needs to know of its surroundings. */
export interface FieldContext {
  /** The screens of the app, for fields of kind screen. */
  screens?: { id: string; name: string }[];
  /** The drawings of the app, for fields of kind drawing. */
  drawings?: { id: string; name: string }[];
  /** Opens a tag picker and gives the chosen path to `done`, for fields of kind tag. */
  tagPicker?: (present: string, done: (path: string) => void) => ReactNode;
  /** The most bytes of a picture that is kept in the document. */
  maxImage?: number;
}

/** Whether a field is shown beside these values. */
export function shows(field: SpecField, fields: SpecField[], values: Record<string, unknown>): boolean {
  const { when } = field;
  if (!when) return true;
  const other = fields.find((f) => f.name === when.field);
  const value = values[when.field] ?? other?.default;
  return when.in.includes(value === undefined || value === null ? "" : String(value));
}

interface ControlProps {
  field: SpecField;
  /** Undefined: not set, the default holds. */
  value: unknown;
  onChange: (value: unknown) => void;
  id?: string;
  /** Several things differ in this value. */
  mixed?: boolean;
  /** What holds when nothing is set, if it is not the default (a value from the tag). */
  placeholder?: string;
  disabled?: boolean;
  invalid?: boolean;
  context?: FieldContext;
}

/** The control for one constant. */
export function FieldControl(props: ControlProps) {
  const { field, value, onChange, id, mixed, disabled, invalid } = props;
  const t = useT();
  const lang = useLanguage();
  const label = textIn(field.title, lang) || field.name;
  const placeholder = mixed ? t("common:field.mixed") : (props.placeholder ?? shown(field, lang));
  const text = (v: string) => onChange(v === "" && !field.required ? undefined : v);
  switch (field.kind) {
    case "bool":
      return (
        <Switch
          id={id}
          label={label}
          mixed={mixed}
          disabled={disabled}
          checked={(value ?? field.default) === true}
          onChange={onChange}
        />
      );
    case "int":
    case "float":
      return (
        <NumberInput
          id={id}
          label={label}
          disabled={disabled}
          invalid={invalid}
          integer={field.kind === "int"}
          min={field.min}
          max={field.max}
          unit={field.unit}
          optional={!field.required}
          placeholder={placeholder}
          value={typeof value === "number" && !mixed ? value : undefined}
          onChange={onChange}
        />
      );
    case "enum":
      return (
        <Select
          id={id}
          aria-label={label}
          aria-invalid={invalid}
          disabled={disabled}
          value={mixed ? "\u0000mixed" : ((value ?? field.default ?? "") as string)}
          options={[
            ...(mixed ? [{ value: "\u0000mixed", label: t("common:field.mixed") }] : []),
            ...(value === undefined && field.default === undefined && !field.options?.some((o) => o.value === "")
              ? [{ value: "", label: t("common:field.unset") }]
              : []),
            ...(field.options ?? []).map((o) => ({ value: o.value, label: textIn(o.title, lang) || o.value })),
          ]}
          onChange={(v) => v !== "\u0000mixed" && onChange(v === "" && field.default === undefined ? undefined : v)}
        />
      );
    case "color":
      return (
        <ColorInput
          id={id}
          label={label}
          disabled={disabled}
          value={mixed || value === "" ? undefined : (value as string | undefined)}
          placeholder={mixed ? t("common:field.mixed") : placeholder}
          onChange={onChange}
        />
      );
    case "text":
      return (
        <Draft
          area
          id={id}
          label={label}
          disabled={disabled}
          invalid={invalid}
          value={mixed ? "" : asText(value)}
          placeholder={placeholder}
          onCommit={text}
        />
      );
    case "secret":
      return (
        <Secret id={id} label={label} disabled={disabled} invalid={invalid} value={asText(value)} onCommit={text} />
      );
    case "duration":
      return (
        <Draft
          id={id}
          label={label}
          disabled={disabled}
          invalid={invalid}
          value={mixed ? "" : asText(value)}
          placeholder={placeholder || "1s"}
          check={(v) => (v === "" || /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(v) ? "" : t("common:field.duration"))}
          onCommit={text}
        />
      );
    case "screen":
    case "drawing":
      return (
        <Select
          id={id}
          aria-label={label}
          disabled={disabled}
          value={mixed ? "\u0000mixed" : asText(value)}
          options={[
            ...(mixed ? [{ value: "\u0000mixed", label: t("common:field.mixed") }] : []),
            { value: "", label: t(field.kind === "screen" ? "common:field.chooseScreen" : "drawing:choose") },
            ...((field.kind === "screen" ? props.context?.screens : props.context?.drawings) ?? []).map((s) => ({
              value: s.id,
              label: s.name,
            })),
          ]}
          onChange={(v) => v !== "\u0000mixed" && text(v)}
        />
      );
    case "tag":
      return (
        <div className="input-group">
          <Draft
            id={id}
            label={label}
            disabled={disabled}
            invalid={invalid}
            value={mixed ? "" : asText(value)}
            placeholder={placeholder || t("common:field.chooseTag")}
            onCommit={text}
          />
          {props.context?.tagPicker?.(asText(value), text)}
        </div>
      );
    case "icon":
      return <IconPicker id={id} value={mixed ? undefined : asText(value)} onChange={onChange} />;
    case "image":
      return (
        <Picture
          id={id}
          label={label}
          disabled={disabled}
          value={mixed ? "" : asText(value)}
          max={props.context?.maxImage ?? 262144}
          onChange={onChange}
        />
      );
    case "any":
      return (
        <Json
          id={id}
          label={label}
          disabled={disabled}
          value={mixed ? undefined : value}
          placeholder={placeholder}
          onCommit={onChange}
        />
      );
    case "object":
      return (
        <SpecForm
          fields={field.fields ?? []}
          value={(value ?? {}) as Record<string, unknown>}
          onChange={onChange}
          context={props.context}
          disabled={disabled}
        />
      );
    case "list":
      return (
        <List
          field={field}
          value={Array.isArray(value) ? value : []}
          onChange={onChange}
          context={props.context}
          disabled={disabled}
        />
      );
    default:
      return (
        <Draft
          id={id}
          label={label}
          disabled={disabled}
          invalid={invalid}
          value={mixed ? "" : asText(value)}
          placeholder={placeholder}
          onCommit={text}
        />
      );
  }
}

function asText(value: unknown): string {
  return value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

function shown(field: SpecField, lang: "en" | "zh"): string {
  if (field.default === undefined || field.default === null) return "";
  const option = field.options?.find((o) => o.value === field.default);
  return option ? textIn(option.title, lang) : asText(field.default);
}

/** A text field that gives its text when it is left or Enter is pressed, so that a word is one step of undo. */
function Draft(props: {
  area?: boolean;
  id?: string;
  label: string;
  value: string;
  placeholder?: string;
  disabled?: boolean;
  invalid?: boolean;
  type?: string;
  check?: (text: string) => string;
  onCommit: (text: string) => void;
}) {
  const [text, setText] = useState(props.value);
  useEffect(() => setText(props.value), [props.value]);
  const wrong = props.check?.(text.trim()) ?? "";
  const commit = () => {
    if (text !== props.value && !wrong) props.onCommit(text);
  };
  const shared = {
    id: props.id,
    "aria-label": props.label,
    "aria-invalid": props.invalid || wrong ? true : undefined,
    title: wrong || undefined,
    disabled: props.disabled,
    placeholder: props.placeholder,
    value: text,
    onBlur: commit,
  } as const;
  if (props.area)
    return (
      <TextArea
        {...shared}
        rows={2}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) && commit()}
      />
    );
  return (
    <Input
      {...shared}
      type={props.type ?? "text"}
      onChange={(e) => setText(e.target.value)}
      onKeyDown={(e) => {
        if (e.key === "Enter") commit();
        if (e.key === "Escape" && text !== props.value) {
          setText(props.value);
          e.stopPropagation();
        }
      }}
    />
  );
}

function Secret(props: {
  id?: string;
  label: string;
  value: string;
  disabled?: boolean;
  invalid?: boolean;
  onCommit: (text: string) => void;
}) {
  const t = useT();
  const [open, setOpen] = useState(false);
  // The server never sends a secret back, only the name under which it is kept.
  const kept = props.value.startsWith("secret:");
  return (
    <div className="input-group">
      <Draft
        id={props.id}
        label={props.label}
        type={open ? "text" : "password"}
        disabled={props.disabled}
        invalid={props.invalid}
        value={kept ? "" : props.value}
        placeholder={kept ? t("common:field.secretKept") : ""}
        onCommit={props.onCommit}
      />
      <span className="trail">
        <IconButton small label={open ? t("common:field.hide") : t("common:field.show")} onClick={() => setOpen(!open)}>
          {open ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
        </IconButton>
      </span>
    </div>
  );
}

function Json(props: {
  id?: string;
  label: string;
  value: unknown;
  placeholder?: string;
  disabled?: boolean;
  onCommit: (value: unknown) => void;
}) {
  const t = useT();
  const present =
    props.value === undefined ? "" : typeof props.value === "string" ? props.value : JSON.stringify(props.value);
  // What reads as a number, true, false or JSON is that; anything else is a text.
  const commit = (text: string) => {
    const s = text.trim();
    if (s === "") return props.onCommit(undefined);
    try {
      props.onCommit(JSON.parse(s));
    } catch {
      props.onCommit(text);
    }
  };
  const check = (s: string) => {
    if (!/^[[{"]/.test(s)) return "";
    try {
      JSON.parse(s);
      return "";
    } catch (error) {
      return t("common:field.jsonWrong", { message: (error as Error).message });
    }
  };
  return (
    <Draft
      id={props.id}
      label={props.label}
      disabled={props.disabled}
      value={present}
      placeholder={props.placeholder}
      check={check}
      onCommit={commit}
    />
  );
}

function Picture(props: {
  id?: string;
  label: string;
  value: string;
  disabled?: boolean;
  max: number;
  onChange: (value: unknown) => void;
}) {
  const t = useT();
  const [wrong, setWrong] = useState("");
  const take = (file: File | undefined) => {
    if (!file) return;
    if (file.size > props.max)
      return setWrong(
        t("common:field.imageTooLarge", { size: Math.ceil(file.size / 1024), max: Math.floor(props.max / 1024) }),
      );
    const reader = new FileReader();
    reader.onload = () => {
      setWrong("");
      props.onChange(reader.result);
    };
    reader.readAsDataURL(file);
  };
  return (
    <div className="form-row">
      <div className="image-input">
        {props.value.startsWith("data:") && <img src={props.value} alt="" />}
        <label className="button">
          <ImagePlus size={14} aria-hidden />
          {t("common:field.chooseImage")}
          <input
            id={props.id}
            className="visually-hidden"
            type="file"
            accept="image/png,image/jpeg,image/webp,image/gif"
            aria-label={props.label}
            disabled={props.disabled}
            onChange={(e) => take(e.target.files?.[0])}
          />
        </label>
        {props.value && (
          <IconButton small label={t("common:field.removeImage")} onClick={() => props.onChange(undefined)}>
            <X size={14} aria-hidden />
          </IconButton>
        )}
      </div>
      {wrong && (
        <span className="wrong" role="alert">
          {wrong}
        </span>
      )}
    </div>
  );
}

function List(props: {
  field: SpecField;
  value: unknown[];
  onChange: (value: unknown) => void;
  context?: FieldContext;
  disabled?: boolean;
}) {
  const t = useT();
  const { value, onChange } = props;
  const fields = props.field.fields ?? [];
  // A list of one nameless field holds bare values; any other holds objects.
  const scalar = fields.length === 1 && fields[0]?.name === "" ? fields[0] : undefined;
  return (
    <div className="form-group">
      {value.map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own
        <div key={i} className="form-list-row">
          {scalar ? (
            <FieldControl
              field={scalar}
              value={row}
              context={props.context}
              disabled={props.disabled}
              onChange={(v) => onChange(value.with(i, v ?? null))}
            />
          ) : (
            <SpecForm
              fields={fields}
              value={(row ?? {}) as Record<string, unknown>}
              context={props.context}
              disabled={props.disabled}
              onChange={(v) => onChange(value.with(i, v))}
            />
          )}
          <IconButton
            small
            label={t("common:field.removeRow", { n: i + 1 })}
            onClick={() => onChange(value.length === 1 ? undefined : value.toSpliced(i, 1))}
          >
            <Trash2 size={14} aria-hidden />
          </IconButton>
        </div>
      ))}
      <div>
        <Button
          icon={<Plus size={14} aria-hidden />}
          disabled={props.disabled}
          onClick={() => onChange([...value, scalar ? (scalar.default ?? "") : {}])}
        >
          {t("common:field.addRow")}
        </Button>
      </div>
    </div>
  );
}

/**
 * A form over fields. `onChange` gets the whole object with the one change made; a setting that
 * is not set is left out. Problems are shown at their field by `at`, a JSON pointer below the object.
 */
export function SpecForm(props: {
  fields: SpecField[];
  value: Record<string, unknown>;
  onChange: (value: Record<string, unknown>) => void;
  context?: FieldContext;
  disabled?: boolean;
  problems?: { at?: string; message: string }[];
  /** What may stand in a field, by its name; shown as long as nothing does. */
  examples?: Record<string, string>;
}) {
  const t = useT();
  const lang = useLanguage();
  const visible = props.fields.filter((f) => shows(f, props.fields, props.value));
  const row = (field: SpecField) => {
    const wrong = props.problems?.find(
      (p) => p.at === `/${field.name}` || p.at?.startsWith(`/${field.name}/`),
    )?.message;
    const set = (v: unknown) => {
      const next = { ...props.value };
      if (v === undefined) delete next[field.name];
      else next[field.name] = v;
      props.onChange(next);
    };
    return (
      <Row
        key={field.name}
        label={textIn(field.title, lang) || field.name}
        help={textIn(field.help, lang)}
        wrong={wrong}
        required={field.required}
      >
        {(id) => (
          <FieldControl
            id={id}
            field={field}
            value={props.value[field.name]}
            placeholder={props.examples?.[field.name]}
            invalid={!!wrong}
            disabled={props.disabled}
            context={props.context}
            onChange={set}
          />
        )}
      </Row>
    );
  };
  const advanced = visible.filter((f) => f.advanced);
  return (
    <div className="form-group">
      {visible.filter((f) => !f.advanced).map(row)}
      {advanced.length > 0 && (
        <details className="fold">
          <summary>{t("common:advanced")}</summary>
          <div className="form-group">{advanced.map(row)}</div>
        </details>
      )}
    </div>
  );
}
