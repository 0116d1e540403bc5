// Pictures from the desktop: an SVG becomes a drawing whose parts follow values, a photograph an image; nothing active comes in.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  const someone = await person(browser);
  page = someone.page;
  errors = someone.errors;
  await setUp(page, await lineside.setupLink(), "mei");
  await page.request.post(`${lineside.url}/api/v1/apps`, { data: { id: "pictures", name: { en: "Pictures" } } });
  await page.goto(`${lineside.url}/design/pictures`);
  await page.getByRole("application").waitFor();
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "failed-import");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

const fan = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
  <script>window.hacked = true</script>
  <circle id="ring" cx="50" cy="50" r="46" fill="none" stroke="#444" stroke-width="4"/>
  <g id="blades" onclick="window.hacked = true"><path d="M50 50L50 10L62 30Z"/><path d="M50 50L90 50L70 62Z"/></g>
  <image href="https://example.com/track.png" width="9" height="9"/>
</svg>`;

/** Drops files onto the middle of the board, as the desktop does. */
async function drop(files: { name: string; type: string; base64: string }[]): Promise<void> {
  await page.getByRole("application").evaluate((board, list) => {
    const data = new DataTransfer();
    for (const f of list)
      data.items.add(new File([Uint8Array.from(atob(f.base64), (c) => c.charCodeAt(0))], f.name, { type: f.type }));
    const box = board.getBoundingClientRect();
    const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, bubbles: true, cancelable: true };
    for (const name of ["dragenter", "dragover", "drop"])
      board.dispatchEvent(new DragEvent(name, { ...at, dataTransfer: data }));
  }, files);
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

interface Draft {
  drawings?: { id: string; parts: { id?: string; kind: string }[] }[];
  screens: { widgets: { id: string; type: string; animate?: { part?: string; what: string }[] }[] }[];
}

const draft = (what: string, holds: (app: Draft) => unknown) =>
  until(what, async () => {
    const app = (await (await page.request.get(`${lineside.url}/api/v1/apps/pictures/draft`)).json()) as Draft;
    return holds(app) ? app : undefined;
  });

test("an SVG that is dropped becomes a drawing; what acts or comes from elsewhere stays outside and is said", async () => {
  await drop([{ name: "fan.svg", type: "image/svg+xml", base64: base64(fan) }]);
  await page.getByText("fan.svg was imported, but not all of it").first().waitFor();
  const app = await draft("the drawing", (a) => a.drawings?.length === 1 && a.screens[0]?.widgets.length === 1);
  expect(JSON.stringify(app)).not.toMatch(/script|onclick|example\.com/);
  expect(app.drawings?.[0]?.parts.map((p) => p.id)).toEqual(["ring", "blades"]);
  await picture(page, "import-svg");
  await page.keyboard.press("Control+z");
  await draft("nothing left of it", (a) => !a.drawings?.length && a.screens[0]?.widgets.length === 0);
  await page.keyboard.press("Control+Shift+z");
  await draft("the drawing again", (a) => a.drawings?.length === 1);
});

test("a named part turns by a value", async () => {
  await page.getByRole("button", { name: "Add an animation" }).click();
  await page.getByRole("menuitem", { name: "Rotate" }).click();
  await page.getByRole("button", { name: "Choose a value" }).click();
  await page
    .getByRole("searchbox", { name: /Search tags/ })
    .last()
    .fill("north/pump1/speed");
  await page.getByRole("option", { name: /north\/pump1\/speed/ }).click();
  await page.getByLabel("Part", { exact: true }).selectOption("blades");
  await draft("the animation of the part", (a) => {
    const [first] = a.screens[0]?.widgets[0]?.animate ?? [];
    return first?.part === "blades" && first.what === "rotate";
  });
  const board = page.locator(".ls-screen canvas").first();
  const slider = page.getByRole("slider", { name: "Try" });
  await slider.focus();
  await page.keyboard.press("Home");
  const before = await board.screenshot();
  for (let i = 0; i < 40; i++) await page.keyboard.press("ArrowRight");
  await until("the blades to have turned", async () => !before.equals(await board.screenshot()));
  await picture(page, "import-animated");
});

test("a photograph becomes an image, and what is no picture is refused in words", async () => {
  const png = "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP8z4APMOGVHbHSAEEsAROxCnMTAAAAAElFTkSuQmCC";
  await drop([
    { name: "photo.png", type: "image/png", base64: png },
    { name: "notes.txt", type: "text/plain", base64: base64("hello") },
  ]);
  await page.getByText("notes.txt is no picture", { exact: true }).waitFor();
  await draft("the image", (a) => a.screens[0]?.widgets.some((w) => w.type === "image"));
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
  expect(errors).toEqual([]);
});
