// The shell of an app: a key made of a label and translated, published, and an operator who changes the
// language while the app runs; a menu with breadcrumbs, on a panel and on a phone.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { addUser, logIn, saysSoon, setUp } from "./steps.ts";

const screen = (id: string, name: object, widgets: object[] = []) => ({ id, name, width: 800, height: 600, widgets });
const box = (id: string, type: string, y: number, more: object) => ({ id, type, x: 40, y, w: 320, h: 56, ...more });

const app = {
  format: 2,
  version: "1.0.0",
  name: { en: "Plant", zh: "工厂" },
  screens: [
    screen("home", { en: "Home", zh: "首页" }, [
      box("start", "button", 40, { name: "Starter", props: { label: "Start pump" } }),
      box("more", "button", 120, { props: { label: "Details" }, on: { click: [{ do: "open", screen: "detail" }] } }),
      box("level", "value", 200, { props: { value: { tag: "north/well/level" } } }),
    ]),
    screen("hall", { en: "Hall", zh: "大厅" }, [box("in", "text", 40, { props: { text: "In the hall" } })]),
    screen("service", { en: "Service", zh: "维护" }),
    screen("detail", { en: "Detail", zh: "详情" }, [box("on", "text", 40, { props: { text: "Detail" } })]),
  ],
};

let lineside: Lineside;
let browser: Browser;
let engineer: Page;
let operator: Page;
let operating: BrowserContext;
let errors: string[][];

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  const first = await person(browser, { width: 1500, height: 900 });
  const second = await person(browser, { width: 1280, height: 800 });
  engineer = first.page;
  operator = second.page;
  operating = second.context;
  errors = [first.errors, second.errors];
  await setUp(engineer, await lineside.setupLink(), "erik");
  await addUser(engineer, lineside.url, "olga", "Operator");
  await logIn(operator, lineside.url, "olga");
  const api = `${lineside.url}/api/v1/apps/pump-station`;
  const draft = await engineer.request.get(`${api}/draft`);
  const { id } = (await draft.json()) as { id: string };
  const put = await engineer.request.put(`${api}/draft`, {
    data: { ...app, id },
    headers: { "If-Match": draft.headers().etag ?? "" },
  });
  expect(put.status(), await put.text()).toBeLessThan(300);
});

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  if (engineer) await picture(engineer, "failed-shell-engineer");
  if (operator) await picture(operator, "failed-shell-operator");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) => v.nodes.map((node) => `${v.id}: ${v.help} ${node.html}`));
}

const saved = () =>
  until("the draft to be saved", async () => (await engineer.locator("[data-save=saved]").count()) > 0);

test("a key is made of a label, translated, and the rest of the app at once", async () => {
  await engineer.goto(`${lineside.url}/design/pump-station`);
  await engineer.locator("[role=application]").waitFor();
  await engineer.getByRole("tab", { name: "Layers" }).click();
  await engineer.getByRole("treeitem", { name: "Starter" }).click();
  await engineer.getByRole("button", { name: "Translate Label" }).click();
  const form = engineer.getByRole("dialog", { name: "Translate Label" });
  await expect.poll(() => form.getByLabel("Key").inputValue()).toBe("start.pump");
  await form.getByLabel("中文").fill("启动水泵");
  await form.getByLabel("Key").fill("pump.start");
  await picture(engineer, "shell-01-make");
  await form.getByRole("button", { name: "Make it a text by key" }).click();
  await engineer.locator(".text-chip").getByText("pump.start").waitFor();

  // The drawing in another language than the pages.
  await engineer.getByRole("button", { name: "Language of the drawing: English" }).click();
  await engineer.getByRole("menuitem", { name: "中文" }).click();
  await engineer.locator(".text-chip").getByText("启动水泵").waitFor();

  await engineer.getByRole("button", { name: /^Language of the drawing/ }).click();
  await engineer.getByRole("menuitem", { name: "All texts" }).click();
  const dialog = engineer.getByRole("dialog", { name: "App settings" });
  await dialog.getByRole("button", { name: "Extract texts" }).click();
  const extract = engineer.getByRole("dialog", { name: "Constant texts become texts by key" });
  await extract.getByRole("cell", { name: "In the hall", exact: true }).waitFor();
  await extract.getByRole("button", { name: /^Extract 3 texts/ }).click();
  await dialog.getByRole("button", { name: "Missing (3)" }).click();
  await dialog.getByLabel("details, 中文").fill("详情");
  await dialog.getByLabel("details, 中文").press("Enter");
  await dialog.getByRole("button", { name: "Missing (2)" }).waitFor();
  await dialog.getByRole("button", { name: /^All/ }).click();
  await dialog.getByLabel("Key details").fill("go.on");
  await dialog.getByLabel("Key details").press("Enter");
  await dialog.getByLabel("go.on, 中文").waitFor();
  await picture(engineer, "shell-02-texts");
  expect(await findings(engineer)).toEqual([]);
});

