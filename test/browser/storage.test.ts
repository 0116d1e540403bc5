// How long history is kept and how much room it takes: seen, set, refused where it cannot be, in both languages and themes.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  const someone = await person(browser);
  page = someone.page;
  errors = someone.errors;
  await setUp(page, await lineside.setupLink(), "mei");
}, 90_000);

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "failed-storage");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

const clean = async () => expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

test("an administrator says how long history is kept", async () => {
  await page.goto(`${lineside.url}/admin`);
  await page.getByRole("tab", { name: "History storage" }).click();
  await page.getByRole("heading", { name: "How long it is kept" }).waitFor();
  await page.getByText("Tags with a history").waitFor();
  await clean();
  const raw = page.getByLabel("Every sample");
  const minutes = page.getByLabel("Summaries of a minute");
  expect(await raw.inputValue()).toBe("400");
  const save = page.getByRole("button", { name: "Save", exact: true });
  // What cannot be is told at its field.
  await minutes.fill("100");
  await save.click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("Summaries of a minute are kept too short.").waitFor();
  await clean();
  await minutes.fill("800");
  await raw.fill("60");
  await save.click();
  await page.getByRole("dialog").getByText("deleted for good").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await save.click();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("History is kept as you have said.", { exact: true }).waitFor();
  await page.reload();
  await page.getByRole("tab", { name: "History storage" }).click();
  await raw.waitFor();
  expect(await raw.inputValue()).toBe("60");
  await page.getByRole("tab", { name: "Audit trail" }).click();
  await page.getByText("Retention of history changed").first().waitFor();
  expect(errors).toEqual([]);
}, 60_000);

test("it shows when the room ends, in both languages and themes", async () => {
  // A server that has run for years: what it says is made here, what the page makes of it is not.
  const day = 86400e3;
  const now = Date.now();
  await page.route("**/api/v1/history/retention", async (route) => {
    const real = await (await route.fetch()).json();
    const forecast = Array.from({ length: 60 }, (_, i) => ({
      time: new Date(now + i * 15 * day).toISOString(),
      bytes: 2.1e11 + i * 15 * 1.1e9,
    }));
    await route.fulfill({
      json: {
        ...real,
        known: true,
        days: 280,
        limit: 5.2e11,
        disk: 1e12,
        free: 3.4e11,
        bytes: 2.1e11,
        database: 2.3e11,
        low: true,
        series: 10_000,
        forecast,
        tiers: [
          { tier: "raw", samples: 8.1e10, bytes: 1.9e11, growth: 1e9, oldest: new Date(now - 200 * day).toISOString() },
          {
            tier: "minute",
            samples: 8e10,
            bytes: 1.8e10,
            growth: 9e7,
            oldest: new Date(now - 700 * day).toISOString(),
          },
          { tier: "hour", samples: 8e10, bytes: 7e8, growth: 1e6, oldest: new Date(now - 900 * day).toISOString() },
        ],
        refused: 3,
        events: [
          {
            time: new Date(now - day).toISOString(),
            kind: "expired",
            tier: "raw",
            samples: 864e6,
            until: new Date(now - 60 * day).toISOString(),
          },
          { time: new Date(now - 2 * day).toISOString(), kind: "full" },
        ],
        damages: [{ tag: "station/level", start: new Date(now - 9 * day).toISOString() }],
      },
    });
  });
  for (const language of ["en", "zh"])
    for (const theme of ["light", "dark"]) {
      await page.request.patch(`${lineside.url}/api/v1/me`, { data: { language, theme } });
      await page.goto(`${lineside.url}/admin`);
      await page.getByRole("tab", { name: language === "en" ? "History storage" : "历史存储" }).click();
      const plot = page.getByRole("img", { name: language === "en" ? /ends in 280 days/ : /280 天后/ });
      await plot.waitFor();
      await page.getByText("station/level").waitFor();
      await clean();
      await picture(page, `storage-${language}-${theme}`);
    }
  expect(errors).toEqual([]);
}, 60_000);
