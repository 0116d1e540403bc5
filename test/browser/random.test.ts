// Five hundred random commands and drags of an engineer in the real editor: nothing is said on the console, nothing
// hangs in the air, and undo goes back all the way.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { generator } from "../random.ts";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

interface Widget {
  id: string;
  type: string;
  parent?: string;
  x: number;
  y: number;
  w: number;
  h: number;
  rotate?: number;
}
interface Draft {
  screens: { id: string; width: number; height: number; widgets: Widget[] }[];
}

const seed = Number(process.env.SEED ?? 20);
const steps = Number(process.env.STEPS ?? 500);

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const types = ["value", "gauge", "text", "button", "lamp", "bar", "image", "rectangle", "ellipse", "trend"];

function firstWidgets(): Widget[] {
  const widgets: Widget[] = types.map((type, i) => ({
    id: `${type}1`,
    type,
    x: 40 + (i % 5) * 220,
    y: 40 + Math.floor(i / 5) * 200,
    w: 160,
    h: 120,
  }));
  widgets.push({ id: "panel", type: "group", x: 60, y: 440, w: 300, h: 200, rotate: 15 });
  widgets.push({ id: "inside", type: "value", parent: "panel", x: 20, y: 30, w: 120, h: 40 });
  widgets.push({ id: "beside", type: "lamp", parent: "panel", x: 180, y: 120, w: 60, h: 60 });
  return widgets.map((w) => (w.id === "panel" ? { ...w, props: { border: true, title: "Panel" } } : w));
}

const draft = async (): Promise<Draft> =>
  (await (await page.request.get(`${lineside.url}/api/v1/apps/line/draft`)).json()) as Draft;

/** Saves and answers what the server then has. */
async function saved(): Promise<Draft> {
  await page.keyboard.press("Control+s");
  await page.locator("[data-save=saved]").waitFor();
  return draft();
}

/** Keys that are printed in the sheet of keys, as the browser is given them. */
function pressable(shown: string): string {
  const names: Record<string, string> = { "↑": "ArrowUp", "↓": "ArrowDown", "←": "ArrowLeft", "→": "ArrowRight" };
  const key = shown.endsWith("++") ? "+" : (shown.split("+").at(-1) as string);
  const held = shown.slice(0, shown.length - key.length).replace("Ctrl", "Control");
  return held + (names[key] ?? { Del: "Delete", Esc: "Escape" }[key] ?? key);
}

