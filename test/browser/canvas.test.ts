// The drawing board by pointer and keys: rotating, sizing what is rotated, guides, the overview, menus, and the clipboards
// across two windows and two apps.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

interface Widget {
  id: string;
  type: string;
  x: number;
  y: number;
  w: number;
  h: number;
  rotate?: number;
  flip?: string;
  props?: Record<string, unknown>;
  on?: Record<string, unknown>;
}
interface Draft {
  screens: { widgets: Widget[] }[];
}

let lineside: Lineside;
let browser: Browser;
let page: Page;
const errors: string[][] = [];

const draft = async (app: string): Promise<Widget[]> =>
  ((await (await page.request.get(`${lineside.url}/api/v1/apps/${app}/draft`)).json()) as Draft).screens[0]?.widgets ??
  [];

/** Waits until a widget of the saved draft is as wanted, and answers it. */
function saved(app: string, id: string, want: (w: Widget) => boolean): Promise<Widget> {
  let last: Widget | undefined;
  return until(`${id} of ${app}`, async () => {
    last = (await draft(app)).find((w) => w.id === id);
    if (last && want(last)) return last;
    throw new Error(JSON.stringify(last));
  });
}

async function edit(at: Page, app: string): Promise<void> {
  await at.goto(`${lineside.url}/design/${app}`);
  await at.getByRole("application", { name: /Drawing of the screen/ }).waitFor();
}

/** The scale and the place on the page of the screen's origin, from the drawing fitted into the board. */
async function view(at: Page): Promise<(x: number, y: number) => [number, number]> {
  const board = at.getByRole("application");
  await board.focus();
  await at.keyboard.press("Control+0");
  await at.keyboard.press("Shift+1");
  const text = at.locator("button.zoom");
  await until("the fitted zoom", async () => /%/.test((await text.textContent()) ?? ""));
  const box = (await board.boundingBox()) as { x: number; y: number; width: number; height: number };
  // Beside the drawing tools.
  const zoom = Math.min(1, (box.width - 16 - 80) / 1280, (box.height - 80) / 800);
  return (x, y) => [box.x + (box.width + 16) / 2 + (x - 640) * zoom, box.y + box.height / 2 + (y - 400) * zoom];
}

async function drag(
  at: Page,
  from: [number, number],
  to: [number, number],
  held?: "Shift" | "Alt" | "Control",
): Promise<void> {
  await at.mouse.move(...from);
  if (held) await at.keyboard.down(held);
  await at.mouse.down();
  await at.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
  await at.mouse.move(...to);
  await at.mouse.up();
  if (held) await at.keyboard.up(held);
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  const someone = await person(browser, { width: 1600, height: 900 });
  page = someone.page;
  errors.push(someone.errors);
  await setUp(page, await lineside.setupLink(), "anna");
  for (const id of ["one", "two"]) {
    expect((await page.request.post(`${lineside.url}/api/v1/apps`, { data: { id, name: { en: id } } })).status()).toBe(
      201,
    );
    const now = await page.request.get(`${lineside.url}/api/v1/apps/${id}/draft`);
    const app = (await now.json()) as { screens: Record<string, unknown>[] };
    app.screens[0] = {
      ...app.screens[0],
      width: 1280,
      height: 800,
      widgets:
        id === "one"
          ? [
              {
                id: "a",
                type: "value",
                x: 200,
                y: 200,
                w: 200,
                h: 80,
                props: { align: "center", value: { expr: "1 + 1" } },
              },
              { id: "b", type: "value", x: 600, y: 200, w: 200, h: 80 },
            ]
          : [{ id: "z", type: "value", x: 40, y: 40, w: 100, h: 40 }],
    };
    const put = await page.request.put(`${lineside.url}/api/v1/apps/${id}/draft`, {
      data: app,
      headers: { "If-Match": now.headers().etag ?? "" },
    });
    expect(put.status(), await put.text()).toBeLessThan(300);
  }
  await edit(page, "one");
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && page) await picture(page, "failed-canvas");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("the handle above turns, in steps of 15° with Shift; a turned widget is sized with its corner in place", async () => {
  const at = await view(page);
  await page.mouse.click(...at(300, 240));
  const [hx, hy] = at(300, 200);
  // The handle is 22 pixels above; a quarter to the right of the middle, a little off.
  const [cx, cy] = at(300, 240);
  await drag(page, [hx, hy - 22], [cx + 100, cy - 60], "Shift");
  const a = await saved("one", "a", (w) => w.rotate === 60);
  expect([a.x, a.y, a.w, a.h]).toEqual([200, 200, 200, 80]);
  await picture(page, "canvas-01-rotated");
  const turned = (x: number, y: number): [number, number] => {
    const r = (60 * Math.PI) / 180;
    return [
      300 + (x - 300) * Math.cos(r) - (y - 240) * Math.sin(r),
      240 + (x - 300) * Math.sin(r) + (y - 240) * Math.cos(r),
    ];
  };
  const corner = at(...turned(400, 280));
  const out = at(...turned(450, 300));
  await drag(page, corner, out, "Control");
  const sized = await saved("one", "a", (w) => w.w !== 200);
  expect(Math.abs(sized.w - 250)).toBeLessThan(3);
  expect(Math.abs(sized.h - 100)).toBeLessThan(3);
  const r = (60 * Math.PI) / 180;
  const seen = (w: Widget) => [
    w.x + w.w / 2 - (w.w / 2) * Math.cos(r) + (w.h / 2) * Math.sin(r),
    w.y + w.h / 2 - (w.w / 2) * Math.sin(r) - (w.h / 2) * Math.cos(r),
  ];
  const [before, after] = [seen(a), seen(sized)];
  expect(Math.hypot((before[0] ?? 0) - (after[0] ?? 0), (before[1] ?? 0) - (after[1] ?? 0))).toBeLessThan(0.1);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await saved("one", "a", (w) => w.rotate === undefined && w.w === 200);
  await page.keyboard.press("Alt+r");
  await page.keyboard.press("Shift+H");
  await saved("one", "a", (w) => w.rotate === 270 && w.flip === "x");
  await page.getByLabel("Rotation in degrees").fill("0");
  await page.keyboard.press("Enter");
  await saved("one", "a", (w) => w.rotate === undefined);
});

