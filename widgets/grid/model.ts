// The rows and columns of a table: which are shown, in which order, how wide. The library computes; nothing here is of the page.
import {
  type ColumnFiltersState,
  columnFilteringFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  constructTable,
  createExpandedRowModel,
  createFilteredRowModel,
  createSortedRowModel,
  globalFilteringFeature,
  type Row as ModelRow,
  rowExpandingFeature,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
} from "@tanstack/table-core";
import { storeReactivityBindings } from "@tanstack/table-core/store-reactivity-bindings";
import type { GridColumn } from "./column";

const features = tableFeatures({
  coreReactivityFeature: storeReactivityBindings(),
  columnFilteringFeature,
  globalFilteringFeature,
  filteredRowModel: createFilteredRowModel(),
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  rowExpandingFeature,
  expandedRowModel: createExpandedRowModel(),
  columnVisibilityFeature,
  columnSizingFeature,
  columnResizingFeature,
});

/** How somebody has the table before them; kept while its widget is built again. */
export interface Kept {
  sorting: SortingState;
  hidden: Record<string, boolean>;
  widths: Record<string, number>;
  search: string;
  filters: ColumnFiltersState;
  open: Record<string, boolean> | true;
}

export interface ShownRow<R> {
  key: string;
  row: R;
  depth: number;
  /** Undefined for a row that holds no others. */
  open: boolean | undefined;
}

const compare = (a: unknown, b: unknown): number => {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: "base" });
};

export class Model<R extends object> {
  private readonly table;
  private data: R[] = [];

  constructor(
    readonly columns: readonly GridColumn<R>[],
    key: (row: R) => string,
    children: ((row: R) => R[] | undefined) | undefined,
    kept: Partial<Kept> = {},
  ) {
    const text = (row: ModelRow<typeof features, R>, id: string) =>
      String(columns.find((c) => c.id === id)?.text(row.original) ?? "").toLowerCase();
    this.table = constructTable<typeof features, R>({
      features,
      data: this.data,
      columns: columns.map((c) => ({
        id: c.id,
        accessorFn: (row: R) => (c.sort ? c.sort(row) : c.text(row)),
        size: c.width,
        minSize: 44,
        maxSize: 1200,
        sortUndefined: "last" as const,
        sortFn: (a: ModelRow<typeof features, R>, b: ModelRow<typeof features, R>, id: string) =>
          compare(a.getValue(id), b.getValue(id)),
        filterFn: (row: ModelRow<typeof features, R>, id: string, value: unknown) =>
          text(row, id).includes(String(value).toLowerCase()),
        enableGlobalFilter: true,
      })),
      getRowId: key,
      getSubRows: children,
      // A search that finds something below keeps all above it.
      filterFromLeafRows: true,
      globalFilterFn: (row: ModelRow<typeof features, R>, id: string, value: unknown) =>
        text(row, id).includes(String(value).toLowerCase()),
      getColumnCanGlobalFilter: () => true,
      autoResetExpanded: false,
      initialState: {
        sorting: kept.sorting ?? [],
        columnVisibility: Object.fromEntries(
          columns.map((c) => [c.id, kept.hidden?.[c.id] === undefined ? c.hidden !== true : !kept.hidden[c.id]]),
        ),
        columnSizing: kept.widths ?? {},
        globalFilter: kept.search ?? "",
        columnFilters: kept.filters ?? [],
        expanded: kept.open ?? {},
      },
    });
  }

  get rows(): readonly R[] {
    return this.data;
  }

  set rows(rows: readonly R[]) {
    this.data = [...rows];
    this.table.setOptions((o) => ({ ...o, data: this.data }));
  }

  /** Values have changed: order and search are found anew. */
  touch(): void {
    this.rows = this.data;
  }

  /** What is shown, in its order. */
  shown(): ShownRow<R>[] {
    const searching = this.search !== "";
    const rows = searching ? this.table.getSortedRowModel().flatRows : this.table.getRowModel().rows;
    // Flat rows of the library are not in the order of the tree: while searching all is open.
    const list = searching ? flatten(this.table.getSortedRowModel().rows) : rows;
    return list.map((r) => ({
      key: r.id,
      row: r.original,
      depth: r.depth,
      open: r.subRows.length > 0 ? searching || r.getIsExpanded() : undefined,
    }));
  }

  /** How many rows there are without search and folding. */
  get total(): number {
    return this.table.getCoreRowModel().flatRows.length;
  }

  get visible(): GridColumn<R>[] {
    const on = new Set(this.table.getVisibleLeafColumns().map((c) => c.id));
    return this.columns.filter((c) => on.has(c.id));
  }

  setVisible(id: string, on: boolean): void {
    this.table.getColumn(id)?.toggleVisibility(on);
  }

  width(id: string): number {
    return this.table.getColumn(id)?.getSize() ?? 100;
  }

  setWidth(id: string, width: number): void {
    const w = Math.round(Math.max(44, Math.min(1200, width)));
    this.table.setColumnSizing((old: Record<string, number>) => ({ ...old, [id]: w }));
  }

  sorted(id: string): "asc" | "desc" | undefined {
    return this.table.getColumn(id)?.getIsSorted() || undefined;
  }

  /** Is it sorted or searched by what may change with every value? */
  get follows(): boolean {
    return this.search !== "" || this.columns.some((c) => c.live && this.sorted(c.id) !== undefined);
  }

  /** Up, down, and as it came. */
  sort(id: string): void {
    const now = this.sorted(id);
    this.table.setSorting(now === "desc" ? [] : [{ id, desc: now === "asc" }]);
  }

  get search(): string {
    return String(this.table.atoms.globalFilter.get() ?? "");
  }

  set search(text: string) {
    this.table.setGlobalFilter(text);
  }

  toggle(key: string, open?: boolean): void {
    this.table.getCoreRowModel().rowsById[key]?.toggleExpanded(open);
  }

  toggleAll(open: boolean): void {
    this.table.toggleAllRowsExpanded(open);
  }

  get kept(): Kept {
    const { atoms } = this.table;
    const visible = atoms.columnVisibility.get() as Record<string, boolean>;
    return {
      sorting: atoms.sorting.get(),
      hidden: Object.fromEntries(Object.entries(visible).map(([id, on]) => [id, !on])),
      widths: atoms.columnSizing.get(),
      search: this.search,
      filters: atoms.columnFilters.get(),
      open: atoms.expanded.get(),
    };
  }
}

function flatten<R extends object>(rows: ModelRow<typeof features, R>[]): ModelRow<typeof features, R>[] {
  return rows.flatMap((r) => [r, ...flatten(r.subRows as ModelRow<typeof features, R>[])]);
}
