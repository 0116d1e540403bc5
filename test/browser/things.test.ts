// What models say of machines beyond their values: formats, labels, commands, events and relations, in the demo and by the dialogs.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const api = (path: string) => `${lineside.url}/api/v1${path}`;
const value = async (path: string) =>
  ((await (await page.request.get(api(`/tags/${path}`))).json()) as { value: unknown }).value;

const line = (path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);

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
  if (context.task.result?.state === "fail") await picture(page, "things-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("the demo shows machines of one model with their labels, relations and values", async () => {
  await page.goto(`${lineside.url}/plant?asset=south/pump3`);
  const panel = page.getByRole("article", { name: "south/pump3" });
  await panel.getByText("Etanorm").waitFor();
  expect(await panel.getByRole("region", { name: "Relations" }).textContent()).toMatch(/feeds\s*south\/tank/);
  expect(await panel.getByRole("region", { name: "Relations" }).textContent()).toMatch(/is a spare of\s*south\/pump1/);
  await panel.getByText("vibration", { exact: true }).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "things-asset");
  // Along a relation to its other end.
  await panel.getByRole("button", { name: "south/tank", exact: true }).click();
  const tank = page.getByRole("article", { name: "south/tank" });
  await tank.getByText("48.1372°, 11.5755°, 519 m").waitFor();
  expect(await tank.getByRole("region", { name: "Relations" }).textContent()).toMatch(/is fed by\s*south\/pump1/);
  // A date is shown in the time of the browser.
  const local = await page.evaluate(() => new Date("2026-03-14T08:00:00Z").getHours());
  await tank.getByText(`2026-03-14 ${String(local).padStart(2, "0")}:00:00`).waitFor();
  await picture(page, "things-tank");
  const search = page.getByRole("searchbox", { name: "Search assets" });
  await search.fill("label:critical");
  await until("one line", async () => (await line("south/pump2").count()) === 0);
  expect(await line("south/pump1").count()).toBe(1);
  await search.fill("type:drive built:2024");
  await line("south/pump3").waitFor();
  expect(await line("south/pump1").count()).toBe(0);
  await search.fill("");
});

