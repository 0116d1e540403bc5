// From "Add device" to live tags by the wizard: a simulator, an OPC UA server, Modbus by its register map, MQTT, rows by hand.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort, Lineside, launch, ModbusServer, Mosquitto, person, picture, root, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];
let opcua: { port: number; ask(line: string): Promise<string>; stop(): void };
let modbus: ModbusServer;
let broker: Mosquitto;

/** node-opcua with a folder of ten thousand variables. */
async function startServer() {
  const port = await freePort();
  const pki = mkdtempSync(join(tmpdir(), "lineside-pki-"));
  const script = join(root, "test/peer/opcua_server.mjs");
  const child: ChildProcess = spawn(
    process.execPath,
    [script, "--port", String(port), "--pki", pki, "--many", "10000"],
    { cwd: root },
  );
  const answers: ((line: string) => void)[] = [];
  let ready = false;
  if (child.stdout)
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("ready ")) ready = true;
      else answers.shift()?.(line);
    });
  await until("node-opcua", () => ready || (child.exitCode !== null && Promise.reject(new Error("it ended"))), 90);
  return {
    port,
    ask: (line: string) =>
      new Promise<string>((resolve) => {
        answers.push(resolve);
        child.stdin?.write(`${line}\n`);
      }),
    stop: () => {
      child.kill("SIGKILL");
      rmSync(pki, { recursive: true, force: true });
    },
  };
}

beforeAll(async () => {
  [lineside, browser, opcua, modbus, broker] = await Promise.all([
    Lineside.start(),
    launch(),
    startServer(),
    ModbusServer.start(),
    Mosquitto.start(),
  ]);
  const someone = await person(browser);
  page = someone.page;
  errors = someone.errors;
  await setUp(page, await lineside.setupLink(), "mei");
  await page.goto(`${lineside.url}/plant`);
}, 120_000);

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "failed-adddevice");
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([lineside?.stop(), modbus?.stop(), broker?.stop()]);
  opcua?.stop();
});

const clean = async () => expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

const dialog = () => page.getByRole("dialog");
const open = async () => {
  await page.getByRole("button", { name: "Add device" }).first().click();
  await dialog().waitFor();
};
const next = () => dialog().getByRole("button", { name: "Next", exact: true }).click();
const item = (name: string | RegExp): Locator =>
  dialog()
    .getByRole("treeitem")
    .filter({
      has: page.locator(".node-name", { hasText: typeof name === "string" ? new RegExp(`^${name}$`) : name }),
    });
/** The value that stands in the row of a node. */
const shownOf = (name: string) => item(name).locator(".node-value").textContent();
const inTable = (path: string) => dialog().getByRole("row", { name: path });

test("by the keys alone, and in Chinese", async () => {
  await page.evaluate(() =>
    fetch("/api/v1/me", {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: '{"language":"zh"}',
    }),
  );
  await page.reload();
  await page.getByRole("button", { name: "添加设备" }).first().focus();
  await page.keyboard.press("Enter");
  await dialog().getByRole("searchbox").waitFor();
  await page.keyboard.type("正弦");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  const card = dialog().getByRole("button", { name: /^模拟器/ });
  if (!(await card.evaluate((node) => node === document.activeElement))) await card.focus();
  await page.keyboard.press("Enter");
  await dialog().getByLabel("名称", { exact: true }).waitFor();
  await dialog().getByRole("button", { name: "下一步" }).press("Enter");
  await dialog().getByRole("tree").waitFor();
  await until("the focus in the step", () =>
    page.evaluate(() => document.activeElement?.closest(".browse-step") !== null),
  );
  await dialog().getByRole("tree").focus();
  await item("waves").waitFor();
  await page.keyboard.press("ArrowRight");
  await item("sine").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await dialog().getByText("已选 1 个").waitFor();
  await clean();
  await picture(page, "adddevice-chinese");
  await dialog().getByRole("button", { name: "为 1 个变量命名" }).press("Enter");
  await until("the focus in the rule", () => page.evaluate(() => document.activeElement?.closest(".body") !== null));
  await clean();
  // Back leads to what was ticked; Escape leaves without a trace.
  await dialog().getByRole("button", { name: "上一步" }).press("Enter");
  await dialog().getByText("已选 1 个").waitFor();
  await dialog().getByRole("tree").focus();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "hidden" });
  expect((await (await page.request.get(`${lineside.url}/api/v1/plant`)).json()).devices).toBeUndefined();
  await page.evaluate(() =>
    fetch("/api/v1/me", {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: '{"language":"en"}',
    }),
  );
  await page.reload();
});

