// A constant or an expression: the value of an action, or what stands in for an input of a screen.
import type { Binding, Field, Scalar } from "@lineside/client";
import { useState } from "react";
import { useDoc, useEditor } from "../../design/context";
import { isBinding } from "../../document";
import { useT } from "../../i18n";
import { type FieldContext, FieldControl, Segmented } from "../../ui";
import { ExpressionEditor } from "../ExpressionEditor";

export type Value = Scalar | Binding | undefined;

/** An expression that is given to the document when it is left. */
export function Expression(props: {
  label: string;
  value: string;
  onCommit: (text: string) => void;
  autoFocus?: boolean;
}) {
  const editor = useEditor();
  const inputs = useDoc((d) => d.app.inputs);
  const [draft, setDraft] = useState(props.value);
  const [seen, setSeen] = useState(props.value);
  if (seen !== props.value) {
    setSeen(props.value);
    setDraft(props.value);
  }
  const commit = () => {
    if (draft.trim() !== props.value) props.onCommit(draft.trim());
  };
  return (
    <ExpressionEditor
      label={props.label}
      value={draft}
      onChange={setDraft}
      onSubmit={commit}
      onBlur={commit}
      installation={editor.installation}
      functions={editor.functions}
      inputs={inputs}
      autoFocus={props.autoFocus}
      event
    />
  );
}

export function ValueField(props: {
  label: string;
  value: Value;
  /** How a constant is entered. */
  field: Field;
  context: FieldContext;
  onChange: (value: Value) => void;
}) {
  const { value, onChange } = props;
  const t = useT();
  const bound = isBinding(value) ? (value.expr ?? "") : undefined;
  const [byExpression, setByExpression] = useState(bound !== undefined);
  return (
    <div className="form-row">
      <span className="label">{props.label}</span>
      <Segmented
        label={`${props.label}: ${t("design:bind.how")}`}
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
        <Expression
          label={props.label}
          value={bound ?? ""}
          onCommit={(expr) => onChange(expr ? { expr } : undefined)}
        />
      ) : (
        <FieldControl
          field={props.field}
          value={bound === undefined ? value : undefined}
          context={props.context}
          onChange={(v) => onChange(v as Value)}
        />
      )}
    </div>
  );
}
