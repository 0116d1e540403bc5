// Finding and replacing over names, texts, tags and expressions of an app.
import type { Document } from "./document";
import type { AppState } from "./state";

/** What stands at a place. */
export type FindKind = "name" | "text" | "tag" | "expression";

export const findKinds: readonly FindKind[] = ["name", "text", "tag", "expression"];

/** What is looked for, and where. */
export interface Search {
  query: string;
  /** Capital and small letters differ. */
  matchCase?: boolean;
  /** Not within longer words. */
  word?: boolean;
  /** The query is a regular expression. */
  regex?: boolean;
  /** Only on this screen. */
  screen?: string;
  /** Only places of these kinds; all when left out. */
  kinds?: readonly FindKind[];
  /** In expressions only within tag("…"). */
  tagsOnly?: boolean;
  /** Whether a constant text of a property is one that people read, not a choice such as "left". */
  isText?: (type: string, prop: string) => boolean;
}

/** A part of a text, from its first character to behind its last. */
export type Span = readonly [from: number, to: number];

/** A place where something was found. */
export interface Hit {
  /** Unique among the hits. */
  key: string;
  kind: FindKind;
  /** The screen; "" for what belongs to the app as a whole. */
  screen: string;
  /** The widget; "" for what belongs to the screen. */
  widget: string;
  /** The property as problems name it: "value", "on.click", "name". */
  prop: string;
  /** The way to the text from the document's state. */
  path: readonly (string | number)[];
  text: string;
  /** What of it was found. */
  spans: readonly Span[];
}

/** The regular expression of a search; the error says what is wrong with that of the engineer. */
export function patternOfSearch(s: Pick<Search, "query" | "matchCase" | "word" | "regex">): RegExp {
  const source = s.regex ? s.query : s.query.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // \b knows Latin letters only.
  const whole = s.word ? `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])` : source;
  return new RegExp(whole, s.matchCase ? "gu" : "giu");
}

const tagCall = /\btag\s*\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)\s*\)/g;

/** Where paths of tags stand in an expression, without their quotes. */
export function pathsIn(expression: string): Span[] {
  return [...expression.matchAll(tagCall)].map((m) => {
    const quoted = m[1] as string;
    const from = m.index + m[0].indexOf(quoted) + 1;
    return [from, from + quoted.length - 2];
  });
}

/** What of a text is found. Empty finds are passed over. */
function spansOf(text: string, kind: FindKind, pattern: RegExp, tagsOnly: boolean): Span[] {
  const areas: Span[] = kind === "expression" && tagsOnly ? pathsIn(text) : [[0, text.length]];
  return areas.flatMap(([from, to]) =>
    [...text.slice(from, to).matchAll(pattern)].flatMap((m): Span[] =>
      m[0] ? [[from + m.index, from + m.index + m[0].length]] : [],
    ),
  );
}

/** The text with everything found replaced. With `regex`, $1 and the like stand for groups. */
export function replaced(hit: Pick<Hit, "text" | "kind">, search: Search, by: string): string {
  const pattern = patternOfSearch(search);
  const put = (text: string) =>
    text.replace(pattern, (...found) => {
      const whole = found[0] as string;
      if (!whole) return whole;
      return search.regex ? expand(by, found) : by;
    });
  if (hit.kind !== "expression" || !search.tagsOnly) return put(hit.text);
  let out = "";
  let done = 0;
  for (const [from, to] of pathsIn(hit.text)) {
    out += hit.text.slice(done, from) + put(hit.text.slice(from, to));
    done = to;
  }
  return out + hit.text.slice(done);
}

/** $1, $&, $<name> and $$ of a replacement. The groups stand behind the whole, then the place and the text. */
function expand(by: string, found: unknown[]): string {
  const last = found.at(-1);
  const named = typeof last === "object" ? (last as Record<string, string>) : undefined;
  const groups = found.slice(0, named ? -3 : -2) as (string | undefined)[];
  return by.replace(/\$(\$|&|\d{1,2}|<([^>]*)>)/g, (raw, what: string, name?: string) => {
    if (what === "$") return "$";
    if (what === "&") return groups[0] ?? "";
    if (name !== undefined) return named?.[name] ?? "";
    return Number(what) < groups.length ? (groups[Number(what)] ?? "") : raw;
  });
}

/** Finds in names, texts, tags and expressions, screen by screen; then in what belongs to the app. */
export function find(state: AppState, search: Search): Hit[] {
  if (!search.query) return [];
  const pattern = patternOfSearch(search);
  const hits: Hit[] = [];
  const look = (
    kind: FindKind,
    place: Pick<Hit, "screen" | "widget" | "prop">,
    path: (string | number)[],
    text: unknown,
  ) => {
    if (typeof text !== "string" || text.startsWith("data:") || (search.kinds && !search.kinds.includes(kind))) return;
    const spans = spansOf(text, kind, pattern, !!search.tagsOnly);
    if (spans.length > 0) hits.push({ ...place, key: path.join("/"), kind, path, text, spans });
  };
  const walk = new Walk(look, search.isText ?? (() => true));
  for (const id of state.order) if (!search.screen || search.screen === id) walk.screen(state, id);
  if (!search.screen) walk.app(state);
  return hits;
}

type Look = (
  kind: FindKind,
  place: Pick<Hit, "screen" | "widget" | "prop">,
  path: (string | number)[],
  text: unknown,
) => void;

/** Ids and choices: renamed, not replaced. */
const noText = new Set(["do", "variable", "screen", "as", "level", "what", "part", "id"]);

class Walk {
  constructor(
    private readonly look: Look,
    private readonly isText: (type: string, prop: string) => boolean,
  ) {}

