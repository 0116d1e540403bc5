// Paths as the tree that they say.
import type { Look } from "@lineside/scene";
import type { AssetFacts, TagFacts } from "../tagsource";

export interface Node {
  path: string;
  title: string;
  kind: "area" | "asset" | "tag";
  children?: Node[];
  /** The tags in and below it. */
  tags: string[];
}

/** The tree of tags below an area: areas first, each level by name. Without `leaves` it ends with areas and assets. */
export function treeOf(
  paths: readonly string[],
  area: string,
  facts: ReadonlyMap<string, TagFacts>,
  assets: readonly AssetFacts[],
  leaves: boolean,
): Node[] {
  const named = new Map(assets.map((a) => [a.path, a]));
  const nodes = new Map<string, Node>();
  const roots: Node[] = [];
  const holder = (path: string): Node => {
    const known = nodes.get(path);
    if (known) return known;
    const asset = named.get(path);
    const name = path.slice(path.lastIndexOf("/") + 1);
    const node: Node = { path, title: asset?.title || name, kind: asset ? "asset" : "area", children: [], tags: [] };
    nodes.set(path, node);
    const up = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    if (up === area || up === "") roots.push(node);
    else holder(up).children?.push(node);
    return node;
  };
  for (const path of paths) {
    if (area !== "" && !path.startsWith(`${area}/`)) continue;
    const up = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    const title = facts.get(path)?.title || path.slice(path.lastIndexOf("/") + 1);
    const leaf: Node = { path, title, kind: "tag", tags: [path] };
    if (up === area || up === "") {
      if (leaves) roots.push(leaf);
      continue;
    }
    if (leaves) holder(up).children?.push(leaf);
    for (let p = up; p !== area && p !== ""; p = p.includes("/") ? p.slice(0, p.lastIndexOf("/")) : "")
      holder(p).tags.push(path);
  }
  const order = (list: Node[]) => {
    list.sort(
      (a, b) =>
        Number(!a.children) - Number(!b.children) ||
        a.title.localeCompare(b.title, undefined, { numeric: true, sensitivity: "base" }),
    );
    for (const n of list) if (n.children) order(n.children);
  };
  order(roots);
  return roots;
}

/** How many of the tags in and below a node are bad. */
export function worstOf(n: Node, look: (path: string) => Look): { bad: number; total: number } {
  let bad = 0;
  for (const p of n.tags) if (look(p) === "bad") bad++;
  return { bad, total: n.tags.length };
}
