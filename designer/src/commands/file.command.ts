import { ExternalLink, FileDown, FileUp, FolderDown, History, Play, Save, Send, Settings2 } from "lucide-react";
import { folderAddress } from "../design/api";
import { download } from "../design/download";
import type { Command } from "./command";

export default [
  {
    id: "file.save",
    group: "file",
    label: { en: "Save now", zh: "立即保存" },
    icon: Save,
    keys: ["Ctrl+S"],
    typing: true,
    run: (e) => void e.autosave.flush(),
  },
  {
    id: "file.preview",
    group: "file",
    label: { en: "Preview here", zh: "在此预览" },
    icon: Play,
    keys: ["Ctrl+P"],
    typing: true,
    run: (e) => e.ui.setState(({ preview }) => ({ preview: !preview })),
  },
  {
    id: "file.open",
    group: "file",
    label: { en: "Preview in a new tab", zh: "在新标签页预览" },
    icon: ExternalLink,
    keys: ["Ctrl+Shift+P"],
    typing: true,
    run: (e) => {
      void e.autosave.flush();
      window.open(
        `/run/${encodeURIComponent(e.installation)}/${encodeURIComponent(e.screen())}?draft=1`,
        "_blank",
        "noopener",
      );
    },
  },
  {
    id: "file.publish",
    group: "file",
    label: { en: "Publish", zh: "发布" },
    icon: Send,
    keys: ["Ctrl+Shift+Enter"],
    typing: true,
    run: (e) => e.ui.setState({ dialog: "publish" }),
  },
  {
    id: "file.history",
    group: "file",
    label: { en: "History", zh: "历史版本" },
    icon: History,
    keys: ["Ctrl+Alt+H"],
    typing: true,
    run: (e) => e.ui.setState({ dialog: "history" }),
  },
  {
    id: "file.export",
    group: "file",
    label: { en: "Export the draft as a file", zh: "将草稿导出为文件" },
    icon: FileDown,
    run: (e) => {
      const app = e.app();
      download(`${e.installation}-${app.version}-draft.json`.replace(/[^\w.-]/g, "-"), app);
    },
  },
  {
    id: "file.exportFolder",
    group: "file",
    label: { en: "Export the draft as a folder for git (zip)", zh: "将草稿导出为适合 git 的文件夹（zip）" },
    icon: FolderDown,
    run: async (e) => {
      await e.autosave.flush();
      const a = document.createElement("a");
      a.href = folderAddress(e.installation);
      a.download = "";
      a.click();
    },
  },
  {
    id: "file.import",
    group: "file",
    label: { en: "Import a file over the draft", zh: "导入文件覆盖草稿" },
    icon: FileUp,
    run: (e) => e.ui.setState({ dialog: "import" }),
  },
  {
    id: "file.app",
    group: "file",
    label: { en: "App settings", zh: "应用设置" },
    icon: Settings2,
    run: (e) => e.ui.setState({ dialog: "app" }),
  },
] satisfies Command[];
