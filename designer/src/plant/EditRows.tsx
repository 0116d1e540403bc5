// A table whose rows are edited in place: parameters, inputs, fields, relations.
import { Plus, Trash2 } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useT } from "../i18n";
import { Button, IconButton, Input, Select } from "../ui";

/** What a cell gets: the row, and a way to change it. */
export interface Cell<T> {
  row: T;
  index: number;
  set(change: Partial<T>): void;
  /** What the field is called, with the number of its row. */
  label: string;
}

export interface Column<T> {
  head: string;
  edit(cell: Cell<T>): ReactNode;
  /** How a row that is not edited here shows it. */
  show?(row: T): ReactNode;
}

export function EditRows<T extends object>(props: {
  rows: readonly T[];
  columns: readonly Column<T>[];
  onChange(rows: T[]): void;
  /** A new row; nothing can be added without. */
  fresh?(): T;
  addLabel: string;
  /** What is said above the table. */
  hint?: string;
  /** Rows that come from elsewhere, shown behind the own ones. */
  inherited?: readonly T[];
  /** What is wrong with a row. */
  wrong?(index: number): (string | undefined)[];
  nameOf(row: T, index: number): string;
}) {
  const t = useT();
  const id = useId();
  const { rows, columns, onChange, fresh, inherited = [] } = props;
  return (
    <div className="form">
      {props.hint && <p className="hint">{props.hint}</p>}
      {rows.length + inherited.length > 0 && (
        <table className="table edit-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.head}>{column.head}</th>
              ))}
              <th>
                <span className="visually-hidden">{t("plant:actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => {
              const wrong = (props.wrong?.(index) ?? []).filter(Boolean);
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: what is edited is what would name the row
                <tr key={index}>
                  {columns.map((column, at) => (
                    <td key={column.head}>
                      {column.edit({
                        row,
                        index,
                        set: (change) => onChange(rows.map((r, i) => (i === index ? { ...r, ...change } : r))),
                        label: `${column.head} ${index + 1}`,
                      })}
                      {at === 0 && wrong.length > 0 && (
                        <div className="wrong" role="alert" id={`${id}-${index}`}>
                          {wrong.join(" ")}
                        </div>
                      )}
                    </td>
                  ))}
                  <td className="row-actions">
                    <IconButton
                      label={t("assets:removeRow", { id: props.nameOf(row, index) })}
                      onClick={() => onChange(rows.toSpliced(index, 1))}
                    >
                      <Trash2 size={16} aria-hidden />
                    </IconButton>
                  </td>
                </tr>
              );
            })}
            {inherited.map((row, index) => (
              <tr key={props.nameOf(row, index)} className="muted">
                {columns.map((column) => (
                  <td key={column.head}>{column.show?.(row)}</td>
                ))}
                <td className="row-actions">{t("assets:inherited")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {fresh && (
        <div>
          <Button icon={<Plus size={16} aria-hidden />} onClick={() => onChange([...rows, fresh()])}>
            {props.addLabel}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A text in a row. */
export function TextCell<T>(props: {
  cell: Cell<T>;
  value: string | undefined;
  onChange(value: string): void;
  wrong?: string;
}) {
  return (
    <Input
      aria-label={props.cell.label}
      aria-invalid={props.wrong ? true : undefined}
      value={props.value ?? ""}
      onChange={(event) => props.onChange(event.target.value)}
    />
  );
}

/** A choice in a row. */
export function ChoiceCell<T>(props: {
  cell: Cell<T>;
  value: string;
  onChange(value: string): void;
  options: readonly { value: string; label: string }[];
}) {
  return (
    <Select aria-label={props.cell.label} value={props.value} onChange={props.onChange} options={[...props.options]} />
  );
}

/** Yes or no in a row. */
export function CheckCell<T>(props: { cell: Cell<T>; value: boolean | undefined; onChange(value: boolean): void }) {
  return (
    <input
      type="checkbox"
      aria-label={props.cell.label}
      checked={!!props.value}
      onChange={(event) => props.onChange(event.target.checked)}
    />
  );
}

/** A free name: base, base2, base3, … */
export function freeId(base: string, taken: readonly { id: string }[]): string {
  let id = base;
  for (let n = 2; taken.some((x) => x.id === id); n++) id = `${base}${n}`;
  return id;
}
