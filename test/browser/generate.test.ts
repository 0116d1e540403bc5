// Models are made from what is there: a message, a part of a device; units are completed where they are written.
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

async function findings(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).disableRules(["region", "landmark-unique"]).analyze();
  return violations
    .filter((violation) => violation.impact !== "minor")
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html}`));
}

const plant = async () => (await (await page.request.get(api("/plant"))).json()) as Record<string, never[]>;

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
  const put = await page.request.patch(api("/plant"), {
    data: {
      put: {
        devices: [{ id: "station", connector: "simulator" }],
        tags: [{ path: "hall/flow", type: "float", unit: "cartons", initial: 5, range: { low: 0, high: 10 } }],
      },
    },
  });
  expect(put.status(), await put.text()).toBeLessThan(300);
  await page.goto(`${lineside.url}/plant`);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "generate-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("a unit that is not known is said so, and is completed by symbol and name", async () => {
  await page.getByRole("tab", { name: "Tags" }).click();
  await page.getByRole("button", { name: "hall/flow", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("No unit that is known").waitFor();
  const field = dialog.getByRole("combobox", { name: "Unit" });
  await field.fill("cubic metre per h");
  await dialog.getByRole("listbox", { name: "Units" }).getByRole("option").first().waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "units-field");
  await field.press("ArrowDown");
  await field.press("Enter");
  expect(await field.inputValue()).toBe("m3/h");
  await dialog.getByText("m³/h · cubic metre per hour").waitFor();
  await field.fill("l/mn");
  await dialog.getByRole("button", { name: "l/min", exact: true }).click();
  expect(await field.inputValue()).toBe("l/min");
  await field.fill("m³/h");
  await field.press("Escape");
  await dialog.getByRole("button", { name: "Use m3/h" }).click();
  await field.press("ArrowDown");
  await dialog.getByRole("listbox", { name: "Units" }).getByRole("option").first().waitFor();
  await field.press("Escape");
  expect(await dialog.getByRole("listbox", { name: "Units" }).count()).toBe(0);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("cell", { name: "m³/h", exact: true }).waitFor();
});

test("who prefers other units sees the lists in them", async () => {
  await page.getByRole("button", { name: "anna" }).click();
  await page.getByRole("menuitem", { name: "Units…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("System of units").selectOption({ label: "US customary" });
  expect(await findings()).toEqual([]);
  await picture(page, "units-dialog");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "gal/min", exact: true }).waitFor();
  await page.getByRole("cell", { name: "22.01434" }).waitFor();
});

test("a message becomes a model, and the machine at once", async () => {
  await page.getByRole("tab", { name: "Models" }).click();
  await page.getByRole("button", { name: "New model from…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("One message").fill("{");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByText("The sample is not JSON").waitFor();
  await dialog
    .getByLabel("One message")
    .fill('{"temperature": {"value": 21.5, "unit": "°C"}, "motor": {"speed_rpm": 1480, "on": true}, "list": [1]}');
  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByLabel("Id of motor/speed_rpm").fill("motor/speed");
  await dialog.getByLabel("Take list").uncheck();
  await dialog.getByLabel("Name", { exact: true }).fill("Mixer");
  await dialog.getByLabel("Make an asset of the machine at once").check();
  await dialog.getByLabel("Path of the asset").fill("hall/mixer1");
  expect(await findings()).toEqual([]);
  await picture(page, "generate-preview");
  await dialog.getByRole("button", { name: "Make the model with 3 properties" }).click();
  await dialog.waitFor({ state: "hidden" });
  const { models, assets } = await plant();
  expect(models).toMatchObject([
    {
      id: "mixer",
      properties: [
        { id: "temperature", type: "float", unit: "Cel" },
        { id: "motor/speed", type: "float", unit: "{rev}/min" },
        { id: "motor/on", type: "bool" },
      ],
    },
  ]);
  expect(assets).toMatchObject([{ path: "hall/mixer1", model: "mixer" }]);
  await until(
    "the tag of the asset",
    async () => (await page.request.get(api("/tags/hall/mixer1/temperature"))).status() === 200,
  );
});

test("a part of a device becomes more of a model, and adds only", async () => {
  await page.getByRole("button", { name: "New model from…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("tab", { name: "Connected device" }).click();
  await dialog.getByRole("listitem").first().waitFor();
  expect(await findings()).toEqual([]);
  const folder = dialog.getByRole("listitem").getByRole("button").first();
  const name = ((await folder.textContent()) ?? "").trim();
  await folder.click();
  await dialog.getByRole("navigation").getByText(name).waitFor();
  await picture(page, "generate-device");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByLabel("Model", { exact: true }).selectOption({ label: "Mixer" });
  await dialog.getByText("The device", { exact: true }).waitFor();
  await picture(page, "generate-device-preview");
  await dialog.getByRole("button", { name: /^Add \d+ propert/ }).click();
  await dialog.waitFor({ state: "hidden" });
  const [model] = (await plant()).models as unknown as { parameters: object[]; properties: { id: string }[] }[];
  expect(model?.properties.length).toBeGreaterThan(3);
  expect(model?.properties[0]?.id).toBe("temperature");
  expect(model?.parameters).toMatchObject([{ id: "device", type: "device", default: "station" }]);
  expect(errors).toEqual([]);
});
