// Values, navigation, media and operations of the catalogue on one app: they show, lead, write and refuse what they should.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, person, picture, until } from "./harness.ts";
import { saysSoon, setUp } from "./steps.ts";

let lineside: Lineside;
let browser: Browser;
let page: Page;
let errors: string[];
let cameras: Server;
let camera: string;
let other: Server;
let stranger: string;

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** A camera and a page, as there are in plants. */
const serve = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      if (request.url?.startsWith("/page")) {
        response.setHeader("Content-Type", "text/html");
        response.end(`<!doctype html><title>Manual</title><p id="who">page</p><script>
          let kept = "none"; try { kept = localStorage.length + document.cookie } catch (e) { kept = e.name }
          let above = "none"; try { above = parent.document.title } catch (e) { above = e.name }
          document.getElementById("who").textContent = origin + " " + kept + " " + above</script>`);
        return;
      }
      response.setHeader("Content-Type", "multipart/x-mixed-replace; boundary=frame");
      const part = () =>
        response.write(
          `--frame\r\nContent-Type: image/png\r\nContent-Length: ${png.length}\r\n\r\n${png.toString("latin1")}\r\n`,
          "latin1",
        );
      part();
      const beat = setInterval(part, 100);
      response.on("close", () => clearInterval(beat));
    }).listen(0, "127.0.0.1", () => resolve(server));
  });

const states = [
  { is: "0", text: "Stopped", icon: "circle-pause" },
  { is: "1", text: "Running", icon: "circle-play", color: "lit" },
  { is: "2", text: "Fault", icon: "triangle-alert", color: "urgent", blink: true },
];

const widgets = () => {
  const at = (
    id: string,
    type: string,
    x: number,
    y: number,
    w: number,
    h: number,
    props: object = {},
    more: object = {},
  ) => ({ id, type, x, y, w, h, props, ...more });
  const level = { tag: "a/level" };
  const mode = { tag: "a/mode" };
  return [
    at("crumbs", "breadcrumbs", 16, 8, 400, 44),
    at("menu", "menu", 16, 60, 180, 150),
    at("lang", "language", 440, 8, 200, 44),
    at("theme", "theme", 660, 8, 200, 44),
    at("away", "link", 16, 220, 180, 44, {
      text: "Detail",
      screen: "detail",
      where: "popup",
      inputs: [{ input: "title", value: "Pump 7" }],
    }),
    at("out", "link", 16, 272, 180, 44, { to: "address", address: "https://lineside.example/docs", text: "Manual" }),
    at("evil", "link", 16, 324, 180, 44, { to: "address", address: "javascript:alert(1)", text: "Evil" }),
    at("tree", "area-tree", 16, 376, 180, 240, {}),
    at("digital", "digital", 216, 60, 200, 80, { value: level, decimals: 1 }),
    at("state", "state-text", 216, 150, 200, 36, {
      value: mode,
      states: states.map(({ icon: _icon, ...rest }) => rest),
    }),
    at("multi", "multi-state", 216, 196, 110, 104, { value: mode, states }),
    at("icon", "icon", 340, 210, 64, 64, { value: mode, states, label: "Pump" }),
    at("qr", "qr-code", 216, 310, 130, 130, { value: "https://lineside.example/p/7" }),
    at("words", "markdown", 216, 450, 230, 166, {
      text: "## Shift\n\nLevel **{1}**\n\n[Manual](https://lineside.example) <img src=x onerror=window.evil=1> <script>window.evil=1</script>\n\n[bad](javascript:window.evil=1)",
      value1: level,
      value2: mode,
    }),
    at("camera", "video", 460, 60, 220, 140, { address: `${camera}/stream`, label: "Gate" }),
    at("strange", "video", 460, 210, 220, 120, { address: `${stranger}/stream`, label: "Elsewhere" }),
    at("web", "frame", 460, 340, 220, 120, { address: `${camera}/page`, label: "Manual" }),
    at("siren", "audio", 460, 470, 220, 52, { value: { expr: 'tag("a/mode") == 2' }, label: "Fault" }),
    at("board", "andon", 700, 60, 560, 200, {
      title: "Line 1",
      name1: "Press",
      state1: mode,
      calls1: level,
      name2: "Oven",
      state2: { expr: 'tag("a/mode") == 2 ? 4 : 1' },
      name3: "Packing",
      state3: { expr: 'tag("a/mode") + 2' },
      name4: "Lab",
    }),
    at("plan", "week-schedule", 700, 270, 560, 350, {
      value: { tag: "a/plan" },
      on: { expr: 'scheduled(tag("a/plan"))' },
      label: "Heating",
    }),
  ];
};

