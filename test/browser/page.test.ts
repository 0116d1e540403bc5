// Pages of columns at three widths, panes of tabs and splits, and the preview on panels: as an operator and an engineer see them.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

const text = (id: string, more: object = {}) => ({ id, type: "text", x: 16, y: 16, w: 200, h: 40, ...more });
const large = (column: number, span: number, row: number, rows: number) => ({ large: { column, span, row, rows } });

const app = {
  format: 2,
  id: "com.example.page",
  version: "1.0.0",
  name: { en: "Pages", zh: "页面" },
  screens: [
    {
      id: "page",
      name: { en: "Page", zh: "页面" },
      width: 1280,
      height: 800,
      layout: "page",
      widgets: [
        {
          id: "right",
          type: "button",
          x: 648,
          y: 16,
          w: 616,
          h: 48,
          cells: large(6, 6, 0, 6),
          props: { label: "Right" },
          on: { click: [{ do: "open", screen: "panes" }] },
        },
        text("left", { w: 616, cells: large(0, 6, 0, 5), props: { text: "Left" } }),
        text("wide", {
          name: "Wide text",
          y: 96,
          w: 1248,
          h: 160,
          cells: large(0, 12, 10, 20),
          props: { text: "Wide" },
        }),
        {
          id: "card",
          type: "card",
          x: 16,
          y: 272,
          w: 616,
          h: 240,
          cells: large(0, 6, 32, 30),
          props: { title: "Card", fold: true },
        },
        { id: "gauge", type: "gauge", parent: "card", x: 20, y: 56, w: 300, h: 160, props: { label: "In the card" } },
        {
          id: "far",
          type: "button",
          x: 16,
          y: 1200,
          w: 616,
          h: 48,
          cells: large(0, 6, 148, 6),
          props: { label: "Far below" },
          on: { click: [{ do: "open", screen: "panes" }] },
        },
      ],
    },
    {
      id: "panes",
      name: { en: "Panes", zh: "窗格" },
      width: 1280,
      height: 800,
      widgets: [
        {
          id: "tabs",
          type: "tabs",
          x: 40,
          y: 40,
          w: 560,
          h: 320,
          name: "Boilers",
          props: { titles: ["North", "South", "West"] },
        },
        { id: "north", type: "value", parent: "tabs", x: 24, y: 64, w: 200, h: 60, props: { label: "North pressure" } },
        {
          id: "south",
          type: "value",
          parent: "tabs",
          pane: 1,
          x: 24,
          y: 64,
          w: 200,
          h: 60,
          props: { label: "South pressure" },
        },
        { id: "split", type: "split", x: 640, y: 40, w: 600, h: 320, name: "Divider" },
        { id: "first", type: "value", parent: "split", x: 24, y: 24, w: 200, h: 60, props: { label: "First" } },
        {
          id: "second",
          type: "value",
          parent: "split",
          pane: 1,
          x: 324,
          y: 24,
          w: 200,
          h: 60,
          props: { label: "Second" },
        },
      ],
    },
  ],
};

let lineside: Lineside;
let browser: Browser;
let engineer: Page;
let context: BrowserContext;
const errors: string[][] = [];

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  const someone = await person(browser, { width: 1366, height: 800 });
  errors.push(someone.errors);
  engineer = someone.page;
  context = someone.context;
  await setUp(engineer, await lineside.setupLink(), "ada");
  const api = `${lineside.url}/api/v1/apps`;
  const made = await engineer.request.post(api, { data: { id: "pages", name: app.name } });
  expect(made.status()).toBe(201);
  const draft = await engineer.request.get(`${api}/pages/draft`);
  const put = await engineer.request.put(`${api}/pages/draft`, {
    data: { ...app, id: ((await draft.json()) as { id: string }).id },
    headers: { "If-Match": draft.headers().etag ?? "" },
  });
  expect(put.status(), await put.text()).toBeLessThan(300);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && engineer) await picture(engineer, "failed-page");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

/** What axe finds that keeps somebody from using the page. */
async function findings(page: Page, ...parts: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  for (const part of parts) axe.include(part);
  const { violations } = await axe.analyze();
  return violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) => v.nodes.map((node) => `${v.id}: ${v.help} ${node.html}`));
}

