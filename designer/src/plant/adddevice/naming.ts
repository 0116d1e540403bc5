// How the tags of a device are named: a template with tokens and filters, then find and replace.
import type { BrowseNode } from "@lineside/client";

/** A node that was chosen, with the names that lead to it. */
export interface Picked {
  node: BrowseNode;
  trail: string[];
}

/** The rule by which names are made. */
export interface NameRule {
  /** `{area}/{device}/{path}/{name|lower}` */
  template: string;
  area: string;
  device: string;
  /** Latin letters, digits, "_" and "-" only; a name that has none becomes tag001. */
  plain: boolean;
  find: string;
  replace: string;
  regex: boolean;
}

export const defaultTemplate = "{area}/{device}/{path}/{name}";

/** The tokens of a template; path1 … path9 and path-1 … path-9 are single levels. */
export const tokens = ["area", "device", "name", "title", "path", "path1", "path-1", "address", "n"] as const;

/** What can be done with a token, behind a bar. */
export const filters = ["lower", "upper", "snake", "kebab", "camel", "plain"] as const;

/** Why a rule cannot be used, and where in it. */
export interface RuleProblem {
  field: "template" | "find";
  kind: "token" | "filter" | "brace" | "empty" | "regex";
  text: string;
}

interface Part {
  literal?: string;
  token?: string;
  argument?: string;
  filters: string[];
}

/** What is not a letter, digit or allowed sign in a level of a path (runtime/tag). */
const foreign = /[^\p{L}\p{Nd}\p{M}_\-.:@ °%()²³·]+/gu;

/** Takes a template apart, or says what is wrong with it. */
export function parseTemplate(template: string): Part[] | RuleProblem {
  const parts: Part[] = [];
  let rest = template;
  while (rest) {
    const open = rest.indexOf("{");
    if (open < 0) {
      if (rest.includes("}")) return { field: "template", kind: "brace", text: "}" };
      parts.push({ literal: rest, filters: [] });
      break;
    }
    if (rest.slice(0, open).includes("}")) return { field: "template", kind: "brace", text: "}" };
    if (open > 0) parts.push({ literal: rest.slice(0, open), filters: [] });
    const close = rest.indexOf("}", open);
    if (close < 0) return { field: "template", kind: "brace", text: "{" };
    const [head = "", ...chosen] = rest
      .slice(open + 1, close)
      .split("|")
      .map((s) => s.trim());
    const [token = "", argument] = head.split(":", 2);
    if (!(tokens as readonly string[]).includes(token) && !/^path-?[1-9]$/.test(token))
      return { field: "template", kind: "token", text: token };
    for (const name of chosen)
      if (!(filters as readonly string[]).includes(name)) return { field: "template", kind: "filter", text: name };
    parts.push({ token, argument, filters: chosen });
    rest = rest.slice(close + 1);
  }
  if (!parts.some((part) => part.token && part.token !== "area" && part.token !== "device"))
    return { field: "template", kind: "empty", text: "" };
  return parts;
}

/** The words of a name: "FlowRate 2" is flow, rate, 2. */
function words(text: string): string[] {
  return text
    .replace(/(\p{Ll}|\p{Nd})(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .split(/[^\p{L}\p{M}\p{Nd}]+/u)
    .filter(Boolean);
}

/** Latin letters without accents, digits, "_" and "-"; everything else goes. */
export function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^A-Za-z0-9_-]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

const filter: Record<(typeof filters)[number], (text: string) => string> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  snake: (text) => words(text).join("_").toLowerCase(),
  kebab: (text) => words(text).join("-").toLowerCase(),
  camel: (text) =>
    words(text)
      .map((word, i) => (i ? word.charAt(0).toUpperCase() + word.slice(1).toLowerCase() : word.toLowerCase()))
      .join(""),
  plain,
};

/** An address in one level: table "holding", address 12 is "holding.12". */
function addressText(address: Record<string, unknown> | undefined): string {
  return Object.values(address ?? {})
    .filter((v) => typeof v === "string" || typeof v === "number")
    .join(".")
    .replaceAll("/", ".");
}

/** One level of a path: what is not allowed becomes "_". */
export function level(text: string): string {
  let out = text.replace(foreign, "_").trim();
  if (/^\.{1,2}$/.test(out)) out = "_";
  while (new TextEncoder().encode(out).length > 128) out = out.slice(0, -1);
  return out.trim();
}

