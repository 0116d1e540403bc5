// Serves the pages of this folder and opens them in Debian's Chromium.
//   node test/scene/run.js gallery [widget]   pictures of every widget to .screenshots/
//   node test/scene/run.js bench [widgets] [changes per second] [seconds]   frames and main-thread share
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("../../.screenshots/", import.meta.url));
const configFile = fileURLToPath(new URL("../../vite.config.ts", import.meta.url));

const server = await createServer({ configFile, root, cacheDir: "/tmp/lineside-vite-scene", logLevel: "error", server: { host: "127.0.0.1", port: 0, hmr: false, fs: { strict: false } } });
await server.listen();
const base = server.resolvedUrls.local[0];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
const [what = "gallery", ...args] = process.argv.slice(2);
try {
  if (what === "gallery") await gallery(args[0], args[1]);
  else if (what === "bench") await bench(Number(args[0] ?? 1000), Number(args[1] ?? 10000), Number(args[2] ?? 10));
  else throw new Error(`no such thing: ${what}`);
} finally {
  await browser.close();
  await server.close();
}

async function gallery(only, part = "states") {
  mkdirSync(out, { recursive: true });
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && console.log(m.type(), m.text()));
  page.on("pageerror", (e) => console.log("page error", e.message));
  for (const theme of ["light", "dark"])
    for (const lang of ["en", "zh"]) {
      if (only && (theme === "dark") !== (lang === "zh")) continue;
      await page.goto(`${base}gallery.html?theme=${theme}&lang=${lang}&widget=${only ?? "all"}&part=${part}`);
      await page.waitForFunction(() => window.ready);
      await page.waitForTimeout(500);
      const file = `${out}widgets-${only ?? "all"}-${theme}-${lang}.png`;
      await page.screenshot({ path: file, fullPage: true });
      console.log(file);
    }
}

/** CPU seconds of the page's main thread and the frames it showed, from the browser's own counters. */
async function bench(widgets, rate, seconds) {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  page.on("pageerror", (e) => console.log("page error", e.message));
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const counters = async () => Object.fromEntries((await cdp.send("Performance.getMetrics")).metrics.map((m) => [m.name, m.value]));
  for (const mode of ["idle", "live"]) {
    await page.goto(`${base}bench.html?widgets=${widgets}&rate=${mode === "idle" ? 0 : rate}`);
    await page.waitForFunction(() => window.ready);
    await page.waitForTimeout(2000);
    const before = await counters();
    const from = await page.evaluate(() => window.start());
    await page.waitForTimeout(seconds * 1000);
    const r = await page.evaluate(() => window.stop());
    const after = await counters();
    const wall = after.Timestamp - before.Timestamp;
    console.log(
      JSON.stringify({
        mode,
        widgets,
        rate: Math.round(r.changes / (r.ms / 1000)),
        frames: Math.round((r.frames / r.ms) * 10000) / 10,
        frameP50: r.p50,
        frameP99: r.p99,
        worst: r.worst,
        lagP95: r.lagP95,
        mainPercent: Math.round(((after.TaskDuration - before.TaskDuration) / wall) * 1000) / 10,
        scriptPercent: Math.round(((after.ScriptDuration - before.ScriptDuration) / wall) * 1000) / 10,
        sceneMsPerFrame: r.sceneMs,
        rects: r.rects,
        parts: r.parts,
        from: from !== undefined,
      }),
    );
  }
}
