// The tree of areas and assets, by their paths.
import type { Area, Asset, ModelState } from "@lineside/client";
import { matcher } from "./search";

export interface Place {
  path: string;
  /** The last level of the path. */
  name: string;
  asset?: Asset;
  area?: Area;
  children: Place[];
  /** How many assets are here and below. */
  count: number;
}

/** One line of the tree as it is shown. */
export interface Line {
  place: Place;
  level: number;
  /** The how manieth it is of those beside it, from 1 on, and how many these are. */
  at: number;
  of: number;
}

/** The tree over assets and areas, sorted by path. */
export function treeOf(assets: readonly Asset[], areas: readonly Area[]): Place[] {
  const roots: Place[] = [];
  const places = new Map<string, Place>();
  const at = (path: string): Place => {
    const known = places.get(path);
    if (known) return known;
    const cut = path.lastIndexOf("/");
    const place: Place = { path, name: path.slice(cut + 1), children: [], count: 0 };
    places.set(path, place);
    (cut < 0 ? roots : at(path.slice(0, cut)).children).push(place);
    return place;
  };
  for (const area of areas) at(area.path).area = area;
  for (const asset of assets) {
    at(asset.path).asset = asset;
    for (let path = asset.path; ; path = path.slice(0, path.lastIndexOf("/"))) {
      at(path).count++;
      if (!path.includes("/")) break;
    }
  }
  // pump2 stands before pump10.
  const collator = new Intl.Collator("en", { numeric: true });
  const sort = (list: Place[]) => {
    list.sort((a, b) => collator.compare(a.name, b.name));
    for (const place of list) sort(place.children);
  };
  sort(roots);
  return roots;
}

/** The lines that are seen when these places are open. */
export function linesOf(tree: readonly Place[], open: (path: string) => boolean, most = Infinity): Line[] {
  const lines: Line[] = [];
  const walk = (list: readonly Place[], level: number) => {
    for (const [i, place] of list.entries()) {
      if (lines.length >= most) return;
      lines.push({ place, level, at: i + 1, of: list.length });
      if (place.children.length && open(place.path)) walk(place.children, level + 1);
    }
  };
  walk(tree, 1);
  return lines;
}

/** The assets that fit what is searched for. */
export function fitting(assets: readonly Asset[], query: string, models: readonly ModelState[] = []): readonly Asset[] {
  if (!query.trim()) return assets;
  const fits = matcher(query);
  const byId = new Map(models.map((m) => [m.id, m]));
  return assets.filter((asset) => {
    const model = byId.get(asset.model);
    return fits({
      texts: [asset.path, asset.model],
      titles: asset.title,
      types: model?.ancestors ?? [asset.model],
      marks: [asset, model],
    });
  });
}
