// The settings of widgets that draw screens within themselves: what stands in for the inputs of that screen.
import type { AppInput, AppSummary, Field, Widget } from "@lineside/client";
import { Plus, X } from "lucide-react";
import { useDoc, useEditor } from "../design/context";
import { setProps } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { useResource } from "../shell/resource";
import { Button, type FieldContext, FieldControl, IconButton, Select } from "../ui";
import { assetField } from "./AssetField";
import { PropertyRow } from "./PropertyRow";

/** The kinds of setting that are edited here. */
export const isEmbedField = (f: Field): boolean => f.kind === "params" || f.kind === "input" || f.kind === "rows";

interface Props {
  field: Field;
  widgets: readonly Widget[];
  context: FieldContext;
  problems: readonly { prop?: string; message: string; warning: boolean }[];
}

/** The inputs of the app whose screen a widget shows: this one, or the one that it names. */
function useInputs(widget: Widget | undefined): readonly AppInput[] {
  const own = useDoc((d) => d.app.inputs) ?? [];
  const other = typeof widget?.props?.app === "string" ? widget.props.app : "";
  const apps = useResource<AppSummary[]>(other ? "/apps" : undefined).data;
  return other ? (apps?.find((a) => a.id === other)?.inputs ?? []) : own;
}

/** How one value is edited: the path of an asset or tag, or a constant of the type of the input. */
function useValueField() {
  const t = useT();
  const lang = useLanguage();
  return (input: AppInput, context: FieldContext, name = input.id): { field: Field; context: FieldContext } => ({
    field: {
      name,
      kind: input.kind === "parameter" ? (input.type ?? "float") : "tag",
      title: { en: textIn(input.title, lang) || input.id },
      bind: true,
    },
    context: input.kind === "asset" ? { ...context, tagPicker: assetField(t, input.model) } : context,
  });
}

export function EmbedField(props: Props) {
  if (props.field.kind === "params") return <InputRows {...props} />;
  if (props.field.kind === "input") return <InputChoice {...props} />;
  return <Rows {...props} />;
}

/** A row for each input, to be set or bound. */
function InputRows({ widgets, context, problems }: Props) {
  const t = useT();
  const inputs = useInputs(widgets[0]);
  const valueField = useValueField();
  const taken =
    widgets[0]?.props?.over === undefined || widgets[0]?.props?.over === "assets" ? widgets[0]?.props?.input : "";
  const shown = inputs.filter((input) => input.id !== taken);
  const given = Object.keys(widgets[0]?.props ?? {}).flatMap((name) =>
    name.startsWith("inputs/") ? [name.slice(7)] : [],
  );
  const gone: AppInput[] = given
    .filter((id) => !inputs.some((i) => i.id === id))
    .map((id) => ({ id, kind: "parameter", type: "string" }));
  if (shown.length + gone.length === 0) return <p className="panel-hint">{t("faceplate:noInputs")}</p>;
  return [...shown, ...gone].map((input) => {
    const at = valueField(input, context, `inputs/${input.id}`);
    return (
      <PropertyRow
        key={input.id}
        field={at.field}
        widgets={widgets}
        context={at.context}
        problem={problems.find((p) => p.prop === `inputs/${input.id}`)}
      />
    );
  });
}

/** Which input takes the asset. */
function InputChoice({ field, widgets, problems }: Props) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const inputs = useInputs(widgets[0]).filter((i) => i.kind === "asset");
  const value = String(widgets[0]?.props?.[field.name] ?? "");
  const options = inputs.map((i) => ({ value: i.id, label: textIn(i.title, lang) || i.id }));
  if (!options.some((o) => o.value === value)) options.unshift({ value, label: value || t("faceplate:chooseInput") });
  const label = textIn(field.title, lang);
  const problem = problems.find((p) => p.prop === field.name);
  const id = `prop-${field.name}`;
  return (
    <div className="prop" data-prop={field.name}>
      <label className="prop-label" htmlFor={id}>
        {label}
      </label>
      <div className="prop-value">
        <Select
          id={id}
          aria-label={label}
          value={value}
          options={options}
          onChange={(v) =>
            setProps(
              editor.doc,
              editor.screen(),
              widgets.map((w) => w.id),
              { [field.name]: v || undefined },
            )
          }
        />
      </div>
      {inputs.length === 0 && <p className="panel-hint">{t("faceplate:noAssetInput")}</p>}
      {problem && <p className={problem.warning ? "warn" : "wrong"}>{problem.message}</p>}
    </div>
  );
}

type Row = Record<string, string | number | boolean>;

/** A table of constants: a row for each item, a field for each input. */
function Rows({ field, widgets, context, problems }: Props) {
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const inputs = useInputs(widgets[0]);
  const valueField = useValueField();
  const raw = widgets[0]?.props?.[field.name];
  const rows = (Array.isArray(raw) ? raw : []) as Row[];
  const set = (next: Row[]) =>
    setProps(
      editor.doc,
      editor.screen(),
      widgets.map((w) => w.id),
      { [field.name]: next.length > 0 ? (next as never) : undefined },
    );
  const problem = problems.find((p) => p.prop === field.name);
  return (
    <div className="prop wide" data-prop={field.name}>
      <span className="prop-label">{textIn(field.title, lang)}</span>
      <div className="prop-value">
        {rows.map((row, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own
          <fieldset key={i} className="form-group">
            <legend>{t("faceplate:row", { n: i + 1 })}</legend>
            {inputs.map((input) => {
              const at = valueField(input, context);
              return (
                <FieldControl
                  key={input.id}
                  field={at.field}
                  value={row[input.id]}
                  placeholder={textIn(at.field.title, lang)}
                  context={at.context}
                  onChange={(v) => {
                    const next = { ...row };
                    if (v === undefined || v === null || v === "") delete next[input.id];
                    else next[input.id] = v as string;
                    set(rows.map((r, k) => (k === i ? next : r)));
                  }}
                />
              );
            })}
            <IconButton
              small
              label={t("faceplate:removeRow", { n: i + 1 })}
              onClick={() => set(rows.filter((_, k) => k !== i))}
            >
              <X size={14} aria-hidden />
            </IconButton>
          </fieldset>
        ))}
        <Button onClick={() => set([...rows, {}])}>
          <Plus size={14} aria-hidden /> {t("faceplate:addRow")}
        </Button>
        {problem && <p className={problem.warning ? "warn" : "wrong"}>{problem.message}</p>}
      </div>
    </div>
  );
}
