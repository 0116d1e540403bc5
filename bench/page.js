// Loads a page of the server in Chromium and measures it. One argument, JSON: {url, cookies, load, watch}:
// load: ms to wait after the page has loaded, until its cost is read; watch: ms to look at its frames after that.
// Prints JSON: {bytes, requests, cpu, loaded, fps, frameP99, busy, lagP95}.
import { chromium } from "playwright-core";

const { url, cookies, load = 1000, watch = 0, width = 1920, height = 1080 } = JSON.parse(process.argv[2]);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
try {
  const context = await browser.newContext({ viewport: { width, height } });
  await context.addCookies(cookies);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  // Processor time of the main thread, not time on the clock: others use the machine too.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  let bytes = 0;
  let requests = 0;
  session.on("Network.requestWillBeSent", () => requests++);
  session.on("Network.loadingFinished", (event) => {
    bytes += event.encodedDataLength;
  });
  // Every message that comes is late until the second frame after it begins: then it is on the screen.
  await page.addInitScript(() => {
    window.__bench = { lags: [], frames: [], messages: 0 };
    const Real = window.WebSocket;
    window.WebSocket = class extends Real {
      constructor(...args) {
        super(...args);
        this.addEventListener("message", () => {
          const came = performance.now();
          window.__bench.messages++;
          requestAnimationFrame(() => requestAnimationFrame((now) => window.__bench.lags.push(now - came)));
        });
      }
    };
  });
  const metric = async (name) => (await session.send("Performance.getMetrics")).metrics.find((m) => m.name === name).value;
  const begin = Date.now();
  await page.goto(url, { waitUntil: "networkidle", timeout: 60000 }).catch((error) => {
    if (!String(error).includes("Timeout")) throw error;
  });
  const loaded = await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd);
  await page.waitForTimeout(Math.max(0, load - (Date.now() - begin)));
  const result = { bytes, requests, cpu: (await metric("TaskDuration")) * 1000, loaded, path: new URL(page.url()).pathname };
  if (watch) {
    await page.evaluate(() => {
      const b = window.__bench;
      b.lags = [];
      b.frames = [];
      b.messages = 0;
      let last = performance.now();
      const tick = (now) => {
        b.frames.push(now - last);
        last = now;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    });
    const [task, from] = [await metric("TaskDuration"), Date.now()];
    await page.waitForTimeout(watch);
    const seconds = (Date.now() - from) / 1000;
    const busy = ((await metric("TaskDuration")) - task) / seconds;
    const { frames, lags, messages } = await page.evaluate(() => window.__bench);
    const at = (list, p) => [...list].sort((a, b) => a - b)[Math.floor(p * (list.length - 1))] ?? 0;
    Object.assign(result, { fps: frames.length / seconds, frameP99: at(frames.slice(1), 0.99), busy, lagP95: at(lags, 0.95), messages });
  }
  if (errors.length) result.error = errors[0];
  console.log(JSON.stringify(result));
} finally {
  await browser.close();
}
