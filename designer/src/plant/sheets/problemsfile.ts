// The problems of an import as CSV, to be mended beside the spreadsheet.
import type { RowProblem } from "@lineside/client";

/** A cell of CSV that no spreadsheet takes for a formula (runtime/sheet does the same). */
function cell(text: string): string {
  const guarded = /^[=+\-@\t\r\n']/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** One line a problem, with the names of the columns above. */
export function problemsFile(
  problems: readonly RowProblem[],
  head: readonly string[],
  words: { warning: string; error: string },
): string {
  const lines = problems.map((p) => [
    p.sheet ?? "",
    p.row ? String(p.row) : "",
    p.cell ?? "",
    p.ref ?? "",
    p.severity === "warning" ? words.warning : words.error,
    p.message,
    p.hint ?? "",
    p.code,
  ]);
  return `\ufeff${[head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}
