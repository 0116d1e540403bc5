// Merges what two engineers made of the same draft, record by record and property by property. A property that both changed differently is a clash; nothing else is.
import type { Screen, Widget } from "@lineside/client";
import type { Document } from "./document";
import { mergeLists, mergeOrder } from "./merge-order";
import { type Renamed, renameRecords, settle } from "./merge-settle";
import { type AppState, freshId, type ScreenRecord } from "./state";

/** Whose version holds. */
export type Side = "mine" | "theirs";

/** One thing that both changed differently. */
export interface Clash {
  /** Names it: the same for the same three documents. */
  key: string;
  /** value: a property; removed: one took out what the other changed; order: a sequence; place: where a widget is, with its group. */
  kind: "value" | "removed" | "order" | "place";
  screen?: string;
  widget?: string;
  /** Within the record; empty is the record as a whole. */
  path: readonly string[];
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

/** Both works in one. */
export interface Merged {
  state: AppState;
  clashes: Clash[];
  /** What I added under an id that the other had taken meanwhile has another one now. */
  renamed: Renamed;
}

/** How a value is merged. An atom is one thing: who changed it has it. */
type Shape =
  | "atom"
  | { map: Shape }
  | { fields: Record<string, Shape> }
  | { list: (item: never) => string; item: Shape };

const text: Shape = { map: "atom" };
const byId = (item: { id: string }) => item.id;
const byName = (item: { name: string }) => item.name;
const titled: Shape = { fields: { title: text } };
const entry: { fields: Record<string, Shape> } = { fields: { title: text } };
const entryKey = (item: { screen?: string; title?: Record<string, string> }) =>
  item.screen || `:${item.title?.en ?? ""}`;
const entries: Shape = { list: entryKey, item: entry };
entry.fields.items = entries;

const widgetShape: Shape = {
  fields: {
    props: { map: "atom" },
    on: { map: "atom" },
    cells: { map: "atom" },
    animate: { list: (a: { what: string; part?: string }) => `${a.what}|${a.part ?? ""}`, item: "atom" },
  },
};
const screenShape: Shape = {
  fields: { name: text, on: { map: "atom" }, variables: { list: byId, item: titled } },
};
const appShape: Shape = {
  fields: {
    name: text,
    description: text,
    texts: { map: text },
    inputs: { list: byId, item: titled },
    tags: { list: byId, item: titled },
    alarms: { list: byId, item: titled },
    drawings: { list: byId, item: { fields: {} } },
    widgets: { list: byId, item: { fields: { title: text, summary: text, settings: { list: byName, item: "atom" } } } },
    theme: { fields: {} },
    navigation: { fields: { starts: { map: "atom" }, items: entries } },
  },
};

/** Merges mine and theirs, which were both made from base. Of a clash, `choose` says whose holds: mine, unless told. */
export function merge(
  base: AppState,
  mine: AppState,
  theirs: AppState,
  choose: (key: string) => Side = () => "mine",
): Merged {
  const renamed = namesTaken(base, mine, theirs);
  const own = renameRecords(mine, renamed);
  const m = new Merger(choose);
  const app = m.value(appShape, without(base.app), without(own.app), without(theirs.app), {}, []) as AppState["app"];
  const uses = newest(own.app.uses, theirs.app.uses);
  const screens = m.records(
    base.screens,
    own.screens,
    theirs.screens,
    (id) => ({ screen: id }),
    (id, b, o, t) => m.screen(id, b, o, t),
  );
  const order = m.order(base.order, own.order, theirs.order, screens, {});
  const state = { app: uses ? { ...app, uses } : app, order, screens };
  const done = settle(state, own, theirs, (clash) => m.clash(clash));
  return { state: equalJson(done, own) ? own : equalJson(done, theirs) ? theirs : done, clashes: m.clashes, renamed };
}

/** Takes what somebody else has done to `base`, the draft that both began with, into a document with its history. Answers what it was merged to. */
export function takeIn(doc: Document, base: AppState, theirs: AppState, choose?: (key: string) => Side): Merged {
  const mine = doc.state;
  const merged = merge(base, mine, theirs, choose);
  const own = renameRecords(mine, merged.renamed);
  const { state } = merged;
  const untouched = (path: readonly (string | number)[]): boolean => {
    const [kind, screen = "", part, widget = ""] = path as string[];
    if (kind === "app") return own.app === state.app;
    if (kind !== "screens" || merged.renamed.screens[screen] || merged.renamed.widgets[screen]) return false;
    const [was, is] = [own.screens[screen], state.screens[screen]];
    if (path.length < 3 || !was || !is || was === is) return path.length > 2 && !!was && was === is;
    return part === "widgets" && path.length > 4 && !!was.widgets[widget] && was.widgets[widget] === is.widgets[widget];
  };
  doc.rebase((s) => (s === mine ? state : merge(own, renameRecords(s, merged.renamed), state).state), untouched);
  return merged;
}

/** Which widget types are used follows from the screens; it is no work of anybody. */
function without({ uses: _, ...app }: AppState["app"]): AppState["app"] {
  return app as AppState["app"];
}

function newest(a: Record<string, number> = {}, b: Record<string, number> = {}): Record<string, number> | undefined {
  const all = { ...a };
  for (const [type, version] of Object.entries(b)) all[type] = Math.max(all[type] ?? 0, version);
  return Object.keys(all).length > 0 ? all : undefined;
}

/** Ids that both gave to something new and different: mine gets another one. */
function namesTaken(base: AppState, mine: AppState, theirs: AppState): Renamed {
  const renamed: Renamed = { screens: {}, widgets: {} };
  const given = new Set<string>();
  for (const [id, record] of Object.entries(mine.screens)) {
    const other = theirs.screens[id];
    if (!other) continue;
    if (!base.screens[id]) {
      if (equalJson(record, other)) continue;
      const fresh = freshId(id, (s) => s in mine.screens || s in theirs.screens || s in base.screens || given.has(s));
      given.add(fresh);
      renamed.screens[id] = fresh;
      continue;
    }
    if (record === other) continue;
    const was = base.screens[id]?.widgets ?? {};
    const taken = new Set<string>();
    for (const [w, widget] of Object.entries(record.widgets)) {
      const two = other.widgets[w];
      if (!two || was[w] || equalJson(widget, two)) continue;
      const fresh = freshId(w, (s) => s in record.widgets || s in other.widgets || s in was || taken.has(s));
      taken.add(fresh);
      renamed.widgets[id] = { ...renamed.widgets[id], [w]: fresh };
    }
  }
  return renamed;
}

type At = { screen?: string; widget?: string };

class Merger {
  readonly clashes: Clash[] = [];

