// Writing with care: two people for one valve, the master switch on every screen and page, a pulse that ends by itself,
// a setpoint that ramps; and values that JavaScript cannot hold, all the way to the browser and back.
import { AxeBuilder } from "@axe-core/playwright";
import type { App, Widget } from "@lineside/client";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { addUser, logIn, saysSoon, setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let anna: Page;
let olga: Page;
let bob: Page;
const all: { context: BrowserContext; page: Page; errors: string[] }[] = [];

const widget = (type: string, id: string, n: number, name: string, props: Widget["props"], more = {}): Widget => ({
  id,
  type,
  x: 20 + (n % 3) * 250,
  y: 20 + Math.floor(n / 3) * 100,
  w: 220,
  h: 72,
  name,
  props,
  ...more,
});

const app: App = {
  format: 2,
  id: "com.example.writing",
  version: "1.0.0",
  name: { en: "Writing" },
  screens: [
    {
      id: "main",
      name: { en: "Main" },
      width: 800,
      height: 600,
      widgets: [
        widget("switch", "valve", 0, "Valve", { value: { tag: "a/valve" } }),
        widget(
          "button",
          "jog",
          1,
          "Jog",
          { label: "Jog" },
          {
            on: { click: [{ do: "pulse", tag: "a/jog", value: true, hold: "1s" }] },
          },
        ),
        widget("value", "jogging", 2, "Jogging", { value: { expr: 'tag("a/jog") ? 1 : 0' } }),
        widget("setpoint", "sp", 3, "Speed", { value: { tag: "a/sp" }, rampRate: 2 }),
        widget("button", "stop", 4, "Stop", { label: "Stop" }, { on: { click: [{ do: "hold", tag: "a/sp" }] } }),
        widget("value", "big", 5, "Big", { value: { tag: "b/big" } }),
        widget("value", "nan", 6, "Not a number", { value: { tag: "b/nan" } }),
        widget("value", "text", 7, "Text", { value: { tag: "b/text" } }),
      ],
    },
  ],
};

const api = (path: string) => `${lineside.url}/api/v1/${path}`;

async function tagValue(path: string): Promise<unknown> {
  return ((await (await anna.request.get(api(`tags/${path}`))).json()) as { value: unknown }).value;
}

/** What axe finds on a page. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}

/** Acts on a widget by the keyboard, as somebody without a pointer does. */
async function press(page: Page, id: string): Promise<void> {
  await page.locator(`[data-id="${id}"]`).focus();
  await page.keyboard.press("Enter");
}

/** Presses Jog; the tag is not on the screen, so that its policy is not known and it is asked about. */
async function jog(page: Page): Promise<void> {
  await press(page, "jog");
  await page.getByRole("dialog").getByText("Set a/jog to On for 1s?").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Set" }).click();
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  for (let i = 0; i < 3; i++) all.push(await person(browser, { width: 1200, height: 800 }));
  [anna, olga, bob] = all.map((p) => p.page) as [Page, Page, Page];
  await setUp(anna, await lineside.setupLink(), "anna");
  await addUser(anna, lineside.url, "olga", "Operator");
  await addUser(anna, lineside.url, "bob", "Operator");
  const plant = await anna.request.get(api("plant"));
  const put = await anna.request.put(api("plant"), {
    headers: { "If-Match": plant.headers().etag ?? "" },
    data: {
      format: 1,
      tags: [
        { path: "a/valve", type: "bool", title: { en: "Valve" }, initial: false, write: { release: { within: "5m" } } },
        { path: "a/jog", type: "bool", initial: false, write: { confirm: "none" } },
        { path: "a/sp", type: "float", initial: 0, write: { low: 0, high: 1000, confirm: "none" } },
        { path: "b/big", type: "int", initial: "9007199254740993", write: { confirm: "none" } },
        { path: "b/nan", type: "float", initial: "NaN", write: { confirm: "none" } },
        { path: "b/inf", type: "float", initial: "-Infinity", write: { confirm: "none" } },
        { path: "b/text", type: "string", initial: "温度过高", write: { confirm: "none" } },
        {
          path: "b/matrix",
          type: "json",
          initial: [
            [1, 2.5],
            [3, null],
          ],
          write: { confirm: "none" },
        },
      ],
    },
  });
  expect(put.status(), await put.text()).toBe(200);
  const made = await anna.request.post(api("apps"), { data: { id: "line", name: { en: "Line" }, document: app } });
  expect(made.status(), await made.text()).toBe(201);
  const published = await anna.request.post(api("apps/line/publish"), { data: {} });
  expect(published.ok(), await published.text()).toBe(true);
  for (const [page, name] of [
    [olga, "olga"],
    [bob, "bob"],
  ] as const) {
    await logIn(page, `${lineside.url}/run/line/main`, name);
    await saysSoon(page, "valve", "Valve");
  }
});

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  await picture(olga, `failed-writing-olga-${task.name.slice(0, 16)}`);
  await picture(bob, `failed-writing-bob-${task.name.slice(0, 16)}`);
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("a second person releases a write, and nobody their own", async () => {
  await press(olga, "valve");
  const question = olga.getByRole("dialog");
  await question.getByText("A second person must release it.").waitFor();
  await question.getByRole("button", { name: "Set" }).click();
  // Who has asked sees it pending, and can only withdraw it.
  await olga.getByText("Waits for a second person: set Valve to On.").waitFor();
  expect(await olga.getByRole("button", { name: "Release" }).count()).toBe(0);
  await saysSoon(olga, "valve", "waiting for confirmation");
  expect(await tagValue("a/valve")).toBe(false);
  // The same person in a second browser cannot release it either.
  const second = await person(browser, { width: 900, height: 600 });
  await logIn(second.page, `${lineside.url}/run/line/main`, "olga");
  await second.page.getByText("Waits for a second person").waitFor();
  expect(await second.page.getByRole("button", { name: "Release" }).count()).toBe(0);
  const list = (await (await second.page.request.get(api("writes"))).json()) as { asked: { id: string }[] };
  const own = await second.page.request.post(api(`writes/asked/${list.asked[0]?.id}`), { data: { release: true } });
  expect(own.status()).toBe(403);
  expect(((await own.json()) as { code: string }).code).toBe("release_self");
  await second.context.close();
  // The other one is asked, on the screen that is open.
  await bob.getByText("olga asks you: set Valve to On?").waitFor();
  await picture(bob, "writing-release");
  expect(await findings(bob)).toEqual([]);
  await bob.getByRole("button", { name: "Release" }).click();
  await bob.getByRole("dialog").getByRole("button", { name: "Release" }).click();
  await saysSoon(olga, "valve", "On");
  expect(await tagValue("a/valve")).toBe(true);
  await olga.locator(".ls-writes").waitFor({ state: "hidden" });
  await bob.locator(".ls-writes").waitFor({ state: "hidden" });
  const audit = (await (await anna.request.get(api("audit?limit=10"))).json()) as {
    entries: { actor: string; action: string; message: string }[];
  };
  expect(audit.entries.filter((e) => e.action.startsWith("write")).map((e) => `${e.actor} ${e.action}`)).toEqual([
    "olga write",
    "olga write",
    "bob write.release",
    "olga write.release", // her own attempt
    "olga write.ask",
  ]);
  expect(audit.entries[0]?.message).toContain("released by bob");
});

