import "./page.css";
// Labelled fields and small marks that the pages of the shell share.
import type { LiveValue, Problem } from "@lineside/client";
import { formatted, isBad, isUncertain, Quality } from "@lineside/client";
import { Copy, Check as Done } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { language, useT } from "../i18n";
import { Button, IconButton, Input, Note, NumberInput, Row, Select, toast } from "../ui";
import type { asApiError } from "./resource";

type TextProps = Omit<ComponentProps<"input">, "onChange" | "value"> & {
  label: string;
  value: string;
  onChange(value: string): void;
  onEnter?(): void;
  hint?: string;
  error?: string;
};

/** A text with its label. */
export function TextField({ label, value, onChange, onEnter, hint, error, ...rest }: TextProps) {
  return (
    <Row label={label} help={hint} wrong={error} required={rest.required}>
      {(id) => (
        <Input
          {...rest}
          id={id}
          // The name without the mark of what is required.
          aria-label={rest.required ? label : undefined}
          aria-invalid={error ? true : undefined}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && onEnter?.()}
        />
      )}
    </Row>
  );
}

/** A choice with its label. */
export function SelectField(props: {
  label: string;
  value: string;
  onChange(value: string): void;
  options: { value: string; label: string }[];
  hint?: string;
  error?: string;
}) {
  return (
    <Row label={props.label} help={props.hint} wrong={props.error}>
      {(id) => (
        <Select
          id={id}
          aria-invalid={props.error ? true : undefined}
          value={props.value}
          onChange={props.onChange}
          options={props.options}
        />
      )}
    </Row>
  );
}

/** A number, or nothing, with its label. */
export function NumberField(props: {
  label: string;
  value: number | undefined;
  onChange(value: number | undefined): void;
  min?: number;
  max?: number;
  integer?: boolean;
  hint?: string;
  error?: string;
}) {
  const { label, hint, error, ...rest } = props;
  return (
    <Row label={label} help={hint} wrong={error}>
      {(id) => <NumberInput id={id} optional invalid={!!error} {...rest} />}
    </Row>
  );
}

/** Problems as the server says them: what, where, what to do; the text can be copied. */
export function ProblemList({ problems }: { problems: readonly Pick<Problem, "message" | "hint" | "at" | "code">[] }) {
  return problems.map((problem, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity but their place
    <Note key={index} kind="bad" title={<span className="selectable">{problem.message}</span>}>
      <div className="problem-more">
        <span className="grow">
          {problem.hint && <span className="selectable">{problem.hint}</span>}
          {problem.at && <code className="selectable muted"> {problem.at}</code>}
        </span>
        <CopyButton text={problemText(problem)} />
      </div>
    </Note>
  ));
}

/** A problem in full, to take along to whoever can help. */
export function problemText(problem: Pick<Problem, "message" | "hint" | "at" | "code">): string {
  return [problem.message, problem.hint, `(${problem.code}${problem.at ? ` ${problem.at}` : ""})`]
    .filter(Boolean)
    .join("\n");
}

/** The problems of a refused request. */
export function problemsOf(failure: ReturnType<typeof asApiError>): Problem[] {
  return failure.problems.length ? failure.problems : [failure];
}

/** Says in the corner that a request was refused. */
export function sayFailure(failure: { message: string; hint?: string }): void {
  toast(failure.message, { kind: "bad", text: failure.hint });
}

/** The state of a connection: a shape and a word, never a colour alone. */
export function Status({ state, label }: { state: string; label: string }) {
  return (
    <span className={`status ${state}`}>
      <span aria-hidden className="status-mark" />
      {label}
    </span>
  );
}

const qualityNames = new Map<number, string>(Object.entries(Quality).map(([name, code]) => [code as number, name]));

/** A live value, or with `name` the name of its quality, looking as its quality demands. */
export function QualityText({
  live,
  decimals,
  format: meaning,
  name,
}: {
  live?: LiveValue;
  decimals?: number;
  /** What the value means: datetime, location, … */
  format?: string;
  name?: boolean;
}) {
  const t = useT();
  if (!live) return <span className="muted">{name ? t("shell:waiting") : "…"}</span>;
  const look = isBad(live.q) ? "bad" : isUncertain(live.q) ? "uncertain" : "good";
  if (name)
    return (
      <span className={`quality ${look}`}>
        {live.q === 0 ? t("shell:good") : (qualityNames.get(live.q) ?? t(`shell:${look}`))}
      </span>
    );
  return (
    <span className={`live-value ${look}`} title={look === "good" ? undefined : qualityNames.get(live.q)}>
      {look === "bad" ? "– –" : (formatted(meaning, live.v, language()) ?? format(live.v, decimals))}
      {look === "uncertain" && "?"}
    </span>
  );
}

function format(value: unknown, decimals?: number): string {
  if (typeof value === "number")
    return decimals === undefined ? String(Number(value.toPrecision(7))) : value.toFixed(decimals);
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Puts a text on the clipboard, also on pages without TLS, where browsers keep the clipboard to themselves. */
async function toClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const carrier = document.createElement("textarea");
  carrier.value = text;
  carrier.className = "visually-hidden";
  (document.querySelector("[role=dialog]") ?? document.body).append(carrier);
  carrier.select();
  document.execCommand("copy");
  carrier.remove();
}

/** Copies a text; small, beside what it copies. */
function CopyButton({ text }: { text: string }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  return (
    <IconButton
      small
      label={copied ? t("common:copied") : t("shell:copy")}
      onClick={() => void toClipboard(text).then(() => setCopied(true))}
    >
      {copied ? <Done size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
    </IconButton>
  );
}

/** A text to take along. */
export function CopyText({ text }: { text: string }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  return (
    <div className="copy-text">
      <code className="selectable">{text}</code>
      <Button
        icon={copied ? <Done size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
        onClick={() => void toClipboard(text).then(() => setCopied(true))}
      >
        {copied ? t("common:copied") : t("shell:copy")}
      </Button>
    </div>
  );
}
