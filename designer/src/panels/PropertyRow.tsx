// One property of the selected widgets: a constant, or bound to a tag or an expression, with its live value.
import type { Binding, Field, Prop, Widget } from "@lineside/client";
import { FunctionSquare, Link2, Tag, Unlink } from "lucide-react";
import { type ComponentProps, useRef, useState } from "react";
import { useDoc, useEditor, useLiveTick } from "../design/context";
import { isBinding, isTextKey, same, setProps } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { Button, type FieldContext, FieldControl, IconButton, Popover, Segmented, Tooltip } from "../ui";
import { fitsField } from "./bind/fits";
import { purposeOf, useMismatch } from "./bind/useMismatch";
import { ExpressionEditor } from "./ExpressionEditor";
import { formatValue } from "./format";
import { PresetPicker } from "./PresetPicker";
import { WithText } from "./shell/WithText";
import { TagValue } from "./TagBrowser";
import { TagPicker } from "./TagPicker";

export function PropertyRow(props: {
  field: Field;
  widgets: readonly Widget[];
  context: FieldContext;
  problem?: { message: string; warning: boolean };
}) {
  const { field, widgets } = props;
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const [open, setOpen] = useState(false);
  const row = useRef<HTMLDivElement>(null);
  const first = widgets[0]?.props?.[field.name];
  const mixed = widgets.some((w) => !same(w.props?.[field.name], first));
  const binding = !mixed && isBinding(first) ? first : undefined;
  const mismatch = useMismatch(editor, widgets[0], field.name);
  const problem = props.problem ?? (binding && mismatch);
  const set = (value: Prop | undefined) =>
    setProps(
      editor.doc,
      editor.screen(),
      widgets.map((w) => w.id),
      { [field.name]: value },
    );
  const label = textIn(field.title, lang) || field.name;
  const id = `prop-${field.name}`;
  const manifest = editor.manifests.get(widgets[0]?.type ?? "");
  const variant = manifest?.presets?.length && manifest.variant === field.name ? manifest : undefined;
  const wide = field.kind === "text" || field.kind === "list" || field.kind === "object" || field.kind === "image";
  return (
    <div className={wide ? "prop wide" : "prop"} data-prop={field.name} ref={row}>
      <Tooltip text={textIn(field.help, lang)} side="left">
        <label className="prop-label" htmlFor={binding ? undefined : id}>
          {label}
          {field.required && <span title={t("common:required")}>*</span>}
        </label>
      </Tooltip>
      <div className="prop-value">
        {variant ? (
          <PresetPicker id={id} manifest={variant} widgets={widgets} />
        ) : binding ? (
          <BindingChip
            binding={binding}
            widget={widgets.length === 1 ? widgets[0] : undefined}
            prop={field.name}
            onClick={() => setOpen(true)}
          />
        ) : (
          <Fallback field={field} widget={widgets.length === 1 ? widgets[0] : undefined}>
            {(placeholder) => (
              <WithText field={field} label={label} widgets={widgets} value={mixed ? undefined : first}>
                <FieldControl
                  id={id}
                  field={field}
                  value={mixed ? undefined : first}
                  mixed={mixed}
                  placeholder={placeholder}
                  invalid={!!props.problem && !props.problem.warning}
                  context={props.context}
                  onChange={(v) => set(v as Prop | undefined)}
                />
              </WithText>
            )}
          </Fallback>
        )}
      </div>
      {field.bind ? (
        <Popover
          open={open}
          onOpenChange={setOpen}
          align="start"
          side="left"
          // Beside the panel, so that it hides none of it.
          offset={row.current ? row.current.clientWidth : 4}
          className="bind-popover"
          label={t("design:bind.title", { name: label })}
          trigger={
            <IconButton
              small
              label={t("design:bind.title", { name: label })}
              pressed={!!binding}
              className="bind-button"
            >
              {binding?.expr !== undefined ? (
                <FunctionSquare size={14} aria-hidden />
              ) : binding ? (
                <Tag size={14} aria-hidden />
              ) : (
                <Link2 size={14} aria-hidden />
              )}
            </IconButton>
          }
        >
          <BindForm
            field={field}
            label={label}
            value={mixed ? undefined : first}
            context={props.context}
            widget={widgets[0]}
            onSet={set}
            onClose={() => setOpen(false)}
          />
        </Popover>
      ) : (
        <span className="bind-button" />
      )}
      {problem && (
        <span className={problem.warning ? "warn prop-wrong" : "wrong prop-wrong"} role="status">
          {problem.message}
        </span>
      )}
    </div>
  );
}