test("a simulator, from nothing to live tags in under a minute", async () => {
  const began = Date.now();
  await open();
  await clean();
  await picture(page, "adddevice-protocol");
  await dialog().getByRole("searchbox").fill("演示");
  await dialog()
    .getByRole("button", { name: /Simulator/ })
    .click();
  await picture(page, "adddevice-settings");
  await next();
  await item("waves").waitFor();
  await item("waves").locator(".node-arrow").click();
  await item("sine").click();
  await item("counter").click();
  const first = await until("a value", () => shownOf("sine"));
  await until("another value", async () => (await shownOf("sine")) !== first);
  await clean();
  await picture(page, "adddevice-browse");
  await dialog().getByRole("button", { name: "Name 2 tags" }).click();
  await dialog().getByLabel("Area", { exact: true }).fill("hall1/line 2");
  await inTable("waves / sine")
    .getByRole("textbox")
    .and(page.locator('[value="hall1/line 2/simulator/waves/sine"]'))
    .waitFor();
  await clean();
  await picture(page, "adddevice-names");
  expect((await (await page.request.get(`${lineside.url}/api/v1/plant`)).json()).devices).toBeUndefined();
  await dialog().getByRole("button", { name: "Make 2 tags" }).click();
  await dialog().getByText("simulator was added with 2 tags").waitFor();
  await inTable("hall1/line 2/simulator/waves/counter").getByText("Good").waitFor();
  await picture(page, "adddevice-done");
  expect(Date.now() - began).toBeLessThan(60_000);
  await clean();
  await dialog().getByRole("button", { name: "Close" }).last().click();
});

test("an OPC UA server: its identity, ten thousand nodes, a branch, a search, names by rule", async () => {
  const began = Date.now();
  await open();
  await dialog().getByRole("searchbox").fill("kuka");
  await dialog()
    .getByRole("button", { name: /OPC UA/ })
    .click();
  await dialog().getByLabel("Name", { exact: true }).fill("press");
  await dialog().getByLabel("Server", { exact: true }).fill("opc.tcp://127.0.0.1:1/UA/test");
  await next();
  await dialog()
    .getByText(/Nothing listens at that port/)
    .waitFor();
  await clean();
  await dialog().getByLabel("Server", { exact: true }).fill(`opc.tcp://127.0.0.1:${opcua.port}/UA/test`);
  await dialog().getByLabel("Security", { exact: true }).selectOption({ label: "None" });
  await dialog().getByRole("button", { name: "Test connection" }).click();
  await dialog()
    .getByText(/Connected in .*ms/)
    .waitFor();
  await picture(page, "adddevice-opcua");
  await next();
  await item("Test").locator(".node-arrow").click();
  await item("level").scrollIntoViewIfNeeded();
  await until("the value", async () => (await shownOf("level")) === "3.5");
  await opcua.ask("set level 4.25");
  await until("the new value", async () => (await shownOf("level")) === "4.25");
  await item("level").click();

  // By the keys: to the folder with ten thousand, open it, go to its end, tick the last one.
  const tree = dialog().getByRole("tree");
  await tree.focus();
  await page.keyboard.press("Home");
  await until("the folder Many", async () => {
    await page.keyboard.press("ArrowDown");
    return (await page.locator(".node-row.active").textContent())?.startsWith("Many");
  });
  await page.keyboard.press("ArrowRight");
  await item("v0").waitFor();
  expect(await item("v0").getAttribute("aria-setsize")).toBe("10000");
  expect(await dialog().getByRole("treeitem").count()).toBeLessThan(120);
  await clean();
  await picture(page, "adddevice-many");

  // A whole branch: more than may be made at once is said.
  await item("Many").click();
  await dialog()
    .getByText(/At most 5000 tags/)
    .waitFor({ timeout: 30_000 });
  await dialog().getByText("5000 chosen").waitFor();
  await item("Many").click();
  await dialog().getByText("1 chosen").waitFor();

  await dialog().getByRole("searchbox").fill("test chin");
  await item(/Test \/ chinese$/).click();
  await dialog().getByText("2 chosen").waitFor();
  await picture(page, "adddevice-search");
  await dialog().getByRole("searchbox").fill("");

  await dialog().getByRole("button", { name: "Name 2 tags" }).click();
  const template = dialog().getByLabel("Name by rule", { exact: true });
  await template.fill("{area}/{devise}/{name}");
  await dialog()
    .getByText(/There is no {devise}/)
    .waitFor();
  await template.fill("hall1/line 2/simulator/waves/sine{name|lower|snake}");
  await dialog().getByText("Find and replace, titles, writing").click();
  await dialog().getByLabel("Find", { exact: true }).fill("sine(level|chinese)$");
  await dialog().getByLabel("As a regular expression; $1 stands for the first group").check();
  await dialog().getByLabel("Replace by", { exact: true }).fill("sine");
  // Both have the name of a tag that is there, of another device; the second is numbered.
  await dialog().getByText("A tag of the device simulator has this path.").waitFor();
  expect(await dialog().getByRole("button", { name: "Make 2 tags" }).isDisabled()).toBe(true);
  await clean();
  await picture(page, "adddevice-collision");
  await template.fill("{area}/{device}/{name}");
  await dialog().getByLabel("Find", { exact: true }).fill("");
  await dialog().getByLabel("Area", { exact: true }).fill("冲压");
  await inTable("Test / chinese").getByRole("textbox").fill("冲压/水泵");
  await dialog().getByRole("button", { name: "Make 2 tags" }).click();
  await inTable("冲压/水泵").getByText("水泵 1 号").waitFor();
  await inTable("冲压/press/level").getByText("4.25").waitFor();
  expect(Date.now() - began).toBeLessThan(60_000);
  const { tags } = (await (await page.request.get(`${lineside.url}/api/v1/plant`)).json()) as { tags: object[] };
  expect(tags.at(-2)).toMatchObject({ path: "冲压/press/level", unit: "m", range: { low: 0, high: 12 }, write: {} });
  await dialog().getByRole("button", { name: "Close" }).last().click();
});

