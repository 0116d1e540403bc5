// The history of tags on its page: chosen, plotted, zoomed by keys, corrected with a reason and put back, with notes and sets of pens.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

async function findings(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).disableRules(["region", "landmark-unique"]).analyze();
  return violations
    .filter((violation) => violation.impact !== "minor")
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html}`));
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
});

afterEach(async (context) => {
  if (context.task.result?.state === "fail") await picture(page, "history-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("the page teaches, and a tag is chosen by search", async () => {
  await page.goto(`${lineside.url}/history`);
  await page.getByText("Choose tags to see what they were").waitFor();
  await page.getByRole("button", { name: /Flow/ }).first().waitFor();
  expect(await findings()).toEqual([]);
  await page.getByRole("searchbox", { name: "Search tags" }).fill("main/pressure");
  const found = page.locator(".trend-tag");
  await until("one tag", async () => (await found.count()) === 1);
  await found.first().click();
  await page.getByRole("row", { name: /north\/main\/pressure/ }).waitFor();
  await page.getByRole("searchbox", { name: "Search tags" }).fill("running");
  await page.locator('.trend-tag[title="north/pump1/running"]').click();
  expect(new URL(page.url()).searchParams.getAll("tag")).toEqual(["north/main/pressure", "north/pump1/running"]);
  await page.getByRole("button", { name: "5 min", exact: true }).click();
  await until("values", async () =>
    /bar/.test((await page.getByRole("row", { name: /main\/pressure/ }).textContent()) ?? ""),
  );
  expect(await findings()).toEqual([]);
});

test("pens are ordered and hidden, the plot is driven by keys", async () => {
  await page.getByRole("button", { name: "Move Pump 1 up" }).click();
  expect(new URL(page.url()).searchParams.getAll("tag")).toEqual(["north/pump1/running", "north/main/pressure"]);
  await page.getByRole("button", { name: "Hide Pump 1" }).click();
  await page.getByRole("button", { name: "Show Pump 1" }).click();
  await page.getByRole("group", { name: "Plot of the history" }).focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("-");
  await until("a longer time that stands still", () => new URL(page.url()).searchParams.has("from"));
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Follow live" }).click();
  await page.getByRole("button", { name: "5 min", exact: true }).click();
  await until("it follows", () => new URL(page.url()).searchParams.get("last") === "300000");
});

test("samples are corrected with a reason, told, and put back", async () => {
  await page.getByRole("button", { name: "More for Pressure" }).click();
  await page.getByRole("menuitem", { name: "Correct…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What to do").selectOption("scale");
  await dialog.getByLabel("Factor").fill("100");
  await dialog.getByLabel("Factor").press("Tab");
  expect(await dialog.getByRole("button", { name: "Replace" }).isDisabled()).toBe(true);
  await dialog.getByLabel("Reason").fill("scaled wrongly");
  expect(await findings()).toEqual([]);
  await dialog.getByRole("button", { name: "Replace" }).click();
  await page.getByRole("button", { name: "Corrections (1)" }).waitFor();
  const highest = async () =>
    Number(
      (
        await page
          .getByRole("row", { name: /main\/pressure/ })
          .getByRole("cell")
          .nth(4)
          .textContent()
      )?.replace(",", ""),
    );
  await until("the highest is of what was corrected", async () => (await highest()) > 300);
  await page.getByRole("button", { name: "Corrections (1)" }).click();
  await page.getByRole("row", { name: /anna.*scaled wrongly/ }).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "history-corrections");
  await page.getByRole("button", { name: "Details" }).click();
  await page.getByLabel("Reason for putting it back").fill("it was right");
  await page.getByRole("button", { name: "Put back" }).click();
  await page.getByRole("row", { name: /anna.*it was right/ }).waitFor();
  await page.keyboard.press("Escape");
  await until("it is as it was", async () => (await highest()) < 20);
});

test("a note and a set of pens are kept for the next visit", async () => {
  await page.getByRole("button", { name: "Note…" }).click();
  await page.getByRole("dialog").getByLabel("Note", { exact: true }).fill("pump was changed");
  await page.getByRole("button", { name: "Add the note" }).click();
  await page.getByRole("region", { name: "Notes" }).getByText("pump was changed").waitFor();
  await page.getByRole("button", { name: "Sets of pens" }).click();
  await page.getByText("No set was saved yet").waitFor();
  await page.getByRole("button", { name: "Save these pens…" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Main pump");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Main pump was saved", { exact: true }).waitFor();
  await page.goto(`${lineside.url}/history`);
  await page.getByRole("button", { name: "Sets of pens" }).click();
  await page
    .getByRole("button", { name: /Main pump/ })
    .first()
    .click();
  await page.getByRole("row", { name: /main\/pressure/ }).waitFor();
  await page.getByRole("region", { name: "Notes" }).getByText("pump was changed").waitFor();
  await page.getByRole("combobox", { name: "Compare with" }).selectOption("1d");
  await page.getByRole("columnheader", { name: "Before" }).waitFor();
  await picture(page, "history-page");
});

test("the plant leads to the history of a tag, in Chinese and in the dark too", async () => {
  await page.goto(`${lineside.url}/plant?tag=north/main/flow`);
  await page.getByRole("tab", { name: "Tags" }).click();
  await page.getByRole("button", { name: "History of north/main/flow", exact: true }).click();
  await page.getByRole("row", { name: /main\/flow/ }).waitFor();
  for (const item of ["中文", "深色主题"]) {
    await page.getByRole("button", { name: "anna" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  }
  await page.getByRole("heading", { name: "历史", level: 1 }).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "history-dark");
  expect(errors).toEqual([]);
});
