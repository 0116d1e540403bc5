// A host application of Sparkplug B that decodes with the npm package of Eclipse Tahu, which is not ours.
//
// node sparkplug_host.cjs <url>
//
// Every message on spBv1.0/# is printed as a line {"topic", "payload"}; 64-bit numbers are texts of
// digits. It prints "ready" when it listens. Lines on its input:
//
//   state <host> on|off [<ms>]    the retained state of a host application
//   send <topic> <JSON payload>   any payload
const path = require("node:path");
const readline = require("node:readline");
const modules = path.join(__dirname, "node", "node_modules");
const mqtt = require(path.join(modules, "mqtt"));
const { encodePayload, decodePayload } = require(path.join(modules, "sparkplug-payload")).get("spBv1.0");
const Long = require(path.join(modules, "sparkplug-payload", "node_modules", "long"));

const client = mqtt.connect(process.argv[2], { protocolVersion: 5 });
const plain = (_key, v) => {
  if (Long.isLong(v)) return v.toString();
  if (typeof v === "number" && !Number.isFinite(v)) return String(v);
  if (v?.type === "Buffer") return Buffer.from(v.data).toString("base64");
  return v;
};
client.on("connect", () => client.subscribe("spBv1.0/#", { qos: 1 }, () => console.log("ready")));
client.on("message", (topic, message) => {
  let payload;
  try {
    payload = topic.includes("/STATE/") ? JSON.parse(message.toString()) : decodePayload(message);
  } catch (err) {
    payload = { error: err.message };
  }
  console.log(JSON.stringify({ topic, payload }, plain));
});
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [command, first, ...rest] = line.split(" ");
  if (command === "state") client.publish(`spBv1.0/STATE/${first}`, JSON.stringify({ online: rest[0] === "on", timestamp: Number(rest[1] ?? Date.now()) }), { qos: 1, retain: true });
  if (command === "send") client.publish(first, Buffer.from(encodePayload(JSON.parse(rest.join(" ")))));
}).on("close", () => process.exit(0));
