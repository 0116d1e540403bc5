// Animations of widgets: what a value changes of their looks. Every function is one step of undo.
import type { Animation, Field, Manifest, Prop } from "@lineside/client";
import type { Draft } from "immer";
import type { Document } from "./document";
import { same } from "./edit";

/** What is changed of a widget as a whole; everything else is a property of its manifest. */
export const wholes = ["visible", "opacity", "rotate", "scale", "move", "blink"] as const;

const kinds: Record<string, Field["kind"]> = { visible: "bool", blink: "bool" };

/** The field that holds what a step sets: its kind says how it is edited. */
export function setField(what: string, manifest: Manifest | undefined): Field {
  const own = manifest?.settings.find((f) => f.name === what);
  if (own) return { ...own, name: "set", bind: false, required: false, default: undefined };
  const limits = { opacity: { min: 0, max: 1 }, scale: { min: 0 }, rotate: { unit: "°" }, move: { min: 0, max: 1 } };
  return {
    name: "set",
    kind: kinds[what] ?? "float",
    title: { en: what },
    ...limits[what as keyof typeof limits],
  } as Field;
}

/**
 * The properties of a manifest that a value may change. The main value of a widget is bound and not animated, but
 * that of a shape, such as its level, is a look like any other.
 */
export function animated(manifest: Manifest | undefined): Field[] {
  if (manifest?.group) return [];
  return (manifest?.settings ?? []).filter(
    (f) =>
      f.bind &&
      (f.name !== manifest?.drop || manifest.category === "drawing") &&
      ["bool", "int", "float", "color", "string", "text", "enum"].includes(f.kind),
  );
}

/** Whether a value is mapped along a line, and not by steps only. */
export function linear(what: string, manifest: Manifest | undefined): boolean {
  const { kind } = setField(what, manifest);
  return kind === "float" || kind === "int";
}

/** What a new animation begins with, by the type and range of the value that it follows. */
export function newAnimation(
  what: string,
  by: Animation["by"],
  of: { type?: string; low?: number; high?: number },
  manifest: Manifest | undefined,
): Animation {
  const type = of.type ?? "";
  const field = setField(what, manifest);
  const range: [number, number] = [of.low ?? 0, of.high ?? 100];
  const out: Record<string, number[]> = {
    opacity: [0, 1],
    rotate: [0, 360],
    scale: [1, 1.5],
    move: [0, 0, 100, 0],
  };
  if (linear(what, manifest) && type !== "bool")
    return { what, by, in: range, out: out[what] ?? [field.min ?? 0, field.max ?? 100] };
  const given: Record<string, number> = { opacity: 0.4, rotate: 90, scale: 1.25 };
  const on: Prop =
    field.kind === "bool"
      ? true
      : field.kind === "color"
        ? "urgent"
        : (field.options?.[0]?.value ?? given[what] ?? field.max ?? 1);
  const set = field.kind === "string" || field.kind === "text" ? "" : on;
  const fits = type === "bool" ? { is: true } : { from: 1 };
  return field.kind === "bool"
    ? { what, by, steps: [{ ...fits, set }], else: false }
    : { what, by, steps: [{ ...fits, set }] };
}

/** Sets all animations of widgets; an empty list takes them out. */
export function setAnimations(
  doc: Document,
  screenId: string,
  ids: Iterable<string>,
  animations: readonly Animation[],
  merge?: string,
): void {
  const list = [...ids];
  doc.change(
    "animation:step",
    (d) => {
      const s = d.screens[screenId];
      for (const id of list) {
        const w = s?.widgets[id];
        if (!w || same(w.animate ?? [], animations)) continue;
        if (animations.length > 0) w.animate = animations as Draft<Animation[]>;
        else delete w.animate;
      }
    },
    { merge },
  );
}

/** The span of values that an animation tells apart: for a slider that tries it. */
export function span(a: Animation, meta: { low?: number; high?: number } | undefined): [number, number] {
  const edges = [...(a.in ?? []), ...(a.steps ?? []).flatMap((s) => [s.from, s.below])].filter((n) => n !== undefined);
  for (const s of a.steps ?? []) if (typeof s.is === "number") edges.push(s.is);
  if (edges.length === 0) return [meta?.low ?? 0, meta?.high ?? 100];
  const low = Math.min(...edges, meta?.low ?? Number.POSITIVE_INFINITY);
  const high = Math.max(...edges, meta?.high ?? Number.NEGATIVE_INFINITY);
  const more = meta?.low === undefined ? Math.max((high - low) * 0.1, 1) : 0;
  return [low - more, high + more];
}
