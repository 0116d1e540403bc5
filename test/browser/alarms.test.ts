// Alarms from end to end: raised by a value, told on every page and screen, acknowledged by keyboard, shelved, in the journal, edited with the tag.
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];

const api = (path: string) => `${lineside.url}/api/v1${path}`;
const banner = () => page.getByRole("region", { name: "Alarms", exact: true }).first();

async function put(path: string, value: unknown): Promise<void> {
  const answer = await page.request.put(api(`/tags/${path}`), { data: { value }, headers: { "X-Lineside": "1" } });
  if (!answer.ok()) throw new Error(`${answer.status()} ${await answer.text()}`);
}

async function findings(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).disableRules(["region", "landmark-unique"]).analyze();
  return violations
    .filter((violation) => violation.impact !== "minor")
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html}`));
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
  await leaveOutTheDisk();
});

/** The rows of a table, without those about the disk of this machine. */
const rows = () => page.locator("tbody tr").filter({ hasNotText: /Room runs out|空间即将用尽/ });

/** The disk of this machine may be nearly full, of which the plant tells by an alarm of its own. */
async function leaveOutTheDisk(): Promise<void> {
  const headers = { "X-Lineside": "1" };
  const data = { rawDays: 400, minuteDays: 1095, hourDays: 3650, maxGiB: 0, minFreePercent: 0 };
  const answer = await page.request.put(api("/history/retention"), { data, headers });
  if (!answer.ok()) throw new Error(`${answer.status()} ${await answer.text()}`);
  await until("no alarm about the disk", async () => {
    const { alarms } = await (await page.request.get(api("/alarms"))).json();
    const own = alarms.filter((a: { key: string }) => a.key.startsWith("system/history/"));
    for (const { key } of own) await page.request.post(api("/alarms/ack"), { data: { alarms: [key] }, headers });
    const low = await (await page.request.get(api("/tags/system/history/low"))).json();
    return own.length === 0 && low.value === false;
  });
}

afterEach(async (context) => {
  if (context.task.result?.state === "fail") await picture(page, "alarms-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

test("the list teaches while there is no alarm", async () => {
  await page.goto(`${lineside.url}/alarms`);
  await page.getByText("Everything is as it should be.").waitFor();
  expect(await findings()).toEqual([]);
});

test("an alarm is told on the screen and acknowledged by keyboard with a comment", async () => {
  await page.goto(`${lineside.url}/run/pump-station`);
  await page.locator(".ls-stage canvas").first().waitFor();
  // The strip has its place also while there is no alarm: nothing moves when one comes.
  await banner().getByText("No alarm").waitFor();
  const place = await page.locator(".ls-stage").boundingBox();
  await put("north/main/setpoint", 6);
  await until("the banner", async () => (await banner().textContent())?.includes("is above 5.6 bar"), 40);
  expect(await page.locator(".ls-stage").boundingBox()).toEqual(place);
  expect(await banner().getByRole("img", { name: "Urgent" }).first().getAttribute("class")).toContain("waits");
  expect(await findings()).toEqual([]);
  await picture(page, "alarms-screen");
  await page.mouse.click(5, 400);
  await banner().getByRole("button", { name: "Silence" }).click();
  await until("it is silent", async () => !(await banner().getByRole("button", { name: "Silence" }).isVisible()));
  expect(await banner().textContent()).toContain("Unacknowledged");
  await banner().getByRole("button", { name: "Acknowledge", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByLabel("Reason").fill("setpoint was wrong");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await until("it is acknowledged", async () => /Acknowledged/.test((await banner().textContent()) ?? ""));
  expect(await banner().locator(".waits").count()).toBe(0);
});

test("the list shows it, and it goes when it returns", async () => {
  await banner().getByRole("link", { name: "All alarms" }).click();
  const row = page.getByRole("row", { name: /is above 5.6 bar/ });
  await row.waitFor();
  expect(await row.textContent()).toMatch(/Acknowledged[\s\S]*anna[\s\S]*setpoint was wrong/);
  await row.getByRole("button", { name: /·/ }).click();
  const detail = page.getByRole("complementary", { name: "About the alarm" });
  await detail.getByText("Lower the setpoint").waitFor();
  await detail
    .getByRole("button", { name: /Pumping station/ })
    .first()
    .waitFor();
  await detail.getByLabel("Comment").fill("valve 3 hung");
  await detail.getByRole("button", { name: "Write it down" }).click();
  await detail.getByText("valve 3 hung").waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "alarms-list");
  await detail.getByRole("button", { name: "Close" }).click();
  await put("north/main/setpoint", 4.2);
  await until("it has gone", async () => (await row.count()) === 0, 30);
});

test("an alarm that disturbs is shelved with a reason, and brought back", async () => {
  // The level is at 58 %: a limit above makes the alarm standing.
  await page.goto(`${lineside.url}/plant?tag=north/main/temperature`);
  await page.getByRole("tab", { name: "Tags" }).click();
  await page.getByRole("searchbox").first().fill("north/main/temperature");
  await page.getByRole("button", { name: "north/main/temperature", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Alarms", { exact: true }).click();
  await dialog.getByRole("button", { name: "Add an alarm" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("The alarm has no limit.").waitFor();
  await dialog.getByRole("group", { name: "Alarms: high-high" }).getByLabel("Kind").selectOption("low");
  await dialog
    .getByRole("group", { name: "Alarms: high-high" })
    .getByRole("textbox", { name: /^Limit/ })
    .fill("30");
  await dialog
    .getByRole("group", { name: "Alarms: high-high" })
    .getByRole("textbox", { name: /^Limit/ })
    .press("Tab");
  expect(await findings()).toEqual([]);
  await picture(page, "alarms-edit");
  await dialog.getByRole("button", { name: "Save" }).click();
  await until("the banner on the page", async () => /is below 30 °C/.test((await banner().textContent()) ?? ""));
  await banner().getByRole("link", { name: "All alarms" }).click();
  await page.getByRole("checkbox", { name: /^Choose .*Low/ }).check();
  await page.getByRole("button", { name: "Shelve…" }).click();
  const shelve = page.getByRole("dialog");
  expect(await shelve.getByRole("button", { name: "Shelve" }).isDisabled()).toBe(true);
  await shelve.getByLabel("Reason").fill("sensor is being changed");
  await shelve.getByLabel("For how long").selectOption("30");
  expect(await findings()).toEqual([]);
  await shelve.getByRole("button", { name: "Shelve" }).click();
  await page.getByText("Everything is as it should be.").waitFor();
  await page.getByRole("tab", { name: "Shelved" }).click();
  const row = page.getByRole("row", { name: /is below 30 °C/ });
  await row.waitFor();
  expect(await row.textContent()).toMatch(
    /The condition holds[\s\S]*anna: sensor is being changed[\s\S]*in (29|30) min/,
  );
  await picture(page, "alarms-shelved");
  await row.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Bring back" }).click();
  await page.getByText("Nothing is shelved").waitFor();
});

test("alarms and what is shelved survive a kill", async () => {
  await page.getByRole("tab", { name: "Now" }).click();
  await page.getByRole("checkbox", { name: /^Choose .*Low/ }).check();
  await page.getByRole("region", { name: "Now" }).getByRole("button", { name: "Acknowledge", exact: true }).click();
  await until("it is acknowledged", async () =>
    /Acknowledged/.test((await page.getByRole("row", { name: /is below 30 °C/ }).textContent()) ?? ""),
  );
  await lineside.kill();
  await lineside.start();
  await page.reload();
  const row = page.getByRole("row", { name: /is below 30 °C/ });
  await row.waitFor();
  expect(await row.textContent()).toMatch(/Acknowledged/);
});

test("the journal has it all, is searched and exported, in Chinese and dark too", async () => {
  await page.getByRole("tab", { name: "Journal" }).click();
  await page.getByRole("row", { name: /setpoint was wrong/ }).waitFor();
  const events = await rows().locator("td:nth-child(3)").allTextContents();
  expect(events).toEqual([
    "Acknowledged",
    "Brought back",
    "Shelved",
    "Raised",
    "Returned",
    "Comment",
    "Acknowledged",
    "Raised",
  ]);
  expect(await page.locator("tbody tr td:first-child").first().textContent()).toMatch(/:\d\d\.\d{3}/);
  expect(await findings()).toEqual([]);
  await picture(page, "alarms-journal");
  await page.getByRole("searchbox").fill("sensor");
  await until("one line", async () => (await rows().count()) === 1);
  const csv = await (await page.request.get(api("/alarms/journal.csv?q=sensor"))).text();
  expect(csv).toContain("sensor is being changed");
  await page.getByRole("searchbox").fill("");
  await page.getByRole("textbox", { name: "Who" }).fill("anna");
  await until("what anna has done", async () => (await rows().count()) === 5);
  await page.getByRole("textbox", { name: "Who" }).fill("");
  await page.getByRole("combobox", { name: "Period" }).selectOption("other");
  await page.getByLabel("From").fill("2020-01-01T00:00");
  await page.getByLabel("Until").fill("2020-01-02T00:00");
  await page.getByText("No alarm is like that").waitFor();
  await page.getByRole("combobox", { name: "Period" }).selectOption("");
  const book = await page.request.get(api("/alarms/journal.xlsx"));
  expect((await book.body()).subarray(0, 2).toString()).toBe("PK");
  const history = await rows()
    .last()
    .getByRole("link", { name: /History of/ })
    .getAttribute("href");
  expect(history).toMatch(/^\/history\?tag=north%2Fmain%2Fpressure&from=\d+&to=\d+$/);
  await rows()
    .last()
    .getByRole("button", { name: /Comment on/ })
    .click();
  await page.getByRole("dialog").getByLabel("Comment").fill("it was a test");
  await page.getByRole("dialog").getByRole("button", { name: "Write it down" }).click();
  await page.getByRole("row", { name: /it was a test/ }).waitFor();
  await page.getByRole("tab", { name: "Figures" }).click();
  await page
    .getByRole("region", { name: "The worst alarms" })
    .getByRole("link", { name: /Pressure/ })
    .waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "alarms-figures");
  await page.getByRole("tab", { name: "Sheet" }).click();
  const sheet = await (await page.request.get(api("/alarms/sheet.csv"))).text();
  expect(sheet).toMatch(/north\/main\/pressure/);
  await page.getByRole("button", { name: "Compare and import…" }).click();
  const edited = sheet.replace(/,5\.6,/, ",5.5,");
  expect(edited).not.toBe(sheet);
  await page
    .getByRole("dialog")
    .locator("input[type=file]")
    .setInputFiles({ name: "alarms.csv", mimeType: "text/csv", buffer: Buffer.from(edited) });
  await page.getByRole("dialog").getByText("5.5", { exact: true }).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "alarms-sheet");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Import/ })
    .click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await (await page.request.get(api("/alarms/sheet.csv"))).text()).toMatch(/,5\.5,/);
  await page.getByRole("tab", { name: "Figures" }).click();
  await page.getByRole("button", { name: "anna" }).click();
  await page.getByRole("menuitem", { name: "Dark" }).click();
  await page.getByRole("button", { name: "anna" }).click();
  await page.getByRole("menuitem", { name: "中文" }).click();
  await page.getByRole("region", { name: "最严重的报警" }).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "alarms-figures-dark-zh");
  await page.getByRole("tab", { name: "当前" }).click();
  await page.getByText("低于 30 °C").first().waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "alarms-dark-zh");
});

test("widgets show the alarms of an area on a screen, and acknowledge", async () => {
  const me = await page.request.patch(api("/me"), {
    data: { language: "en", theme: "light" },
    headers: { "X-Lineside": "1" },
  });
  expect(me.ok()).toBe(true);
  const widget = (id: string, type: string, y: number, h: number, props: object) => ({
    id,
    type,
    x: 20,
    y,
    w: 760,
    h,
    props,
  });
  const app = {
    format: 2,
    id: "org.example.alarms",
    version: "1.0.0",
    name: { en: "Alarm room" },
    screens: [
      {
        id: "room",
        name: { en: "Room" },
        width: 800,
        height: 900,
        widgets: [
          widget("line", "alarm-banner", 20, 52, { area: "north" }),
          { ...widget("tile", "alarm-tile", 90, 60, { area: "north", label: "North" }), w: 240 },
          { ...widget("other", "alarm-tile", 90, 60, { area: "south", label: "South" }), x: 280, w: 240 },
          widget("list", "alarm-list", 170, 320, { area: "north" }),
          widget("history", "alarm-history", 510, 370, { area: "north" }),
        ],
      },
    ],
  };
  const made = await page.request.post(api("/apps"), {
    data: { id: "room", name: { en: "Room" }, document: app },
    headers: { "X-Lineside": "1" },
  });
  expect(made.ok(), await made.text()).toBe(true);
  const published = await page.request.post(api("/apps/room/publish"), { data: {}, headers: { "X-Lineside": "1" } });
  expect(published.ok(), await published.text()).toBe(true);
  await page.goto(`${lineside.url}/run/room`);
  await put("north/main/setpoint", 6);
  const list = page
    .locator("section", { hasText: "Alarms" })
    .filter({ has: page.locator("table") })
    .first();
  await until(
    "the list",
    async () => /is above 5.5 bar[\s\S]*Unacknowledged/.test((await list.textContent()) ?? ""),
    40,
  );
  const tile = page.locator(".ls-alarmtile", { hasText: "North" });
  await until("the count", async () => /1\/2/.test((await tile.textContent()) ?? ""));
  expect(await page.locator(".ls-alarmtile", { hasText: "South" }).textContent()).toContain("0/0");
  expect(await findings()).toEqual([]);
  await picture(page, "alarms-widgets");
  const acknowledge = list.getByRole("button", { name: /^Acknowledge Pressure/ });
  await acknowledge.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByLabel("Reason").fill("seen on the screen");
  await page.getByRole("dialog").getByRole("button", { name: "Acknowledge" }).click();
  await until("it is acknowledged", async () => (await acknowledge.count()) === 0);
  await page.locator("section[aria-label='Alarm history']").getByText("seen on the screen").waitFor();
  await list.getByRole("button", { name: /^Pressure/ }).click();
  await page.waitForURL(/\/run\/pump-station\/station/);
  await page.goto(`${lineside.url}/design/room`);
  await page.locator(".ls-alarmview").first().waitFor();
  await until("the editor shows them, too", async () =>
    /is above 5.5 bar/.test((await page.locator(".ls-alarmview").nth(1).textContent()) ?? ""),
  );
  await picture(page, "alarms-widgets-design");
  await put("north/main/setpoint", 4.2);
  expect(errors).toEqual([]);
});
