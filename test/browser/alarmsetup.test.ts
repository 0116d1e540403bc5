// Setting alarms up: a class, an alarm of any kind with its picture, a limit that is set from the list, an alarm of an app.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const api = (path: string) => `${lineside.url}/api/v1${path}`;
const headers = { "X-Lineside": "1" };

async function findings(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).disableRules(["region", "landmark-unique"]).analyze();
  return violations
    .filter((violation) => violation.impact !== "minor")
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html}`));
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
});

afterEach(async (context) => {
  if (context.task.result?.state === "fail") await picture(page, "alarmsetup-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("a class is set up on the page of the plant", async () => {
  await page.goto(`${lineside.url}/plant`);
  await page.getByRole("tab", { name: "Alarm classes" }).click();
  await page.getByRole("button", { name: "Add a class" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Safety");
  await dialog.getByLabel("Priority").selectOption({ label: "Urgent" });
  await dialog.getByLabel("Sound").selectOption({ label: "Siren" });
  await dialog.getByLabel("Longest shelf").fill("99h");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.getByText(/out of range/).waitFor();
  await dialog.getByLabel("Longest shelf").fill("2h");
  expect(await findings()).toEqual([]);
  await picture(page, "alarm-class");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Safety", exact: true }).waitFor();
});

test("an alarm shows what matters to its kind, and says what is wrong where it is", async () => {
  await page.request.patch(api("/plant"), {
    headers,
    data: { put: { tags: [{ path: "hall/level", type: "float", initial: 50, unit: "%", write: {} }] } },
  });
  await page.goto(`${lineside.url}/plant?tag=hall%2Flevel`);
  await page.getByRole("button", { name: "hall/level", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Alarms", { exact: true }).click();
  await dialog.getByRole("button", { name: "Add an alarm" }).click();
  const alarm = dialog.getByRole("group", { name: "Alarms: high-high" });
  await alarm.getByLabel("Kind").selectOption({ label: "Out of range" });
  await alarm.getByLabel("Class").selectOption({ label: "Safety" });
  await alarm.getByLabel("Lower limit (%)").fill("20");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("The alarm has no limit.").first().waitFor();
  await alarm.getByLabel("Upper limit (%)").fill("80");
  await alarm.getByText("Deadband, delays, acknowledgement").click();
  await alarm.getByLabel(/Those who may tune/).check();
  await alarm.getByLabel("Not above (%)").fill("95");
  await alarm.getByText("Schedule and suppression").click();
  await alarm.getByRole("img", { name: /below the lower limit/ }).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "alarm-form");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
});

test("a limit is set from the list of alarms, within its bounds and with a reason", async () => {
  const put = await page.request.put(api("/tags/hall/level"), { headers, data: { value: 85 } });
  expect(put.ok()).toBe(true);
  await page.goto(`${lineside.url}/alarms`);
  await page.getByText("85 % is not between 20 and 80 %").first().waitFor();
  await page.getByRole("img", { name: "Urgent" }).first().waitFor(); // which it has from its class
  await page.getByText("85 % is not between 20 and 80 %").first().click();
  await page.getByRole("button", { name: "Change the limit…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Upper limit (%)").fill("99");
  await dialog.getByLabel("Reason").fill("larger tank");
  await dialog.getByRole("button", { name: "Set", exact: true }).click();
  await dialog.getByText("The limit may not be set above 95.").first().waitFor();
  await dialog.getByLabel("Upper limit (%)").fill("90");
  expect(await findings()).toEqual([]);
  await picture(page, "alarm-limit");
  await dialog.getByRole("button", { name: "Set", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText(/Set by anna.* from 20 … 80 % to 20 … 90 %: larger tank/).waitFor();
  await until("the alarm has returned", async () => {
    const list = await (await page.request.get(api("/alarms?q=hall"))).json();
    return list.alarms[0]?.state === "returned";
  });
});

test("an app has alarms of its own", async () => {
  await page.goto(`${lineside.url}/design/pump-station`);
  await page.locator("canvas").first().waitFor();
  await page.getByTitle("App settings").click();
  const dialog = page.getByRole("dialog", { name: "App settings" });
  await dialog.getByRole("tab", { name: "Alarms" }).click();
  await dialog.getByRole("button", { name: "Add an alarm" }).click();
  await dialog.getByLabel("Name", { exact: true }).fill("Overfull");
  expect(await findings()).toEqual([]);
  await picture(page, "alarm-app");
  await page.request.patch(api("/me"), { headers, data: { theme: "dark", language: "zh" } });
  await page.goto(`${lineside.url}/plant?tag=hall%2Flevel`);
  await page.getByRole("button", { name: "hall/level", exact: true }).click();
  await page
    .getByRole("group", { name: "报警: high-high" })
    .getByRole("img", { name: /低于下限/ })
    .waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "alarm-form-dark");
  expect(errors).toEqual([]);
});
