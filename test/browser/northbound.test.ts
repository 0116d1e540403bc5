// Two tags and a property of an asset go northbound: a Modbus client that is not ours reads them and writes one.
import { execFileSync } from "node:child_process";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort, Lineside, launch, person, picture, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];
let port: number;

/** Asks the API as the page does. */
const api = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(`/api/v1${path}`, {
        method: method as string,
        headers: body ? { "Content-Type": "application/json" } : {},
        body: body ? JSON.stringify(body) : undefined,
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      return answer.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : text;
    },
    [method, path, body] as const,
  ) as Promise<T>;

const mbpoll = (...args: string[]): string => {
  const at = args.indexOf("--");
  const [options, values] = at < 0 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
  const all = ["-m", "tcp", "-p", String(port), "-1", "-q", "-0", ...options, "--", "127.0.0.1", ...values];
  return execFileSync("mbpoll", all, { encoding: "utf8" });
};

async function findings(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).disableRules(["region", "landmark-unique"]).analyze();
  return violations
    .filter((violation) => violation.impact !== "minor")
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html}`));
}

beforeAll(async () => {
  port = await freePort();
  [lineside, browser] = await Promise.all([Lineside.start(), launch()]);
  ({ page, errors } = await person(browser));
  await setUp(page, await lineside.setupLink(), "anna");
  await api("PATCH", "/plant", {
    put: {
      tags: [
        { path: "line1/speed", type: "float", unit: "1/min", initial: 1480.5 },
        { path: "line1/setpoint", type: "float", unit: "bar", initial: 4, write: { low: 0, high: 10 } },
        { path: "line1/running", type: "bool", initial: true },
      ],
      models: [{ id: "pump", name: { en: "Pump" }, properties: [{ id: "hours", type: "int", initial: 120 }] }],
      assets: [{ path: "line1/pump1", model: "pump" }],
    },
  });
});

afterEach(async (context) => {
  if (context.task.result?.state === "fail") await picture(page, "northbound-failed");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
});

const dialog = () => page.getByRole("dialog").last();
const row = (path: string) =>
  dialog()
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name: path }) });

test("tags are picked from a list and get places one after the other", async () => {
  await page.goto(`${lineside.url}/plant`);
  await page.getByRole("tab", { name: "Northbound" }).click();
  await page.getByText("Nothing goes northbound yet").waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "northbound-empty");
  await page.getByRole("button", { name: "Add interface" }).click();
  expect(await findings()).toEqual([]);
  await page.getByRole("button", { name: /Modbus TCP server/ }).click();
  await dialog().getByLabel("Name", { exact: true }).fill("To the press");
  await dialog().getByLabel("Port", { exact: true }).fill(String(port));
  await dialog().getByRole("button", { name: "Add tags" }).click();
  await dialog().getByText("line1/speed").waitFor();
  await picture(page, "northbound-pick");
  for (const path of ["line1/speed", "line1/setpoint", "line1/running", "line1/pump1/hours"])
    await dialog().getByRole("checkbox", { name: path }).check();
  expect(await findings()).toEqual([]);
  await dialog().getByRole("button", { name: "Add 4" }).click();

  const place = async (path: string) => [
    await row(path).getByLabel("Table").inputValue(),
    await row(path).getByLabel("Address", { exact: true }).inputValue(),
  ];
  await until("places", async () => (await place("line1/pump1/hours"))[1] === "4");
  expect(await place("line1/speed")).toEqual(["input", "0"]);
  expect(await place("line1/setpoint")).toEqual(["input", "2"]);
  expect(await place("line1/running")).toEqual(["discrete", "0"]);
  // What may be written cannot be an input: it moves by itself.
  await row("line1/setpoint").getByRole("checkbox").check();
  await until("a holding register", async () => (await place("line1/setpoint"))[0] === "holding");
  expect(await row("line1/speed").getByRole("checkbox").isDisabled()).toBe(true);

  // Two in one place: said at the row, and mended by numbering anew.
  await row("line1/pump1/hours").getByLabel("Address", { exact: true }).fill("1");
  await row("line1/pump1/hours").getByLabel("Address", { exact: true }).press("Enter");
  await dialog()
    .getByText(/lies in the registers of "line1\/speed"/)
    .waitFor();
  await picture(page, "northbound-overlap");
  expect(await findings()).toEqual([]);
  await dialog().getByRole("button", { name: "Number anew" }).click();
  await until("no overlap", async () => (await place("line1/pump1/hours"))[1] === "2");
  await dialog()
    .getByText(/lies in the registers/)
    .waitFor({ state: "detached" });
  await dialog().getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByText("Running").waitFor();
  await page.getByText(`127.0.0.1:${port}`).waitFor();
  expect(await findings()).toEqual([]);
  await picture(page, "northbound-list");
});

test("a client reads one and writes another; the audit trail says who", async () => {
  expect(mbpoll("-t", "3:float", "-B", "-r", "0")).toContain("1480.5");
  expect(mbpoll("-t", "3:int", "-B", "-r", "2")).toContain("120");
  mbpoll("-t", "4:float", "-B", "-r", "0", "--", "6.5");
  expect((await api<{ value: number }>("GET", "/tags/line1/setpoint")).value).toBe(6.5);
  expect(() => mbpoll("-t", "4:float", "-B", "-r", "0", "--", "11")).toThrow();
  const trail = await api<{ entries: { actor: string; target: string; outcome: string }[] }>("GET", "/audit?limit=50");
  const mine = trail.entries.filter((e) => e.actor === "northbound:to-the-press" && e.target === "line1/setpoint");
  expect(mine.some((e) => e.outcome === "good")).toBe(true);
  expect(mine.some((e) => e.outcome === "failed")).toBe(true);
  await until("the counters", async () => Number(await page.locator("tbody tr td:nth-child(6)").textContent()) >= 4);
});

test("the map goes to the other side as CSV, and names are followed", async () => {
  const csv = await api<string>("GET", "/northbound/to-the-press/map.csv");
  expect(csv).toContain("line1/setpoint,holding,0,float32,,ABCD,,1,bar,,yes,");
  const uses = await api<{ uses: { where: string; link: string }[] }>("GET", "/plant/uses?path=line1/speed");
  expect(uses.uses.map((use) => use.where)).toEqual(["northbound › to-the-press"]);
  await api("POST", "/plant/rename", { kind: "area", from: "line1", to: "hall/line1" });
  await page.goto(`${lineside.url}${uses.uses[0]?.link}`);
  await row("hall/line1/pump1/hours").waitFor();
  await picture(page, "northbound-edit");
  await dialog().getByRole("button", { name: "Cancel" }).click();
  expect(mbpoll("-t", "3:float", "-B", "-r", "0")).toContain("1480.5");
});

test("a port that is taken is said in the list; everything else goes on", async () => {
  await api("PATCH", "/plant", {
    put: { northbound: [{ id: "second", kind: "modbus", settings: { port }, tags: [] }] },
  });
  await page.goto(`${lineside.url}/plant`);
  await page.getByRole("tab", { name: "Northbound" }).click();
  await page.getByText(/is in use by another program/).waitFor();
  await picture(page, "northbound-failed-port");
  await page.getByRole("button", { name: "Remove second" }).click();
  await dialog().getByRole("button", { name: "Remove" }).click();
  await page.getByText("Not running").waitFor({ state: "detached" });
  expect(errors).toEqual([]);
});
