// The whole way once, through real parts: a Modbus server and a broker that are not ours, a screen drawn by hand in
// Chromium, published, operated in a second browser, and everything again after a power cut.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Lineside, launch, ModbusServer, Mosquitto, person, picture, until } from "./harness.ts";
import { addDevice, addTag, addUser, logIn, says, saysSoon, setUp } from "./steps.ts";

let lineside: Lineside;
let modbus: ModbusServer;
let broker: Mosquitto;
let browser: Browser;
let engineer: Page;
let operator: Page;
const errors: string[][] = [];

async function newPerson(): Promise<Page> {
  const someone = await person(browser);
  errors.push(someone.errors);
  return someone.page;
}

beforeAll(async () => {
  [lineside, modbus, broker, browser] = await Promise.all([
    Lineside.start(),
    ModbusServer.start(),
    Mosquitto.start(),
    launch(),
  ]);
});

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  for (const [name, page] of Object.entries({ engineer, operator })) if (page) await picture(page, `failed-${name}`);
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([lineside?.stop(), modbus?.stop(), broker?.stop()]);
});

/** Where the drawing board lies on the page, and how its pixels become those of the screen. */
async function board(page: Page) {
  const canvas = page.getByRole("application", { name: /Drawing of the screen/ });
  await canvas.waitFor();
  const box = await canvas.boundingBox();
  if (!box) throw new Error("the board is not laid out");
  return box;
}

/** Drags from the middle of an element to a place of the board, given as fractions of its size. */
async function dragToBoard(page: Page, selector: string, across: number, down: number): Promise<void> {
  const source = page.locator(selector);
  await source.scrollIntoViewIfNeeded();
  const from = await source.boundingBox();
  const to = await board(page);
  if (!from) throw new Error(`${selector} is not to be seen`);
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width * across - 30, to.y + to.height * down - 20, { steps: 4 });
  await page.mouse.move(to.x + to.width * across, to.y + to.height * down, { steps: 4 });
  await page.mouse.up();
}

/** The draft as the server has it, when it holds what is looked for. */
async function draft(page: Page, what: string, holds: (app: DraftApp) => boolean): Promise<DraftApp> {
  return until(what, async () => {
    const answer = await page.request.get(`${lineside.url}/api/v1/apps/boiler-room/draft`);
    const app = (await answer.json()) as DraftApp;
    return holds(app) ? app : undefined;
  });
}

interface DraftApp {
  screens: {
    widgets: {
      id: string;
      type: string;
      x: number;
      props?: Record<string, { tag?: string; expr?: string } | unknown>;
    }[];
  }[];
}

const ofType = (app: DraftApp, type: string) => app.screens[0]?.widgets.filter((widget) => widget.type === type) ?? [];

test("an empty data folder: the set-up link makes the first administrator, once", async () => {
  engineer = await newPerson();
  const link = await lineside.setupLink();
  await engineer.goto(link);
  await engineer.getByLabel("Password again").waitFor();
  await picture(engineer, "story-01-setup");
  await setUp(engineer, link, "anna");
  await picture(engineer, "story-02-launcher-empty");
  const again = await engineer.request.post(`${lineside.url}/api/v1/setup`, {
    data: { token: link.split("#")[1], name: "mallory", password: "another password" },
  });
  expect(again.status()).toBeGreaterThanOrEqual(400);
});

test("a Modbus device is tested, added, and its registers become tags", async () => {
  await engineer.goto(`${lineside.url}/plant`);
  await addDevice(engineer, /^Modbus/, "boiler", { Host: "127.0.0.1", Port: String(modbus.port), Interval: "200ms" });
  await picture(engineer, "story-03-device");
  await addTag(engineer, {
    path: "hall1/boiler/temperature",
    type: "Float",
    device: "boiler",
    address: { Table: "holding", Address: "100", Type: "float32", "Byte order": "CDAB" },
    fields: { Unit: "°C", "Range from": "0", "Range to": "200" },
  });
  await addTag(engineer, {
    path: "hall1/boiler/offset",
    type: "Integer",
    device: "boiler",
    address: { Table: "holding", Address: "110", Type: "int16" },
  });
  await addTag(engineer, {
    path: "hall1/boiler/setpoint",
    type: "Integer",
    device: "boiler",
    address: { Table: "holding", Address: "120", Type: "uint16" },
    fields: { Unit: "°C", "Range from": "0", "Range to": "200", "Write at least": "0", "Write at most": "150" },
    writable: true,
  });
  const row = engineer.getByRole("row", { name: "hall1/boiler/temperature" });
  await row.getByText("21.5").waitFor();
  await modbus.setSwappedFloat(100, 88.25);
  await row.getByText("88.25").waitFor();
  await picture(engineer, "story-04-tags");
});

