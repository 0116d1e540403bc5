// Two engineers draw the same app at the same time: what does not clash is merged by itself, of what does both versions are kept.
import { readFileSync } from "node:fs";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { logIn, password, setUp } from "./steps.ts";

interface DraftWidget {
  id: string;
  type: string;
  x: number;
  y: number;
}

interface DraftApp {
  screens: { widgets: DraftWidget[] }[];
}

const widgets = (app: DraftApp) => app.screens[0]?.widgets ?? [];
const types = (app: DraftApp) =>
  widgets(app)
    .map((w) => w.type)
    .sort();

let lineside: Lineside;
let browser: Browser;
let anna: Page;
let erik: Page;
const errors: string[][] = [];

async function newPerson(): Promise<Page> {
  const someone = await person(browser, { width: 1366, height: 768 });
  errors.push(someone.errors);
  return someone.page;
}

async function draft(page: Page): Promise<DraftApp> {
  return (await (await page.request.get(`${lineside.url}/api/v1/apps/line/draft`)).json()) as DraftApp;
}

/** Waits until the draft on the server has just these widgets. */
async function draftHas(page: Page, ...wanted: string[]): Promise<void> {
  await until(`the draft with ${wanted}`, async () => {
    const found = types(await draft(page));
    if (JSON.stringify(found) !== JSON.stringify(wanted.sort())) throw new Error(`it has ${found}`);
    return true;
  });
}

const board = (page: Page): Locator => page.getByRole("application", { name: /Drawing of the screen/ });

/** Waits until the pages of both show this many widgets in their layers. */
async function bothShow(count: number): Promise<void> {
  for (const page of [anna, erik]) {
    await page.getByRole("tab", { name: "Layers" }).click();
    await until(`${count} layers`, async () => (await page.getByRole("treeitem").count()) === count);
  }
}

/** Puts a widget into the middle of the board by the keyboard. */
async function add(page: Page, widget: string): Promise<void> {
  await page.getByRole("tab", { name: "Widgets" }).click();
  await page.locator(`[data-widget="${widget}"]`).press("Enter");
}

/** Keeps the saves of somebody back, as a bad line does, until the returned function is called. */
async function holdSaves(page: Page): Promise<() => Promise<void>> {
  const path = "**/api/v1/apps/line/draft";
  await page.route(path, (route) => (route.request().method() === "PUT" ? route.abort() : route.continue()));
  return () => page.unroute(path);
}

async function edit(page: Page): Promise<void> {
  await page.goto(`${lineside.url}/design/line`);
  await board(page).waitFor();
}

const conflict = (page: Page) => page.getByRole("dialog", { name: /^You and \w+ changed the same things$/ });

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  anna = await newPerson();
  await setUp(anna, await lineside.setupLink(), "anna");
  for (const [path, data] of [
    ["users", { name: "erik", grants: [{ role: "engineer" }], password }],
    ["apps", { id: "line", name: { en: "Line" } }],
  ] as const)
    expect((await anna.request.post(`${lineside.url}/api/v1/${path}`, { data })).status()).toBe(201);
  erik = await newPerson();
  await logIn(erik, lineside.url, "erik");
  await edit(anna);
  await edit(erik);
});

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  for (const [name, page] of Object.entries({ anna, erik })) if (page) await picture(page, `failed-conflict-${name}`);
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("what two draw at once is merged without a question, and each sees the other", async () => {
  await anna.getByLabel("erik has this draft open too").waitFor();
  const release = await holdSaves(erik);
  await add(anna, "gauge");
  await draftHas(anna, "gauge");
  // Both give the same name to something new: neither takes the other's place.
  await add(erik, "lamp");
  await add(erik, "gauge");
  await release();
  await draftHas(erik, "gauge", "gauge", "lamp");
  expect(await conflict(erik).isVisible()).toBe(false);
  await erik.getByText("Merged with anna's changes: 1 widget").first().waitFor();
  await picture(erik, "conflict-01-merged");
  await bothShow(3);
  // Undo takes back one's own steps only.
  await board(erik).press("Control+z");
  await board(erik).press("Control+z");
  await draftHas(erik, "gauge");
  await board(erik).press("Control+Shift+z");
  await board(erik).press("Control+Shift+z");
  await draftHas(erik, "gauge", "gauge", "lamp");
  await bothShow(3);
});

