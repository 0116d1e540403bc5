import type { Look } from "@lineside/scene";

/** A column of a table. */
export interface GridColumn<R> {
  id: string;
  title: string;
  width: number;
  align?: "end";
  /** Not shown until somebody chooses it. */
  hidden?: boolean;
  /** It changes with the values of the plant. */
  live?: boolean;
  /** What stands in the cell. */
  text(row: R): string;
  /** How its value may be trusted. */
  look?(row: R): Look;
  /** What the order goes by; the text when not given. */
  sort?(row: R): string | number | undefined;
  /** What goes into a file: a number as a number. */
  file?(row: R): string | number | undefined;
  /** Draws the cell itself; called again whenever the row may have changed. */
  draw?(cell: HTMLElement, row: R): void;
}