/** Why a text cannot be a path: as runtime/tag sees it. */
export function pathProblem(path: string): "empty" | "level" | "long" | "deep" | "sign" | "reserved" | undefined {
  const levels = path.split("/");
  if (!path) return "empty";
  if (new TextEncoder().encode(path).length > 512) return "long";
  if (levels.length > 16) return "deep";
  for (const part of levels) {
    if (!part || part !== part.trim() || part === "." || part === "..") return "level";
    if (new TextEncoder().encode(part).length > 128) return "long";
    if (part.replace(foreign, "") !== part) return "sign";
  }
  if (levels[0] === "system" || levels[0] === "apps") return "reserved";
}

/** Makes the paths of all that was chosen, in order; a rule that cannot be used gives the problem. */
export function namesOf(picked: readonly Picked[], rule: NameRule): string[] | RuleProblem {
  const parts = parseTemplate(rule.template);
  if (!Array.isArray(parts)) return parts;
  let pattern: RegExp | undefined;
  if (rule.find) {
    try {
      pattern = new RegExp(rule.regex ? rule.find : rule.find.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gu");
    } catch (error) {
      return { field: "find", kind: "regex", text: error instanceof Error ? error.message : String(error) };
    }
  }
  const replacement = rule.regex ? rule.replace : rule.replace.replaceAll("$", "$$$$");
  return picked.map(({ node, trail }, index) => {
    const value = (part: Part): string => {
      if (part.literal !== undefined) return part.literal;
      const apply = (text: string) =>
        part.filters.reduce((t, name) => filter[name as (typeof filters)[number]](t), text);
      const token = part.token ?? "";
      if (token === "n") return String(index + 1).padStart(Number(part.argument) || 0, "0");
      if (token === "area") return rule.area;
      // A level of its own for each name: a "/" in a name makes none.
      if (token === "path") return trail.map((name) => level(apply(name.replaceAll("/", "_")))).join("/");
      const single: Record<string, string> = {
        device: rule.device,
        name: node.name,
        title: node.title || node.name,
        address: addressText(node.address),
      };
      const text = token.startsWith("path") ? (trail.at(pathIndex(token)) ?? "") : (single[token] ?? "");
      return level(apply(text.replaceAll("/", "_")));
    };
    let path = parts.map(value).join("");
    if (pattern) path = path.replace(pattern, replacement);
    const levels = path.split("/").map((text) => text.trim());
    if (!rule.plain) return levels.map(level).filter(Boolean).join("/");
    const number = `tag${String(index + 1).padStart(3, "0")}`;
    return levels
      .map((text, i) => plain(text) || (text && i === levels.length - 1 ? number : ""))
      .filter(Boolean)
      .join("/");
  });
}

function pathIndex(token: string): number {
  const n = Number(token.slice(4));
  return n > 0 ? n - 1 : n;
}

/** What becomes of a path that is in use. */
export type WhenTaken = "stop" | "skip" | "number" | "replace";

/** A tag that will be made, or why not. */
export interface Named extends Picked {
  path: string;
  /** Another of the same name comes before it. */
  double?: boolean;
  /** There is a tag of that path: of a device, an asset, or of its own. */
  taken?: { device?: string; asset?: string };
  problem?: ReturnType<typeof pathProblem>;
  /** It is left out. */
  skipped?: boolean;
}

/** Puts paths and what is known of them together. Names that come twice are numbered if asked. */
export function settle(
  picked: readonly Picked[],
  paths: readonly string[],
  own: ReadonlyMap<string, string>,
  taken: ReadonlyMap<string, { device?: string; asset?: string }>,
  options: { numberDoubles: boolean; whenTaken: WhenTaken },
): Named[] {
  const used = new Set<string>();
  const wanted = new Set(paths);
  const free = (path: string) => {
    for (let n = 2; ; n++) {
      const next = `${path}_${n}`;
      if (!used.has(next) && !taken.has(next) && !wanted.has(next)) return next;
    }
  };
  return picked.map((pick, i) => {
    const given = own.get(pick.node.id);
    const out: Named = { ...pick, path: given ?? paths[i] ?? "" };
    out.problem = pathProblem(out.path);
    if (used.has(out.path)) {
      if (options.numberDoubles && given === undefined) out.path = free(out.path);
      else out.double = true;
    }
    const owner = taken.get(out.path);
    if (owner && !out.double) {
      if (options.whenTaken === "number") out.path = free(out.path);
      else if (options.whenTaken === "skip") out.skipped = true;
      else if (options.whenTaken === "stop" || owner.asset) out.taken = owner;
    }
    used.add(out.path);
    return out;
  });
}