const says = (page: Page, label: string | RegExp) => page.getByRole("img", { name: label });

/** Opens the draft of a screen as an operator would see it. */
async function run(page: Page, screen: string): Promise<void> {
  await page.goto(`${lineside.url}/run/pages/${screen}?draft=1`);
  await page.locator(".ls-screen canvas").waitFor();
}

/** How the colours of the canvas go from top to bottom, as one word: two pages that look the same have the same. */
const seen = (page: Page) =>
  page.locator(".ls-screen canvas").evaluate((c) => (c as HTMLCanvasElement).toDataURL().length);

test("a page lies in columns, and below each other on a phone", async () => {
  await run(engineer, "page");
  await picture(engineer, "page-01-large");
  // By the keyboard to what lies far below: the page scrolls to it.
  const far = engineer.getByRole("button", { name: "Far below" });
  await until("the page to be drawn", () => far.isEnabled());
  const before = await seen(engineer);
  await engineer.keyboard.press("End");
  await until("the page to scroll", async () => (await seen(engineer)) !== before);
  await picture(engineer, "page-02-end");
  await engineer.setViewportSize({ width: 820, height: 1180 });
  await engineer.waitForTimeout(200);
  await picture(engineer, "page-03-medium");
  await engineer.setViewportSize({ width: 1366, height: 800 });
});

test("a phone scrolls by a finger, and its controls are large enough", async () => {
  const phone = await browser.newContext({
    viewport: { width: 390, height: 560 },
    deviceScaleFactor: 3,
    isMobile: true,
    hasTouch: true,
    storageState: await context.storageState(),
  });
  const page = await phone.newPage();
  await run(page, "page");
  await page.getByRole("button", { name: "Right" }).waitFor({ state: "attached" });
  await page.waitForTimeout(300);
  await picture(page, "page-04-phone");
  // The page is as wide as the phone: nothing to scroll sideways.
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  for (const control of await page.locator("header a:visible, header button:visible, header select:visible").all()) {
    const box = await control.boundingBox();
    if (box) expect(Math.min(box.width, box.height), await control.innerHTML()).toBeGreaterThanOrEqual(43.5);
  }
  const before = await seen(page);
  const session = await phone.newCDPSession(page);
  await session.send("Input.synthesizeScrollGesture", { x: 200, y: 450, yDistance: -400, gestureSourceType: "touch" });
  await until("the finger to scroll the page", async () => (await seen(page)) !== before);
  await picture(page, "page-05-phone-scrolled");
  await phone.close();
});

test("tabs show one pane, by pointer and by arrow keys", async () => {
  await run(engineer, "panes");
  await says(engineer, /North pressure/).waitFor({ state: "attached" });
  expect(await says(engineer, /South pressure/).count()).toBe(0);
  const tab = (name: string) => engineer.getByRole("tab", { name });
  expect(await tab("North").getAttribute("aria-selected")).toBe("true");
  await picture(engineer, "page-06-tabs");
  await tab("North").focus();
  await engineer.keyboard.press("ArrowRight");
  await says(engineer, /South pressure/).waitFor({ state: "attached" });
  expect(await says(engineer, /North pressure/).count()).toBe(0);
  await until("the focus on the open tab", async () =>
    engineer.evaluate(() => document.activeElement?.getAttribute("aria-label") === "South"),
  );
  await engineer.keyboard.press("End");
  await until("the third pane", async () => (await tab("West").getAttribute("aria-selected")) === "true");
  // The first tab begins at the left edge of the widget; the screen is fitted into the window.
  const at = await placeOf(engineer, 60, 60);
  await engineer.mouse.click(at.x, at.y);
  await says(engineer, /North pressure/).waitFor({ state: "attached" });
});

/** Where a place of the screen "panes" is in the window. */
async function placeOf(page: Page, x: number, y: number): Promise<{ x: number; y: number }> {
  const box = await page.locator(".ls-screen canvas").boundingBox();
  if (!box) throw new Error("no screen");
  const zoom = Math.min(box.width / 1280, box.height / 800);
  return {
    x: box.x + (box.width - 1280 * zoom) / 2 + x * zoom,
    y: box.y + (box.height - 800 * zoom) / 2 + y * zoom,
  };
}

