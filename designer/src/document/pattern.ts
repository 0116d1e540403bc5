// Patterns for binding many: "area/line{n:01}/speed" gives a tag for each widget.

/** What a pattern is filled with for one widget. */
export interface Filling {
  n: number;
  /** What the engineer calls it, else its id. */
  name: string;
  id: string;
}

const placeholder = /\{(n(?::0*\d*)?|name|id)\}/g;

/** The text for one widget. {n:01} has at least two digits, {n:001} three. */
export function fill(pattern: string, w: Filling): string {
  return pattern.replace(placeholder, (_, what: string) => {
    if (what === "name") return w.name;
    if (what === "id") return w.id;
    const width = what.length - 2;
    return width > 0
      ? String(Math.abs(w.n))
          .padStart(width, "0")
          .replace(/^/, w.n < 0 ? "-" : "")
      : String(w.n);
  });
}

/** Whether a pattern gives the same for all. */
export function isConstant(pattern: string): boolean {
  return pattern.search(placeholder) < 0;
}

/** Whether a pattern stands for expressions, not for paths of tags. */
export function isExpression(pattern: string): boolean {
  return /\btag\s*\(|[*+<>=!?"'`]/.test(pattern);
}

/** The pattern of tags that the paths of a pattern are among: what is filled in stands for anything. */
export function wildcard(pattern: string): string {
  return pattern.replace(placeholder, "*");
}

/** A pattern found in what is bound already, with the counter that it begins at and steps by. */
export interface Found {
  pattern: string;
  from: number;
  step: number;
}

/**
 * Makes a pattern of texts: the number in which they differ counts. Of a single text, or of equal ones, the
 * first number of the path does; undefined when there is none, or when they differ in other ways.
 */
export function patternOf(texts: readonly string[]): Found | undefined {
  const parts = texts.map((t) => t.split(/(\d+)/));
  const first = parts[0];
  if (!first) return undefined;
  const rigid = (p: string[]) => p.filter((_, i) => i % 2 === 0).join("\0");
  if (parts.some((p) => p.length !== first.length || rigid(p) !== rigid(first))) return undefined;
  const differing = first.flatMap((_, i) => (i % 2 === 1 && parts.some((p) => p[i] !== first[i]) ? [i] : []));
  const at = differing[0] ?? (first.length > 1 ? 1 : undefined);
  if (at === undefined) return undefined;
  // Numbers that change together are one counter.
  if (differing.some((i) => parts.some((p) => Number(p[i]) !== Number(p[at])))) return undefined;
  const places = new Set(differing.length > 0 ? differing : [at]);
  const numbers = parts.map((p) => Number(p[at]));
  const step = numbers.length > 1 && numbers[1] !== numbers[0] ? (numbers[1] as number) - (numbers[0] as number) : 1;
  const pattern = first.map((part, i) => (places.has(i) ? counter(part) : part)).join("");
  return { pattern, from: numbers[0] as number, step };
}

/** Puts a counter in place of a part of a text: "line1" → "line{n}". */
export function withCounter(text: string, from: number, to: number): Found | undefined {
  const part = text.slice(from, to);
  const digits = /\d+/.exec(part);
  if (!digits) return part ? { pattern: `${text.slice(0, from)}{name}${text.slice(to)}`, from: 1, step: 1 } : undefined;
  const at = from + digits.index;
  return {
    pattern: text.slice(0, at) + counter(digits[0]) + text.slice(at + digits[0].length),
    from: Number(digits[0]),
    step: 1,
  };
}

/** The placeholder of a number: with leading zeros it keeps its width. */
function counter(digits: string): string {
  return digits.length > 1 && digits.startsWith("0") ? `{n:${"0".repeat(digits.length - 1)}1}` : "{n}";
}
