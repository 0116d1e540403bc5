// Texts by key: where they stand, which are missing, and what can be done to them. Keys stand only in
// {"text": key} as the value of a property, or within a list there. Every function that takes a Document is one step of undo.
import type { App, Field, Prop, Text, TextKey, Widget } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import { type AppState, isTextKey } from "./state";

/** A property that shows a text by key. */
export interface TextUse {
  screen: string;
  widget: string;
  prop: string;
}

/** The languages that an app keeps its texts in, English first. */
export function languagesOf(app: Pick<App, "languages">): readonly string[] {
  return app.languages && app.languages.length > 0 ? app.languages : ["en", "zh"];
}

/** Whether a text can be a key. */
export function isKey(key: string): boolean {
  return /^[^\s"\\\p{Cc}]+$/u.test(key) && new TextEncoder().encode(key).length <= 128;
}

/** A language tag of BCP 47 in its simple form: "de", "pt-BR". */
export function isLanguage(tag: string): boolean {
  return /^[a-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(tag);
}

/** A value with something else in place of its texts by key; the same value when nothing changes. */
function mapKeys<T>(value: T, replace: (ref: TextKey) => unknown): T {
  if (typeof value !== "object" || value === null) return value;
  if (isTextKey(value)) return replace(value) as T;
  let changed = false;
  const step = (inner: unknown) => {
    const next = mapKeys(inner, replace);
    changed ||= next !== inner;
    return next;
  };
  const next = Array.isArray(value)
    ? value.map(step)
    : Object.fromEntries(Object.entries(value).map(([k, v]) => [k, step(v)]));
  return changed ? (next as T) : value;
}

/** Where every key stands. */
export function textUses(state: AppState): Map<string, TextUse[]> {
  const uses = new Map<string, TextUse[]>();
  for (const screen of state.order)
    for (const widget of state.screens[screen]?.order ?? [])
      for (const [prop, value] of Object.entries(state.screens[screen]?.widgets[widget]?.props ?? {}))
        mapKeys(value, (ref) => {
          const list = uses.get(ref.text);
          if (list) list.push({ screen, widget, prop });
          else uses.set(ref.text, [{ screen, widget, prop }]);
          return ref;
        });
  return uses;
}

/** The keys that stand nowhere. */
export function unusedKeys(state: AppState): string[] {
  const uses = textUses(state);
  return Object.keys(state.app.texts ?? {}).filter((key) => !uses.has(key));
}

/** What is not translated: every key with the languages of the app that it lacks. */
export function missingTexts(state: AppState): { key: string; language: string }[] {
  const languages = languagesOf(state.app);
  return Object.entries(state.app.texts ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, text]) => languages.filter((l) => !text[l]).map((language) => ({ key, language })));
}

/** A key made of the first words of a text: "Start pump" becomes "start.pump"; `instead` when it has no Latin words. */
export function keyFrom(text: string, instead: string, taken: (key: string) => boolean = () => false): string {
  const words = text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((w) => w && !["the", "a", "an", "of", "is", "to"].includes(w));
  const base = (/[a-z]/.test(words.join("")) ? words.slice(0, 4).join(".") : "") || instead;
  const stem = base.slice(0, 60);
  for (let n = 1; ; n++) {
    const key = n === 1 ? stem : `${stem}.${n}`;
    if (!taken(key)) return key;
  }
}

/** Takes a text apart that says the same in English and Chinese: "Pump  泵", "泵 / Pump". Undefined when it is one text. */
export function sideBySide(text: string): { en: string; zh: string } | undefined {
  const [a, b, ...more] = text.split(/\s{2,}|\n+|\s+[/|]\s+/).map((part) => part.trim());
  if (!a || !b || more.length > 0) return undefined;
  const chinese = (s: string) => /\p{Script=Han}/u.test(s);
  if (chinese(a) === chinese(b)) return undefined;
  return chinese(a) ? { en: b, zh: a } : { en: a, zh: b };
}

/** The text by language that a constant becomes: both halves of one that says it twice, else the words in the language they are in. */
export function textFrom(words: string, language: string): Text {
  const both = sideBySide(words);
  if (both) return both;
  // English stands in for what is missing, so it is there from the beginning.
  if (/\p{Script=Han}/u.test(words)) return { en: words, zh: words };
  return language === "en" || language === "zh" ? { en: words } : { en: words, [language]: words };
}