test("a divider is dragged and remembered", async () => {
  const divider = engineer.getByRole("separator", { name: "Divider" });
  const now = () => divider.getAttribute("aria-valuenow");
  expect(await now()).toBe("50");
  const from = await placeOf(engineer, 940, 200);
  const to = await placeOf(engineer, 820, 220);
  await engineer.mouse.move(from.x, from.y);
  await engineer.mouse.down();
  await engineer.mouse.move((from.x + to.x) / 2, to.y, { steps: 4 });
  await engineer.mouse.move(to.x, to.y, { steps: 4 });
  await engineer.mouse.up();
  await until("the divider to be at 30 %", async () => (await now()) === "30");
  await picture(engineer, "page-07-split");
  expect(await findings(engineer)).toEqual([]);
  await divider.focus();
  await engineer.keyboard.press("ArrowLeft");
  await until("a key to move it", async () => (await now()) === "28");
  await engineer.reload();
  await until("the place to be remembered", async () => (await now()) === "28");
});

test("an engineer lays the page out at each width, and each is one step", async () => {
  await engineer.goto(`${lineside.url}/design/pages`);
  const board = engineer.getByRole("application", { name: /Drawing of the screen/ });
  await board.waitFor();
  const bar = engineer.getByRole("toolbar", { name: "Width of the page" });
  await bar.waitFor();
  await picture(engineer, "page-10-board");
  await engineer.getByRole("tab", { name: "Layers" }).click();
  await engineer.getByRole("treeitem", { name: "Wide text" }).click();
  const column = engineer.getByLabel("Columns", { exact: true });
  await column.fill("6");
  await column.press("Enter");
  interface Placed {
    id: string;
    cells: Record<string, { span: number; row: number }>;
  }
  const widget = async (id: string): Promise<Placed | undefined> => {
    const draft = await (await engineer.request.get(`${lineside.url}/api/v1/apps/pages/draft`)).json();
    return (draft as { screens: { widgets: Placed[] }[] }).screens[0]?.widgets.find((w) => w.id === id);
  };
  const cells = async () => (await widget("wide")) as Placed;
  await until("the span to be saved", async () => (await cells()).cells.large?.span === 6);
  await bar.getByRole("button", { name: /^Small/ }).click();
  await picture(engineer, "page-11-board-small");
  await board.focus();
  await engineer.keyboard.press("ArrowDown");
  await until("the small page to have places of its own", async () => !!(await cells()).cells.small);
  expect((await cells()).cells.large?.span).toBe(6);
  await picture(engineer, "page-12-board-own");
  expect(await findings(engineer, ".page-bar", ".inspector")).toEqual([]);
  await bar.getByRole("button", { name: /as on a large page/ }).click();
  await until("the small page to follow the large one", async () => !(await cells()).cells.small);
  await board.press("Control+z");
  await until("undo", async () => !!(await cells()).cells.small);
  // With the pointer on the large page: down by 160 px, the card below makes room.
  await bar.getByRole("button", { name: /^Large/ }).click();
  const box = await board.boundingBox();
  const height = 1248 + 16;
  if (!box) throw new Error("no board");
  const zoom = Math.min(1, (box.width - 80) / 1280, (box.height - 80) / height);
  const x = box.x + box.width / 2 + (100 - 640) * zoom;
  const y = box.y + box.height / 2 + (176 - height / 2) * zoom;
  await engineer.mouse.move(x, y);
  await engineer.mouse.down();
  await engineer.mouse.move(x, y + 40 * zoom, { steps: 3 });
  await engineer.mouse.move(x, y + 80 * zoom, { steps: 3 });
  await picture(engineer, "page-13-board-drag");
  await engineer.mouse.up();
  await until("the drag to be saved", async () => (await cells()).cells.large?.row === 20);
  const card = await widget("card");
  expect(card?.cells.large?.row).toBe(40);
  await engineer.getByText("Saved", { exact: true }).waitFor({ state: "attached" });
});

