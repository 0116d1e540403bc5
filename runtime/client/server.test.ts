// The client against the real server, in a Node of its own that has a WebSocket; skipped without bin/lineside.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "vite";
import { afterAll, describe, expect, it } from "vitest";

const binary = process.env.LINESIDE ?? new URL("../../bin/lineside", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "lineside-client-"));
let server: ChildProcess | undefined;

afterAll(async () => {
  if (server && server.exitCode === null) {
    const gone = new Promise((resolve) => server?.once("exit", resolve));
    server.kill();
    await gone;
  }
  rmSync(dir, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address() as AddressInfo;
      s.close(() => resolve(port));
    });
  });
}

/** Starts the server and returns the first line of its output that matches. */
function start(port: number, wanted: RegExp): Promise<RegExpMatchArray> {
  return new Promise((resolve, reject) => {
    let text = "";
    const child = spawn(binary, ["serve", "--listen", `127.0.0.1:${port}`, "--data", join(dir, "data")]);
    server = child;
    const hear = (chunk: Buffer) => {
      text += chunk;
      const found = text.match(wanted);
      if (found) resolve(found);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`server ended with ${code}:\n${text}`)));
  });
}

// What the other Node does: it prints the values it sees, writes, and prints the outcome.
const script = `
import { Live } from "./client.js";
const [url, cookie] = process.argv.slice(2);
const Real = globalThis.WebSocket;
globalThis.WebSocket = class extends Real { constructor(u) { super(u, { headers: { cookie } }); } };
const live = new Live({ url });
const view = live.watch(["line/*"]);
const seen = [];
let wrote;
view.on("values", () => {
  seen.push(view.value("line/setpoint")?.v);
  if (!wrote) wrote = live.write("line/setpoint", 41.5, "test").then((r) => seen.push(r.outcome));
  if (seen.includes(41.5)) wrote.then(() => { console.log(JSON.stringify({ seen, slots: [...view.slots.values()], status: live.status })); live.close(); });
});
view.on("error", (e) => { console.log(JSON.stringify({ error: e.message })); live.close(); });
`;

describe.skipIf(!existsSync(binary))("the live client and the real server", () => {
  it("watch a tag, write it and see the new value", { timeout: 60_000 }, async () => {
    const port = await freePort();
    const [, token] = await start(port, /\/setup#(\S+)/);
    const api = `http://127.0.0.1:${port}/api/v1`;
    const post = (method: string, path: string, body: unknown, headers = {}) =>
      fetch(api + path, {
        method,
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      });
    const login = await post("POST", "/setup", {
      token,
      name: "tester",
      password: "a long enough passphrase 7",
      language: "en",
    });
    expect(login.status, await login.clone().text()).toBeLessThan(300);
    const cookie = login.headers
      .getSetCookie()
      .map((c) => c.split(";")[0])
      .join("; ");
    const plant = {
      format: 1,
      tags: [{ path: "line/setpoint", type: "float", initial: 1, write: { low: 0, high: 100, confirm: "none" } }],
    };
    const old = await fetch(`${api}/plant`, { headers: { cookie } });
    const put = await post("PUT", "/plant", plant, { cookie, "if-match": old.headers.get("etag") ?? "*" });
    expect(put.status, await put.clone().text()).toBeLessThan(300);

    await build({
      configFile: false,
      logLevel: "silent",
      build: {
        lib: { entry: new URL("./index.ts", import.meta.url).pathname, formats: ["es"], fileName: () => "client.js" },
        outDir: dir,
        emptyOutDir: false,
      },
    });
    writeFileSync(join(dir, "package.json"), '{"type":"module"}');
    writeFileSync(join(dir, "other.js"), script);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--experimental-websocket", join(dir, "other.js"), `ws://127.0.0.1:${port}/api/v1/live`, cookie],
      { timeout: 30_000 },
    );
    const got = JSON.parse(stdout);
    expect(got).toMatchObject({ slots: ["line/setpoint"], status: "open" });
    expect(got.seen).toEqual(expect.arrayContaining([1, "good", 41.5]));
  });
});
