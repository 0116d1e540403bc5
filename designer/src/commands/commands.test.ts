import type { App, Live } from "@lineside/client";
import { describe, expect, test, vi } from "vitest";
import { Editor } from "../design/editor";
import { chordOf, command, commandFor, commands, presses, run, shownKeys } from ".";

const press = (keys: string, code = "", key?: string) => {
  const { ctrl, shift, alt, key: lower } = chordOf(keys);
  return { key: key ?? lower, code, ctrlKey: ctrl, metaKey: false, shiftKey: shift, altKey: alt, repeat: false };
};

function editor(): Editor {
  const app: App = {
    format: 2,
    id: "com.example.test",
    version: "1.0.0",
    name: { en: "Test" },
    screens: [
      {
        id: "main",
        name: { en: "Main" },
        width: 800,
        height: 600,
        widgets: [
          { id: "a", type: "value", x: 0, y: 0, w: 100, h: 40 },
          { id: "b", type: "value", x: 150, y: 80, w: 100, h: 40 },
          { id: "c", type: "value", x: 400, y: 200, w: 100, h: 40, locked: true },
        ],
      },
    ],
  };
  // A connection that never opens: commands need none.
  const view = { on: () => () => {}, close: () => {}, bindings: [], values: new Map() };
  const live = { status: "lost", on: () => () => {}, open: () => view } as unknown as Live;
  vi.stubGlobal("fetch", () => new Promise(() => {}));
  return new Editor(
    "test",
    app,
    '"1"',
    {
      widgets: [],
      connectors: [],
      northbound: [],
      functions: [],
      rules: [],
      qualities: {},
      actions: [],
      events: { widget: [], input: [], screen: [] },
    },
    live,
  );
}

describe("keys", () => {
  test("ids and keys are told apart", () => {
    const ids = commands.map((c) => c.id);
    expect(new Set(ids).size).toBe(ids.length);
    const keys = commands.flatMap((c) => c.keys ?? []);
    expect(keys.filter((k, i) => keys.indexOf(k) !== i)).toEqual([]);
    expect(commands.length).toBeGreaterThan(45);
    for (const c of commands) expect(c.label.en && c.label.zh, c.id).toBeTruthy();
  });

  test.each([
    [press("Ctrl+Z"), "edit.undo"],
    [press("Ctrl+Shift+Z", "KeyZ", "Z"), "edit.redo"],
    [press("Ctrl+G"), "edit.group"],
    [press("Ctrl+Shift+G", "KeyG", "G"), "edit.ungroup"],
    [press("Shift+1", "Digit1", "!"), "view.fit"],
    [press("Shift+2", "Digit2", "@"), "view.selection"],
    [press("Shift+2", "Digit2", '"'), "view.selection"],
    [press("Ctrl+0"), "view.actual"],
    [press("?", "Slash"), "view.keys"],
    [{ ...press("?", "Slash"), shiftKey: true }, "view.keys"],
    [press("Alt+A", "KeyA", "å"), "arrange.left"],
    [press("ArrowLeft"), "arrange.move.left"],
    [press("Shift+ArrowLeft"), "arrange.move.left.by.8"],
    [press("]"), "arrange.front"],
    [press("Ctrl+]"), "arrange.forward"],
    [press("Delete"), "edit.delete"],
  ])("%o", (event, id) => {
    expect(commandFor(event)?.id).toBe(id);
  });

  test("a chord with more keys is another chord", () => {
    expect(presses(press("Ctrl+Alt+Z"), chordOf("Ctrl+Z"))).toBe(false);
    expect(presses(press("Z"), chordOf("Ctrl+Z"))).toBe(false);
    expect(commandFor(press("Ctrl+C"))).toBeUndefined();
  });

  test("keys are shown as they are printed", () => {
    expect(shownKeys("Ctrl+Shift+ArrowUp")).toBe("Ctrl+Shift+↑");
    expect(shownKeys("Ctrl++")).toBe("Ctrl++");
    expect(shownKeys("Shift")).toBe("Shift");
  });
});

describe("commands", () => {
  const widget = (e: Editor, id: string) => e.record()?.widgets[id];

  test("what cannot be done says why, and does nothing", () => {
    const e = editor();
    expect(command("edit.delete").reason?.(e)).toEqual({ en: "select something first", zh: "请先选择对象" });
    expect(run(e, command("edit.delete"))).toBe(false);
    e.session.setState({ selection: ["c"] });
    expect(command("edit.delete").reason?.(e)?.en).toBe("it is locked");
    e.session.setState({ selection: ["a", "b"] });
    expect(command("arrange.distribute.x").reason?.(e)?.en).toContain("3");
  });

  test("undo returns to the selection that the change was made with", () => {
    const e = editor();
    e.session.setState({ selection: ["a", "b"] });
    run(e, command("edit.group"));
    const [group] = e.session.getState().selection;
    expect(widget(e, group as string)?.type).toBe("group");
    e.session.setState({ selection: [] });
    run(e, command("edit.undo"));
    expect(e.session.getState().selection).toEqual(["a", "b"]);
    run(e, command("edit.redo"));
    expect(e.session.getState().selection).toEqual([group]);
    run(e, command("edit.ungroup"));
    expect(widget(e, "a")?.parent).toBeUndefined();
    e.destroy();
  });

  test("a held arrow key is one step, each new press is its own", () => {
    const e = editor();
    e.session.setState({ selection: ["a"] });
    const right = command("arrange.move.right");
    run(e, right, { repeat: false });
    run(e, right, { repeat: true });
    run(e, right, { repeat: true });
    run(e, right, { repeat: false });
    expect(widget(e, "a")?.x).toBe(4);
    run(e, command("edit.undo"));
    expect(widget(e, "a")?.x).toBe(3);
    run(e, command("edit.undo"));
    expect(widget(e, "a")?.x).toBe(0);
    e.destroy();
  });

  test("aligning leaves locked widgets; one alone goes to the screen", () => {
    const e = editor();
    e.session.setState({ selection: ["a", "b", "c"] });
    run(e, command("arrange.left"));
    expect([widget(e, "b")?.x, widget(e, "c")?.x]).toEqual([0, 400]);
    e.session.setState({ selection: ["a"] });
    run(e, command("arrange.right"));
    expect(widget(e, "a")?.x).toBe(700);
    e.destroy();
  });

  test("undo on another screen shows it", () => {
    const e = editor();
    e.session.setState({ selection: ["a"] });
    run(e, command("arrange.move.right"));
    e.doc.change("design:step.addScreen", (d) => {
      d.screens.two = { screen: { id: "two", name: { en: "Two" }, width: 100, height: 100 }, order: [], widgets: {} };
      d.order = [...d.order, "two"];
    });
    e.session.setState({ screen: "two", selection: [] });
    run(e, command("edit.undo"));
    expect(e.screen()).toBe("main");
    e.session.setState({ screen: "main" });
    run(e, command("edit.undo"));
    expect(widget(e, "a")?.x).toBe(0);
    e.destroy();
  });

  test("places of problems are found by their pointers", () => {
    const e = editor();
    expect(e.placeOf("/screens/0/widgets/1/props/value")).toEqual({ screen: "main", widget: "b", prop: "value" });
    expect(e.placeOf("/screens/0/widgets/1/on/click/0/tag")).toEqual({ screen: "main", widget: "b", prop: "on.click" });
    expect(e.placeOf("/screens/0/width")).toEqual({ screen: "main", prop: "width" });
    expect(e.placeOf("/name")).toBeUndefined();
    expect(e.placeOf("/screens/7/widgets/0")).toBeUndefined();
    e.destroy();
  });
});
