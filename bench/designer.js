// Opens the editor with a large screen in Chromium and measures it. One argument, JSON: {url, cookies, columns, rows}: the
// screen's widgets stand in so many columns and rows on a page of 1920 × 1080.
// Prints JSON: {open: ms from the navigation to the drawing, openCPU: processor ms of the main thread for that, frames: [ms of
// each frame of a drag], frameCPU: processor ms of the main thread a frame, selected, undo: [ms from the key to the painted frame]}.
import { chromium } from "playwright-core";

const { url, cookies, columns, rows } = JSON.parse(process.argv[2]);
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
  // The drawing is there when its canvas is no longer all of one colour.
  await page.addInitScript(() => {
    const look = () => {
      const canvas = document.querySelector(".board .ls-screen canvas");
      const ctx = canvas?.width > 300 && document.querySelector("canvas[data-sized]") && canvas.getContext("2d");
      if (ctx) {
        const { data } = ctx.getImageData(0, Math.round(canvas.height / 2), canvas.width, 1);
        const colours = new Set();
        for (let i = 0; i < data.length; i += 4) colours.add(data[i] * 65536 + data[i + 1] * 256 + data[i + 2]);
        if (colours.size > 3) {
          window.__drawn = performance.now();
          return;
        }
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  // Processor time of the main thread, not time on the clock: others use the machine too.
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const cpu = async () => (await session.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value * 1000;
  const opens = [];
  let openCPU = 0;
  for (let i = 0; i < 3; i++) {
    await page.goto(url, { waitUntil: "load", timeout: 60000 });
    await page.waitForFunction(() => window.__drawn, undefined, { timeout: 30000 });
    opens.push(await page.evaluate(() => window.__drawn));
    openCPU = await cpu();
    await page.waitForTimeout(1500);
  }
  // A hundred widgets at the upper left are chosen by a box from above the page to the left, which takes what it touches, and
  // dragged across the others.
  const board = page.getByRole("application");
  await board.focus();
  await page.keyboard.press("Shift+1");
  await page.waitForTimeout(500);
  const area = await board.boundingBox();
  const zoom = Math.min(1, (area.width - 80) / 1920, (area.height - 80) / 1080);
  const at = (x, y) => [area.x + area.width / 2 + (x - 960) * zoom, area.y + area.height / 2 + (y - 540) * zoom];
  const w = 1920 / columns;
  const h = 1080 / rows;
  const side = 10;
  await page.mouse.move(...at((side - 0.5) * w, -40));
  await page.mouse.down();
  await page.mouse.move(...at(100, 60));
  await page.mouse.move(...at(w / 2, (side - 0.5) * h));
  await page.mouse.up();
  await page.waitForTimeout(500);
  const selected = await page.evaluate(() => /\d+/.exec(document.querySelector(".inspector-title")?.textContent ?? "")?.[0]);
  const from = [w * (side / 2 - 0.5), h * (side / 2 - 0.5)];
  await page.mouse.move(...at(...from));
  await page.mouse.down();
  await page.mouse.move(...at(from[0] + 20, from[1] + 20));
  await page.evaluate(() => {
    window.__frames = [];
    let last = performance.now();
    const tick = (now) => {
      window.__frames.push(now - last);
      last = now;
      if (window.__frames) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const begun = await cpu();
  for (let i = 0; i < 240; i++)
    await page.mouse.move(...at(from[0] + 20 + 900 * Math.abs(Math.sin(i / 35)), from[1] + 20 + 500 * Math.abs(Math.sin(i / 50))));
  const frames = await page.evaluate(() => {
    const list = window.__frames.slice(2);
    window.__frames = { push() {} };
    return list;
  });
  const frameCPU = ((await cpu()) - begun) / frames.length;
  await page.mouse.up();
  await page.waitForTimeout(1500);
  // Undo and redo of that: what the key does at once, and the frame that shows it.
  const undo = [];
  for (let i = 0; i < 20; i++) {
    undo.push(
      await page.evaluate(async (redo) => {
        const began = performance.now();
        document
          .querySelector(".board")
          .dispatchEvent(new KeyboardEvent("keydown", { key: redo ? "Z" : "z", code: "KeyZ", ctrlKey: true, shiftKey: redo, bubbles: true, cancelable: true }));
        const done = performance.now() - began;
        // This one was asked for after the drawing's own, so it runs when those have painted.
        const painted = await new Promise((resolve) => {
          requestAnimationFrame((now) => resolve(performance.now() - Math.max(now, began)));
        });
        return done + painted;
      }, i % 2 === 1),
    );
    await page.waitForTimeout(250);
  }
  if (errors.length) throw new Error(errors[0]);
  console.log(JSON.stringify({ open: opens.sort((a, b) => a - b)[1], openCPU, frames, frameCPU, selected: Number(selected), undo }));
} finally {
  await browser.close();
}
