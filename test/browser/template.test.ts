// A device with its tags saved as a template, and more of its kind made from a table that was pasted from a spreadsheet.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, ModbusServer, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];
let servers: ModbusServer[];

beforeAll(async () => {
  [lineside, browser, ...servers] = await Promise.all([
    Lineside.start(),
    launch(),
    ModbusServer.start(),
    ModbusServer.start(),
    ModbusServer.start(),
  ]);
  const someone = await person(browser);
  page = someone.page;
  errors = someone.errors;
  await setUp(page, await lineside.setupLink(), "mei");
  const devices = [
    {
      id: "boiler1",
      connector: "modbus",
      settings: { host: "127.0.0.1", port: servers[0]?.port },
      scans: [{ id: "fast", interval: "200ms" }],
    },
  ];
  const tag = (path: string, address: number, more = {}) => ({
    path: `hall1/boiler1/${path}`,
    type: "int",
    device: "boiler1",
    address: { table: "holding", address, type: "int16" },
    ...more,
  });
  const tags = [tag("temperature", 110, { unit: "°C" }), tag("feed/setpoint", 120, { write: { low: 0, high: 100 } })];
  const done = await page.request.patch(`${lineside.url}/api/v1/plant`, { data: { put: { devices, tags } } });
  expect(done.status()).toBe(200);
  await page.goto(`${lineside.url}/plant`);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "failed-template");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
  await Promise.all((servers ?? []).map((s) => s.stop()));
});

const clean = async () => expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
const dialog = () => page.getByRole("dialog");

test("a device is saved as a template, and two more are made from a table", async () => {
  await page.getByRole("button", { name: "Save boiler1 as a template" }).click();
  await dialog().getByText("2 tags become properties").waitFor();
  expect(await dialog().getByLabel(/^Host/).isChecked()).toBe(true);
  expect(await dialog().getByLabel(/^Port/).isChecked()).toBe(true);
  await dialog().getByRole("cell", { name: "feed/setpoint", exact: true }).waitFor();
  await dialog().getByLabel("Name of the template").fill("Boiler");
  await clean();
  await picture(page, "template-save");
  await dialog().getByRole("button", { name: "Save and make devices …" }).click();
  await dialog().getByRole("button", { name: "From a table" }).click();
  await dialog()
    .getByLabel(/^Path pattern/)
    .fill("{hall}/boiler{n}");
  const table = dialog().getByRole("textbox", { name: "Table" });
  await table.fill(`hall\tHost\tPort\nhall1\t127.0.0.1\t${servers[1]?.port}\nhall2\t127.0.0.1\tnone`);
  await dialog()
    .getByText(/^Row 3: .*"port"/)
    .waitFor();
  await table.fill(`hall\tHost\tPort\nhall1\t127.0.0.1\t${servers[1]?.port}\nhall2\t127.0.0.1\t${servers[2]?.port}`);
  await dialog().getByLabel("From", { exact: true }).fill("2");
  await page.keyboard.press("Tab");
  await dialog()
    .getByText(/2 devices/)
    .waitFor();
  await dialog().getByRole("cell", { name: "hall2/boiler3", exact: true }).waitFor();
  await dialog().getByRole("cell", { name: "hall2-boiler3", exact: true }).waitFor();
  await clean();
  await picture(page, "template-stamp");
  expect((await (await page.request.get(`${lineside.url}/api/v1/plant`)).json()).devices.length).toBe(1);
  await dialog().getByRole("button", { name: "Stamp", exact: true }).click();
  await dialog().waitFor({ state: "hidden" });
  for (const name of ["hall1-boiler2", "hall2-boiler3"])
    await page.getByRole("row", { name }).getByText("Connected").waitFor();
  await servers[2]?.set("holding", 110, 77);
  await until("the value of the third boiler", async () => {
    const tag = await (await page.request.get(`${lineside.url}/api/v1/tags/hall2/boiler3/temperature`)).json();
    return (tag as { value: unknown }).value === 77;
  });
  await picture(page, "template-devices");
  // A change of the template reaches all that was made of it.
  const { models } = (await (await page.request.get(`${lineside.url}/api/v1/plant`)).json()) as {
    models: { properties: { id: string; unit?: string }[] }[];
  };
  const [model] = models;
  for (const p of model?.properties ?? []) if (p.id === "temperature") p.unit = "K";
  await page.request.patch(`${lineside.url}/api/v1/plant`, { data: { put: { models: [model] } } });
  const tag = await (await page.request.get(`${lineside.url}/api/v1/tags/hall1/boiler2/temperature`)).json();
  expect(tag).toMatchObject({ unit: "K" });
  expect(errors).toEqual([]);
});