const write = async (path: string, value: unknown) => {
  const answer = await page.request.put(`${lineside.url}/api/v1/tags/a/${path}`, { data: { value } });
  expect(answer.status(), await answer.text()).toBeLessThan(300);
};
const read = async (path: string) =>
  (await (await page.request.get(`${lineside.url}/api/v1/tags/a/${path}`)).json()).value;

beforeAll(async () => {
  [cameras, other] = await Promise.all([serve(), serve()]);
  camera = `http://127.0.0.1:${(cameras.address() as AddressInfo).port}`;
  stranger = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  [lineside, browser] = await Promise.all([Lineside.start(`--show=${camera}`), launch()]);
  ({ page, errors } = await person(browser, { width: 1280, height: 720 }));
  await setUp(page, await lineside.setupLink(), "anna");
  const api = `${lineside.url}/api/v1`;
  const plant = await page.request.get(`${api}/plant`);
  const put = await page.request.put(`${api}/plant`, {
    data: {
      ...(await plant.json()),
      models: [{ id: "pump", name: { en: "Pump" }, properties: [{ id: "speed", type: "float", initial: 1 }] }],
      assets: [
        { path: "hall/p1", model: "pump", title: { en: "Pump 1" } },
        { path: "hall/p2", model: "pump" },
      ],
      tags: [
        { path: "a/level", type: "float", initial: 42.5, unit: "%", range: { low: 0, high: 100 }, write: {} },
        { path: "a/mode", type: "int", initial: 1, write: {} },
        { path: "a/plan", type: "json", initial: { week: [] }, write: {} },
      ],
    },
    headers: { "If-Match": plant.headers().etag ?? "" },
  });
  expect(put.status(), await put.text()).toBeLessThan(300);
  await page.request.post(`${api}/apps`, { data: { id: "line", name: { en: "Line" } } });
  const draft = await page.request.get(`${api}/apps/line/draft`);
  const app = await draft.json();
  Object.assign(app.screens[0], { name: { en: "Overview", zh: "总览" }, width: 1280, height: 640, widgets: widgets() });
  app.inputs = [{ id: "title", kind: "parameter", type: "string", title: { en: "Title" }, default: "none" }];
  app.screens.push({
    id: "detail",
    name: { en: "Detail", zh: "详情" },
    width: 320,
    height: 120,
    widgets: [{ id: "said", type: "text", x: 8, y: 8, w: 300, h: 40, props: { text: { expr: "title" } } }],
  });
  const saved = await page.request.put(`${api}/apps/line/draft`, {
    data: app,
    headers: { "If-Match": draft.headers().etag ?? "" },
  });
  expect(saved.status(), await saved.text()).toBeLessThan(300);
  const published = await page.request.post(`${api}/apps/line/publish`, { data: { comment: "first" } });
  expect(published.status(), await published.text()).toBeLessThan(300);
  await page.goto(`${lineside.url}/run/line`);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && page) await picture(page, "failed-catalog");
});

afterAll(async () => {
  await browser?.close();
  await lineside?.stop();
  for (const s of [cameras, other]) {
    s?.closeAllConnections();
    s?.close();
  }
});

test("values are shown as what they mean", async () => {
  await saysSoon(page, "digital", "42.5", 15);
  await saysSoon(page, "state", "Running", 15);
  await saysSoon(page, "multi", "Running", 15);
  await saysSoon(page, "icon", "Running", 15);
  await saysSoon(page, "board", /Press Running|Press Runs/, 15);
  await write("mode", 2);
  await saysSoon(page, "state", "Fault", 15);
  await saysSoon(page, "board", /Oven Stop.*Packing Stop/, 15);
});

test("a text is words, live values and links, and nothing that acts", async () => {
  const words = page.locator(".ls-media-words");
  await words.getByRole("heading", { name: "Shift" }).waitFor();
  await until("the value", async () => (await words.textContent())?.includes("42.5"));
  expect(await words.getByRole("link", { name: "Manual" }).getAttribute("rel")).toBe("noopener noreferrer");
  expect(await words.locator("script, [onerror]").count()).toBe(0);
  expect(await words.locator('a[href^="javascript"]').count()).toBe(0);
  expect(await page.evaluate(() => "evil" in window)).toBe(false);
});