test("a navigation is made by the keyboard, with a picture of it", async () => {
  const dialog = engineer.getByRole("dialog", { name: "App settings" });
  await dialog.getByRole("tab", { name: "Navigation" }).click();
  await dialog.getByRole("button", { name: "Menu", exact: true }).click();
  await dialog.getByRole("switch", { name: /^Breadcrumbs/ }).click();
  await dialog.getByRole("button", { name: "Begin a tree of your own" }).click();
  const tree = dialog.getByRole("tree", { name: "Entries" });
  const order = async () => (await tree.getByRole("treeitem").allTextContents()).map((s) => s.trim()).join(" ");
  expect(await order()).toBe("Home Hall Service Detail");
  // Detail is reached by an action only.
  await tree.focus();
  await engineer.keyboard.press("End");
  await engineer.keyboard.press("Delete");
  // A heading behind Home, with the others below it.
  await engineer.keyboard.press("Home");
  await dialog.getByRole("button", { name: "Add heading" }).click();
  await dialog.getByLabel("Title, English").fill("Areas");
  await dialog.getByLabel("Title, English").press("Enter");
  await dialog.getByLabel("Title, 中文").fill("区域");
  await dialog.getByLabel("Title, 中文").press("Enter");
  await dialog.getByRole("button", { name: "Icon", exact: true }).click();
  await engineer.getByRole("button", { name: "factory", exact: true }).click();
  await tree.focus();
  await engineer.keyboard.press("ArrowDown");
  await engineer.keyboard.press("Alt+ArrowRight");
  await engineer.keyboard.press("ArrowDown");
  await engineer.keyboard.press("Alt+ArrowRight");
  await expect.poll(order).toBe("Home Areas Hall Service");
  // Service is for engineers alone, and operators begin in the hall.
  await dialog.getByRole("checkbox", { name: "Engineer" }).check();
  await dialog.getByLabel("Operator", { exact: true }).last().selectOption({ label: "Hall" });
  const frame = dialog.getByRole("region", { name: "How it looks" });
  await frame.locator(".ls-menu").getByText("大厅").waitFor();
  expect(await frame.locator(".ls-menu").getByText("维护").count()).toBe(0);
  await frame.getByLabel("Seen by").selectOption({ label: "As Engineer" });
  await frame.locator(".ls-menu").getByText("维护").waitFor();
  await picture(engineer, "shell-03-navigation");
  expect(await findings(engineer)).toEqual([]);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await saved();
  await engineer.getByRole("button", { name: "Publish" }).click();
  const publish = engineer.getByRole("dialog");
  await publish.getByRole("button", { name: /^Publish/ }).click();
  await publish.getByRole("link").waitFor();
});

