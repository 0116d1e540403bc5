// A small P&ID: symbols from the palette, pipes from nozzle to nozzle, valves dropped into them, and the player.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

interface Drawn {
  id: string;
  type: string;
  x: number;
  y: number;
  w: number;
  h: number;
  rotate?: number;
  props?: Record<string, unknown>;
  from?: { widget: string; point: string };
  to?: { widget: string; point: string };
}

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

async function drafted(what: string, wanted: (by: Record<string, Drawn>) => boolean): Promise<Record<string, Drawn>> {
  return until(what, async () => {
    const answer = await page.request.get(`${lineside.url}/api/v1/apps/line/draft`);
    const list = ((await answer.json()) as { screens: { widgets?: Drawn[] }[] }).screens[0]?.widgets ?? [];
    const by = Object.fromEntries(list.map((w) => [w.id, w]));
    if (!wanted(by)) throw new Error(JSON.stringify(by));
    return by;
  });
}

const board = () => page.getByRole("application", { name: /Drawing of the screen/ });
const symbol = (id: string) => page.locator(`[data-preset="${id}"]`).first();
const find = (text: string) => page.getByLabel("Search widgets").fill(text);

/** Where a place of the screen is on the page. */
async function at(x: number, y: number): Promise<[number, number]> {
  const box = await board().boundingBox();
  const seen = await page.evaluate(() => document.querySelector<HTMLElement>(".zoom")?.textContent ?? "100");
  const zoom = Number.parseFloat(seen) / 100;
  if (!box) throw new Error("there is no board");
  return [box.x + (box.width + 16) / 2 + (x - 640) * zoom, box.y + box.height / 2 + (y - 360) * zoom];
}

/** Drags a symbol from the palette to a place. */
async function drop(id: string, x: number, y: number): Promise<void> {
  const box = await symbol(id).boundingBox();
  if (!box) throw new Error(`there is no symbol ${id}`);
  await page.mouse.move(box.x + box.width / 2, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(...(await at(x - 40, y - 40)), { steps: 3 });
  await page.mouse.move(...(await at(x, y)), { steps: 3 });
  await page.mouse.up();
}

async function drag(from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...(await at(...from)));
  await page.mouse.down();
  await page.mouse.move(...(await at((from[0] + to[0]) / 2, (from[1] + to[1]) / 2)), { steps: 4 });
  await page.mouse.move(...(await at(...to)), { steps: 4 });
  await page.mouse.up();
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
  const made = await page.request.post(`${lineside.url}/api/v1/apps`, { data: { id: "line", name: { en: "Line" } } });
  expect(made.status()).toBe(201);
  await page.goto(`${lineside.url}/design/line`);
  await board().waitFor();
  await board().press("Shift+1");
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && page) await picture(page, "failed-symbols");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("symbols are found by their names in both languages, and dropped", async () => {
  await page.locator("summary", { hasText: "Valves" }).click();
  await symbol("valve-gate").locator("path").first().waitFor({ state: "attached" });
  await picture(page, "symbols-01-palette");
  await find("储罐");
  await drop("tank", 240, 300);
  await find("vertical vess");
  await drop("vessel", 960, 300);
  await find("centrifugal pump");
  // By keyboard as well.
  await symbol("pump-centrifugal").press("Enter");
  const by = await drafted("three symbols", (d) => !!d.tank1 && !!d.vessel1 && Object.keys(d).length === 3);
  expect(by.tank1).toMatchObject({ type: "symbol", w: 96, h: 96, props: { symbol: "tank" } });
  expect(by.vessel1).toMatchObject({ w: 64, h: 112 });
  await board().press("Delete");
  await drafted("two symbols", (d) => Object.keys(d).length === 2);
});

