// The values of many tags as rows of a table know them.
import { formatted, type LiveValue } from "@lineside/client";
import { type Look, look } from "@lineside/scene";
import { fixed, textOf } from "../kit";
import type { TagFacts } from "../tagsource";
import type { Env, Lang } from "../view";

/** How many tags a table follows. */
export const mostTags = 10_000;

/** How a value of a tag may be trusted; waiting while none has come. */
export function lookOf(v: LiveValue | undefined): Look {
  if (!v) return "waiting";
  const k = look(v.q);
  return v.v === null || v.v === undefined ? (k === "waiting" ? k : "bad") : k;
}

/** A value with the decimals of its tag, without its unit. */
export function valueText(v: unknown, facts: TagFacts | undefined, lang: Lang): string {
  const decimals = facts?.decimals as number | undefined;
  const own = formatted(facts?.format, v, lang);
  if (own !== undefined) return own;
  if (typeof v === "number") return fixed(v, decimals ?? (facts?.type === "int" ? 0 : undefined));
  return textOf(v, decimals, lang);
}

/** What a column is sorted by. */
export const sortValue = (v: LiveValue | undefined): string | number | undefined => {
  const k = lookOf(v);
  if (k === "bad" || k === "waiting") return undefined;
  return typeof v?.v === "number" ? v.v : typeof v?.v === "boolean" ? Number(v.v) : String(v?.v);
};

/** Date and time to the second, or to the millisecond. */
export function stamp(t: number | undefined, fine = false): string {
  if (!t) return "";
  return formatted("datetime", fine ? t : Math.floor(t / 1000) * 1000) ?? "";
}

/** Values by path, as they come; what is said is drawn in the next frame of the table. */
export class TagValues {
  readonly values = new Map<string, LiveValue>();
  readonly facts = new Map<string, TagFacts>();
  private off: (() => void) | undefined;
  private gone = false;

  constructor(
    private readonly env: Env,
    private readonly changed: () => void,
  ) {}

  value(path: string): LiveValue | undefined {
    return this.env.connected ? this.values.get(path) : undefined;
  }

  /** Follows the tags that patterns match; found is called with all of them whenever there are more. */
  follow(patterns: readonly string[], found: (paths: readonly string[]) => void, refused: (why: string) => void): void {
    this.off?.();
    this.values.clear();
    if (patterns.length === 0 || !this.env.tags || this.gone) return;
    const parts = new Set<string>();
    this.off = this.env.tags.watch(patterns, {
      found(paths) {
        for (const p of paths) parts.add(p);
        found([...parts]);
      },
      values: (changed) => {
        for (const [path, v] of changed) this.values.set(path, v);
        this.changed();
      },
      lost: () => {
        this.values.clear();
        this.changed();
      },
      refused,
    });
  }

  /** Asks what tags say of themselves; some may not be told. */
  async ask(pattern: string): Promise<readonly TagFacts[]> {
    const list = (await this.env.tags?.tags(pattern, mostTags)) ?? [];
    if (!this.gone) for (const f of list) this.facts.set(f.path, f);
    return list;
  }

  destroy(): void {
    this.gone = true;
    this.off?.();
  }
}

/** The paths of a list of tags: of a setting that a person or an expression gives. */
export function pathsIn(v: unknown): string[] {
  const list = Array.isArray(v) ? v : typeof v === "string" ? v.split(/[\n,]/) : [];
  const out = new Set<string>();
  for (const x of list) {
    if (out.size >= mostTags) break;
    const text = typeof x === "string" ? x : typeof x === "object" && x !== null ? (x as { tag?: unknown }).tag : "";
    if (typeof text === "string" && text.trim() !== "" && text.length <= 512) out.add(text.trim());
  }
  return [...out];
}

/** A pattern that selects all of the paths and not much more, for one question about them. */
export function patternOver(paths: readonly string[]): string {
  if (paths.length === 1) return paths[0] as string;
  const first = paths[0]?.split("/") ?? [];
  let n = Math.max(0, first.length - 1);
  for (const p of paths) {
    const s = p.split("/");
    let k = 0;
    while (k < n && k < s.length - 1 && s[k] === first[k]) k++;
    n = k;
  }
  return n === 0 ? "**" : `${first.slice(0, n).join("/")}/**`;
}