type AppDraft = Draft<AppState["app"]>;

function textsOf(app: AppDraft): Record<string, Text> {
  app.texts ??= {};
  return app.texts as Record<string, Text>;
}

/** Puts texts at keys and the keys into a property of widgets, as one step. */
export function makeText(
  doc: Document,
  screen: string,
  ids: Iterable<string>,
  prop: string,
  key: string,
  text: Text,
): boolean {
  if (!isKey(key)) return false;
  const list = [...ids];
  return doc.change("texts:step.make", (d) => {
    const texts = textsOf(d.app);
    if (!texts[key]) texts[key] = text;
    for (const id of list) {
      const w = d.screens[screen]?.widgets[id];
      if (w) w.props = { ...w.props, [prop]: { text: key } };
    }
  });
}

/** Adds a key that nothing uses yet; false when it is taken or no key. */
export function addText(doc: Document, key: string, text: Text): boolean {
  if (!isKey(key) || doc.state.app.texts?.[key]) return false;
  return doc.change("texts:step.add", (d) => {
    textsOf(d.app)[key] = text;
  });
}

/** Sets a text in one language; "" takes the translation out, but English stays. */
export function setText(doc: Document, key: string, language: string, words: string): boolean {
  const text = doc.state.app.texts?.[key];
  if (!text || (language === "en" && words === "") || (text[language] ?? "") === words) return false;
  return doc.change("texts:step.text", (d) => {
    const t = textsOf(d.app)[key] as Text;
    if (words) t[language] = words;
    else delete t[language];
  });
}

/** Puts something else in place of keys in all widgets. */
function everywhere(doc: Document, d: Draft<AppState>, replace: (ref: TextKey) => unknown): void {
  for (const [screen, { widgets }] of Object.entries(doc.state.screens))
    for (const [id, w] of Object.entries(widgets))
      for (const [prop, value] of Object.entries(w.props ?? {})) {
        const next = mapKeys(value, replace);
        const props = next === value ? undefined : d.screens[screen]?.widgets[id]?.props;
        if (props) (props as Record<string, unknown>)[prop] = next;
      }
}

/** Renames a key everywhere; false when the new one is taken or no key. */
export function renameText(doc: Document, from: string, to: string): boolean {
  const text = doc.state.app.texts?.[from];
  if (!text || from === to || !isKey(to) || doc.state.app.texts?.[to]) return false;
  return doc.change("texts:step.rename", (d) => {
    const texts = textsOf(d.app);
    delete texts[from];
    texts[to] = text as Text;
    everywhere(doc, d, (ref) => (ref.text === from ? { text: to } : ref));
  });
}

/** Takes keys out; where they stand the words in a language (or in English) become a constant. */
export function removeTexts(doc: Document, keys: Iterable<string>, language: string): boolean {
  const gone = new Set(keys);
  const before = doc.state.app.texts ?? {};
  return doc.change("texts:step.remove", (d) => {
    const texts = textsOf(d.app);
    for (const key of gone) delete texts[key];
    if (Object.keys(texts).length === 0) delete d.app.texts;
    everywhere(doc, d, (ref) =>
      gone.has(ref.text) ? before[ref.text]?.[language] || before[ref.text]?.en || ref.text : ref,
    );
  });
}

/** Adds a language to those of the app. */
export function addLanguage(doc: Document, language: string): boolean {
  if (!isLanguage(language) || languagesOf(doc.state.app).includes(language)) return false;
  return doc.change("texts:step.addLanguage", (d) => {
    d.app.languages = [...languagesOf(doc.state.app), language];
  });
}

/** Takes a language out, with all texts by key in it. English stays. */
export function removeLanguage(doc: Document, language: string): boolean {
  const rest = languagesOf(doc.state.app).filter((l) => l !== language);
  if (language === "en" || rest.length === languagesOf(doc.state.app).length) return false;
  return doc.change("texts:step.removeLanguage", (d) => {
    d.app.languages = rest;
    for (const text of Object.values(d.app.texts ?? {})) delete text[language];
  });
}

/** A constant text that could be one by key. */
export interface Extract extends TextUse {
  words: string;
  key: string;
}

/** Is a field one whose words a person reads? Units and identifiers are not. */
const readable = (f: Field): boolean =>
  (f.kind === "string" || f.kind === "text") &&
  f.from !== "unit" &&
  (!!f.bind || /label|title|text|placeholder|caption/i.test(f.name));

