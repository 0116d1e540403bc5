// Copying how a widget looks, or what it is bound to, onto others. Both are clipboards of their own, as JSON.
import type { Field, Manifest, Prop, Widget } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import { same } from "./edit";
import { isBinding } from "./state";

/** The look of a widget: the constants of its look settings, null for those at their defaults. */
export interface StyleClip {
  lineside: "style";
  type: string;
  props: Record<string, Prop>;
}

/** What a widget is bound to and does. */
export interface BindingsClip {
  lineside: "bindings";
  type: string;
  props: Record<string, Prop>;
  on?: Widget["on"];
  animate?: Widget["animate"];
}

type Manifests = ReadonlyMap<string, Manifest>;

/** What of a widget changes. */
type Change = Pick<Widget, "props" | "on" | "animate">;

/** The look of a widget. */
export function copyStyle(widget: Widget, manifest: Manifest): StyleClip {
  const props: Record<string, Prop> = {};
  for (const f of manifest.settings) {
    const value = widget.props?.[f.name];
    // What is bound is no style; what is not set is at its default, and that is carried over as well.
    if (f.group === "look" && !isBinding(value)) props[f.name] = value ?? null;
  }
  return { lineside: "style", type: widget.type, props };
}

/** What a widget is bound to: its bindings, animations and actions. */
export function copyBindings(widget: Widget): BindingsClip {
  const props = Object.fromEntries(Object.entries(widget.props ?? {}).filter(([, v]) => isBinding(v)));
  const clip: BindingsClip = { lineside: "bindings", type: widget.type, props };
  if (widget.on && Object.keys(widget.on).length > 0) clip.on = widget.on;
  if (widget.animate?.length) clip.animate = widget.animate;
  return clip;
}

/** Whether there is anything on a clip of bindings. */
export function hasBindings(clip: BindingsClip): boolean {
  return Object.keys(clip.props).length > 0 || !!clip.on || !!clip.animate?.length;
}

/** Reads a clip of a kind; undefined when it is something else. */
export function readAs<T extends StyleClip | BindingsClip>(text: string, kind: T["lineside"]): T | undefined {
  try {
    const clip = JSON.parse(text) as T;
    return clip?.lineside === kind && typeof clip.type === "string" && plain(clip.props) ? clip : undefined;
  } catch {
    return undefined;
  }
}

/** A widget's properties with a style put on, or undefined when it takes nothing of it or has it all. */
function styled(w: Widget, clip: StyleClip, manifests: Manifests): Change | undefined {
  const to = manifests.get(w.type);
  const from = manifests.get(clip.type);
  if (!to) return undefined;
  const props = { ...w.props };
  for (const [name, value] of Object.entries(clip.props)) {
    const mine = to.settings.find((f) => f.name === name);
    const theirs = from?.settings.find((f) => f.name === name);
    if (mine?.group !== "look" || isBinding(props[name]) || (theirs && theirs.kind !== mine.kind)) continue;
    if (value !== null && !allows(mine, value)) continue;
    const wanted =
      value ?? (same(mine.default, theirs?.default) ? null : ((theirs?.default as Prop | undefined) ?? null));
    if (wanted === null) delete props[name];
    else props[name] = wanted;
  }
  return same(props, w.props ?? {}) ? undefined : { props };
}

function allows(f: Field, value: Prop): boolean {
  return f.kind !== "enum" || !!f.options?.some((o) => o.value === value);
}

/** Events and animations that every widget has. */
const everyEvent = new Set(["click", "double", "down", "up", "long", "enter", "leave"]);
const everyAnimation = new Set(["visible", "opacity", "rotate", "scale", "move", "blink"]);

/** A widget with bindings put on, or undefined when it takes none of them or has them all. */
function bound(w: Widget, clip: BindingsClip, manifests: Manifests): Change | undefined {
  const to = manifests.get(w.type);
  const from = manifests.get(clip.type);
  if (!to) return undefined;
  const props = { ...w.props };
  for (const [name, value] of Object.entries(clip.props)) {
    // What a tag is dropped on is the same thing in two widgets, whatever it is called.
    const own = to.settings.find((f) => f.name === name && f.bind);
    const main = from?.drop === name ? to.settings.find((f) => f.name === to.drop) : undefined;
    const field = main ?? own;
    if (field) props[field.name] = value;
  }
  const change: Change = { props };
  const on = Object.entries(clip.on ?? {}).filter(
    ([event]) => everyEvent.has(event) || to.events?.some((e) => e.name === event),
  );
  if (on.length > 0) change.on = { ...w.on, ...Object.fromEntries(on) };
  const animate = clip.animate?.filter((a) =>
    a.part ? w.type === clip.type : everyAnimation.has(a.what) || to.settings.some((f) => f.name === a.what),
  );
  if (animate?.length) change.animate = animate;
  const all = { props: w.props ?? {}, ...(change.on && { on: w.on }), ...(change.animate && { animate: w.animate }) };
  return same(change, all) ? undefined : change;
}

function changesOf(
  widgets: readonly Widget[],
  clip: StyleClip | BindingsClip,
  manifests: Manifests,
): Map<string, Change> {
  const out = new Map<string, Change>();
  for (const w of widgets) {
    const change = clip.lineside === "style" ? styled(w, clip, manifests) : bound(w, clip, manifests);
    if (change) out.set(w.id, change);
  }
  return out;
}

/** Whether any of the widgets would change by a clip. */
export function takesClip(widgets: readonly Widget[], clip: StyleClip | BindingsClip, manifests: Manifests): boolean {
  return changesOf(widgets, clip, manifests).size > 0;
}

/** Puts a style or bindings on widgets, as far as each can have them, and answers how many changed. */
export function pasteOnto(
  doc: Document,
  screenId: string,
  ids: Iterable<string>,
  clip: StyleClip | BindingsClip,
  manifests: Manifests,
): number {
  const screen = doc.state.screens[screenId];
  if (!screen) return 0;
  const list = [...ids].flatMap((id) => screen.widgets[id] ?? []);
  const changes = changesOf(list, structuredClone(clip), manifests);
  doc.change(`canvas:step.${clip.lineside}`, (d) => {
    for (const [id, change] of changes) {
      const w = d.screens[screenId]?.widgets[id] as Draft<Widget>;
      for (const key of ["on", "animate"] as const)
        if (change[key] && !same(w[key], change[key])) Object.assign(w, { [key]: change[key] });
      writeProps(w, change.props ?? {});
    }
  });
  return changes.size;
}

/** Writes only those properties that differ. */
function writeProps(w: Draft<Widget>, props: Record<string, Prop>): void {
  const now = w.props ?? {};
  for (const name of Object.keys(now)) if (!(name in props)) delete now[name];
  for (const [name, value] of Object.entries(props)) if (!same(now[name], value)) now[name] = value as Draft<Prop>;
  if (Object.keys(now).length === 0) delete w.props;
  else if (!w.props) w.props = now;
}

function plain(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
