// Reports from end to end: a template and its tags, the preview, blocks by keyboard with undo, saving, making, the files read
// by poppler, the archive, shifts; in both languages and themes.

import { execFileSync } from "node:child_process";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { addUser, logIn, setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

async function findings(at = page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: at }).disableRules(["region", "landmark-unique"]).analyze();
  return violations
    .filter((violation) => violation.impact !== "minor")
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html}`));
}

const sheet = () => page.getByRole("img", { name: /^(Page 1 of|第 1 页)/ });
const list = () => page.getByRole("listbox", { name: "Blocks" });

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
});

afterEach(async (context) => {
  if (context.task.result?.state === "fail") await picture(page, "reports-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("the page teaches while there is no report", async () => {
  await page.getByRole("link", { name: "Reports" }).click();
  await page.getByText("No reports yet").waitFor();
  expect(await findings()).toEqual([]);
});

test("shifts are declared", async () => {
  await page.getByRole("tab", { name: "Shifts" }).click();
  await page.getByRole("button", { name: "Three shifts" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The shifts are saved").first().waitFor();
  await page.getByRole("button", { name: "Discard changes" }).waitFor({ state: "hidden" });
  expect(await findings()).toEqual([]);
  await picture(page, "reports-shifts");
});

test("a template asks for its tags and shows its pages", async () => {
  await page.getByRole("tab", { name: "Reports" }).click();
  await page.getByRole("button", { name: "New report" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Measured values/ }).waitFor();
  await picture(page, "reports-templates");
  expect(await findings()).toEqual([]);
  await dialog.getByRole("button", { name: /^Measured values/ }).click();
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.getByText("No tag is chosen.").waitFor();
  for (const tag of ["north/main/pressure", "north/main/flow"]) {
    await dialog.getByRole("button", { name: "Add a tag" }).click();
    await page.getByRole("searchbox").fill(tag);
    await page
      .getByRole("option", { name: new RegExp(tag) })
      .first()
      .click();
    await dialog.getByRole("listitem").filter({ hasText: tag }).waitFor();
  }
  await dialog.getByRole("button", { name: "Create" }).click();
  await sheet().waitFor();
  await until("values on the paper", async () => /\d\.\d/.test((await sheet().textContent()) ?? ""));
  expect(await sheet().textContent()).toContain("Measured values");
  expect(await findings()).toEqual([]);
  await picture(page, "reports-editor");
});

test("blocks are added, moved, doubled and taken away by keyboard, and undone", async () => {
  const names = () => list().getByRole("option").allInnerTexts();
  const before = await names();
  await list().getByRole("option").nth(2).click();
  await page.keyboard.press("Alt+ArrowUp");
  await until("it has moved up", async () => (await names())[1] === before[2]);
  await page.keyboard.press("Control+d");
  await until("it is doubled", async () => (await names()).length === before.length + 1);
  await page.keyboard.press("Delete");
  await until("the copy is gone", async () => (await names()).length === before.length);
  for (let i = 0; i < 3; i++) await page.keyboard.press("Control+z");
  await until("all is as before", async () => JSON.stringify(await names()) === JSON.stringify(before));
  await page.keyboard.press("Control+Shift+z");
  await until("the first step again", async () => (await names())[1] === before[2]);
});

test("a text with a mistake says where it is, and with a formula shows its value", async () => {
  await page.getByRole("button", { name: "Add a block" }).click();
  await page.getByRole("menuitem", { name: "Text" }).click();
  const words = page.getByRole("textbox", { name: "Text (English)" });
  await words.fill("Mean pressure {= avg(north) }");
  await page.getByRole("alert").filter({ hasText: "The function avg wants a tag." }).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Not saved", { exact: true }).first().waitFor();
  await words.fill('Mean pressure {= avg("north/main/pressure") ; 2} bar');
  await until("the value is there", async () =>
    /Mean pressure \d+\.\d\d( \?)? bar/.test((await sheet().textContent()) ?? ""),
  );
  await page.keyboard.press("Control+s");
  await page.getByText("Everything is saved").waitFor();
});

test("it is made, and the file is what poppler reads", async () => {
  await page.getByRole("button", { name: "Make now" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Which one").selectOption("present");
  await dialog.getByLabel("Language").selectOption("zh");
  await dialog.getByRole("button", { name: "Make now" }).click();
  await dialog.getByRole("link", { name: "Download PDF" }).waitFor({ timeout: 30_000 });
  expect(await findings()).toEqual([]);
  await picture(page, "reports-made");
  for (const format of ["PDF", "XLSX", "CSV"]) {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      dialog.getByRole("link", { name: `Download ${format}` }).click(),
    ]);
    const file = await download.path();
    expect(download.suggestedFilename()).toMatch(
      new RegExp(`^测量值报表 \\d{4}-\\d\\d-\\d\\d\\.${format.toLowerCase()}$`),
    );
    if (format === "PDF") {
      const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
      expect(text).toContain("测量值报表");
      expect(text).toContain("平均值");
      expect(text).toMatch(/第 1 页，共 \d+ 页/);
      expect(execFileSync("pdffonts", [file], { encoding: "utf8" })).toMatch(/LINESD\+NotoSansSC.*yes +yes +yes/);
    }
  }
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
});

test("the archive has it, shows it and makes it again", async () => {
  await page.getByRole("link", { name: "All reports" }).click();
  await page.getByRole("tab", { name: "Archive" }).click();
  const row = page.getByRole("row", { name: /Measured values/ });
  await row.first().waitFor();
  expect(await row.first().textContent()).toMatch(/Asked for by anna/);
  expect(await findings()).toEqual([]);
  await picture(page, "reports-archive");
  await row.first().getByRole("button", { name: /^Show/ }).click();
  await sheet().waitFor();
  await page.keyboard.press("Escape");
  await row
    .first()
    .getByRole("button", { name: /^More about/ })
    .click();
  await page.getByRole("menuitem", { name: "Make again" }).click();
  await until("it is there twice", async () => (await row.count()) === 2);
  await until("it is done", async () => /Done/.test((await row.first().textContent()) ?? ""), 30);
});

test("a viewer sees the report, and cannot change it", async () => {
  await addUser(page, lineside.url, "vera", "Viewer");
  const other = await person(browser);
  await logIn(other.page, lineside.url, "vera");
  await other.page.goto(`${lineside.url}/reports`);
  await other.page.getByRole("cell", { name: /Measured values/ }).waitFor();
  expect(await other.page.getByRole("button", { name: "New report" }).count()).toBe(0);
  expect(await other.page.getByRole("tab", { name: "Shifts" }).count()).toBe(0);
  expect(await findings(other.page)).toEqual([]);
  await other.page.context().close();
});

test("the editor in Chinese and dark", async () => {
  await page.goto(`${lineside.url}/reports`);
  await page.getByRole("button", { name: "anna" }).click();
  await page.getByRole("menuitem", { name: "中文" }).click();
  await page.getByRole("button", { name: "anna" }).click();
  await page.getByRole("menuitem", { name: "深色" }).click();
  await page.getByRole("link", { name: "测量值报表" }).click();
  await sheet().waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "reports-editor-zh");
  await page.getByRole("option", { name: /报表设置/ }).click();
  await page.getByLabel("按计划生成").check();
  expect(await findings()).toEqual([]);
  await picture(page, "reports-settings-zh");
  expect(errors).toEqual([]);
});
