// Messages from end to end: a chat is set up and tried, a route made, an alarm told within seconds, and how one is told oneself.
import { createServer, type Server } from "node:http";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort, Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];
let chat: Server;
let port: number;
const told: Record<string, string>[] = [];

async function findings(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).disableRules(["region", "landmark-unique"]).analyze();
  return violations
    .filter((violation) => violation.impact !== "minor")
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html}`));
}

const tab = (name: string) => page.getByRole("tab", { name, exact: true }).click();

beforeAll(async () => {
  port = await freePort();
  chat = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      told.push(JSON.parse(body));
      response.end("thanks");
    });
  }).listen(port, "127.0.0.1");
  [lineside, browser] = await Promise.all([Lineside.start("--demo"), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
});

afterEach(async (context) => {
  if (context.task.result?.state === "fail") await picture(page, "messages-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
  chat?.close();
});

test("the page says how to begin, and a channel is tried before it is used", async () => {
  await page.goto(`${lineside.url}/messages`);
  await page.getByText("Nobody is told of alarms yet").waitFor();
  expect(await findings()).toEqual([]);
  await page.getByRole("button", { name: "Set up a channel" }).click();
  await page.getByText("No channels yet").waitFor();
  await page.getByRole("button", { name: "Add a channel" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /DingTalk/ }).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "messages-services");
  await dialog.getByRole("button", { name: /Another service/ }).click();
  await dialog.getByLabel("Name", { exact: true }).fill("Control room");
  await dialog.getByLabel("Address").fill(`http://127.0.0.1:${port}/sEcReT`);
  await dialog.getByRole("button", { name: "Send a test message" }).click();
  await dialog.getByText("The service took the message").waitFor();
  await dialog.getByText("200 OK thanks").waitFor();
  expect(told.pop()?.subject).toContain("Test message");
  expect(await findings()).toEqual([]);
  await picture(page, "messages-channel");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("row", { name: /Control room/ }).waitFor();
  // The address is a secret and comes back to nobody.
  expect(JSON.stringify(await (await page.request.get(`${lineside.url}/api/v1/notify`)).json())).not.toContain(
    "sEcReT",
  );
  await page.getByLabel("Address of this server").fill(lineside.url);
  await page.keyboard.press("Enter");
});

test("a roster says who is on duty, and when nobody is", async () => {
  await tab("Rosters");
  await page.getByRole("button", { name: "Add a roster" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Night shift");
  await dialog.getByRole("button", { name: "Add a shift" }).click();
  await dialog.getByLabel("From").fill("22:00");
  await dialog.getByLabel("To", { exact: true }).fill("06:00");
  await dialog.getByLabel("On duty").selectOption("anna");
  expect(await findings()).toEqual([]);
  await picture(page, "messages-roster");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const row = page.getByRole("row", { name: /Night shift/ });
  await row.getByText("every day 22:00–06:00 · anna").waitFor();
  await until("the times in which nobody is", async () =>
    /and 3 more|and 4 more/.test((await row.textContent()) ?? ""),
  );
  expect(await findings()).toEqual([]);
});

test("a route reads as a sentence, and an alarm is told within seconds", async () => {
  await tab("Routes");
  await page.getByRole("button", { name: "Add a route" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Pumps");
  await dialog.getByLabel("Areas").fill("north");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Add a step" }).click();
  await dialog.getByText(/Urgent and High alarms in north/).waitFor();
  await dialog.getByText(/after 5 min without acknowledgement into Control room/).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "messages-route");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Pumps", exact: true }).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "messages-routes");
  const answer = await page.request.put(`${lineside.url}/api/v1/tags/north/main/setpoint`, {
    data: { value: 6 },
    headers: { "X-Lineside": "1" },
  });
  expect(answer.ok()).toBe(true);
  const message = await until("the message", () => told.find((m) => m.message?.includes("is above 5.6 bar")), 60);
  expect(message.limit).toBe("5.6");
  expect(message.link).toContain(`${lineside.url}/alarms?alarm=`);
  await tab("Delivery log");
  const row = page.getByRole("row", { name: /Control room/ }).first();
  await until("it is in the log", async () => /Sent/.test((await row.textContent()) ?? ""));
  expect(await findings()).toEqual([]);
  await picture(page, "messages-log");
  // The link leads to the alarm.
  await page.goto(message.link as string);
  await page.getByRole("complementary", { name: "About the alarm" }).waitFor();
});

test("one says oneself how one is told; in Chinese and by night too", async () => {
  await page.goto(`${lineside.url}/messages#mine`);
  await page.getByLabel("E-mail address").fill("nobody");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText('"nobody" is not an e-mail address.').first().waitFor();
  await page.getByLabel("E-mail address").fill("anna@example.com");
  await page.getByRole("button", { name: "Add a time" }).click();
  expect(await page.getByLabel("Urgent alarms also in quiet times").isChecked()).toBe(true);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "messages-mine");
  await page.getByRole("button", { name: "anna" }).click();
  await page.getByRole("menuitem", { name: "中文" }).click();
  await page.getByRole("button", { name: "anna" }).click();
  await page.getByRole("menuitem", { name: "深色主题" }).click();
  expect(await findings()).toEqual([]);
  await picture(page, "messages-mine-zh-dark");
  await tab("路由");
  await page.getByText(/优先级的报警/).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "messages-routes-zh-dark");
  await tab("通道");
  await page.getByRole("row", { name: /Control room/ }).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "messages-channels-zh-dark");
  expect(errors.filter((line) => !line.includes("422"))).toEqual([]);
});

test("a phone shows what is pushed to it, through the worker that the server gives it", async () => {
  const context = page.context();
  await context.grantPermissions(["notifications"], { origin: lineside.url });
  await page.goto(`${lineside.url}/messages#mine`);
  const scope = await page.evaluate(async () => {
    const made = await navigator.serviceWorker.register("/push-worker.js", { scope: "/" });
    await navigator.serviceWorker.ready;
    return made.scope;
  });
  expect(scope).toBe(`${lineside.url}/`);
  // No push service can be reached from here: the browser itself hands the message over.
  const session = await context.newCDPSession(page);
  const registrations: { registrationId: string; scopeURL: string }[] = [];
  session.on("ServiceWorker.workerRegistrationUpdated", (event) => registrations.push(...event.registrations));
  await session.send("ServiceWorker.enable");
  const { registrationId } = await until("the worker", () => registrations.find((r) => r.scopeURL === scope));
  const data = JSON.stringify({
    title: "[Urgent] Tank",
    body: "87.2 %",
    link: "/alarms?alarm=a%23b",
    tag: "a",
    urgent: true,
  });
  await session.send("ServiceWorker.deliverPushMessage", { origin: lineside.url, registrationId, data });
  const shown = await until("the notification", () =>
    page.evaluate(async () => {
      const made = await (await navigator.serviceWorker.ready).getNotifications();
      return made.map((n) => ({ title: n.title, body: n.body, link: n.data.link, stays: n.requireInteraction }))[0];
    }),
  );
  expect(shown).toEqual({ title: "[Urgent] Tank", body: "87.2 %", link: "/alarms?alarm=a%23b", stays: true });
});