test("a camera of an allowed host is seen, any other is refused with the reason", async () => {
  await until("the picture", () =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLImageElement>(".ls-media > img")].some((i) => i.naturalWidth > 0),
    ),
  );
  await page.getByText("is not allowed").first().waitFor();
  expect(await page.getByText("is not allowed").first().textContent()).toContain(stranger);
  // Paused, it asks the camera for nothing; played again, it is back.
  await page.getByRole("button", { name: "Pause · Gate" }).click();
  await page.getByText("Paused").waitFor();
  await page.getByRole("button", { name: "Play · Gate" }).click();
  await page.getByRole("button", { name: "Pause · Gate" }).waitFor();
});

test("a page of another host has no origin, no store and no way to the screen", async () => {
  const said = page.frameLocator(".ls-media iframe").locator("#who");
  await until("the page", async () => /^null SecurityError SecurityError$/.test((await said.textContent()) ?? ""));
});

test("links open screens with inputs, and only addresses of the web", async () => {
  await page.getByRole("link", { name: "Detail" }).last().click();
  await saysSoon(page, "said", "Pump 7", 15);
  await page.keyboard.press("Escape");
  expect(await page.getByRole("link", { name: "Manual" }).first().getAttribute("href")).toBe(
    "https://lineside.example/docs",
  );
  const evil = page.getByRole("link", { name: "Evil" });
  expect(await evil.getAttribute("href")).toBeNull();
  expect(await evil.getAttribute("aria-disabled")).toBe("true");
});

test("the menu goes to screens, the breadcrumbs say where one is", async () => {
  const menu = page.locator(".ls-nav-down");
  expect(await menu.locator('[aria-current="page"]').textContent()).toBe("Overview");
  await menu.getByRole("link", { name: "Detail" }).click();
  await page.waitForURL(/\/run\/line\/detail/);
  await page.goBack();
  await page.locator(".ls-nav-way").getByText("Overview").waitFor();
});

test("the tree of areas is walked by keyboard", async () => {
  const tree = page.getByRole("tree");
  await tree.getByRole("treeitem", { name: "hall" }).waitFor();
  await tree.locator('[tabindex="0"]').focus();
  if ((await tree.getByRole("treeitem", { name: "hall" }).getAttribute("aria-expanded")) === "false")
    await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Pump 1");
  await page.keyboard.press("ArrowLeft");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("hall");
});

test("a plan is drawn by keyboard, written as a whole, and followed by the server", async () => {
  const plan = page.locator(".ls-week");
  await plan.getByText("Off", { exact: true }).waitFor();
  await plan.getByRole("grid").focus();
  for (let day = 1; day <= 7; day++) {
    await page.keyboard.press("Home");
    for (let i = 0; i < 47; i++) await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
  }
  await plan.getByRole("button", { name: "Write the plan" }).click();
  // The policy of the tag asks, as for every write.
  await page.getByRole("button", { name: "Set", exact: true }).click();
  await until("the plan in the tag", async () => (await read("plan"))?.week?.length === 7);
  expect((await read("plan")).week[0]).toEqual({ day: 1, from: "00:00", to: "24:00" });
  // Within a second or so the server says that it is on.
  await plan.getByText("On", { exact: true }).waitFor();
});

test("both themes and languages are looked at, and axe finds nothing", async () => {
  const shot = async (name: string) => {
    await page.waitForTimeout(600);
    await picture(page, `catalog-${name}`);
    const { violations } = await new AxeBuilder({ page })
      .disableRules(["region", "landmark-unique"])
      .include(".ls-stage")
      .exclude("iframe")
      .analyze();
    expect(
      violations.filter((v) => v.impact !== "minor").flatMap((v) => v.nodes.map((n) => `${v.id} ${n.html}`)),
      name,
    ).toEqual([]);
  };
  await shot("light-en");
  await page.getByRole("button", { name: "Dark" }).last().click();
  await shot("dark-en");
  await page.getByRole("button", { name: "中文" }).last().click();
  await page.locator(".ls-nav-way").getByText("总览").waitFor();
  await shot("dark-zh");
  expect(errors.filter((e) => !/Content.Security.Policy|violates the following/i.test(e))).toEqual([]);
});
