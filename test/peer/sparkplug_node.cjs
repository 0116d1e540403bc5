// A Sparkplug B edge node with one device, by the npm packages of Eclipse Tahu, which are not ours.
//
// node sparkplug_node.cjs <url> <group> <node> [<client id>]
//
// It begins with the metrics below and takes commands as lines on its input, each answered by a line:
//
//   set <device or -> <metric> <JSON>       a new value, reported by DATA
//   add <device or -> <JSON metric>         one more metric, from the next birth on
//   birth                                   all births again
//   death <device>                          DDEATH
//   raw <topic> <JSON payload>              any payload at all
//   count                                   how many commands to be born again came
//   echo on|off                             whether commands are carried out (on at first)
//
// "ready" is printed with each birth. 64-bit numbers are texts of digits.
const path = require("node:path");
const readline = require("node:readline");
const modules = path.join(__dirname, "node", "node_modules");
const sparkplug = require(path.join(modules, "sparkplug-client"));
const { encodePayload } = require(path.join(modules, "sparkplug-payload")).get("spBv1.0");
const Long = require(path.join(modules, "sparkplug-payload", "node_modules", "long"));

const [url, group, node, clientId = `peer-${process.pid}`] = process.argv.slice(2);
const wide = new Set(["Int64", "UInt64", "DateTime"]);

function revive(type, value) {
  if (value === null || value === undefined) return null;
  if (wide.has(type)) return Long.fromString(String(value), type !== "Int64");
  if (type === "Bytes" || type === "File") return Buffer.from(value, "base64");
  if (type === "Float" || type === "Double") return Number(value);
  if (type === "Template") return { ...value, metrics: value.metrics?.map((m) => ({ ...m, value: revive(m.type, m.value) })) };
  if (type === "DataSet") return { ...value, rows: value.rows.map((r) => r.map((v, i) => revive(value.types[i], v))) };
  return value;
}

const motor = (speed, on, name) => ({
  templateRef: "Motor", isDefinition: false,
  metrics: [{ name: "speed", type: "Double", value: speed }, { name: "drive/on", type: "Boolean", value: on }, { name: "名称", type: "String", value: name }],
});

// Metrics of the node (first) and of the device "press" by their names, with aliases.
const units = { "-": new Map(), press: new Map() };
let alias = 0;
function define(unit, metric) {
  if (!units[unit]) units[unit] = new Map();
  units[unit].set(metric.name, { alias: ++alias, ...metric, value: revive(metric.type, metric.value) });
}
define("-", { name: "Node Control/Rebirth", type: "Boolean", value: false });
define("-", { name: "live", type: "Int32", value: 0 });
define("-", { name: "Motor", type: "Template", value: { isDefinition: true, metrics: [{ name: "speed", type: "Double", value: 0, properties: { engUnit: { type: "String", value: "1/min" } } }, { name: "drive/on", type: "Boolean", value: false }, { name: "名称", type: "String", value: "" }] } });
for (const [type, value] of Object.entries({ Int8: -1, Int16: -1, Int32: -1, Int64: "-1", UInt8: 1, UInt16: 1, UInt32: 1, UInt64: "1", Float: 1.5, Double: 1.5, Boolean: false, String: "a", DateTime: "1700000000000", Text: "b", UUID: "8d9d4b1c-5f5c-4f0e-a2a9-1a2b3c4d5e6f", Bytes: "AQID", File: "BAUG" })) {
  define("press", { name: `types/${type}`, type, value });
}
define("press", { name: "more/UInt64", type: "UInt64", value: "1" });
define("press", { name: "more/Double", type: "Double", value: 1 });
define("press", { name: "more/DateTime", type: "DateTime", value: "1" });
define("press", { name: "more/motor", type: "Template", value: motor(1, true, "二号") });
define("press", { name: "温度/入口", type: "Double", value: 21.5, properties: { engUnit: { type: "String", value: "°C" }, engLow: { type: "Double", value: -20 }, engHigh: { type: "Double", value: 150 } } });
define("press", { name: "empty", type: "Double", value: null });
define("press", { name: "read only", type: "Int32", value: 7, properties: { readOnly: { type: "Boolean", value: true } } });
define("press", { name: "doubtful", type: "Int32", value: 8, properties: { Quality: { type: "Int32", value: 0 } } });
define("press", { name: "recipe", type: "DataSet", value: { numOfColumns: 3, columns: ["step", "speed", "name"], types: ["Int32", "Double", "String"], rows: [[1, 1.5, "开始"], [2, 2.5, "end"]] } });
define("press", { name: "table", type: "DataSet", value: { numOfColumns: 2, columns: ["n", "x"], types: ["Int64", "Double"], rows: [["1", 0.5]] } });
define("press", { name: "motor", type: "Template", value: motor(1450, true, "一号") });

