import type { ConnectorType, Field } from "@lineside/client";
import { expect, test } from "vitest";
import { cellsOf, pasted, picksOf } from "./handrows";

const field = (name: string, kind: Field["kind"], more: Partial<Field> = {}): Field => ({
  name,
  kind,
  title: { en: name },
  ...more,
});
const modbus = {
  id: "modbus",
  address: [
    field("table", "enum", { options: [{ value: "holding", title: { en: "Holding register", zh: "保持寄存器" } }] }),
    field("address", "int", { title: { en: "Register", zh: "地址" } }),
    field("type", "enum"),
    field("factor", "float", { advanced: true }),
  ],
} as unknown as ConnectorType;
const s7 = { id: "s7", address: [field("address", "string")] } as unknown as ConnectorType;

test("cells by tab, semicolon or comma, in quotes too", () => {
  expect(cellsOf('a\tb\n"x\t1"\t2\n\n')).toEqual([
    ["a", "b"],
    ["x\t1", "2"],
  ]);
  expect(cellsOf('a;b\r\n"q""q";2')).toEqual([
    ["a", "b"],
    ['q"q', "2"],
  ]);
  expect(cellsOf("a,b")).toEqual([["a", "b"]]);
});

test("a table with names of columns, in any order and language", () => {
  expect(pasted("地址,名称,table,type,单位,可写,factor\n12,温度,保持寄存器,int16,°C,是,0.1", modbus)).toEqual([
    {
      name: "温度",
      type: "int",
      unit: "°C",
      writable: true,
      address: { address: 12, table: "holding", type: "int16", factor: 0.1 },
    },
  ]);
});

test("a table without names has the order of the page", () => {
  expect(pasted("Speed\tDB1.DBD4\tfloat\t1/min\nRun\tM0.1\tbool", s7)).toEqual([
    { name: "Speed", type: "float", unit: "1/min", writable: false, address: { address: "DB1.DBD4" } },
    { name: "Run", type: "bool", unit: "", writable: false, address: { address: "M0.1" } },
  ]);
});

test("rows without a name are none", () => {
  const rows = pasted("name,address\nSpeed,DB1.DBD4\n,DB1.DBD8", s7);
  expect(picksOf(rows).map((p) => p.node.name)).toEqual(["Speed"]);
});
