// An OPC UA server by node-opcua (npm, below node/) that a test controls.
//
//   node opcua_server.mjs --port 48400 --pki DIR [--shift 2] [--anonymous no] [--strict yes]
//                         [--many 10000] [--change 1000] [--certificate expired|host] [--none no]
//
// Prints "ready PORT" when it listens on 127.0.0.1, then answers one line of standard input with one
// line of standard output and ends when standard input ends:
//
//   set <name> <JSON>     -> ok     value of a variable of the folder Test
//   get <name>            -> <JSON>
//   status <name> <code>  -> ok     makes the variable bad: BadSensorFailure …; Good ends it
//   stamp <name> <ms> <v> -> ok     value of a variable with a source time
//   sessions              -> <number of sessions>
//   silence               -> ok     subscriptions end without a word; sessions go on
//   calls                 -> <number of method calls so far>
//   appear <name> <n>     -> ok     adds the Double variable <name>
//
// Namespace urn:lineside:test, after as many others as --shift says. Users: operator / s3cret.
// Certificates of clients are taken unless --strict; those of users in pki/user.
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(path.join(here, "node", "package.json"));
const ua = require("node-opcua");

const { values: options } = parseArgs({
  options: {
    port: { type: "string" },
    pki: { type: "string" },
    shift: { type: "string", default: "0" },
    anonymous: { type: "string", default: "yes" },
    strict: { type: "string", default: "no" },
    none: { type: "string", default: "yes" },
    many: { type: "string", default: "0" },
    change: { type: "string", default: "0" },
    limit: { type: "string", default: "0" },
    certificate: { type: "string", default: "" },
  },
});
const port = Number(options.port);
const { DataType, VariantArrayType, StatusCodes, Variant } = ua;

const clients = new ua.OPCUACertificateManager({ automaticallyAcceptUnknownCertificate: options.strict !== "yes", rootFolder: path.join(options.pki, "pki") });
await clients.initialize();
const users = new ua.OPCUACertificateManager({ automaticallyAcceptUnknownCertificate: true, rootFolder: path.join(options.pki, "user") });
await users.initialize();

const files = {};
if (options.certificate) {
  const uri = "urn:lineside-test-peer";
  const long = options.certificate === "expired";
  files.certificateFile = path.join(options.pki, `${options.certificate}.pem`);
  await clients.createSelfSignedCertificate({
    applicationUri: uri,
    dns: options.certificate === "host" ? ["elsewhere.example"] : ["localhost"],
    ip: options.certificate === "host" ? [] : ["127.0.0.1"],
    startDate: new Date(Date.now() - (long ? 800 : 1) * 86400e3),
    validity: long ? 400 : 365,
    subject: "/CN=Spoiled",
    outputFile: files.certificateFile,
  });
  files.privateKeyFile = clients.privateKey;
  files.serverInfo = { applicationUri: uri };
}

const server = new ua.OPCUAServer({
  port,
  host: "127.0.0.1",
  hostname: "127.0.0.1",
  alternateHostname: ["127.0.0.1", "localhost"],
  resourcePath: "/UA/test",
  nodeset_filename: [ua.nodesets.standard],
  serverCertificateManager: clients,
  userCertificateManager: users,
  allowAnonymous: options.anonymous === "yes",
  disableDiscovery: false,
  registerServerMethod: ua.RegisterServerMethod.HIDDEN,
  userManager: { isValidUser: (name, password) => name === "operator" && password === "s3cret" },
  securityModes: options.none === "yes" ? undefined : [ua.MessageSecurityMode.Sign, ua.MessageSecurityMode.SignAndEncrypt],
  serverCapabilities: {
    maxSessions: 50,
    maxMonitoredItems: 100000,
    maxMonitoredItemsPerSubscription: 100000,
    operationLimits: options.limit === "0" ? { maxNodesPerRead: 2000, maxNodesPerBrowse: 2000, maxMonitoredItemsPerCall: 5000 }
      : { maxNodesPerRead: Number(options.limit), maxNodesPerBrowse: Number(options.limit), maxMonitoredItemsPerCall: Number(options.limit), maxNodesPerWrite: Number(options.limit) },
  },
  ...files,
});
await server.initialize();

