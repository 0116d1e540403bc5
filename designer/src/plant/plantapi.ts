// Asking for parts of the plant, and changing them: never the whole, however large it is.
import {
  type ApiError,
  type PlantAreaPage,
  type PlantPatch,
  type PlantTag,
  type PlantTagPage,
  type PlantTagRow,
  request,
  type Saved,
  type TagQuery,
  type TagsChange,
  type TagsChanged,
} from "@lineside/client";
import { useEffect, useRef, useState } from "react";
import { asApiError } from "../shell/resource";

type Asked = TagQuery & { sort?: string; offset?: number; limit?: number };

/** The address of tags that are asked for. */
export function tagsAddress(asked: Asked): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(asked))
    if (value !== undefined && value !== "") search.set(key, String(value));
  return `/plant/tags?${search}`;
}

export const findPlantTags = async (asked: Asked): Promise<PlantTagPage> =>
  (await request<PlantTagPage>("GET", tagsAddress(asked))).data;

export const findAreas = async (query: string, limit: number): Promise<PlantAreaPage> =>
  (await request<PlantAreaPage>("GET", `/plant/areas?${new URLSearchParams({ q: query, limit: String(limit) })}`)).data;

/** The tag at a path as it is now, if there is one, and where a new one would stand. */
async function tagAt(path: string): Promise<{ row?: PlantTagRow; own: number; etag: string }> {
  const page = await findPlantTags({ area: path, sort: "path", limit: 1 });
  return { row: page.tags.find((row) => row.tag.path === path), own: page.own, etag: page.etag };
}

/** The tag at a path as it is now. */
export const tagNow = async (path: string): Promise<PlantTag | undefined> => (await tagAt(path)).row?.tag;

const same = (a: PlantTag | undefined, b: PlantTag | undefined) => JSON.stringify(a) === JSON.stringify(b);

/** Somebody else has changed or removed the tag, or made one at that path. */
export class TagChanged extends Error {}

/** How a tag was saved; place is where it stands in the document, for the problems of one that was refused. */
export class TagRefused extends Error {
  constructor(
    readonly failure: ApiError,
    readonly place: number,
  ) {
    super(failure.message);
  }
}

/**
 * Saves one tag that was was before, nothing when it is new. What others do to other tags in between does no harm;
 * when somebody has changed this one it throws TagChanged and nothing is lost.
 */
export async function saveTag(next: PlantTag, was: PlantTag | undefined): Promise<Saved> {
  for (let tries = 1; ; tries++) {
    const now = await tagAt(next.path);
    if (!same(now.row?.tag, was)) throw new TagChanged(next.path);
    try {
      const { data } = await request<Saved>("PATCH", "/plant", { put: { tags: [next] } }, { etag: now.etag });
      return data;
    } catch (error) {
      const failure = asApiError(error);
      if (failure.status === 412 && tries < 5) continue; // something else was changed in between
      throw new TagRefused(failure, now.row?.place ?? now.own);
    }
  }
}

/** Changes or removes many tags, as they were seen in a version of the plant. */
export const changeTags = async (change: TagsChange, etag: string): Promise<TagsChanged> =>
  (await request<TagsChanged>("POST", "/plant/tags/change", change, { etag })).data;

/** Takes a change back, unless somebody has changed the plant since. */
export const undoChange = (changed: TagsChanged): Promise<unknown> =>
  request("PATCH", "/plant", changed.undo satisfies PlantPatch | undefined, { etag: changed.etag });

/**
 * GETs an address, a moment after it has changed, and keeps showing what was found before until the answer is there.
 * again asks once more when it changes. stale says that what is shown is of another address.
 */
export function useFound<T>(
  address: string | undefined,
  again: unknown,
  delay = 150,
): { data?: T; error?: ApiError; stale: boolean } {
  const [state, setState] = useState<{ data?: T; error?: ApiError; of?: string }>({});
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: again is there to ask again
  useEffect(() => {
    if (!address) return;
    const stop = new AbortController();
    const timer = setTimeout(
      () =>
        request<T>("GET", address, undefined, { signal: stop.signal }).then(
          ({ data }) => setState({ data, of: address }),
          (error) => stop.signal.aborted || setState((old) => ({ ...old, error: asApiError(error) })),
        ),
      first.current ? 0 : delay,
    );
    first.current = false;
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [address, again, delay]);
  return { data: state.data, error: state.error, stale: state.of !== address };
}