test("values arrive over Mosquitto as well", async () => {
  await addDevice(engineer, /^MQTT/, "broker", { Broker: `mqtt://127.0.0.1:${broker.port}` });
  await addTag(engineer, {
    path: "hall1/meter/power",
    type: "Float",
    device: "broker",
    address: { Topic: "meter/1", Path: "$.power" },
    fields: { Unit: "kW" },
  });
  await addTag(engineer, {
    path: "hall1/meter/limit",
    type: "Float",
    device: "broker",
    address: { Topic: "meter/1/limit", Path: "$.limit" },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the template is Lineside's
    folded: { "Payload for writing": '{"limit":${value}}' },
    writable: true,
  });
  broker.publish("meter/1", '{"power": 12.5}', true);
  await engineer.getByRole("row", { name: "hall1/meter/power" }).getByText("12.5").waitFor();
});

test("a screen is drawn by hand: palette, tags, an expression over two tags", async () => {
  await engineer.goto(lineside.url);
  await engineer.getByRole("button", { name: "New app" }).click();
  await engineer.getByLabel("Name of the app").fill("Boiler room");
  await engineer.getByRole("button", { name: "Create", exact: true }).click();
  await engineer.waitForURL(/\/design\/boiler-room$/);
  await board(engineer);

  await dragToBoard(engineer, '[data-widget="gauge"]', 0.3, 0.35);
  await dragToBoard(engineer, '[data-widget="value"]', 0.7, 0.3);
  await dragToBoard(engineer, '[data-widget="setpoint"]', 0.7, 0.5);
  await dragToBoard(engineer, '[data-widget="lamp"]', 0.3, 0.7);
  await draft(engineer, "four widgets in the saved draft", (app) => app.screens[0]?.widgets.length === 4);

  // A tag dropped on a widget binds it.
  await engineer.getByRole("tab", { name: "Tags" }).click();
  await engineer.locator('[data-tag="hall1/boiler/temperature"]').waitFor();
  await dragToBoard(engineer, '[data-tag="hall1/boiler/temperature"]', 0.3, 0.35);
  await dragToBoard(engineer, '[data-tag="hall1/boiler/setpoint"]', 0.7, 0.5);
  await draft(engineer, "bound gauge and setpoint", (app) =>
    ["gauge", "setpoint"].every((type) => JSON.stringify(ofType(app, type)[0]?.props ?? {}).includes("hall1/boiler/")),
  );

  // A tag dropped on the empty screen offers the widgets that fit.
  await dragToBoard(engineer, '[data-tag="hall1/meter/power"]', 0.7, 0.75);
  await picture(engineer, "story-05-offer");
  await engineer.locator('[data-offer="value"]').click();
  await draft(engineer, "the widget that was offered", (app) => ofType(app, "value").length === 2);

  // An expression over two tags, with a mistake first: the error stands where it is.
  const place = await board(engineer);
  await engineer.mouse.click(place.x + place.width * 0.7, place.y + place.height * 0.3);
  await engineer.getByRole("button", { name: "Bind Value" }).click();
  await engineer.getByRole("button", { name: "Expression" }).click();
  const text = engineer.locator(".bind-popover .cm-content");
  await text.click();
  await engineer.keyboard.type('tag("hall1/boiler/temperature") + "x" * 2');
  await engineer.locator(".bind-popover .wrong").first().waitFor();
  await picture(engineer, "story-06-expression-wrong");
  await text.press("Control+a");
  await engineer.keyboard.type('tag("hall1/boiler/temperature") + tag("hall1/boiler/offset")');
  await engineer.locator(".bind-popover .expression-result").getByText("83.25").waitFor();
  await picture(engineer, "story-07-expression");
  await text.press("Control+Enter");
  await draft(engineer, "the expression", (app) => JSON.stringify(ofType(app, "value")).includes("offset"));

  // Undo takes it back, redo brings it again.
  await engineer.mouse.click(place.x + place.width * 0.5, place.y + place.height * 0.95);
  await engineer.keyboard.press("Control+z");
  await draft(engineer, "the expression undone", (app) => !JSON.stringify(ofType(app, "value")).includes("offset"));
  await engineer.keyboard.press("Control+Shift+z");
  await draft(engineer, "the expression redone", (app) => JSON.stringify(ofType(app, "value")).includes("offset"));

  // The drawing is live while it is drawn.
  await engineer.locator(".binding-chip").getByText("83.25").waitFor();
  await picture(engineer, "story-08-designer");
});

