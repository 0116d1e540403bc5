import type { Drawing, Manifest, ScriptedWidget } from "@lineside/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Compiled, OwnCatalogue } from "./catalogue";

const widget = (id: string, svg: string): ScriptedWidget => ({
  id,
  version: 1,
  title: { en: id },
  size: { width: 10, height: 10 },
  svg,
});

const drawing: Drawing = { id: "d", width: 10, height: 10, parts: [] };

const compiled = (w: ScriptedWidget): Compiled => ({
  manifest: { id: `own:${w.id}`, title: w.title } as Manifest,
  ...(w.svg === "broken" ? {} : { drawing: { ...drawing, name: w.svg } }),
  parts: [],
  problems: [],
  types: "",
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what was changed is asked for once typing rests, and the last picture stays while there is none", async () => {
  const asked: string[] = [];
  const own = new OwnCatalogue(async (w) => {
    asked.push(w.svg);
    return compiled(w);
  });
  let told = 0;
  own.subscribe(() => told++);
  own.update([widget("a", "one"), widget("b", "two")]);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toEqual(["one", "two"]);
  expect(own.manifests.map((m) => m.id)).toEqual(["own:a", "own:b"]);
  own.update([widget("a", "one"), widget("b", "t")]);
  own.update([widget("a", "one"), widget("b", "broken")]);
  await vi.advanceTimersByTimeAsync(400);
  expect(asked).toEqual(["one", "two", "broken"]);
  expect(own.drawings["own:b"]?.name).toBe("two");
  const before = told;
  own.update([widget("a", "one")]);
  expect(told).toBe(before + 1);
  expect(Object.keys(own.drawings)).toEqual(["own:a"]);
});

test("a late answer to an older question changes nothing, and a server that is away is asked again", async () => {
  const answers: ((c: Compiled | undefined) => void)[] = [];
  const own = new OwnCatalogue(
    (w) =>
      new Promise((done, fail) => {
        answers.push((c) => (c ? done(c) : fail(new Error(w.id))));
      }),
  );
  own.update([widget("a", "one")]);
  await vi.advanceTimersByTimeAsync(1);
  own.update([widget("a", "two")]);
  await vi.advanceTimersByTimeAsync(1);
  answers[1]?.(compiled(widget("a", "two")));
  answers[0]?.(compiled(widget("a", "one")));
  await vi.advanceTimersByTimeAsync(1);
  expect(own.drawings["own:a"]?.name).toBe("two");
  own.update([widget("a", "three")]);
  await vi.advanceTimersByTimeAsync(300);
  answers[2]?.(undefined);
  await vi.advanceTimersByTimeAsync(5000);
  answers[3]?.(compiled(widget("a", "three")));
  await vi.advanceTimersByTimeAsync(1);
  expect(own.drawings["own:a"]?.name).toBe("three");
  own.destroy();
});
