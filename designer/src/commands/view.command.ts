import {
  Braces,
  CircleAlert,
  Command as CommandIcon,
  Eraser,
  Frame,
  Grid3x3,
  Hand,
  Keyboard,
  Layers,
  Magnet,
  Map as MapIcon,
  Maximize,
  MousePointer2,
  PlusSquare,
  Ruler,
  Scan,
  Search,
  Tags,
  ZoomIn,
  ZoomOut,
} from "lucide-react";
import type { BottomTab, DialogKind, LeftTab } from "../design/editor";
import { type Command, type Label, needs } from "./command";

const dialog = (kind: DialogKind) => (e: Parameters<Command["run"]>[0]) => e.ui.setState({ dialog: kind });

function left(tab: LeftTab, label: Label, icon: Command["icon"], key: string): Command {
  return { id: `view.${tab}`, group: "view", label, icon, keys: [key], run: (e) => e.ui.setState({ left: tab }) };
}

function bottom(tab: BottomTab, label: Label, icon: Command["icon"], key: string): Command {
  return {
    id: `view.${tab}`,
    group: "view",
    label,
    icon,
    keys: [key],
    typing: true,
    run: (e) => e.ui.setState(({ bottom }) => ({ bottom: bottom === tab ? undefined : tab })),
  };
}

export default [
  {
    id: "view.palette",
    group: "view",
    label: { en: "Commands and search", zh: "命令与搜索" },
    icon: CommandIcon,
    keys: ["Ctrl+K"],
    typing: true,
    run: dialog("palette"),
  },
  {
    id: "view.find",
    group: "view",
    label: { en: "Find and replace", zh: "查找和替换" },
    icon: Search,
    keys: ["Ctrl+F"],
    typing: true,
    run: dialog("find"),
  },
  {
    id: "view.keys",
    group: "view",
    label: { en: "Keys", zh: "快捷键" },
    icon: Keyboard,
    keys: ["?"],
    run: dialog("keys"),
  },
  {
    id: "view.fit",
    group: "view",
    label: { en: "Zoom to fit", zh: "适合窗口" },
    icon: Maximize,
    keys: ["Shift+1"],
    run: (e) => e.board?.fitScreen(),
  },
  {
    id: "view.selection",
    group: "view",
    label: { en: "Zoom to selection", zh: "缩放到所选" },
    icon: Scan,
    keys: ["Shift+2"],
    reason: needs(1),
    run: (e) => e.board?.fitSelection(),
  },
  {
    id: "view.actual",
    group: "view",
    label: { en: "Zoom to 100 %", zh: "缩放到 100%" },
    icon: Scan,
    keys: ["Ctrl+0", "Shift+0"],
    run: (e) => e.board?.zoomTo(1),
  },
  {
    id: "view.in",
    group: "view",
    label: { en: "Zoom in", zh: "放大" },
    icon: ZoomIn,
    keys: ["Ctrl++", "Ctrl+="],
    run: (e) => e.board?.zoomBy(true),
  },
  {
    id: "view.out",
    group: "view",
    label: { en: "Zoom out", zh: "缩小" },
    icon: ZoomOut,
    keys: ["Ctrl+-"],
    run: (e) => e.board?.zoomBy(false),
  },
  {
    id: "view.select",
    group: "view",
    label: { en: "Select tool", zh: "选择工具" },
    icon: MousePointer2,
    keys: ["V"],
    run: (e) => e.session.setState({ tool: "select" }),
  },
  {
    id: "view.hand",
    group: "view",
    label: { en: "Hand tool", zh: "抓手工具" },
    icon: Hand,
    keys: ["H"],
    run: (e) => e.session.setState({ tool: "hand" }),
  },
  {
    id: "view.snap",
    group: "view",
    label: { en: "Snap", zh: "吸附" },
    icon: Magnet,
    keys: ["Shift+S"],
    run: (e) => e.session.setState(({ snap }) => ({ snap: !snap })),
  },
  {
    id: "view.grid",
    group: "view",
    label: { en: "Grid", zh: "网格" },
    icon: Grid3x3,
    keys: ["Shift+G"],
    run: (e) => e.session.setState(({ grid }) => ({ grid: !grid })),
  },
  {
    id: "view.rulers",
    group: "view",
    label: { en: "Rulers", zh: "标尺" },
    icon: Ruler,
    keys: ["Shift+R"],
    run: (e) => e.session.setState(({ rulers }) => ({ rulers: !rulers })),
  },
  {
    id: "view.minimap",
    group: "view",
    label: { en: "Overview", zh: "缩略图" },
    icon: MapIcon,
    keys: ["Shift+M"],
    run: (e) => e.session.setState(({ minimap }) => ({ minimap: !minimap })),
  },
  {
    id: "view.guides.add",
    group: "view",
    label: { en: "Guides around the selection", zh: "在所选四周添加参考线" },
    icon: Frame,
    reason: needs(1),
    run: (e) => {
      const box = e.board?.selected();
      if (!box) return;
      const { guides } = e.session.getState();
      const now = guides[e.screen()] ?? [];
      const wanted = [
        { axis: "x", at: box.x },
        { axis: "x", at: box.x + box.w },
        { axis: "y", at: box.y },
        { axis: "y", at: box.y + box.h },
      ] as const;
      const fresh = wanted.filter((w) => !now.some((g) => g.axis === w.axis && g.at === w.at));
      e.session.setState({ guides: { ...guides, [e.screen()]: [...now, ...fresh] } });
    },
  },
  {
    id: "view.guides.clear",
    group: "view",
    label: { en: "Remove all guides", zh: "清除参考线" },
    icon: Eraser,
    reason: (e) =>
      e.session.getState().guides[e.screen()]?.length
        ? undefined
        : { en: "there are none; pull them out of a ruler", zh: "没有参考线，可从标尺中拖出" },
    run: (e) => e.session.setState(({ guides }) => ({ guides: { ...guides, [e.screen()]: [] } })),
  },
  left("insert", { en: "Show widgets", zh: "显示控件" }, PlusSquare, "Alt+1"),
  left("layers", { en: "Show layers", zh: "显示图层" }, Layers, "Alt+2"),
  left("tags", { en: "Show tags", zh: "显示变量" }, Tags, "Alt+3"),
  bottom("problems", { en: "Problems", zh: "问题" }, CircleAlert, "Ctrl+M"),
  bottom("json", { en: "JSON of the app", zh: "应用 JSON" }, Braces, "Ctrl+J"),
] satisfies Command[];
