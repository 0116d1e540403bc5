// What happens at an event of a widget: write or toggle a tag, open a screen; asked for first if wanted.
import type { Action, Scalar, Widget, WidgetEvent } from "@lineside/client";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useDoc, useEditor } from "../design/context";
import { isBinding, same, setActions } from "../document";
import { textIn, useLanguage, useT } from "../i18n";
import { type FieldContext, FieldControl, IconButton, Row, Segmented, Select } from "../ui";
import { ExpressionEditor } from "./ExpressionEditor";

const text = (en: string) => ({ en });

export function ActionsEditor(props: { event: WidgetEvent; widgets: readonly Widget[]; context: FieldContext }) {
  const { event, widgets } = props;
  const t = useT();
  const lang = useLanguage();
  const editor = useEditor();
  const first = widgets[0]?.on?.[event.name] ?? [];
  const mixed = widgets.some((w) => !same(w.on?.[event.name] ?? [], first));
  const set = (actions: Action[]) =>
    setActions(
      editor.doc,
      editor.screen(),
      widgets.map((w) => w.id),
      event.name,
      actions,
    );
  return (
    <div className="actions" data-prop={`on.${event.name}`}>
      <div className="actions-head">
        <span className="prop-label actions-title">{textIn(event.title, lang)}</span>
        {mixed && <span className="muted">{t("common:field.mixed")}</span>}
        <IconButton
          small
          label={t("design:action.add", { event: textIn(event.title, lang) })}
          onClick={() => set([...(mixed ? [] : first), { do: "write" }])}
        >
          <Plus size={14} aria-hidden />
        </IconButton>
      </div>
      {!mixed &&
        first.map((action, i) => (
          <ActionForm
            // biome-ignore lint/suspicious/noArrayIndexKey: actions have no identity but their place
            key={i}
            n={i + 1}
            action={action}
            context={props.context}
            onChange={(next) => set(first.with(i, next))}
            onRemove={() => set(first.toSpliced(i, 1))}
          />
        ))}
    </div>
  );
}

function ActionForm(props: {
  n: number;
  action: Action;
  context: FieldContext;
  onChange: (action: Action) => void;
  onRemove: () => void;
}) {
  const { action, onChange } = props;
  const t = useT();
  const change = (part: Partial<Action>) => {
    const next = { ...action, ...part } as Record<string, unknown>;
    for (const key of Object.keys(next)) if (next[key] === undefined || next[key] === "") delete next[key];
    onChange(next as unknown as Action);
  };
  const confirm = (
    <Row label={t("design:action.confirm")} help={action.do === "open" ? undefined : t("design:action.confirmHelp")}>
      {(id) => (
        <FieldControl
          id={id}
          field={{ name: "confirm", kind: "string", title: text("confirm") }}
          value={action.confirm}
          onChange={(v) => change({ confirm: v as string | undefined })}
        />
      )}
    </Row>
  );
  return (
    <div className="action">
      <div className="action-head">
        <Select
          aria-label={t("design:action.do", { n: props.n })}
          value={action.do}
          options={(["write", "toggle", "open"] as const).map((d) => ({ value: d, label: t(`design:action.${d}`) }))}
          onChange={(d) =>
            onChange({
              do: d as Action["do"],
              ...(d === "open" ? {} : action.tag ? { tag: action.tag } : {}),
              ...(action.confirm ? { confirm: action.confirm } : {}),
            })
          }
        />
        <IconButton small label={t("design:action.remove", { n: props.n })} onClick={props.onRemove}>
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </div>
      {action.do === "open" ? (
        <Row label={t("design:action.screen")}>
          {(id) => (
            <FieldControl
              id={id}
              field={{ name: "screen", kind: "screen", title: text("screen") }}
              value={action.screen}
              context={props.context}
              onChange={(v) => change({ screen: v as string | undefined })}
            />
          )}
        </Row>
      ) : (
        <Row label={t("design:action.tag")}>
          {(id) => (
            <FieldControl
              id={id}
              field={{ name: "tag", kind: "tag", title: text("tag") }}
              value={action.tag}
              context={props.context}
              onChange={(v) => change({ tag: v as string | undefined })}
            />
          )}
        </Row>
      )}
      {action.do === "write" && (
        <ActionValue value={action.value} context={props.context} onChange={(value) => change({ value })} />
      )}
      {confirm}
    </div>
  );
}

function ActionValue(props: {
  value: Action["value"];
  context: FieldContext;
  onChange: (value: Action["value"]) => void;
}) {
  const { value, onChange } = props;
  const t = useT();
  const editor = useEditor();
  const inputs = useDoc((d) => d.app.inputs);
  const bound = isBinding(value) ? (value.expr ?? "") : undefined;
  const [draft, setDraft] = useState(bound ?? "");
  const [byExpression, setByExpression] = useState(bound !== undefined);
  const commit = () => {
    if (draft.trim() && draft.trim() !== bound) onChange({ expr: draft.trim() });
  };
  return (
    <div className="form-row">
      <span className="label">{t("design:action.value")}</span>
      <Segmented
        label={t("design:bind.how")}
        value={byExpression ? "expr" : "constant"}
        onChange={(m) => {
          setByExpression(m === "expr");
          if (m === "constant" && bound !== undefined) onChange(undefined);
        }}
        options={[
          { value: "constant", label: t("design:bind.constant") },
          { value: "expr", label: t("design:bind.expr") },
        ]}
      />
      {byExpression ? (
        <ExpressionEditor
          label={t("design:action.value")}
          value={draft}
          onChange={setDraft}
          onSubmit={commit}
          onBlur={commit}
          installation={editor.installation}
          functions={editor.functions}
          inputs={inputs}
        />
      ) : (
        <FieldControl
          field={{ name: "value", kind: "any", title: text(t("design:action.value")) }}
          value={bound === undefined ? value : undefined}
          context={props.context}
          onChange={(v) => onChange(v as Scalar)}
        />
      )}
    </div>
  );
}
