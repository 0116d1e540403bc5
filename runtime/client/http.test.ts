import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ApiError, request } from "./http.ts";

let server: Server;
let seen: { method?: string; url?: string; headers: IncomingMessage["headers"]; body: string };
let answer = { status: 200, headers: {} as Record<string, string>, body: "" };

beforeAll(async () => {
  server = createServer((req, res) => {
    let body = "";
    req.on("data", (chunk) => {
      body += chunk;
    });
    req.on("end", () => {
      seen = { method: req.method, url: req.url, headers: req.headers, body };
      res.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const real = globalThis.fetch; // Node has no page whose address a path could be relative to
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => real(base + path, init));
});

afterAll(() => {
  vi.unstubAllGlobals();
  server.close();
});

const json = { "content-type": "application/json" };

describe("request", () => {
  it("sends JSON and reads JSON with its ETag", async () => {
    answer = { status: 200, headers: { ...json, etag: '"7"' }, body: '{"a":1}' };
    const got = await request<{ a: number }>("PUT", "/plant", { x: [1] }, { etag: '"6"' });
    expect(got).toEqual({ status: 200, data: { a: 1 }, etag: '"7"' });
    expect(seen).toMatchObject({ method: "PUT", url: "/api/v1/plant", body: '{"x":[1]}' });
    expect(seen.headers).toMatchObject({ "if-match": '"6"', "content-type": "application/json" });
  });

  it("sends text as CSV and reads an empty answer and one that is not JSON", async () => {
    answer = { status: 204, headers: {}, body: "" };
    expect((await request("POST", "/plant/import", "path,type\n")).data).toBeUndefined();
    expect(seen.headers["content-type"]).toBe("text/csv");
    answer = { status: 200, headers: { "content-type": "text/csv" }, body: "path\na" };
    expect((await request("GET", "/plant/tags.csv")).data).toBe("path\na");
  });

  it("throws what the server says", async () => {
    const problem = {
      code: "etag_mismatch",
      message: "Changed meanwhile.",
      hint: "Load again.",
      at: "/x",
      problems: [{ code: "a", message: "b" }],
    };
    answer = { status: 412, headers: { ...json, etag: '"9"' }, body: JSON.stringify(problem) };
    const error = await request("PUT", "/apps/a/draft", {}).catch((e) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect({ ...error, message: error.message }).toMatchObject({ status: 412, ...problem, etag: '"9"' });
  });

  it("makes an ApiError of everything that goes wrong", async () => {
    answer = { status: 502, headers: { "content-type": "text/html" }, body: "<h1>Bad gateway" };
    await expect(request("GET", "/me")).rejects.toMatchObject({ status: 502, code: "http_502" });
    answer = { status: 200, headers: json, body: "{" };
    await expect(request("GET", "/me")).rejects.toMatchObject({ code: "answer_invalid" });
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(request("GET", "/me")).rejects.toMatchObject({ status: 0, code: "network" });
  });
});
