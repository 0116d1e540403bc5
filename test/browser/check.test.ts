// What the check finds is mended with one key, and the draft goes into a folder of files and comes back.
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

interface Draft {
  screens: {
    ground?: string;
    widgets: { id: string; x: number; w: number; h: number; props?: Record<string, unknown> }[];
  }[];
}

const button = (id: string, x: number, more: object = {}) => ({
  id,
  type: "button",
  x,
  y: 100,
  w: 96,
  h: 24,
  props: { label: id },
  ...more,
});

const app = {
  format: 2,
  id: "com.example.check",
  version: "1.0.0",
  name: { en: "Check", zh: "检查" },
  screens: [
    {
      id: "main",
      name: { en: "Main", zh: "主画面" },
      width: 1280,
      height: 720,
      ground: "#dddddd",
      widgets: [
        button("start", 40),
        button("stop", 240),
        button("reset", 440),
        { id: "frame", type: "group", x: 1200, y: 300, w: 200, h: 100, props: { fill: "#efefef" } },
        { id: "words", type: "text", x: 40, y: 300, w: 200, h: 40, props: { text: "Words", color: "band" } },
      ],
    },
    { id: "detail", name: { en: "Detail", zh: "详情" }, width: 800, height: 600, widgets: [button("close", 40)] },
  ],
};

const draft = async (): Promise<Draft> =>
  (await (await page.request.get(`${lineside.url}/api/v1/apps/check/draft`)).json()) as Draft;
const board = () => page.getByRole("application");
const rows = () => page.locator(".problem-row");

async function found(count: number): Promise<void> {
  await until(`${count} problems`, async () => {
    const n = await rows().count();
    if (n !== count) throw new Error(`there are ${n}`);
    return true;
  });
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
  const made = await page.request.post(`${lineside.url}/api/v1/apps`, { data: { id: "check", document: app } });
  expect(made.status(), await made.text()).toBe(201);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && page) await picture(page, "failed-check");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("F8 goes from problem to problem, Alt+Enter mends, and all of a rule are one step", async () => {
  await page.goto(`${lineside.url}/design/check`);
  await board().waitFor();
  await board().press("F8");
  await found(8);
  await picture(page, "check-01-problems");
  const current = () => page.locator(".problem-row.current .problem").textContent();
  const first = await current();
  await page.keyboard.press("F8");
  expect(await current()).not.toBe(first);
  await page.keyboard.press("Shift+F8");
  expect(await current()).toBe(first);
  // The ground of the screen takes the colour of the theme.
  expect(first ?? "").toContain("#dddddd");
  await page.keyboard.press("Alt+Enter");
  await until("the colour of the theme", async () => (await draft()).screens[0]?.ground === "ground");
  await found(7);
  await page.keyboard.press("Control+z");
  await until("the colour it had", async () => (await draft()).screens[0]?.ground === "#dddddd");
  await found(8);

  // All of a rule: four targets on two screens, one step.
  await page.getByLabel("Rule", { exact: true }).selectOption({ label: "Target too small to touch (4)" });
  await found(4);
  await picture(page, "check-02-rule");
  await page.getByRole("button", { name: "Fix all (4)" }).click();
  const heights = async () => (await draft()).screens.flatMap((s) => s.widgets).map((w) => w.h);
  await until("targets that can be touched", async () => (await heights()).every((h) => h >= 40));
  await page.getByLabel("Rule", { exact: true }).selectOption({ label: "All rules" });
  await found(4);
  // One fix by its button, with what it changes in words; the focus goes on to the neighbour.
  const outside = rows().filter({ hasText: "reaches beyond the edge" });
  expect(await outside.locator(".problem-change").textContent()).toBe("X: 1200 → 1080");
  await outside.locator(".problem-fix").click();
  await until("the frame on the screen", async () => (await draft()).screens[0]?.widgets.some((w) => w.x === 1080));
  await found(3);
  expect(await page.evaluate(() => document.activeElement?.className)).toBe("problem");
  await board().press("Control+z");
  await board().press("Control+z");
  await until("all as it was", async () => (await heights()).filter((h) => h === 24).length === 4);
  await found(8);
});

test("the draft goes into a folder and comes back the same; a broken file is told with its line", async () => {
  const before = JSON.stringify(await draft());
  await board().press("Control+k");
  const leaving = page.waitForEvent("download");
  await page.keyboard.type("folder for git");
  await page.keyboard.press("Enter");
  const download = await leaving;
  expect(download.suggestedFilename()).toBe("check-folder.zip");
  const file = join(tmpdir(), `lineside-${Date.now()}-folder.zip`);
  await download.saveAs(file);
  expect(readFileSync(file).subarray(0, 2).toString()).toBe("PK");
  await page.getByLabel("Severity").focus();
  // Something is drawn, then the folder is put over it.
  await page.locator('[data-widget="lamp"]').press("Enter");
  await until("a lamp", async () => JSON.stringify(await draft()) !== before);
  await board().press("Control+k");
  await page.keyboard.type("import a file over");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Import a file over the draft" });
  const broken = join(tmpdir(), `lineside-${Date.now()}-broken.zip`);
  writeFileSync(broken, "PK no archive");
  await dialog.locator("input[type=file]").setInputFiles(broken);
  await dialog.getByText("is not the folder of an app").waitFor();
  await dialog.locator("input[type=file]").setInputFiles(file);
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await until("the draft of before", async () => JSON.stringify(await draft()) === before);
  expect(errors).toEqual([]);
});

test("in Chinese and in the dark", async () => {
  const me = await page.request.patch(`${lineside.url}/api/v1/me`, { data: { language: "zh", theme: "dark" } });
  expect(me.ok(), await me.text()).toBe(true);
  await page.goto(`${lineside.url}/design/check`);
  await board().waitFor();
  await board().press("F8");
  await page.getByRole("button", { name: "设为 96 × 44 像素" }).first().waitFor();
  await picture(page, "check-03-chinese-dark");
  expect(errors).toEqual([]);
});
