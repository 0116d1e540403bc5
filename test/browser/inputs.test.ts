// Inputs of every kind write into the plant: by mouse, keys and touch, with what is refused said beside them.
import { AxeBuilder } from "@axe-core/playwright";
import type { App, Widget } from "@lineside/client";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { addUser, logIn, saysSoon, setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let anna: Page;
let errors: string[];

const api = (path: string) => `${lineside.url}/api/v1/${path}`;
const value = async (path: string) =>
  ((await (await anna.request.get(api(`tags/${path}`))).json()) as { value: unknown }).value;
const becomes = (path: string, wanted: unknown) =>
  until(`${path} to be ${JSON.stringify(wanted)}`, async () => {
    const now = await value(path);
    if (JSON.stringify(now) !== JSON.stringify(wanted)) throw new Error(JSON.stringify(now));
    return true;
  });

const modes = [
  { value: "0", title: "Off" },
  { value: "1", title: "Auto" },
  { value: "2", title: "Manual" },
];
let place = 0;
const widget = (type: string, id: string, w: number, h: number, props: Widget["props"], on?: Widget["on"]): Widget => {
  const n = place++;
  return { id, type, x: 20 + (n % 4) * 310, y: 20 + Math.floor(n / 4) * 130, w, h, props, ...(on ? { on } : {}) };
};
const tag = (name: string) => ({ tag: `a/${name}` });

const app: App = {
  format: 2,
  id: "com.example.inputs",
  version: "1.0.0",
  name: { en: "Inputs" },
  screens: [
    {
      id: "main",
      name: { en: "Main" },
      width: 1260,
      height: 800,
      variables: [{ id: "chosen", type: "string", default: "none" }],
      widgets: [
        widget("slider", "slider", 280, 104, { value: tag("speed"), step: 10 }),
        widget("stepper", "stepper", 224, 72, { value: tag("speed"), step: 10 }),
        widget("segmented", "segments", 280, 68, { value: tag("mode"), options: modes }),
        widget("checkbox", "check", 200, 48, { value: tag("run") }),
        widget("number-input", "number", 220, 92, { value: tag("temp") }),
        widget("text-input", "text", 260, 92, {
          value: tag("name"),
          pattern: "[A-Z].*",
          patternText: "Begin with a capital.",
        }),
        widget(
          "select",
          "select",
          240,
          92,
          {
            label: "Recipe",
            value: { expr: "chosen" },
            options: Array.from({ length: 40 }, (_, i) => ({ value: `r${i}`, title: `Recipe ${i}` })),
          },
          { set: [{ do: "set", variable: "chosen", value: { expr: "value" } }] },
        ),
        widget("value", "seen", 160, 64, { label: "Chosen", value: { expr: "chosen" } }),
        widget("number-input", "locked", 220, 92, { value: tag("locked") }),
        widget(
          "pin-pad",
          "pin",
          200,
          120,
          { digits: 4 },
          { enter: [{ do: "write", tag: "a/pin", value: { expr: "value" }, confirm: "none" }] },
        ),
        widget("state-button", "state", 168, 76, { value: tag("mode"), options: modes }),
        widget("form", "form", 280, 260, {
          label: "Order",
          value: tag("order"),
          fields: [
            { name: "batch", title: "Batch", required: true },
            { name: "amount", title: "Amount", kind: "int", low: 1, high: 9 },
          ],
        }),
      ],
    },
  ],
};

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page: anna, errors } = await person(browser, { width: 1300, height: 900 }));
  await setUp(anna, await lineside.setupLink(), "anna");
  const plant = await anna.request.get(api("plant"));
  const write = { confirm: "none" };
  const put = await anna.request.put(api("plant"), {
    headers: { "If-Match": plant.headers().etag ?? "" },
    data: {
      format: 1,
      tags: [
        {
          path: "a/speed",
          type: "float",
          initial: 400,
          decimals: 0,
          title: { en: "Speed" },
          write: { ...write, low: 0, high: 1000 },
        },
        { path: "a/mode", type: "int", initial: 1, title: { en: "Mode" }, write },
        { path: "a/run", type: "bool", initial: false, title: { en: "Run" }, write },
        {
          path: "a/temp",
          type: "float",
          unit: "°C",
          initial: 20,
          decimals: 1,
          title: { en: "Temperature" },
          write: { low: 10, high: 90 },
        },
        { path: "a/name", type: "string", initial: "Alpha", title: { en: "Batch name" }, write },
        {
          path: "a/locked",
          type: "float",
          initial: 5,
          title: { en: "Locked" },
          write: { ...write, interlock: 'tag("a/run")' },
        },
        { path: "a/pin", type: "string", initial: "", write },
        { path: "a/order", type: "json", initial: { batch: "A1" }, write },
      ],
    },
  });
  expect(put.status(), await put.text()).toBe(200);
  const made = await anna.request.post(api("apps"), { data: { id: "inputs", document: app } });
  expect(made.status(), await made.text()).toBe(201);
  const published = await anna.request.post(api("apps/inputs/publish"), { data: { comment: "first" } });
  expect(published.status(), await published.text()).toBe(200);
  await anna.goto(`${lineside.url}/run/inputs`);
  await saysSoon(anna, "slider", "400", 20);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(anna, "inputs-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

const field = (name: string) => anna.getByLabel(name, { exact: true });

test("a slider is moved by keys and set by Enter, and Escape takes it back", async () => {
  const slider = anna.locator('[data-id="slider"]');
  await slider.focus();
  for (const key of ["ArrowRight", "ArrowRight", "Enter"]) await anna.keyboard.press(key);
  await becomes("a/speed", 420);
  await anna.keyboard.press("End");
  await anna.keyboard.press("Escape");
  await anna.waitForTimeout(1200);
  expect(await value("a/speed")).toBe(420);
});

test("a slider that is dragged writes when it is let go", async () => {
  const screen = await anna.locator(".ls-screen canvas").boundingBox();
  if (!screen) throw new Error("no screen");
  const scale = Math.min(screen.width / 1260, screen.height / 800);
  const left = screen.x + (screen.width - 1260 * scale) / 2;
  const top = screen.y + (screen.height - 800 * scale) / 2;
  const at = (x: number, y: number) => [left + x * scale, top + y * scale] as const;
  await anna.mouse.move(...at(160, 80));
  await anna.mouse.down();
  for (let x = 160; x <= 240; x += 10) await anna.mouse.move(...at(x, 80));
  await anna.waitForTimeout(400);
  expect(await value("a/speed")).toBe(420);
  await anna.mouse.up();
  await until("the slider to have written", async () => Number(await value("a/speed")) > 600);
});

test("steps add up and are set once", async () => {
  const before = Number(await value("a/speed"));
  await anna.locator('[data-id="stepper"]').focus();
  for (let i = 0; i < 3; i++) await anna.keyboard.press("ArrowUp");
  await becomes("a/speed", before + 30);
});

test("keys aim at a segment and Enter sets it; a press sets the next state", async () => {
  const segments = anna.locator('[data-id="segments"]');
  await segments.getByRole("radio", { name: "Auto" }).focus();
  await anna.keyboard.press("ArrowRight");
  expect(await value("a/mode")).toBe(1);
  await anna.keyboard.press("Enter");
  await becomes("a/mode", 2);
  // What is next follows from what is shown.
  await saysSoon(anna, "state", "Manual", 15);
  await anna.locator('[data-id="state"]').press("Enter");
  await becomes("a/mode", 0);
});

test("a number is checked beside the field, asked about, and set by Enter", async () => {
  const number = field("Temperature");
  await number.fill("95");
  await number.press("Enter");
  await anna.getByText("Allowed 10 °C to 90 °C.").waitFor();
  expect(await number.getAttribute("aria-invalid")).toBe("true");
  await number.press("Escape");
  await until("the value that is", async () => (await number.inputValue()) === "20.0");
  await number.fill("55,5");
  await number.press("Enter");
  await anna.getByText("Set Temperature to 55.5 °C?").waitFor();
  await anna.getByRole("dialog").getByRole("button", { name: "Set", exact: true }).click();
  await becomes("a/temp", 55.5);
});

test("what was typed is not set by leaving the field, and Chinese is entered whole", async () => {
  const text = field("Batch name");
  await text.fill("lower");
  await text.press("Enter");
  await anna.getByText("Begin with a capital.").waitFor();
  await text.fill("Beta 批次七");
  await field("Temperature").focus();
  await anna.waitForTimeout(500);
  expect(await value("a/name")).toBe("Alpha");
  await text.press("Enter");
  await becomes("a/name", "Beta 批次七");
});

test("a list is searched and drives a variable of the screen", async () => {
  await anna.getByRole("combobox", { name: "Recipe" }).press("ArrowDown");
  await anna.getByPlaceholder("Search").fill("cipe 27");
  await anna.keyboard.press("Enter");
  await saysSoon(anna, "seen", "r27", 15);
});

test("what is refused goes back to what is and says why", async () => {
  const locked = field("Locked");
  await locked.fill("7");
  await locked.press("Enter");
  await anna.locator(".ls-field-note.wrong", { hasText: "last write failed" }).waitFor();
  await until("the value that is", async () => Number(await locked.inputValue()) === 5);
  expect(await value("a/locked")).toBe(5);
  await anna.locator('[data-id="check"]').press("Enter");
  await becomes("a/run", true);
  await locked.fill("7");
  await locked.press("Enter");
  await becomes("a/locked", 7);
});

test("a PIN is told and not shown", async () => {
  await anna.locator('[data-id="pin"]').getByRole("button", { name: "1", exact: true }).focus();
  for (const key of "2468") await anna.keyboard.press(key);
  await anna.locator('[data-id="pin"]').getByRole("button", { name: "Enter" }).press("Enter");
  await becomes("a/pin", "2468");
  expect(await anna.locator("body").textContent()).not.toContain("2468");
});

test("a form is checked and submitted as one object", async () => {
  await field("Amount").fill("12");
  await anna.getByRole("button", { name: "Submit" }).click();
  await anna.getByText("Allowed 1 to 9.").waitFor();
  await field("Amount").fill("3");
  await anna.getByRole("button", { name: "Submit" }).click();
  await becomes("a/order", { amount: 3, batch: "A1" });
  const { violations } = await new AxeBuilder({ page: anna }).disableRules(["region", "landmark-unique"]).analyze();
  expect(violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}`))).toEqual([]);
  expect(errors).toEqual([]);
});

test("who may not operate sees the values and why they cannot be set", async () => {
  await addUser(anna, lineside.url, "vera", "Viewer");
  const { page, context } = await person(browser);
  await logIn(page, lineside.url, "vera");
  await page.goto(`${lineside.url}/run/inputs`);
  const number = page.getByLabel("Temperature", { exact: true });
  await until("the value", async () => (await number.inputValue()) === "55.5");
  expect(await number.getAttribute("readonly")).not.toBeNull();
  await page.getByText("You may not set this").first().waitFor();
  await saysSoon(page, "segments", "You may not set this", 15);
  await context.close();
});
