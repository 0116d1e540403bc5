import type { Report, ReportBlock } from "@lineside/client";
import { expect, test } from "vitest";
import {
  begin,
  duplicate,
  edit,
  insert,
  move,
  newBlock,
  problemsAt,
  readState,
  redo,
  remove,
  undo,
  withText,
} from "./model";

const report = (title: string): Report => ({ format: 1, title: { en: title }, period: { kind: "day" }, blocks: [] });
const ids = (blocks: ReportBlock[]) => blocks.map((b) => b.id).join(" ");
const three = ["a", "b", "c"].map((id): ReportBlock => ({ id, kind: "break" }));

test("steps back and forth, one for each field", () => {
  let t = begin(report("1"));
  t = edit(t, report("2"), "/title");
  t = edit(t, report("3"), "/title");
  t = edit(t, report("4"), "/page");
  expect(t.past).toHaveLength(2);
  t = undo(t);
  expect(t.present.title.en).toBe("3");
  t = undo(t);
  expect(t.present.title.en).toBe("1");
  expect(undo(t)).toBe(t);
  t = redo(redo(t));
  expect(t.present.title.en).toBe("4");
  t = edit(undo(t), report("5"), "/title");
  expect(t.future).toHaveLength(0);
  // After a step back a new edit of the same field is a step of its own.
  expect(undo(t).present.title.en).toBe("3");
});

test("blocks are put in, moved, doubled and taken away", () => {
  expect(ids(insert(three, newBlock("text", three), 0)[0])).toBe("a b4 b c");
  expect(ids(move(three, 0, 1)[0])).toBe("b a c");
  expect(move(three, 0, -1)).toEqual([three, 0]);
  expect(move(three, 2, 1)).toEqual([three, 2]);
  const [doubled, at] = duplicate(three, 1);
  expect(ids(doubled)).toBe("a b b4 c");
  expect(at).toBe(2);
  expect(remove(three, 2)[1]).toBe(1);
  expect(remove([three[0] as ReportBlock], 0)).toEqual([[], -1]);
  for (const kind of ["text", "tiles", "table", "trend", "alarms", "stops", "picture", "break"] as const)
    expect(newBlock(kind, three).kind).toBe(kind);
});

test("texts and states are left out when they are empty", () => {
  expect(withText({ en: "x" }, "en", "")).toBeUndefined();
  expect(withText({ en: "x" }, "zh", "y")).toEqual({ en: "x", zh: "y" });
  expect([readState("3"), readState("true"), readState("run"), readState(" ")]).toEqual([3, true, "run", undefined]);
});

test("problems are found by their place", () => {
  const p = (at: string) => ({ code: "x", message: "", at });
  expect(problemsAt([p("/blocks/1/text"), p("/blocks/10"), p("/title")], "/blocks/1")).toHaveLength(1);
});