const space = server.engine.addressSpace;
for (let i = 0; i < Number(options.shift); i++) space.registerNamespace(`urn:lineside:other:${i}`);
const ns = space.registerNamespace("urn:lineside:test");
const folder = ns.addFolder("ObjectsFolder", { browseName: "Test", nodeId: "s=Test" });

const variables = new Map();
const add = (name, dataType, value, more = {}) => {
  const { arrayType, dimensions, ...rest } = more;
  const variable = ns.addVariable({
    organizedBy: folder, browseName: name, nodeId: `s=${name}`, dataType, minimumSamplingInterval: 10,
    valueRank: arrayType === VariantArrayType.Matrix ? dimensions.length : arrayType ? 1 : -1,
    arrayDimensions: arrayType === VariantArrayType.Matrix ? dimensions : undefined,
    ...rest,
  });
  variable.setValueFromSource(new Variant({ dataType, value, arrayType: arrayType ?? VariantArrayType.Scalar, dimensions }));
  variables.set(name, { variable, dataType, arrayType, dimensions });
  return variable;
};

add("live", "Int32", 0);
add("bool", "Boolean", false);
add("sbyte", "SByte", 0);
add("byte", "Byte", 0);
add("int16", "Int16", 0);
add("uint16", "UInt16", 0);
add("int32", "Int32", 0);
add("uint32", "UInt32", 0);
add("int64", "Int64", [0, 0]);
add("uint64", "UInt64", [0, 0]);
add("huge", "UInt64", [0xffffffff, 0xfffffffe]);
add("float", "Float", 0);
add("double", "Double", 0);
add("nan", "Double", Number.NaN);
add("string", "String", "");
add("chinese", "String", "水泵 1 号");
add("datetime", "DateTime", new Date(0));
add("bytes", "ByteString", Buffer.alloc(0));
add("localized", "LocalizedText", new ua.LocalizedText({ text: "阀门" }));
add("qualified", "QualifiedName", new ua.QualifiedName({ name: "x" }));
add("guid", "Guid", "72962B91-FA75-4AE6-8D28-B404DC7DAF63");
add("nodeid", "NodeId", ua.resolveNodeId("i=2258"));
add("readonly", "Double", 7.5, { accessLevel: "CurrentRead", userAccessLevel: "CurrentRead" });
add("doubles", "Double", new Float64Array([1, 2.5, Number.NaN]), { arrayType: VariantArrayType.Array });
add("strings", "String", ["a", "", "水"], { arrayType: VariantArrayType.Array });
add("ints", "Int32", new Int32Array([1, 2, 3]), { arrayType: VariantArrayType.Array });
add("matrix", "Double", new Float64Array([1, 2, 3, 4, 5, 6]), { arrayType: VariantArrayType.Matrix, dimensions: [2, 3] });
add("empty", "Double", new Float64Array([]), { arrayType: VariantArrayType.Array });
add("long", "String", "水".repeat(100000));

const level = ns.addAnalogDataItem({
  organizedBy: folder, browseName: "level", nodeId: "s=level", dataType: "Double", minimumSamplingInterval: 10,
  engineeringUnits: ua.standardUnits.metre, engineeringUnitsRange: { low: 0, high: 12 }, instrumentRange: { low: -1, high: 20 },
});
level.setValueFromSource({ dataType: "Double", value: 3.5 });
variables.set("level", { variable: level, dataType: "Double" });

// A loop in the address space: A → B → A.
const a = ns.addFolder(folder, { browseName: "A", nodeId: "s=A" });
const b = ns.addFolder(a, { browseName: "B", nodeId: "s=B" });
b.addReference({ referenceType: "Organizes", nodeId: a, isForward: true });

