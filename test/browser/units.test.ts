// Everybody sees values in the units that they prefer; tags and devices know nothing of it.
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

const value = async (path: string) =>
  ((await (await page.request.get(api(`/tags/${path}`))).json()) as { value?: unknown }).value;

async function findings(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).disableRules(["region", "landmark-unique"]).analyze();
  return violations
    .filter((violation) => violation.impact !== "minor")
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html}`));
}

/** What a screen reader says of a widget. */
const said = (name: string) => page.locator(`.ls-screen [aria-label^="${name}"]`).first();

const sees = (name: string, text: string) =>
  until(`${name}: ${text}`, async () => {
    const seen = await said(name).evaluate(
      (e) => `${e.getAttribute("aria-label")} ${e.getAttribute("aria-valuetext") ?? ""} ${e.textContent}`,
    );
    if (!seen.includes(text)) throw new Error(seen);
    return true;
  });

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser, { width: 1366, height: 820 }));
  await setUp(page, await lineside.setupLink(), "anna");
  const plant = await page.request.get(api("/plant"));
  const put = await page.request.put(api("/plant"), {
    data: {
      ...(await plant.json()),
      tags: [
        {
          path: "oven/temperature",
          type: "float",
          unit: "Cel",
          initial: 100,
          range: { low: 0, high: 150 },
          normal: { low: 90, high: 110 },
          decimals: 1,
          title: { en: "Temperature" },
          write: {},
        },
        {
          path: "oven/wanted",
          type: "float",
          unit: "°C",
          initial: 20,
          title: { en: "Wanted" },
          write: { low: 10, high: 140 },
        },
        { path: "oven/boxes", type: "int", unit: "Karton", initial: 7, title: { en: "Boxes" } },
        { path: "oven/air", type: "float", unit: "barg", initial: 2, title: { en: "Air" }, decimals: 2 },
      ],
    },
    headers: { "If-Match": plant.headers().etag ?? "" },
  });
  expect(put.status(), await put.text()).toBeLessThan(300);
  await page.request.post(api("/apps"), { data: { id: "oven", name: { en: "Oven" } } });
  const draft = await page.request.get(api("/apps/oven/draft"));
  const app = await draft.json();
  const at = (id: string, type: string, x: number, y: number, tag: string) => ({
    id,
    type,
    x,
    y,
    w: 240,
    h: type === "setpoint" || type === "value" ? 64 : 240,
    props: { value: { tag: `oven/${tag}` } },
  });
  Object.assign(app.screens[0], {
    width: 1280,
    height: 720,
    widgets: [
      at("gauge", "gauge", 40, 40, "temperature"),
      at("bar", "bar", 320, 40, "temperature"),
      at("trend", "trend", 600, 40, "temperature"),
      at("wanted", "setpoint", 40, 320, "wanted"),
      at("boxes", "value", 320, 320, "boxes"),
      at("air", "value", 600, 320, "air"),
    ],
  });
  const saved = await page.request.put(api("/apps/oven/draft"), {
    data: app,
    headers: { "If-Match": draft.headers().etag ?? "" },
  });
  expect(saved.status(), await saved.text()).toBeLessThan(300);
  const published = await page.request.post(api("/apps/oven/publish"), { data: { comment: "first" } });
  expect(published.status(), await published.text()).toBeLessThan(300);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "units-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("a value is shown in its own unit, with the sign that people know", async () => {
  await page.goto(`${lineside.url}/run/oven`);
  await sees("Temperature", "100.0 °C");
  await sees("Air", "2.00 bar(g)");
  await sees("Boxes", "7 Karton");
});

test("who prefers US units sees gauge, scale and setpoint in °F", async () => {
  await page.getByRole("button", { name: "Units" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("System of units").waitFor();
  expect(await findings()).toEqual([]);
  await dialog.getByLabel("System of units").selectOption({ label: "US customary" });
  await dialog.getByRole("button", { name: "Save" }).click();
  await sees("Temperature", "212.0 °F");
  await sees("Air", "29.0 psi(g)");
  await sees("Boxes", "7 Karton");
  await page.waitForTimeout(300);
  await picture(page, "units-us");
});

test("212 °F is asked for with both units and written as 100 °C", async () => {
  await said("Wanted").press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Allowed 50 °F to 284 °F").waitFor();
  await dialog.getByRole("textbox").fill("285");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByRole("alert").filter({ hasText: "284 °F" }).waitFor();
  await dialog.getByRole("textbox").fill("212");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await page.getByText("Set Wanted to 212 °F (100 °C)?").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Set", exact: true }).click();
  await until("100 °C in the tag", async () => (await value("oven/wanted")) === 100);
  await sees("Wanted", "212.0 °F");
});

test("one quantity is chosen by itself, and the choice is kept with the person", async () => {
  await page.getByRole("button", { name: "Units" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Pressure", { exact: true }).selectOption({ label: "kPa" });
  await dialog.getByRole("button", { name: "Save" }).click();
  await sees("Air", "200 kPa(g)");
  await until("the choice on the server", async () => {
    const me = await (await page.request.get(api("/me"))).json();
    return me.units?.units?.pressure === "kPa" && me.units.system === "us";
  });
  await page.reload();
  await sees("Air", "200 kPa(g)");
  await sees("Temperature", "212.0 °F");
  expect(errors).toEqual([]);
});
