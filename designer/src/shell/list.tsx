// What lists with a dialog share: a section with tools and an empty state, a table, what can be done with a row.
import type { Problem } from "@lineside/client";
import { Download, Pencil, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useT } from "../i18n";
import { Busy, Button, Empty, IconButton, useConfirm } from "../ui";
import { ProblemList, sayFailure } from "./form";
import { asApiError } from "./resource";

/** Something to press: what it is called, and what it does. */
export interface Act {
  label: string;
  onClick(): void;
  disabled?: boolean;
}

/** The button by which a list gets one more. */
export function AddButton({ label, onClick }: Act) {
  return (
    <Button icon={<Plus size={16} aria-hidden />} look="primary" onClick={onClick}>
      {label}
    </Button>
  );
}

type RowProps = { edit?: Act; remove?: Act; children?: ReactNode };

/** What can be done with a row: whatever it has of its own, then edit and remove. */
export function RowButtons({ edit, remove, children }: RowProps) {
  return (
    <>
      {children}
      {edit && (
        <IconButton {...edit}>
          <Pencil size={16} aria-hidden />
        </IconButton>
      )}
      {remove && (
        <IconButton {...remove}>
          <Trash2 size={16} aria-hidden />
        </IconButton>
      )}
    </>
  );
}

/** The same as the last cell of a row of a table. */
export function RowActions(props: RowProps) {
  return (
    <td className="row-actions">
      <RowButtons {...props} />
    </td>
  );
}

/** A file to take along, among what can be done with a row. */
export function DownloadLink(props: { label: string; href: string; name: string }) {
  return (
    <a className="icon-button" href={props.href} download={props.name} aria-label={props.label} title={props.label}>
      <Download size={16} aria-hidden />
    </a>
  );
}

/** A table of which each row ends with RowActions. */
export function ListTable(props: {
  label?: string;
  columns: (string | { label: string; number: true })[];
  children: ReactNode;
}) {
  const t = useT();
  return (
    <table className="table" aria-label={props.label}>
      <thead>
        <tr>
          {props.columns.map((column) =>
            typeof column === "string" ? (
              <th key={column}>{column}</th>
            ) : (
              <th key={column.label} className="number">
                {column.label}
              </th>
            ),
          )}
          <th>
            <span className="visually-hidden">{t("plant:actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>{props.children}</tbody>
    </table>
  );
}

/** A list of things that one adds and edits: while there are none it says what would be here, and how to begin. */
export function ListSection(props: {
  /** What the list is of. */
  label: string;
  /** Says the label above the list: it is one of several on its page. */
  headed?: boolean;
  /** Stands above the list, whether there are any or not. */
  intro?: ReactNode;
  /** How many there are; undefined while that is not known. */
  count: number | undefined;
  error?: Problem | { message: string; hint: string; code: string };
  add?: Act;
  empty: { icon?: ReactNode; title: string; text?: ReactNode };
  /** Stand at the left of the line above the rows, and beside the button that adds; only when there are rows. */
  tools?: ReactNode;
  beside?: ReactNode;
  /** The rows. */
  children: ReactNode;
  /** Dialogs, and what else follows. */
  more?: ReactNode;
}) {
  const { label, count, error, add, empty } = props;
  const adder = add && <AddButton {...add} />;
  const inside = (
    <>
      {props.headed && <h2>{label}</h2>}
      {props.intro}
      {error && <ProblemList problems={[error]} />}
      {count === undefined && !error && <Busy />}
      {count === 0 && <Empty {...empty}>{adder}</Empty>}
      {!!count && (
        <>
          {(props.tools || props.beside || adder) && (
            <div className="page-tools">
              <div className="list-tools">{props.tools}</div>
              {props.beside}
              {adder}
            </div>
          )}
          {props.children}
        </>
      )}
      {props.more}
    </>
  );
  if (props.headed) return inside;
  return (
    <section className="page-section" aria-label={label}>
      {inside}
    </section>
  );
}

/** Carries something out and says in the corner when it was refused. */
export async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    sayFailure(asApiError(error));
  }
}

/**
 * Which row of a list is edited in a dialog, and the question before one is removed: show `question`, and a dialog for
 * `editing`, which is "new" for one that is being added.
 */
export function useRows<T>(first?: T) {
  const t = useT();
  const [editing, setEditing] = useState<T | "new" | undefined>(first);
  const [ask, question] = useConfirm();
  return {
    editing,
    /** The one that is edited; undefined when it is new. */
    present: editing === "new" ? undefined : editing,
    edit: (row: T) => setEditing(() => row),
    add: () => setEditing("new"),
    close: () => setEditing(undefined),
    question,
    /** Asks, and then removes. */
    async remove(
      about: { title: string; text: string; more?: ReactNode; action?: string },
      act: () => Promise<unknown>,
    ) {
      if (await ask({ action: t("common:remove"), ...about, danger: true })) await attempt(act);
    },
  };
}
