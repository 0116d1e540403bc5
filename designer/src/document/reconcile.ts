// Makes one value of another, by as few changes as possible.
import { isDraft, original } from "immer";

/**
 * Makes target equal to next. Lists are replaced as a whole. Of a draft nothing may have been
 * changed before: what is the same object in both is not looked into.
 */
export function reconcile(target: object, next: object): void {
  make(target as Fields, next as Fields, (isDraft(target) ? original(target) : target) as Fields);
}

type Fields = Record<string, unknown>;

function make(target: Fields, next: Fields, was: Fields): void {
  for (const key of Object.keys(was)) if (!(key in next)) delete target[key];
  for (const [key, value] of Object.entries(next)) {
    const old = was[key];
    if (old === value) continue;
    if (plain(old) && plain(value)) make(target[key] as Fields, value, old);
    else if (JSON.stringify(old) !== JSON.stringify(value)) target[key] = value;
  }
}

function plain(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
