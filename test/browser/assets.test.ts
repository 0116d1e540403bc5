// A model is made once, five assets are stamped from it, one differs, and all follow when the model changes.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { addDevice, setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const api = (path: string) => `${lineside.url}/api/v1${path}`;

interface Tag {
  path: string;
  value?: unknown;
  qualityName?: string;
}

async function tag(path: string): Promise<Tag> {
  return (await (await page.request.get(api(`/tags/${path}`))).json()) as Tag;
}

async function findings(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).disableRules(["region", "landmark-unique"]).analyze();
  return violations
    .filter((violation) => violation.impact !== "minor")
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html}`));
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
  await page.goto(`${lineside.url}/plant`);
  await addDevice(page, /Simulator/, "station", {});
});

afterEach(async (context) => {
  if (context.task.result?.state === "fail") await picture(page, "assets-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("a model of three properties is made, and what the server refuses stands at its field", async () => {
  await page.getByRole("tab", { name: "Assets" }).click();
  await page.getByRole("button", { name: "Go to the models" }).click();
  expect(await findings()).toEqual([]);
  await picture(page, "assets-empty");
  await page.getByRole("button", { name: "Add model" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name (English)").fill("Pump");
  expect(await dialog.getByLabel("Id", { exact: true }).inputValue()).toBe("pump");

  await dialog.getByRole("tab", { name: /Parameters/ }).click();
  for (const [n, id, type] of [
    [1, "source", "device"],
    [2, "base", "int"],
  ] as const) {
    await dialog.getByRole("button", { name: "Add parameter" }).click();
    await dialog.getByLabel(`Id ${n}`).fill(id);
    await dialog.getByLabel(`Type ${n}`).selectOption(type);
    await dialog.getByLabel(`Required ${n}`).check();
  }
  await picture(page, "assets-parameters");

  await dialog.getByRole("tab", { name: /Properties/ }).click();
  const add = dialog.getByRole("button", { name: "Add property" });
  await add.click();
  await dialog.getByLabel("Id", { exact: true }).fill("speed");
  await dialog.getByLabel("Unit", { exact: true }).fill("1/min");
  await dialog.getByLabel("Range from").fill("0");
  await dialog.getByLabel("Range to").fill("1500");
  await dialog.getByLabel("Address (JSON)").fill('{"kind":"sine","low":"{bass}","high":2000,"period":"5s"}');
  await add.click();
  await dialog.getByLabel("Id", { exact: true }).fill("mode");
  await dialog.getByLabel("Source", { exact: true }).selectOption({ label: "Memory" });
  await dialog.getByLabel("Type", { exact: true }).selectOption({ label: "Integer" });
  await dialog.getByLabel("Initial value").fill("3");
  await add.click();
  await dialog.getByLabel("Id", { exact: true }).fill("twice");
  await dialog.getByLabel("Source", { exact: true }).selectOption({ label: "Computed" });
  await dialog.getByLabel("Expression", { exact: true }).fill('tag("./mode") * 2');
  await dialog.getByRole("button", { name: "Add", exact: true }).click();

  // The placeholder is mistyped: the property that is wrong is shown, and what to do.
  await dialog.getByText(/no parameter "bass"/).waitFor();
  expect(await dialog.getByLabel("Id", { exact: true }).inputValue()).toBe("speed");
  expect(await findings()).toEqual([]);
  await picture(page, "assets-model");
  await dialog.getByLabel("Address (JSON)").fill('{"kind":"sine","low":"{base}","high":2000,"period":"5s"}');
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  const row = page.getByRole("row", { name: /Pump/ });
  expect(await row.getByRole("cell").nth(3).textContent()).toBe("3");
});

test("five assets are stamped from it, after they were seen, and are live", async () => {
  await page.getByRole("tab", { name: "Assets" }).click();
  await page.getByRole("button", { name: "Stamp assets" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Path pattern").fill("hall/line1/pump{n}");
  // Required parameters are missing: said at every row, and nothing can be made.
  await dialog.getByText('The parameter "base" is missing.').first().waitFor();
  expect(await dialog.getByRole("button", { name: "Stamp", exact: true }).isDisabled()).toBe(true);
  await dialog.getByLabel("source", { exact: true }).selectOption({ label: "station" });
  await dialog.getByLabel("base", { exact: true }).fill("{n*100}");
  await dialog.getByLabel("Title", { exact: true }).fill("Pump {n}");
  await dialog.getByText("5 new assets with 15 tags").waitFor();
  await dialog.getByRole("cell", { name: "hall/line1/pump5" }).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "assets-stamp");
  await dialog.getByRole("button", { name: "Stamp", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });

  const panel = page.getByRole("article", { name: "hall/line1/pump1" });
  await panel.getByRole("row", { name: /twice/ }).getByText("6", { exact: true }).waitFor();
  await panel
    .getByRole("row", { name: /^speed/ })
    .getByText("good")
    .waitFor();
  // The tree is gone through by the keys.
  const tree = page.getByRole("tree");
  await tree.getByRole("treeitem", { name: /^pump1 / }).press("ArrowDown");
  await page.getByRole("article", { name: "hall/line1/pump2" }).getByText("200", { exact: true }).waitFor();
  await tree.getByRole("treeitem", { name: /^line1/ }).click();
  await page.getByRole("article", { name: "hall/line1" }).getByText("5 assets").waitFor();
  expect(await findings()).toEqual([]);
});

test("one asset differs from the model, is marked, and is reset", async () => {
  await page.getByRole("treeitem", { name: /^pump3 / }).click();
  const panel = page.getByRole("article", { name: "hall/line1/pump3" });
  const row = panel.getByRole("row", { name: /^speed/ });
  await row.getByText("0 … 1500").waitFor();
  await row.getByRole("button", { name: "Change speed for this asset" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Range to").fill("-5");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("alert").first().waitFor();
  await dialog.getByLabel("Range to").fill("3000");
  await dialog.getByText("1 place differs from the model").waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "assets-override");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  await row.getByText("0 … 3000").waitFor();
  await row.getByText("changed here").waitFor();
  await picture(page, "assets-panel");
  await row.getByRole("button", { name: "Reset speed to the model" }).click();
  await row.getByText("0 … 1500").waitFor();
  await row.getByText("changed here").waitFor({ state: "hidden" });
});

test("a change of the model reaches all five; an asset that is disabled has no tags", async () => {
  await page.getByRole("tab", { name: "Models" }).click();
  await page.getByRole("button", { name: "Pump", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("The change reaches 5 assets at once.").waitFor();
  await dialog.getByRole("button", { name: /^twice/ }).click();
  await dialog.getByLabel("Expression", { exact: true }).fill('tag("./mode") * 10');
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  // A property that is given another id takes along what names it.
  await page.getByRole("button", { name: "Pump", exact: true }).click();
  await dialog.getByRole("button", { name: /^mode/ }).click();
  await dialog.getByLabel("Id", { exact: true }).fill("step");
  await dialog.getByText(/What names it follows/).waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  for (const n of [1, 2, 3, 4, 5])
    await until(`pump${n} to follow`, async () => (await tag(`hall/line1/pump${n}/twice`)).value === 30);
  await page.getByRole("tab", { name: "Assets" }).click();
  await page.getByRole("treeitem", { name: /^pump4 / }).click();
  const panel = page.getByRole("article", { name: "hall/line1/pump4" });
  await panel.getByRole("row", { name: /twice/ }).getByText("30", { exact: true }).waitFor();
  await panel.getByRole("switch").click();
  await page.getByRole("treeitem", { name: /^pump4 .*Disabled/ }).waitFor();
  expect((await page.request.get(api("/tags/hall/line1/pump4/twice"))).status()).toBe(404);
  await panel.getByRole("switch").click();
  await panel.getByRole("row", { name: /twice/ }).getByText("30", { exact: true }).waitFor();
});

test("an asset is given another path and is removed; a model is removed with its assets", async () => {
  await page.getByRole("treeitem", { name: /^pump5 / }).click();
  await page
    .getByRole("article", { name: "hall/line1/pump5" })
    .getByRole("button", { name: "Edit", exact: true })
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Path", { exact: true }).fill("hall/line2/pump5");
  await dialog.getByLabel("base", { exact: true }).fill("550");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  const panel = page.getByRole("article", { name: "hall/line2/pump5" });
  await panel.getByText("550", { exact: true }).waitFor();
  await panel.getByRole("button", { name: "Remove asset hall/line2/pump5" }).click();
  await dialog.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("4 assets", { exact: true }).waitFor();

  await page.getByRole("tab", { name: "Models" }).click();
  await page.getByRole("button", { name: "Duplicate model pump" }).click();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("cell", { name: "pump-2", exact: true }).waitFor();
  await picture(page, "assets-models");
  await page.getByRole("button", { name: "Remove model pump", exact: true }).click();
  await dialog.getByText("hall/line1/pump4").waitFor();
  expect(await findings()).toEqual([]);
  await dialog.getByRole("button", { name: "Remove model and 4 assets" }).click();
  await page.getByRole("cell", { name: "pump", exact: true }).waitFor({ state: "hidden" });

  // A machine that is there as tags becomes a model.
  const put = {
    tags: [0, 4].map((n) => ({
      path: `hall/fan7/t${n}`,
      type: "float",
      device: "station",
      address: { kind: "sine", low: 10 + n },
    })),
  };
  await page.request.fetch(api("/plant"), { method: "PATCH", data: { put } });
  await page.reload();
  await page.getByRole("tab", { name: "Models" }).click();
  await page.getByRole("button", { name: "Model from a machine" }).click();
  await dialog.getByRole("option", { name: /^hall\/fan7\s/ }).click();
  await dialog.getByLabel(/^Number in the addresses/).selectOption("low");
  await dialog.getByText("{base+4}").waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "assets-from-machine");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByLabel("Name (English)").fill("Fan");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("cell", { name: "fan7", exact: true }).waitFor();
  expect(((await (await page.request.get(api("/assets"))).json()) as { total: number }).total).toBe(0);
  expect(errors).toEqual([]);
});
