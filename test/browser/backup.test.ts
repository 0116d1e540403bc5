// Backups on their page: taken, tried, downloaded, deleted; a target that is tried; an export by schedule and one by hand.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];
const share = mkdtempSync(join(tmpdir(), "lineside-share-"));

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  const someone = await person(browser);
  page = someone.page;
  errors = someone.errors;
  await setUp(page, await lineside.setupLink(), "mei");
}, 90_000);

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "failed-backup");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
  rmSync(share, { recursive: true, force: true });
});

const clean = async () => expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

test("a backup is taken, restored for a trial, downloaded and deleted", async () => {
  await page.goto(`${lineside.url}/admin`);
  await page.getByRole("tab", { name: "Backup" }).click();
  await page.getByText("There is no backup yet").waitFor();
  await picture(page, "backup-empty");
  await clean();
  await page.getByRole("button", { name: "Back up now" }).click();
  await page.getByText("verified").waitFor({ timeout: 60_000 });
  await picture(page, "backup");
  await clean();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: /Download the backup/ }).click(),
  ]);
  expect(
    readFileSync(await download.path())
      .subarray(0, 2)
      .toString(),
  ).toBe("PK");
  await page.getByRole("button", { name: /Delete the backup/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("There is no backup yet").waitFor();
}, 120_000);

test("a target is tried and used by schedule", async () => {
  await page.getByRole("button", { name: "Add a target" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Id", { exact: true }).fill("nas");
  await dialog.getByLabel("Name", { exact: true }).fill("Share");
  await dialog.getByLabel("Folder", { exact: true }).fill("relative");
  await dialog.getByRole("button", { name: "Try" }).click();
  await dialog.getByText("is no absolute path").waitFor();
  await dialog.getByLabel("Folder", { exact: true }).fill(share);
  await dialog.getByRole("button", { name: "Try" }).click();
  await dialog.getByText("written, read back and deleted").waitFor();
  await picture(page, "backup-target");
  await clean();
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "Share", exact: true }).waitFor();

  await page.getByRole("button", { name: "Backup settings" }).click();
  await dialog.getByLabel("When").selectOption("daily");
  await dialog.getByLabel("Target").selectOption("nas");
  await dialog.getByLabel("Put the key of the secrets into backups").check();
  await dialog.getByLabel("Passphrase").fill("short");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("at least 12 characters").waitFor();
  await dialog.getByLabel("Passphrase").fill("correct horse battery");
  await picture(page, "backup-settings");
  await clean();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Back up now" }).click();
  await page.getByText("with key").waitFor({ timeout: 60_000 });
  expect(readdirSync(share)).toHaveLength(1);
}, 120_000);

test("an export is set up, made and fetched", async () => {
  await page.getByRole("tab", { name: "Scheduled exports" }).click();
  await page.getByText("Nothing is exported by schedule yet").waitFor();
  await clean();
  await page.getByRole("button", { name: "Add an export" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Id", { exact: true }).fill("nightly");
  await dialog.getByLabel("Tags").fill("no/such/**");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("No tag is meant").waitFor();
  await until("history", async () => {
    const answer = await page.request.get(`${lineside.url}/api/v1/history.csv?tag=south/**&from=now-1h`);
    return answer.ok();
  });
  await dialog.getByLabel("Tags").fill("south/**");
  await dialog.getByLabel("Time", { exact: true }).first().selectOption("today");
  await picture(page, "export-job");
  await clean();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Make nightly now" }).click();
  await page.getByText("Done").waitFor({ timeout: 30_000 });
  await picture(page, "exports");
  await clean();
  await page.getByRole("button", { name: "Files of nightly" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("link", { name: /Download nightly-/ }).click(),
  ]);
  expect(
    readFileSync(await download.path())
      .subarray(0, 2)
      .toString(),
  ).toBe("PK");
  await dialog.getByRole("button", { name: "Close" }).last().click();
}, 120_000);

test("what is looked at becomes a file in the form that is wanted", async () => {
  await page.goto(`${lineside.url}/history`);
  await page.locator(".trend-tag").first().click();
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "More …" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("File", { exact: true }).selectOption("parquet");
  await picture(page, "export-dialog");
  await clean();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Make the file" }).click(),
  ]);
  expect(
    readFileSync(await download.path())
      .subarray(0, 4)
      .toString(),
  ).toBe("PAR1");
  await dialog.getByText("lines,").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
}, 60_000);

test("both look right in the dark and in Chinese", async () => {
  await page.request.patch(`${lineside.url}/api/v1/me`, { data: { theme: "dark" } });
  await page.goto(`${lineside.url}/admin`);
  await page.getByRole("tab", { name: "Backup" }).click();
  await page.getByText("Last good backup").waitFor();
  await picture(page, "backup-dark");
  await clean();
  await page.request.patch(`${lineside.url}/api/v1/me`, { data: { language: "zh" } });
  await page.reload();
  await page.getByRole("tab", { name: "备份" }).click();
  await page.getByText("最近一次有效备份").waitFor();
  await picture(page, "backup-zh");
  await clean();
  await page.getByRole("tab", { name: "定时导出" }).click();
  await page.getByText("每日", { exact: false }).or(page.getByText("nightly")).first().waitFor();
  await picture(page, "exports-zh");
  await clean();
  expect(errors).toEqual([]);
}, 60_000);
