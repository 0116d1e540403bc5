import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live, LiveError, type Status, View } from "./live.ts";

/** The one thing that is faked: the socket under the client. The test plays the server. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    return FakeSocket.all[FakeSocket.all.length - 1] as FakeSocket;
  }
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number }) => void;
  sent: Record<string, unknown>[] = [];
  ended = false;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.ended = true;
  }
  open(): void {
    this.onopen?.();
  }
  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  drop(code = 1006): void {
    this.onclose?.({ code });
  }
  asked(op: string): Record<string, unknown>[] {
    return this.sent.filter((m) => m.op === op);
  }
}

const options = { url: "ws://plant/api/v1/live" };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no server")));
  FakeSocket.all = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("watch", () => {
  it("gets the values of the reply, then those of the frames", () => {
    const live = new Live(options);
    const view = live.watch(["line/*"]);
    const seen: unknown[] = [];
    view.on("values", (changed) => seen.push([...changed]));
    FakeSocket.last.open();
    const ask = FakeSocket.last.asked("watch")[0];
    expect(ask).toEqual({ id: 1, op: "watch", tags: ["line/*"] });
    FakeSocket.last.say({ id: 1, ok: true, view: 9, slots: [[0, "line/a"]], t: 1000, v: [[0, 5]] });
    expect(view.value("line/a")).toEqual({ v: 5, q: 0, t: 1000 });
    FakeSocket.last.say({ op: "values", view: 9, t: 2000, v: [[0, null, 0x80310000, 1500]] });
    expect(view.value("line/a")).toEqual({ v: null, q: 0x80310000, t: 1500 });
    FakeSocket.last.say({ op: "slots", view: 9, slots: [[1, "line/b"]] });
    FakeSocket.last.say({ op: "values", view: 9, t: 3000, v: [[1, "x", 0x40000000]] });
    expect(view.value("line/b")).toEqual({ v: "x", q: 0x40000000, t: 3000 });
    FakeSocket.last.say({ op: "values", view: 8, t: 3000, v: [[0, 99]] });
    expect(view.value("line/a")?.v).toBe(null);
    expect(seen).toHaveLength(3);
    live.close();
  });

  it("of a view that was closed before the reply is closed at the server", () => {
    const live = new Live(options);
    FakeSocket.last.open();
    const view = live.watch(["a"]);
    view.close();
    FakeSocket.last.say({ id: 1, ok: true, view: 4, t: 1, v: [] });
    expect(FakeSocket.last.asked("close")).toEqual([{ id: 2, op: "close", view: 4 }]);
    live.close();
  });
});

describe("a lost connection", () => {
  it("is noticed, comes back and opens its views again", () => {
    const live = new Live({ ...options, minWait: 100, maxWait: 1000 });
    const states: Status[] = [];
    live.on("status", (s) => states.push(s));
    const view = live.open({ installation: "boiler", screen: "main" });
    FakeSocket.last.open();
    FakeSocket.last.say({ id: 1, ok: true, view: 1, revision: 2, bindings: [], t: 1, v: [[0, 1]] });
    const heard = Date.now();
    vi.advanceTimersByTime(500);
    FakeSocket.last.drop();
    expect(live.status).toBe("lost");
    expect(live.since).toBe(heard);
    expect(view.values.get(0)?.v).toBe(1);
    vi.advanceTimersByTime(200);
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.last.open();
    const ask = FakeSocket.last.asked("open")[0];
    expect(ask).toMatchObject({ installation: "boiler", screen: "main" });
    FakeSocket.last.say({ id: ask?.id, ok: true, view: 7, revision: 3, bindings: [], t: 2, v: [[0, 2]] });
    expect([view.revision, view.values.get(0)?.v, view.number]).toEqual([3, 2, 7]);
    expect(states).toEqual(["open", "lost", "open"]);
    live.close();
  });

  it("is tried again ever more slowly, with jitter", () => {
    const live = new Live({ ...options, minWait: 100, maxWait: 1600 });
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const count = FakeSocket.all.length;
      const from = Date.now();
      FakeSocket.last.drop();
      while (FakeSocket.all.length === count) vi.advanceTimersByTime(10);
      waits.push(Date.now() - from);
    }
    waits.forEach((wait, i) => {
      const middle = Math.min(1600, 100 * 2 ** i);
      expect(wait).toBeGreaterThanOrEqual(middle * 0.5);
      expect(wait).toBeLessThanOrEqual(middle * 1.5 + 10);
    });
    expect(live.status).toBe("lost");
    live.close();
  });

  it.each([
    [4000, true],
    [4001, true],
    [4499, true],
    [1006, true],
    [4500, false],
    [4501, false],
    [4999, false],
  ])("with close code %i comes back: %s", (code, back) => {
    const live = new Live(options);
    FakeSocket.last.open();
    FakeSocket.last.drop(code);
    vi.advanceTimersByTime(60000);
    expect(FakeSocket.all.length > 1).toBe(back);
    expect(live.ended).toBe(back ? 0 : code);
    expect(live.status).toBe("lost");
    live.close();
  });

  it("that was refused for want of a login is not tried again", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (url: URL) => {
      asked.push(String(url));
      return { status: 401 };
    });
    const live = new Live(options);
    const ended: number[] = [];
    live.on("ended", (code) => ended.push(code));
    FakeSocket.last.drop();
    await vi.advanceTimersByTimeAsync(60000);
    expect(asked).toEqual(["http://plant/api/v1/me"]);
    expect([FakeSocket.all.length, live.ended, live.status]).toEqual([1, 4501, "lost"]);
    expect(ended).toEqual([4501]);
  });

  it("is found by silence when nothing says so", () => {
    const live = new Live({ ...options, silence: 1000 });
    FakeSocket.last.open();
    vi.advanceTimersByTime(1600);
    expect(FakeSocket.last.asked("ping").length).toBeGreaterThan(0);
    FakeSocket.last.say({ id: 1, ok: true });
    vi.advanceTimersByTime(1600);
    expect(live.status).toBe("open");
    const first = FakeSocket.last;
    vi.advanceTimersByTime(2000);
    expect(live.status).toBe("lost");
    expect(first.ended).toBe(true);
    live.close();
  });
});

describe("a revision", () => {
  it("opens the screens of its installation again, the old view stays until the new one is there", () => {
    const live = new Live(options);
    FakeSocket.last.open();
    const view = live.open({ installation: "a" });
    const other = live.open({ installation: "b" });
    const socket = FakeSocket.last;
    socket.say({ id: 1, ok: true, view: 1, t: 1, v: [[0, 1]] });
    socket.say({ id: 2, ok: true, view: 2, t: 1, v: [[0, 1]] });
    socket.say({ op: "notice", code: "revision", installation: "a" });
    vi.advanceTimersByTime(1000);
    expect(socket.asked("open")).toHaveLength(3);
    socket.say({ op: "values", view: 1, t: 2, v: [[0, 2]] });
    expect(view.values.get(0)?.v).toBe(2);
    socket.say({ id: 3, ok: true, view: 3, revision: 5, t: 3, v: [[0, 3]] });
    expect(socket.asked("close")).toEqual([{ id: 4, op: "close", view: 1 }]);
    expect([view.number, view.revision, other.number]).toEqual([3, 5, 2]);
    live.close();
  });

  it("that cannot be opened is an error of the view, not of the connection", async () => {
    const live = new Live(options);
    FakeSocket.last.open();
    const view = live.open({ installation: "gone" });
    const errors: LiveError[] = [];
    view.on("error", (e) => errors.push(e));
    FakeSocket.last.say({ id: 1, error: { code: "screen_unknown", message: "There is no such screen." } });
    expect(errors[0]).toBeInstanceOf(LiveError);
    expect(view.error?.code).toBe("screen_unknown");
    expect(live.status).toBe("open");
    live.close();
  });
});

describe("write", () => {
  it("ends with the result, or with the refusal", async () => {
    const live = new Live(options);
    FakeSocket.last.open();
    const good = live.write("line/setpoint", 5, "because");
    expect(FakeSocket.last.sent[0]).toEqual({ id: 1, op: "write", tag: "line/setpoint", value: 5, reason: "because" });
    FakeSocket.last.say({ id: 1, ok: true, result: { outcome: "good", old: 1, new: 5 } });
    await expect(good).resolves.toEqual({ outcome: "good", old: 1, new: 5 });
    const refused = live.write("x", 1);
    FakeSocket.last.say({ id: 2, error: { code: "too_many_writes", message: "Too many." } });
    await expect(refused).rejects.toMatchObject({ code: "too_many_writes" });
    live.close();
  });

  it("is never sent later, and never twice", async () => {
    const live = new Live(options);
    await expect(live.write("a", 1)).rejects.toMatchObject({ code: "not_connected" });
    FakeSocket.last.open();
    expect(FakeSocket.last.asked("write")).toHaveLength(0);
    const under = live.write("a", 2);
    FakeSocket.last.drop();
    await expect(under).resolves.toEqual({ outcome: "unknown", code: "connection_lost" });
    vi.advanceTimersByTime(1000);
    FakeSocket.last.open();
    expect(FakeSocket.last.asked("write")).toHaveLength(0);
    live.close();
  });

  it("by an event of a view names the view as it is now", async () => {
    const live = new Live(options);
    FakeSocket.last.open();
    const view = live.open({ installation: "a" });
    expect(view).toBeInstanceOf(View);
    await expect(view.event("w", "click")).rejects.toMatchObject({ code: "not_connected" });
    FakeSocket.last.say({ id: 1, ok: true, view: 12, t: 1, v: [] });
    const done = view.event("w", "set", 5);
    expect(FakeSocket.last.asked("event")[0]).toEqual({
      id: 2,
      op: "event",
      view: 12,
      widget: "w",
      name: "set",
      data: 5,
    });
    FakeSocket.last.say({ id: 2, ok: true, effects: [{ do: "close" }] });
    await expect(done).resolves.toEqual({ result: undefined, effects: [{ do: "close" }] });
    live.close();
  });
});