test("the same property changed by both is asked for, and both versions are kept", async () => {
  const before = widgets(await draft(anna)).find((w) => w.type === "lamp") as DraftWidget;
  const release = await holdSaves(erik);
  for (const [page, key] of [
    [anna, "ArrowRight"],
    [erik, "ArrowLeft"],
  ] as const) {
    await page.getByRole("treeitem").filter({ hasText: "Lamp" }).click();
    await board(page).press(key);
  }
  await add(erik, "text");
  const lamp = async () => widgets(await draft(anna)).find((w) => w.type === "lamp")?.x;
  await until("anna's move", async () => (await lamp()) === before.x + 1);
  await release();
  const dialog = conflict(erik);
  await dialog.waitFor();
  await dialog.getByRole("img", { name: /version: anna/ }).waitFor();
  await picture(erik, "conflict-02-asked");
  // Escape is no choice, and nothing was saved over anna's.
  await erik.keyboard.press("Escape");
  await dialog.waitFor();
  await draftHas(anna, "gauge", "gauge", "lamp");
  const saving = erik.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download mine" }).click();
  expect(types(JSON.parse(readFileSync(await (await saving).path(), "utf8")))).toContain("text");
  await dialog.getByRole("radio", { name: /^anna/ }).check();
  await dialog.getByRole("button", { name: "Save the merged version" }).click();
  await dialog.waitFor({ state: "hidden" });
  await draftHas(erik, "gauge", "gauge", "lamp", "text");
  expect(await lamp()).toBe(before.x + 1);
  // Both versions can be found.
  await erik.keyboard.press("Control+Alt+h");
  const history = erik.getByRole("dialog", { name: "History" });
  await history.getByText("My version before the merge with anna's").waitFor();
  await history.getByText("anna's version before the merge").waitFor();
  await history.getByLabel("Save the draft as a named version").fill("Before lunch");
  await history.getByRole("button", { name: "Save version" }).click();
  await history.locator(".history-comment", { hasText: "Before lunch" }).waitFor();
  await picture(erik, "conflict-03-history");
  await history.getByText("My version before the merge").click();
  await history.getByRole("button", { name: "Restore the whole app" }).click();
  await until("one's own version again", async () => (await lamp()) === before.x - 1);
  await erik.keyboard.press("Escape");
  await bothShow(4);
});

test("work that was not saved survives a closed window, and is merged", async () => {
  await holdSaves(erik);
  await add(erik, "bar");
  await until("the work is kept", () => erik.evaluate(() => !!localStorage.getItem("lineside.unsaved.line")));
  await add(anna, "value");
  await draftHas(anna, "gauge", "gauge", "lamp", "text", "value");
  erik.once("dialog", (question) => void question.accept());
  await erik.goto(`${lineside.url}/`);
  await erik.unrouteAll();
  await erik.goto(`${lineside.url}/design/line`);
  const left = erik.getByRole("dialog", { name: "Unsaved work was found" });
  await left.waitFor();
  await picture(erik, "conflict-04-left");
  await left.getByRole("button", { name: "Go on with it" }).click();
  await left.waitFor({ state: "hidden" });
  await draftHas(erik, "bar", "gauge", "gauge", "lamp", "text", "value");
  await board(erik).press("Control+z");
  await draftHas(erik, "gauge", "gauge", "lamp", "text", "value");
  expect(errors.flat().filter((e) => !/ERR_FAILED|Failed to load/.test(e))).toEqual([]);
});
