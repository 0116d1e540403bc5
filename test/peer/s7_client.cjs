// Reads variables by npm nodes7, an S7 client that is not ours, and prints them as one line of JSON:
//   node s7_client.cjs <port> <rack> <slot> <variable>…     variables as nodes7 writes them: DB1,INT4
const { createRequire } = require("node:module");
const path = require("node:path");

const NodeS7 = createRequire(path.join(__dirname, "node", "package.json"))("nodes7");
const [port, rack, slot, ...variables] = process.argv.slice(2);

const client = new NodeS7({ silent: true });
client.initiateConnection({ host: "127.0.0.1", port: Number(port), rack: Number(rack), slot: Number(slot) }, (failed) => {
  if (failed) {
    console.log(`error ${failed.message ?? failed}`);
    process.exit(1);
  }
  client.addItems(variables);
  client.readAllItems((bad, values) => {
    console.log(bad ? `error ${JSON.stringify(values)}` : JSON.stringify(values));
    client.dropConnection(() => process.exit(0));
  });
});
