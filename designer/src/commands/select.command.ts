import type { Widget } from "@lineside/client";
import { Combine, SquareDashedMousePointer, SquareSplitHorizontal, Tag } from "lucide-react";
import type { Editor } from "../design/editor";
import { flagged, isBinding, parentOf, type ScreenRecord, structureOf } from "../document";
import { type Command, needs } from "./command";

const selection = (e: Editor) => e.session.getState().selection;

/** Selects widgets wherever they are, so that those in groups are found as well. */
function choose(e: Editor, record: ScreenRecord, wanted: (w: Widget) => boolean): void {
  const ids = structureOf(record).drawn.filter(
    (id) => wanted(record.widgets[id] as Widget) && !flagged(record, id, "hidden"),
  );
  const parents = new Set(ids.map((id) => parentOf(record, record.widgets[id] as Widget)));
  e.session.setState({ selection: ids, scope: parents.size === 1 ? ([...parents][0] as string) : "" });
  e.say("design:say.selected", { count: ids.length });
}

/** The tags and expressions that a widget is bound to. */
function sources(w: Widget | undefined): string[] {
  return Object.values(w?.props ?? {})
    .filter(isBinding)
    .flatMap((b) => b.tag || b.expr || []);
}

export default [
  {
    id: "select.type",
    group: "edit",
    label: { en: "Select all of the same type", zh: "选择同类控件" },
    icon: Combine,
    reason: needs(1),
    run: (e) => {
      const record = e.record();
      if (!record) return;
      const types = new Set(selection(e).map((id) => record.widgets[id]?.type));
      choose(e, record, (w) => types.has(w.type));
    },
  },
  {
    id: "select.tag",
    group: "edit",
    label: { en: "Select all of the same tag", zh: "选择同一变量的控件" },
    icon: Tag,
    reason: (e) =>
      needs(1)(e) ??
      (selection(e).some((id) => sources(e.record()?.widgets[id]).length > 0)
        ? undefined
        : { en: "it is bound to no tag", zh: "没有绑定变量" }),
    run: (e) => {
      const record = e.record();
      if (!record) return;
      const tags = new Set(selection(e).flatMap((id) => sources(record.widgets[id])));
      choose(e, record, (w) => sources(w).some((t) => tags.has(t)));
    },
  },
  {
    id: "select.invert",
    group: "edit",
    label: { en: "Invert selection", zh: "反向选择" },
    icon: SquareSplitHorizontal,
    run: (e) => {
      const record = e.record();
      if (!record) return;
      const { scope } = e.session.getState();
      const chosen = new Set(selection(e));
      const rest = (structureOf(record).children.get(scope) ?? []).filter(
        (id) => !chosen.has(id) && !flagged(record, id, "locked") && !flagged(record, id, "hidden"),
      );
      e.session.setState({ selection: rest });
      e.say("design:say.selected", { count: rest.length });
    },
  },
  {
    id: "select.none",
    group: "edit",
    label: { en: "Select nothing", zh: "取消选择" },
    icon: SquareDashedMousePointer,
    reason: needs(1),
    run: (e) => e.session.setState({ selection: [], scope: "" }),
  },
] satisfies Command[];
