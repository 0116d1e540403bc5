// Opens the Plant page of a large plant in Chromium and measures it. One argument, JSON: {url, cookies}.
// Prints JSON, all in ms: {open: from the navigation to the first rows of tags, openCPU: processor time of the main thread for
// that, search: [from a word that was typed to its rows, its pause for typing included], searchCPU, rename: from the press of
// the button to the rows with the new path, kilobytes}.
import { chromium } from "playwright-core";

const { url, cookies } = JSON.parse(process.argv[2]);
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
  await session.send("Network.enable");
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => {
    bytes += event.encodedDataLength;
  });
  const cpu = async () => (await session.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value * 1000;
  // Waits in the page until the first row has a text, and gives the time of the frame after it.
  const rows = (text, from) =>
    page.evaluate(
      ([text, from]) =>
        new Promise((done, fail) => {
          const end = performance.now() + 30000;
          const look = () => {
            const first = document.querySelector(".table tbody tr");
            if (first?.textContent.includes(text)) requestAnimationFrame((now) => done(now - (from ?? 0)));
            else if (performance.now() > end) fail(new Error(`no row with ${text}: ${first?.textContent}`));
            else requestAnimationFrame(look);
          };
          look();
        }),
      [text, from],
    );
  const opens = [];
  let openCPU = 0;
  for (let i = 0; i < 3; i++) {
    await page.goto(`${url}/plant?tag=`, { waitUntil: "commit", timeout: 60000 });
    opens.push(await rows("site/"));
    openCPU = await cpu();
    await page.waitForTimeout(1000);
  }
  const kilobytes = bytes / 3000;
  const box = page.getByRole("searchbox", { name: "Search tags" });
  const search = [];
  const before = await cpu();
  const words = [["line42 motor7/speed", "line42/motor7/speed"], ["pump19/p3", "pump19/p3"], ["1号电机", "motor"], ["device:plc03 motor77", "motor77"], ["limit150", "limit150"], ["fast line9", "fast"]];
  for (const [word, row] of words) {
    const from = await page.evaluate(() => performance.now());
    await box.fill(word);
    search.push(await rows(row, from));
    await page.waitForTimeout(300);
  }
  const searchCPU = ((await cpu()) - before) / words.length;
  await box.fill("");
  await page.getByRole("button", { name: "Rename area…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("searchbox").fill("area2/line02");
  await dialog.getByRole("option", { name: /^site\/area2\/line02\s/ }).click();
  await dialog.getByLabel("New path").fill("site/area2/aaa");
  await page.waitForTimeout(1500);
  const from = await page.evaluate(() => performance.now());
  await dialog.getByRole("button", { name: "Rename", exact: true }).click();
  // Then a dialog tells which apps have followed.
  await page.evaluate(
    () =>
      new Promise((done) => {
        const look = () => (document.querySelector("[role=dialog] [role=listbox]") ? requestAnimationFrame(look) : done());
        look();
      }),
  );
  const rename = (await page.evaluate(() => performance.now())) - from;
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await box.fill("area2/aaa");
  await rows("site/area2/aaa");
  if (errors.length) throw new Error(errors[0]);
  opens.sort((a, b) => a - b);
  console.log(JSON.stringify({ open: opens[1], openCPU, search, searchCPU, rename, kilobytes }));
} finally {
  await browser.close();
}
