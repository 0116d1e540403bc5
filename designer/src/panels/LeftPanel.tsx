import { useEditor, useUi } from "../design/context";
import type { LeftTab } from "../design/editor";
import { useT } from "../i18n";
import { Tabs } from "../ui";
import { Layers } from "./Layers";
import { Palette } from "./Palette";
import { TagBrowser } from "./TagBrowser";

/** What can be put on the screen, what is on it, and what can be shown. */
export function LeftPanel() {
  const t = useT();
  const editor = useEditor();
  const tab = useUi((s) => s.left);
  return (
    <Tabs
      className="panel-tabs"
      label={t("design:panel.left")}
      value={tab}
      onChange={(left) => editor.ui.setState({ left: left as LeftTab })}
      tabs={[
        { id: "insert", label: t("design:tab.insert"), panel: <Palette /> },
        { id: "layers", label: t("design:tab.layers"), panel: <Layers /> },
        { id: "tags", label: t("design:tab.tags"), panel: <TagBrowser /> },
      ]}
    />
  );
}