  constructor(private readonly choose: (key: string) => Side) {}

  /** Notes a clash and says whose version holds. */
  clash(found: Omit<Clash, "key">): Side {
    const key = JSON.stringify([found.kind, found.screen ?? "", found.widget ?? "", ...found.path]);
    this.clashes.push({ key, ...found });
    return this.choose(key);
  }

  /** Merges records by id; one that only one of the two has left out or added follows that one. */
  records<T>(
    base: Readonly<Record<string, T>>,
    mine: Readonly<Record<string, T>>,
    theirs: Readonly<Record<string, T>>,
    at: (id: string) => At,
    both: (id: string, b: T | undefined, m: T, t: T) => T,
  ): Record<string, T> {
    if (base === mine) return theirs;
    if (base === theirs) return mine;
    const out: Record<string, T> = {};
    for (const id of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
      const [b, m, t] = [base[id], mine[id], theirs[id]];
      if (m && t) out[id] = m === t || b === t ? m : b === m ? t : both(id, b, m, t);
      else if (!b) out[id] = (m ?? t) as T;
      else {
        const left = (m ?? t) as T;
        if (equalJson(left, b)) continue;
        const side = this.clash({ kind: "removed", ...at(id), path: [], base: b, mine: m, theirs: t });
        if ((side === "mine") === !!m) out[id] = left;
      }
    }
    return out;
  }

  screen(id: string, b: ScreenRecord | undefined, m: ScreenRecord, t: ScreenRecord): ScreenRecord {
    const at = { screen: id };
    const screen = this.value(screenShape, b?.screen, m.screen, t.screen, at, []) as Omit<Screen, "widgets">;
    const widgets = this.records(
      b?.widgets ?? {},
      m.widgets,
      t.widgets,
      (widget) => ({ screen: id, widget }),
      (w, wb, wm, wt) => this.widget({ screen: id, widget: w }, wb, wm, wt),
    );
    return { screen, order: this.order(b?.order ?? [], m.order, t.order, widgets, at), widgets };
  }

