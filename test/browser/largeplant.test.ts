// A plant of 20,000 tags: the page has them at once, finds as one types, renames an area, changes and removes many with a way
// back, and says so when somebody else was there first.

import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let server: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

/** 200 lines of 80 tags each, half of them read, and 100 pumps of 40 properties. */
function plant() {
  const tags = [];
  for (let i = 0; i < 16_000; i++) {
    const line = `site/line${i % 200}`;
    const n = Math.floor(i / 200);
    tags.push(
      n < 40
        ? {
            path: `${line}/motor${n}/speed`,
            type: "float",
            initial: n,
            unit: "1/min",
            title: { en: `Speed of motor ${n}`, zh: `${n}号电机转速` },
          }
        : { path: `${line}/motor${n - 40}/fast`, type: "bool", expr: `tag("${line}/motor${n - 40}/speed") > 20` },
    );
  }
  return {
    format: 1,
    areas: [{ path: "site", level: "site" }],
    tags,
    models: [
      {
        id: "pump",
        name: { en: "Pump" },
        labels: ["rotating"],
        properties: Array.from({ length: 40 }, (_, i) => ({ id: `p${i}`, type: "float", initial: i, unit: "bar" })),
      },
    ],
    assets: Array.from({ length: 100 }, (_, i) => ({ path: `yard/basin${i % 10}/pump${i}`, model: "pump" })),
  };
}

