// One screen for every machine of a model: an app takes an asset as input, the model names the screen as its faceplate,
// and each asset opens it with its own values and setpoints.
import type { App } from "@lineside/client";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { saysSoon, setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const api = (path: string) => `${lineside.url}/api/v1/${path}`;
const draft = async () => (await (await page.request.get(api("apps/pumps/draft"))).json()) as App;

const app: App = {
  format: 2,
  id: "com.example.pumps",
  version: "1.0.0",
  name: { en: "Pumps" },
  screens: [
    {
      id: "face",
      name: { en: "Pump" },
      width: 400,
      height: 240,
      widgets: [
        { id: "speed", type: "value", x: 20, y: 20, w: 170, h: 60, name: "Speed", props: { value: 0 } },
        { id: "set", type: "setpoint", x: 20, y: 100, w: 170, h: 60, name: "Wanted", props: {} },
      ],
    },
  ],
};

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser, { width: 1400, height: 860 }));
  await setUp(page, await lineside.setupLink(), "anna");
  const plant = await page.request.get(api("plant"));
  const put = await page.request.put(api("plant"), {
    headers: { "If-Match": plant.headers().etag ?? "" },
    data: {
      format: 1,
      models: [
        {
          id: "drive",
          name: { en: "Drive" },
          properties: [
            { id: "speed", type: "float", unit: "1/min", initial: 100, write: { confirm: "none" } },
            { id: "hours", type: "int", initial: 7 },
          ],
        },
        { id: "pump", name: { en: "Pump" }, extends: "drive" },
      ],
      assets: [
        { path: "line1/p1", model: "pump" },
        { path: "line1/p2", model: "pump", overrides: { speed: { initial: 200 } } },
      ],
    },
  });
  expect(put.status(), await put.text()).toBe(200);
  const made = await page.request.post(api("apps"), { data: { id: "pumps", name: { en: "Pumps" }, document: app } });
  expect(made.status(), await made.text()).toBe(201);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && page) await picture(page, `failed-faceplate-${task.name.slice(0, 20)}`);
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("an app takes an asset as input, and a widget is bound to a property of it", async () => {
  await page.goto(`${lineside.url}/design/pumps`);
  await page.getByRole("application", { name: /Drawing of the screen/ }).waitFor();
  await page.locator(".app-name").press("Enter");
  await page.getByRole("tab", { name: /^Inputs/ }).click();
  await page.getByRole("button", { name: "Add input" }).click();
  const name = page.getByLabel("Name of input 1");
  await name.fill("pump");
  await name.press("Enter");
  await page.getByLabel("Kind").selectOption("asset");
  await page.getByLabel("Model of the asset").selectOption("drive");
  await page.getByRole("button", { name: "Choose an asset" }).click();
  await page.getByRole("option", { name: /line1\/p1/ }).click();
  await until("the input in the draft", async () => {
    const input = (await draft()).inputs?.[0];
    return input?.id === "pump" && input.model === "drive" && input.default === "line1/p1";
  });
  await picture(page, "faceplate-input");
  await page.keyboard.press("Escape");

  for (const [widget, prop] of [
    ["speed", "value"],
    ["set", "value"],
  ] as const) {
    await page.keyboard.press("Control+k");
    await page.keyboard.type(widget === "speed" ? "Speed" : "Wanted");
    await page
      .getByRole("option", { name: widget === "speed" ? /Speed/ : /Wanted/ })
      .first()
      .click();
    const row = page.locator(`[data-prop="${prop}"]`).first();
    await row.getByRole("button", { name: /Bind/ }).first().click();
    await page.getByRole("button", { name: "Tag", exact: true }).click();
    await page.getByRole("option", { name: /\{pump\}\/speed/ }).click();
    await until("the binding in the draft", async () => {
      const found = (await draft()).screens[0]?.widgets.find((w) => w.id === widget)?.props?.[prop];
      return JSON.stringify(found) === '{"tag":"{pump}/speed"}';
    });
    await page.keyboard.press("Escape");
  }
  const published = await page.request.post(api("apps/pumps/publish"), { data: {} });
  expect(published.ok(), await published.text()).toBe(true);
});

test("the model names the screen, and every asset opens it as its own", async () => {
  await page.goto(`${lineside.url}/plant`);
  await page.getByRole("tab", { name: "Models" }).click();
  await page.getByRole("button", { name: /^Drive/ }).click();
  await page.getByRole("dialog").getByRole("tab", { name: "General" }).click();
  await page.getByLabel("Faceplate").selectOption({ label: "Pumps (pump)" });
  await picture(page, "faceplate-model");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });

  await page.goto(`${lineside.url}/plant?asset=line1/p2`);
  const link = page.getByRole("link", { name: "Open faceplate" });
  await link.waitFor();
  await picture(page, "faceplate-asset");
  const [face] = await Promise.all([page.context().waitForEvent("page"), link.click()]);
  await saysSoon(face, "speed", "200");
  await picture(face, "faceplate");
  await face.goto(`${lineside.url}/run/pumps?pump=line1/p1`);
  await saysSoon(face, "speed", "100");

  // Who operates the plant finds the machines on the first page.
  await page.goto(lineside.url);
  await page.getByRole("treeitem", { name: /p1/ }).click();
  await picture(page, "faceplate-machines");
  await page.getByRole("link", { name: /^Open .*p1/ }).click();
  await saysSoon(page, "speed", "100");

  // The property is called otherwise: the app follows.
  const renamed = await page.request.post(api("plant/rename"), {
    data: { kind: "property", model: "drive", from: "speed", to: "rate", apps: true, publish: true },
  });
  expect(renamed.ok(), await renamed.text()).toBe(true);
  await saysSoon(face, "speed", "100");
  expect(JSON.stringify(await draft())).toContain("{pump}/rate");
  expect(errors).toEqual([]);
});
