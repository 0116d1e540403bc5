import { expect, test } from "vitest";
import { problemsFile } from "./problemsfile";

test("problems as CSV, without formulas", () => {
  const file = problemsFile(
    [
      { row: 3, cell: "low", ref: "F3", code: "value_type", message: '"1,5" is not a number.', hint: "Write a point." },
      { sheet: "tags", row: 0, code: "x", message: "=1+1", severity: "warning" },
    ],
    ["sheet", "row", "column", "cell", "severity", "problem", "hint", "code"],
    { warning: "warning", error: "error" },
  );
  expect(file).toBe(
    '\ufeffsheet,row,column,cell,severity,problem,hint,code\r\n,3,low,F3,error,"""1,5"" is not a number.",Write a point.,value_type\r\ntags,,,,warning,\'=1+1,,x\r\n',
  );
});