test("a tab of the board shows its pane, and what is dropped there lies in it", async () => {
  await engineer.goto(`${lineside.url}/design/pages`);
  const board = engineer.getByRole("application", { name: /Drawing of the screen/ });
  await board.waitFor();
  await engineer.locator(".screen-menu").click();
  await engineer.getByRole("menuitem", { name: /Panes/ }).first().click();
  await engineer.getByRole("tab", { name: "Layers" }).click();
  await engineer.getByRole("treeitem", { name: "Boilers" }).click();
  await engineer.getByRole("button", { name: "Show pane South" }).click();
  await picture(engineer, "page-13-board-tabs");
  expect(await findings(engineer, ".inspector")).toEqual([]);
  await engineer.getByRole("tab", { name: "Widgets" }).click();
  const box = await board.boundingBox();
  if (!box) throw new Error("no board");
  // The board shows the screen whole: 40 px around it at most its own size, and 16 more for the drawing tools.
  const zoom = Math.min(1, (box.width - 96) / 1280, (box.height - 80) / 800);
  const x = box.x + 16 + (box.width - 16) / 2 + (420 - 640) * zoom;
  const y = box.y + box.height / 2 + (260 - 400) * zoom;
  await engineer.locator('[data-widget="lamp"]').scrollIntoViewIfNeeded();
  const lamp = await engineer.locator('[data-widget="lamp"]').boundingBox();
  if (!lamp) throw new Error("no lamp");
  await engineer.mouse.move(lamp.x + lamp.width / 2, lamp.y + lamp.height / 2);
  await engineer.mouse.down();
  await engineer.mouse.move(x, y, { steps: 6 });
  await engineer.mouse.up();
  await until("the lamp in the second pane", async () => {
    const draft = (await (await engineer.request.get(`${lineside.url}/api/v1/apps/pages/draft`)).json()) as typeof app;
    const found = draft.screens[1]?.widgets.find((w) => w.type === "lamp") as unknown as
      | { parent?: string; pane?: number }
      | undefined;
    return found?.parent === "tabs" && found.pane === 1;
  });
  await engineer.getByText("Saved", { exact: true }).waitFor({ state: "attached" });
});

test("the preview shows panels, small targets and other eyes", async () => {
  await engineer.goto(`${lineside.url}/design/pages`);
  await engineer.getByRole("application", { name: /Drawing of the screen/ }).waitFor();
  await engineer.getByRole("button", { name: "Preview", exact: true }).click();
  const preview = engineer.getByRole("region", { name: "Preview" });
  await preview.getByRole("button", { name: "Phone" }).click();
  const inside = engineer.frameLocator("iframe");
  await inside.locator(".ls-screen canvas").waitFor();
  expect(await inside.locator("html").evaluate(() => innerWidth)).toBe(390);
  await picture(engineer, "page-20-preview-phone");
  await preview.getByRole("button", { name: "Turn the panel" }).click();
  await until("the panel to be turned", () => inside.locator("html").evaluate(() => innerWidth === 844));
  await preview.getByRole("button", { name: "Panel for gloves" }).click();
  await preview.getByText(/targets are too small/).waitFor();
  expect(await inside.locator(".ls-small").count()).toBeGreaterThan(0);
  await picture(engineer, "page-21-preview-glove");
  await preview.getByLabel("Colour vision").selectOption("protan");
  expect(await engineer.locator("iframe").evaluate((f) => getComputedStyle(f).filter)).toContain("vision-protan");
  await preview.getByRole("button", { name: "Dark" }).click();
  await until("the page to be dark", () =>
    inside.locator("html").evaluate((e) => getComputedStyle(e).colorScheme === "dark"),
  );
  await preview.getByRole("button", { name: "中文" }).click();
  await until("the page to be Chinese", () => inside.locator("html").evaluate((e) => (e as HTMLElement).lang === "zh"));
  await picture(engineer, "page-22-preview-zh-dark");
  expect(await findings(engineer, ".preview")).toEqual([]);
  expect(errors.flat()).toEqual([]);
});
