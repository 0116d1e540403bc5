// A table from a spreadsheet as rows to stamp from.
import type { ModelParameter } from "@lineside/client";
import { cellsOf } from "../adddevice/handrows";

/** The rows by the names of their columns. A column may have the title of a parameter in any language. */
export function tableRows(text: string, parameters: readonly ModelParameter[]): Record<string, string>[] {
  const [head = [], ...rows] = cellsOf(text.replace(/^\ufeff/, ""));
  const columns = head.map((cell) => {
    const found = parameters.find((p) =>
      [p.id, ...Object.values(p.title ?? {})].some((name) => name.toLowerCase() === cell.toLowerCase()),
    );
    return found?.id ?? cell;
  });
  return rows.map((cells) =>
    Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ""]).filter(([c]) => c)),
  );
}
