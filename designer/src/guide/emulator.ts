// The small plant that the guided app is drawn for: one simulated device with a tank and a pump.
import { request } from "@lineside/client";

/** The tags of the emulated plant. */
export const tags = {
  level: "guide/tank/level",
  speed: "guide/pump/speed",
  setpoint: "guide/pump/setpoint",
  running: "guide/pump/running",
} as const;

const device = "guide";

const plant = {
  areas: [
    { path: "guide", level: "site", title: { en: "Guided app", zh: "入门应用" } },
    { path: "guide/tank", level: "unit", title: { en: "Tank", zh: "水箱" } },
    { path: "guide/pump", level: "unit", title: { en: "Pump", zh: "水泵" } },
  ],
  devices: [
    {
      id: device,
      name: "Guided app (simulated)",
      connector: "simulator",
      scans: [{ id: "fast", interval: "500ms" }],
      settings: { seed: 11 },
    },
  ],
  tags: [
    {
      path: tags.level,
      type: "float",
      title: { en: "Tank level", zh: "水箱液位" },
      unit: "%",
      range: { low: 0, high: 100 },
      normal: { low: 30, high: 80 },
      decimals: 1,
      device,
      scan: "fast",
      address: { kind: "sine", low: 25, high: 85, period: "60s" },
    },
    {
      path: tags.setpoint,
      type: "float",
      title: { en: "Speed setpoint", zh: "转速设定" },
      unit: "1/min",
      range: { low: 0, high: 1500 },
      decimals: 0,
      device,
      scan: "fast",
      address: { kind: "setpoint", name: "speed", initial: 900 },
      write: { low: 300, high: 1450, confirm: "ask" },
    },
    {
      path: tags.speed,
      type: "float",
      title: { en: "Pump speed", zh: "水泵转速" },
      unit: "1/min",
      range: { low: 0, high: 1500 },
      normal: { low: 600, high: 1400 },
      decimals: 0,
      device,
      scan: "fast",
      address: { kind: "follow", setpoint: "speed", lag: "3s", initial: 900 },
    },
    {
      path: tags.running,
      type: "bool",
      title: { en: "Pump running", zh: "水泵运行" },
      device,
      scan: "fast",
      address: { kind: "setpoint", name: "running", initial: true },
      write: { confirm: "ask" },
    },
  ],
};

/** Adds the emulated plant, or puts it right, and an empty app beside those of `taken`; answers the app's id. */
export async function beginGuide(taken: readonly string[]): Promise<string> {
  await request("PATCH", "/plant", { put: plant });
  let id = "first-app";
  for (let n = 2; taken.includes(id); n++) id = `first-app-${n}`;
  await request("POST", "/apps", { id, name: { en: "My first app", zh: "我的第一个应用" } });
  return id;
}
