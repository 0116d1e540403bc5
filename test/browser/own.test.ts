// A widget of one's own: made from a sample, changed while it is tried, put on a screen, pressed by an operator; and a script that
// never ends is stopped without anybody else noticing.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { saysSoon, setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

interface Draft {
  widgets?: { id: string; script?: string; svg: string }[];
  screens: { widgets?: { id: string; type: string }[] }[];
}

const draft = async (): Promise<Draft> =>
  (await (await page.request.get(`${lineside.url}/api/v1/apps/line/draft`)).json()) as Draft;

const dialog = () => page.getByRole("dialog");

/** The log of the trial, newest first. */
const happened = () =>
  dialog()
    .locator(".own-log")
    .textContent()
    .then((text) => text ?? "");

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
  const made = await page.request.post(`${lineside.url}/api/v1/apps`, { data: { id: "line", name: { en: "Line" } } });
  expect(made.status()).toBe(201);
  await page.goto(`${lineside.url}/design/line`);
  await page.getByRole("application", { name: /Drawing of the screen/ }).waitFor();
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && page) await picture(page, "failed-own");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("a counter is made of a sample, tried with sample data, and a mistake is told with its line", async () => {
  await page.getByRole("button", { name: "Make your own widget…" }).click();
  await dialog().getByText("No widget of its own yet").waitFor();
  await dialog().getByRole("button", { name: "New widget" }).click();
  await page.getByRole("menuitem", { name: "Counter with a script" }).click();
  await dialog().getByRole("heading", { name: "Widget Counter" }).waitFor();
  await until("the trial has begun", async () => /Begin/.test(await happened()));
  const pulse = dialog().getByRole("switch", { name: "Pulse" });
  for (let i = 0; i < 4; i++) {
    await pulse.click();
    await until(`step ${i + 1}`, async () => (await happened()).split("pulse =").length === i + 2);
  }
  await picture(page, "own-try");
  // The picture is the real player's: a click on it is an event of the script.
  await dialog().locator(".own-picture canvas").click();
  await until("the click", async () => /Event reset/.test(await happened()));

  await dialog().getByRole("tab", { name: "Script" }).click();
  const code = dialog().locator(".own-code .cm-content");
  await code.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("\nfunction every(me) { me.log(nowhere.x); }\n");
  await dialog().getByRole("textbox", { name: "Call every" }).fill("1s");
  await page.keyboard.press("Enter");
  await dialog().getByRole("button", { name: "Call every" }).click();
  await dialog().locator(".own-problems").getByText("nowhere").waitFor();
  await picture(page, "own-problem");
  await code.click();
  await page.keyboard.press("Control+End");
  for (let i = 0; i < "function every(me) { me.log(nowhere.x); }\n".length; i++) await page.keyboard.press("Backspace");
  await dialog().getByRole("textbox", { name: "Call every" }).fill("");
  await page.keyboard.press("Enter");
  await until("it is saved as it was", async () => {
    const [own] = (await draft()).widgets ?? [];
    return own?.script?.includes("function show(me)") && !own.script.includes("nowhere");
  });
  await dialog().getByRole("button", { name: "Close", exact: true }).last().click();
  await dialog().getByRole("button", { name: "Close", exact: true }).last().click();
});

test("it stands in the palette, is drawn on the screen, and works for an operator", async () => {
  const item = page.locator('[data-widget="own:counter1"]');
  await item.focus();
  await page.keyboard.press("Enter");
  const widget = await until("it is on the screen", async () =>
    (await draft()).screens[0]?.widgets?.find((w) => w.type === "own:counter1"),
  );
  await page.getByRole("button", { name: "Publish" }).click();
  await dialog().getByRole("button", { name: "Publish" }).click();
  await dialog().getByRole("link").waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "hidden" });
  const visitor = await page.context().newPage();
  await visitor.goto(`${lineside.url}/run/line`);
  await saysSoon(visitor, widget.id, "Counter", 20);
  await picture(visitor, "own-run");
  const scripts = await until("the script is at work", async () => {
    const list = (await (await page.request.get(`${lineside.url}/api/v1/scripts`)).json()) as {
      scripts: { widget: string; instances: number; calls: number }[];
    };
    return list.scripts.find((s) => s.widget === "counter1" && s.instances > 0 && s.calls > 0);
  });
  expect(scripts.instances).toBeGreaterThan(0);
  await page.goto(`${lineside.url}/scripts`);
  await page.getByRole("cell", { name: "Counter", exact: true }).waitFor();
  await picture(page, "own-scripts");
  await visitor.close();
  expect(errors).toEqual([]);
});
