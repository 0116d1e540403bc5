// Two engineers draw the same app at the same time: whoever is second is asked, and nobody's work is lost.
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { logIn, password, setUp } from "./steps.ts";

interface DraftApp {
  screens: { widgets: { type: string }[] }[];
}

const types = (app: DraftApp) => (app.screens[0]?.widgets ?? []).map((widget) => widget.type).sort();

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

/** Waits until the draft on the server has just these widgets. */
async function draftHas(page: Page, ...wanted: string[]): Promise<void> {
  await until(`the draft with ${wanted}`, async () => {
    const app = (await (await page.request.get(`${lineside.url}/api/v1/apps/line/draft`)).json()) as DraftApp;
    if (JSON.stringify(types(app)) !== JSON.stringify(wanted.sort())) throw new Error(`it has ${types(app)}`);
    return true;
  });
}

/** Puts a widget into the middle of the board by the keyboard. */
async function add(page: Page, widget: string): Promise<void> {
  await page.getByRole("tab", { name: "Widgets" }).click();
  await page.locator(`[data-widget="${widget}"]`).press("Enter");
}

async function edit(page: Page): Promise<void> {
  await page.goto(`${lineside.url}/design/line`);
  await page.getByRole("application", { name: /Drawing of the screen/ }).waitFor();
}

const conflict = (page: Page) => page.getByRole("dialog", { name: "Somebody else has saved this app" });

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

test("the second save is refused and both versions are kept", async () => {
  await add(anna, "gauge");
  await draftHas(anna, "gauge");
  await add(erik, "lamp");
  const dialog = conflict(erik);
  await dialog.waitFor();
  await dialog.getByText(/^anna saved the other version at/).waitFor();
  for (const name of ["Download mine", "Take theirs", "Save mine over theirs"])
    expect(await dialog.getByRole("button", { name, exact: true }).isEnabled()).toBe(true);
  await picture(erik, "conflict-01-asked");
  // Escape is no choice.
  await erik.keyboard.press("Escape");
  await dialog.waitFor();
  // The first version is on the server, the second can be downloaded, and this browser keeps it.
  await draftHas(anna, "gauge");
  const saving = erik.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download mine" }).click();
  const download = await saving;
  expect(types(JSON.parse(readFileSync(await download.path(), "utf8")))).toEqual(["lamp"]);
});

test("work that was not chosen for survives a closed window", async () => {
  erik.once("dialog", (question) => void question.accept());
  await erik.goto(`${lineside.url}/design/line`);
  const left = erik.getByRole("dialog", { name: "Unsaved work was found" });
  await left.waitFor();
  await picture(erik, "conflict-02-left");
  await left.getByRole("button", { name: "Go on with it" }).click();
  await left.waitFor({ state: "hidden" });
  await draftHas(erik, "lamp");
  // It went over the other version as one step, which undo takes back.
  await erik.getByRole("application", { name: /Drawing of the screen/ }).press("Control+z");
  await draftHas(erik, "gauge");
  await erik.getByRole("application", { name: /Drawing of the screen/ }).press("Control+Shift+z");
  await draftHas(erik, "lamp");
});

test("one's own version goes over the other's, who is asked in turn", async () => {
  await add(anna, "value");
  const dialog = conflict(anna);
  await dialog.waitFor();
  await dialog.getByText(/^erik saved the other version at/).waitFor();
  await dialog.getByRole("button", { name: "Save mine over theirs" }).click();
  await dialog.waitFor({ state: "hidden" });
  await draftHas(anna, "gauge", "value");
  // What one goes on drawing is saved as before.
  await add(anna, "text");
  await draftHas(anna, "gauge", "text", "value");
});

test("the other's version is taken, and drawn on", async () => {
  await add(erik, "gauge");
  const dialog = conflict(erik);
  await dialog.waitFor();
  await dialog.getByRole("button", { name: "Take theirs" }).click();
  await dialog.waitFor({ state: "hidden" });
  await draftHas(erik, "gauge", "text", "value");
  await add(erik, "lamp");
  await draftHas(erik, "gauge", "lamp", "text", "value");
  expect(await conflict(anna).isVisible()).toBe(false);
  expect(errors.flat()).toEqual([]);
});
