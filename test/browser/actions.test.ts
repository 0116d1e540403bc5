// What an operator can do to a screen: popups with values of their own, a drawer, notices, keys, long presses,
// variables and conditions; and how an engineer gives a widget an action and tries it.
import type { App, Widget } from "@lineside/client";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { saysSoon, setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const button = (id: string, label: string, n: number, on: Widget["on"]): Widget => ({
  id,
  type: "button",
  x: 20 + (n % 4) * 190,
  y: 20 + Math.floor(n / 4) * 80,
  w: 170,
  h: 60,
  props: { label },
  on,
});

const value = (id: string, label: string, n: number, expr: string): Widget => ({
  id,
  type: "value",
  x: 20 + (n % 4) * 190,
  y: 300 + Math.floor(n / 4) * 80,
  w: 170,
  h: 60,
  name: label,
  props: { value: { expr } },
});

const app: App = {
  format: 2,
  id: "com.example.actions",
  version: "1.0.0",
  name: { en: "Actions" },
  inputs: [{ id: "machine", kind: "tag", type: "float", default: "m1/speed", title: { en: "Machine" } }],
  screens: [
    {
      id: "main",
      name: { en: "Main" },
      width: 800,
      height: 600,
      variables: [
        { id: "shown", type: "bool" },
        { id: "count", type: "int", default: 1 },
      ],
      on: {
        load: [{ do: "set", variable: "count", value: { expr: "count + 10" } }],
        "key:F2": [{ do: "set", variable: "count", value: { expr: "count + 1" } }],
      },
      widgets: [
        button("p1", "Machine 1", 0, {
          click: [{ do: "open", screen: "face", as: "popup", params: { machine: { tag: "m1/speed" } } }],
        }),
        button("p2", "Machine 2", 1, {
          click: [{ do: "open", screen: "face", as: "popup", params: { machine: { tag: "m2/speed" } } }],
        }),
        button("side", "Side", 2, { click: [{ do: "open", screen: "face", as: "drawer" }] }),
        button("tell", "Tell", 3, { click: [{ do: "notice", text: { en: "Be careful" }, level: "warning" }] }),
        button("show", "Show", 4, { click: [{ do: "set", variable: "shown", value: { expr: "not shown" } }] }),
        button("cond", "Write", 5, {
          click: [{ do: "write", tag: "m1/speed", value: 99, confirm: "Really?", if: 'tag("m1/on")' }],
        }),
        button("low", "Limited", 6, { click: [{ do: "write", tag: "m2/speed", value: 500, high: 100 }] }),
        button("twice", "Twice", 7, {
          click: [{ do: "add", tag: "m2/count", value: 1 }],
          double: [{ do: "add", tag: "m2/count", value: 100 }],
        }),
        value("count", "Count", 0, "count"),
        { ...value("hideable", "Secret", 1, "count * 2"), animate: [{ what: "visible", by: { expr: "shown" } }] },
        {
          ...value("long", "Held", 2, 'tag("m1/on")'),
          on: { long: [{ do: "toggle", tag: "m1/on" }], down: [{ do: "set", variable: "count", value: 40 }] },
        },
        value("speed1", "Speed 1", 4, 'tag("m1/speed")'),
        value("speed2", "Speed 2", 5, 'tag("m2/speed")'),
        value("twiceCount", "Twice count", 3, 'tag("m2/count")'),
      ],
    },
    {
      id: "face",
      name: { en: "Faceplate" },
      width: 320,
      height: 180,
      widgets: [
        { id: "v", type: "value", x: 20, y: 20, w: 170, h: 60, name: "Speed", props: { value: { expr: "machine" } } },
        {
          id: "x",
          type: "button",
          x: 20,
          y: 100,
          w: 170,
          h: 60,
          props: { label: "Done" },
          on: { click: [{ do: "close" }] },
        },
      ],
    },
    {
      id: "loop",
      name: { en: "Loop" },
      width: 320,
      height: 180,
      on: { load: [{ do: "open", screen: "loop" }] },
      widgets: [],
    },
  ],
};

const api = (path: string) => `${lineside.url}/api/v1/${path}`;

async function tagValue(path: string): Promise<unknown> {
  return ((await (await page.request.get(api(`tags/${path}`))).json()) as { value: unknown }).value;
}

/** Clicks the middle of a widget on the canvas of the page's main screen. */
async function at(id: string): Promise<{ x: number; y: number }> {
  const w = app.screens[0]?.widgets.find((o) => o.id === id) as Widget;
  const box = (await page.locator(".ls-stage .ls-screen").boundingBox()) as {
    x: number;
    y: number;
    width: number;
    height: number;
  };
  const zoom = Math.min(box.width / 800, box.height / 600);
  const left = box.x + (box.width - 800 * zoom) / 2;
  const top = box.y + (box.height - 600 * zoom) / 2;
  return { x: left + (w.x + w.w / 2) * zoom, y: top + (w.y + w.h / 2) * zoom };
}

async function click(id: string): Promise<void> {
  const p = await at(id);
  await page.mouse.click(p.x, p.y);
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser, { width: 1200, height: 800 }));
  await setUp(page, await lineside.setupLink(), "anna");
  const plant = await page.request.get(api("plant"));
  const write = { confirm: "none" };
  const put = await page.request.put(api("plant"), {
    headers: { "If-Match": plant.headers().etag ?? "" },
    data: {
      format: 1,
      tags: [
        { path: "m1/speed", type: "float", initial: 11, write },
        { path: "m2/speed", type: "float", initial: 22, write },
        { path: "m2/count", type: "int", initial: 0, write },
        { path: "m1/on", type: "bool", initial: false, write },
      ],
    },
  });
  expect(put.status(), await put.text()).toBe(200);
  const made = await page.request.post(api("apps"), { data: { id: "line", name: { en: "Line" }, document: app } });
  expect(made.status(), await made.text()).toBe(201);
  const published = await page.request.post(api("apps/line/publish"), { data: {} });
  expect(published.ok(), await published.text()).toBe(true);
  await page.goto(`${lineside.url}/run/line/main`);
  await saysSoon(page, "count", "11");
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && page) await picture(page, `failed-actions-${task.name.slice(0, 20)}`);
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