test("a pipe goes from nozzle to nozzle in one drag, thin as in a P&ID", async () => {
  await board().press("p");
  const { tank1: tank, vessel1: vessel } = await drafted("both", (d) => !!d.tank1 && !!d.vessel1);
  const nozzle = (w: Drawn | undefined, fx: number, fy: number): [number, number] => [
    (w?.x ?? 0) + (w?.w ?? 0) * fx,
    (w?.y ?? 0) + (w?.h ?? 0) * fy,
  ];
  await drag(nozzle(tank, 88 / 96, 80 / 96), nozzle(vessel, 8 / 64, 40 / 112));
  const by = await drafted("the pipe", (d) => !!d.pipe1);
  expect([by.pipe1?.from, by.pipe1?.to]).toEqual([
    { widget: "tank1", point: "e2" },
    { widget: "vessel1", point: "w" },
  ]);
  expect(by.pipe1?.props?.strokeWidth).toBe(2);
});

test("a valve that is dropped onto a pipe sits in it, in one step of undo", async () => {
  const before = await drafted("the pipe", (d) => !!d.pipe1);
  const pipe = before.pipe1 as Drawn;
  const points = pipe.props?.points as number[];
  const y = pipe.y + (points[1] as number) * pipe.h;
  await find("control valve");
  await drop("valve-control", 400, y + 4);
  const by = await drafted("the valve", (d) => !!d.pipe2 && Object.keys(d).length === 5);
  const valve = Object.values(by).find((w) => w.props?.symbol === "valve-control") as Drawn;
  expect(by.pipe1?.to).toEqual({ widget: valve.id, point: "w" });
  expect(by.pipe2?.from).toEqual({ widget: valve.id, point: "e" });
  expect(by.pipe2?.to).toEqual(pipe.to);
  await picture(page, "symbols-02-inline");
  await board().press("Control+z");
  expect(await drafted("the pipe whole again", (d) => !d.pipe2)).toEqual(before);
  await board().press("Control+Shift+z");
  await drafted("the valve again", (d) => !!d.pipe2);
});

test("a symbol that lies beside is dragged into a pipe", async () => {
  await find("check valve");
  await drop("valve-check", 560, 480);
  await drafted("the check valve", (d) => !!d["valve-check1"]);
  const by = await drafted("two pipes", (d) => !!d.pipe2);
  const pipe = by.pipe2 as Drawn;
  const points = pipe.props?.points as number[];
  await drag([560, 480], [510, pipe.y + (points[1] as number) * pipe.h + 3]);
  const after = await drafted("three pipes", (d) => !!d.pipe3);
  expect(after.pipe2?.to).toEqual({ widget: "valve-check1", point: "w" });
  expect(after.pipe3?.from).toEqual({ widget: "valve-check1", point: "e" });
  await picture(page, "symbols-05-dragged-in");
});

test("another symbol is chosen by its picture and keeps the pipes", async () => {
  const by = await drafted("the valve", (d) => !!d.pipe2);
  const valve = by.pipe2?.from?.widget as string;
  await page.keyboard.press("Escape");
  const w = by[valve] as Drawn;
  await page.mouse.click(...(await at(w.x + 24, w.y + 34)));
  await page.locator(".preset-choice").click();
  const popover = page.locator(".preset-popover");
  await popover.getByRole("searchbox").fill("motor");
  await picture(page, "symbols-03-choose");
  await popover.locator('[data-preset="valve-motor"]').click();
  const after = await drafted("a motor valve", (d) => d[valve]?.props?.symbol === "valve-motor");
  expect([after.pipe1?.to?.widget, after.pipe2?.from?.widget]).toEqual([valve, valve]);
  await page.locator('[data-prop="label"] input').fill("FV-101");
  await page.keyboard.press("Enter");
  await drafted("its tag name", (d) => d[valve]?.props?.label === "FV-101");
});

test("the player shows the symbols and says what they are called", async () => {
  const by = await drafted("the valve", (d) => !!d.pipe2);
  const answer = await page.request.get(`${lineside.url}/api/v1/apps/line/draft`);
  expect((await answer.json()).screens[0].widgets.length).toBe(7);
  await page.getByRole("button", { name: "Preview", exact: true }).click();
  const valve = by.pipe2?.from?.widget as string;
  const inside = page.frameLocator("iframe");
  await inside.locator(`[data-id="${valve}"][aria-label*="FV-101"]`).waitFor({ state: "attached" });
  await picture(page, "symbols-04-player");
  expect(errors).toEqual([]);
});
