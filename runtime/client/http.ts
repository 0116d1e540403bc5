// The HTTP API from a page: JSON under /api/v1, one error type.
import type { Problem } from "./types.gen.ts";

const base = "/api/v1";

/** What went wrong with a request, as the server says it; status 0 means that no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly at: string;
  readonly problems: Problem[];
  /** The present ETag, when the document was changed by somebody else (412). */
  readonly etag: string | undefined;

  constructor(status: number, body: Partial<Problem> & { problems?: Problem[] }, etag?: string) {
    super(body.message || `HTTP ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.code = body.code || (status ? `http_${status}` : "network");
    this.hint = body.hint ?? "";
    this.at = body.at ?? "";
    this.problems = body.problems ?? [];
    this.etag = etag;
  }
}

export interface Options {
  /** Sent as If-Match: refuse with 412 unless the document still has this ETag. */
  etag?: string;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export interface Answer<T> {
  status: number;
  data: T;
  etag: string | undefined;
}

/**
 * Asks the API. A body that is a string or Blob is sent as it is (text/csv unless headers say
 * otherwise), anything else as JSON. An answer that is not JSON comes back as a string, an empty
 * one as undefined.
 */
export async function request<T = unknown>(
  method: string,
  path: string,
  body?: unknown,
  { etag, signal, headers }: Options = {},
): Promise<Answer<T>> {
  const head: Record<string, string> = { accept: "application/json", ...headers };
  // The language of the page, which need not be that of the browser.
  const language = globalThis.document?.documentElement.lang;
  if (language) head["accept-language"] ??= language;
  let content: BodyInit | undefined;
  if (typeof body === "string" || body instanceof Blob) {
    head["content-type"] ??= "text/csv";
    content = body;
  } else if (body !== undefined) {
    head["content-type"] ??= "application/json";
    content = JSON.stringify(body);
  }
  if (etag) head["if-match"] = etag;
  let response: Response;
  let text: string;
  try {
    response = await fetch(base + path, { method, headers: head, body: content, signal, credentials: "same-origin" });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, { code: "network", message: String(error) });
  }
  const found = response.headers.get("etag") ?? undefined;
  let data: unknown = text || undefined;
  if (/[/+]json\b/.test(response.headers.get("content-type") ?? "")) {
    try {
      data = JSON.parse(text);
    } catch {
      if (response.ok)
        throw new ApiError(response.status, { code: "answer_invalid", message: "The answer is not JSON." });
    }
  }
  if (!response.ok) throw new ApiError(response.status, typeof data === "object" && data ? data : {}, found);
  return { status: response.status, data: data as T, etag: found };
}
