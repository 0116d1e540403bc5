import type { Manifest, TagType } from "@lineside/client";

/** Whether a property of a type of widget can show tags of a type; what is not known may. */
export function fitsField(manifest: Manifest | undefined, prop: string, type: TagType | "none"): boolean {
  const field = manifest?.settings.find((f) => f.name === prop);
  if (!manifest || !field || type === "none" || type === "json") return true;
  switch (field.kind) {
    case "bool":
      return type === "bool";
    case "int":
    case "float":
      return type === "int" || type === "float";
    case "color":
    case "enum":
      return type === "string";
    case "string":
    case "text":
      return type !== "bytes";
  }
  const fits = (manifest.fits ?? []) as string[];
  return prop !== manifest.drop || fits.length === 0 || fits.includes(type);
}
