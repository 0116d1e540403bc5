import type { Device, Field, PlantTag } from "@lineside/client";
import { expect, test } from "vitest";
import { commonArea, hostOf, parameterId, settingsOf, templateFrom } from "./template";

const fields: Field[] = [
  { name: "host", kind: "string", title: { en: "Host" } },
  { name: "port", kind: "int", title: { en: "Port" } },
  { name: "password", kind: "secret", title: { en: "Password" } },
];
const device: Device = {
  id: "plc1",
  name: "PLC 1",
  connector: "modbus",
  settings: { host: "10.0.0.1", port: 502, password: "secret:1", list: [1] },
  scans: [{ id: "default", interval: "1s" }],
};
const tags: PlantTag[] = [
  { path: "hall1/pump1/speed", type: "float", device: "plc1", address: { address: 1 }, unit: "1/min" },
  { path: "hall1/pump1/motor/current", type: "float", device: "plc1", address: { address: 2 } },
];

test("the levels that paths have in common", () => {
  expect(commonArea(tags.map((t) => t.path))).toBe("hall1/pump1");
  expect(commonArea(["a/b", "c/d"])).toBe("");
  expect(commonArea(["a/b/c"])).toBe("a/b");
  expect(commonArea([])).toBe("");
});

test("what can become a parameter", () => {
  expect(settingsOf(device, fields).map((s) => s.name)).toEqual(["host", "port"]);
  expect(["host", "path", "name", "1x", "日"].map(parameterId)).toEqual([
    "host",
    "the_path",
    "the_name",
    "x",
    "the_value",
  ]);
  expect(hostOf("opc.tcp://10.0.0.1:4840/UA")).toEqual({ host: "10.0.0.1", template: "opc.tcp://{host}:4840/UA" });
  expect(hostOf("10.0.0.1")).toBeUndefined();
});

test("a device with its tags becomes a model that brings it along", () => {
  expect(templateFrom("pump", device, tags, fields, new Set(["host"]))).toEqual({
    id: "pump",
    name: { en: "PLC 1" },
    parameters: [
      { id: "device", type: "device", title: { en: "Device", zh: "设备" } },
      { id: "host", type: "string", title: { en: "Host" }, default: "10.0.0.1" },
    ],
    properties: [
      { id: "speed", type: "float", device: "{device}", address: { address: 1 }, unit: "1/min" },
      { id: "motor/current", type: "float", device: "{device}", address: { address: 2 } },
    ],
    device: {
      parameter: "device",
      connector: "modbus",
      settings: { host: "{host}", port: 502, password: "secret:1", list: [1] },
      scans: [{ id: "default", interval: "1s" }],
      timeout: undefined,
    },
  });
});

test("tags that have nothing in common keep their paths; the host of a url is what differs", () => {
  const server: Device = { id: "s", connector: "opcua", settings: { url: "opc.tcp://a:4840" } };
  const model = templateFrom("m", server, [{ ...tags[0], path: "x", device: "s" } as PlantTag], [], new Set(["url"]));
  expect(model.properties?.[0]).toMatchObject({ id: "x", device: "{device}" });
  expect(model.device?.settings).toEqual({ url: "opc.tcp://{host}:4840" });
  expect(model.parameters?.[1]).toMatchObject({ id: "host", default: "a" });
});
