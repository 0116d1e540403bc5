// A list of things of the plant: search, a table a page at a time, and what can be done with its rows.
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "../i18n";
import { Button, SearchInput } from "../ui";
import "./datalist.css";

/** How many rows are shown at a time. */
export const pageSize = 100;

export interface Column<T> {
  id: string;
  label: string;
  className?: "number" | "mono";
  /** What the list is sorted by when the head of the column is pressed. */
  sort?: string;
  cell(row: T): ReactNode;
}

export interface Selection {
  keys: ReadonlySet<string>;
  onChange(keys: ReadonlySet<string>): void;
  /** Whether a row can be selected, and how its box is called. */
  label(key: string): string;
  can?(key: string): boolean;
}

export function DataList<T>(props: {
  label: string;
  search: string;
  query: string;
  onQuery(query: string): void;
  /** Stands behind the search: further filters, and how many were found. */
  filters?: ReactNode;
  /** Stands at the end: what makes new rows. */
  tools: ReactNode;
  /** Stands instead of all of this when there is nothing at all. */
  empty?: ReactNode;
  /** Stands instead of the table when nothing was found. */
  none?: ReactNode;
  /** Stands above the table: what was selected, what must be known. */
  above?: ReactNode;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf(row: T): string;
  actions(row: T): ReactNode;
  selection?: Selection;
  /** The sort of now, with a minus sign for the other way round. */
  sort?: string;
  onSort?(sort: string): void;
  page: number;
  pages: number;
  onPage(page: number): void;
}) {
  const t = useT();
  if (props.empty)
    return (
      <section aria-label={props.label} className="page-section">
        {props.empty}
      </section>
    );
  return (
    <section aria-label={props.label} className="page-section">
      <div className="page-tools">
        <SearchInput label={props.search} value={props.query} onChange={props.onQuery} />
        {props.filters}
        <span className="grow" />
        {props.tools}
      </div>
      {props.above}
      {props.none || <Rows {...props} />}
      {props.pages > 1 && !props.none && (
        <nav className="pager" aria-label={t("plant:pages")}>
          <Button disabled={props.page === 0} onClick={() => props.onPage(props.page - 1)}>
            {t("shell:previous")}
          </Button>
          <span>
            {props.page + 1} / {props.pages}
          </span>
          <Button disabled={props.page === props.pages - 1} onClick={() => props.onPage(props.page + 1)}>
            {t("shell:next")}
          </Button>
        </nav>
      )}
    </section>
  );
}

function Rows<T>(props: Parameters<typeof DataList<T>>[0]) {
  const t = useT();
  const { selection } = props;
  const able = selection ? props.rows.map(props.keyOf).filter((key) => selection.can?.(key) ?? true) : [];
  const chosen = able.filter((key) => selection?.keys.has(key));
  const set = (keys: readonly string[], on: boolean) => {
    const next = new Set(selection?.keys);
    for (const key of keys) {
      if (on) next.add(key);
      else next.delete(key);
    }
    selection?.onChange(next);
  };
  return (
    <table className="table">
      <thead>
        <tr>
          {selection && (
            <th className="select-cell">
              <input
                type="checkbox"
                aria-label={t("tags:selectPage")}
                checked={able.length > 0 && chosen.length === able.length}
                disabled={able.length === 0}
                ref={(el) => {
                  if (el) el.indeterminate = chosen.length > 0 && chosen.length < able.length;
                }}
                onChange={(e) => set(able, e.target.checked)}
              />
            </th>
          )}
          {props.columns.map((column) => (
            <Head key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
          ))}
          <th>
            <span className="visually-hidden">{t("plant:actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => {
          const key = props.keyOf(row);
          return (
            <tr key={key} aria-selected={selection ? selection.keys.has(key) : undefined}>
              {selection && (
                <td className="select-cell">
                  <input
                    type="checkbox"
                    aria-label={selection.label(key)}
                    checked={selection.keys.has(key)}
                    disabled={!(selection.can?.(key) ?? true)}
                    onChange={(e) => set([key], e.target.checked)}
                  />
                </td>
              )}
              {props.columns.map((column) => (
                <td key={column.id} className={column.className}>
                  {column.cell(row)}
                </td>
              ))}
              <td className="row-actions">{props.actions(row)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The head of a column; pressing it sorts, pressing it again sorts the other way round. */
function Head<T>({
  column,
  sort,
  onSort,
}: {
  column: Column<T>;
  sort: string | undefined;
  onSort?(sort: string): void;
}) {
  const { label } = column;
  if (!column.sort || !onSort) return <th className={column.className}>{label}</th>;
  const up = sort === column.sort;
  const down = sort === `-${column.sort}`;
  const Mark = down ? ArrowDown : ArrowUp;
  return (
    <th className={column.className} aria-sort={up ? "ascending" : down ? "descending" : undefined}>
      <button type="button" className="sort-head" onClick={() => onSort(up ? `-${column.sort}` : (column.sort ?? ""))}>
        {label}
        <Mark size={12} aria-hidden className={up || down ? undefined : "sort-idle"} />
      </button>
    </th>
  );
}
