// The steps of the guided app. Each knows by itself whether it is done, and where in the editor it is done.
import type { Widget } from "@lineside/client";
import type { Editor } from "../design/editor";
import { type AppState, isBinding } from "../document";
import { tags } from "./emulator";

/** What has been done that leaves no trace in the document. */
export type Deed = "undo" | "redo" | "preview" | "publish";

/** What a step is judged by. */
export interface Progress {
  state: AppState;
  deeds: ReadonlySet<Deed>;
}

/** One step. Its texts are guide:steps.<id>.title, .text and .keys. */
export interface Step {
  id: string;
  done(p: Progress): boolean;
  /** Opens what is needed and answers what to look at, as a selector. */
  show(editor: Editor): string;
}

const widgets = (s: AppState): Widget[] =>
  s.order.flatMap((id) => Object.values(s.screens[id]?.widgets ?? {}) as Widget[]);

const reads = (w: Widget, path: string, prop?: string): boolean =>
  Object.entries(w.props ?? {}).some(
    ([name, v]) =>
      (prop === undefined || name === prop) && isBinding(v) && (v.tag === path || (v.expr ?? "").includes(`"${path}"`)),
  );

const follows = (w: Widget, what: readonly string[], path: string): boolean =>
  (w.animate ?? []).some(
    (a) => what.includes(a.what) && (a.by.tag === path || (a.by.expr ?? "").includes(`"${path}"`)),
  );

const left =
  (tab: "insert" | "layers" | "tags", selector: string) =>
  (e: Editor): string => {
    e.ui.setState({ left: tab });
    return selector;
  };

const writing = ["switch", "setpoint", "button"];

export const steps: readonly Step[] = [
  {
    id: "text",
    done: ({ state }) =>
      widgets(state).some((w) => w.type === "text" && typeof w.props?.text === "string" && w.props.text.trim() !== ""),
    show: left("insert", ".editor-left"),
  },
  {
    id: "value",
    done: ({ state }) => widgets(state).some((w) => reads(w, tags.level)),
    show: left("tags", ".editor-left"),
  },
  {
    id: "shape",
    done: ({ state }) =>
      widgets(state).some(
        (w) => follows(w, ["level"], tags.level) || (w.type === "rectangle" && reads(w, tags.level, "level")),
      ),
    show: left("insert", ".editor-right"),
  },
  {
    id: "operate",
    done: ({ state }) => widgets(state).some((w) => writing.includes(w.type) && reads(w, tags.setpoint)),
    show: left("tags", ".editor-left"),
  },
  {
    id: "expression",
    done: ({ state }) =>
      widgets(state).some((w) =>
        Object.values(w.props ?? {}).some((v) => isBinding(v) && (v.expr ?? "").includes("tag(")),
      ),
    show: () => ".editor-right",
  },
  {
    id: "align",
    done: ({ state }) => {
      const all = widgets(state).filter((w) => !w.parent);
      return all.some((a, i) => all.some((b, j) => j > i && (a.x === b.x || a.y === b.y)));
    },
    show: () => ".align-row",
  },
  {
    id: "undo",
    done: ({ deeds }) => deeds.has("undo") && deeds.has("redo"),
    show: () => '[data-command="edit.undo"]',
  },
  {
    id: "screen",
    done: ({ state }) =>
      state.order.length > 1 &&
      widgets(state).some((w) =>
        Object.values(w.on ?? {}).some((list) => list.some((a) => a.do === "open" && a.screen)),
      ),
    show: () => ".editor-right",
  },
  {
    id: "preview",
    done: ({ deeds }) => deeds.has("preview"),
    show: () => '[data-command="file.preview"]',
  },
  {
    id: "publish",
    done: ({ deeds }) => deeds.has("publish"),
    show: () => '[data-command="file.publish"]',
  },
];
