// What an asset says otherwise than its model: JSON Merge Patches (RFC 7396).

type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** The value with the patch applied. */
export function merged(value: unknown, patch: unknown): unknown {
  if (!isTree(patch)) return patch;
  const out: Tree = isTree(value) ? { ...value } : {};
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) delete out[key];
    else out[key] = merged(out[key], change);
  }
  return out;
}

/** The patch that makes `to` of `from`; undefined when they are the same. */
export function patchOf(from: unknown, to: unknown): unknown {
  if (!isTree(from) || !isTree(to)) return JSON.stringify(from) === JSON.stringify(to) ? undefined : to;
  const patch: Tree = {};
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (to[key] === undefined) {
      if (from[key] !== undefined) patch[key] = null;
      continue;
    }
    const change = patchOf(from[key], to[key]);
    if (change !== undefined) patch[key] = change;
  }
  return Object.keys(patch).length ? patch : undefined;
}
