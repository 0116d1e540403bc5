// A newcomer makes the guided app, by keyboard alone.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  const someone = await person(browser);
  page = someone.page;
  errors = someone.errors;
  await setUp(page, await lineside.setupLink(), "wei");
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "failed-guide");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

/** Puts the focus on something as the Tab key would, and fails when it cannot take it. */
async function reach(selector: string): Promise<void> {
  const there = page.locator(selector).first();
  await there.waitFor();
  await there.focus();
  expect(await there.evaluate((node) => node === document.activeElement), `${selector} takes the focus`).toBe(true);
}

const press = (keys: string) => page.keyboard.press(keys);

/** The guide says that the step is done; goes to the next. */
async function next(): Promise<void> {
  await page.locator(".guide-done").waitFor();
  await reach(".guide-acts .button.primary");
  await press("Enter");
}

/** Adds a widget of the palette in the middle, and waits for its properties. */
async function add(type: string): Promise<void> {
  await page.getByRole("tab", { name: "Widgets", exact: true }).focus();
  await press("Enter");
  await reach(`[data-widget="${type}"]`);
  await press("Enter");
  await page
    .locator(".inspector-name input")
    .and(page.getByPlaceholder(new RegExp(`^${type}\\d+$`)))
    .waitFor();
}

/** Shows a tag by one of the widgets that fit. */
async function showTag(path: string, widget: string): Promise<void> {
  await page.getByRole("tab", { name: "Tags", exact: true }).focus();
  await press("Enter");
  await page.locator(`[data-tag="${path}"]`).waitFor();
  await reach(".panel-list[role=listbox]");
  await press("ArrowDown");
  for (let i = 0; i < 20; i++) {
    if ((await page.locator(`[data-tag="${path}"]`).getAttribute("aria-selected")) === "true") break;
    await press("ArrowDown");
  }
  await press("Enter");
  const offer = page.getByRole("dialog").getByRole("button", { name: widget, exact: true });
  await offer.waitFor();
  await offer.focus();
  await press("Enter");
}

test("the guided app is made by keyboard alone, and every step is seen to be done", { timeout: 120_000 }, async () => {
  await page.getByRole("button", { name: "Guided first app" }).first().focus();
  await press("Enter");
  await page.getByText("Step 1 of 10").waitFor();
  await picture(page, "guide-begin");

  await add("text");
  await press("F2");
  await until("the property to have the focus", () =>
    page.evaluate(() => document.activeElement?.closest("[data-prop]") !== null),
  );
  await page.keyboard.type("Tank 1");
  await press("Control+Enter");
  await next();

  await showTag("guide/tank/level", "Bar");
  await next();

  await add("rectangle");
  await page.getByRole("button", { name: "Add an animation" }).focus();
  await press("Enter");
  const level = page.getByRole("menuitem", { name: "Level", exact: true });
  await level.waitFor();
  await level.focus();
  await press("Enter");
  await page.getByRole("button", { name: "Choose a value" }).focus();
  await press("Enter");
  await page
    .getByRole("searchbox", { name: /Search tags/ })
    .last()
    .waitFor();
  await page.keyboard.type("guide/tank/level");
  await page.getByRole("option", { name: /guide\/tank\/level/ }).waitFor();
  await press("Enter");
  const slider = page.getByRole("slider", { name: "Try" });
  await slider.focus();
  await press("End");
  await picture(page, "guide-level");
  await next();

  await showTag("guide/pump/setpoint", "Setpoint");
  await next();

  await add("value");
  await page.getByRole("button", { name: /^Bind Value/ }).focus();
  await press("Enter");
  await page
    .getByRole("radio", { name: "Expression" })
    .or(page.getByRole("button", { name: "Expression" }))
    .first()
    .focus();
  await press("Space");
  await until("the expression editor to have the focus", () =>
    page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.matches("[contenteditable=true]")),
  );
  await page.keyboard.type('tag("guide/pump/speed") / 60');
  await press("Control+Enter");
  await next();

  await reach(".board");
  await press("Control+a");
  await press("Alt+a");
  await next();

  await press("Control+z");
  await press("Control+Shift+z");
  await next();

  await page.getByRole("button", { name: "New screen" }).focus();
  await press("Enter");
  const naming = page.getByRole("dialog");
  await naming.waitFor();
  await page.keyboard.type("Pump");
  await press("Enter");
  await naming.waitFor({ state: "hidden" });
  await reach(".board");
  await press("Control+k");
  await page
    .getByRole("dialog")
    .getByRole("combobox")
    .or(page.getByRole("dialog").getByRole("searchbox"))
    .first()
    .waitFor();
  await page.keyboard.type("Main");
  await page.getByRole("option", { name: /Main/ }).first().waitFor();
  await press("Enter");
  await add("button");
  await page.getByRole("button", { name: "Add an event" }).focus();
  await press("Enter");
  await page.getByRole("menuitem", { name: "Click", exact: true }).first().focus();
  await press("Enter");
  await page.getByLabel("Action 1", { exact: true }).focus();
  await page.keyboard.type("Open");
  await page.getByLabel("Screen", { exact: true }).last().focus();
  await page.keyboard.type("Pump");
  await picture(page, "guide-event");
  await next();

  await press("Control+p");
  const preview = page.frameLocator("iframe");
  await preview.getByRole("button", { name: /Speed setpoint/ }).waitFor({ state: "attached" });
  await picture(page, "guide-preview");
  await press("Control+p");
  await next();

  await press("Control+Shift+Enter");
  const publish = page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true });
  await until("the button to take the focus, once there is something to publish", async () => {
    await publish.focus();
    return publish.evaluate((node) => node === document.activeElement && !(node as HTMLButtonElement).disabled);
  });
  await press("Enter");
  await page.getByRole("dialog").getByText("Revision 1").first().waitFor();
  await press("Escape");
  await next();

  await page.getByText("Your first app is in operation").waitFor();
  await picture(page, "guide-end");
  await page.getByRole("link", { name: "Open the app" }).focus();
  await press("Enter");
  await page.waitForURL(/\/run\/first-app/);
  expect(errors).toEqual([]);
});
