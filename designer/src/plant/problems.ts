// Problems of a document as a part of it sees them, and ids made of names.
import type { Problem } from "@lineside/client";

/** The problems below a place, as that place sees them. */
export function below(problems: Problem[], place: string): Problem[] {
  return problems.flatMap((problem) => {
    const at = problem.at?.split(place)[1];
    return at === undefined ? [] : [{ ...problem, at }];
  });
}

/** What is said of one place, and of nothing below it. */
export const said = (problems: Problem[], at: string) => problems.find((p) => p.at === at)?.message;

/** Makes an id of a name: latin letters, digits and "-"; a number keeps it unique. */
export function idFrom(name: string, taken: Set<string>, fallback: string): string {
  const base =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 56) || fallback;
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  return id;
}
