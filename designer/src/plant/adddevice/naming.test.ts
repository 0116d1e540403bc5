import { expect, test } from "vitest";
import {
  defaultTemplate,
  type NameRule,
  namesOf,
  type Picked,
  parseTemplate,
  pathProblem,
  plain,
  settle,
} from "./naming";

const pick = (name: string, trail: string[] = [], more: object = {}): Picked => ({
  node: { id: [...trail, name].join("\n"), name, ...more },
  trail,
});

const rule = (more: Partial<NameRule> = {}): NameRule => ({
  template: defaultTemplate,
  area: "hall1",
  device: "plc",
  plain: false,
  find: "",
  replace: "",
  regex: false,
  ...more,
});

test.each<[string, Picked, Partial<NameRule>, string]>([
  ["the default", pick("FlowRate", ["Pump 1"]), {}, "hall1/plc/Pump 1/FlowRate"],
  ["an empty area leaves no level", pick("x"), { area: "" }, "plc/x"],
  ["an area of several levels", pick("x"), { area: "site/hall 1" }, "site/hall 1/plc/x"],
  ["snake", pick("FlowRate2 PV"), { template: "{name|snake}" }, "flow_rate2_pv"],
  ["kebab", pick("HTTPServer"), { template: "{name|kebab}" }, "http-server"],
  ["camel", pick("flow rate pv"), { template: "{name|camel}" }, "flowRatePv"],
  ["filters one after the other", pick("Flow Rate"), { template: "{name|snake|upper}" }, "FLOW_RATE"],
  ["levels", pick("x", ["a", "b", "c"]), { template: "{path1}/{path-1}/{path-2}/{name}" }, "a/c/b/x"],
  ["a level that is not there", pick("x", ["a"]), { template: "{path3}/{name}" }, "x"],
  ["a number with zeros", pick("x"), { template: "t{n:03}" }, "t001"],
  [
    "the address",
    pick("x", [], { address: { table: "holding", address: 12 } }),
    { template: "{address}" },
    "holding.12",
  ],
  ["the title", pick("x", [], { title: "Flow" }), { template: "{title}" }, "Flow"],
  ["signs that a path cannot have", pick('a*b#"c"'), { template: "{name}" }, "a_b_c_"],
  ["a slash in a name makes no level", pick("a/b", ["c/d"]), { template: "{path}/{name}" }, "c_d/a_b"],
  ["Chinese stays", pick("温度", ["一号线"]), {}, "hall1/plc/一号线/温度"],
  ["Chinese becomes numbers", pick("温度", ["一号线"]), { plain: true }, "hall1/plc/tag001"],
  ["accents go", pick("Füllstand °C"), { plain: true }, "hall1/plc/Fullstand_C"],
  ["find and replace", pick("PV_Flow"), { find: "PV_", replace: "" }, "hall1/plc/Flow"],
  ["find and replace as written", pick("a.b"), { find: ".", replace: "$&" }, "hall1/plc/a_b"],
  [
    "by regular expression",
    pick("DB10_Flow"),
    { find: "DB(\\d+)_(\\w+)", replace: "$2/$1", regex: true },
    "hall1/plc/Flow/10",
  ],
])("%s", (_, picked, more, want) => {
  expect(namesOf([picked], rule(more))).toEqual([want]);
});

test.each([
  ["{area}/{nam}", "token", "nam"],
  ["{name|shout}", "filter", "shout"],
  ["{name", "brace", "{"],
  ["name}", "brace", "}"],
  ["{area}/x", "empty", ""],
])("a template that cannot be used: %s", (template, kind, text) => {
  expect(parseTemplate(template)).toEqual({ field: "template", kind, text });
});

test("an expression that cannot be used", () => {
  expect(namesOf([pick("x")], rule({ find: "(", regex: true }))).toMatchObject({ field: "find", kind: "regex" });
});

test("what can be a path", () => {
  expect(pathProblem("a/b 1/温度")).toBeUndefined();
  expect(
    ["", "a//b", "a/ b", "a/..", "a*", "system/x", `a/${"x".repeat(129)}`, Array(17).fill("a").join("/")].map(
      pathProblem,
    ),
  ).toEqual(["empty", "level", "level", "level", "sign", "reserved", "long", "deep"]);
});

test("plain letters", () => {
  expect(["Ä b", "温度", "a-b_c", "__x__"].map(plain)).toEqual(["A_b", "", "a-b_c", "x"]);
});

test("collisions are marked, numbered, skipped or replaced", () => {
  const picked = ["a", "a", "b", "c", "d"].map((name, i) => ({ ...pick(name), node: { id: String(i), name } }));
  const paths = picked.map((p) => p.node.name);
  const taken = new Map<string, { device?: string; asset?: string }>([
    ["b", { device: "plc" }],
    ["c", { asset: "line1/pump" }],
  ]);
  const show = (whenTaken: "stop" | "skip" | "number" | "replace", numberDoubles: boolean) =>
    settle(picked, paths, new Map([["4", "own"]]), taken, { whenTaken, numberDoubles }).map(
      (n) => n.path + (n.double ? " double" : "") + (n.taken ? " taken" : "") + (n.skipped ? " skipped" : ""),
    );
  expect(show("stop", false)).toEqual(["a", "a double", "b taken", "c taken", "own"]);
  expect(show("skip", true)).toEqual(["a", "a_2", "b skipped", "c skipped", "own"]);
  expect(show("number", true)).toEqual(["a", "a_2", "b_2", "c_2", "own"]);
  // The property of an asset cannot be replaced by a tag.
  expect(show("replace", true)).toEqual(["a", "a_2", "b", "c taken", "own"]);
});
