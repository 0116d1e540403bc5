import type { App } from "@lineside/client";
import { describe, expect, test, vi } from "vitest";
import { Autosave, Document, fromApp, type SaveError, type SaveState, setApp, toApp } from ".";

const app: App = {
  format: 2,
  id: "a.b",
  version: "1.0.0",
  name: { en: "A" },
  screens: [{ id: "s", name: { en: "S" }, width: 100, height: 100, widgets: [] }],
};

/** A server that keeps one draft as the real one does: If-Match, or 412. */
function server() {
  const s = { body: undefined as unknown, etag: 1, fail: 0, saves: 0, hold: undefined as Promise<void> | undefined };
  const put = async (body: unknown, etag: string) => {
    await s.hold;
    if (s.fail) throw { status: s.fail === 1 ? 0 : s.fail, message: "no" } satisfies SaveError;
    if (etag !== String(s.etag)) throw { status: 412, message: "changed", etag: String(s.etag) } satisfies SaveError;
    s.body = body;
    s.etag++;
    s.saves++;
    return { etag: String(s.etag), problems: [] };
  };
  return { s, put };
}

function setup(delay = 5, lost?: (s: ReturnType<typeof server>["s"], doc: Document) => Promise<string | undefined>) {
  const { s, put } = server();
  const doc = new Document(fromApp(app));
  const states: SaveState["kind"][] = [];
  let kept: { etag: string; body: unknown } | undefined;
  const save = new Autosave(doc, "1", {
    serialize: () => toApp(doc.state),
    put,
    onSaved: () => {},
    onState: (x) => states.push(x.kind),
    stash: (w) => (kept = w),
    lost: lost && (() => lost(s, doc)),
    delay,
  });
  return { s, doc, save, states, kept: () => kept };
}

const name = (body: unknown) => (body as App).name.en;

describe("autosave", () => {
  test("a change is saved after a rest, many changes once", async () => {
    const { s, doc, save } = setup();
    for (const n of ["B", "C", "D"]) setApp(doc, { name: { en: n } });
    await vi.waitFor(() => expect(save.state.kind).toBe("saved"));
    expect([s.saves, name(s.body)]).toEqual([1, "D"]);
    expect(save.clean).toBe(true);
    save.destroy();
  });

  test("undo is saved as any change, and saving forgets no history", async () => {
    const { s, doc, save } = setup();
    setApp(doc, { name: { en: "B" } });
    await save.flush();
    doc.undo();
    await save.flush();
    expect(name(s.body)).toBe("A");
    doc.redo();
    await save.flush();
    expect(name(s.body)).toBe("B");
    save.destroy();
  });

  test("what changes while it is saved is saved next", async () => {
    const { s, doc, save } = setup();
    let go = () => {};
    s.hold = new Promise((resolve) => {
      go = resolve;
    });
    setApp(doc, { name: { en: "B" } });
    const first = save.flush();
    setApp(doc, { name: { en: "C" } });
    s.hold = undefined;
    go();
    expect(await first).toBe(false);
    await vi.waitFor(() => expect(name(s.body)).toBe("C"));
    save.destroy();
  });

  test("a lost race keeps the work until one has chosen", async () => {
    const { s, doc, save, kept } = setup();
    s.etag = 7;
    setApp(doc, { name: { en: "Mine" } });
    expect(await save.flush()).toBe(false);
    expect(save.state.kind).toBe("conflict");
    expect(name(kept()?.body)).toBe("Mine");
    setApp(doc, { name: { en: "More" } });
    expect(name(kept()?.body)).toBe("More");
    expect(s.saves).toBe(0);
    expect(await save.overwrite("7")).toBe(true);
    expect(name(s.body)).toBe("More");
    expect(kept()).toBeUndefined();
    save.destroy();
  });

  test("without a server it is kept and saved when the server is back", async () => {
    const { s, doc, save, kept } = setup();
    s.fail = 1;
    setApp(doc, { name: { en: "B" } });
    await save.flush();
    expect(save.state.kind).toBe("offline");
    setApp(doc, { name: { en: "C" } });
    expect(name(kept()?.body)).toBe("C");
    s.fail = 0;
    expect(await save.flush()).toBe(true);
    expect([name(s.body), kept()]).toEqual(["C", undefined]);
    save.destroy();
  });

  test("what is refused is said, and tried again after the next change", async () => {
    const { s, doc, save, states } = setup();
    s.fail = 422;
    setApp(doc, { name: { en: "B" } });
    await save.flush();
    expect(save.state.kind).toBe("refused");
    s.fail = 0;
    setApp(doc, { name: { en: "C" } });
    await vi.waitFor(() => expect(name(s.body)).toBe("C"));
    expect(states).toContain("dirty");
    save.destroy();
  });

  test("a lost race that could be merged is saved over by itself", async () => {
    const { s, doc, save, states, kept } = setup(5, async (s, doc) => {
      setApp(doc, { version: "2.0.0" }); // what the other did
      return String(s.etag);
    });
    s.etag = 7;
    setApp(doc, { name: { en: "B" } });
    await vi.waitFor(() => expect(save.state.kind).toBe("saved"));
    expect([name(s.body), (s.body as App).version, s.etag]).toEqual(["B", "2.0.0", 8]);
    expect(states).not.toContain("conflict");
    expect(kept()).toBeUndefined();
    save.destroy();
  });

  test("a lost race that clashes waits for a choice, and one whose draft cannot be read for the server", async () => {
    const { s, doc, save, kept } = setup(5, async () => undefined);
    s.etag = 7;
    setApp(doc, { name: { en: "B" } });
    await vi.waitFor(() => expect(save.state.kind).toBe("conflict"));
    expect(name(kept()?.body)).toBe("B");
    expect(await save.overwrite("7")).toBe(true);
    save.destroy();

    const cut = setup(5, () => Promise.reject({ status: 0, message: "no" } satisfies SaveError));
    cut.s.etag = 7;
    setApp(cut.doc, { name: { en: "B" } });
    await vi.waitFor(() => expect(cut.save.state.kind).toBe("offline"));
    expect(name(cut.kept()?.body)).toBe("B");
    cut.save.destroy();
  });
});
