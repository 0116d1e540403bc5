// Charts of values now and of history: what they show, by eye, keys and screen reader, in both languages and themes.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const hour = 3_600_000;
const now = Date.now();
const api = (path: string) => `${lineside.url}/api/v1${path}`;

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  ({ page, errors } = await person(browser, { width: 1366, height: 820 }));
  await setUp(page, await lineside.setupLink(), "anna");
  // A day of what was read by hand: a sample each five minutes, and a state that changes each minute of ten.
  const times = Array.from({ length: 12 * 24 }, (_, i) => now - 25 * hour + i * 5 * 60_000);
  for (const [tag, samples] of [
    ["north/main/flow", times.map((t, i) => [t, 150 + (i % 50)])],
    ["north/main/pressure", times.map((t, i) => [t, 3 + (i % 50) / 50])],
    ["north/pump1/state", times.map((t, i) => [t, i % 12 === 0 ? 2 : i % 3 === 0 ? 0 : 1])],
  ] as const) {
    const answer = await page.request.post(api("/history/corrections"), {
      data: {
        tag,
        kind: "insert",
        from: new Date(now - 26 * hour).toISOString(),
        to: new Date(now).toISOString(),
        samples,
        reason: "read by hand",
      },
    });
    expect(answer.status(), await answer.text()).toBeLessThan(300);
  }
  const value = { tag: "north/main/flow" };
  const widgets = [
    ["bars", "chart-bar", { label: "Flow by hour", value, source: "history", period: "24h" }],
    ["now", "chart-bar", { label: "Now", value, value2: { tag: "north/main/pressure" }, showValues: true }],
    [
      "pie",
      "chart-pie",
      {
        label: "Causes",
        values: [
          ["Jam", 12],
          ["Power", 4],
          ["<img src=x onerror=alert(1)>", 4],
        ],
      },
    ],
    ["heat", "chart-heatmap", { label: "Heat", value, period: "7d" }],
    ["states", "state-timeline", { label: "Pump", value: { tag: "north/pump1/state" }, period: "24h" }],
    [
      "scatter",
      "chart-scatter",
      { label: "Curve", x: value, y: { tag: "north/main/pressure" }, period: "24h", fit: true },
    ],
    ["empty", "chart-radar", { label: "Nothing" }],
  ] as const;
  const document = {
    format: 1,
    id: "com.example.charts",
    version: "0.1.0",
    name: { en: "Charts" },
    screens: [
      {
        id: "main",
        name: { en: "Main", zh: "主画面" },
        width: 1280,
        height: 640,
        widgets: widgets.map(([id, type, props], i) => ({
          id,
          type,
          x: 8 + (i % 4) * 316,
          y: 8 + Math.floor(i / 4) * 316,
          w: 308,
          h: 308,
          props,
        })),
      },
    ],
  };
  const made = await page.request.post(api("/apps"), { data: { id: "charts", document } });
  expect(made.status(), await made.text()).toBeLessThan(300);
  const published = await page.request.post(api("/apps/charts/publish"), { data: {} });
  expect(published.status(), await published.text()).toBeLessThan(300);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

const chart = (name: string) => page.locator(`section.ls-chart[aria-label="${name}"]`);
const plot = (name: string) => chart(name).locator(".ls-chart-plot");
const label = async (name: string) => (await plot(name).getAttribute("aria-label")) ?? "";

test("charts show values now, lists and history, and say them", async () => {
  await page.goto(`${lineside.url}/run/charts`);
  await until("bars of the history", async () => /highest .*m³\/h/.test(await label("Flow by hour")), 60);
  await until("the pump", async () => (await label("Pump")).includes("Running"), 60);
  await until("the curve", async () => (await label("Curve")).includes("Correlation"), 60);
  await until("the hours", async () => (await label("Heat")).includes("× 24"), 60);
  expect(await label("Causes")).toContain("Jam 12");
  await chart("Nothing").getByText("Bind “Value 1”").waitFor();
  // A text that looks like markup is one.
  await chart("Causes").locator(".ls-chart-item", { hasText: "<img" }).waitFor();
  expect(await page.locator(".ls-chart img").count()).toBe(0);
  await picture(page, "charts");
});

test("the keys go through a chart, a table has its numbers, and another period stays chosen", async () => {
  await plot("Flow by hour").focus();
  await page.keyboard.press("End");
  await chart("Flow by hour").locator(".ls-chart-tip", { hasText: "m³/h" }).waitFor();
  await page.keyboard.press("Escape");
  await plot("Pump").focus();
  await page.keyboard.press("ArrowRight");
  await chart("Pump").locator(".ls-chart-tip", { hasText: "Duration" }).waitFor();
  await chart("Flow by hour").getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Show as table" }).click();
  await until("rows", async () => (await chart("Flow by hour").getByRole("row").count()) > 20, 30);
  await chart("Flow by hour").getByRole("button", { name: "More" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Save as CSV" }).click();
  expect((await download).suggestedFilename()).toBe("Flow by hour.csv");
  await chart("Heat").getByRole("combobox", { name: "Period" }).selectOption("30d");
  await page.reload();
  await until("the period", async () => (await chart("Heat").getByRole("combobox").inputValue()) === "30d", 60);
});

test("charts are complete in Chinese and in the dark", async () => {
  await page.getByText("Dark", { exact: true }).first().click();
  await page.getByText("中文", { exact: true }).first().click();
  await until("the pump in Chinese", async () => (await label("Pump")).includes("运行"), 60);
  await picture(page, "charts-zh-dark");
  const { violations } = await new AxeBuilder({ page }).include(".ls-chart").analyze();
  expect(
    violations.filter((v) => v.impact !== "minor").flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}`)),
  ).toEqual([]);
  expect(errors).toEqual([]);
});
