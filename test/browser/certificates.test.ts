// An OPC UA server that nobody vouches for: refused, looked at, trusted, live; and the page of certificates.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { freePort, Lineside, launch, person, picture, root, until } from "./harness.ts";
import { setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];
let port: number;
let server: ChildProcess;
const pki = mkdtempSync(join(tmpdir(), "lineside-pki-"));

/** node-opcua, with a certificate that names another host. */
async function startServer(): Promise<void> {
  port = await freePort();
  const script = join(root, "test/peer/opcua_server.mjs");
  server = spawn(process.execPath, [script, "--port", String(port), "--pki", pki, "--certificate", "host"], {
    cwd: root,
  });
  let said = "";
  for (const stream of [server.stdout, server.stderr])
    if (stream) createInterface({ input: stream }).on("line", (line) => (said += `${line}\n`));
  await until(
    "node-opcua",
    () => {
      if (server.exitCode !== null) throw new Error(said);
      return said.includes("ready ");
    },
    60,
  );
}

beforeAll(async () => {
  [lineside, browser] = await Promise.all([Lineside.start(), launch(), startServer()]);
  const someone = await person(browser);
  page = someone.page;
  errors = someone.errors;
  await setUp(page, await lineside.setupLink(), "mei");
}, 90_000);

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(page, "failed-certificates");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
  server?.kill("SIGKILL");
  rmSync(pki, { recursive: true, force: true });
});

const clean = async () => expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

test("a certificate that nobody vouches for is refused, in the test and in the list", async () => {
  await page.goto(`${lineside.url}/plant`);
  await page.getByRole("button", { name: "Add device" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /OPC UA/ }).click();
  await dialog.getByLabel("Name", { exact: true }).fill("press");
  await dialog.getByLabel("Server", { exact: true }).fill(`opc.tcp://127.0.0.1:${port}/UA/test`);
  await dialog.getByLabel("Security", { exact: true }).selectOption({ label: "Basic256Sha256" });
  await dialog.getByRole("button", { name: "Test connection" }).click();
  await dialog.getByText(/is not trusted, it signed itself/).waitFor();
  await dialog.getByRole("button", { name: "Trust this certificate…" }).waitFor();
  await picture(page, "certificate-test");
  await dialog.getByRole("button", { name: "Add without tags" }).click();
  await dialog.waitFor({ state: "hidden" });
  const row = page.getByRole("row", { name: "press" });
  await row.getByText("No connection").waitFor();
  await row.getByRole("button", { name: "Trust this certificate…" }).waitFor();
  await picture(page, "certificate-refused");
  const put = {
    tags: [
      { path: "press/speed", type: "float", device: "press", address: { node: "nsu=urn:lineside:test;s=double" } },
    ],
  };
  expect((await page.request.patch(`${lineside.url}/api/v1/plant`, { data: { put } })).status()).toBe(200);
});

test("it is looked at and trusted, each exception said; the device connects at once", async () => {
  await page.getByRole("button", { name: "Trust this certificate…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("It signed itself: nobody vouches for it.").waitFor();
  await dialog.getByText("It is for another host than the one connected to.").waitFor();
  await dialog.getByText("elsewhere.example").waitFor();
  await dialog.getByText(/^([0-9A-F]{4} ){15}[0-9A-F]{4}$/).waitFor();
  const trust = dialog.getByRole("button", { name: "Trust", exact: true });
  expect(await trust.isDisabled()).toBe(true);
  await picture(page, "certificate-dialog");
  await clean();
  await dialog.getByLabel("Trust it although the name differs").check();
  await trust.click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("row", { name: "press" }).getByText("Connected").waitFor();
  await until("a good value", async () => {
    const tag = (await (await page.request.get(`${lineside.url}/api/v1/tags/press/speed`)).json()) as {
      qualityName: string;
    };
    return tag.qualityName === "Good";
  });
});

test("the page shows it with who decided, and rejecting it ends the connection", async () => {
  await page.goto(`${lineside.url}/admin`);
  await page.getByRole("tab", { name: "Certificates" }).click();
  const row = page.getByRole("row", { name: new RegExp(`127\\.0\\.0\\.1:${port}`) });
  await row.getByText("Trusted").waitFor();
  await page.getByText("Certificate of this Lineside").waitFor();
  await picture(page, "certificates");
  await clean();
  await row.getByRole("button", { name: /Look at the certificate/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/by mei/).waitFor();
  await dialog.getByRole("button", { name: "Reject" }).click();
  await dialog.waitFor({ state: "hidden" });
  await row.getByText("Rejected").waitFor();
  await page.goto(`${lineside.url}/plant`);
  await page
    .getByRole("row", { name: "press" })
    .getByText(/was rejected by an administrator/)
    .waitFor();
  const trail = await (await page.request.get(`${lineside.url}/api/v1/audit?q=certificate`)).text();
  expect(trail).toContain("certificate.trust");
  expect(trail).toContain("certificate.reject");
  expect(errors).toEqual([]);
});
