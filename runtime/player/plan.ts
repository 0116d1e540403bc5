import type { Field, Manifest } from "@lineside/client";
import type { Settings } from "@lineside/widgets";

/** What of a manifest is asked for with every widget of its type. */
export interface Plan {
  defaults: Settings;
  /** The settings that a bound tag says itself when they are not set. */
  given: readonly Field[];
  /** The settings that are the id of a drawing. */
  drawings: readonly Field[];
}

const none: Plan = { defaults: {}, given: [], drawings: [] };
const known = new WeakMap<Manifest, Plan>();

/** The plan of a manifest, made once: a large screen has thousands of widgets of a few types. */
export function planOf(manifest: Manifest | undefined): Plan {
  if (!manifest) return none;
  let plan = known.get(manifest);
  if (!plan) {
    const { settings } = manifest;
    const set = settings.filter((f) => f.default !== undefined);
    plan = {
      defaults: Object.fromEntries(set.map((f) => [f.name, f.default])),
      given: settings.filter((f) => f.from !== undefined),
      drawings: settings.filter((f) => f.kind === "drawing"),
    };
    known.set(manifest, plan);
  }
  return plan;
}
