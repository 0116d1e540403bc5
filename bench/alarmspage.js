// Opens the list of alarms in Chromium while alarms come and go, and measures it. One argument, JSON: {url, cookies, path,
// watch: how long, in ms}. Prints "ready" when the page is, and at the end JSON, times in ms: {frames: from frame to frame while
// it is watched and scrolled, worst: the longest time in which the page did not answer, cpu: processor time of the main thread a
// second, total: how many alarms the list has then, rows: how many of them are drawn}.
import { chromium } from "playwright-core";

const { url, cookies, path, watch } = JSON.parse(process.argv[2]);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
try {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  await context.addCookies(cookies);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const cpu = async () => (await session.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value * 1000;
  await page.goto(url + path, { timeout: 60000 });
  await page.locator(".page-section").first().waitFor({ timeout: 60000 });
  console.log("ready");
  await page.waitForFunction(() => document.querySelectorAll(".alarm-table tbody tr:not(.alarm-gap)").length > 10, undefined, { timeout: 60000 });
  const before = await cpu();
  const { frames, worst } = await page.evaluate(
    (watch) =>
      new Promise((done) => {
        const scroller = document.querySelector(".alarm-scroll");
        const from = performance.now();
        const frames = [];
        let worst = 0;
        new PerformanceObserver((list) => {
          for (const e of list.getEntries()) worst = Math.max(worst, e.duration);
        }).observe({ type: "longtask" });
        let last;
        const frame = (now) => {
          if (last !== undefined) frames.push(now - last);
          last = now;
          const t = performance.now() - from;
          // The first third is looked at as it is; then somebody scrolls down, and at last up again.
          if (t > watch / 3) scroller.scrollTop += t < (2 * watch) / 3 ? 12 : -12;
          if (t < watch) requestAnimationFrame(frame);
          else done({ frames, worst });
        };
        requestAnimationFrame(frame);
      }),
    watch,
  );
  const spent = ((await cpu()) - before) / (watch / 1000);
  const { total, rows } = await page.evaluate(() => ({
    total: Number(document.querySelector(".alarm-table").getAttribute("aria-rowcount")) - 1,
    rows: document.querySelectorAll(".alarm-table tbody tr:not(.alarm-gap)").length,
  }));
  if (errors.length) throw new Error(errors[0]);
  console.log(JSON.stringify({ frames, worst, cpu: spent, total, rows }));
} finally {
  await browser.close();
}
