// The logic of inputs apart from drawing: what was typed, what can be chosen, what is moved before it is set.
import { describe, expect, it, vi } from "vitest";
import { Adjust, stepOf } from "./adjust";
import { choicesOf, chosenOf } from "./choice";
import { Control } from "./control";
import { choicesIn, fieldsOf, readField } from "./form/fields";
import type { Shown } from "./kit";
import { dateText, readDate, readNumber, readText } from "./reading";
import { rangeIn } from "./time-range/view";
import type { Env } from "./view";

const env = (over: Partial<Env> = {}): Env => ({
  lang: "en",
  theme: "light",
  mode: "run",
  connected: true,
  name: "",
  title: "",
  memory: new Map(),
  actions: ["set"],
  t: () => "",
  meta: () => undefined,
  bound: () => true,
  emit: async () => undefined,
  enter: async () => undefined,
  local: {},
  setLocal: () => {},
  ...over,
});
const good = (v: unknown): Shown => ({ v, look: "good" });

describe("numbers that are typed or pasted", () => {
  const rules = { lang: "en" as const, unit: "°C", low: 0, high: 90, decimals: 1 };
  it.each([
    ["12.5", 12.5],
    ["12,5", 12.5],
    [" 12.5 °C ", 12.5],
    ["+7", 7],
    ["1e1", 10],
    [".5", 0.5],
  ])("%s is %s", (text, value) => expect(readNumber(text, rules)).toEqual({ value }));
  it.each(["", "abc", "1.2.3", "0x10", "NaN", "Infinity", "1e999", "12 34 56 °F"])("%s is none", (text) =>
    expect(readNumber(text, rules)).toEqual({ problem: "Enter a number." }),
  );
  it("says what is allowed, in both languages", () => {
    expect(readNumber("91", rules)).toEqual({ problem: "Allowed 0 °C to 90 °C." });
    expect(readNumber("-1", { lang: "zh", low: 0 })).toEqual({ problem: "不小于 0。" });
    expect(readNumber("1.5", { lang: "en", integer: true })).toEqual({ problem: "Enter a whole number." });
    expect(readNumber("0.3", { lang: "en", step: 0.1 })).toEqual({ value: 0.3 });
    expect(readNumber("0.35", { lang: "en", step: 0.1 })).toEqual({ problem: "Only steps of 0.1." });
    expect(readNumber("−5", { lang: "en" })).toEqual({ value: -5 });
    expect(readNumber("1,234.5", { lang: "en" })).toEqual({ value: 1234.5 });
  });
});

describe("texts and dates", () => {
  it("holds a text to its form", () => {
    const r = { lang: "en" as const, pattern: "[A-Z]{2}-\\d{4}", says: "Two letters, four digits." };
    expect(readText("AB-1234", r)).toEqual({ value: "AB-1234" });
    expect(readText("AB-12345", r)).toEqual({ problem: "Two letters, four digits." });
    expect(readText("x", { lang: "en", pattern: "(" })).toEqual({ value: "x" });
    expect(readText(" ", { lang: "zh", required: true })).toEqual({ problem: "请填写。" });
  });
  it.each([
    ["time", 30600, "08:30:00"],
    ["time", "08:30", "08:30"],
    ["time", "x", ""],
    ["date", "2026-11-22", "2026-11-22"],
    ["datetime", "nonsense", ""],
    ["datetime", {}, ""],
    ["datetime", 1e20, ""],
  ] as const)("%s %s is shown as %s", (kind, v, text) => expect(dateText(v, kind)).toBe(text));
  it("comes back as it went", () => {
    const t = new Date(2026, 10, 22, 8, 30, 15).getTime();
    expect(readDate(dateText(t, "datetime"), "datetime", "number", "en")).toEqual({ value: t });
    expect(readDate("08:30", "time", "number", "en")).toEqual({ value: 30600 });
    expect(readDate("", "date", "text", "en")).toHaveProperty("problem");
    expect(rangeIn({ from: 1, to: "1970-01-01T00:00:02Z" })).toEqual({ from: 1, to: 2000 });
    expect(rangeIn({ from: 1 })).toBeUndefined();
    expect(rangeIn("x")).toBeUndefined();
  });
});

describe("choices", () => {
  it("have the type of their tag", () => {
    const of = (type: "int" | "bool" | "string") =>
      choicesOf({ options: [{ value: "1", title: "One" }, "0", null, {}, 7] }, env({ meta: () => ({ type }) })).map(
        (c) => c.value,
      );
    expect(of("int")).toEqual([1, 0, 7]);
    expect(of("bool")).toEqual([true, false, 7]);
    expect(of("string")).toEqual(["1", "0", 7]);
    expect(choicesOf({ options: "<img onerror>" }, env())).toEqual([]);
    expect(choicesOf({}, env({ meta: () => ({ type: "bool" }) })).map((c) => c.title)).toEqual(["Off", "On"]);
  });
  it("know which is, and that a value may be none of them", () => {
    const choices = choicesOf({ options: ["0", "1", "2"] }, env());
    expect([good(1), good("2"), good(true), good(5), good(null), good("")].map((s) => chosenOf(choices, s))).toEqual([
      1, 2, 1, -1, -1, -1,
    ]);
    expect(chosenOf(choices, { v: 1, look: "bad" })).toBe(-1);
  });
});

