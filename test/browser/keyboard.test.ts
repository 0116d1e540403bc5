// The designer by keyboard: round the panels, into dialogs and menus and back to where one was, tags onto the screen.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture } from "./harness.ts";
import { specimen } from "./specimen.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const board = "[role=application]";
const layers = ".dialog, .popover, [role=menu]";

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
  const made = await page.request.post(`${lineside.url}/api/v1/apps`, {
    data: { id: "specimen", document: specimen },
  });
  expect(made.status(), await made.text()).toBe(201);
  await page.goto(`${lineside.url}/design/specimen`);
  await page.locator(board).waitFor();
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, `failed-keyboard-${task.name.replaceAll(" ", "-")}`);
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

/** Is the focus within an element? */
const within = (selector: string) =>
  page.evaluate(
    (s) => document.activeElement?.closest(s) !== null && document.activeElement !== document.body,
    selector,
  );

const open = () => page.locator(layers).count();

test("F6 goes round the panels, and Shift+F6 back", async () => {
  await page.locator(board).focus();
  const regions = [".editor-right", ".editor-top", ".editor-left", board];
  for (const region of regions) {
    await page.keyboard.press("F6");
    expect(await within(region), region).toBe(true);
  }
  for (const region of [".editor-left", ".editor-top", ".editor-right", board]) {
    await page.keyboard.press("Shift+F6");
    expect(await within(region), region).toBe(true);
  }
});

test("Escape closes what was opened and the focus is where it was", async () => {
  const ways: [from: string, keys: string][] = [
    [board, "Control+k"],
    [board, "?"],
    [board, "Control+Alt+h"],
    [board, "Shift+F10"],
    [".screen-menu", "Enter"],
    [".app-name", "Enter"],
    ["[data-command='file.publish']", "Enter"],
    [".color-input", "Enter"],
  ];
  for (const [from, keys] of ways) {
    await page.locator(from).first().focus();
    await page.keyboard.press(keys);
    await expect.poll(open, { message: keys }).toBe(1);
    await expect.poll(() => within(layers), { message: `${keys} takes the focus` }).toBe(true);
    await page.keyboard.press("Escape");
    await expect.poll(open).toBe(0);
    await expect.poll(() => within(from), { message: `back to ${from} after ${keys}` }).toBe(true);
  }
});

test("a dialog opened from a menu gives the focus back to its button, and Escape closes the innermost only", async () => {
  await page.locator(".screen-menu").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "New screen" }).press("Enter");
  await page.getByRole("dialog", { name: "New screen" }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => within(".screen-menu")).toBe(true);

  await page.locator(".app-name").press("Enter");
  await page.getByRole("tab", { name: /^Texts/ }).click();
  const extract = page.getByRole("button", { name: "Extract texts" });
  await extract.press("Enter");
  await expect.poll(open).toBe(2);
  await expect
    .poll(() =>
      page
        .getByRole("dialog")
        .last()
        .evaluate((e) => e.contains(document.activeElement)),
    )
    .toBe(true);
  await page.keyboard.press("Escape");
  await expect.poll(open).toBe(1);
  await expect.poll(() => extract.evaluate((e) => e === document.activeElement)).toBe(true);
  await page.keyboard.press("Escape");
  await expect.poll(() => within(".app-name")).toBe(true);
});

test("tags chosen by keyboard come to lie beside each other on the screen", async () => {
  await page.locator(".screen-menu").press("Enter");
  await page.getByRole("menuitem", { name: "Empty", exact: true }).press("Enter");
  await page.locator(".editor-left [role=tab]").nth(2).click();
  const list = page.getByRole("listbox", { name: "Tags" });
  await list.locator("[data-tag]").nth(4).waitFor();
  for (let n = 1; n <= 4; n++) {
    await list.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator(".offer").waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".offer").waitFor({ state: "hidden" });
  }
  await page.keyboard.press("Control+s");
  await page.locator("[data-save=saved]").waitFor();
  const draft = (await (
    await page.request.get(`${lineside.url}/api/v1/apps/specimen/draft`)
  ).json()) as typeof specimen;
  const widgets = draft.screens.find((s) => s.id === "empty")?.widgets ?? [];
  expect(widgets.length).toBe(4);
  for (const [i, a] of widgets.entries()) {
    expect(a.x >= 0 && a.y >= 0 && a.x + a.w <= 1280 && a.y + a.h <= 800, a.id).toBe(true);
    for (const b of widgets.slice(i + 1))
      expect(a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h, `${a.id} ${b.id}`).toBe(false);
  }
  expect(errors).toEqual([]);
});
