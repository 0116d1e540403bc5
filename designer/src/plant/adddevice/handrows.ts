// Tags whose addresses are typed or pasted, for devices that cannot say what they have.
import type { ConnectorType, Field } from "@lineside/client";
import type { Picked } from "./naming";

/** One row of the table. */
export interface HandRow {
  name: string;
  type: string;
  unit: string;
  writable: boolean;
  address: Record<string, unknown>;
}

export const types = ["float", "int", "bool", "string", "bytes", "json"];

export const emptyRow = (): HandRow => ({ name: "", type: "float", unit: "", writable: false, address: {} });

/** The fields of an address that have a column: those that are not advanced. */
export const columnsOf = (type: ConnectorType): Field[] =>
  type.address.filter((f) => !f.advanced && !["list", "object", "any", "text"].includes(f.kind)).slice(0, 6);

/** The names by which a column may be called in a table that is pasted. */
const known: Record<string, string[]> = {
  name: ["name", "tag", "symbol", "名称", "变量", "符号"],
  type: ["type", "tag type", "类型", "变量类型"],
  unit: ["unit", "单位"],
  writable: ["writable", "access", "write", "可写", "读写"],
};

const yes = /^(1|true|yes|y|x|rw|r\/w|w|write|是|读写|可写)$/i;

/** A value of an address as its field has it. */
function fieldValue(field: Field, text: string): unknown {
  if (field.kind === "bool") return yes.test(text);
  if (field.kind === "int" || field.kind === "float") return Number.isNaN(Number(text)) ? text : Number(text);
  if (field.kind === "enum") {
    const option = field.options?.find(
      (o) => o.value === text || Object.values(o.title).some((name) => name.toLowerCase() === text.toLowerCase()),
    );
    return option?.value ?? text;
  }
  return text;
}

/** Takes a table apart: lines, and cells by tab, semicolon or comma; a cell in quotes may have any of them. */
export function cellsOf(text: string): string[][] {
  const first = text.split("\n", 1)[0] ?? "";
  const count = (c: string) => first.split(c).length;
  const separator = ["\t", ";", ","].reduce((best, c) => (count(c) > count(best) ? c : best), "\t");
  const rows: string[][] = [[]];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === separator || c === "\n") {
      rows.at(-1)?.push(cell.replace(/\r$/, "").trim());
      cell = "";
      if (c === "\n") rows.push([]);
    } else cell += c;
  }
  rows.at(-1)?.push(cell.trim());
  return rows.filter((row) => row.some(Boolean));
}

/** What a pasted table has: its columns by the names in its first line, or in the order of the table on the page. */
export function pasted(text: string, type: ConnectorType): HandRow[] {
  const table = cellsOf(text.replace(/^\ufeff/, ""));
  const fields = type.address;
  const names = new Map<string, string>();
  for (const field of fields)
    for (const name of [field.name, ...Object.values(field.title)])
      names.set(name.toLowerCase(), `address.${field.name}`);
  // What a tag says of itself goes before a field of the address of the same name.
  for (const [key, list] of Object.entries(known))
    for (const name of list) if (!fields.some((f) => f.name === name)) names.set(name, key);
  names.set("name", "name");
  const head = (table[0] ?? []).map((cell) => names.get(cell.toLowerCase().replace(/^address\./, "")));
  const named = head.filter(Boolean).length >= Math.min(2, table[0]?.length ?? 0);
  const order = named ? head : ["name", ...columnsOf(type).map((f) => `address.${f.name}`), "type", "unit", "writable"];
  return (named ? table.slice(1) : table).map((cells) => {
    const row = emptyRow();
    let typed = false;
    cells.forEach((cell, i) => {
      const key = order[i];
      if (!key || !cell) return;
      if (key === "name" || key === "unit") row[key] = cell;
      else if (key === "writable") row.writable = yes.test(cell);
      else if (key === "type" && types.includes(cell.toLowerCase())) {
        row.type = cell.toLowerCase();
        typed = true;
      } else {
        const field = fields.find((f) => f.name === key.replace(/^address\./, ""));
        if (field) row.address[field.name] = fieldValue(field, cell);
      }
    });
    if (!typed) row.type = guess(row.address.type) ?? row.type;
    return row;
  });
}

/** The type of tag that fits a type of the device. */
function guess(device: unknown): string | undefined {
  const name = String(device ?? "").toLowerCase();
  if (/^(bool|bit|x)/.test(name)) return "bool";
  if (/^(u?int|s?int|d?int|ud?int|word|dword|byte|[su]\d)/.test(name)) return "int";
  if (/string|char/.test(name)) return "string";
}

/** The rows that have a name, as if they had been ticked. */
export const picksOf = (rows: readonly HandRow[]): Picked[] =>
  rows.flatMap((row, i) =>
    row.name.trim()
      ? [
          {
            node: {
              id: `hand\n${i}`,
              name: row.name.trim(),
              address: row.address,
              type: row.type,
              unit: row.unit || undefined,
              writable: row.writable || undefined,
            },
            trail: [],
          },
        ]
      : [],
  );
