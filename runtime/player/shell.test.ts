import type { ViewApp } from "@lineside/client";
import { describe, expect, it } from "vitest";
import { isTextKey, nameOf, namesText, productLang, resolveTexts, textIn } from "./language";
import { crumbsOf, entriesOf, nextTrail, wayTo } from "./way";

const app = (navigation?: ViewApp["navigation"]): ViewApp => ({
  name: { en: "A" },
  start: "home",
  languages: ["en", "zh"],
  screens: ["home", "pump", "detail", "more"].map((id) => ({ id, name: { en: id } })),
  ...(navigation ? { navigation } : {}),
});
const tree = app({
  items: [
    { screen: "home" },
    { title: { en: "Pumps" }, items: [{ screen: "pump", items: [{ title: { en: "Far" }, items: [] }] }] },
  ],
});
const said = (a: ViewApp, trail: readonly string[]) =>
  crumbsOf(a, trail)
    .map((c) => c.screen || c.item?.title?.en)
    .join(" > ");

describe("languages", () => {
  it.each([
    ["zh", "zh"],
    ["zh-Hant", "zh"],
    ["en", "en"],
    ["de", "en"],
    ["zha", "en"],
  ])("of %s the player speaks %s", (language, own) => expect(productLang(language)).toBe(own));

  it("falls back to the root and then to English", () => {
    expect(textIn({ en: "Pump", pt: "Bomba" }, "pt-BR")).toBe("Bomba");
    expect(textIn({ en: "Pump", zh: "" }, "zh")).toBe("Pump");
    expect(textIn(undefined, "zh")).toBe("");
  });

  it("puts texts in place of keys, in lists too", () => {
    const texts = { go: { en: "Go", de: "Los" } };
    expect(resolveTexts({ text: "go" }, texts, "de")).toBe("Los");
    expect(resolveTexts({ text: "go" }, texts, "zh")).toBe("Go");
    expect(resolveTexts({ text: "gone" }, texts, "de")).toBe("gone");
    expect(resolveTexts([{ title: { text: "go" }, n: 1 }, "text"], texts, "de")).toEqual([
      { title: "Los", n: 1 },
      "text",
    ]);
    const points = [0, 1];
    expect(resolveTexts(points, texts, "de")).toBe(points);
  });

  it("tells a key from other objects", () => {
    expect([{ text: "a" }, { text: 1 }, { text: "a", tag: "b" }, "text", null, []].map(isTextKey)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(namesText([{ a: [{ text: "k" }] }])).toBe(true);
    expect(namesText([{ a: ["text"] }])).toBe(false);
  });

  it("names a language in itself", () => {
    expect(["en", "zh", "de"].map(nameOf)).toEqual(["English", "中文", "Deutsch"]);
    expect(nameOf("!")).toBe("!");
  });
});

describe("the way", () => {
  it("has an entry for every screen when the app has none of its own", () => {
    expect(entriesOf(app()).map((i) => i.screen)).toEqual(["home", "pump", "detail", "more"]);
    expect(entriesOf(app({ style: "none", items: null as never }))).toEqual([]);
    expect(entriesOf(app({ items: [] }))).toEqual([]);
  });

  it("is found through headings", () => {
    expect(wayTo(entriesOf(tree), "pump")?.map((i) => i.screen ?? i.title?.en)).toEqual(["Pumps", "pump"]);
    expect(wayTo(entriesOf(tree), "detail")).toBeUndefined();
  });

  it("grows by actions, is cut on the way back and begins anew at an entry", () => {
    let trail = nextTrail(tree, [], "home");
    expect(said(tree, trail)).toBe("home");
    trail = nextTrail(tree, trail, "pump");
    expect(said(tree, trail)).toBe("home > Pumps > pump");
    trail = nextTrail(tree, trail, "detail");
    trail = nextTrail(tree, trail, "more");
    expect(said(tree, trail)).toBe("home > Pumps > pump > detail > more");
    trail = nextTrail(tree, trail, "detail");
    expect(said(tree, trail)).toBe("home > Pumps > pump > detail");
    expect(nextTrail(tree, trail, "home")).toEqual(["home"]);
    expect(said(tree, nextTrail(tree, [], "detail"))).toBe("home > detail");
    expect(said(tree, [])).toBe("");
  });
});
