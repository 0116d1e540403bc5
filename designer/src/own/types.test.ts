import { expect, test } from "vitest";
import { completionsAt, readTypes } from "./types";

const declarations = `// What a script of a widget sees and may define.

/** The settings of the widget by name; null while a value is not known. */
interface Settings {
  speed: number | null;
  name: string | null;
}
type Outputs = "angle" | "label";
type Events = "pressed";
type Writable = never;

/** One widget on an open screen. */
interface Me {
  /** Sets what is shown. */
  set(name: Outputs, value: string | number | boolean | null): void;
  /** Writes a line. */
  log(...what: any[]): void;
  [property: string]: any;
}

/** Called once. */
declare function init(me: Me, settings: Settings): void;
/** Called when a value has changed. */
declare function data(me: Me, name: keyof Settings & string, value: any, good: boolean): void;
`;

test("reads what the server declares", () => {
  const types = readTypes(declarations);
  expect(types.functions.map((f) => f.name)).toEqual(["init", "data"]);
  expect(types.methods.map((m) => [m.name, m.text])).toEqual([
    ["set", "Sets what is shown."],
    ["log", "Writes a line."],
  ]);
  expect(types.settings).toEqual([
    { name: "speed", type: "number | null" },
    { name: "name", type: "string | null" },
  ]);
  expect(types.outputs).toEqual(["angle", "label"]);
  expect(types.writable).toEqual([]);
  expect(readTypes("").methods).toEqual([]);
});

test("offers what fits at a place, and nothing in comments and other texts", () => {
  const types = readTypes(declarations);
  const at = (line: string) => completionsAt(types, line)?.options.map((o) => o.label);
  expect(at('  me.set("an')).toEqual(["angle", "label"]);
  expect(at("  me.emit('")).toEqual(["pressed"]);
  expect(at("  me.")).toEqual(["set", "log"]);
  expect(at("  if (settings.s")).toEqual(["speed", "name"]);
  expect(at('  if (name === "')).toEqual(["speed", "name", "pressed"]);
  expect(at("  // me.")).toBeUndefined();
  expect(at('  const x = "me.')).toBeUndefined();
  expect(at("da")?.slice(0, 2)).toEqual(["init", "data"]);
  expect(at("  da")).not.toContain("data");
  const made = completionsAt(types, "da")?.options.find((o) => o.label === "data")?.apply;
  expect(made).toBe("function data(me, name, value, good) {\n  \n}");
  expect(completionsAt(types, "  me.se")?.from).toBe(5);
});