test("a command asks for its inputs, keeps their limits, and what it causes is an event", async () => {
  await line("south/pump2").click();
  const panel = page.getByRole("article", { name: "south/pump2" });
  await panel.getByText("Nothing has happened at this asset yet.").waitFor();
  await panel.getByRole("button", { name: "Run at" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Speed (1/min)").fill("100");
  await dialog.getByLabel("Speed (1/min)").press("Tab");
  expect(await findings()).toEqual([]);
  await dialog.getByRole("button", { name: "Give" }).click();
  await dialog.getByText("The value 100 is below the limit 300.").waitFor();
  await picture(page, "things-command");
  await dialog.getByLabel("Speed (1/min)").fill("900");
  await dialog.getByLabel("Speed (1/min)").press("Tab");
  await dialog.getByRole("button", { name: "Give" }).click();
  await dialog.waitFor({ state: "detached" });
  await until("the setpoint", async () => (await value("south/pump2/setpoint")) === 900);
  await panel.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Give" }).click();
  await panel.getByText("Booster pump 2 has stopped").waitFor({ timeout: 60_000 });
  await until("the roll-up", async () => (await value("south/running")) === 2, 60);
  await picture(page, "things-events");
  await panel.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Give" }).click();
  await panel.getByText("Booster pump 2 has started").waitFor({ timeout: 60_000 });
});

test("a model gets an event, a command of two writes and a struct by its dialog", async () => {
  await page.getByRole("tab", { name: "Models" }).click();
  await page.getByRole("button", { name: "Edit model tank" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add property" }).click();
  await dialog.getByLabel("Id", { exact: true }).fill("job");
  await dialog.getByLabel("Source").selectOption("memory");
  await dialog.getByRole("combobox", { name: "Type", exact: true }).selectOption("struct");
  await dialog.getByLabel("Id 1").fill("order");
  await dialog.getByLabel("Type 1").selectOption("string");
  await dialog.getByLabel("Initial value").fill('{"order":7}');
  await dialog.getByText("Can be written").click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText('The field "order" is not of type string.').waitFor();
  await dialog.getByLabel("Initial value").fill('{"order":"A 7"}');
  await picture(page, "things-struct");

  await dialog.getByRole("tab", { name: /Commands/ }).click();
  await dialog.getByRole("button", { name: "Add command" }).click();
  await dialog.getByLabel("Id", { exact: true }).fill("clean");
  await dialog.getByRole("button", { name: "Add input" }).click();
  await dialog.getByLabel("Id 1").fill("when");
  await dialog.getByLabel("Type 1").selectOption("string");
  await dialog.getByLabel("Value from 1").selectOption("when");
  await dialog.getByRole("button", { name: "Add write" }).click();
  await dialog.getByLabel("Writes to 2").selectOption("job");
  await dialog.getByLabel("Value 2").fill('{"order":"cleaning"}');
  expect(await findings()).toEqual([]);
  await picture(page, "things-commands");

  await dialog.getByRole("tab", { name: /Events/ }).click();
  await dialog.getByRole("button", { name: "Add event" }).click();
  await dialog.getByLabel("Id", { exact: true }).fill("job");
  await dialog.getByLabel("When", { exact: true }).fill('tag("./job").order == "cleaning"');
  await dialog.getByLabel("Message", { exact: true }).fill("{title}: {jobb}");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText('The model "tank" has no property "jobb".').waitFor();
  await dialog.getByLabel("Message", { exact: true }).fill("{title} is cleaned, {cleaned}");
  expect(await findings()).toEqual([]);
  await picture(page, "things-event");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });

  await page.getByRole("tab", { name: "Assets" }).click();
  await line("south/tank").click();
  const panel = page.getByRole("article", { name: "south/tank" });
  await panel.getByText("order: A 7").waitFor();
  await panel.getByRole("button", { name: "clean", exact: true }).click();
  const give = page.getByRole("dialog");
  await give.getByLabel("when").fill("yesterday");
  await give.getByRole("button", { name: "Give" }).click();
  await give.getByText("is not a date with a time").waitFor();
  await give.getByLabel("when").fill("2026-11-20T06:00:00Z");
  await give.getByRole("button", { name: "Give" }).click();
  await give.waitFor({ state: "detached" });
  await panel.getByText("High tank is cleaned, 2026-11-20T06:00:00Z").waitFor({ timeout: 30_000 });
});

test("a relation is added and taken away, from either end, and what is removed is told", async () => {
  const panel = page.getByRole("article", { name: "south/tank" });
  await panel.getByRole("button", { name: "Add relation" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add relation" }).click();
  await dialog.getByLabel("Relation 1").selectOption("own:");
  await dialog.getByLabel("Id of the relation 1").fill("backs-up");
  await dialog.getByLabel("Other asset 1").fill("south/pump9");
  await dialog.getByText("Labels and attributes").click();
  await dialog.getByLabel("Labels").fill("concrete round");
  await dialog.getByRole("button", { name: "Add attribute" }).click();
  await dialog.getByLabel("Attribute 1").fill("volume");
  await dialog.getByLabel("Text 1").fill("400 m³");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText('There is no asset "south/pump9".').waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "things-relation");
  await dialog.getByLabel("Other asset 1").fill("south/pump1");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await panel.getByText("400 m³").waitFor();
  await panel.getByText("backs-up").waitFor();
  await panel.getByRole("button", { name: "Remove: is fed by south/pump2" }).click();
  await until("two feed it", async () => (await panel.getByText("is fed by").count()) === 2);

  await line("south/pump1").click();
  const pump = page.getByRole("article", { name: "south/pump1" });
  await pump.getByText("backs-up (from there)").waitFor();
  await pump.getByRole("button", { name: "Remove asset south/pump1" }).click();
  const question = page.getByRole("dialog");
  await question.getByText("south/tank › backs-up").waitFor();
  await question.getByText("south/pump3 › is a spare of").waitFor();
  await question.getByRole("button", { name: "Cancel" }).click();
  expect(errors).toEqual([]);
});

test("in Chinese, and in the dark, it is complete", async () => {
  await page.request.patch(api("/me"), { data: { language: "zh", theme: "dark" } });
  await page.goto(`${lineside.url}/plant?asset=south/pump2`);
  await page.getByText("2 号加压泵 已停止").waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "things-zh");
  expect(errors).toEqual([]);
});
