// Binding many by a pattern, replacing in many, and renaming with all that names a tag or an input.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

interface Draft {
  inputs?: { id: string }[];
  tags?: { id: string; expr: string }[];
  screens: { widgets: { id: string; props?: Record<string, unknown> }[] }[];
}

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const count = 6;
const api = (path: string) => `${lineside.url}/api/v1${path}`;

async function draft(): Promise<Draft> {
  return (await (await page.request.get(api("/apps/lines/draft"))).json()) as Draft;
}

/** What the property "value" of each widget is bound to. */
const bound = (app: Draft) => (app.screens[0]?.widgets ?? []).map((w) => JSON.stringify(w.props?.value ?? null));

async function draftBecomes(what: string, fits: (app: Draft) => boolean): Promise<Draft> {
  return await until(what, async () => {
    const app = await draft();
    if (!fits(app)) throw new Error(JSON.stringify(app.screens[0]?.widgets.map((w) => w.props)));
    return app;
  });
}

async function design(): Promise<void> {
  await page.goto(`${lineside.url}/design/lines`);
  await page.getByRole("application", { name: /Drawing of the screen/ }).waitFor();
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  const someone = await person(browser, { width: 1440, height: 900 });
  ({ page, errors } = someone);
  await setUp(page, await lineside.setupLink(), "anna");
  const tags = Array.from({ length: count }, (_, i) => ({
    path: `hall/line${i + 1}/speed`,
    type: "float",
    unit: "rpm",
    initial: (i + 1) * 10,
  }));
  tags.push({ path: "hall/total", type: "float", expr: 'tag("hall/line1/speed") + tag("hall/line2/speed")' } as never);
  expect((await page.request.patch(api("/plant"), { data: { put: { tags } } })).status()).toBe(200);
  const widgets = Array.from({ length: count }, (_, i) => ({
    id: `v${i + 1}`,
    type: "value",
    x: 40 + (i % 3) * 160,
    y: 40 + Math.floor(i / 3) * 80,
    w: 120,
    h: 48,
  }));
  const document = {
    format: 2,
    id: "local.lines",
    version: "1.0.0",
    name: { en: "Lines" },
    inputs: [{ id: "limit", kind: "parameter", type: "float", default: 5 }],
    tags: [{ id: "over", expr: 'tag("hall/line1/speed") > limit' }],
    screens: [{ id: "main", name: { en: "Main" }, width: 800, height: 600, widgets }],
  };
  expect((await page.request.post(api("/apps"), { data: { id: "lines", document } })).status()).toBe(201);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, `failed-bind-${task.name.replaceAll(" ", "-").slice(0, 40)}`);
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("six widgets are bound by one pattern, as one step", async () => {
  await design();
  await page.getByRole("application").press("Control+a");
  await page.getByRole("application").press("Control+b");
  const dialog = page.getByRole("dialog", { name: "Bind 6 widgets" });
  await dialog.getByLabel("Pattern", { exact: true }).fill("hall/line{n}/speed");
  await dialog.locator("[data-row=v6]").getByText("60").waitFor();
  expect(await dialog.locator("tr.bad").count()).toBe(0);
  await picture(page, "bind-many");
  // Every other: those that are not there are marked, and left out.
  await dialog.getByLabel("Step").fill("2");
  await dialog.getByLabel("Step").press("Enter");
  await dialog.getByText("3 tags do not exist").waitFor();
  expect(await dialog.locator("tr.bad").count()).toBe(3);
  await dialog.getByRole("button", { name: "Bind 3" }).waitFor();
  await dialog.getByLabel("Step").fill("1");
  await dialog.getByLabel("Step").press("Enter");
  await dialog.getByRole("button", { name: "Bind 6" }).click();
  await dialog.waitFor({ state: "hidden" });
  const app = await draftBecomes("six bindings", (d) => bound(d).every((b) => b !== "null"));
  expect(bound(app)).toEqual(Array.from({ length: 6 }, (_, i) => `{"tag":"hall/line${i + 1}/speed"}`));
  await page.getByRole("application").press("Control+z");
  await draftBecomes("none after one undo", (d) => bound(d).every((b) => b === "null"));
  await page.getByRole("application").press("Control+Shift+z");
  await draftBecomes("six after one redo", (d) => bound(d).every((b) => b !== "null"));
});

