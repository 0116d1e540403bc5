// The settings of one action, made from the catalogue.
import type { Action, ActionType, AppInput, Field } from "@lineside/client";
import { useDoc, useScreen } from "../../design/context";
import { isBinding } from "../../document";
import { textIn, useLanguage, useT } from "../../i18n";
import { type FieldContext, FieldControl, Row, Select, shows } from "../../ui";
import { assetField } from "../AssetField";
import { type Value, ValueField } from "./ValueField";

/** Changes one setting of an action; undefined takes it out. */
export function withSetting(action: Action, name: string, value: unknown): Action {
  const next: Record<string, unknown> = { ...action, [name]: value };
  if (value === undefined || value === "" || value === false) delete next[name];
  return next as unknown as Action;
}

export function ActionFields(props: {
  type: ActionType;
  action: Action;
  context: FieldContext;
  onChange: (action: Action) => void;
}) {
  const { type, action, context } = props;
  const lang = useLanguage();
  const values = action as unknown as Record<string, unknown>;
  const variables = useScreen()?.screen.variables ?? [];
  const set = (field: Field) => (value: unknown) => props.onChange(withSetting(action, field.name, value));
  return type.settings
    .filter((f) => shows(f, type.settings, values))
    .map((field) => {
      const label = textIn(field.title, lang);
      const value = values[field.name];
      if (field.kind === "params")
        return <Params key={field.name} label={label} action={action} context={context} onChange={set(field)} />;
      if (field.kind === "any") {
        // What is set has the type of the variable.
        const kind = variables.find((v) => v.id === action.variable)?.type ?? (action.do === "add" ? "float" : "any");
        return (
          <ValueField
            key={field.name}
            label={label}
            value={value as Value}
            field={{ name: field.name, kind, title: field.title }}
            context={context}
            onChange={set(field)}
          />
        );
      }
      return (
        <Row key={field.name} label={label} help={textIn(field.help, lang)} required={field.required}>
          {(id) =>
            field.kind === "variable" ? (
              <VariableSelect id={id} value={String(value ?? "")} onChange={set(field)} />
            ) : field.kind === "texts" ? (
              <Texts id={id} label={label} value={value as Record<string, string> | undefined} onChange={set(field)} />
            ) : (
              <FieldControl id={id} field={field} value={value} context={context} onChange={set(field)} />
            )
          }
        </Row>
      );
    });
}

function VariableSelect(props: { id: string; value: string; onChange: (id: string) => void }) {
  const t = useT();
  const lang = useLanguage();
  const variables = useScreen()?.screen.variables ?? [];
  if (variables.length === 0)
    return (
      <span id={props.id} className="muted">
        {t("actions:noVariables")}
      </span>
    );
  const known = variables.some((v) => v.id === props.value);
  return (
    <Select
      id={props.id}
      value={props.value}
      options={[
        ...(props.value === "" ? [{ value: "", label: t("actions:chooseVariable") }] : []),
        ...(known || props.value === "" ? [] : [{ value: props.value, label: props.value }]),
        ...variables.map((v) => ({ value: v.id, label: textIn(v.title, lang) || v.id })),
      ]}
      onChange={props.onChange}
    />
  );
}

/** A text in English and Chinese. */
function Texts(props: {
  id: string;
  label: string;
  value: Record<string, string> | undefined;
  onChange: (value: Record<string, string> | undefined) => void;
}) {
  const t = useT();
  return (["en", "zh"] as const).map((lang) => (
    <FieldControl
      key={lang}
      id={lang === "en" ? props.id : undefined}
      field={{ name: lang, kind: "string", title: { en: `${props.label} (${t(`actions:lang.${lang}`)})` } }}
      value={props.value?.[lang]}
      placeholder={t(`actions:lang.${lang}`)}
      onChange={(v) => {
        const next = { ...props.value };
        if (v) next[lang] = String(v);
        else delete next[lang];
        props.onChange(Object.keys(next).length > 0 ? next : undefined);
      }}
    />
  ));
}

/** What stands in for the inputs of the app on the screen that is opened. */
function Params(props: {
  label: string;
  action: Action;
  context: FieldContext;
  onChange: (params: Action["params"]) => void;
}) {
  const t = useT();
  const lang = useLanguage();
  const inputs = useDoc((d) => d.app.inputs) ?? [];
  const params = props.action.params ?? {};
  if (inputs.length === 0 && Object.keys(params).length === 0) return null;
  const set = (id: string, value: Value) => {
    const next = { ...params };
    if (value === undefined || value === null) delete next[id];
    else next[id] = value;
    props.onChange(Object.keys(next).length > 0 ? next : undefined);
  };
  const gone = Object.keys(params).filter((id) => !inputs.some((i) => i.id === id));
  const row = (input: AppInput) => {
    const label = textIn(input.title, lang) || input.id;
    const value = params[input.id];
    if (input.kind === "tag")
      return (
        <Row key={input.id} label={label}>
          {(id) => (
            <FieldControl
              id={id}
              field={{ name: input.id, kind: "tag", title: { en: label } }}
              value={isBinding(value) ? value.tag : undefined}
              context={props.context}
              onChange={(v) => set(input.id, v ? { tag: String(v) } : undefined)}
            />
          )}
        </Row>
      );
    const asset = input.kind === "asset";
    return (
      <ValueField
        key={input.id}
        label={label}
        value={value}
        field={{ name: input.id, kind: asset ? "tag" : (input.type ?? "float"), title: { en: label } }}
        context={asset ? { ...props.context, tagPicker: assetField(t, input.model) } : props.context}
        onChange={(v) => set(input.id, v)}
      />
    );
  };
  return (
    <details className="fold" open={Object.keys(params).length > 0}>
      <summary>{props.label}</summary>
      <div className="form-group">
        <p className="panel-hint">{t("actions:paramsHelp")}</p>
        {inputs.map(row)}
        {gone.map((id) => row({ id, kind: "parameter", type: "string" }))}
      </div>
    </details>
  );
}