  screen(state: AppState, id: string): void {
    const record = state.screens[id];
    if (!record) return;
    const root = ["screens", id];
    const { screen } = record;
    this.#texts(screen.name, "name", { screen: id, widget: "", prop: "name" }, [...root, "screen", "name"]);
    for (const [i, v] of (screen.variables ?? []).entries())
      this.#texts(v.title, "text", { screen: id, widget: "", prop: "variables" }, [
        ...root,
        "screen",
        "variables",
        i,
        "title",
      ]);
    for (const [event, actions] of Object.entries(screen.on ?? {}))
      this.#any(actions, { screen: id, widget: "", prop: `on.${event}` }, [...root, "screen", "on", event], true);
    for (const widget of record.order) {
      const w = record.widgets[widget];
      if (!w) continue;
      const at = [...root, "widgets", widget];
      const place = (prop: string) => ({ screen: id, widget, prop });
      this.look("name", place("name"), [...at, "name"], w.name);
      for (const [prop, value] of Object.entries(w.props ?? {}))
        this.#any(value, place(prop), [...at, "props", prop], this.isText(w.type, prop));
      for (const [i, a] of (w.animate ?? []).entries())
        this.#any(a.by, place(`animate.${i}`), [...at, "animate", i, "by"], false);
      for (const [event, actions] of Object.entries(w.on ?? {}))
        this.#any(actions, place(`on.${event}`), [...at, "on", event], true);
    }
  }

  app({ app }: AppState): void {
    const place = (prop: string) => ({ screen: "", widget: "", prop });
    this.#texts(app.name, "name", place("name"), ["app", "name"]);
    this.#texts(app.description, "text", place("description"), ["app", "description"]);
    for (const [i, input] of (app.inputs ?? []).entries()) {
      this.#texts(input.title, "text", place(`inputs.${input.id}`), ["app", "inputs", i, "title"]);
      this.look(
        input.kind === "tag" ? "tag" : "text",
        place(`inputs.${input.id}`),
        ["app", "inputs", i, "default"],
        input.default,
      );
    }
    for (const [i, tag] of (app.tags ?? []).entries()) {
      this.#texts(tag.title, "text", place(`tags.${tag.id}`), ["app", "tags", i, "title"]);
      this.look("expression", place(`tags.${tag.id}`), ["app", "tags", i, "expr"], tag.expr);
    }
    for (const [i, alarm] of (app.alarms ?? []).entries()) {
      const here = place(`alarms.${alarm.id}`);
      for (const key of ["title", "message", "cause", "consequence", "action"] as const)
        this.#texts(alarm[key], "text", here, ["app", "alarms", i, key]);
      for (const key of ["when", "suppressWhen"] as const)
        if (alarm[key]) this.look("expression", here, ["app", "alarms", i, key], alarm[key]);
    }
    for (const [key, text] of Object.entries(app.texts ?? {}))
      this.#texts(text, "text", place(`texts.${key}`), ["app", "texts", key]);
    const items = (list: NonNullable<NonNullable<typeof app.navigation>["items"]>, path: (string | number)[]) => {
      for (const [i, item] of list.entries()) {
        this.#texts(item.title, "text", place("navigation"), [...path, i, "title"]);
        items(item.items ?? [], [...path, i, "items"]);
      }
    };
    items(app.navigation?.items ?? [], ["app", "navigation", "items"]);
  }

  /** A text by language. */
  #texts(
    value: Record<string, string> | undefined,
    kind: FindKind,
    place: Pick<Hit, "screen" | "widget" | "prop">,
    path: (string | number)[],
  ): void {
    for (const [lang, text] of Object.entries(value ?? {})) this.look(kind, place, [...path, lang], text);
  }

  /** What a property or an action holds: texts, and bindings with a tag or an expression. */
  #any(
    value: unknown,
    place: Pick<Hit, "screen" | "widget" | "prop">,
    path: (string | number)[],
    texts: boolean,
  ): void {
    if (typeof value === "string") {
      if (texts) this.look("text", place, path, value);
    } else if (Array.isArray(value))
      value.forEach((v, i) => {
        this.#any(v, place, [...path, i], texts);
      });
    else if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value);
      // A text by key is found where the text stands.
      if (entries.length === 1 && entries[0]?.[0] === "text" && typeof entries[0][1] === "string") return;
      for (const [key, inner] of entries) {
        if (noText.has(key)) continue;
        const at = [...path, key];
        if (key === "tag" && typeof inner === "string") this.look("tag", place, at, inner);
        else if ((key === "expr" || key === "if") && typeof inner === "string")
          this.look("expression", place, at, inner);
        else this.#any(inner, place, at, texts);
      }
    }
  }
}

/** Replaces what was found at these places, as one step; a place that changed since is passed over. Answers how many were changed. */
export function replaceHits(doc: Document, hits: readonly Hit[], search: Search, by: string): number {
  let count = 0;
  doc.change("bind:step.replace", (d) => {
    for (const hit of hits) {
      const after = replaced(hit, search, by);
      if (after === hit.text) continue;
      let at: unknown = d;
      for (const key of hit.path.slice(0, -1)) at = (at as Record<string | number, unknown> | undefined)?.[key];
      const last = hit.path.at(-1) as string | number;
      const holder = at as Record<string | number, unknown> | undefined;
      if (!holder || holder[last] !== hit.text) continue;
      if (after === "" && hit.kind === "name" && hit.widget)
        delete holder[last]; // an empty name is none
      else holder[last] = after;
      count++;
    }
  });
  return count;
}