/** The constants of screens that people read, with the keys they would get: equal words get one key. */
export function findConstants(
  state: AppState,
  fields: (type: string) => readonly Field[],
  screens: readonly string[] = state.order,
): Extract[] {
  const keys = new Map<string, string>();
  for (const [key, text] of Object.entries(state.app.texts ?? {}))
    if (text.en && !keys.has(text.en)) keys.set(text.en, key);
  const taken = new Set(Object.keys(state.app.texts ?? {}));
  const found: Extract[] = [];
  for (const screen of screens)
    for (const id of state.screens[screen]?.order ?? []) {
      const widget = state.screens[screen]?.widgets[id];
      for (const f of widget ? fields(widget.type) : []) {
        const words = widget?.props?.[f.name];
        if (typeof words !== "string" || !readable(f) || !/\p{L}/u.test(words)) continue;
        const en = sideBySide(words)?.en ?? words;
        const key = keys.get(en) ?? keyFrom(en, `${widget?.type}.${f.name}`, (k) => taken.has(k));
        keys.set(en, key);
        taken.add(key);
        found.push({ screen, widget: id, prop: f.name, words, key });
      }
    }
  return found;
}

/** Makes constants texts by key, all in one step. */
export function extractTexts(doc: Document, found: readonly Extract[], language: string): boolean {
  return doc.change("texts:step.extract", (d) => {
    const texts = textsOf(d.app);
    for (const { screen, widget, prop, words, key } of found) {
      const w = d.screens[screen]?.widgets[widget];
      if (w?.props?.[prop] !== words) continue;
      texts[key] = { ...textFrom(words, language), ...texts[key] };
      (w.props as Record<string, Prop>)[prop] = { text: key };
    }
    if (Object.keys(texts).length === 0) delete d.app.texts;
  });
}

/** One cell of the table of texts that is to change. */
export interface TextChange {
  key: string;
  language: string;
  before: string;
  after: string;
}

/** Makes many changes in one step. Keys and languages that are not there yet are added. */
export function applyTexts(doc: Document, changes: readonly TextChange[]): boolean {
  return doc.change("texts:step.import", (d) => {
    const texts = textsOf(d.app);
    const languages = [...languagesOf(doc.state.app)];
    for (const c of changes) {
      texts[c.key] = { ...texts[c.key], [c.language]: c.after };
      if (!languages.includes(c.language)) languages.push(c.language);
    }
    if (languages.length > languagesOf(doc.state.app).length) d.app.languages = languages;
    if (Object.keys(texts).length === 0) delete d.app.texts;
  });
}

/** The texts that widgets name; undefined when they name none. */
export function carriedTexts(texts: App["texts"], widgets: readonly Widget[]): Record<string, Text> | undefined {
  const carried: Record<string, Text> = {};
  for (const w of widgets)
    mapKeys(Object.values(w.props ?? {}), (ref) => {
      const text = texts?.[ref.text];
      if (text) carried[ref.text] = text;
      return ref;
    });
  return Object.keys(carried).length > 0 ? carried : undefined;
}

/**
 * Takes texts in that came with widgets, and answers what makes their keys those of this document: a key
 * that says something else here already gets a new name.
 */
export function takeTexts(
  doc: Document,
  texts: unknown,
): (props: NonNullable<Widget["props"]>) => Record<string, Prop> {
  const keys = new Map<string, string>();
  const fresh: Record<string, Text> = {};
  for (const [key, text] of Object.entries((texts ?? {}) as Record<string, unknown>)) {
    const words = typeof text === "object" && text !== null ? (text as Text) : {};
    const here = doc.state.app.texts ?? {};
    if (!isKey(key) || !words.en || Object.values(words).some((v) => typeof v !== "string")) continue;
    if (here[key]?.en === words.en) continue;
    const name = keyFrom("", key, (k) => !!here[k] || !!fresh[k]);
    keys.set(key, name);
    fresh[name] = words;
  }
  if (keys.size > 0)
    doc.change("texts:step.add", (d) => {
      Object.assign(textsOf(d.app), fresh);
    });
  const rename = (ref: TextKey) => (keys.has(ref.text) ? { text: keys.get(ref.text) } : ref);
  return (props) => Object.fromEntries(Object.entries(props).map(([name, value]) => [name, mapKeys(value, rename)]));
}
