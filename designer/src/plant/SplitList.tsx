// A list of things with ids, and the form of the one that is chosen: properties, commands and events of a model.
import { Copy, Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "../i18n";
import { Button, Empty, IconButton } from "../ui";
import { freeId } from "./EditRows";

/** What a model below has, and can be changed in this one. */
export interface Inherited<T> {
  from: string;
  value: T;
}

export function SplitList<T extends { id: string }>(props: {
  label: string;
  rows: readonly T[];
  inherited: readonly Inherited<T>[];
  chosen: number;
  onChoose(index: number): void;
  onChange(rows: T[]): void;
  /** What a line shows beside the id. */
  title(row: T): string;
  side(row: T): string;
  wrong(index: number): boolean;
  /** A new one; nothing can be added without. */
  fresh?(): T;
  /** A copy under another id. */
  copy(row: T): T;
  addLabel: string;
  empty: { title: string; text: string };
  form(row: T, index: number, set: (row: T) => void): ReactNode;
}) {
  const t = useT();
  const { rows, onChange, onChoose, fresh } = props;
  const chosen = Math.min(props.chosen, rows.length - 1);
  const row = rows[chosen];
  const inherited = props.inherited.filter((i) => !rows.some((r) => r.id === i.value.id));
  const append = (next: T) => {
    onChange([...rows, next]);
    onChoose(rows.length);
  };
  return (
    <div className="property-split">
      <div className="property-side">
        <ul aria-label={props.label}>
          {rows.map((r, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the id is what is being edited
            <li key={i}>
              <button
                type="button"
                className="property-line"
                aria-current={i === chosen ? "true" : undefined}
                onClick={() => onChoose(i)}
              >
                <span className={props.wrong(i) ? "property-name wrong" : "property-name"}>
                  {r.id || "…"}
                  {props.title(r) && <span className="muted"> {props.title(r)}</span>}
                </span>
                <span className="muted">{props.side(r)}</span>
              </button>
            </li>
          ))}
          {inherited.map(({ from, value }) => (
            <li key={value.id} className="property-line muted" title={t("assets:inheritedFrom", { id: from })}>
              <span className="property-name">
                {value.id} <span>← {from}</span>
              </span>
              <IconButton
                small
                label={t("assets:changeHere", { id: value.id })}
                onClick={() => append(structuredClone(value))}
              >
                <Copy size={14} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
        {fresh && (
          <Button icon={<Plus size={16} aria-hidden />} onClick={() => append(fresh())}>
            {props.addLabel}
          </Button>
        )}
      </div>
      {row ? (
        <div className="property-main">
          <div className="page-tools property-tools">
            <strong className="grow">{row.id}</strong>
            <Button
              icon={<Copy size={16} aria-hidden />}
              onClick={() => append({ ...props.copy(structuredClone(row)), id: freeId(row.id, rows) })}
            >
              {t("assets:duplicate")}
            </Button>
            <Button
              icon={<Trash2 size={16} aria-hidden />}
              onClick={() => {
                onChange(rows.toSpliced(chosen, 1));
                onChoose(Math.max(0, chosen - 1));
              }}
            >
              {t("common:remove")}
            </Button>
          </div>
          {props.form(row, chosen, (next) => onChange(rows.with(chosen, next)))}
        </div>
      ) : (
        <Empty title={props.empty.title} text={props.empty.text} />
      )}
    </div>
  );
}
