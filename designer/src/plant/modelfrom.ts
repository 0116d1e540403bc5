// A model made of a machine that is there already: the tags of an area become properties.
import type { ModelParameter, ModelProperty, PlantTag, ThingModel } from "@lineside/client";

/** What of the tags differs from machine to machine and becomes a parameter. */
export interface Findings {
  /** All tags are of one device, or of none. */
  device?: string;
  /** Address fields that are whole numbers in all tags, each with the least of them. */
  numbers: { field: string; base: number }[];
  /** All addresses begin with the same data block: DB12.DBD4. */
  block?: number;
}

const blockOf = (value: unknown) => (typeof value === "string" ? /^DB(\d+)\./i.exec(value)?.[1] : undefined);

/** The only one of a list of equal things. */
function one<T>(list: T[]): T | undefined {
  return list.length && list.every((x) => x === list[0]) ? list[0] : undefined;
}

/** The tags of an area, those further down included. */
export function tagsBelow(tags: readonly PlantTag[], area: string): PlantTag[] {
  return tags.filter((tag) => tag.path.startsWith(`${area}/`));
}

export function findingsOf(tags: readonly PlantTag[]): Findings {
  const read = tags.filter((tag) => tag.device);
  const fields = Object.keys(read[0]?.address ?? {});
  const numbers = fields.flatMap((field) => {
    const values = read.map((tag) => tag.address?.[field]);
    if (!values.every((v): v is number => Number.isInteger(v))) return [];
    // What is the same everywhere is a setting and no place.
    if (values.length > 1 && new Set(values).size === 1) return [];
    return [{ field, base: Math.min(...values) }];
  });
  const block = one(fields.flatMap((field) => read.map((tag) => blockOf(tag.address?.[field])).filter(Boolean)));
  return { device: one(read.map((tag) => tag.device)), numbers, block: block ? Number(block) : undefined };
}

/** What is chosen to become a parameter. */
export interface Choice {
  device: boolean;
  /** The address field whose number is counted from a parameter, "" for none. */
  number: string;
  block: boolean;
  /** Path and name of the area in texts of addresses follow the asset. */
  names: boolean;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

export function modelFrom(id: string, area: string, tags: readonly PlantTag[], choice: Choice): ThingModel {
  const found = findingsOf(tags);
  const name = area.split("/").at(-1) ?? area;
  const number = found.numbers.find((n) => n.field === choice.number);
  const parameters: ModelParameter[] = [];
  if (choice.device && found.device)
    parameters.push({ id: "device", type: "device", title: { en: "Device", zh: "设备" }, default: found.device });
  if (number)
    parameters.push({ id: "base", type: "int", title: { en: "First address", zh: "起始地址" }, default: number.base });
  if (choice.block && found.block !== undefined)
    parameters.push({ id: "db", type: "int", title: { en: "Data block", zh: "数据块" }, default: found.block });

  const inText = (text: string): string => {
    let out = text;
    if (choice.names) {
      out = out.replaceAll(area, "{path}");
      out = out.replace(new RegExp(`(^|[^A-Za-z0-9_])${escaped(name)}(?![A-Za-z0-9_])`, "g"), "$1{name}");
    }
    return choice.block && found.block !== undefined ? out.replace(/^DB\d+\./i, "DB{db}.") : out;
  };
  const inAddress = (address: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(address).map(([field, value]) => {
        if (number?.field === field && typeof value === "number")
          return [field, value === number.base ? "{base}" : `{base+${value - number.base}}`];
        return [field, typeof value === "string" ? inText(value) : value];
      }),
    );
  // tag("hall/pump1/speed") is the speed of the same machine.
  const inExpression = (text: string) => text.replaceAll(`tag("${area}/`, 'tag("./');
  const properties = tags.map(({ path, ...tag }): ModelProperty => {
    const property: ModelProperty = { id: path.slice(area.length + 1), ...structuredClone(tag) };
    if (tag.device && choice.device && found.device) property.device = "{device}";
    if (tag.address) property.address = inAddress(tag.address);
    if (tag.expr) property.expr = inExpression(tag.expr);
    if (property.write?.interlock) property.write.interlock = inExpression(property.write.interlock);
    return property;
  });
  return { id, ...(parameters.length ? { parameters } : {}), properties };
}
