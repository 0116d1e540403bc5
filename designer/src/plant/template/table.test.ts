import { expect, test } from "vitest";
import { tableRows } from "./table";

test("rows by the names of columns or the titles of parameters", () => {
  const parameters = [{ id: "host", type: "string" as const, title: { en: "Host", zh: "主机" } }];
  expect(tableRows("line\t主机\t\nline1\t10.0.0.1\tx\nline2\t\n", parameters)).toEqual([
    { line: "line1", host: "10.0.0.1" },
    { line: "line2", host: "" },
  ]);
  expect(tableRows("", parameters)).toEqual([]);
});
