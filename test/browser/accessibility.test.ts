// Every page, panel and dialog, in both themes and languages, has no finding of axe: names, roles, contrast, keyboard.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Lineside, launch, person, picture } from "./harness.ts";
import { specimen } from "./specimen.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let guest: Page;

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  page = (await person(browser)).page;
  guest = (await person(browser)).page;
  await setUp(page, await lineside.setupLink(), "anna");
  const api = `${lineside.url}/api/v1/apps`;
  const made = await page.request.post(api, { data: { id: "specimen", document: specimen } });
  expect(made.status(), await made.text()).toBe(201);
  const published = await page.request.post(`${api}/specimen/publish`, { data: {} });
  expect(published.status(), await published.text()).toBe(200);
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

/** Menus stand outside of the landmarks by their nature; the preview has the header of the player in its frame. */
const meant = ["region", "landmark-unique"];

/** What axe finds, apart from matters of taste. */
async function findings(at: Page, within?: string): Promise<string[]> {
  const axe = new AxeBuilder({ page: at }).disableRules(meant);
  const { violations } = await (within ? axe.include(within) : axe).analyze();
  return violations
    .filter((violation) => violation.impact !== "minor")
    .flatMap((violation) =>
      violation.nodes.map((node) => `${violation.id}: ${violation.help} (${node.target.join(" ")}) ${node.html}`),
    );
}

interface Place {
  path: string;
  /** Who looks: the administrator unless it is a guest. */
  guest?: boolean;
  /** What is there when the page is ready. */
  ready: string;
  /** Opens something on the page. */
  act?: (page: Page) => Promise<void>;
}

const press = (name: RegExp) => (at: Page) => at.getByRole("button", { name }).first().click();

const places: Record<string, Place> = {
  login: { path: "/login", guest: true, ready: "form input" },
  launcher: { path: "/", ready: ".launcher-open" },
  "launcher-new": { path: "/", ready: ".launcher-open", act: press(/^(New app|新建应用)$/) },
  plant: { path: "/plant", ready: "tbody tr" },
  "plant-device": { path: "/plant", ready: "tbody tr", act: press(/^(Add device|添加设备)$/) },
  "plant-edit": { path: "/plant", ready: "tbody tr", act: press(/^Station controller/) },
  "plant-tags": {
    path: "/plant",
    ready: "tbody tr",
    act: (at) => at.getByRole("tab").nth(1).click(),
  },
  "plant-tag": {
    path: "/plant",
    ready: "tbody tr",
    act: async (at) => {
      await at.getByRole("tab").nth(1).click();
      await at.getByRole("button", { name: "north/main/power", exact: true }).click();
      await at.locator(".cm-host").waitFor();
    },
  },
  admin: { path: "/admin", ready: "tbody tr" },
  design: { path: "/design/pump-station", ready: "[role=application]" },
  run: { path: "/run/pump-station", ready: "[data-id=level]" },
  "run-menu": { path: "/run/specimen", ready: "[data-id=level]" },
  "run-popup": { path: "/run/specimen", ready: "[data-id=level]", act: enter("face") },
  "run-drawer": { path: "/run/specimen", ready: "[data-id=level]", act: enter("side") },
  "run-question": { path: "/run/specimen", ready: "[data-id=level]", act: enter("start") },
  "run-keypad": { path: "/run/specimen", ready: "[data-id=level]", act: enter("setpoint") },
};

/** Does what a widget of the player does at Enter. */
function enter(id: string): (page: Page) => Promise<void> {
  return async (at) => {
    // Once there are values the screen takes events.
    await expect.poll(() => at.locator("[data-id=level]").getAttribute("aria-label")).toMatch(/\d/);
    await at.locator(`[data-id=${id}]`).focus();
    await at.keyboard.press("Enter");
    await at.getByRole("dialog").first().waitFor();
  };
}

const board = "[role=application]";

/** Presses keys on the board. */
const keys =
  (...chords: string[]) =>
  async (at: Page) => {
    await at.locator(board).focus();
    for (const chord of chords) await at.keyboard.press(chord);
  };

const click =
  (selector: string, which = 0) =>
  (at: Page) =>
    at.locator(selector).nth(which).click();

const layer = (name: string) => async (at: Page) => {
  await at.locator(".editor-left [role=tab]").nth(1).click();
  await at.getByRole("treeitem", { name, exact: true }).click();
  await at.locator(".inspector-name").waitFor();
};

const screen = (n: number) => async (at: Page) => {
  await click(".screen-menu")(at);
  await click("[role=menuitem]", n)(at);
};

const settings = (n: number) => async (at: Page) => {
  await click(".app-name")(at);
  await click(".dialog [role=tab]", n)(at);
};

const inOrder =
  (...steps: ((at: Page) => Promise<unknown>)[]) =>
  async (at: Page) => {
    for (const step of steps) await step(at);
  };

