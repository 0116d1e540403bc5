// The table of texts as a file for translators: comma-separated values (RFC 4180) in UTF-8 with a byte order mark.
import type { AppState } from "./state";
import { isKey, isLanguage, languagesOf, type TextChange } from "./texts";

const quote = (cell: string): string =>
  /[",;\t\r\n]|^[\s=+@-]|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** All texts: one row a key, one column a language. */
export function textsToCsv(state: AppState): string {
  const languages = languagesOf(state.app);
  const rows = Object.entries(state.app.texts ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => [key, ...languages.map((l) => text[l] ?? "")]);
  return `\uFEFF${[["key", ...languages], ...rows].map((row) => row.map(quote).join(",")).join("\r\n")}\r\n`;
}

/** Takes a file apart; the separator is what the first line has most of: comma, semicolon or tab. */
export function parseCsv(text: string): string[][] {
  const body = text.replace(/^\uFEFF/, "");
  const first = body.slice(0, body.search(/[\r\n]|$/));
  const separator = [",", ";", "\t"].reduce((a, b) => (first.split(b).length > first.split(a).length ? b : a));
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
    cell = "";
  };
  for (let i = 0; i < body.length; i++) {
    const c = body[i] as string;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (body[i + 1] === '"') cell += body[++i];
      else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === separator) {
      row.push(cell);
      cell = "";
    } else if (c === "\r" || c === "\n") {
      if (c === "\r" && body[i + 1] === "\n") i++;
      endRow();
    } else cell += c;
  }
  if (cell !== "" || row.length > 0) endRow();
  return rows;
}

/** What is wrong with a file, and where: a line from 1. */
export interface CsvProblem {
  line: number;
  code: "noKey" | "language" | "key" | "english" | "twice";
  what: string;
}

/** What a file would change. An empty cell changes nothing; a text that is not in the file stays. */
export function readTexts(state: AppState, text: string): { changes: TextChange[]; problems: CsvProblem[] } {
  const rows = parseCsv(text);
  const head = rows[0]?.map((c) => c.trim()) ?? [];
  const problems: CsvProblem[] = [];
  if (head[0]?.toLowerCase() !== "key")
    return { changes: [], problems: [{ line: 1, code: "noKey", what: head[0] ?? "" }] };
  const languages = head.slice(1);
  languages.forEach((l, i) => {
    if (l && !isLanguage(l)) problems.push({ line: 1, code: "language", what: l });
    else if (languages.indexOf(l) !== i) problems.push({ line: 1, code: "twice", what: l });
  });
  const texts = state.app.texts ?? {};
  const changes: TextChange[] = [];
  const seen = new Set<string>();
  for (const [n, row] of rows.entries()) {
    if (n === 0) continue;
    const line = n + 1;
    const key = (row[0] ?? "").trim();
    const cells = languages.map((language, i) => ({ language, after: row[i + 1] ?? "" }));
    const wrong = !isKey(key)
      ? "key"
      : seen.has(key)
        ? "twice"
        : !texts[key] && !cells.some((c) => c.language === "en" && c.after)
          ? "english"
          : undefined;
    seen.add(key);
    if (wrong) {
      problems.push({ line, code: wrong, what: key });
      continue;
    }
    for (const { language, after } of cells) {
      const before = texts[key]?.[language] ?? "";
      if (after && isLanguage(language) && after !== before) changes.push({ key, language, before, after });
    }
  }
  return { changes, problems };
}
