// What a person does on the pages, in the words of the pages.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { until } from "./harness.ts";

export const password = "correct horse battery";

/** The first administrator, by the one-time link. */
export async function setUp(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("Password again").fill(password);
  await page.getByRole("button", { name: "Create administrator" }).click();
  await page.getByRole("heading", { name: "Apps", exact: true }).waitFor();
}

/** Logs in from any page that asks for it. */
export async function logIn(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL((to) => !to.pathname.startsWith("/login"));
}

/** Adds a person by the administration page. */
export async function addUser(page: Page, url: string, name: string, role: "Viewer" | "Operator"): Promise<void> {
  await page.goto(`${url}/admin`);
  await page.getByRole("button", { name: "Add user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Password", { exact: true }).fill(password);
  await dialog.getByLabel("Role").selectOption({ label: role });
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("cell", { name, exact: true }).waitFor();
}

/** Adds a device by its own form, after a connection test that succeeds. */
export async function addDevice(
  page: Page,
  connector: RegExp,
  name: string,
  settings: Record<string, string>,
): Promise<void> {
  await page.getByRole("tab", { name: "Devices" }).click();
  await page.getByRole("button", { name: "Add device" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: connector }).click();
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  for (const [label, value] of Object.entries(settings)) await dialog.getByLabel(label, { exact: true }).fill(value);
  await dialog.getByRole("button", { name: "Test connection" }).click();
  await dialog.getByText(/Connected in/).waitFor();
  await dialog.getByRole("button", { name: "Add without tags" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("row", { name }).getByText("Connected").waitFor();
}

export interface TagForm {
  path: string;
  type?: string;
  device?: string;
  /** Fields of the address by label; a value that is an option is chosen, anything else is typed. */
  address: Record<string, string>;
  /** The same, under Advanced. */
  folded?: Record<string, string>;
  fields?: Record<string, string>;
  writable?: boolean;
}

/** Adds a tag by hand. */
export async function addTag(page: Page, tag: TagForm): Promise<void> {
  await page.getByRole("tab", { name: "Tags" }).click();
  await page.getByRole("button", { name: "Add tag" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Path", { exact: true }).first().fill(tag.path);
  if (tag.device) await dialog.getByLabel("Device", { exact: true }).selectOption({ label: tag.device });
  if (tag.type) await dialog.getByLabel("Type", { exact: true }).first().selectOption({ label: tag.type });
  if (tag.folded) await dialog.getByText("Advanced", { exact: true }).first().click();
  for (const [label, value] of Object.entries({ ...tag.address, ...tag.folded })) {
    const field = dialog.getByLabel(label, { exact: true }).last();
    if ((await field.evaluate((node) => node.tagName)) === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
  if (tag.writable) await dialog.getByLabel("Can be written").check();
  for (const [label, value] of Object.entries(tag.fields ?? {}))
    await dialog.getByLabel(label, { exact: true }).fill(value);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("row", { name: tag.path }).waitFor();
}

/** What the accessible mirror of a screen says of a widget: "label: value" and its states. */
export function says(page: Page, id: string): Promise<string> {
  return page.locator(`[data-id="${id}"]`).evaluate((node) => node.getAttribute("aria-label") ?? "");
}

/** Waits until a widget says what is expected. */
export async function saysSoon(page: Page, id: string, what: RegExp | string, seconds = 5): Promise<void> {
  let last = "";
  await until(
    `widget ${id} to say ${what}`,
    async () => {
      last = await says(page, id);
      return typeof what === "string" ? last.includes(what) : what.test(last);
    },
    seconds,
  ).catch((error) => {
    expect.fail(`${error.message} ("${last}")`);
  });
}