test("publishing shows what changed and makes a revision", async () => {
  await engineer.getByRole("button", { name: "Publish" }).click();
  const dialog = engineer.getByRole("dialog");
  await dialog.getByText(/Screen "Main"/).waitFor();
  await picture(engineer, "story-09-publish");
  await dialog.getByRole("button", { name: "Publish" }).click();
  await dialog.getByRole("link").waitFor();
  await picture(engineer, "story-10-published");
});

let ids: Record<"gauge" | "sum" | "setpoint" | "power", string>;

test("an operator in a second browser sees the server's register within a second", async () => {
  await addUser(engineer, lineside.url, "otto", "Operator");
  await addUser(engineer, lineside.url, "vera", "Viewer");
  const app = await draft(engineer, "the draft", (a) => ofType(a, "value").length === 2);
  const value = (part: string) => ofType(app, "value").find((w) => JSON.stringify(w.props).includes(part))?.id ?? "";
  ids = {
    gauge: ofType(app, "gauge")[0]?.id ?? "",
    setpoint: ofType(app, "setpoint")[0]?.id ?? "",
    sum: value("offset"),
    power: value("meter/power"),
  };

  operator = await newPerson();
  await logIn(operator, `${lineside.url}/run/boiler-room`, "otto");
  await saysSoon(operator, ids.gauge, "88.3");
  await saysSoon(operator, ids.sum, "83.25");
  await saysSoon(operator, ids.power, "12.5");

  await modbus.setSwappedFloat(100, 120.5);
  await saysSoon(operator, ids.gauge, "120.5", 1);
  await saysSoon(operator, ids.sum, "115.5", 1);
  broker.publish("meter/1", '{"power": 33.25}', true);
  await saysSoon(operator, ids.power, "33.25", 1);
  await picture(operator, "story-11-operator");
});

test("a setpoint is asked for, written, confirmed by the device, and audited", async () => {
  await operator.locator(`[data-id="${ids.setpoint}"]`).press("Enter");
  const dialog = operator.getByRole("dialog");
  await dialog.waitFor();
  await operator.keyboard.type("75");
  await picture(operator, "story-12-setpoint");
  await operator.keyboard.press("Enter");
  await operator.getByText(/75/).first().waitFor();
  const confirm = operator.getByRole("dialog").getByRole("button", { name: /^Set/ });
  if (await confirm.isVisible()) {
    await picture(operator, "story-13-confirm");
    await confirm.click();
  }
  await until("the register to have it", async () => (await modbus.get("holding", 120, 1))[0] === 75);
  await saysSoon(operator, ids.setpoint, "75");
  await picture(operator, "story-14-written");

  const audit = await engineer.request.get(`${lineside.url}/api/v1/audit?q=setpoint&limit=20`);
  const { entries, verified } = (await audit.json()) as {
    entries: { actor: string; target: string; old: unknown; new: unknown; outcome: string }[];
    verified: boolean;
  };
  expect(verified).toBe(true);
  expect(entries).toContainEqual(
    expect.objectContaining({ actor: "otto", target: "hall1/boiler/setpoint", old: 40, new: 75, outcome: "good" }),
  );
});

