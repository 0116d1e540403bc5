import { useId } from "react";
import { ExpressionEditor } from "../panels/ExpressionEditor";
import { useCatalogue } from "../shell/catalogue";

const none: never[] = [];

/** An expression of the plant under its label: the editor of the panels, with the functions of the catalogue. */
export function ExpressionField({
  label,
  value,
  onChange,
  error,
}: {
  label: string;
  value: string;
  onChange(text: string): void;
  /** What the server said of it when it was saved. */
  error?: string;
}) {
  const id = useId();
  const functions = useCatalogue()?.functions;
  return (
    // biome-ignore lint/a11y/useSemanticElements: one field, of which the editor names itself
    <div className="form-row" role="group" aria-labelledby={id}>
      <span className="label" id={id}>
        {label}
      </span>
      <ExpressionEditor label={label} value={value} onChange={onChange} functions={functions ?? none} />
      {error && (
        <span className="wrong" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