let calls = 0;
const machine = ns.addObject({ organizedBy: folder, browseName: "Machine", nodeId: "s=Machine" });
const method = (name, inputs, outputs, work) => {
  const m = ns.addMethod(machine, {
    browseName: name, nodeId: `s=${name}`,
    inputArguments: inputs.map((dataType, i) => ({ name: `in${i}`, dataType: DataType[dataType] })),
    outputArguments: outputs.map((dataType, i) => ({ name: `out${i}`, dataType: DataType[dataType] })),
  });
  m.bindMethod((args, _context, done) => {
    calls++;
    done(null, { statusCode: StatusCodes.Good, outputArguments: work(args.map((x) => x.value)).map((value, i) => new Variant({ dataType: DataType[outputs[i]], value })) });
  });
};
method("start", [], [], () => []);
method("add", ["Double", "Int32"], ["Double"], ([x, y]) => [x + y]);
method("greet", ["String"], ["String", "UInt16"], ([s]) => [`你好 ${s}`, s.length]);

const many = Number(options.many);
const numbers = [];
if (many > 0) {
  const big = ns.addFolder("ObjectsFolder", { browseName: "Many", nodeId: "s=Many" });
  for (let i = 0; i < many; i++) {
    const v = ns.addVariable({ componentOf: big, browseName: `v${i}`, nodeId: `s=v${i}`, dataType: "Double", minimumSamplingInterval: 0 });
    v.setValueFromSource({ dataType: "Double", value: i });
    numbers.push(v);
  }
}

await server.start();
if (Number(options.change) > 0) {
  let n = 0;
  setInterval(() => {
    n++;
    const now = new Date();
    for (const [i, v] of numbers.entries()) v.setValueFromSource({ dataType: "Double", value: i + n / 1000 }, StatusCodes.Good, now);
  }, Number(options.change));
}

// 64-bit numbers are [high, low] in node-opcua.
const toWire = (dataType, value) => {
  if (dataType === "Int64" || dataType === "UInt64") {
    const n = BigInt.asUintN(64, BigInt(value));
    return [Number(n >> 32n), Number(n & 0xffffffffn)];
  }
  if (dataType === "DateTime") return new Date(value);
  if (dataType === "ByteString") return Buffer.from(value, "base64");
  if (dataType === "LocalizedText") return new ua.LocalizedText({ text: value });
  return value;
};

const commands = {
  set: (name, ...rest) => {
    const { variable, dataType, arrayType, dimensions } = variables.get(name);
    const value = JSON.parse(rest.join(" "));
    variable.setValueFromSource(new Variant({ dataType, arrayType: arrayType ?? VariantArrayType.Scalar, dimensions, value: toWire(dataType, value) }));
    return "ok";
  },
  get: (name) => {
    const v = variables.get(name).variable.readValue().value;
    return JSON.stringify(v.value, (_, x) => (typeof x === "number" && Number.isNaN(x) ? "NaN" : x)) ?? "null";
  },
  status: (name, code) => {
    const { variable } = variables.get(name);
    const v = variable.readValue().value;
    variable.setValueFromSource(v, StatusCodes[code]);
    return "ok";
  },
  stamp: (name, ms, value) => {
    const { variable, dataType } = variables.get(name);
    variable.setValueFromSource({ dataType, value: toWire(dataType, JSON.parse(value)) }, StatusCodes.Good, new Date(Number(ms)));
    return "ok";
  },
  sessions: () => String(server.engine.currentSessionCount),
  calls: () => String(calls),
  appear: (name, n) => {
    add(name, "Double", Number(n));
    return "ok";
  },
  silence: () => {
    for (const session of Object.values(server.engine._sessions)) {
      for (const s of session.publishEngine.subscriptions) {
        s._stop_timer?.();
        s.publishEngine = new Proxy(s.publishEngine, { get: (t, k) => (k === "send_notification_message" || k === "_send_keep_alive_response" ? () => true : Reflect.get(t, k)) });
      }
    }
    return "ok";
  },
};

const lines = readline.createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const [name, ...rest] = line.trim().split(" ");
  try {
    console.log(commands[name](...rest));
  } catch (e) {
    console.log(`error ${e.message}`);
  }
});
lines.on("close", () => process.exit(0));
console.log(`ready ${port}`);
