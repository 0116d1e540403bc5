// What the editor asks of the server.
import {
  ApiError,
  type App,
  type Catalogue,
  type Change,
  type ExpressionCheck,
  type ExpressionText,
  type Problem,
  type Revision,
  request,
  type TagPage,
  type TagState,
  type TryRequest,
  type TryResult,
} from "@lineside/client";
import type { Saved, SaveError } from "../document";

const path = (installation: string) => `/apps/${encodeURIComponent(installation)}`;

export const loadCatalogue = async (): Promise<Catalogue> => (await request<Catalogue>("GET", "/catalog")).data;

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

/** Reads a document from elsewhere: what is wrong with it, and it in today's format. */
export async function readApp(installation: string, app: App): Promise<{ problems: Problem[]; app: App }> {
  const { data } = await request<{ problems: Problem[] | null; document?: App }>(
    "POST",
    `${path(installation)}/check`,
    {
      document: app,
    },
  );
  return { problems: data.problems ?? [], app: data.document ?? app };
}

/** The published revisions, newest first. */
export async function loadRevisions(installation: string): Promise<Revision[]> {
  return (await request<Revision[] | null>("GET", `${path(installation)}/revisions`)).data ?? [];
}

/** Keeps the draft, or a document, in the history without publishing it; answers its number. `lost` says that it lost a race. */
export async function keepVersion(
  installation: string,
  version: { comment: string; document?: App; lost?: boolean },
): Promise<number> {
  return (await request<{ revision: number }>("POST", `${path(installation)}/revisions`, version)).data.revision;
}

/** Who has the draft open, and the ETag that it has. */
export async function loadEditors(installation: string): Promise<{ people: string[]; etag: string; by?: string }> {
  return (await request<{ people: string[]; etag: string; by?: string }>("GET", `${path(installation)}/editors`)).data;
}

/** Where the draft comes from as a folder of files, packed. */
export const folderAddress = (installation: string): string => `/api/v1${path(installation)}/folder`;

/** Reads a packed folder: what is wrong with it, and the document when it could be read. */
export async function readFolder(installation: string, file: Blob): Promise<{ problems: Problem[]; app?: App }> {
  const headers = { "content-type": "application/zip" };
  const { data } = await request<{ problems: Problem[] | null; document?: App }>(
    "POST",
    `${path(installation)}/folder`,
    file,
    { headers },
  );
  return { problems: data.problems ?? [], app: data.document };
}

/** The document of a revision. */
export async function loadRevision(installation: string, revision: number): Promise<App> {
  return (await request<App>("GET", `${path(installation)}/revisions/${revision}`)).data;
}

/** What publishing would change, or what differs from a revision; and what stands against publishing. */
export async function loadChanges(
  installation: string,
  revision?: number,
): Promise<{ changes: Change[]; problems: Problem[] }> {
  const { data } = await request<{ changes: Change[] | null; problems: Problem[] | null }>(
    "GET",
    `${path(installation)}/changes${revision ? `?revision=${revision}` : ""}`,
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
): Promise<{ tags: TagState[]; next: string }> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (q) query.set("q", q);
  if (after) query.set("after", after);
  const { data } = await request<TagPage>("GET", `/tags?${query}`, undefined, {
    signal,
  });
  return { tags: data.tags, next: data.next ?? "" };
}

/** Tags that a pattern like "area/line*\/speed" selects. */
export async function matchTags(pattern: string, signal?: AbortSignal): Promise<TagState[]> {
  const query = new URLSearchParams({ pattern, limit: "10000" });
  return (await request<TagPage>("GET", `/tags?${query}`, undefined, { signal })).data.tags;
}

/** Checks and evaluates an expression; `more` says what it is for and what it may name besides. */
export async function checkExpression(
  text: string,
  installation: string,
  signal?: AbortSignal,
  more?: Omit<ExpressionText, "text" | "installation">,
): Promise<ExpressionCheck> {
  const body: ExpressionText = { text, installation, ...more };
  const { data } = await request<ExpressionCheck>("POST", "/expressions/check", body, { signal });
  return data;
}

/** What the actions of an event would do, without doing it. */
export async function tryApp(installation: string, ask: TryRequest): Promise<TryResult> {
  const { data } = await request<TryResult>("POST", `${path(installation)}/try`, ask);
  return data;
}