test("a line pulled out of a ruler is snapped to, survives a reload, and goes when it is put back", async () => {
  const at = await view(page);
  const box = (await page.getByRole("application").boundingBox()) as { x: number; y: number };
  const [gx] = at(496, 0);
  // Out of the ruler at the left comes a line that goes down.
  await drag(page, [box.x - 10, at(0, 500)[1]], [gx, at(0, 500)[1]]);
  await drag(page, at(300, 240), [at(300 + 297, 0)[0], at(0, 420)[1]]);
  await saved("one", "a", (w) => w.x === 496);
  await page.locator("[data-save=saved]").waitFor();
  await edit(page, "one");
  const again = await view(page);
  const stored = () => page.evaluate(() => sessionStorage.getItem("lineside.guides.one"));
  expect(await stored()).toContain('"at":496');
  await drag(page, again(496, 700), [box.x - 10, again(0, 700)[1]]);
  expect(await stored()).not.toContain('"at":496');
});

test("the same copy again, the menu by its key, and the overview", async () => {
  const at = await view(page);
  await page.mouse.click(...at(700, 240));
  await drag(page, at(700, 240), at(700, 140), "Alt");
  await until("a copy", async () => (await draft("one")).length === 3);
  await page.keyboard.press("Control+d");
  const [first, second, third] = await until("another copy", async () => {
    const list = (await draft("one")).filter((w) => w.id !== "a");
    return list.length === 3 ? (list as [Widget, Widget, Widget]) : undefined;
  });
  expect(second.y).toBeLessThan(first.y - 50);
  expect([third.x - second.x, third.y - second.y]).toEqual([second.x - first.x, second.y - first.y]);
  await page.keyboard.press("Shift+F10");
  const menu = page.getByRole("menu");
  await menu.getByRole("menuitem", { name: "Rotate and flip" }).waitFor();
  await picture(page, "canvas-02-menu");
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "hidden" });
  const map = (await page.locator("canvas.minimap").boundingBox()) as {
    x: number;
    y: number;
    width: number;
    height: number;
  };
  await page.keyboard.press("Control+0");
  const before = await page.screenshot();
  await page.mouse.click(map.x + map.width - 8, map.y + map.height - 8);
  await until("the view to move", async () => !(await page.screenshot()).equals(before));
});

test("style, bindings and widgets go to a window with another app", async () => {
  const other = await page.context().newPage();
  other.setDefaultTimeout(15_000);
  const said: string[] = [];
  other.on("pageerror", (e) => said.push(String(e)));
  errors.push(said);
  await edit(other, "two");
  const at = await view(page);
  const place = await saved("one", "a", () => true);
  await page.bringToFront();
  await page.mouse.click(...at(place.x + place.w / 2, place.y + place.h / 2));
  await page.keyboard.press("Control+Alt+c");
  await page.keyboard.press("Control+Alt+Shift+C");
  await page.keyboard.press("Control+c");
  await other.bringToFront();
  const there = await view(other);
  await other.mouse.click(...there(90, 60));
  await other.keyboard.press("Control+Alt+v");
  await saved("two", "z", (w) => w.props?.align === "center" && !w.props.value);
  await other.keyboard.press("Control+Alt+Shift+V");
  await saved("two", "z", (w) => JSON.stringify(w.props?.value) === '{"expr":"1 + 1"}');
  await other.keyboard.press("Control+Shift+V");
  const pasted = await saved("two", "a", () => true);
  expect([pasted.x, pasted.y]).toEqual([place.x, place.y]);
  await other.keyboard.press("Control+v");
  await until("a third", async () => (await draft("two")).length === 3);
  await other.close();
  expect(errors.flat()).toEqual([]);
});