test("a write is refused by the second person, and the one who asked is told", async () => {
  await press(olga, "valve");
  await olga.getByRole("dialog").getByRole("button", { name: "Set" }).click();
  await bob.getByRole("button", { name: "Refuse" }).click();
  await olga.getByText("bob has refused the write.").waitFor();
  await olga.getByRole("alert").getByRole("button", { name: "Close" }).click();
  expect(await tagValue("a/valve")).toBe(true);
});

test("a pulse ends by itself", async () => {
  await jog(olga);
  await saysSoon(olga, "jogging", "1");
  await saysSoon(olga, "jogging", "0");
  expect(await tagValue("a/jog")).toBe(false);
});

test("a pulse ends although its browser was closed", async () => {
  const gone = await person(browser, { width: 900, height: 600 });
  await logIn(gone.page, `${lineside.url}/run/line/main`, "olga");
  await saysSoon(gone.page, "jog", "Jog");
  await jog(gone.page);
  await until("the pulse to begin", async () => (await tagValue("a/jog")) === true);
  await gone.context.close();
  await until("the pulse to end", async () => (await tagValue("a/jog")) === false);
});

test("a setpoint ramps, says so to everybody, and can be stopped", async () => {
  await press(olga, "sp");
  await olga.getByRole("textbox").fill("500");
  await olga.keyboard.press("Enter");
  await saysSoon(olga, "sp", "ramping to 500");
  await saysSoon(bob, "sp", "ramping to 500");
  await until("a step", async () => Number(await tagValue("a/sp")) > 0.5);
  await picture(bob, "writing-ramp");
  await press(bob, "stop");
  await saysSoon(olga, "sp", /^((?!ramping).)*$/);
  const at = Number(await tagValue("a/sp"));
  expect(at).toBeGreaterThan(0);
  expect(at).toBeLessThan(200);
});

