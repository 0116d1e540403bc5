// Drawn once, used for many machines: a screen in a screen, one for each asset of an area, and two popups of one faceplate.
import type { App, Widget } from "@lineside/client";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const api = (path: string) => `${lineside.url}/api/v1/${path}`;

const widget = (
  id: string,
  type: string,
  box: [number, number, number, number],
  rest: Partial<Widget> = {},
): Widget => ({
  id,
  type,
  x: box[0],
  y: box[1],
  w: box[2],
  h: box[3],
  ...rest,
});

const app: App = {
  format: 2,
  id: "com.example.pumps",
  version: "1.0.0",
  name: { en: "Pumps", zh: "泵" },
  inputs: [
    { id: "pump", kind: "asset", model: "pump" },
    { id: "index", kind: "parameter", type: "int", default: 0 },
  ],
  start: "all",
  screens: [
    {
      id: "all",
      name: { en: "All pumps", zh: "全部泵" },
      width: 900,
      height: 600,
      variables: [{ id: "chosen", type: "string", default: "line1/p1" }],
      widgets: [
        widget("list", "repeat", [20, 20, 500, 560], {
          name: "Pumps",
          props: { screen: "card", input: "pump", area: "line1", cellWidth: 220, cellHeight: 120, empty: "No pumps" },
        }),
        widget("one", "screen", [540, 20, 340, 220], {
          name: "Chosen",
          props: { screen: "face", "inputs/pump": { expr: "chosen" } },
        }),
        widget("first", "button", [540, 260, 160, 48], {
          props: { label: "Choose second" },
          on: { click: [{ do: "set", variable: "chosen", value: "line1/p2" }] },
        }),
        widget("two", "button", [540, 330, 160, 48], {
          props: { label: "Open first" },
          on: { click: [{ do: "open", screen: "face", as: "popup", params: { pump: "line1/p1" } }] },
        }),
        widget("three", "button", [720, 330, 160, 48], {
          props: { label: "Open second" },
          on: { click: [{ do: "open", screen: "face", as: "popup", params: { pump: "line1/p2" } }] },
        }),
      ],
    },
    {
      id: "many",
      name: { en: "Many", zh: "许多" },
      width: 900,
      height: 600,
      widgets: [
        widget("list", "repeat", [0, 0, 900, 600], {
          props: {
            screen: "card",
            over: "number",
            count: 1000,
            cellWidth: 200,
            cellHeight: 110,
            "inputs/pump": "line1/p1",
          },
        }),
      ],
    },
    {
      id: "card",
      name: { en: "Card", zh: "卡片" },
      width: 220,
      height: 120,
      widgets: [
        widget("name", "text", [8, 4, 200, 28], { props: { text: { expr: 'pump + " #" + string(index)' } } }),
        widget("speed", "value", [8, 36, 200, 70], { name: "Speed", props: { value: { tag: "{pump}/speed" } } }),
      ],
    },
    {
      id: "face",
      name: { en: "Face", zh: "面板" },
      width: 340,
      height: 220,
      widgets: [
        widget("speed", "value", [10, 10, 300, 70], { name: "Speed", props: { value: { tag: "{pump}/speed" } } }),
        widget("set", "setpoint", [10, 100, 300, 70], { name: "Wanted", props: { value: { tag: "{pump}/speed" } } }),
      ],
    },
  ],
};

const model = {
  id: "pump",
  name: { en: "Pump" },
  properties: [{ id: "speed", type: "float", unit: "1/min", initial: 100, write: { confirm: "none" } }],
};
const asset = (path: string, initial: number) => ({ path, model: "pump", overrides: { speed: { initial } } });

async function putPlant(assets: unknown[]): Promise<void> {
  const plant = await page.request.get(api("plant"));
  const put = await page.request.put(api("plant"), {
    headers: { "If-Match": plant.headers().etag ?? "" },
    data: { format: 1, models: [model], assets },
  });
  expect(put.status(), await put.text()).toBe(200);
}