const dialogs = () => page.locator(".ls-popup");

test("two popups of one screen show two machines, and close with Escape and by themselves", async () => {
  await click("p1");
  await dialogs().first().locator('[data-id="v"][aria-label*="11"]').waitFor({ state: "attached" });
  await page.mouse.move(5, 5);
  // The first stands in the middle: out of the way by its bar.
  const bar = (await dialogs().first().locator("h2").boundingBox()) as { x: number; y: number };
  await page.mouse.move(bar.x + 40, bar.y + 20);
  await page.mouse.down();
  await page.mouse.move(bar.x + 40, bar.y + 420, { steps: 4 });
  await page.mouse.up();
  await click("p2");
  await dialogs().nth(1).locator('[data-id="v"][aria-label*="22"]').waitFor({ state: "attached" });
  expect(await dialogs().count()).toBe(2);
  expect(await dialogs().first().getAttribute("aria-label")).toBe("Faceplate");
  await picture(page, "actions-popups");
  await page.keyboard.press("Escape");
  await until("one popup", async () => (await dialogs().count()) === 1);
  await dialogs().first().locator('[data-id="v"][aria-label*="11"]').waitFor({ state: "attached" });
  await dialogs().first().locator('[data-id="x"]').press("Enter");
  await until("no popup", async () => (await dialogs().count()) === 0);
});

test("a drawer comes in and goes; a notice is told", async () => {
  await click("side");
  await page.locator(".ls-side [data-id=v]").waitFor({ state: "attached" });
  await picture(page, "actions-drawer");
  await page.keyboard.press("Escape");
  await until("no drawer", async () => (await page.locator(".ls-side").count()) === 0);
  await click("tell");
  await page.getByText("Be careful").waitFor();
  await page.locator(".ls-note").getByRole("button", { name: "Close" }).click();
});

test("a key counts, a variable shows and hides, a long press and a double click do their own", async () => {
  await page.keyboard.press("F2");
  await saysSoon(page, "count", "12");
  const hidden = () => page.locator('[data-id="hideable"]').getAttribute("aria-hidden");
  await until("it to be hidden", async () => (await hidden()) === "true");
  await click("show");
  await until("it to be seen", async () => (await hidden()) !== "true");
  const p = await at("long");
  await page.mouse.move(p.x, p.y);
  await page.mouse.down();
  await saysSoon(page, "count", "40");
  await until("the long press", async () => (await tagValue("m1/on")) === true);
  await page.mouse.up();
  const twice = await at("twice");
  await page.mouse.dblclick(twice.x, twice.y);
  await until("the double click", async () => (await tagValue("m2/count")) === 100);
  await page.mouse.click(twice.x, twice.y);
  await until("the single click", async () => (await tagValue("m2/count")) === 101);
});

test("a condition stops a write and lets it through; limits refuse", async () => {
  await page.request.put(api("tags/m1/on"), { data: { value: false } });
  await saysSoon(page, "long", /off|false/i);
  await click("cond");
  await click("low");
  await page.locator(".ls-fault-note").waitFor();
  expect(await tagValue("m1/speed")).toBe(11);
  expect(await tagValue("m2/speed")).toBe(22);
  await page.request.put(api("tags/m1/on"), { data: { value: true } });
  await saysSoon(page, "long", /on|true/i);
  await click("cond");
  await page.getByRole("dialog", { name: "Really?" }).getByRole("button", { name: "Set" }).click();
  await until("the write", async () => (await tagValue("m1/speed")) === 99);
});

test("screens that open one another come to an end", async () => {
  await page.goto(`${lineside.url}/run/line/loop`);
  await page.getByText("without end").waitFor();
});

test("an engineer gives the screen an action at a key, and tries it", async () => {
  await page.goto(`${lineside.url}/design/line`);
  await page.getByRole("application", { name: /Drawing of the screen/ }).waitFor();
  await page.getByRole("button", { name: "Add a key" }).click();
  await page.keyboard.press("F7");
  await page.locator('[data-prop="on.key:F7"]').getByLabel("Action 1", { exact: true }).selectOption("set");
  const draft = async () => ((await (await page.request.get(api("apps/line/draft"))).json()) as App).screens[0];
  await until("the key in the draft", async () => (await draft())?.on?.["key:F7"]?.[0]?.do === "set");
  await page.locator('[data-prop="on.key:F7"]').getByLabel("Screen variable").selectOption("count");
  await page.locator('[data-prop="on.key:F7"]').getByLabel("Value", { exact: true }).fill("5");
  await page.keyboard.press("Enter");
  await page.locator('[data-prop="on.key:F7"]').getByText("Set count to 5").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("application").focus();
  await page.keyboard.press("Shift+T");
  const panel = page.getByRole("region", { name: "Test actions" });
  await panel.getByRole("button", { name: "Try F7" }).click();
  await panel.locator(".try-steps").getByText("Set count to 5").waitFor();
  await picture(page, "actions-try");
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  await page.keyboard.press("Control+Z");
  expect(errors).toEqual([]);
});
