// Many MQTT clients by npm mqtt, a client that is not ours.
//
// node mqtt_client.cjs <url> <clients> <filter> <user> <password>
//
// It prints "ready" when every client has its subscription and a retained message, then the
// number of messages that all have got, each time it is asked by a line on its input.
const path = require("node:path");
const mqtt = require(path.join(__dirname, "node", "node_modules", "mqtt"));

const [url, count, filter, username, password] = process.argv.slice(2);
let messages = 0;
let ready = 0;
for (let i = 0; i < Number(count); i++) {
  const client = mqtt.connect(url, { username, password, clientId: `many-${i}`, reconnectPeriod: 0, connectTimeout: 60_000, protocolVersion: i % 2 ? 4 : 5 });
  let seen = false;
  client.on("connect", () => client.subscribe(filter, (err) => err && console.log(`error subscribe ${err.message}`)));
  client.on("message", (_topic, _payload, packet) => {
    messages++;
    if (packet.retain && !seen) {
      seen = true;
      if (++ready === Number(count)) console.log("ready");
    }
  });
  client.on("error", (err) => console.log(`error ${err.message}`));
  client.on("close", () => console.log(`error client ${i} was disconnected`));
}
process.stdin.on("data", () => console.log(messages));
process.stdin.on("end", () => process.exit(0));
