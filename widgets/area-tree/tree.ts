// The levels of the paths of assets.
import type { AssetRow } from "@lineside/client";

/** A level of paths: an area, an asset, or an asset with others below. */
export interface Node {
  name: string;
  path: string;
  asset?: AssetRow;
  items: Node[];
}

/** Assets by the levels of their paths below a root, areas and assets by name. Paths are sorted. */
export function treeOf(assets: readonly AssetRow[], root: string): Node[] {
  const top: Node = { name: "", path: root, items: [] };
  const known = new Map<string, Node>([[root, top]]);
  const at = (path: string): Node => {
    const have = known.get(path);
    if (have) return have;
    const cut = path.lastIndexOf("/");
    const above = cut < 0 || cut < root.length ? top : at(path.slice(0, cut));
    const node: Node = { name: path.slice(cut + 1), path, items: [] };
    above.items.push(node);
    known.set(path, node);
    return node;
  };
  for (const a of assets) {
    if (a.path === root) top.asset = a;
    else at(a.path).asset = a;
  }
  // The root itself can be chosen when it is an asset.
  return top.asset ? [{ ...top, name: root.slice(root.lastIndexOf("/") + 1) }] : top.items;
}
