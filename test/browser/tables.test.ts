// Tables of the plant: rows that live, sort, are searched and saved; values that are set together; trees and histories.
import { readFileSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import type { App, Widget } from "@lineside/client";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const api = (path: string) => `${lineside.url}/api/v1/${path}`;
const value = async (path: string) =>
  ((await (await page.request.get(api(`tags/${path}`))).json()) as { value: unknown }).value;

const at = (id: string, type: string, n: number, props: Widget["props"], on?: Widget["on"]): Widget => ({
  id,
  type,
  x: 20 + (n % 2) * 640,
  y: 20 + Math.floor(n / 2) * 420,
  w: 620,
  h: 400,
  props,
  ...(on ? { on } : {}),
});

const app: App = {
  format: 2,
  id: "com.example.tables",
  version: "1.0.0",
  name: { en: "Tables" },
  screens: [
    {
      id: "main",
      name: { en: "Main" },
      width: 1280,
      height: 860,
      variables: [{ id: "chosen", type: "string", default: "nothing" }],
      widgets: [
        at(
          "live",
          "live-table",
          0,
          { label: "Cells", rows: "pattern", pattern: "cells/**" },
          {
            row: [{ do: "set", variable: "chosen", value: { expr: "value.path" } }],
          },
        ),
        at("set", "value-table", 1, { label: "Recipe", tags: ["r/speed", "r/temp", "r/locked", "r/fixed"] }),
        at("history", "history-table", 2, { label: "Past", tags: ["r/speed", "r/temp"], span: "1h" }),
        { ...at("tree", "tag-tree", 3, { label: "Plant", area: "r" }), h: 300 },
        { ...at("said", "value", 3, { label: "Chosen", value: { expr: "chosen" } }), y: 760, h: 64 },
      ],
    },
  ],
};

const table = (name: string) => page.getByRole("region", { name, exact: true }).first();
const rows = (name: string) => table(name).locator(".ls-grid-row");
/** The rows as they stand below each other. */
const texts = (name: string) =>
  rows(name).evaluateAll((list) =>
    list
      .map((e) => ({ i: Number((e as HTMLElement).dataset.i), text: (e as HTMLElement).textContent ?? "" }))
      .sort((a, b) => a.i - b.i)
      .map((r) => r.text),
  );
const reads = (name: string, what: RegExp) =>
  until(`${name} to read ${what}`, async () => {
    const now = (await texts(name)).join("\n");
    if (!what.test(now)) throw new Error(now.slice(0, 300));
    return true;
  });

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser, { width: 1320, height: 960 }));
  await setUp(page, await lineside.setupLink(), "anna");
  const plant = await page.request.get(api("plant"));
  const write = { confirm: "none" };
  const put = await page.request.put(api("plant"), {
    headers: { "If-Match": plant.headers().etag ?? "" },
    data: {
      format: 1,
      tags: [
        ...Array.from({ length: 500 }, (_, i) => ({
          path: `cells/c${i}/temp`,
          type: "float",
          unit: "°C",
          decimals: 1,
          initial: (i * 37) % 500,
          title: { en: `Cell ${i}` },
          write,
        })),
        {
          path: "r/speed",
          type: "float",
          unit: "1/min",
          initial: 100,
          title: { en: "Speed" },
          write: { ...write, low: 0, high: 1000 },
        },
        {
          path: "r/temp",
          type: "float",
          unit: "°C",
          initial: 20,
          decimals: 1,
          title: { en: "Temperature" },
          write,
        },
        {
          path: "r/locked",
          type: "int",
          initial: 1,
          title: { en: "Locked" },
          write: { ...write, interlock: 'tag("r/speed") < 50' },
        },
        { path: "r/fixed", type: "float", initial: 7, title: { en: "Fixed" } },
      ],
    },
  });
  expect(put.status(), await put.text()).toBe(200);
  const made = await page.request.post(api("apps"), { data: { id: "tables", document: app } });
  expect(made.status(), await made.text()).toBe(201);
  const published = await page.request.post(api("apps/tables/publish"), { data: { comment: "first" } });
  expect(published.status(), await published.text()).toBe(200);
  await page.goto(`${lineside.url}/run/tables`);
  await reads("Cells", /Cell 0/);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "tables-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("only the rows in sight are on the page, and they live", async () => {
  await table("Cells").getByText("500 rows").waitFor();
  expect(await rows("Cells").count()).toBeLessThan(60);
  await page.request.put(api("tags/cells/c0/temp"), { data: { value: 333.3 } });
  await reads("Cells", /Cell 0333\.3/);
});

test("rows are sorted by a column, searched, and chosen by a key", async () => {
  const head = table("Cells").getByRole("columnheader").getByRole("button", { name: "Value" });
  await head.click();
  await head.click();
  await until("the highest first", async () => (await texts("Cells"))[0]?.includes("499.0"));
  await table("Cells").getByPlaceholder("Search").fill("cell 42");
  await until("what is found", async () => {
    const list = await texts("Cells");
    return list.length > 0 && list.every((t) => t.startsWith("Cell 42"));
  });
  await table("Cells").locator(".ls-grid-scroll").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await until("the row to be told", async () =>
    (await page.locator('[data-id="said"]').getAttribute("aria-label"))?.includes("cells/c42"),
  );
});

test("what is shown is saved as CSV", async () => {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    table("Cells").getByRole("button", { name: "Save what is shown as a CSV file" }).click(),
  ]);
  const text = readFileSync(await file.path(), "utf8");
  expect(file.suggestedFilename()).toMatch(/^Cells .*\.csv$/);
  expect(text).toContain("Name,Value,Unit");
  expect(text).toMatch(/Cell 42,\d+,°C/);
  expect(text).not.toContain("Cell 7,");
});

test("several values are checked and set together, and each says how it ended", async () => {
  const entry = (name: string) => table("Recipe").getByLabel(`New value: ${name}`, { exact: true });
  await until("the row that may not be set", () => entry("Fixed").isDisabled());
  await entry("Speed").fill("5000");
  await reads("Recipe", /Allowed 0 1\/min to 1000 1\/min/);
  expect(await table("Recipe").getByRole("button", { name: /^Set/ }).isDisabled()).toBe(true);
  await entry("Speed").fill("250");
  await entry("Temperature").fill("33,5");
  await entry("Locked").fill("2");
  await table("Recipe").getByRole("button", { name: "Set 3" }).click();
  const question = page.getByRole("dialog");
  await question.getByText("Set Temperature to 33.5 °C?").waitFor();
  await question.getByRole("button", { name: "Set", exact: true }).click();
  await until("both values", async () => (await value("r/speed")) === 250 && (await value("r/temp")) === 33.5);
  await reads("Recipe", /Locked.*Not set/);
  expect(await value("r/locked")).toBe(1);
});

test("the past is listed, the newest first", async () => {
  await until(
    "the value that was set",
    async () => {
      const list = await texts("Past");
      return list.some((t) => t.includes("250")) && list.length > 1;
    },
    40,
  );
});

test("a tree opens by keys and shows what is below", async () => {
  await reads("Plant", /Speed/);
  await page.request.put(api("tags/r/speed"), { data: { value: 777 } });
  await reads("Plant", /Speed777/);
  const { violations } = await new AxeBuilder({ page }).disableRules(["region", "landmark-unique"]).analyze();
  expect(violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}`))).toEqual([]);
  expect(errors).toEqual([]);
});