test("the master switch blocks all writes and is told on every screen and page", async () => {
  await anna.goto(`${lineside.url}/admin`);
  await anna.getByRole("tab", { name: "Writing" }).click();
  await anna.getByRole("button", { name: "Block all writes" }).click();
  const dialog = anna.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("Work in the pit");
  await dialog.getByRole("button", { name: "Block all writes" }).click();
  await olga.getByText(/All writes are blocked by anna since .*: Work in the pit/).waitFor();
  await picture(olga, "writing-blocked");
  await anna.getByText("Work in the pit").first().waitFor();
  await picture(anna, "writing-admin");
  expect(await findings(anna)).toEqual([]);
  expect(await findings(olga)).toEqual([]);
  await jog(olga);
  await olga.getByRole("alert").getByText("All writes are blocked by anna: Work in the pit").waitFor();
  await olga.getByRole("alert").getByRole("button", { name: "Close" }).click();
  const put = await bob.request.put(api("tags/a/jog"), { data: { value: true } });
  expect(put.status()).toBe(423);
  expect(((await put.json()) as { code: string }).code).toBe("writes_blocked");
  expect((await bob.request.put(api("writes"), { data: { blocked: false, reason: "x" } })).status()).toBe(403);
  // It outlasts a restart, and stands in the editor too.
  await lineside.kill();
  await lineside.start();
  await olga.getByText(/All writes are blocked by anna/).waitFor();
  await anna.goto(`${lineside.url}/design/line`);
  await anna.getByText(/All writes are blocked by anna/).waitFor();
  await anna.goto(`${lineside.url}/admin`);
  await anna.getByRole("tab", { name: "Writing" }).click();
  await anna.getByRole("button", { name: "Allow writes again" }).click();
  await dialog.getByLabel("Reason").fill("Done");
  await dialog.getByRole("button", { name: "Allow writes again" }).click();
  await olga.locator(".ls-writes").waitFor({ state: "hidden" });
  await anna.getByRole("tab", { name: "Audit" }).click();
  await anna.getByRole("cell", { name: "All writes blocked" }).waitFor();
});

test("values that JavaScript cannot hold reach the screen and come back as they were", async () => {
  await saysSoon(olga, "big", "9007199254740993");
  await saysSoon(olga, "nan", /NaN/);
  await saysSoon(olga, "text", "温度过高");
  // Over the live connection: what came is written back, and is the same again.
  const back = await olga.evaluate(async () => {
    const ws = new WebSocket(`${location.origin.replace("http", "ws")}/api/v1/live`);
    const replies = new Map<number, (r: Record<string, unknown>) => void>();
    ws.onmessage = (e) => {
      const m = JSON.parse(e.data);
      if (m.id) replies.get(m.id)?.(m);
    };
    await new Promise((done) => {
      ws.onopen = done;
    });
    let id = 0;
    const ask = (r: object) =>
      new Promise<Record<string, unknown>>((done) => {
        replies.set(++id, done);
        ws.send(JSON.stringify({ id, ...r }));
      });
    const tags = ["b/big", "b/inf", "b/matrix", "b/nan", "b/text"];
    const read = async () => {
      const r = await ask({ op: "watch", tags });
      const slots = new Map(r.slots as [number, string][]);
      return Object.fromEntries((r.v as [number, unknown][]).map(([slot, v]) => [slots.get(slot), v]));
    };
    const before: Record<string, unknown> = await read();
    const results: Record<string, unknown> = {};
    for (const tag of tags) {
      const r = (await ask({ op: "write", tag, value: before[tag] })).result as { outcome: string; code?: string };
      results[tag] = r.code ?? r.outcome;
    }
    const after = await read();
    ws.close();
    return { before, after, results };
  });
  expect(back.before).toEqual({
    "b/big": "9007199254740993",
    "b/inf": "-Infinity",
    "b/matrix": [
      [1, 2.5],
      [3, null],
    ],
    "b/nan": "NaN",
    "b/text": "温度过高",
  });
  expect(back.after).toEqual(back.before);
  // What is no finite number is shown, but never sent to a device.
  expect(back.results).toEqual({
    "b/big": "good",
    "b/inf": "value_invalid",
    "b/matrix": "good",
    "b/nan": "value_invalid",
    "b/text": "good",
  });
});

test("nothing went wrong in the browsers", () => {
  expect(all.flatMap((p) => p.errors)).toEqual([]);
});
