// Drawing: shapes by the tools, a pipe between two widgets that follows when one moves, points that are edited.
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
  props?: { points?: number[]; closed?: boolean; text?: string };
  from?: { widget: string; point: string };
  to?: { widget: string; point: string };
}

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

async function draft(): Promise<Drawn[]> {
  const answer = await page.request.get(`${lineside.url}/api/v1/apps/line/draft`);
  return ((await answer.json()) as { screens: { widgets?: Drawn[] }[] }).screens[0]?.widgets ?? [];
}

/** Waits until the saved draft is as wanted, and answers it by id. */
async function drafted(what: string, wanted: (by: Record<string, Drawn>) => boolean): Promise<Record<string, Drawn>> {
  return until(what, async () => {
    const by = Object.fromEntries((await draft()).map((w) => [w.id, w]));
    if (!wanted(by)) throw new Error(JSON.stringify(by));
    return by;
  });
}

const board = () => page.getByRole("application", { name: /Drawing of the screen/ });

/** Where a place of the screen is on the page. */
async function at(x: number, y: number): Promise<[number, number]> {
  const box = await board().boundingBox();
  const seen = await page.evaluate(() => document.querySelector<HTMLElement>(".zoom")?.textContent ?? "100");
  const zoom = Number.parseFloat(seen) / 100;
  // The screen is fitted: its middle is the middle of the board beside the tools.
  if (!box) throw new Error("there is no board");
  return [box.x + (box.width + 16) / 2 + (x - 640) * zoom, box.y + box.height / 2 + (y - 360) * zoom];
}

async function drag(from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...(await at(...from)));
  await page.mouse.down();
  await page.mouse.move(...(await at((from[0] + to[0]) / 2, (from[1] + to[1]) / 2)), { steps: 4 });
  await page.mouse.move(...(await at(...to)), { steps: 4 });
  await page.mouse.up();
}

async function click(x: number, y: number, count = 1): Promise<void> {
  await page.mouse.click(...(await at(x, y)), { clickCount: count });
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
  const made = await page.request.post(`${lineside.url}/api/v1/apps`, { data: { id: "line", name: { en: "Line" } } });
  expect(made.status()).toBe(201);
  await page.goto(`${lineside.url}/design/line`);
  await board().waitFor();
  const size = await page.request.get(`${lineside.url}/api/v1/apps/line/draft`);
  expect((await size.json()).screens[0]).toMatchObject({ width: 1280, height: 720 });
  await board().press("Shift+1");
  await board().press("Shift+S");
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && page) await picture(page, "failed-drawing");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("shapes are dragged out, and the tool goes away after one", async () => {
  await board().press("r");
  await drag([160, 160], [320, 320]);
  await board().press("o");
  await drag([800, 400], [960, 560]);
  // Selecting again: a drag chooses, it does not draw.
  await drag([20, 20], [60, 60]);
  const by = await drafted("two shapes", (d) => !!d.rectangle1 && !!d.ellipse1);
  expect(Object.keys(by).length).toBe(2);
  expect(Math.abs((by.rectangle1?.x ?? 0) - 160)).toBeLessThan(2);
  expect(Math.abs((by.rectangle1?.w ?? 0) - 160)).toBeLessThan(3);
  await picture(page, "drawing-01-shapes");
});

test("a pipe sticks to both, follows what moves, and one undo takes the move back", async () => {
  await board().press("p");
  await drag([320, 240], [800, 480]);
  const before = await drafted("the pipe", (d) => !!d.pipe1);
  expect(before.pipe1?.from).toEqual({ widget: "rectangle1", point: "e" });
  expect(before.pipe1?.to).toEqual({ widget: "ellipse1", point: "w" });
  // Level, upright, level.
  expect(before.pipe1?.props?.points?.length).toBe(8);
  await picture(page, "drawing-02-pipe");
  await drag([880, 520], [1000, 240]);
  const after = await drafted("the pipe to follow", (d) => (d.ellipse1?.y ?? 400) < 200);
  const pipe = after.pipe1 as Drawn;
  const points = pipe.props?.points ?? [];
  const end = [pipe.x + (points.at(-2) ?? 0) * pipe.w, pipe.y + (points.at(-1) ?? 0) * pipe.h];
  const ellipse = after.ellipse1 as Drawn;
  expect(Math.abs((end[0] ?? 0) - ellipse.x)).toBeLessThan(0.5);
  expect(Math.abs((end[1] ?? 0) - ellipse.y - ellipse.h / 2)).toBeLessThan(0.5);
  await picture(page, "drawing-03-followed");
  await board().press("Control+z");
  expect(await drafted("both as before", (d) => (d.ellipse1?.y ?? 0) > 300)).toEqual(before);
});

test("a polyline is clicked, its last point taken back, closed, and its points edited", async () => {
  await board().press("Shift+L");
  for (const p of [
    [100, 500],
    [200, 420],
    [300, 500],
    [420, 640],
  ] as [number, number][])
    await click(p[0], p[1]);
  await board().press("Backspace");
  await click(200, 640);
  await click(100, 500);
  const drawn = await drafted("the polygon", (d) => !!d.polyline1);
  expect(drawn.polyline1?.props?.closed).toBe(true);
  expect(drawn.polyline1?.props?.points?.length).toBe(8);
  // Points: a double click shows them, a drag moves one, Delete takes it out.
  await page.waitForTimeout(600);
  await page.mouse.dblclick(...(await at(250, 460)));
  await drag([200, 420], [200, 380]);
  await drafted("the moved point", (d) => (d.polyline1?.h ?? 0) > 255);
  await picture(page, "drawing-04-points");
  await board().press("Delete");
  await drafted("one point less", (d) => d.polyline1?.props?.points?.length === 6);
  await board().press("Escape");
});

test("a text is written at once", async () => {
  await board().press("t");
  await click(700, 120);
  await page.locator("[data-prop=text] textarea:focus").waitFor();
  await page.keyboard.type("Feed water");
  await page.keyboard.press("Control+Enter");
  await drafted("the text", (d) => d.text1?.props?.text === "Feed water");
});

test("by keyboard: a tool of the strip, Enter for the usual size; double-click keeps a tool", async () => {
  const strip = page.getByRole("toolbar", { name: "Drawing tools" });
  await strip.getByRole("button", { name: "Ellipse" }).press("Enter");
  await board().press("Enter");
  await drafted("another ellipse", (d) => !!d.ellipse2);
  const tool = strip.getByRole("button", { name: "Rectangle" });
  await tool.dblclick();
  await drag([500, 600], [540, 640]);
  await drag([560, 600], [600, 640]);
  expect(await tool.getAttribute("aria-pressed")).toBe("true");
  await board().press("Escape");
  expect(await tool.getAttribute("aria-pressed")).toBe("false");
  await drafted("two more", (d) => !!d.rectangle2 && !!d.rectangle3);
  await picture(page, "drawing-05-strip");
  expect(errors).toEqual([]);
});
