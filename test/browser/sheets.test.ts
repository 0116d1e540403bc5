// Spreadsheets: all mistakes of a large file at once, nothing changed before it is agreed to, policies, a workbook round trip.
import { readFileSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const tags = [
  {
    path: "hall1/speed",
    type: "float",
    device: "sim",
    address: { kind: "sine" },
    unit: "1/min",
    title: { en: "Speed", zh: "速度" },
  },
  { path: "hall1/count", type: "int", device: "sim", address: { kind: "counter" }, description: "kept" },
];

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  const someone = await person(browser);
  page = someone.page;
  errors = someone.errors;
  await setUp(page, await lineside.setupLink(), "mei");
  const devices = [
    { id: "sim", connector: "simulator" },
    { id: "sim2", connector: "simulator" },
  ];
  const done = await page.request.patch(`${lineside.url}/api/v1/plant`, { data: { put: { devices, tags } } });
  expect(done.status()).toBe(200);
  await page.goto(`${lineside.url}/plant`);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "failed-sheets");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

const clean = async () => expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
const dialog = () => page.getByRole("dialog");
const etag = async () => (await page.request.get(`${lineside.url}/api/v1/plant`)).headers().etag;
const open = async () => {
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await dialog().waitFor();
};
const give = (name: string, text: string | Buffer) =>
  dialog()
    .getByLabel("CSV file or workbook")
    .setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
const figure = (name: string) =>
  dialog().locator(".figures > div").filter({ hasText: name }).locator("dd").textContent();

test("100,000 rows with 37 mistakes: all are listed by row and cell, nothing is imported", async () => {
  const before = await etag();
  const wrong = [
    "x/#,flaot",
    "x/#,float,nothing",
    "x/#,float,sim,nonsense",
    "x//#,float",
    "x/#",
    "x/#,float,sim,sine,x,9",
  ];
  const lines = ["path,type,device,address.kind,low,high,description"];
  const rows: number[] = [];
  for (let i = 0; i < 100_000; i++) {
    if (i % 2700 === 1350 && rows.length < 37) {
      rows.push(lines.length + 1);
      lines.push((wrong[rows.length % wrong.length] ?? "").replaceAll("#", String(i)));
    } else lines.push(`site/area${i % 20}/line${i % 400}/tag${i},float,sim,sine,0,100,变量 ${i}`);
  }
  expect(rows.length).toBe(37);
  await open();
  await clean();
  const began = Date.now();
  await give("tags.csv", lines.join("\n"));
  await dialog().getByRole("progressbar").waitFor();
  await dialog().getByRole("tab", { name: "Problems (37)" }).waitFor({ timeout: 60_000 });
  console.log(`100,000 rows: all problems on the page after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  const listed = await dialog().getByRole("tabpanel").locator("tbody tr td:first-child").allInnerTexts();
  expect(listed.map(Number)).toEqual(rows);
  expect(
    await dialog()
      .getByRole("button", { name: /^Import \d/ })
      .isDisabled(),
  ).toBe(true);
  await clean();
  await picture(page, "sheets-problems");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog().getByRole("button", { name: "Save as CSV" }).click(),
  ]);
  const saved = readFileSync((await download.path()) ?? "", "utf8");
  expect(saved.trim().split("\r\n").length).toBe(38);
  expect(saved).toContain(`,${rows[0]},`);
  expect(await etag()).toBe(before);
  await dialog().getByRole("button", { name: "Cancel" }).click();
});

test("the policies are looked at before, and one is agreed to", async () => {
  const typed =
    "path,type,unit,description,device,address.kind\nhall1/speed,float,rpm,,sim2,sine\nhall1/count,int,,,sim,counter\nhall1/new,int,,,,\n";
  await open();
  await dialog().getByLabel("When something is in the plant already and differs").selectOption("abort");
  await give("change.csv", typed);
  await dialog()
    .getByRole("tab", { name: /Problems \(2\)/ })
    .waitFor();
  await dialog().getByText('The tag "hall1/speed" is of the device "sim"; the row claims it for "sim2".').waitFor();
  await dialog().getByLabel("When something is in the plant already and differs").selectOption("overwrite");
  await dialog().getByRole("button", { name: "Import 3 changes" }).waitFor();
  await dialog()
    .getByRole("row", { name: /hall1\/count/ })
    .getByText("kept")
    .waitFor();
  await picture(page, "sheets-changes");
  await clean();
  await dialog().getByLabel("When something is in the plant already and differs").selectOption("merge");
  await dialog().getByRole("button", { name: "Import 2 changes" }).waitFor();
  expect(await figure("Unchanged")).toBe("1");
  await dialog().getByLabel("When something is in the plant already and differs").selectOption("rename");
  await dialog().getByText("New, as hall1/speed_2").waitFor();
  await dialog()
    .getByLabel(/^Remove what the file does not name/)
    .check();
  await dialog().getByLabel("When something is in the plant already and differs").selectOption("merge");
  await dialog().getByRole("button", { name: "Import 2 changes" }).waitFor();
  // Somebody else is faster: what would happen is looked at again.
  const other = { tags: [{ path: "hall1/other", type: "float" }] };
  await page.request.patch(`${lineside.url}/api/v1/plant`, { data: { put: other } });
  await dialog().getByRole("button", { name: "Import 2 changes" }).click();
  await dialog().getByText("The plant was changed meanwhile.").waitFor();
  await dialog().getByRole("button", { name: "Import 3 changes" }).click();
  await dialog().waitFor({ state: "hidden" });
  const plant = (await (await page.request.get(`${lineside.url}/api/v1/plant`)).json()) as { tags: { path: string }[] };
  expect(plant.tags.map((t) => t.path)).toEqual(["hall1/speed", "hall1/count", "hall1/new"]);
  expect(plant.tags[0]).toMatchObject({ unit: "rpm", device: "sim2", title: { zh: "速度" } });
  expect(plant.tags[1]).toMatchObject({ description: "kept" });
});

test("a workbook with everything goes out and comes in unchanged", async () => {
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Everything as a workbook (XLSX)" }).click(),
  ]);
  const book = readFileSync((await download.path()) ?? "");
  const before = await etag();
  await open();
  await give("plant.xlsx", book);
  await dialog().getByText("The file says the same as the plant.").waitFor();
  expect(await figure("Unchanged")).toBe("5");
  expect(
    await dialog()
      .getByRole("button", { name: /^Import/ })
      .isDisabled(),
  ).toBe(true);
  await picture(page, "sheets-workbook");
  await give("broken.xlsx", book.subarray(0, book.length / 2));
  await dialog().getByText("The file is not an Excel workbook.").waitFor();
  await dialog().getByRole("button", { name: "Cancel" }).click();
  expect(await etag()).toBe(before);
  expect(errors).toEqual([]);
});
