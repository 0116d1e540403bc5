// Every value of every type and quality into every property of every widget, and settings of wrong types, in the browser.
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, person, root } from "./harness.ts";

let server: ViteDevServer;
let browser: Browser;

beforeAll(async () => {
  server = await createServer({
    configFile: join(root, "vite.config.ts"),
    root: join(root, "test/browser/matrix"),
    cacheDir: join(tmpdir(), "lineside-vite-matrix"),
    logLevel: "silent",
    server: { host: "127.0.0.1", port: 0, hmr: false, fs: { strict: false } },
  });
  await server.listen();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

test("no value, quality or setting makes a widget throw, or text become markup", { timeout: 600_000 }, async () => {
  const { page, context } = await person(browser);
  page.setDefaultTimeout(120_000);
  await page.goto(`${server.resolvedUrls?.local[0]}matrix.html`);
  await page.waitForFunction(() => document.title === "ready");
  const only = process.env.WIDGET;
  const ids = (await page.evaluate(() => window.ids())).filter((id) => !only || id === only);
  expect(ids.length).toBeGreaterThan(only ? 0 : 40);
  const found: Record<string, string[]> = {};
  let given = 0;
  for (const id of ids) {
    const r = await page.evaluate((name) => window.matrix(name), id);
    given += r.given;
    if (r.faults.length > 0) found[id] = r.faults;
  }
  console.log(`${given} values and settings into ${ids.length} widgets`);
  expect(found).toEqual({});
  await context.close();
});
