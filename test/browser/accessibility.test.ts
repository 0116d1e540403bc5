// Every page, in both themes and languages, has no serious finding of axe: names, roles, contrast, keyboard.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Lineside, launch, person, picture } from "./harness.ts";
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
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

/** What axe finds that keeps somebody from using the page. */
async function findings(at: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: at }).analyze();
  return violations
    .filter((violation) => violation.impact === "serious" || violation.impact === "critical")
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
};

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
});