/** Gives the control what holds while nothing is set: a value from the bound tag, or the default. */
function Fallback(props: {
  field: Field;
  widget: Widget | undefined;
  children: (placeholder: string | undefined) => React.ReactNode;
}) {
  const editor = useEditor();
  const { field, widget } = props;
  useLiveTick();
  if (!field.from || !widget) return props.children(undefined);
  const manifest = editor.manifests.get(widget.type);
  const bound = manifest?.drop ?? manifest?.writes ?? "value";
  const meta = editor.live.meta(widget.id, bound) as Record<string, unknown> | undefined;
  const value = meta?.[field.from];
  return props.children(value === undefined || value === "" ? undefined : formatValue(value));
}

/** What a property is bound to, with its live value, as a button. */
export function BindingChip({
  binding,
  widget,
  prop,
  ...rest
}: { binding: Binding; widget: Widget | undefined; prop: string } & ComponentProps<"button">) {
  const t = useT();
  const editor = useEditor();
  useLiveTick();
  const text = binding.tag ?? binding.expr ?? "";
  const value = widget && editor.live.value(widget.id, prop);
  const meta = widget && editor.live.meta(widget.id, prop);
  return (
    <button type="button" {...rest} className="binding-chip" title={text}>
      {/* The end of a path says most, so it is cut at its beginning. */}
      <span className={binding.expr === undefined ? "binding-text path" : "binding-text mono"}>
        <bdi>{text || t("design:bind.empty")}</bdi>
      </span>
      {widget && (
        <TagValue
          value={value}
          unit={meta?.unit}
          decimals={meta?.decimals}
          name={value ? editor.qualities[String(value.q)] : undefined}
        />
      )}
    </button>
  );
}

type Mode = "constant" | "tag" | "expr";

/** Chooses what a property is bound to; with `only` there is no constant. */
export function BindForm(props: {
  field: Field;
  only?: boolean;
  label: string;
  value: Prop | undefined;
  context: FieldContext;
  /** Whose property it is; what does not fit is told. */
  widget?: Widget;
  onSet: (value: Prop | undefined) => void;
  onClose: () => void;
}) {
  const { field, value } = props;
  const t = useT();
  const editor = useEditor();
  const inputs = useDoc((d) => d.app.inputs);
  const binding = isBinding(value) ? value : undefined;
  const [mode, setMode] = useState<Mode>(
    binding?.expr !== undefined ? "expr" : binding || value === undefined ? "tag" : "constant",
  );
  const [text, setText] = useState(binding?.expr ?? (binding?.tag ? `tag("${binding.tag}")` : ""));
  const apply = () => {
    if (text.trim()) props.onSet({ expr: text.trim() });
    props.onClose();
  };
  const numeric = field.kind === "int" || field.kind === "float";
  const manifest = editor.manifests.get(props.widget?.type ?? "");
  return (
    <div className="bind-form">
      <div className="bind-head">
        <strong>{props.label}</strong>
        {binding && !props.only && (
          <Button
            look="quiet"
            icon={<Unlink size={14} aria-hidden />}
            onClick={() => {
              props.onSet(undefined);
              props.onClose();
            }}
          >
            {t("design:bind.remove")}
          </Button>
        )}
      </div>
      <Segmented<Mode>
        label={t("design:bind.how")}
        value={mode}
        onChange={setMode}
        options={[
          ...(props.only ? [] : [{ value: "constant" as const, label: t("design:bind.constant") }]),
          { value: "tag", label: t("design:bind.tag") },
          { value: "expr", label: t("design:bind.expr") },
        ]}
      />
      {mode === "constant" && (
        <FieldControl
          field={field}
          value={binding || isTextKey(value) ? undefined : value}
          context={props.context}
          onChange={(v) => props.onSet(v as Prop | undefined)}
        />
      )}
      {mode === "tag" && (
        <TagPicker
          value={binding?.tag ?? ""}
          fits={(tag) =>
            manifest
              ? fitsField(manifest, field.name, tag.type)
              : field.kind === "bool"
                ? tag.type === "bool"
                : !numeric || tag.type === "int" || tag.type === "float"
          }
          onChoose={(path) => {
            props.onSet({ tag: path });
            props.onClose();
          }}
        />
      )}
      {mode === "expr" && (
        <>
          <ExpressionEditor
            autoFocus
            label={props.label}
            value={text}
            onChange={setText}
            onSubmit={apply}
            installation={editor.installation}
            functions={editor.functions}
            inputs={inputs}
            purpose={purposeOf(editor, props.widget, field.name)}
          />
          <div className="bind-foot">
            <span className="hint">{t("design:expression.apply")}</span>
            <Button look="primary" disabled={!text.trim()} onClick={apply}>
              {t("design:bind.apply")}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
