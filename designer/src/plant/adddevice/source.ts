// What a device has: levels of its tree, everything below a node, present values; by the running device or by settings
// that are not saved.
import type { BrowseNode, DeviceValues, Problem } from "@lineside/client";
import { request } from "@lineside/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { asApiError } from "../../shell/resource";
import type { Level } from "./nodetree";

/** A device that runs, or how to connect to one. */
export type Source = { device: string } | { connector: string; settings: Record<string, unknown> };

export const browse = async (source: Source, node: string) =>
  (await request<{ nodes: BrowseNode[] }>("POST", "/devices/browse", { ...source, node })).data.nodes;

/** What lies anywhere below a node. */
export interface Explored {
  /** The trail leads from where exploring began; a group can become a tag as a whole, but so can what lies below. */
  nodes: (BrowseNode & { trail: string[]; group?: boolean })[];
  looked: number;
  complete: boolean;
}

export const explore = async (
  source: Source,
  more: { node?: string; find?: string; limit?: number },
  signal?: AbortSignal,
) => (await request<Explored>("POST", "/devices/explore", { ...source, ...more }, { signal })).data;

/** The levels of the tree that were asked for. */
export function useLevels(source: Source) {
  const [levels, setLevels] = useState<ReadonlyMap<string, Level>>(new Map());
  const of = useRef(source);
  of.current = source;
  const put = useCallback((id: string, level: Level) => setLevels((old) => new Map(old).set(id, level)), []);
  const load = useCallback(
    async (id: string) => {
      try {
        put(id, { nodes: await browse(of.current, id) });
      } catch (error) {
        put(id, { problem: asApiError(error) as Problem });
      }
    },
    [put],
  );
  const reset = useCallback(() => {
    setLevels(new Map());
    void load("");
  }, [load]);
  useEffect(() => reset(), [reset]);
  return { levels, load, reset };
}

/** A present value as it is shown, or undefined when there is none yet. */
export interface Present {
  value: unknown;
  bad?: string;
}

/** How often values are asked for while somebody looks. */
const refresh = 2000;

/**
 * The present values of nodes, asked for again and again while the page is seen. A device that can only push is browsed
 * again instead, at the levels given.
 */
export function usePresent(source: Source, nodes: readonly BrowseNode[], levels: readonly string[]) {
  const [values, setValues] = useState<ReadonlyMap<string, Present>>(new Map());
  const now = useRef({ source, nodes, levels });
  now.current = { source, nodes, levels };
  const pushes = useRef(false);
  useEffect(() => {
    let alive = true;
    let busy = false;
    const look = async () => {
      const { source, nodes, levels } = now.current;
      const asked = nodes.filter((n) => n.address && n.type).slice(0, 200);
      if (busy || document.visibilityState !== "visible" || (!asked.length && !pushes.current)) return;
      busy = true;
      try {
        const found = new Map<string, Present>();
        if (!pushes.current) {
          const points = asked.map(({ address, type }) => ({ address, type }));
          const { data } = await request<DeviceValues>("POST", "/devices/values", { ...source, points });
          pushes.current = !data.supported;
          data.values.forEach((v, i) => {
            const node = asked[i];
            if (node) found.set(node.id, { value: v.value, bad: v.value === null ? v.qualityName : undefined });
          });
        }
        if (pushes.current)
          for (const id of levels.slice(0, 8))
            for (const node of await browse(source, id))
              if (node.value !== undefined) found.set(node.id, { value: node.value });
        if (alive) setValues((old) => new Map([...old, ...found]));
      } catch {
        // The tree says what is wrong when it is opened next; a value that cannot be had now is not shown as new.
        if (alive) setValues(new Map());
      } finally {
        busy = false;
      }
    };
    const first = setTimeout(() => void look(), 100);
    const timer = setInterval(() => void look(), refresh);
    return () => {
      alive = false;
      clearTimeout(first);
      clearInterval(timer);
    };
  }, []);
  return values;
}