test("the list of bindings shows live values and replaces in those that are chosen", async () => {
  await design();
  await page.getByRole("application").press("Control+Shift+b");
  const row = page.locator("[data-binding='v3/props/value']");
  await row.getByText("30").first().waitFor();
  await row.getByText("good").waitFor();
  await picture(page, "bind-list");
  await page.getByLabel("Filter by widget, property, tag").fill("line3");
  await page.getByText("1 binding", { exact: true }).waitFor();
  await row.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Replace in chosen" }).click();
  const dialog = page.getByRole("dialog", { name: "Replace in chosen" });
  await dialog.getByLabel("Find").fill("line3");
  await dialog.getByLabel("Replace with").fill("line2");
  await dialog.getByRole("button", { name: "Replace in 1 place" }).click();
  await draftBecomes("the third is bound anew", (d) => bound(d)[2] === '{"tag":"hall/line2/speed"}');
});

test("find and replace shows what becomes of every place and is one step", async () => {
  await design();
  await page.getByRole("application").press("Control+f");
  const dialog = page.getByRole("dialog", { name: "Find and replace" });
  await dialog.getByLabel("Find", { exact: true }).fill("line2");
  await dialog.getByLabel("Replace with").fill("line9");
  await dialog.getByText("hall/line9/speed").first().waitFor();
  await picture(page, "bind-find");
  await dialog.getByLabel("Replace in v2").uncheck();
  await dialog.getByRole("button", { name: "Replace in 1 place" }).click();
  await draftBecomes("one replaced", (d) => bound(d)[2] === '{"tag":"hall/line9/speed"}');
  await dialog.getByRole("button", { name: "Close" }).first().click();
  await page.getByRole("application").press("Control+z");
  const back = await draftBecomes("taken back", (d) => bound(d)[2] === '{"tag":"hall/line2/speed"}');
  expect(bound(back)[1]).toBe('{"tag":"hall/line2/speed"}');
});

test("a tag that is renamed in the plant is renamed in expressions and in the draft of the app", async () => {
  await page.goto(`${lineside.url}/plant?tag=hall/line1/speed`);
  await page.getByRole("button", { name: "hall/line1/speed", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Path", { exact: true }).first().fill("hall/line1/rate");
  await dialog.getByText(/Named in 3 places/).waitFor();
  await picture(page, "bind-rename-tag");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog", { name: "Renamed" }).getByText("2 places followed").waitFor();
  await page.getByRole("dialog", { name: "Renamed" }).locator("footer").getByRole("button").click();
  const app = await draft();
  expect(bound(app)[0]).toBe('{"tag":"hall/line1/rate"}');
  expect(app.tags?.[0]?.expr).toBe('tag("hall/line1/rate") > limit');
  const plant = (await (await page.request.get(api("/plant"))).json()) as { tags: { path: string; expr?: string }[] };
  expect(plant.tags.find((x) => x.path === "hall/total")?.expr).toBe(
    'tag("hall/line1/rate") + tag("hall/line2/speed")',
  );
  // A tag that is still named is not removed unasked.
  await page.getByLabel("Search tags").fill("hall/line1/rate");
  await page.getByRole("button", { name: "Remove hall/line1/rate" }).click();
  await page
    .getByRole("dialog")
    .getByText(/Named in 3 places/)
    .waitFor();
  await picture(page, "bind-remove-tag");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
});

test("an input that is renamed is renamed in what names it; the step can be undone", async () => {
  await design();
  await page.getByTitle("App settings").click();
  const dialog = page.getByRole("dialog", { name: "App settings" });
  await dialog.getByRole("tab", { name: "Inputs" }).click();
  await picture(page, "bind-inputs");
  await dialog.getByLabel("Name of input 1").fill("most");
  await dialog.getByLabel("Name of input 1").press("Enter");
  const app = await draftBecomes("the new name", (d) => d.inputs?.[0]?.id === "most");
  expect(app.tags?.[0]?.expr).toBe('tag("hall/line1/rate") > most');
  await dialog.getByRole("button", { name: "Remove most" }).click();
  await page.getByRole("dialog", { name: "Delete most?" }).getByText("Computed tag").waitFor();
  await page.getByRole("dialog", { name: "Delete most?" }).getByRole("button", { name: "Cancel" }).click();
  await dialog.getByRole("button", { name: "Close" }).first().click();
  await page.getByRole("application").press("Control+z");
  const back = await draftBecomes("the old name", (d) => d.inputs?.[0]?.id === "limit");
  expect(back.tags?.[0]?.expr).toBe('tag("hall/line1/rate") > limit');
  expect(errors).toEqual([]);
});