test("a viewer's write is refused by the server, not only hidden", async () => {
  const viewer = await newPerson();
  await logIn(viewer, `${lineside.url}/run/boiler-room`, "vera");
  await saysSoon(viewer, ids.setpoint, "75");
  const refused = await viewer.request.put(`${lineside.url}/api/v1/tags/hall1/boiler/setpoint`, {
    data: { value: 10 },
    headers: { origin: lineside.url },
  });
  expect(refused.status()).toBe(403);
  const live = await viewer.evaluate(
    (widget) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`${location.origin.replace("http", "ws")}/api/v1/live`);
        socket.onopen = () => socket.send(JSON.stringify({ id: 1, op: "open", installation: "boiler-room" }));
        socket.onmessage = (message) => {
          const reply = JSON.parse(message.data);
          if (reply.id === 1)
            socket.send(JSON.stringify({ id: 2, op: "event", view: reply.view, widget, name: "set", data: 10 }));
          if (reply.id === 2) resolve(message.data);
        };
      }),
    ids.setpoint,
  );
  expect(live).toMatch(/denied|forbidden|not allowed|may not/i);
  expect((await modbus.get("holding", 120, 1))[0]).toBe(75);
  await viewer.context().close();
});

test("the device dies: bad within 3 s; it returns: values recover by themselves", async () => {
  await modbus.stop();
  await until("the gauge to look bad", async () => !(await says(operator, ids.gauge)).includes("120.5"), 3);
  expect(await says(operator, ids.power)).toContain("33.25");
  await picture(operator, "story-15-device-lost");
  await modbus.start();
  await modbus.setSwappedFloat(100, 64.5);
  await saysSoon(operator, ids.gauge, "64.5", 30);
  await picture(operator, "story-16-device-back");
});

test("the broker dies and returns: the same over MQTT", async () => {
  await broker.stop();
  await until("the power to look bad", async () => !(await says(operator, ids.power)).includes("33.25"), 3);
  expect(await says(operator, ids.gauge)).toContain("64.5");
  await broker.start();
  await until(
    "the value of a new message",
    async () => {
      broker.publish("meter/1", '{"power": 33.25}', true);
      return (await says(operator, ids.power)).includes("33.25");
    },
    40,
  );
  // What is written through the gate is published.
  let published = "";
  void broker.next("meter/1/limit").then((text) => {
    published = text;
  });
  await until("the broker to pass on what is written", async () => {
    // Again and again: nobody says when the listener has subscribed.
    await engineer.request.put(`${lineside.url}/api/v1/tags/hall1/meter/limit`, {
      data: { value: 40 },
      headers: { origin: lineside.url },
    });
    return published;
  });
  expect(published).toBe('{"limit":40}');
});

test("kill -9 and start: everything is as it was", async () => {
  await modbus.set("holding", 120, 75);
  await lineside.kill();
  await operator
    .getByText(/No connection since/)
    .first()
    .waitFor();
  await picture(operator, "story-17-no-connection");
  await lineside.start();
  await saysSoon(operator, ids.gauge, "64.5", 30);
  await saysSoon(operator, ids.setpoint, "75", 10);
  await saysSoon(operator, ids.power, "33.25", 10);
  await engineer.goto(`${lineside.url}/design/boiler-room`);
  await board(engineer);
  await engineer.getByRole("tab", { name: "Tags" }).click();
  await engineer.locator('[data-tag="hall1/boiler/temperature"]').getByText("64.5").waitFor();
  const audit = await engineer.request.get(`${lineside.url}/api/v1/audit?q=setpoint&limit=20`);
  expect(((await audit.json()) as { verified: boolean }).verified).toBe(true);
});

test("Chinese and dark, by two presses", async () => {
  await operator.getByRole("button", { name: "中文" }).click();
  await operator.getByRole("button", { name: "深色" }).click();
  await picture(operator, "story-18-operator-zh-dark");
  await engineer.goto(`${lineside.url}/plant`);
  await engineer.getByRole("button", { name: "anna" }).click();
  await engineer.getByRole("menuitem", { name: "中文" }).click();
  await engineer.getByRole("heading", { name: "工厂" }).waitFor();
  await picture(engineer, "story-19-plant-zh");
  await engineer.goto(`${lineside.url}/design/boiler-room`);
  await engineer.getByRole("application").waitFor();
  await picture(engineer, "story-20-designer-zh");
});

test("no page reported an error", () => {
  expect(errors.flat()).toEqual([]);
});
