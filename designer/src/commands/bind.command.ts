import { CaseSensitive, ListTree, Spline, SquareArrowOutUpRight } from "lucide-react";
import { bindingsOf } from "../document/bindings";
import { type Command, needs } from "./command";

const selection = (e: Parameters<Command["run"]>[0]) => e.session.getState().selection;

export default [
  {
    id: "bind.many",
    group: "edit",
    label: { en: "Bind by pattern…", zh: "按模式批量绑定…" },
    icon: Spline,
    keys: ["Ctrl+B"],
    reason: needs(1),
    run: (e) => e.ui.setState({ dialog: "bindMany" }),
  },
  {
    id: "bind.uses",
    group: "edit",
    label: { en: "Where used and rename id…", zh: "引用与重命名标识…" },
    icon: SquareArrowOutUpRight,
    keys: ["Shift+F2"],
    run: (e) => {
      const ids = selection(e);
      const screen = e.screen();
      e.ui.setState({
        dialog: "uses",
        target: ids[0] ? { kind: "widget", id: ids[0], screen } : { kind: "screen", id: screen },
      });
    },
  },
  {
    id: "bind.tag",
    group: "edit",
    label: { en: "Rename the bound tag in this app…", zh: "在此应用中替换所绑定的变量…" },
    icon: CaseSensitive,
    reason: (e) =>
      boundTag(e) ? undefined : { en: "select a widget that is bound to a tag", zh: "请选择绑定了变量的控件" },
    run: (e) => {
      const id = boundTag(e);
      if (id) e.ui.setState({ dialog: "uses", target: { kind: "tag", id } });
    },
  },
  {
    id: "view.bindings",
    group: "view",
    label: { en: "Bindings of the screen", zh: "画面的绑定" },
    icon: ListTree,
    keys: ["Ctrl+Shift+B"],
    typing: true,
    run: (e) => e.ui.setState(({ bottom }) => ({ bottom: bottom === "bindings" ? undefined : "bindings" })),
  },
] satisfies Command[];

/** The first tag that the selected widgets are bound to. */
function boundTag(e: Parameters<Command["run"]>[0]): string | undefined {
  const record = e.record();
  const ids = new Set(selection(e));
  return (
    record &&
    bindingsOf({ ...record, order: record.order.filter((id) => ids.has(id)) }).find((r) => r.binding.tag)?.binding.tag
  );
}