  widget(at: At, b: Widget | undefined, m: Widget, t: Widget): Widget {
    const merged = this.value(widgetShape, b, m, t, at, ["x", "y", "parent", "pane"]) as Widget;
    const keys = ["parent", "pane", "x", "y"] as const;
    const inGroup = (w: Widget | undefined) => w?.parent ?? "";
    // Within another group the numbers mean another place: they go together.
    if (b && (inGroup(m) !== inGroup(b) || inGroup(t) !== inGroup(b))) {
      const place = (w: Widget) => Object.fromEntries(keys.flatMap((k) => (w[k] === undefined ? [] : [[k, w[k]]])));
      const [pb, pm, pt] = [place(b), place(m), place(t)];
      let side: Side = equalJson(pb, pm) ? "theirs" : "mine";
      if (!equalJson(pb, pm) && !equalJson(pb, pt) && !equalJson(pm, pt))
        side = this.clash({ kind: "place", ...at, path: [], base: pb, mine: pm, theirs: pt });
      return { ...merged, ...(side === "mine" ? pm : pt) } as Widget;
    }
    const out = { ...merged } as Record<string, unknown>;
    for (const k of keys) put(out, k, this.value("atom", b?.[k], m[k], t[k], at, [], [k]));
    return out as unknown as Widget;
  }

  /** The merged sequence of what is there. */
  order(
    b: readonly string[],
    m: readonly string[],
    t: readonly string[],
    there: Readonly<Record<string, unknown>>,
    at: At,
  ): readonly string[] {
    return mergeOrder(
      b,
      m,
      t,
      (id) => id in there,
      () => this.clash({ kind: "order", ...at, path: [], base: b, mine: m, theirs: t }),
    );
  }

  /** Merges one value; undefined is none. Of an object, `leave` names the keys that somebody else merges. */
  value(
    shape: Shape,
    b: unknown,
    m: unknown,
    t: unknown,
    at: At,
    leave: readonly string[],
    path: readonly string[] = [],
  ): unknown {
    if (equalJson(m, t) || equalJson(b, t)) return m;
    if (equalJson(b, m)) return t;
    if (shape !== "atom") {
      if ("list" in shape) {
        const merged = this.list(shape, b, m, t, at, path);
        if (merged) return merged.length > 0 ? merged : undefined;
      } else if (plain(m ?? {}) && plain(t ?? {})) {
        const exact = "map" in shape;
        const out: Record<string, unknown> = {};
        for (const key of new Set([...keysOf(t), ...keysOf(m)])) {
          if (leave.includes(key)) continue;
          const inner = exact ? shape.map : (shape.fields[key] ?? "atom");
          const [kb, km, kt] = [get(b, key), get(m, key), get(t, key)];
          // A field that says nothing may be left out; a key of a map that says nothing says it.
          const value =
            !exact && silent(km) && silent(kt)
              ? (km ?? kt)
              : !exact && silent(kb) && silent(km)
                ? kt
                : !exact && silent(kb) && silent(kt)
                  ? km
                  : this.value(inner, kb, km, kt, at, [], [...path, key]);
          put(out, key, value);
        }
        return Object.keys(out).length > 0 || (m && t) ? out : undefined;
      }
    }
    return this.clash({ kind: "value", ...at, path, base: b, mine: m, theirs: t }) === "mine" ? m : t;
  }

  /** Merges lists of things with names of their own; undefined when a name stands twice, then the list is one thing. */
  list(
    shape: { list: (item: never) => string; item: Shape },
    b: unknown,
    m: unknown,
    t: unknown,
    at: At,
    path: readonly string[],
  ): unknown[] | undefined {
    return mergeLists(
      [b, m, t].map((l) => (l ?? []) as unknown[]) as [unknown[], unknown[], unknown[]],
      shape.list as (item: unknown) => string,
      (key, kb, km, kt) => {
        if (km !== undefined && kt !== undefined) return this.value(shape.item, kb, km, kt, at, [], [...path, key]);
        if (kb === undefined) return km ?? kt;
        const left = km ?? kt;
        if (equalJson(left, kb)) return undefined;
        const clash = { kind: "removed" as const, ...at, path: [...path, key], base: kb, mine: km, theirs: kt };
        return (this.clash(clash) === "mine") === (km !== undefined) ? left : undefined;
      },
      (ob, om, ot) => this.clash({ kind: "order", ...at, path, base: ob, mine: om, theirs: ot }),
    );
  }
}

function plain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const keysOf = (value: unknown) => (plain(value) ? Object.keys(value) : []);
const get = (value: unknown, key: string) => (plain(value) ? (value as Record<string, unknown>)[key] : undefined);

function put(out: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined) delete out[key];
  else out[key] = value;
}

/** Whether a field says nothing: the server leaves such out. */
function silent(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Whether two JSON values are equal, whatever the order of their keys. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const [ka, kb] = [a, b].map((o) => Object.keys(o).filter((k) => (o as Record<string, unknown>)[k] !== undefined)) as [
    string[],
    string[],
  ];
  return (
    ka.length === kb.length &&
    ka.every((k) => equalJson((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]))
  );
}
