import { EyeOff, LayoutGrid, LayoutPanelTop, Monitor, Rows3, Smartphone, Tablet, Undo2 } from "lucide-react";
import type { Editor } from "../design/editor";
import {
  type Breakpoint,
  hasOwnCells,
  hideAt,
  isPage,
  isPlaced,
  packPage,
  pageCells,
  resetCells,
  setCells,
  toCanvas,
  toPage,
} from "../document";
import { type Command, type Label, needs } from "./command";

const at = (e: Editor): Breakpoint => e.session.getState().breakpoint;
const noPage: Label = { en: "the screen is no page of columns", zh: "该画面不是分栏页面" };
const onPage = (e: Editor): Label | undefined => (isPage(e.record()) ? undefined : noPage);

/** The selected widgets that lie on the page itself. */
const placed = (e: Editor): string[] => {
  const record = e.record();
  return record ? e.session.getState().selection.filter((id) => isPlaced(record, id)) : [];
};

function show(breakpoint: Breakpoint, label: Label, icon: Command["icon"]): Command {
  return {
    id: `page.${breakpoint}`,
    group: "view",
    label,
    icon,
    reason: onPage,
    run: (e) => e.session.setState({ breakpoint }),
  };
}

export default [
  {
    id: "page.convert",
    group: "arrange",
    label: { en: "Page of columns or free canvas", zh: "分栏页面与自由画布互换" },
    icon: LayoutPanelTop,
    run: (e) => {
      if (isPage(e.record())) toCanvas(e.doc, e.screen());
      else toPage(e.doc, e.screen());
      e.session.setState({ breakpoint: "large" });
      e.board?.fitScreen();
      e.say(isPage(e.record()) ? "page:say.page" : "page:say.canvas");
    },
  },
  {
    id: "page.pack",
    group: "arrange",
    label: { en: "Close gaps on the page", zh: "收紧页面空隙" },
    icon: Rows3,
    reason: onPage,
    run: (e) => packPage(e.doc, e.screen(), at(e)),
  },
  {
    id: "page.reset",
    group: "arrange",
    label: { en: "Places of this width as on a large page", zh: "此宽度的布局恢复为与大屏相同" },
    icon: Undo2,
    reason: (e) => {
      const record = e.record();
      if (!record || !isPage(record)) return noPage;
      return at(e) !== "large" && hasOwnCells(record, at(e))
        ? undefined
        : { en: "this width has no places of its own", zh: "此宽度没有单独的布局" };
    },
    run: (e) => {
      const breakpoint = at(e);
      if (breakpoint !== "large") resetCells(e.doc, e.screen(), breakpoint);
    },
  },
  {
    id: "page.hide",
    group: "arrange",
    label: { en: "Hide or show at this width", zh: "在此宽度下隐藏或显示" },
    icon: EyeOff,
    reason: (e) =>
      onPage(e) ??
      needs(1)(e) ??
      (placed(e).length > 0
        ? undefined
        : {
            en: "only what lies on the page itself can be hidden at a width",
            zh: "只有直接位于页面上的控件才能按宽度隐藏",
          }),
    run: (e) => {
      const record = e.record();
      const ids = placed(e);
      if (!record) return;
      const cells = pageCells(record, at(e));
      hideAt(e.doc, e.screen(), at(e), ids, !ids.every((id) => cells.get(id)?.hidden));
    },
  },
  show("large", { en: "Show the page large", zh: "按大屏显示页面" }, Monitor),
  show("medium", { en: "Show the page on a tablet", zh: "按平板显示页面" }, Tablet),
  show("small", { en: "Show the page on a phone", zh: "按手机显示页面" }, Smartphone),
  {
    id: "page.columns",
    group: "arrange",
    label: { en: "Over the full width of the page", zh: "占满页面宽度" },
    icon: LayoutGrid,
    reason: (e) => onPage(e) ?? needs(1)(e),
    run: (e) => {
      const record = e.record();
      if (!record) return;
      const cells = pageCells(record, at(e));
      const wanted = placed(e).flatMap((id) => {
        const c = cells.get(id);
        return c ? [[id, { ...c, column: 0, span: 12 }] as const] : [];
      });
      setCells(e.doc, e.screen(), at(e), new Map(wanted));
    },
  },
] satisfies Command[];
