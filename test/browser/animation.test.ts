// Animation by value: what a tag does to widgets of a running screen, and what the slider of the editor shows of it.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const box = (id: string, type: string, x: number, y: number, more: object) => ({
  id,
  type,
  x,
  y,
  w: 200,
  h: 100,
  ...more,
});
const by = (path: string) => ({ tag: `a/${path}` });

/** A rectangle that turns with a group, a button that hides, a trend that is turned, a fill by a range table. */
const widgets = [
  box("frame", "group", 100, 100, {
    name: "Rotor",
    w: 300,
    h: 300,
    animate: [{ what: "rotate", by: by("angle"), in: [0, 100], out: [0, 90] }],
  }),
  box("bar", "rectangle", 0, 100, { parent: "frame", w: 300, h: 40, props: { fill: "text", strokeWidth: 0 } }),
  box("go", "button", 500, 100, {
    props: { label: "Go" },
    on: { click: [{ do: "toggle", tag: "a/shown" }] },
    animate: [{ what: "visible", by: { expr: 'tag("a/shown")' } }],
  }),
  box("history", "trend", 500, 300, {
    rotate: 90,
    props: { value: by("angle") },
    animate: [{ what: "opacity", by: by("angle"), steps: [{ from: 50, set: 0.5 }], else: 1 }],
  }),
  box("tone", "rectangle", 800, 100, {
    props: { strokeWidth: 0, fill: "surface" },
    animate: [{ what: "fill", by: by("angle"), steps: [{ below: 50, set: "live" }, { set: "text" }] }],
  }),
];

const write = async (path: string, value: unknown) => {
  const answer = await page.request.put(`${lineside.url}/api/v1/tags/a/${path}`, { data: { value } });
  expect(answer.status(), await answer.text()).toBeLessThan(300);
};

/** The colour of the drawing at a place of the screen, as #RRGGBB. */
const colorAt = (x: number, y: number) =>
  page.evaluate(
    ([x, y]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(".ls-screen > canvas") as HTMLCanvasElement;
      const k = Math.min(canvas.width / 1280, canvas.height / 720);
      const left = (canvas.width - 1280 * k) / 2;
      const top = (canvas.height - 720 * k) / 2;
      const ctx = canvas.getContext("2d") as CanvasRenderingContext2D;
      const [r = 0, g = 0, b = 0] = ctx.getImageData(left + x * k, top + y * k, 1, 1).data;
      return `#${[r, g, b].map((v) => v.toString(16).padStart(2, "0")).join("")}`.toUpperCase();
    },
    [x, y] as const,
  );

const becomes = (x: number, y: number, wanted: string) =>
  until(`${wanted} at ${x}, ${y}`, async () => {
    const seen = await colorAt(x, y);
    if (seen !== wanted) throw new Error(seen);
    return true;
  });

const text = "#1E1E1E";
const live = "#0B3D78";
const ground = "#DCDCDC";

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser, { width: 1366, height: 820 }));
  await setUp(page, await lineside.setupLink(), "anna");
  const api = `${lineside.url}/api/v1`;
  const plant = await page.request.get(`${api}/plant`);
  const put = await page.request.put(`${api}/plant`, {
    data: {
      ...(await plant.json()),
      tags: [
        { path: "a/angle", type: "float", initial: 0, range: { low: 0, high: 100 }, write: {} },
        { path: "a/shown", type: "bool", initial: true, write: {} },
      ],
    },
    headers: { "If-Match": plant.headers().etag ?? "" },
  });
  expect(put.status(), await put.text()).toBeLessThan(300);
  await page.request.post(`${api}/apps`, { data: { id: "line", name: { en: "Line" } } });
  const draft = await page.request.get(`${api}/apps/line/draft`);
  const app = await draft.json();
  Object.assign(app.screens[0], { width: 1280, height: 720, widgets });
  app.theme = { scheme: "light" };
  const saved = await page.request.put(`${api}/apps/line/draft`, {
    data: app,
    headers: { "If-Match": draft.headers().etag ?? "" },
  });
  expect(saved.status(), await saved.text()).toBeLessThan(300);
  const published = await page.request.post(`${api}/apps/line/publish`, { data: { comment: "first" } });
  expect(published.status(), await published.text()).toBeLessThan(300);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && page) await picture(page, "failed-animation");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("widgets follow the values of tags, those in a group with it", async () => {
  await page.goto(`${lineside.url}/run/line`);
  const trend = page.locator(".ls-elements > div").first();
  // Level: the bar lies across the group, 100 to 400, 200 to 240.
  await becomes(120, 220, text);
  await becomes(900, 150, live);
  expect(await trend.evaluate((e) => e.style.transform)).toMatch(/^matrix\(0, 1, -1, 0,/);
  expect(await trend.evaluate((e) => e.style.opacity)).toBe("");
  await write("angle", 100);
  // A quarter turn about the middle of the group, 250, 250: 260 to 300, 100 to 400.
  await becomes(280, 120, text);
  await becomes(120, 220, ground);
  await becomes(900, 150, text);
  await until("the trend to fade", async () => (await trend.evaluate((e) => e.style.opacity)) === "0.5");
  await picture(page, "animation-01-turned");
});

test("what a value hides is not seen, not read and not clicked", async () => {
  const button = page.locator("[data-id=go]");
  await until("the button", async () => (await button.getAttribute("tabindex")) === "0");
  expect(await button.getAttribute("aria-hidden")).toBeNull();
  await write("shown", false);
  await until("the button to go", async () => (await button.getAttribute("aria-hidden")) === "true");
  expect(await button.getAttribute("tabindex")).toBeNull();
  await becomes(510, 110, ground);
  await write("shown", true);
  await until("the button to come back", async () => (await button.getAttribute("aria-hidden")) === null);
  expect(errors).toEqual([]);
});

test("the slider of an animation shows what a value would do, and saves nothing", async () => {
  await write("angle", 0);
  await page.goto(`${lineside.url}/design/line`);
  const board = page.getByRole("application", { name: /Drawing of the screen/ });
  await board.waitFor();
  await page.getByRole("tab", { name: "Layers" }).click();
  await page.getByRole("treeitem", { name: /Rotor/ }).first().click();
  const slider = page.getByRole("slider", { name: "Try" }).first();
  await slider.scrollIntoViewIfNeeded();
  const turnedNow = () =>
    page.evaluate(() => document.querySelector<HTMLCanvasElement>(".ls-screen > canvas")?.toDataURL() ?? "");
  const before = await turnedNow();
  await slider.fill("100");
  await until("the drawing to turn", async () => (await turnedNow()) !== before);
  await picture(page, "animation-02-tried");
  const draft = await page.request.get(`${lineside.url}/api/v1/apps/line/draft`);
  expect((await draft.json()).screens[0].widgets.length).toBe(widgets.length);
  expect(errors).toEqual([]);
});
