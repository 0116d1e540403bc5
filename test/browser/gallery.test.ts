// Every widget in every state, light in English and dark in Chinese, on the page of the gallery, compared with what it looked like
// when looks/<widget>.json was written. LOOKS=write writes them again; WIDGET=gauge looks at one only.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Lineside, launch, root } from "./harness.ts";
import { difference, lookOf, read, written } from "./look.ts";
import { cut, type Picture, readPng } from "./png.ts";
import { setUp } from "./steps.ts";

const folder = join(root, "test/browser/looks");
const pictures = join(root, ".screenshots");
const only = process.env.WIDGET;
const write = process.env.LOOKS === "write";
const kinds = [
  ["light", "en"],
  ["dark", "zh"],
] as const;
/** What shows the time or comes of a random number looks like nothing twice. */
const when = new Date("2026-03-02T10:00:00Z");

/** By theme and language: state → look. */
type Looks = Record<string, Record<string, string>>;

let lineside: Lineside;
let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  lineside = await Lineside.start();
  browser = await launch();
  const context = await browser.newContext({
    viewport: { width: 1400, height: 1000 },
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
  });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on("pageerror", (e) => errors.push(String(e)));
  await setUp(page, await lineside.setupLink(), "Greta");
  await page.clock.setFixedTime(when);
});
afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

/** Widgets that load a library, or ask for something, before they are drawn. */
const late = /^(chart-|state-timeline|trend$|repeat$|screen$|video$|frame$|markdown$|area-tree$|tag-tree$)|-table$/;

/** A picture of a section that has come to rest: two in a row are the same. */
async function resting(section: Locator, pause: number): Promise<{ file: Buffer; picture: Picture }> {
  let before: Buffer | undefined;
  for (let i = 0; ; i++) {
    const file = await section.screenshot({ animations: "disabled", caret: "hide" });
    if ((before && file.equals(before)) || i > 12) return { file, picture: readPng(file) };
    before = file;
    await page.waitForTimeout(pause);
  }
}

/** The pictures of the tiles of a widget by state. */
async function tilesOf(section: Locator, pause = 60): Promise<{ file: Buffer; tiles: Record<string, Picture> }> {
  const { file, picture } = await resting(section, pause);
  const places = await section.evaluate((node) => {
    const at = node.getBoundingClientRect();
    return [...node.querySelectorAll<HTMLElement>("[data-tile]")].map((tile) => {
      const box = (tile.querySelector(".gallery-screen") as HTMLElement).getBoundingClientRect();
      const id = (tile.dataset.tile ?? "").split("/")[1] ?? "";
      return { id, x: box.x - at.x, y: box.y - at.y, width: box.width, height: box.height };
    });
  });
  const tiles = Object.fromEntries(
    places.map((p) => [
      p.id,
      cut(picture, Math.round(p.x), Math.round(p.y), Math.round(p.width), Math.round(p.height)),
    ]),
  );
  return { file, tiles };
}

async function open(theme: string, lang: string, widget = ""): Promise<void> {
  await page.goto(`${lineside.url}/design/gallery?theme=${theme}&lang=${lang}${widget && `&widget=${widget}`}`);
  await page.locator(".gallery-widget").first().waitFor();
}

/** How the tiles of a widget differ from their reference. */
function compared(
  id: string,
  kind: string,
  reference: Record<string, string> | undefined,
  tiles: Record<string, Picture>,
): string[] {
  const differ: string[] = [];
  for (const [state, tile] of Object.entries(tiles)) {
    const was = reference?.[state];
    const text =
      was === undefined ? "there is no reference; LOOKS=write writes it" : difference(read(was), lookOf(tile));
    if (text) differ.push(`${id}, ${state}, ${kind}: ${text}`);
  }
  for (const state of Object.keys(reference ?? {}))
    if (!(state in tiles)) differ.push(`${id}, ${state}, ${kind}: it is not shown any more`);
  return differ;
}

test("every widget looks as it did", { timeout: 1_200_000 }, async () => {
  const found: Record<string, Looks> = {};
  const wrong: string[] = [];
  mkdirSync(folder, { recursive: true });
  for (const [theme, lang] of kinds) {
    await open(theme, lang, only);
    const kind = `${theme}-${lang}`;
    for (const section of await page.locator(".gallery-widget").all()) {
      const id = (await section.getAttribute("data-widget")) ?? "";
      await section.scrollIntoViewIfNeeded();
      found[id] ??= {};
      const name = join(folder, `${id}.json`);
      const reference: Looks = existsSync(name) ? JSON.parse(readFileSync(name, "utf8")) : {};
      let { file, tiles } = await tilesOf(section, late.test(id) ? (write ? 1500 : 250) : 60);
      let differ = write ? [] : compared(id, kind, reference[kind], tiles);
      // What a busy machine had not drawn yet is looked at again.
      for (let again = 0; differ.length > 0 && again < 3; again++) {
        await page.waitForTimeout(1500);
        ({ file, tiles } = await tilesOf(section, 250));
        differ = compared(id, kind, reference[kind], tiles);
      }
      found[id][kind] = Object.fromEntries(
        Object.entries(tiles).map(([state, tile]) => [state, written(lookOf(tile))]),
      );
      if (differ.length === 0) continue;
      wrong.push(...differ);
      mkdirSync(pictures, { recursive: true });
      writeFileSync(join(pictures, `look-${id}-${kind}.png`), file);
    }
  }
  if (write)
    for (const [id, looks] of Object.entries(found))
      writeFileSync(join(folder, `${id}.json`), `${JSON.stringify(looks, null, 1)}\n`);
  expect(wrong).toEqual([]);
  expect(errors).toEqual([]);
});

test("a missing part, another colour and a moved label are seen; softer letters are not", async () => {
  await open("light", "en", "gauge");
  const { tiles } = await tilesOf(page.locator(".gallery-widget"));
  const good = tiles.good as Picture;
  const was = read(written(lookOf(good)));
  const { width, height } = good;
  const changed = (fn: (get: (x: number, y: number) => number[], x: number, y: number) => number[]): Picture => {
    const get = (x: number, y: number) => {
      const i = (Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))) * 3;
      return [...good.rgb.subarray(i, i + 3)];
    };
    const rgb = new Uint8Array(good.rgb.length);
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgb.set(fn(get, x, y), (y * width + x) * 3);
    return { width, height, rgb };
  };
  const ground = [...good.rgb.subarray(0, 3)];
  const says = (p: Picture) => difference(was, lookOf(p));
  const middle = (x: number, y: number) =>
    Math.abs(x - width / 2) < width * 0.2 && Math.abs(y - height * 0.48) < height * 0.1;
  expect(says(good)).toBe("");
  // As another rasterizer, or hinting, would draw edges: each pixel mixed with those beside it.
  expect(
    says(
      changed((get, x, y) => {
        const around = [get(x - 1, y), get(x + 1, y), get(x, y - 1), get(x, y + 1)];
        return get(x, y).map((v, c) => (v * 2 + around.reduce((s, p) => s + (p[c] as number), 0)) / 6);
      }),
    ),
  ).toBe("");
  expect(says(changed((get, x, y) => (middle(x, y) ? ground : get(x, y))))).toContain("differs");
  expect(says(changed((get, x, y) => get(x, y - (x > width * 0.2 && x < width * 0.8 ? 14 : 0))))).toContain("differs");
  expect(
    says(
      changed((get, x, y) => {
        const [r = 0, g = 0, b = 0] = get(x, y);
        // What is blue is red.
        return b > r + 12 ? [b, g, r] : [r, g, b];
      }),
    ),
  ).toContain("differs");
});