const client = sparkplug.newClient({ serverUrl: url, username: "", password: "", groupId: group, edgeNode: node, clientId, publishDeath: true, version: "spBv1.0", keepalive: 2, mqttOptions: { reconnectPeriod: 200 } });
let echo = true;
let rebirths = 0;
let born = false;

const body = (unit, names) => ({
  timestamp: Date.now(),
  metrics: [...units[unit].values()].filter((m) => !names || names.includes(m.name)).map((m) => (names ? { alias: m.alias, type: m.type, value: m.value, timestamp: Date.now() } : { ...m, timestamp: Date.now() })),
});
function birth() {
  client.publishNodeBirth(body("-"));
  for (const unit of Object.keys(units)) if (unit !== "-") client.publishDeviceBirth(unit, body(unit));
  born = true;
  console.log("ready");
}
function report(unit, name) {
  if (!client.connected || !born) return;
  if (unit === "-") client.publishNodeData(body(unit, [name]));
  else client.publishDeviceData(unit, body(unit, [name]));
}
function obey(unit, payload) {
  for (const c of payload.metrics ?? []) {
    if (unit === "-" && c.name === "Node Control/Rebirth") {
      rebirths++;
      birth();
      continue;
    }
    const m = [...(units[unit]?.values() ?? [])].find((m) => (c.alias !== undefined && c.alias !== null ? Number(c.alias) === m.alias : c.name === m.name));
    if (!m) continue;
    if (m.name === "Node Control/Rebirth") {
      rebirths++;
      birth();
      continue;
    }
    if (!echo) continue;
    if (m.type === "Template") for (const part of c.value.metrics) m.value.metrics.find((x) => x.name === part.name).value = part.value;
    else m.value = c.value;
    report(unit, m.name);
  }
}
client.on("birth", birth);
client.on("close", () => (born = false));
client.on("ncmd", (payload) => obey("-", payload));
client.on("dcmd", (unit, payload) => obey(unit, payload));
client.on("error", (err) => console.log(`error ${err.message}`));

const words = (line, n) => {
  const parts = [];
  for (let i = 0; i < n - 1; i++) {
    const quoted = line.match(/^"([^"]*)" ?/);
    const plain = quoted ?? line.match(/^(\S+) ?/);
    parts.push(plain[1]);
    line = line.slice(plain[0].length);
  }
  return [...parts, line];
};
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [command] = line.split(" ");
  try {
    if (command === "set") {
      const [, unit, name, json] = words(line, 4);
      const m = units[unit].get(name);
      m.value = revive(m.type, JSON.parse(json));
      report(unit, name);
    } else if (command === "add") {
      const [, unit, json] = words(line, 3);
      const m = JSON.parse(json);
      if (Array.isArray(m)) for (const one of m) define(unit, one);
      else define(unit, m);
    } else if (command === "birth") birth();
    else if (command === "death") client.publishDeviceDeath(words(line, 2)[1], { timestamp: Date.now() });
    else if (command === "raw") {
      const [, topic, json] = words(line, 3);
      client.client.publish(topic, Buffer.from(encodePayload(JSON.parse(json))));
    } else if (command === "count") return console.log(String(rebirths));
    else if (command === "echo") echo = words(line, 2)[1] === "on";
    else throw new Error(`no command ${command}`);
    console.log("ok");
  } catch (err) {
    console.log(`error ${err.message}`);
  }
}).on("close", () => process.exit(0));
