import type { Widget } from "@lineside/client";
import { Scene } from "@lineside/scene";
import { type DrawingView, type Local, manifests, type Settings, views } from "@lineside/widgets";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Recording, RecordingPath } from "../scene/recording";
import { Containers } from "./containers";
import type { Instance } from "./instance";

beforeAll(() => {
  Object.assign(globalThis, { Path2D: RecordingPath });
});

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

const widget = (id: string, type: string, x: number, y: number, more: Partial<Widget> = {}): Widget => ({
  id,
  type,
  x,
  y,
  w: 400,
  h: 300,
  ...more,
});

/** Containers over widgets, with the panes that their views give. */
function over(list: Widget[], more: { remember?: string; design?: boolean } = {}) {
  const widgets = new Map(list.map((w) => [w.id, w]));
  const containers: Containers = new Containers({
    widget: (id) => widgets.get(id),
    instance: (id) => {
      const w = widgets.get(id) as Widget;
      const settings: Settings = {};
      for (const f of manifests[w.type]?.settings ?? []) if (f.default !== undefined) settings[f.name] = f.default;
      Object.assign(settings, w.props);
      const panes = (views[w.type] as DrawingView).panes?.({ width: w.w, height: w.h }, settings, containers.local(id));
      return { panes } as Instance;
    },
    remember: more.remember,
    design: more.design ?? false,
  });
  const of = (id: string) => widgets.get(id) as Widget;
  return { containers, of };
}

describe("tabs", () => {
  const list = [
    widget("t", "tabs", 100, 50, { props: { titles: ["A", "B"] } }),
    widget("a", "value", 10, 60, { parent: "t", w: 900 }),
    widget("b", "value", 10, 60, { parent: "t", pane: 1 }),
    widget("stale", "value", 10, 60, { parent: "t", pane: 7 }),
    widget("g", "group", 20, 20, { parent: "t", pane: 1 }),
    widget("deep", "value", 5, 5, { parent: "g" }),
  ];

  it("show what is in the open pane, and what is in that", () => {
    const { containers, of } = over(list);
    const hidden = () => list.filter((w) => containers.hidden(of(w.id))).map((w) => w.id);
    expect(hidden()).toEqual(["b", "stale", "g", "deep"]);
    expect(containers.set("t", { open: 1 }, false)).toBe(true);
    expect(hidden()).toEqual(["a"]);
    expect(containers.set("t", { open: 1 }, false)).toBe(false);
  });

  it("cut off what reaches out of the pane", () => {
    const { containers, of } = over(list);
    expect(containers.clip(of("a"))).toEqual({ x0: 100, y0: 94, x1: 500, y1: 350 });
    expect(containers.clip(of("t"))).toBeUndefined();
    expect(containers.origin(of("deep"))).toEqual({ x: 120, y: 70 });
  });
});

describe("a split", () => {
  const list = [
    widget("s", "split", 0, 0),
    widget("first", "value", 10, 10, { parent: "s" }),
    widget("second", "value", 210, 10, { parent: "s", pane: 1 }),
  ];

  it("moves what is in the second pane with its divider, and remembers it", () => {
    const { containers, of } = over(list, { remember: "line/main" });
    expect(containers.origin(of("second"))).toEqual({ x: 0, y: 0 });
    containers.set("s", { position: 25 }, true);
    expect(containers.origin(of("second"))).toEqual({ x: -100, y: 0 });
    expect(containers.clip(of("first"))).toEqual({ x0: 0, y0: 0, x1: 98, y1: 300 });
    expect(containers.clip(of("second"))).toEqual({ x0: 102, y0: 0, x1: 400, y1: 300 });
    const again = over(list, { remember: "line/main" });
    expect(again.containers.origin(again.of("second"))).toEqual({ x: -100, y: 0 });
    expect(over(list, { remember: "line/other" }).containers.local("s")).toEqual({});
  });

  it("takes nothing from a memory that makes no sense", () => {
    kept.set("lineside.local.line/main/s", "[1");
    const { containers, of } = over(list, { remember: "line/main" });
    expect(containers.origin(of("second"))).toEqual({ x: 0, y: 0 });
  });
});

describe("a card", () => {
  const list = [
    widget("c", "card", 0, 0, { props: { fold: true, folded: true, padding: 10 } }),
    widget("in", "value", 10, 60, { parent: "c" }),
  ];

  it("hides what is in it while it is folded, but not in the editor", () => {
    const { containers, of } = over(list);
    expect(containers.hidden(of("in"))).toBe(true);
    containers.set("c", { folded: false } satisfies Local, false);
    expect(containers.hidden(of("in"))).toBe(false);
    expect(containers.clip(of("in"))).toEqual({ x0: 10, y0: 44, x1: 390, y1: 290 });
    const design = over(list, { design: true });
    expect(design.containers.hidden(design.of("in"))).toBe(false);
  });
});

describe("a clip of a layer", () => {
  it("is where it is hit, and where it is painted", () => {
    const rec = new Recording();
    const frames: ((now: number) => void)[] = [];
    const scene = new Scene(rec.context, {
      page: { width: 100, height: 100, color: "#ffffff", outside: "#ffffff" },
      schedule: (f) => frames.push(f),
    });
    scene.resize(100, 100, 1);
    const layer = scene.layer("a", { x: 10, y: 10, width: 80, height: 80 });
    layer.rect({ x: 0, y: 0, width: 80, height: 80, fill: "#000000" });
    layer.refit();
    const whole = layer.cut;
    layer.clip = { x0: 0, y0: 0, x1: 50, y1: 100 };
    expect(whole).toBeUndefined();
    expect(layer.cut).toEqual({ x0: 0, y0: 0, x1: 50, y1: 100 });
    expect(scene.hit(49, 50)?.id).toBe("a");
    expect(scene.hit(51, 50)).toBeUndefined();
    layer.clip = { x0: 0, y0: 0, x1: 100, y1: 100 };
    expect(layer.cut).toBeUndefined();
  });
});