test("Modbus by its register map, and rows by hand with their values", async () => {
  await open();
  await dialog()
    .getByRole("button", { name: /^Modbus/ })
    .click();
  await dialog().getByLabel("Name", { exact: true }).fill("boiler");
  await dialog().getByLabel("Host", { exact: true }).fill("127.0.0.1");
  await dialog().getByLabel("Port", { exact: true }).fill(String(modbus.port));
  await next();
  const map = dialog().getByRole("textbox", { name: "Register map" });
  await map.fill("name,address,type,unit\nfeed/temperature,40111,intt16,°C\n");
  await dialog().getByRole("button", { name: "Show the registers" }).click();
  await dialog()
    .getByText(/line 2/)
    .waitFor();
  await picture(page, "adddevice-map-wrong");
  await dialog().getByRole("button", { name: "Change the map" }).click();
  await map.fill("名称;地址;类型;单位;可写\nfeed/temperature;40111;int16;°C;\nfeed/setpoint;40121;uint16;°C;是\n");
  await dialog().getByRole("button", { name: "Show the registers" }).click();
  await item("feed").click();
  await dialog().getByText("2 chosen").waitFor();
  await item("feed").locator(".node-arrow").click();
  await until("the value", async () => (await shownOf("temperature")) === "-5");
  await picture(page, "adddevice-map");
  await dialog().getByRole("button", { name: "By hand" }).click();
  await dialog().getByRole("button", { name: "Paste a table" }).click();
  await dialog()
    .getByRole("textbox", { name: "Table" })
    .fill("name\ttable\taddress\ttype\nraw\tholding\t110\tint16\nwrong\tholding\t110\tnonsense");
  await dialog().getByRole("button", { name: "Take over" }).click();
  await dialog()
    .getByRole("row")
    .filter({ has: page.locator('[value="raw"]') })
    .getByText("-5")
    .waitFor();
  await clean();
  await picture(page, "adddevice-hand");
  await dialog().getByRole("button", { name: "Name 4 tags" }).click();
  await dialog().getByRole("button", { name: "Make 4 tags" }).click();
  // What the server finds wrong is said by the name of the tag; back leads to where it is mended.
  await dialog()
    .getByText(/^boiler\/wrong: /)
    .waitFor();
  await dialog().getByRole("button", { name: "Back" }).click();
  await dialog().getByRole("button", { name: "Remove row 2" }).click();
  await dialog().getByRole("button", { name: "Name 3 tags" }).click();
  await dialog().getByRole("button", { name: "Make 3 tags" }).click();
  await inTable("boiler/raw").getByText("-5").waitFor();
  await inTable("boiler/feed/temperature").getByText("-5").waitFor();
  await dialog().getByRole("button", { name: "Close" }).last().click();
});

test("browsing a device that is there begins at what it has; topics come as they are sent", async () => {
  broker.publish("shop/oven/1", '{"temp":201.5,"on":true}', true);
  broker.publish("shop/oven", "42", true);
  const put = { devices: [{ id: "broker", connector: "mqtt", settings: { url: `mqtt://127.0.0.1:${broker.port}` } }] };
  await page.request.patch(`${lineside.url}/api/v1/plant`, { data: { put } });
  await page.reload();
  await page.getByRole("row", { name: "broker" }).getByText("Connected").waitFor();
  await page.getByRole("button", { name: "Browse broker" }).click();
  await item("shop").locator(".node-arrow").click();
  await until("the value", async () => (await shownOf("oven")) === "42");
  broker.publish("shop/oven", "43", true);
  await until("the new value", async () => (await shownOf("oven")) === "43");
  // The whole branch has the values of the JSON payload and the topic above it.
  await item("shop").click();
  await dialog().getByText("3 chosen").waitFor();
  await dialog().getByRole("button", { name: "Name 3 tags" }).click();
  await inTable("shop / oven / 1 / temp").waitFor();
  await dialog().getByLabel("Letters", { exact: true }).selectOption("plain");
  await dialog().getByRole("button", { name: "Make 3 tags" }).click();
  await inTable("broker/shop/oven/1/temp").getByText("201.5").waitFor();
  await picture(page, "adddevice-mqtt");
  await dialog().getByRole("button", { name: "Close" }).last().click();
  expect(errors).toEqual([]);
});