/** The keys and the commands without any, of all that is about the drawing. */
async function known(): Promise<{ keys: string[]; labels: string[] }> {
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog");
  await sheet.waitFor();
  const sections = await sheet.locator("section").evaluateAll((list) =>
    list.map((s) => ({
      rows: [...s.querySelectorAll("dl > div")].map((row) => ({
        label: row.querySelector("dt")?.textContent ?? "",
        key: row.querySelector("kbd")?.textContent ?? "",
      })),
    })),
  );
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  const [edit, arrange, view] = sections;
  const rows = [edit, arrange, view].flatMap((s) => s?.rows ?? []);
  const wanted = rows.filter((r) => r.key && !/^(Undo|Redo|Zoom|Find|Keys|Commands|JSON|Problems)/.test(r.label));
  return {
    keys: [...wanted.map((r) => pressable(r.key)), "Escape", "Enter", "Shift+Enter", "Tab", "Shift+Tab"],
    labels: [
      "Equal width",
      "Equal height",
      "Equal size",
      "Select all of the same type",
      "Invert selection",
      "Paste at the pointer",
      "Guides around the selection",
      "Remove all guides",
    ],
  };
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  const someone = await person(browser, { width: 1366, height: 768 });
  ({ page, errors } = someone);
  await setUp(page, await lineside.setupLink(), "anna");
  const made = await page.request.post(`${lineside.url}/api/v1/apps`, { data: { id: "line", name: { en: "Line" } } });
  expect(made.status()).toBe(201);
  const now = await page.request.get(`${lineside.url}/api/v1/apps/line/draft`);
  const app = (await now.json()) as Draft;
  (app.screens[0] as Draft["screens"][0]).widgets = firstWidgets();
  const put = await page.request.put(`${lineside.url}/api/v1/apps/line/draft`, {
    data: app,
    headers: { "If-Match": now.headers().etag ?? "" },
  });
  expect(put.status(), await put.text()).toBeLessThan(300);
  await page.goto(`${lineside.url}/design/line`);
  await page.getByRole("application").waitFor();
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && page) await picture(page, "failed-random");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test(`${steps} random commands (seed ${seed}) leave no orphan and no error, and undo all is the drawing as it was`, async () => {
  const random = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const board = page.getByRole("application");
  const area = (await board.boundingBox()) as { x: number; y: number; width: number; height: number };
  const { keys, labels } = await known();
  expect(keys.length).toBeGreaterThan(40);
  const log: string[] = [];

  // The text that the editor writes, to compare with: one step and back.
  await board.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("ArrowRight");
  await saved();
  await page.keyboard.press("Control+z");
  const first = await saved();

  /** A dialog or menu that a command opened is closed, and the board has the keys again. */
  const settle = async () => {
    const state = await page.evaluate(() => {
      const open = document.querySelector("[role=dialog], [role=menu], [role=listbox]");
      if (!open && document.activeElement?.getAttribute("role") !== "application")
        document.querySelector<HTMLElement>(".board")?.focus({ preventScroll: true });
      return !!open;
    });
    if (!state) return;
    await page.keyboard.press("Escape");
    await board.focus();
  };
  const place = () => ({
    x: area.x + 30 + random() * (area.width - 60),
    y: area.y + 30 + random() * (area.height - 60),
  });
  const drag = async () => {
    const from = place();
    const to = random() < 0.7 ? { x: from.x + random() * 160 - 80, y: from.y + random() * 160 - 80 } : place();
    const held = pick([undefined, undefined, "Shift", "Alt", "Control"] as const);
    log.push(`drag ${held ?? ""} ${Math.round(from.x)},${Math.round(from.y)} ${Math.round(to.x)},${Math.round(to.y)}`);
    await page.mouse.move(from.x, from.y);
    if (held) await page.keyboard.down(held);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
    await page.mouse.move(to.x, to.y);
    if (random() < 0.1) await page.keyboard.press("Escape");
    await page.mouse.up();
    if (held) await page.keyboard.up(held);
  };
  const palette = async () => {
    const label = pick(labels);
    log.push(label);
    await page.keyboard.press("Control+k");
    const field = page.getByRole("dialog").locator("input");
    await field.fill(label);
    await page.keyboard.press("Enter");
  };

  let selected = 0;
  for (let i = 0; i < steps; i++) {
    const kind = random();
    if (kind < 0.25) await drag();
    else if (kind < 0.28) await palette();
    else if (kind < 0.42) {
      // Something must be selected for most commands to do anything.
      const p = place();
      log.push(`click ${Math.round(p.x)},${Math.round(p.y)}`);
      await page.mouse.click(p.x, p.y);
    } else {
      const key = i - selected > 25 ? "Control+a" : pick(keys);
      if (key === "Control+a") selected = i;
      // The drawing shall not run empty, nor out of reach.
      if (/^(Delete|Control\+X|Control\+L|Control\+Shift\+H)$/i.test(key) && random() < 0.7) continue;
      log.push(key);
      await page.keyboard.press(key);
      if (key === "H") await page.keyboard.press("V");
    }
    await settle();
    if (errors.length > 0) break;
  }
  if (process.env.VERBOSE) console.log(log.join(" · "));
  const said = log.slice(-30).join(" · ");
  expect(errors, said).toEqual([]);
  await page.keyboard.press("v");
  const last = await saved();
  if (process.env.VERBOSE) console.log(JSON.stringify(last.screens));
  expect(JSON.stringify(last)).not.toBe(JSON.stringify(first));
  for (const screen of last.screens) {
    const ids = screen.widgets.map((w) => w.id);
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(ids);
    for (const w of screen.widgets) {
      if (w.parent !== undefined) expect(known.has(w.parent), `${w.id} in ${w.parent}`).toBe(true);
      expect([w.x, w.y, w.w, w.h, w.rotate ?? 0].every(Number.isFinite)).toBe(true);
    }
  }

  const all = async (key: string, button: string) => {
    await board.focus();
    const end = page.locator(`[data-command="${button}"][aria-disabled=true], [data-command="${button}"]:disabled`);
    await until(
      `nothing more to ${button}`,
      async () => {
        for (let i = 0; i < 40; i++) await page.keyboard.press(key);
        return (await end.count()) > 0;
      },
      30,
    );
    return saved();
  };
  expect(await all("Control+z", "edit.undo")).toEqual(first);
  expect(await all("Control+Shift+z", "edit.redo")).toEqual(last);
  expect(errors).toEqual([]);
});
