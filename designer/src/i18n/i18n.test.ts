import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const files = import.meta.glob<{ default: Tree }>("./*/*.ts", { eager: true });
type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ""): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") out.set(prefix + key, value);
    else for (const [k, v] of flatten(value, `${prefix}${key}.`)) out.set(k, v);
  }
  return out;
}

const texts = { en: new Map<string, string>(), zh: new Map<string, string>() };
for (const [file, module] of Object.entries(files)) {
  const [, lang, area] = /^\.\/(en|zh)\/(\w+)\.ts$/.exec(file) ?? [];
  if (lang && area)
    for (const [key, value] of flatten(module.default)) texts[lang as "en" | "zh"].set(`${area}:${key}`, value);
}

/** Chinese has one plural form: what English says twice, it says once. */
const single = (key: string) => key.replace(/_one$/, "_other");
const places = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((m) => m[1]).sort();

function sources(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) return name === "i18n" ? [] : sources(path);
    return /\.tsx?$/.test(name) && !name.includes(".test.") ? [path] : [];
  });
}

describe("texts", () => {
  test("English and Chinese have the same keys", () => {
    expect(texts.en.size).toBeGreaterThan(50);
    const en = new Set([...texts.en.keys()].map(single));
    const zh = new Set([...texts.zh.keys()].map(single));
    expect([...en].filter((k) => !zh.has(k))).toEqual([]);
    expect([...zh].filter((k) => !en.has(k))).toEqual([]);
  });

  test("no text is empty, and both languages fill the same places", () => {
    for (const [key, text] of texts.en) {
      expect(text, key).not.toBe("");
      const other = texts.zh.get(single(key));
      expect(other, key).toBeTruthy();
      if (!key.endsWith("_one")) expect(places(other ?? ""), key).toEqual(places(text));
    }
  });

  test("every text that the code names is there", () => {
    const root = fileURLToPath(new URL("..", import.meta.url));
    const missing: string[] = [];
    let named = 0;
    for (const file of sources(root)) {
      for (const [, key] of readFileSync(file, "utf8").matchAll(/\bt\(\s*"([a-z]\w*:[\w.]+)"/g)) {
        named++;
        if (!texts.en.has(key as string) && !texts.en.has(`${key}_other`))
          missing.push(`${file.slice(root.length)}: ${key}`);
      }
    }
    expect(missing).toEqual([]);
    expect(named).toBeGreaterThan(5);
  });
});