describe("a number that is moved", () => {
  const make = (present: number | undefined, over: Partial<Env> = {}, every = 0) => {
    const sent: unknown[] = [];
    const e = env({
      emit: async (_n, v, s) => {
        s?.();
        sent.push(v);
        return { outcome: "good" };
      },
      ...over,
    });
    let now = present;
    const control = new Control(e, {}, () => {});
    const a = new Adjust({ low: 0, high: 10, step: 0.5, control, present: () => now, draw: () => {}, every });
    return {
      a,
      sent,
      control,
      is: (n: number) => {
        now = n;
      },
    };
  };
  it("keeps to its steps and its range", () => {
    const { a } = make(1);
    expect([a.near(0.26), a.near(3.3), a.near(99), a.near(-1)]).toEqual([0.5, 3.5, 10, 0]);
    expect([stepOf({}, 1, 0, 100), stepOf({}, undefined, 0, 100), stepOf({ step: 5 }, 1, 0, 1)]).toEqual([0.1, 1, 5]);
  });
  it("adds steps up and is set once, a moment later", async () => {
    vi.useFakeTimers();
    const { a, sent } = make(1);
    for (let i = 0; i < 4; i++) a.key("ArrowUp");
    expect(a.wanted).toBe(3);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(sent).toEqual([3]);
    expect(a.wanted).toBeUndefined();
    vi.useRealTimers();
  });
  it("goes back by Escape, and nothing is written", async () => {
    vi.useFakeTimers();
    const { a, sent } = make(1);
    a.key("End");
    expect(a.key("Escape")).toBe(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect(sent).toEqual([]);
    expect(a.key("Escape")).toBe(false);
    vi.useRealTimers();
  });
  it("does not move from what is not known", () => {
    const { a } = make(undefined);
    a.nudge(1);
    expect(a.wanted).toBeUndefined();
  });
  it("goes back when the write failed, and keeps what came meanwhile when it did not", async () => {
    let done: (r: { outcome: "good" | "failed"; message?: string }) => void = () => {};
    const { a, control } = make(1, {
      emit: (_n, _v, s) => {
        s?.();
        return new Promise((r) => {
          done = r;
        });
      },
    });
    a.move(5);
    const first = a.commit();
    expect(control.pending).toBe(true);
    done({ outcome: "failed", message: "interlock" });
    await first;
    expect(a.wanted).toBeUndefined();
    expect(control.result?.message).toBe("interlock");
  });
  it("writes a few times a second while it is moved, and the last of all", async () => {
    vi.useFakeTimers();
    const { a, sent } = make(1, {}, 250);
    for (let i = 2; i < 10; i++) {
      a.move(i);
      await vi.advanceTimersByTimeAsync(50);
    }
    await a.commit();
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.length).toBeLessThan(6);
    expect(sent.at(-1)).toBe(9);
    vi.useRealTimers();
  });
});

describe("forms", () => {
  it("take a list of fields, a JSON Schema or a text of either, and nothing else", () => {
    const schema = {
      type: "object",
      required: ["batch"],
      properties: {
        batch: { type: "string", title: "Batch", maxLength: 20 },
        amount: { type: "number", minimum: 1, maximum: 5 },
        when: { type: "string", format: "date-time" },
        kind: { enum: ["a", "b"] },
        odd: null,
      },
    };
    expect(fieldsOf(schema).map((f) => [f.name, f.kind, f.required])).toEqual([
      ["batch", "text", true],
      ["amount", "number", false],
      ["when", "datetime", false],
      ["kind", "choice", false],
    ]);
    expect(fieldsOf(JSON.stringify(schema)).length).toBe(4);
    for (const bad of [null, 7, "x", [1, null, {}], { properties: 3 }, [{ name: "__proto__" }]])
      expect(fieldsOf(bad)).toEqual([]);
    expect(fieldsOf(Array.from({ length: 500 }, (_, i) => ({ name: `f${i}` }))).length).toBe(60);
  });
  it("check what stands in them", () => {
    const [a, b, c] = fieldsOf([
      { name: "a", kind: "int", low: 1, high: 9, required: true },
      { name: "b", kind: "bool" },
      { name: "c", kind: "choice", choices: "x=Ex\ny" },
    ]) as [never, never, never];
    expect(readField(a, "", "en")).toEqual({ problem: "Fill this in." });
    expect(readField(a, "10", "en")).toEqual({ problem: "Allowed 1 to 9." });
    expect(readField(a, "3", "en")).toEqual({ value: 3 });
    expect(readField(b, "false", "en")).toEqual({ value: false });
    expect(readField(c, "", "en")).toEqual({ value: undefined });
    expect(choicesIn("x=Ex\ny, z")).toEqual([
      { value: "x", title: "Ex" },
      { value: "y", title: "y" },
      { value: "z", title: "z" },
    ]);
  });
});
