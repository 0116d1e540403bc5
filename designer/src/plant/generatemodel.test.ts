import type { Generated, ThingModel } from "@lineside/client";
import { describe, expect, it } from "vitest";
import { clashes, composed, firstAsset, keepRows, parametersOf, type Row, rowsOf } from "./generatemodel";

const made: Generated = {
  properties: [
    { id: "speed", type: "float", unit: "{rev}/min", device: "{device}", address: { node: "{node}.Speed" } },
    { id: "motor/current", type: "float", device: "{device}", address: { node: "{node}.Motor.Current" } },
    { id: "state", type: "int", device: "{device}", address: { node: "{node}.State" } },
  ],
  parameters: [
    { id: "device", type: "device", required: true, used: true },
    { id: "node", type: "string", required: true, used: true, field: "node" },
    { id: "base", type: "int", field: "node" },
  ],
  params: { device: "plc", node: "ns=2;s=Pump1" },
};

const rename = (rows: Row[], key: string, id: string) =>
  rows.map((r) => (r.key === key ? { ...r, property: { ...r.property, id } } : r));

describe("a model from what is there", () => {
  it("is new, with the parameters that it uses", () => {
    const rows = rename(rowsOf(made), "state", "status").map((r) => (r.key === "speed" ? { ...r, on: false } : r));
    const model = composed(undefined, "pump", "Pump", made, rows, []);
    expect(model).toEqual({
      id: "pump",
      name: { en: "Pump" },
      parameters: [
        { id: "device", type: "device", required: true },
        { id: "node", type: "string", required: true },
      ],
      properties: [
        { ...made.properties[1], unit: undefined },
        { ...made.properties[2], id: "status", unit: undefined },
      ],
    });
    expect(firstAsset("hall1/pump1", model, made)).toEqual({
      path: "hall1/pump1",
      model: "pump",
      params: { device: "plc", node: "ns=2;s=Pump1" },
    });
  });
  it("only adds to one that is there", () => {
    const into: ThingModel = {
      id: "pump",
      parameters: [{ id: "device", type: "device" }],
      properties: [{ id: "speed", type: "int" }],
    };
    const present = [
      { property: { id: "speed", type: "int" as const } },
      { property: { id: "state", type: "int" as const } },
    ];
    const rows = rowsOf(made);
    expect([...clashes(rows, present)]).toEqual([
      ["speed", "there"],
      ["state", "there"],
    ]);
    const model = composed(into, "x", "x", made, rows, present);
    expect(model.id).toBe("pump");
    expect(model.properties?.map((p) => p.id)).toEqual(["speed", "motor/current"]);
    expect(model.properties?.[0]?.type).toBe("int");
    expect(model.parameters?.map((p) => p.id)).toEqual(["device", "node"]);
    expect(model.parameters?.[1]).toMatchObject({ default: "ns=2;s=Pump1", required: undefined });
    expect(into.properties).toHaveLength(1);
  });
  it("takes no parameter twice that is inherited, and none that nothing names", () => {
    const plain: Generated = {
      ...made,
      properties: [{ id: "a", type: "int", device: "{device}", address: { node: "x" } }],
    };
    expect(composed(undefined, "m", "", plain, rowsOf(plain), []).parameters?.map((p) => p.id)).toEqual(["device"]);
    expect(composed(undefined, "m", "", plain, rowsOf(plain), [], [{ id: "device" }]).parameters).toBeUndefined();
    expect(parametersOf(made)).toHaveLength(2);
  });
  it("finds ids that are double or empty", () => {
    const rows = rename(rename(rowsOf(made), "state", "speed"), "motor/current", " ");
    expect(Object.fromEntries(clashes(rows, []))).toEqual({
      speed: "double",
      state: "double",
      "motor/current": "empty",
    });
    const off = rows.map((r) => (r.key === "state" ? { ...r, on: false } : r));
    expect(clashes(off, []).has("speed")).toBe(false);
  });
  it("keeps what was changed when the parameters are others", () => {
    const rows = rename(rowsOf(made), "state", "status").map((r) => (r.key === "speed" ? { ...r, on: false } : r));
    const again: Generated = {
      ...made,
      properties: made.properties.map((p) => ({ ...p, address: { node: "fixed" } })),
    };
    const kept = keepRows(rows, again);
    expect(kept.map((r) => [r.property.id, r.on])).toEqual([
      ["speed", false],
      ["motor/current", true],
      ["status", true],
    ]);
    expect(kept[2]?.property.address).toEqual({ node: "fixed" });
  });
});
