// Starts what a browser test needs: Lineside itself, servers that are not ours, Chromium.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

export const root = new URL("../..", import.meta.url).pathname;
const pictures = join(root, ".screenshots");

/**
 * A TCP port on the loopback address that nobody listened on a moment ago, below those that outgoing
 * connections get, and drawn at random: so hardly anyone else takes it before it is used.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12000 + Math.floor(Math.random() * 20000);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

/** Polls until the probe returns something true; the error names what was waited for and what was seen last. */
export async function until<T>(what: string, probe: () => Promise<T> | T, seconds = 15): Promise<NonNullable<T>> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      last = await probe();
      if (last) return last as NonNullable<T>;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}; last: ${String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) =>
    child.exitCode !== null || child.signalCode !== null ? resolve() : child.once("exit", () => resolve()),
  );
}

/** Lineside on a data folder of its own; the folder survives kill and start. */
export class Lineside {
  readonly data = mkdtempSync(join(tmpdir(), "lineside-story-"));
  output = "";
  private child?: ChildProcess;

  private constructor(
    readonly port: number,
    private readonly extra: string[],
  ) {}

  static async start(...extra: string[]): Promise<Lineside> {
    const server = new Lineside(await freePort(), extra);
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const child = spawn(process.env.LINESIDE ?? join(root, "bin/lineside"), [
      "serve",
      "--listen",
      `127.0.0.1:${this.port}`,
      "--data",
      this.data,
      ...this.extra,
    ]);
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (this.output += chunk));
    await until("lineside to be ready", async () => {
      if (child.exitCode !== null) throw new Error(`lineside ended:\n${this.output}`);
      return (await fetch(`${this.url}/readyz`)).ok;
    });
  }

  /** The one-time set-up link from the console. */
  setupLink(): Promise<string> {
    return until("the set-up link", () => this.output.match(/http:\S+\/setup#\S+/)?.[0]);
  }

  /** SIGKILL: as if the power failed. */
  async kill(): Promise<void> {
    this.child?.kill("SIGKILL");
    if (this.child) await ended(this.child);
  }

  async stop(): Promise<void> {
    this.child?.kill("SIGTERM");
    if (this.child) await ended(this.child);
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** python3-pymodbus as a Modbus TCP server whose registers the test reads and changes. */
export class ModbusServer {
  private child?: ChildProcess;
  private answers: ((line: string) => void)[] = [];

  private constructor(readonly port: number) {}

  static async start(): Promise<ModbusServer> {
    const server = new ModbusServer(await freePort());
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const child = spawn("/usr/bin/python3", [join(root, "test/peer/modbus_server.py"), "--port", String(this.port)]);
    this.child = child;
    let errors = "";
    child.stderr?.on("data", (chunk) => (errors += chunk));
    createInterface({ input: child.stdout }).on("line", (line) => this.answers.shift()?.(line));
    await until("the Modbus server", async () => {
      if (child.exitCode !== null) throw new Error(`python3-pymodbus ended:\n${errors}`);
      return (await this.get("holding", 100, 1)).length === 1;
    });
  }

  private ask(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${line}`)), 2000);
      this.answers.push((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.child?.stdin?.write(`${line}\n`);
    });
  }

  async get(table: string, address: number, count: number): Promise<number[]> {
    const answer = await this.ask(`get ${table} ${address} ${count}`);
    return answer
      .replace(/^ok/, "")
      .trim()
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number);
  }

  async set(table: string, address: number, ...words: number[]): Promise<void> {
    await this.ask(`set ${table} ${address} ${words.join(" ")}`);
  }

  /** Writes a float32 with swapped words (CDAB). */
  async setSwappedFloat(address: number, value: number): Promise<void> {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value);
    await this.set("holding", address, view.getUint16(2), view.getUint16(0));
  }

  async getSwappedFloat(address: number): Promise<number> {
    const [low, high] = await this.get("holding", address, 2);
    const view = new DataView(new ArrayBuffer(4));
    view.setUint16(0, high ?? 0);
    view.setUint16(2, low ?? 0);
    return view.getFloat32(0);
  }

  async stop(): Promise<void> {
    this.child?.kill("SIGKILL");
    if (this.child) await ended(this.child);
  }
}

/** Mosquitto without login on a free port. */
export class Mosquitto {
  private child?: ChildProcess;
  private readonly dir = mkdtempSync(join(tmpdir(), "lineside-mosquitto-"));

  private constructor(readonly port: number) {}

  static async start(): Promise<Mosquitto> {
    const broker = new Mosquitto(await freePort());
    await broker.start();
    return broker;
  }

  async start(): Promise<void> {
    mkdirSync(this.dir, { recursive: true });
    const file = join(this.dir, "mosquitto.conf");
    writeFileSync(file, `listener ${this.port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
    this.child = spawn("/usr/sbin/mosquitto", ["-c", file], { stdio: "ignore" });
    await until("mosquitto", () => {
      this.publish("ready", "1");
      return true;
    });
  }

  publish(topic: string, payload: string, retain = false): void {
    execFileSync(
      "mosquitto_pub",
      ["-h", "127.0.0.1", "-p", String(this.port), "-t", topic, "-m", payload, ...(retain ? ["-r"] : [])],
      { stdio: "pipe" },
    );
  }

  /** The next message on a topic, as a promise made before what causes it. */
  next(topic: string): Promise<string> {
    const child = spawn("mosquitto_sub", [
      "-h",
      "127.0.0.1",
      "-p",
      String(this.port),
      "-t",
      topic,
      "-C",
      "1",
      "-W",
      "20",
    ]);
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    return ended(child).then(() => text.trim());
  }

  async stop(): Promise<void> {
    this.child?.kill("SIGTERM");
    if (this.child) await ended(this.child);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Chromium with everything off that would look for the internet. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

/** One person's browser: a context of its own; errors on its console fail the test that looks at them. */
export async function person(
  browser: Browser,
  options: { width?: number; height?: number; locale?: string } = {},
): Promise<{ context: BrowserContext; page: Page; errors: string[] }> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1600, height: options.height ?? 900 },
    locale: options.locale ?? "en-GB",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource|WebSocket connection/.test(message.text()))
      errors.push(message.text());
  });
  return { context, page, errors };
}

/** Writes a picture to .screenshots/, which git ignores. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}
