// A Snap7 S7 server (npm node-snap7) for tests: data blocks 1 (2048 bytes), 2 (65535) and 7 (10), 256 bytes each of
// M, I and Q, 32 timers and counters. Commands come by standard input, one a line, and are answered by one line each:
//   set <area> <byte> <hex>     get <area> <byte> <count>     areas: db1, db2, db7, m, i, q, t, c
//   lock <area>   holds the area from now on, so that the controller answers no more when it is asked for
//   unlock <area>
const { createRequire } = require("node:module");
const path = require("node:path");
const readline = require("node:readline");

const snap7 = createRequire(path.join(__dirname, "node", "package.json"))("node-snap7");
const server = new snap7.S7Server();

const sizes = { db1: 2048, db2: 65535, db7: 10, m: 256, i: 256, q: 256, t: 64, c: 64 };
const areas = { m: server.srvAreaMK, i: server.srvAreaPE, q: server.srvAreaPA, t: server.srvAreaTM, c: server.srvAreaCT };

/** The arguments that name an area to Snap7. */
function named(name) {
  return name.startsWith("db") ? [server.srvAreaDB, Number(name.slice(2))] : [areas[name]];
}

/** Throws when Snap7 says that it did not work. */
function must(what, ok) {
  if (ok === false) throw new Error(`${what}: ${server.ErrorText(server.LastError())}`);
  return ok;
}

for (const [name, size] of Object.entries(sizes)) must(`register ${name}`, server.RegisterArea(...named(name), Buffer.alloc(size)));
must("port", server.SetParam(server.LocalPort, Number(process.argv[2])));
must("start", server.StartTo("127.0.0.1"));
console.log("ready");

const commands = {
  // Never between LockArea and UnlockArea: SetArea locks the area too, and waits for itself for ever.
  set(area, at, hex) {
    const whole = server.GetArea(...named(area));
    Buffer.from(hex, "hex").copy(whole, Number(at));
    must("set", server.SetArea(...named(area), whole));
    return "done";
  },
  get(area, at, count) {
    const whole = server.GetArea(...named(area));
    return whole.subarray(Number(at), Number(at) + Number(count)).toString("hex");
  },
  lock: (area) => must("lock", server.LockArea(...named(area))),
  unlock: (area) => must("unlock", server.UnlockArea(...named(area))),
};

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [command, ...args] = line.split(" ");
  try {
    console.log(String(commands[command](...args)));
  } catch (error) {
    console.log(`error ${error.message}`);
  }
});
