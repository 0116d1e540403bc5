// What the editor asks of the server.
import { ApiError, type App, type Manifest, type Problem, request, type TagType } from "@lineside/client";
import type { Saved, SaveError } from "../document";

/** A function of expressions, as the catalogue describes it. */
export interface FunctionInfo {
  name: string;
  signature: string;
  summary: Record<string, string>;
}

/** What the editor takes from the catalogue. */
export interface CatalogueInfo {
  widgets: Manifest[];
  functions: FunctionInfo[];
  qualities: Record<string, string>;
}

/** A tag with its present value. */
export interface TagInfo {
  path: string;
  type: TagType;
  unit?: string;
  title?: string;
  value: unknown;
  quality: number;
  qualityName: string;
  writable: boolean;
  device?: string;
  kind: string;
}

/** What an expression gives now, or why it gives nothing. */
export interface ExpressionInfo {
  type: string;
  problems: Problem[];
  value: unknown;
  quality: number;
  qualityName?: string;
  tags: string[];
}

/** One difference between the draft and the published revision. */
export interface Change {
  kind: "added" | "removed" | "changed";
  at: string;
  what?: string;
  text: Record<string, string>;
}

const path = (installation: string) => `/apps/${encodeURIComponent(installation)}`;

export const loadCatalogue = async (): Promise<CatalogueInfo> => (await request<CatalogueInfo>("GET", "/catalog")).data;

/** Reads the draft with its ETag. */
export async function loadDraft(installation: string): Promise<{ app: App; etag: string }> {
  const { data, etag } = await request<App>("GET", `${path(installation)}/draft`);
  return { app: data, etag: etag ?? "" };
}

/** Saves the draft if nobody else has since; throws a SaveError. */
export async function saveDraft(installation: string, app: unknown, etag: string): Promise<Saved<Problem>> {
  try {
    const answer = await request<{ etag: string; problems: Problem[] | null }>(
      "PUT",
      `${path(installation)}/draft`,
      app,
      { etag },
    );
    return { etag: answer.data.etag || answer.etag || etag, problems: answer.data.problems ?? [] };
  } catch (error) {
    const e = error instanceof ApiError ? error : new ApiError(0, { message: String(error) });
    throw { status: e.status, message: e.message, hint: e.hint, etag: e.etag } satisfies SaveError;
  }
}

/** Checks a document without saving it. */
export async function checkApp(installation: string, app: unknown): Promise<Problem[]> {
  const { data } = await request<{ problems: Problem[] | null }>("POST", `${path(installation)}/check`, app);
  return data.problems ?? [];
}

/** What publishing would change, and what stands against it. */
export async function loadChanges(installation: string): Promise<{ changes: Change[]; problems: Problem[] }> {
  const { data } = await request<{ changes: Change[] | null; problems: Problem[] | null }>(
    "GET",
    `${path(installation)}/changes`,
  );
  return { changes: data.changes ?? [], problems: data.problems ?? [] };
}

/** Publishes the draft that has this ETag and answers the number of the revision. */
export async function publish(installation: string, comment: string, etag: string): Promise<number> {
  return (await request<{ revision: number }>("POST", `${path(installation)}/publish`, { comment }, { etag })).data
    .revision;
}

/** Tags whose path or title has a text in it. */
export async function findTags(
  q: string,
  limit: number,
  after = "",
  signal?: AbortSignal,
): Promise<{ tags: TagInfo[]; next: string }> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (q) query.set("q", q);
  if (after) query.set("after", after);
  const { data } = await request<{ tags: TagInfo[] | null; next?: string }>("GET", `/tags?${query}`, undefined, {
    signal,
  });
  return { tags: data.tags ?? [], next: data.next ?? "" };
}

/** Checks and evaluates an expression. */
export async function checkExpression(
  text: string,
  installation: string,
  signal?: AbortSignal,
): Promise<ExpressionInfo> {
  const { data } = await request<ExpressionInfo>("POST", "/expressions/check", { text, installation }, { signal });
  return { ...data, problems: data.problems ?? [], tags: data.tags ?? [] };
}