/** What the widgets of a screen say to a screen reader. */
const said = (where: Locator) =>
  where.evaluate((el) =>
    [...el.querySelectorAll("ul > li > *")]
      .map((n) => [n.getAttribute("aria-label"), n.getAttribute("aria-valuetext"), n.textContent].join(" "))
      .join(" | "),
  );

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser, { width: 1280, height: 860 }));
  await setUp(page, await lineside.setupLink(), "anna");
  await putPlant([asset("line1/p1", 100), asset("line1/p2", 200), asset("line2/p9", 900)]);
  const made = await page.request.post(api("apps"), { data: { id: "pumps", name: { en: "Pumps" }, document: app } });
  expect(made.status(), await made.text()).toBe(201);
  const published = await page.request.post(api("apps/pumps/publish"), { data: {} });
  expect(published.ok(), await published.text()).toBe(true);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && page) await picture(page, `failed-repeat-${task.name.slice(0, 20)}`);
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("every asset of the area has its card, live as assets come and go", async () => {
  await page.goto(`${lineside.url}/run/pumps/all`);
  const items = page.locator(".ls-repeat-item");
  await until("two cards", async () => (await items.count()) === 2);
  await until("their own values", async () => {
    const [a, b] = [await said(items.nth(0)), await said(items.nth(1))];
    return a.includes("100") && b.includes("200");
  });
  await picture(page, "repeat-light");
  await putPlant([asset("line1/p1", 100), asset("line1/p2", 200), asset("line1/p3", 300)]);
  await until("a third card", async () => (await items.count()) === 3);
  await until("its value", async () => (await said(items.nth(2))).includes("300"));
  await putPlant([asset("line1/p1", 100), asset("line1/p2", 200)]);
  await until("two cards again", async () => (await items.count()) === 2);
});

test("another choice changes the embedded machine, and its setpoint writes to that one", async () => {
  const one = page.locator(".ls-upright > .ls-embed");
  await until("the first", async () => (await said(one)).includes("100"));
  // The screens are opened again after a change of the plant, with their variables as at first.
  await until("the second", async () => {
    await page.getByRole("button", { name: "Choose second" }).press("Enter");
    await page.waitForTimeout(500);
    return (await said(one)).includes("200");
  });
  await one.getByRole("button", { name: /speed|Wanted/ }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.keyboard.type("250");
  await page.keyboard.press("Enter");
  await until("the written value", async () => (await said(one)).includes("250"));
  const tag = await (await page.request.get(api("tags/line1/p1/speed"))).json();
  expect(tag.value).toBe(100);
});

test("two popups of one faceplate have their own values", async () => {
  await page.getByRole("button", { name: "Open first" }).press("Enter");
  await page.getByRole("button", { name: "Open second" }).press("Enter");
  const popups = page.locator(".ls-popup");
  await until("two popups with their own values", async () => {
    if ((await popups.count()) !== 2) return false;
    return (await said(popups.nth(0))).includes("100") && (await said(popups.nth(1))).includes("250");
  });
  await picture(page, "repeat-popups");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
});

test("of a thousand only those in sight are opened, and the last can be reached", async () => {
  await page.goto(`${lineside.url}/run/pumps/many`);
  const items = page.locator(".ls-repeat-item");
  await until("the first", async () => (await said(items.first())).includes("#1"));
  expect(await items.count()).toBeLessThan(60);
  expect(await items.first().getAttribute("aria-setsize")).toBe("1000");
  await page.locator(".ls-scroller").evaluate((el) => el.scrollTo({ top: el.scrollHeight }));
  const last = page.locator('.ls-repeat-item[aria-posinset="1000"]');
  await last.waitFor();
  await until("the last is open", async () => (await said(last)).includes("#1000"));
  expect(await items.count()).toBeLessThan(60);
});

test("it reads well in Chinese and in the dark", async () => {
  await page.evaluate(() => localStorage.setItem("lineside.theme", "dark"));
  await page.goto(`${lineside.url}/run/pumps/all`);
  await until("two cards", async () => (await page.locator(".ls-repeat-item").count()) === 2);
  await until("their values", async () => (await said(page.locator(".ls-repeat-item").first())).includes("100"));
  await page.locator("button:visible, a:visible", { hasText: "中文" }).first().click();
  await page.getByText("全部泵").first().waitFor();
  // Another language leaves what is open as it is.
  await until("their values still", async () => (await said(page.locator(".ls-repeat-item").first())).includes("100"));
  await picture(page, "repeat-dark");
  expect(errors).toEqual([]);
});
