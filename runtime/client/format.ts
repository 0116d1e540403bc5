// What a value means beyond its type, as a text: dates in local time, places and vectors as their numbers.

/** The languages that dates are written in. */
type Language = "en" | "zh";

const two = (n: number) => String(n).padStart(2, "0");

/** A date with its time in the time zone of the browser, from the day to the second: it sorts and is read in both languages. */
function datetime(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return undefined;
  const ms = at.getMilliseconds() ? `.${String(at.getMilliseconds()).padStart(3, "0")}` : "";
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}${ms}`;
}

const rounded = (n: unknown) => (typeof n === "number" ? String(Number(n.toFixed(6))) : "?");

/** The text of a value with a format, undefined for what has none of its own: then it is shown by its type. */
export function formatted(format: string | undefined, value: unknown, lang: Language = "en"): string | undefined {
  if (!format || value === null || value === undefined) return undefined;
  if (format === "datetime") return datetime(value);
  if (typeof value !== "object") return undefined;
  const at = value as Record<string, unknown>;
  switch (format) {
    case "location":
      return `${rounded(at.lat)}°, ${rounded(at.lon)}°${typeof at.alt === "number" ? `, ${rounded(at.alt)} m` : ""}`;
    case "vec2":
      return `${rounded(at.x)}, ${rounded(at.y)}`;
    case "vec3":
      return `${rounded(at.x)}, ${rounded(at.y)}, ${rounded(at.z)}`;
    case "struct": {
      const part = (v: unknown) => (typeof v === "object" ? JSON.stringify(v) : String(v));
      return Object.entries(at)
        .map(([key, v]) => `${key}${lang === "zh" ? "：" : ": "}${part(v)}`)
        .join(lang === "zh" ? "，" : ", ");
    }
  }
  return undefined;
}