test("an operator changes the language while the app runs", async () => {
  await operator.goto(`${lineside.url}/run/pump-station`);
  // The start screen of the role, and no entry that is for others.
  await operator.locator(".ls-crumbs [aria-current]").getByText("Hall").waitFor();
  const menu = operator.getByRole("navigation", { name: "Screens" });
  expect(await menu.getByText("Service").count()).toBe(0);
  expect(await operator.evaluate(() => document.title)).toBe("Hall · Plant");
  await menu.getByRole("link", { name: "Home" }).click();
  await saysSoon(operator, "start", "Start pump");
  await operator.getByRole("button", { name: "Details" }).press("Enter");
  await operator.locator(".ls-crumbs").getByText("Detail").waitFor();
  expect((await operator.locator(".ls-crumbs li").allTextContents()).join(" > ")).toBe("Hall > Home > Detail");
  await operator.goBack();
  await saysSoon(operator, "start", "Start pump");
  await picture(operator, "shell-04-menu");
  await operator.evaluate(() => Object.assign(window, { same: true }));
  await operator.getByRole("button", { name: "中文" }).click();
  await saysSoon(operator, "start", "启动水泵");
  await saysSoon(operator, "more", "详情");
  // The title of the tag comes from the server, in the language of now.
  await saysSoon(operator, "level", "液位");
  await operator.getByRole("navigation", { name: "画面" }).getByRole("link", { name: "首页" }).waitFor();
  expect(await operator.evaluate(() => (window as { same?: boolean }).same)).toBe(true);
  await operator.getByRole("button", { name: "深色" }).click();
  await operator.getByRole("button", { name: "折叠菜单" }).click();
  await picture(operator, "shell-05-dark-zh-folded");
  expect(await findings(operator)).toEqual([]);
});

test("tabs of the header drop what is below a heading", async () => {
  const api = `${lineside.url}/api/v1/apps/pump-station`;
  const draft = await engineer.request.get(`${api}/draft`);
  const now = (await draft.json()) as { navigation: { style?: string } };
  now.navigation.style = "header";
  const put = await engineer.request.put(`${api}/draft`, {
    data: now,
    headers: { "If-Match": draft.headers().etag ?? "" },
  });
  expect(put.status(), await put.text()).toBeLessThan(300);
  await engineer.goto(`${lineside.url}/run/pump-station/home?draft=1`);
  const tabs = engineer.getByRole("navigation", { name: "Screens" });
  const areas = tabs.getByRole("button", { name: "Areas" });
  await areas.focus();
  await engineer.keyboard.press("Enter");
  const hall = tabs.getByRole("link", { name: "Hall" });
  await hall.waitFor();
  const [below, button] = [await hall.boundingBox(), await areas.boundingBox()];
  expect(below && button && below.y >= button.y + button.height - 2 && Math.abs(below.x - button.x) < 8).toBe(true);
  await picture(engineer, "shell-07-tabs");
  expect(await findings(engineer)).toEqual([]);
  await engineer.keyboard.press("Escape");
  expect(await hall.isVisible()).toBe(false);
  await engineer.keyboard.press("Enter");
  await engineer.keyboard.press("ArrowDown");
  await engineer.keyboard.press("Enter");
  await engineer.locator(".ls-crumbs [aria-current]").getByText("Hall").waitFor();
  expect(await areas.getAttribute("aria-expanded")).toBe("false");
});

test("on a phone the menu is a drawer behind a button", async () => {
  const phone = await browser.newContext({
    viewport: { width: 390, height: 780 },
    isMobile: true,
    hasTouch: true,
    storageState: await operating.storageState(),
  });
  const page = await phone.newPage();
  await page.goto(`${lineside.url}/run/pump-station/home`);
  await page.locator("[data-id=start]").waitFor({ state: "attached" });
  const menu = page.locator(".ls-menu");
  expect(await menu.isVisible()).toBe(false);
  await page.getByRole("button", { name: "打开菜单" }).tap();
  await menu.getByText("区域").waitFor();
  await picture(page, "shell-06-phone");
  expect(await findings(page)).toEqual([]);
  // Escape closes it and gives the focus back.
  await page.keyboard.press("Escape");
  await until("the drawer to close", async () => !(await menu.isVisible()));
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-expanded"))).toBe("false");
  await page.getByRole("button", { name: "打开菜单" }).tap();
  await menu.getByRole("link", { name: "大厅" }).tap();
  await page.locator(".ls-crumbs [aria-current]").getByText("大厅").waitFor();
  expect(await menu.isVisible()).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await phone.close();
  expect(errors).toEqual([[], []]);
});
