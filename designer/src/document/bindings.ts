// All that is bound on a screen: properties, animations and the tags of actions; and binding many at once.
import type { Action, Animation, Binding, Prop, Widget } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import { same } from "./edit";
import { structureOf } from "./layout";
import { isBinding, type ScreenRecord } from "./state";

/** One binding of a widget. */
export interface BindingRow {
  /** Unique on the screen. */
  key: string;
  widget: string;
  kind: "prop" | "animate" | "action";
  /** The property, what is animated, or the event. */
  prop: string;
  /** The way from the widget to what holds the binding: ["props", "value"]. */
  path: readonly (string | number)[];
  binding: Binding;
  /** A tag alone may stand here, no expression: what an action writes. */
  tagOnly?: boolean;
}

const cache = new WeakMap<Widget, BindingRow[]>();

/** The bindings of one widget; the same list while the widget is the same. */
export function bindingsOfWidget(w: Widget): readonly BindingRow[] {
  const known = cache.get(w);
  if (known) return known;
  const rows: BindingRow[] = [];
  const add = (kind: BindingRow["kind"], prop: string, path: (string | number)[], binding: Binding, tagOnly = false) =>
    rows.push({
      key: `${w.id}/${path.join("/")}`,
      widget: w.id,
      kind,
      prop,
      path,
      binding,
      ...(tagOnly ? { tagOnly } : {}),
    });
  for (const [prop, value] of Object.entries(w.props ?? {}))
    if (bound(value)) add("prop", prop, ["props", prop], value as Binding);
  for (const [i, a] of (w.animate ?? []).entries()) if (bound(a.by)) add("animate", a.what, ["animate", i, "by"], a.by);
  for (const [event, actions] of Object.entries(w.on ?? {}))
    for (const [i, a] of actions.entries()) {
      if (a.tag) add("action", event, ["on", event, i, "tag"], { tag: a.tag }, true);
      if (bound(a.value)) add("action", event, ["on", event, i, "value"], a.value as Binding);
    }
  cache.set(w, rows);
  return rows;
}

/** Every binding of a screen, in drawing order. */
export function bindingsOf(record: ScreenRecord): BindingRow[] {
  return record.order.flatMap((id) => {
    const w = record.widgets[id];
    return w ? bindingsOfWidget(w) : [];
  });
}

function bound(value: unknown): boolean {
  return isBinding(value) && (!!value.tag || !!value.expr);
}

/** A binding that shall take the place of another. */
export interface Rebinding {
  row: BindingRow;
  binding: Binding;
}

/** Puts other bindings in place of those of a screen, as one step; what is gone in the meantime is passed over. Answers how many. */
export function rebind(doc: Document, screen: string, list: readonly Rebinding[], label = "bind:step.rebind"): number {
  let count = 0;
  doc.change(label, (d) => {
    for (const { row, binding } of list) {
      const w = d.screens[screen]?.widgets[row.widget] as Draft<Widget> | undefined;
      if (!w) continue;
      const [root, name, index] = row.path;
      if (root === "props") {
        if (!w.props || same(w.props[name as string], binding)) continue;
        w.props[name as string] = binding as Draft<Prop>;
      } else if (root === "animate") {
        const a = w.animate?.[name as number] as Draft<Animation> | undefined;
        if (!a || same(a.by, binding)) continue;
        a.by = binding as Draft<Binding>;
      } else {
        const a = w.on?.[name as string]?.[index as number] as Draft<Action> | undefined;
        if (!a) continue;
        if (row.tagOnly) {
          if (!binding.tag || a.tag === binding.tag) continue;
          a.tag = binding.tag;
        } else {
          if (same(a.value, binding)) continue;
          a.value = binding as never;
        }
      }
      count++;
    }
  });
  return count;
}

/** Binds one property of each of many widgets, as one step. */
export function bindMany(
  doc: Document,
  screen: string,
  prop: string,
  bindings: ReadonlyMap<string, Binding>,
  label = "bind:step.many",
): boolean {
  return doc.change(label, (d) => {
    for (const [id, binding] of bindings) {
      const w = d.screens[screen]?.widgets[id] as Draft<Widget> | undefined;
      if (!w || same(w.props?.[prop], binding)) continue;
      if (w.props) w.props[prop] = binding as Draft<Prop>;
      else w.props = { [prop]: binding as Draft<Prop> };
    }
  });
}

/** How widgets are counted: along the lines, down the columns, or as they were drawn. */
export type Order = "rows" | "columns" | "drawn";

/** Widgets in an order in which they are counted. Those whose middles lie within half a height of each other are one line. */
export function inOrder(record: ScreenRecord, ids: readonly string[], order: Order): string[] {
  if (order === "drawn") return record.order.filter((id) => ids.includes(id));
  const { boxes } = structureOf(record);
  const list = ids.flatMap((id) => {
    const box = boxes.get(id);
    return box ? [{ id, x: box.x + box.w / 2, y: box.y + box.h / 2, w: box.w, h: box.h }] : [];
  });
  const [along, across, size] = order === "rows" ? (["x", "y", "h"] as const) : (["y", "x", "w"] as const);
  const sorted = list.toSorted((a, b) => a[across] - b[across] || a[along] - b[along]);
  const lines: (typeof list)[] = [];
  for (const item of sorted) {
    const head = lines.at(-1)?.[0];
    if (head && item[across] - head[across] <= Math.min(head[size], item[size]) / 2) lines.at(-1)?.push(item);
    else lines.push([item]);
  }
  return lines.flatMap((line) => line.toSorted((a, b) => a[along] - b[along]).map((item) => item.id));
}
