// A template made of a device that is there: a model whose properties are its tags, and which brings the device along.
import type { Device, Field, ModelParameter, PlantTag, ThingModel } from "@lineside/client";
import { modelFrom } from "../modelfrom";

/** A setting that may become a parameter. */
export interface TemplateSetting {
  name: string;
  value: string | number | boolean;
  field?: Field;
}

/** The levels that all paths begin with, without the last one. */
export function commonArea(paths: readonly string[]): string {
  const [first, ...rest] = paths.map((path) => path.split("/").slice(0, -1));
  if (!first) return "";
  let n = first.length;
  for (const levels of rest) while (n > 0 && first.slice(0, n).some((level, i) => levels[i] !== level)) n--;
  return first.slice(0, n).join("/");
}

/** The settings of a device that are one value, and so can differ from one device to the next. Secrets stay as they are. */
export function settingsOf(device: Device, fields: readonly Field[]): TemplateSetting[] {
  return Object.entries((device.settings as Record<string, unknown>) ?? {}).flatMap(([name, value]) => {
    const field = fields.find((f) => f.name === name);
    if (field?.kind === "secret" || field?.kind === "text") return [];
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? [{ name, value, field }]
      : [];
  });
}

/** What most often differs is chosen at first: where the device is. */
export const usually = (name: string) => /^(host|url|unit|serialPort|address|slot|port)$/.test(name);

/** A parameter id of the name of a setting; the names that placeholders keep for themselves are avoided. */
export function parameterId(name: string): string {
  const id = name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^[^A-Za-z]+/, "");
  return ["path", "name", "title", "n", "device", ""].includes(id) ? `the_${id || "value"}` : id;
}

/** The url of a device of which only the host differs: opc.tcp://{host}:4840 keeps the rest. */
export function hostOf(value: unknown): { host: string; template: string } | undefined {
  const match = typeof value === "string" ? /^([a-z][a-z0-9+.-]*:\/\/)([^/:?#]+)(.*)$/i.exec(value) : null;
  return match?.[2] ? { host: match[2], template: `${match[1]}{host}${match[3]}` } : undefined;
}

/** The model: `chosen` are the settings that become parameters. */
export function templateFrom(
  id: string,
  device: Device,
  tags: readonly PlantTag[],
  fields: readonly Field[],
  chosen: ReadonlySet<string>,
): ThingModel {
  const area = commonArea(tags.map((tag) => tag.path));
  // Where the paths have nothing in common, they stay whole.
  const within = area ? tags : tags.map((tag) => ({ ...tag, path: `x/${tag.path}` }));
  const model = modelFrom(id, area || "x", within, { device: true, number: "", block: false, names: false });
  const parameters: ModelParameter[] = [
    { id: "device", type: "device", title: { en: "Device", zh: "设备" } },
    ...(model.parameters ?? []).filter((p) => p.id !== "device"),
  ];
  const settings: Record<string, unknown> = { ...((device.settings as Record<string, unknown>) ?? {}) };
  for (const setting of settingsOf(device, fields)) {
    if (!chosen.has(setting.name)) continue;
    const url = hostOf(setting.value);
    if (url) {
      parameters.push({ id: "host", type: "string", title: { en: "Host", zh: "主机" }, default: url.host });
      settings[setting.name] = url.template;
      continue;
    }
    const type =
      typeof setting.value === "number" ? (Number.isInteger(setting.value) ? "int" : "float") : typeof setting.value;
    const parameter = parameterId(setting.name);
    parameters.push({
      id: parameter,
      type: type === "boolean" ? "bool" : (type as "int" | "float" | "string"),
      title: setting.field?.title,
      default: setting.value,
    });
    settings[setting.name] = `{${parameter}}`;
  }
  return {
    ...model,
    name: { en: device.name || device.id },
    parameters,
    properties: (model.properties ?? []).map((p) => (p.device ? { ...p, device: "{device}" } : p)),
    device: {
      parameter: "device",
      connector: device.connector,
      settings: Object.keys(settings).length ? settings : undefined,
      scans: device.scans,
      timeout: device.timeout,
    },
  };
}