const api = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  page.evaluate(
    async ([method, path, body, headers]) => {
      const answer = await fetch(`/api/v1${path}`, {
        method: method as string,
        headers: { "content-type": "application/json", ...(headers as Record<string, string>) },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: answer.status, etag: answer.headers.get("etag") ?? "", text: await answer.text() };
    },
    [method, path, body, headers] as const,
  );

const tags = () => page.getByRole("region", { name: "Tags" });
const rows = () => tags().getByRole("row");
const search = async (text: string) => {
  await tags().getByRole("searchbox", { name: "Search tags" }).fill(text);
};

beforeAll(async () => {
  [server, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await server.setupLink(), "anna");
  const { etag } = await api("GET", "/plant");
  const put = await api("PUT", "/plant", plant(), { "if-match": etag });
  expect(put.status, put.text).toBe(200);
}, 120_000);

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "failed-largeplant");
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe("a plant of 20,000 tags", () => {
  test("is there without its tags being loaded", async () => {
    let bytes = 0;
    page.on("response", async (answer) => {
      if (answer.url().includes("/api/v1/plant")) bytes += (await answer.body().catch(() => Buffer.alloc(0))).length;
    });
    await page.goto(`${server.url}/plant`);
    await page.getByRole("tab", { name: "Tags" }).click();
    await tags().getByText("20000 tags").waitFor();
    await until("a page of rows", async () => (await rows().count()) === 101);
    await tags().getByText("1 / 200").waitFor();
    expect(bytes).toBeLessThan(600_000);
    // What is shown is live.
    await rows().nth(1).getByText("Good").waitFor();
  });

  test("is searched as one types, the properties of assets, too", async () => {
    await search("line7/ motor12/");
    await tags().getByText("2 of 20000 tags").waitFor();
    await rows().filter({ hasText: "site/line7/motor12/speed" }).getByText("12", { exact: true }).waitFor();
    await search("12号电机");
    await tags().getByText("200 of 20000 tags").waitFor();
    await search("label:rotating pump77/p1");
    await tags().getByText("11 of 20000 tags").waitFor();
    await search("ln3mtr4sp");
    await tags().getByText("Nothing has these words.").waitFor();
    await rows().filter({ hasText: "site/line3/motor4/speed" }).waitFor();
    await search("nowhere");
    await page.getByRole("button", { name: "Show all" }).click();
    await tags().getByText("20000 tags").waitFor();
    await tags().getByRole("button", { name: "Unit" }).click();
    await rows().nth(1).getByText("motor").waitFor();
    await tags().getByRole("button", { name: "Unit" }).click();
    await rows().nth(1).getByText("bar").waitFor();
    await tags().getByRole("button", { name: "Path" }).click();
  });

  test("leads from a property to its asset", async () => {
    await search("pump77/p1");
    await tags().getByRole("button", { name: "yard/basin7/pump77/p1", exact: true }).click();
    await page.getByRole("treeitem", { name: /pump77/, selected: true }).waitFor();
    expect(await page.getByRole("treeitem").count()).toBeLessThan(130);
    await page.getByRole("tab", { name: "Tags" }).click();
  });

  test("has an area renamed", async () => {
    await page.getByRole("button", { name: "Rename area…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("searchbox", { name: "Search areas" }).fill("line42");
    await dialog.getByRole("option", { name: /^site\/line42\s/ }).click();
    await dialog.getByLabel("New path").fill("site/press");
    await dialog.getByRole("button", { name: "Rename", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    await search("site/press kind:computed");
    await tags().getByText("40 of 20000 tags").waitFor();
    await rows().nth(1).getByText("Good").waitFor();
  });

  test("has one tag changed while somebody else changes another, and tells when it is the same", async () => {
    await search("site/line1/motor1/speed");
    await tags().getByRole("button", { name: "Edit site/line1/motor1/speed" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Unit", { exact: true }).fill("Hz");
    await api("PATCH", "/plant", { put: { tags: [{ path: "site/line1/motor2/speed", type: "float", initial: 7 }] } });
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    await rows().filter({ hasText: "motor1/speed" }).getByText("Hz").waitFor();

    await tags().getByRole("button", { name: "Edit site/line1/motor1/speed" }).click();
    await dialog.getByLabel("Unit", { exact: true }).fill("rpm");
    await api("PATCH", "/plant", { put: { tags: [{ path: "site/line1/motor1/speed", type: "float", unit: "kHz" }] } });
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("Somebody else has changed this tag in the meantime.").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await rows().filter({ hasText: "motor1/speed" }).getByText("kHz").waitFor();

    await tags().getByRole("button", { name: "Add tag" }).click();
    await dialog.getByLabel("Type", { exact: true }).first().waitFor();
    await dialog.getByLabel("Path", { exact: true }).first().fill("site/line1/motor1/speed");
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.getByText("There is a tag at this path already.").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
  });

  test("has many changed and removed at once, and taken back", async () => {
    await search("site/line5/ speed");
    await tags().getByText("40 of 20000 tags").waitFor();
    await tags().getByRole("checkbox", { name: "Select all on this page" }).check();
    await tags().getByText("40 tags selected").waitFor();
    await picture(page, "large-plant-selected");
    await tags().getByRole("button", { name: "Change…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Unit", { exact: true }).check();
    await dialog.getByRole("textbox", { name: "Unit" }).fill("Hz");
    await dialog.getByLabel("Add labels").fill("checked");
    await dialog.getByRole("button", { name: "Try" }).click();
    await dialog.getByText("40 tags would change").waitFor();
    const axe = await new AxeBuilder({ page }).analyze();
    expect(axe.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`)).toEqual([]);
    await dialog.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByText("40 tags changed", { exact: true }).waitFor();
    await search("label:checked unit:hz");
    await tags().getByText("40 of 20000 tags").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Taken back", { exact: true }).waitFor();
    await page.getByText("No tag fits").waitFor();

    // All that were found, beyond what one page shows.
    await search("motor39/speed");
    await tags().getByText("200 of 20000 tags").waitFor();
    await tags().getByRole("checkbox", { name: "Select all on this page" }).check();
    await tags().getByRole("button", { name: "Select all 200 that were found" }).click();
    await tags().getByText("200 tags selected").waitFor();
    await tags().getByRole("button", { name: "Remove…" }).click();
    // Expressions still name them.
    await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "Remove" }).click();
    await page.getByText("The document has errors.", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Close" }).last().click();
    await search("motor39/fast");
    await tags().getByText("200 of 20000 tags").waitFor();
    await tags().getByRole("checkbox", { name: "Select all on this page" }).check();
    await tags().getByRole("button", { name: "Select all 200 that were found" }).click();
    await tags().getByRole("button", { name: "Remove…" }).click();
    await page.getByRole("alertdialog").or(page.getByRole("dialog")).getByRole("button", { name: "Remove" }).click();
    await page.getByText("200 tags removed", { exact: true }).waitFor();
    await search("");
    await tags().getByText("19800 tags").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await tags().getByText("20000 tags").waitFor();
  });

  test("is the same after a start", async () => {
    await server.kill();
    await server.start();
    await page.goto(`${server.url}/plant?tag=site/press/motor7/speed`);
    await tags().getByText("1 of 20000 tags").waitFor();
    await rows().filter({ hasText: "site/press/motor7/speed" }).getByText("7", { exact: true }).waitFor();
    expect(errors).toEqual([]);
  });
});