/** What is opened in the designer: how, and what is there then. Escape closes it. */
const opened: Record<string, [open: (at: Page) => Promise<unknown>, ready: string]> = {
  tags: [click(".editor-left [role=tab]", 2), "[data-tag]"],
  offer: [
    async (at) => {
      await at.locator(".editor-left [role=listbox]").focus();
      for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await at.keyboard.press(key);
    },
    ".offer",
  ],
  actions: [layer("start"), "[data-action]"],
  translate: [click(".with-text > .icon-button"), ".popover"],
  animation: [layer("level"), ".animation"],
  bits: [click(".animation-when .menu-input"), ".animation-bits"],
  "animation-menu": [click("[data-prop=animate] .events-add .button"), "[role=menu]"],
  bind: [click(".editor-right .binding-chip"), ".bind-popover [role=option]"],
  expression: [
    inOrder(click(".editor-right .binding-chip"), click(".bind-popover .segmented button", 2)),
    ".bind-popover .cm-host",
  ],
  color: [inOrder(layer("title"), click(".color-input")), ".swatches"],
  panes: [layer("tabs"), ".panes"],
  "event-menu": [click(".events .events-add .button"), "[role=menu]"],
  many: [keys("Control+a"), ".align-row"],
  "bind-many": [inOrder(layer("unknown"), keys("Control+b")), ".dialog"],
  page: [inOrder(screen(1), layer("flow")), ".page-bar"],
  empty: [screen(3), ".canvas-empty"],
  problems: [inOrder(screen(0), keys("Control+m")), ".editor-bottom .problem"],
  bindings: [click(".editor-bottom [role=tab]", 1), ".bindings-table"],
  json: [click(".editor-bottom [role=tab]", 2), ".json-text"],
  "screen-menu": [click(".screen-menu"), "[role=menu]"],
  "zoom-menu": [click(".zoom"), "[role=menu]"],
  palette: [keys("Control+k"), ".dialog [role=option]"],
  keys: [keys("?"), ".key-sheet"],
  find: [inOrder(keys("Control+f"), (at) => at.keyboard.type("north")), ".find-row"],
  history: [keys("Control+Alt+h"), ".history-save"],
  publish: [keys("Control+Shift+Enter"), ".dialog textarea"],
  general: [settings(0), ".dialog textarea"],
  navigation: [settings(1), ".dialog .empty"],
  look: [settings(2), ".dialog .segmented"],
  texts: [settings(3), ".texts-table"],
  extract: [inOrder(settings(3), click(".texts-bar .button", 1)), ".texts-table.extract"],
  inputs: [settings(4), ".dialog table"],
  computed: [settings(5), ".dialog .binding-chip"],
  test: [keys("Shift+t"), ".try-panel"],
  preview: [keys("Control+p"), ".preview-panel iframe"],
};

/** The parts of the designer, those over others first. */
const parts = [".dialog", ".popover", "[role=menu]", ".try-panel", ".editor-left", ".editor-right", ".editor-bottom"];

describe.each(["light", "dark"])("%s", (theme) => {
  test.each(Object.entries(places))("%s", async (name, place) => {
    const language = theme === "dark" ? "zh" : "en";
    const at = place.guest ? guest : page;
    if (place.guest)
      await at.addInitScript(
        ([t, l]) => {
          localStorage.setItem("lineside.theme", t ?? "");
          localStorage.setItem("lineside.language", l ?? "");
        },
        [theme, language],
      );
    else await at.request.patch(`${lineside.url}/api/v1/me`, { data: { theme, language } });
    await at.goto(`${lineside.url}${place.path}`);
    await at.locator(place.ready).first().waitFor({ state: "attached" });
    await place.act?.(at);
    if (place.act && /new|device|edit|tag$/.test(name)) await at.getByRole("dialog").waitFor();
    await picture(at, `accessibility-${name}-${theme}`);
    expect(await findings(at)).toEqual([]);
  });

  test("every panel, menu and dialog of the designer", async () => {
    await page.request.patch(`${lineside.url}/api/v1/me`, {
      data: { theme, language: theme === "dark" ? "zh" : "en" },
    });
    await page.goto(`${lineside.url}/design/specimen`);
    await page.locator(board).waitFor();
    const found: string[] = [];
    for (const [name, [open, ready]] of Object.entries(opened)) {
      await open(page).catch((error) => expect.fail(`${name}: ${error}`));
      await page.locator(ready).first().waitFor({ state: "attached" });
      await picture(page, `accessibility-design-${name}-${theme}`);
      // Only the part that it changed is looked at again: the whole page has been, above.
      const part = await page
        .locator(ready)
        .first()
        .evaluate((e, all) => all.find((selector) => e.closest(selector)), parts);
      for (const finding of await findings(page, part)) found.push(`${name}: ${finding}`);
      // What is over the page goes; two of them when one was opened from the other.
      for (let i = 0; i < 3 && (await page.locator(".dialog, .popover, [role=menu]").count()) > 0; i++)
        await page.keyboard.press("Escape");
      await expect.poll(() => page.locator(".dialog, .popover, [role=menu]").count(), { message: name }).toBe(0);
    }
    expect(found).toEqual([]);
  }, 240_000);
});
