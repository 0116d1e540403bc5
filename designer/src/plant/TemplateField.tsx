// Texts with placeholders, which only an asset makes whole: expressions and addresses of the properties of a model.
import { useState } from "react";
import { useT } from "../i18n";
import { Row, TextArea } from "../ui";

/** An expression of a model under its label. It cannot be tried here: an asset gives it its values. */
export function TemplateField(props: {
  label: string;
  value: string;
  onChange(text: string): void;
  error?: string;
  hint?: string;
}) {
  return (
    <Row label={props.label} help={props.hint} wrong={props.error}>
      {(id) => (
        <TextArea
          id={id}
          className="mono"
          rows={2}
          aria-invalid={props.error ? true : undefined}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
    </Row>
  );
}

/** An object as JSON. What is no JSON yet is given on as the text it is, and refused when it is saved. */
export function JsonField(props: {
  label: string;
  value: unknown;
  onChange(value: unknown): void;
  error?: string;
  hint?: string;
}) {
  const t = useT();
  const [text, setText] = useState(() =>
    props.value === undefined
      ? ""
      : typeof props.value === "string"
        ? props.value
        : JSON.stringify(props.value, undefined, 2),
  );
  const [wrong, setWrong] = useState("");
  const change = (next: string) => {
    setText(next);
    setWrong("");
    if (!next.trim()) return props.onChange(undefined);
    try {
      props.onChange(JSON.parse(next));
    } catch (error) {
      setWrong(t("common:field.jsonWrong", { message: (error as Error).message }));
      props.onChange(next);
    }
  };
  return (
    <Row label={props.label} help={props.hint} wrong={wrong || props.error}>
      {(id) => (
        <TextArea
          id={id}
          className="mono"
          rows={Math.min(10, text.split("\n").length + 1)}
          aria-invalid={wrong || props.error ? true : undefined}
          value={text}
          onChange={(event) => change(event.target.value)}
        />
      )}
    </Row>
  );
}
